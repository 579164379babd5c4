"""The complaint desk through the front door: anybody complains, reviewers answer and take down, nobody else reads."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from indexing import sync
from models.access import Role
from models.publishing import State
from models.technology import Secrecy
from tests.api.conftest import key_for, settings_for_tests
from tests.builders import a_need, a_posting, a_talent, an_organisation

DESK = "/api/v1/complaints"
HTML = {"accept": "text/html"}
SECRET = "晨光里的齿轮转了 42 圈"


class Town:
    """Organisation 1 with posting 2 and private need 3, talent 4, and a published publication of organisation 1."""

    def __init__(self, folder: Path) -> None:
        self.app = create_app(settings_for_tests(folder))
        self.services = self.app.state.services
        self.store = self.services.store
        self.store.save_all([an_organisation(name="澜川精工")])
        self.store.save_all(
            [
                a_posting(title="电气装配工", organisation="澜川精工", organisation_id=1),
                a_need(organisation="澜川精工", organisation_id=1, secrecy=Secrecy.PRIVATE),
                a_talent(),
            ]
        )
        self.public = TestClient(self.app)
        self.council = TestClient(self.app, headers=key_for(self.app, Role.COUNCIL))
        self.hr = TestClient(self.app, headers=key_for(self.app, Role.ENTERPRISE_HR, organisation=1))

    def complain(self, record: int = 2, **fields: object) -> dict[str, object]:
        asked = {"record": record, "category": "收费或培训贷", "statement": "面试时要交800元押金"} | fields
        answer = self.public.post(DESK, json=asked)
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def town(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Town(tmp_path)
    with TestClient(made.app):
        assert made.services.follower.ready.wait(30)
        yield made


def test_whoever_has_not_signed_in_complains_and_follows_it(town: Town) -> None:
    receipt = town.complain(statement="对方电话13857412345要押金")
    followed = town.public.get(f"{DESK}/followed/{receipt['secret']}").json()
    assert (followed["about"], followed["statement"], followed["state"]) == (
        "电气装配工",
        "对方电话【手机号已隐去】要押金",
        "待处理",
    )
    assert town.public.get(f"{DESK}/followed/guessed").status_code == 404


@pytest.mark.parametrize("record", [3, 4, 99], ids=["不公开的需求", "人才", "没有这条"])
def test_what_cannot_be_read_and_persons_cannot_be_complained_about(town: Town, record: int) -> None:
    asked = {"record": record, "category": "其他", "statement": "试试"}
    assert town.public.post(DESK, json=asked).status_code == 404


def test_a_form_of_another_site_and_a_flood_are_refused(town: Town) -> None:
    asked = {"record": 2, "category": "其他", "statement": "试试"}
    assert town.public.post(DESK, json=asked, headers={"origin": "https://elsewhere.example"}).status_code == 403
    form = {"about": 2, "category": "其他", "statement": "试试"}
    assert town.public.post("/complaints", data=form, headers={"origin": "null"}).status_code == 403
    assert [town.public.post(DESK, json=asked).status_code for _ in range(6)] == [201] * 5 + [429]


def test_only_reviewers_read_complaints_and_counts(town: Town) -> None:
    number = town.complain()["number"]
    for path in (DESK, f"{DESK}/counts", f"{DESK}/{number}"):
        assert town.public.get(path).status_code == 401
        assert town.hr.get(path).status_code == 403
        assert town.council.get(path).status_code == 200
    [item] = town.council.get(DESK).json()["items"]
    assert (item["organisation_name"], item["about"], item["status"], item["live"]) == (
        "澜川精工",
        "电气装配工",
        "待处理",
        True,
    )
    assert town.council.get(f"{DESK}/counts").json()["items"] == [
        {"organisation": 1, "organisation_name": "澜川精工", "total": 1, "open": 1, "upheld": 0}
    ]


def test_a_complaint_that_is_upheld_takes_the_posting_down_in_the_same_step(town: Town) -> None:
    receipt = town.complain()
    reply = {"finding": "属实", "text": "已核实，押金退还", "take_down": True}
    answered = town.council.post(f"{DESK}/{receipt['number']}/reply", json=reply).json()
    assert (answered["live"], answered["status"]) == (False, "已答复")
    assert town.public.get("/api/v1/postings/2").status_code == 410
    followed = town.public.get(f"{DESK}/followed/{receipt['secret']}").json()
    assert followed["message"] == f"投诉 {receipt['number']} 已答复：属实，相关信息已下架。"
    assert town.council.post(f"{DESK}/{receipt['number']}/reply", json=reply).status_code == 409


def test_what_went_through_review_is_taken_down_with_the_reason_for_its_publisher(town: Town) -> None:
    account = town.store.accounts.everyone()[0].id
    draft = town.store.publications.draft(a_posting(organisation_id=1), account=account, organisation=1)
    record = town.store.publications.record(draft.id)
    town.store.publications.submit(draft.id, record, by=account, until=town.services.today())
    live = town.store.publications.approve(draft.id, by=account)
    sync.follow(town.store, town.services.shelf)
    receipt = town.complain(live.record_id or 0)
    reply = {"finding": "属实", "text": "收押金", "take_down": True}
    town.council.post(f"{DESK}/{receipt['number']}/reply", json=reply)
    after = town.store.publications.load(live.id)
    assert (after.state, after.reason) == (State.WITHDRAWN, f"投诉 {receipt['number']}（收费或培训贷）：收押金")


def test_what_was_not_found_at_fault_is_not_taken_down(town: Town) -> None:
    number = town.complain()["number"]
    reply = {"finding": "不属实", "text": "查无此事", "take_down": True}
    refused = town.council.post(f"{DESK}/{number}/reply", json=reply)
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "只有“属实”的投诉才能下架信息，收到“不属实”",
    )
    assert town.public.get("/api/v1/postings/2").status_code == 200


def test_the_pages_lead_from_the_posting_to_the_answer(town: Town) -> None:
    assert "/complaints/new?about=2" in town.public.get("/postings/2", headers=HTML).text
    assert "投诉这家单位" in town.public.get("/organisations/1", headers=HTML).text
    form = town.public.get("/complaints/new", params={"about": 2}, headers=HTML).text
    assert "7 个工作日内答复" in form
    missing = town.public.post("/complaints", data={"about": 2, "category": "", "statement": "要押金"}, headers=HTML)
    assert (missing.status_code, "要押金" in missing.text) == (422, True)
    receipt = town.public.post(
        "/complaints", data={"about": 2, "category": "歧视", "statement": "只招本地人"}, headers=HTML
    )
    [link] = re.findall(r"<code>http://testserver(/complaints/follow/[\w-]+)</code>", receipt.text)
    town.store.accounts.create("mishu", name="秘书处王", roles=[Role.COUNCIL], password=SECRET)
    csrf = town.public.post("/api/v1/sessions", json={"login": "mishu", "password": SECRET}).json()["csrf"]
    assert "投诉 1" in town.public.get("/complaints", headers=HTML).text
    assert "只招本地人" in town.public.get("/complaints/1", headers=HTML).text
    reply = {"csrf": csrf, "finding": "属实", "text": "已改正", "take_down": "true"}
    assert town.public.post("/complaints/1/reply", data=reply | {"csrf": ""}, headers=HTML).status_code == 403
    done = town.public.post("/complaints/1/reply", data=reply, headers=HTML)
    assert "信息已下架" in done.text
    town.public.cookies.clear()
    shown = town.public.get(link, headers=HTML).text
    assert "已答复：属实，相关信息已下架" in shown
    assert "秘书处王" not in shown
