"""The rights of the person over HTTP: export, erasure, consents, objections, a list that reads nothing."""

import json
import logging
import re
import shutil
import sqlite3
import traceback
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from api.app import create_app
from api.dossier import _LABELS
from api.settings import Settings
from indexing import snapshot
from matching.disclosure import UNDER
from models.access import Role
from models.outcomes import Act, Side
from models.specialties import Cohort
from models.talents import Talent
from models.terms import Kind
from tests.api.conftest import Publish, administrator, body_of, key_for
from tests.api.test_app import eventually
from tests.builders import a_posting, a_programme, a_talent, an_event, an_organisation, from_source

LIN = a_talent(
    name="林晓",
    school="澜川职业技术学院",
    graduation="2027-06",
    skills=("PLC编程",),
    self_description="曾在澜川精工实习半年",
    source=from_source("20230101015", "澜川职院学籍"),
)


@pytest.fixture
def lin(publish: Publish) -> int:
    """The talent's id; posting 1 and organisation 2 are there too."""
    publish(a_posting(title="电气装配工", organisation="澜川精工", description="熟悉PLC编程"))
    publish(an_organisation(name="澜川精工", place="澜川市人民路 13 号"))
    return publish(LIN)


@pytest.fixture
def me(app: FastAPI, lin: int) -> TestClient:
    """The person, signed in."""
    return TestClient(app, headers=key_for(app, Role.LEARNER, talent=lin))


def report(client: TestClient, *events: Any) -> None:
    answer = client.post("/api/v1/events", json={"events": [one.model_dump(mode="json") for one in events]})
    assert answer.status_code == 200, answer.text


def lines(dossier: Mapping[str, Any], section: str) -> list[dict[str, str]]:
    [found] = [one for one in dossier["sections"] if one["name"] == section]
    return [{fact["label"]: fact["value"] for fact in entry["facts"]} for entry in found["entries"]]


def test_publishing_says_what_was_masked(client: TestClient) -> None:
    talent = a_talent(self_description="电话13857412345，微信lin_xiao2003")
    answer = client.post("/api/v1/talents", json=body_of(talent)).json()
    assert answer["masked"] == {"手机号": 1, "微信": 1}
    shown = client.get(f"/api/v1/talents/{answer['id']}").json()["record"]["self_description"]
    assert shown == "电话【手机号已隐去】，微信【微信已隐去】"
    assert "13857412345" not in client.get(f"/api/v1/talents/{answer['id']}/history").text


def test_the_export_holds_everything_with_chinese_labels(client: TestClient, me: TestClient, lin: int) -> None:
    client.put(f"/api/v1/talents/{lin}", json=body_of(LIN.model_copy(update={"skills": ("PLC编程", "CAD制图")})))
    report(client, an_event(Act.SHOWN, talent=lin), an_event(Act.OPENED, talent=lin, side=Side.POSTING))
    wording = me.get(
        f"/api/v1/talents/{lin}/consents/wording", params={"recipient": 2, "purpose": "实习安排", "kind": ["姓名"]}
    ).json()
    me.post(
        f"/api/v1/talents/{lin}/consents",
        json={"recipient": 2, "purpose": "实习安排", "kinds": ["姓名"], "wording": wording["version"]},
    )
    me.post(f"/api/v1/talents/{lin}/objections", json={"posting": 1, "statement": "我会装配"})
    answer = me.get(f"/api/v1/talents/{lin}/export")
    assert answer.headers["content-disposition"] == f'attachment; filename="talent-{lin}.json"'
    dossier = answer.json()
    [record] = lines(dossier, "record")
    assert record["姓名"] == "林晓"
    assert record["资料来源"] == "澜川职院学籍，编号 20230101015"
    assert record["技能"] == "PLC编程、CAD制图"
    first, second = lines(dossier, "history")
    assert (first["操作"], first["技能"]) == ("登记", "PLC编程")
    assert "姓名" not in first, "what is as it was is told once"
    assert {label: value for label, value in second.items() if label != "时间"} == {
        "操作": "修改",
        "技能": "PLC编程、CAD制图",
    }
    assert [(one["事项"], one["岗位"]) for one in lines(dossier, "events")] == [
        ("向您推荐了岗位（第 1 位）", "电气装配工（澜川精工）"),
        ("用人单位点开了您的资料", "电气装配工（澜川精工）"),
    ]
    assert [(one["接收方"], one["目的"], one["个人信息"]) for one in lines(dossier, "consents")] == [
        ("澜川精工", "实习安排", "姓名")
    ]
    assert [one["您的意见"] for one in lines(dossier, "objections")] == ["我会装配"]
    assert "PLC编程" in lines(dossier, "derived")[0]["技能"]
    assert dossier["record"]["name"] == "林晓"
    page = me.get(f"/talents/{lin}/data").text
    for words in ("林晓", "20230101015", "用人单位点开了您的资料", "澜川精工可为实习安排使用您的姓名", "您的权利"):
        assert words in page


def test_every_field_of_a_talent_has_its_label() -> None:
    assert set(_LABELS) == set(Talent.model_fields)


def test_a_withdrawn_person_still_reads_everything(client: TestClient, me: TestClient, lin: int) -> None:
    client.delete(f"/api/v1/talents/{lin}")
    dossier = me.get(f"/api/v1/talents/{lin}/export").json()
    assert dossier["record"] is None
    first, last = lines(dossier, "history")
    assert (first["操作"], first["姓名"], last["操作"]) == ("登记", "林晓", "撤回")


@pytest.mark.parametrize("path", ["/api/v1/talents/1/export", "/api/v1/talents/99/export"])
def test_only_people_have_an_export(me: TestClient, path: str) -> None:
    assert me.get(path).status_code == 404


def test_erasing_leaves_nothing_to_read_and_the_counts(client: TestClient, lin: int, app: FastAPI) -> None:
    report(client, an_event(Act.SHOWN, talent=lin), an_event(Act.APPLIED, talent=lin))
    erased = client.post(f"/api/v1/talents/{lin}/erasure").json()
    assert erased["message"].startswith(
        f"人才 {lin} 的个人信息已删除：1 份资料（含历史）已清空，2 条往来记录不再指向本人"
    )
    for path in ("", "/history", "/events", "/postings"):
        answer = client.get(f"/api/v1/talents/{lin}{path}")
        assert (path, answer.status_code, answer.json()["type"]) == (path, 410, "/problems/erased")
        assert "个人信息已删除" in answer.json()["detail"]
    for text in ("林晓", "澜川精工实习"):
        assert client.get("/api/v1/search", params={"q": text, "kind": "talent"}).json()["items"] == []
    assert client.get("/api/v1/talents").json()["total"] == 0
    assert app.state.services.store.events.count() == {Act.SHOWN: 1, Act.APPLIED: 1}
    of_posting = client.get("/api/v1/postings/1/events").json()["items"]
    assert lin not in {event["talent"] for event in of_posting}
    assert client.get(f"/api/v1/talents/{of_posting[0]['talent']}/history").status_code == 404
    again = client.post(f"/api/v1/talents/{lin}/erasure")
    assert (again.status_code, again.json()["type"]) == (410, "/problems/erased")


def test_erasure_survives_a_restart_and_reaches_the_index_on_disk(settings: Settings) -> None:
    with started(settings) as client:
        client.post("/api/v1/talents", json=body_of(LIN))
        client.post("/api/v1/talents", json=body_of(a_talent(self_description="会钳工")))
    assert (snapshot.manifest(settings.index) or {})["documents"]["talent"] == 2
    with started(settings) as client:
        client.post("/api/v1/talents/1/erasure")
    assert (snapshot.manifest(settings.index) or {})["documents"]["talent"] == 1
    everything = b"".join(path.read_bytes() for path in settings.var.rglob("*") if path.is_file())
    for text in ("林晓", "20230101015", "澜川精工实习半年"):
        assert text.encode() not in everything
    with started(settings) as client:
        assert client.get("/api/v1/talents/1").json()["type"] == "/problems/erased"
        assert client.get("/api/v1/talents").json()["total"] == 1


def started(settings: Settings) -> Any:
    return _Started(settings)


class _Started:
    """A service with a ready index, stopped at the end."""

    def __init__(self, settings: Settings) -> None:
        self._app = create_app(settings)
        self._client = administrator(self._app)

    def __enter__(self) -> TestClient:
        client = self._client.__enter__()
        assert self._app.state.services.follower.ready.wait(30)
        return client

    def __exit__(self, *error: object) -> None:
        self._client.__exit__(None, None, None)


def test_consent_is_read_given_listed_and_withdrawn(client: TestClient, me: TestClient, lin: int, app: FastAPI) -> None:
    here = f"/api/v1/talents/{lin}/consents"
    asked = {"recipient": 2, "purpose": "招聘录用"}
    read = me.get(f"{here}/wording", params={**asked, "kind": ["姓名", "联系方式"]}).json()
    assert "接收方：澜川精工（地址：澜川市人民路 13 号）" in read["text"]
    assert "提供的个人信息：姓名、联系方式" in read["text"]
    body = {**asked, "kinds": ["联系方式", "姓名"], "wording": read["version"]}
    assert me.post(here, json=body).json()["message"] == "已记录：同意为招聘录用提供姓名、联系方式；可随时撤回"
    assert me.post(here, json=body).json()["message"] == "这些授权原已有效，没有变化"
    [given] = me.get(here).json()["in_force"]
    assert (given["recipient_name"], given["kinds"]) == ("澜川精工", ["姓名", "联系方式"])
    allows = app.state.services.store.consents.allows
    assert allows(lin, 2, "姓名")
    withdrawn = me.post(f"{here}/withdrawal", json={"recipient": 2}).json()
    assert withdrawn["message"].startswith("已撤回，立即生效")
    assert not allows(lin, 2, "姓名")
    answer = me.get(here).json()
    assert (answer["in_force"], [entry["act"] for entry in answer["ledger"]]) == ([], ["同意", "撤回"])
    old = me.post(here, json={**body, "wording": "2020-01"})
    assert (old.status_code, "不是现行版本" in old.json()["detail"]) == (409, True)


def test_an_objection_meets_a_human_who_decides_once(client: TestClient, me: TestClient, lin: int) -> None:
    filed = me.post(f"/api/v1/talents/{lin}/objections", json={"posting": 1, "statement": "我在企业装过PLC柜"})
    objection = filed.json()
    assert (filed.status_code, objection["status"]) == (201, "待处理")
    assert objection["answer"].startswith("岗位“电气装配工”（澜川精工）：在参加排序的 1 个岗位中排第 1，得 ")
    assert re.search(r"^技能 [\d.]+/[\d.]+ 分：", objection["answer"], re.M)
    assert client.get("/api/v1/objections", params={"state": "待处理"}).json()["total"] == 1
    decision = {"outcome": "变更", "reason": "实习经历未计入，已请本人补充"}
    decided = client.post(f"/api/v1/objections/{objection['number']}/decision", json=decision).json()
    assert decided["message"] == "异议 1 已由工作人员决定：变更原来的结果。理由：实习经历未计入，已请本人补充"
    again = client.post(f"/api/v1/objections/{objection['number']}/decision", json={**decision, "outcome": "维持"})
    assert (again.status_code, again.json()["detail"]) == (409, "异议 1 已由“account-0”决定“变更”，决定不能再改")
    assert client.get("/api/v1/objections", params={"state": "待处理"}).json()["total"] == 0
    assert me.get(f"/api/v1/talents/{lin}/objections").json() == [decided]
    assert client.post("/api/v1/objections/99/decision", json=decision).status_code == 404
    empty = me.post(f"/api/v1/talents/{lin}/objections", json={"posting": 1, "statement": " "})
    assert empty.status_code == 422


class Untouchable(Talent):
    """A talent of whom nothing may be read."""

    def __getattribute__(self, name: str) -> Any:
        if name in Talent.model_fields or name in ("education", "model_dump", "__iter__"):
            raise AssertionError(f"read {name}")
        return super().__getattribute__(name)


class Sealed(Mapping[str, str]):
    """The texts of a talent of whom nothing may be read."""

    def __getitem__(self, key: str) -> str:
        raise AssertionError(f"read {key}")

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("read the texts")

    def __len__(self) -> int:
        raise AssertionError("read the texts")


@contextmanager
def sealed(app: FastAPI, id: int) -> Iterator[None]:
    """For a while, let whoever reads anything personal of the talent fail."""
    documents = app.state.services.shelf[Kind.TALENT].documents
    whole = documents[id]
    untouchable = Untouchable.model_construct()
    documents[id] = replace(whole, record=untouchable, texts=Sealed(), facts=None, stated=Sealed())
    try:
        yield
    finally:
        documents[id] = whole


def titles(answer: Mapping[str, Any]) -> list[str]:
    return [item["record"]["title"] for item in answer["items"]]


def test_the_neutral_list_reads_nothing_about_the_person(
    client: TestClient, publish: Publish, lin: int, app: FastAPI
) -> None:
    publish(a_posting(title="钳工", published=date(2026, 9, 1), division="330203"))
    publish(a_posting(title="铣工", published=date(2026, 10, 1), division="330282"))
    here, neutral = f"/api/v1/talents/{lin}/postings", {"personalised": False}
    with sealed(app, lin), capture_logs() as logs:
        assert client.get(here).status_code == 500, "a personal list reads the person"
        answer = client.get(here, params=neutral).json()
        by_place = client.get(here, params={**neutral, "order": "place"}).json()
        there = client.get(here, params={**neutral, "division": "330282"}).json()
        page = client.get(here, params={**neutral, "offset": 1, "k": 1}).json()
    assert [entry["error"] for entry in logs if entry["event"] == "request failed"] == ["AssertionError"]
    assert titles(answer) == ["铣工", "钳工", "电气装配工"]
    assert answer["note"] == "按发布日期从新到旧排列；这份清单不使用任何个人信息，对每个人都一样。"
    assert titles(by_place) == ["钳工", "铣工", "电气装配工"]
    assert titles(there) == ["铣工"]
    assert ([item["rank"] for item in page["items"]], page["total"]) == ([2], 3)
    assert len(app.state.services.audience.others(0)) == 0
    shown = client.get("/neutral", params={"order": "place"}).text
    assert shown.index("钳工") < shown.index("铣工")
    assert "不读取任何人的资料" in shown


def test_two_people_get_the_same_neutral_list(client: TestClient, publish: Publish, lin: int) -> None:
    other = publish(a_talent(specialty="护理", expected_positions=["护士"]))
    lists = [client.get(f"/api/v1/talents/{id}/postings", params={"personalised": False}).json() for id in (lin, other)]
    assert lists[0] == lists[1]


def test_few_people_of_a_group_are_not_counted_in_public(client: TestClient, publish: Publish) -> None:
    for level, count in (("高职专科", 7), ("中职", 6), ("技工", 2)):
        for _ in range(count):
            publish(a_talent(level=level))
    page = client.get("/talents").text
    assert re.findall(r">(\S+) <span>(\S+?)</span>", page) == [
        ("高职专科", "7"),
        ("中职", "人数不公布"),
        ("技工", "人数不公布"),
    ]
    assert "<small>15 人</small>" in page
    assert "（人数不公布）" in client.get("/talents", params={"group": "技工"}).text


def test_few_graduates_are_not_counted_in_public(client: TestClient, publish: Publish) -> None:
    large = publish(a_programme(cohorts=(Cohort(year=2026, graduates=40),)))
    small = publish(a_programme(school="澜川技师学院", cohorts=(Cohort(year=2026, graduates=3),)))
    outlook = client.get(f"/api/v1/programmes/{small}/outlook").json()
    assert (outlook["graduates"], outlook["supply"], outlook["ratio"]) == (None, None, None)
    other = client.get(f"/api/v1/programmes/{large}/outlook").json()
    assert (other["graduates"], other["supply"]) == (40, None)
    page = client.get(f"/programmes/{small}").text
    assert "2026 届不足 5 人" in page
    assert ">3 人" not in page
    assert " 3 人" not in page
    record = client.get(f"/api/v1/programmes/{small}").json()["record"]
    assert record["cohorts"] == []
    assert client.put(f"/api/v1/programmes/{small}", json=record | {"description": "改了简介"}).status_code == 200
    assert "2026 届不足 5 人" in client.get(f"/programmes/{small}").text
    assert UNDER == 5


PERSONAL = ("林晓", "13857412345", "lin.xiao@example.com", "330282200001011235", "曾在澜川精工实习半年", "我会装配")


def test_no_word_about_a_person_is_logged(
    client: TestClient, me: TestClient, lin: int, caplog: pytest.LogCaptureFixture
) -> None:
    body = body_of(LIN) | {"self_description": "，".join(PERSONAL)}
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        client.post("/api/v1/talents", json=body)
        client.post("/api/v1/talents", json=body | {"graduation": PERSONAL[0]})
        client.put(f"/api/v1/talents/{lin}", json=body)
        client.post("/api/v1/match/postings", json=body)
        me.post(f"/api/v1/talents/{lin}/objections", json={"posting": 1, "statement": PERSONAL[5]})
        me.post(f"/api/v1/talents/{lin}/consents", json={"recipient": 2, "wording": PERSONAL[0]})
        for path in ("export", "history", "postings", "courses", "events"):
            client.get(f"/api/v1/talents/{lin}/{path}")
        for path in (
            f"/talents/{lin}",
            f"/talents/{lin}/data",
            "/search?q=林晓",
            "/api/v1/search?q=13857412345",
            "/林晓",
        ):
            client.get(path, headers={"accept": "text/html", "user-agent": PERSONAL[0].encode()})
        client.post(f"/api/v1/talents/{lin}/erasure")
    requests = [entry for entry in logs if entry["event"] == "request"]
    assert len(requests) == 17
    written = json.dumps(logs, ensure_ascii=False, default=str) + "".join(
        record.getMessage() for record in caplog.records if record.name.partition(".")[0] not in ("httpx", "httpx2")
    )
    assert not [text for text in PERSONAL if text in written]
    assert "{id}" in written


def test_no_word_about_a_person_is_logged_when_something_breaks(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    def fails(name: str) -> None:
        raise ValueError(f"没有处理 {name}")

    app.add_api_route("/api/v1/fails", fails)
    caplog.set_level(logging.DEBUG)
    with TestClient(app) as client, capture_logs() as logs:
        client.get("/api/v1/fails", params={"name": PERSONAL[0]})
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["request failed"]
    assert PERSONAL[0] not in json.dumps(logs, ensure_ascii=False, default=str)


def test_a_record_that_cannot_be_read_is_not_quoted(settings: Settings) -> None:
    with started(settings) as client:
        client.post("/api/v1/talents", json=body_of(LIN))
    with closing(sqlite3.connect(settings.var / "chanjiao.db")) as broken, broken:
        broken.execute("update versions set body = replace(body, 'level', '林晓的层次')")
    shutil.rmtree(settings.index)
    with capture_logs() as logs, TestClient(create_app(settings)) as client:
        assert eventually(lambda: client.get("/health").json()["failure"] == "ValidationError")
    assert [entry["error"] for entry in logs if entry["event"] == "catching up failed"] == ["ValidationError"]
    assert not [text for text in PERSONAL if text in json.dumps(logs, ensure_ascii=False, default=str)]


def test_an_answer_that_breaks_off_is_not_quoted(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    def stream() -> StreamingResponse:
        def pieces() -> Iterator[str]:
            yield "林"
            raise ValueError(PERSONAL[0])

        return StreamingResponse(pieces())

    app.add_api_route("/api/v1/stream", stream)
    with (
        TestClient(app) as client,
        capture_logs() as logs,
        pytest.raises(RuntimeError, match=r"^the answer broke off$") as broken,
    ):
        client.get("/api/v1/stream")
    assert PERSONAL[0] not in "".join(traceback.format_exception(broken.value))
    assert PERSONAL[0] not in json.dumps(logs, ensure_ascii=False, default=str)


def test_a_running_service_forgets_on_disk_too(settings: Settings) -> None:
    quick = settings.model_copy(update={"follow_interval": timedelta(milliseconds=20)})

    def on_disk() -> int | None:
        found = snapshot.manifest(settings.index)
        return found["documents"]["talent"] if found else None

    with started(settings) as client:
        client.post("/api/v1/talents", json=body_of(LIN))
    with started(quick) as client:
        assert on_disk() == 1
        client.post("/api/v1/talents/1/erasure")
        assert eventually(lambda: on_disk() == 0)
