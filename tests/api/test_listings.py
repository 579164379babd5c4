"""Lists of postings over HTTP and on the page: what is switched on, what it did, and that scores stay."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from models.terms import Kind
from tests.api.conftest import Publish, body_of
from tests.builders import a_posting, a_talent, an_organisation

TEXT = "负责车间设备电气维修，能看懂电气原理图，会用万用表，服从班组长安排，完成当班任务并做好交接记录。"
HTML = {"accept": "text/html"}
ALL_OFF = "collapse=false&diverse=false&fresh=false"


@pytest.fixture
def city(publish: Publish) -> dict[str, int]:
    """An electrician, an employer with many postings, one of them twice, and a small employer."""
    publish(an_organisation(name="大厂", staff=4_000, industry="C34"))
    publish(an_organisation(name="小厂", staff=40, industry="C34"))
    today = date.today()  # noqa: DTZ011
    wanted: dict[str, Any] = {"organisation": "大厂", "required_skills": ["电气维修"], "published": today}
    return {
        "talent": publish(a_talent(expected_positions=["维修电工"], skills=["电气维修"])),
        "first": publish(a_posting(**wanted, title="维修电工", description=TEXT, headcount=1)),
        "again": publish(a_posting(**wanted, title="维修电工（急聘）", description=TEXT + "包住。", headcount=1)),
        "second": publish(a_posting(**wanted, title="维修电工", description="值夜班，抢修生产线。", headcount=1)),
        "third": publish(a_posting(**wanted, title="维修电工", description="新厂房设备安装调试。", headcount=1)),
        "old": publish(
            a_posting(**{**wanted, "organisation": "小厂", "published": today - timedelta(days=300)}, title="维修电工")
        ),
    }


def listed(client: TestClient, talent: int, query: str = "") -> dict[str, Any]:
    response = client.get(f"/api/v1/talents/{talent}/postings?{query}")
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_near_duplicates_are_listed_once_and_named(client: TestClient, city: dict[str, int]) -> None:
    answer = listed(client, city["talent"])
    ids = {item["record"]["id"] for item in answer["items"]}
    [(entry, twin)] = [(item, twin) for item in answer["items"] for twin in item["merged"]]
    assert {entry["record"]["id"], twin["id"]} == {city["first"], city["again"]}
    assert twin["id"] not in ids
    assert (twin["organisation"], len(ids)) == ("大厂", 4)
    [merging] = [rule for rule in answer["rules"] if rule["name"] == "collapse"]
    assert (merging["label"], merging["on"], merging["affected"]) == ("合并相近岗位", True, 1)


def test_switched_off_the_list_is_in_the_order_of_the_scores(client: TestClient, city: dict[str, int]) -> None:
    answer = listed(client, city["talent"], ALL_OFF)
    scores = [item["score"] for item in answer["items"]]
    assert (len(scores), scores) == (5, sorted(scores, reverse=True))
    assert [item["origin"] for item in answer["items"]] == [item["rank"] for item in answer["items"]] == [1, 2, 3, 4, 5]
    assert not any(item["moves"] or item["merged"] for item in answer["items"])
    assert (answer["bound"], [rule["on"] for rule in answer["rules"]]) == (0, [False] * 5)


def test_no_switch_changes_a_score(client: TestClient, city: dict[str, int]) -> None:
    plain = {item["record"]["id"]: item["score"] for item in listed(client, city["talent"], ALL_OFF)["items"]}
    for query in ("", "spread=true&small=true", "diverse=false", "fresh=false&small=true"):
        for item in listed(client, city["talent"], query)["items"]:
            assert item["score"] == plain[item["record"]["id"]]


def test_what_moved_says_from_where_and_why(client: TestClient, city: dict[str, int]) -> None:
    for item in listed(client, city["talent"], "spread=true&small=true")["items"]:
        assert bool(item["moves"]) == (item["origin"] != item["rank"])
        assert all(move["label"] and move["reason"] for move in item["moves"])


def test_spreading_counts_the_other_people_who_were_shown_a_posting(client: TestClient, publish: Publish) -> None:
    for employer in ("甲厂", "乙厂"):
        publish(a_posting(title="维修电工", organisation=employer, headcount=1))
    someone, *others = [publish(a_talent(expected_positions=["维修电工"])) for _ in range(13)]
    [before] = listed(client, someone, "k=1")["items"]
    for other in others:
        listed(client, other, "k=1")
    first, second = listed(client, someone, "spread=true")["items"]
    assert second["record"]["id"] == before["record"]["id"] != first["record"]["id"]
    assert [move["reason"] for move in second["moves"]] == ["已推荐给其他 12 人，招 1 人，后移"]


def test_a_draft_is_listed_by_the_same_rules(client: TestClient, city: dict[str, int]) -> None:
    person = body_of(a_talent(expected_positions=["维修电工"], skills=["电气维修"]))
    answer = client.post("/api/v1/match/postings", json=person).json()
    stored = listed(client, city["talent"])
    assert answer["query"] is None
    assert [item["record"]["id"] for item in answer["items"]] == [item["record"]["id"] for item in stored["items"]]


def test_a_cohort_is_spread_and_its_answer_adds_up(client: TestClient, publish: Publish, city: dict[str, int]) -> None:
    others = [publish(a_talent(expected_positions=["维修电工"], skills=["电气维修"])) for _ in range(5)]
    asked = {"talents": [city["talent"], *others], "k": 2, "per_place": 3, "seed": 7}
    answer = client.post("/api/v1/talents/recommend-together", json=asked).json()
    assert [person["talent"] for person in answer["people"]] == asked["talents"]
    counted = Counter(option["posting"] for person in answer["people"] for option in person["postings"])
    assert {one["id"]: one["after"] for one in answer["postings"] if one["after"]} == counted
    assert all(one["after"] <= 3 * (one["headcount"] or 1) for one in answer["postings"])
    assert (answer["before"]["people"], answer["after"]["people"]) == (6, 3)
    assert answer["after"]["distinct"] == len(counted) > answer["before"]["distinct"]
    assert (answer["seed"], answer["short"], answer["after"]["crowded"]) == (7, 0, 0)
    assert client.post("/api/v1/talents/recommend-together", json=asked).json() == answer


def test_a_cohort_names_people_who_exist(client: TestClient, city: dict[str, int]) -> None:
    here = "/api/v1/talents/recommend-together"
    assert client.post(here, json={"talents": [city["talent"], 999]}).status_code == 404
    assert client.post(here, json={"talents": []}).status_code == 422
    assert client.post(here, json={"talents": list(range(1, 502))}).status_code == 422
    twice = client.post(here, json={"talents": [city["talent"], city["talent"]], "k": 1}).json()
    assert len(twice["people"]) == 1


def test_the_page_shows_every_rule_with_what_it_did_and_a_link_that_switches_it(
    client: TestClient, city: dict[str, int]
) -> None:
    page = client.get(f"/talents/{city['talent']}", headers=HTML).text
    for label in ("合并相近岗位", "同一单位不扎堆", "相近时新的在前", "避免扎堆推荐", "小微企业保底"):
        assert label in page
    assert "已合并 1 个相近岗位" in page
    assert f'href="/{Kind.POSTING.value}s/' in page
    assert 'href="?collapse=false#postings"' in page
    assert 'href="?small=true#postings"' in page
    off = client.get(f"/talents/{city['talent']}?collapse=false&employment=", headers=HTML).text
    assert "已合并" not in off
    assert "已关闭" in off
    assert 'href="?collapse=true#postings"' in off
    assert '<input type="hidden" name="collapse" value="false">' in off
