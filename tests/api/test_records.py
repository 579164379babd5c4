"""Publishing, reading, listing, changing and withdrawing, over HTTP."""

from datetime import date

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from models.access import Role
from models.technology import Secrecy
from models.terms import Record
from tests.api.conftest import PLURALS, Publish, body_of, key_for
from tests.builders import (
    a_course,
    a_need,
    a_notice,
    a_plan,
    a_policy,
    a_posting,
    a_programme,
    a_talent,
    an_offer,
    an_organisation,
    from_source,
)

ONE_OF_EACH = [
    a_posting(),
    a_talent(),
    a_course(),
    a_need(),
    an_offer(),
    a_policy(),
    an_organisation(),
    a_programme(),
    a_plan(),
    a_notice(),
]


@pytest.mark.parametrize("record", ONE_OF_EACH, ids=lambda record: record.kind)
def test_every_kind_can_be_published_read_listed_changed_and_withdrawn(client: TestClient, record: Record) -> None:
    path = f"/api/v1/{PLURALS[record.kind]}"
    created = client.post(path, json=body_of(record))
    assert created.status_code == 201
    receipt = created.json()
    here = created.headers["location"]
    assert here == f"{path}/{receipt['id']}"
    assert (receipt["outcome"], receipt["revision"]) == ("新增", 1)
    read = client.get(here).json()
    assert body_of(record).items() <= read["record"].items()
    assert client.get(path).json()["items"] == [read]
    changed = client.put(
        here, json=body_of(record) | {"place": "澜川市高新区"} if "place" in read["record"] else body_of(record)
    )
    assert changed.json()["outcome"] in ("更新", "未变")
    withdrawn = client.delete(here)
    assert withdrawn.status_code == 200
    assert client.get(here).status_code == 410
    assert client.get(path).json() == {"items": [], "total": 0, "offset": 0, "limit": 20}
    assert [version["withdrawn"] for version in client.get(f"{here}/history").json()][-1] is True


def test_a_posting_is_findable_as_soon_as_it_is_published(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting(title="船舶电焊工"))
    assert [item["record"]["id"] for item in client.get("/api/v1/search?q=电焊工").json()["items"]] == [id]


def test_a_changed_posting_is_found_by_its_new_words_only(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting(title="船舶电焊工"))
    client.put(f"/api/v1/postings/{id}", json=body_of(a_posting(title="幼儿园保育师")))
    assert client.get("/api/v1/search?q=保育师").json()["items"][0]["record"]["id"] == id
    assert client.get("/api/v1/search?q=电焊").json()["items"] == []


def test_a_withdrawn_posting_is_in_no_search_and_no_match(client: TestClient, publish: Publish) -> None:
    talent, posting = publish(a_talent()), publish(a_posting())
    client.delete(f"/api/v1/postings/{posting}")
    assert client.get("/api/v1/search?q=数控车床操作工").json()["items"] == []
    assert client.get(f"/api/v1/talents/{talent}/postings").json()["items"] == []
    assert client.get(f"/api/v1/postings/{posting}/talents").status_code == 410


def test_history_keeps_every_state(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting(headcount=1))
    client.put(f"/api/v1/postings/{id}", json=body_of(a_posting(headcount=2)))
    client.delete(f"/api/v1/postings/{id}")
    history = client.get(f"/api/v1/postings/{id}/history").json()
    assert [version["revision"] for version in history] == [1, 2, 3]
    assert [version["record"] and version["record"]["headcount"] for version in history] == [1, 2, None]


def test_lists_are_newest_first_and_paged(client: TestClient, publish: Publish) -> None:
    ids = [publish(a_posting(title=f"岗位{n}")) for n in range(5)]
    page = client.get("/api/v1/postings?offset=1&limit=2").json()
    assert [item["id"] for item in page["items"]] == [ids[3], ids[2]]
    assert (page["total"], page["offset"], page["limit"]) == (5, 1, 2)


def test_a_list_is_filtered_by_name_and_organisation(client: TestClient, publish: Publish) -> None:
    by_title = publish(a_posting(title="PLC 工程师", organisation="甲公司"))
    by_organisation = publish(a_posting(title="文员", organisation="乙公司"))
    assert [item["id"] for item in client.get("/api/v1/postings?q=ｐｌｃ").json()["items"]] == [by_title]
    assert [item["id"] for item in client.get("/api/v1/postings?q=乙公司").json()["items"]] == [by_organisation]


def test_publishing_a_known_source_updates_its_record(client: TestClient) -> None:
    first = client.post("/api/v1/postings", json=body_of(a_posting(source=from_source("7"))))
    again = client.post("/api/v1/postings", json=body_of(a_posting(source=from_source("7"), headcount=3)))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["outcome"] == "更新"


def test_a_name_is_in_no_answer(client: TestClient, publish: Publish) -> None:
    talent = publish(a_talent(name="欧阳晓雪", skills=["数控编程"], source=from_source("20230417", "学籍")))
    posting = publish(a_posting(required_skills=["数控编程"]))
    draft = body_of(a_talent(name="欧阳晓雪", skills=["数控编程"]))
    answers = [
        client.get(path).text
        for path in (
            f"/api/v1/talents/{talent}",
            f"/api/v1/talents/{talent}/history",
            f"/api/v1/talents/{talent}/postings",
            f"/api/v1/talents/{talent}/courses?posting={posting}",
            "/api/v1/talents",
            "/api/v1/talents?q=欧阳",
            "/api/v1/search?q=欧阳晓雪",
            "/api/v1/search?q=数控编程",
            f"/api/v1/postings/{posting}/talents",
        )
    ]
    answers.append(client.post("/api/v1/match/postings", json=draft).text)
    assert str(talent) in answers[-2]
    assert not [answer for answer in answers if "晓雪" in answer.replace('"q":"欧阳晓雪"', "") or "20230417" in answer]


def test_whoever_changes_a_talent_erases_neither_name_nor_source(client: TestClient, publish: Publish) -> None:
    id = publish(a_talent(name="欧阳晓雪", source=from_source("20230417")))
    shown = client.get(f"/api/v1/talents/{id}").json()["record"]
    assert "name" not in shown
    client.put(f"/api/v1/talents/{id}", json=shown | {"grade": 3})
    again = client.post(
        "/api/v1/talents", json=body_of(a_talent(name="欧阳晓雪", grade=3, source=from_source("20230417")))
    )
    assert again.json() == {"id": id, "revision": 2, "outcome": "未变", "masked": {}}


def test_a_withdrawn_talent_leaves_no_profile_in_the_history(client: TestClient, publish: Publish) -> None:
    id = publish(a_talent(self_description="踏实肯干"))
    client.delete(f"/api/v1/talents/{id}")
    history = client.get(f"/api/v1/talents/{id}/history")
    assert [version["record"] for version in history.json()] == [None, None]


def test_a_private_need_is_as_if_it_did_not_exist(app: FastAPI, client: TestClient, publish: Publish) -> None:
    offer = publish(an_offer())
    need = publish(a_need(organisation="丙公司", secrecy=Secrecy.PRIVATE))
    publish(a_need(organisation="丙公司", secrecy=Secrecy.PRIVATE, deadline=date(2020, 1, 1)))
    here = f"/api/v1/needs/{need}"
    client.headers = key_for(app, Role.ENTERPRISE_TECH)
    assert client.get("/api/v1/needs").json()["total"] == 0
    assert client.get("/api/v1/search?q=气孔&kind=need").json()["items"] == []
    assert {client.get(path).status_code for path in (here, f"{here}/history", f"{here}/offers")} == {404}
    needs = client.get(f"/api/v1/offers/{offer}/needs").json()
    assert (needs["items"], needs["removals"], needs["retrieved"]) == ([], [], 0)


def test_an_id_of_another_kind_is_not_found_and_not_harmed(client: TestClient, publish: Publish) -> None:
    talent = publish(a_talent())
    wrong = f"/api/v1/postings/{talent}"
    statuses = [client.get(wrong), client.delete(wrong), client.get(f"{wrong}/history"), client.get(f"{wrong}/talents")]
    assert {answer.status_code for answer in statuses} == {404}
    assert client.put(wrong, json=body_of(a_posting())).status_code == 404
    assert client.get(f"/api/v1/talents/{talent}").status_code == 200
