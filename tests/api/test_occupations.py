"""Occupations over HTTP: stated, official or computed, and told apart."""

import pytest
from starlette.testclient import TestClient

from data import taxonomy
from tests.api.conftest import Publish
from tests.builders import a_course, a_posting, a_programme


def code_of(name: str) -> str:
    return next(leaf.code for leaf in taxonomy.leaves() if leaf.name == name)


def test_a_stated_occupation_is_given_as_stated(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting(occupation=code_of("焊工")))
    answer = client.get(f"/api/v1/postings/{id}/occupation").json()
    assert (answer["origin"], answer["sure"], answer["note"]) == ("原文标注", True, "记录中写明的职业")
    assert [item["name"] for item in answer["items"]] == ["焊工"]


def test_a_silent_posting_is_linked_by_its_title_and_says_how(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting(title="焊工"))
    answer = client.get(f"/api/v1/postings/{id}/occupation", params={"k": 3}).json()
    assert answer["origin"] == "自动对应"
    assert answer["items"][0]["code"] == code_of("焊工")
    assert len(answer["items"]) == 3
    assert "只比较了用词" in answer["note"]
    assert "可能的职业" in client.get(f"/postings/{id}").text


def test_an_abstention_says_so(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting(title="储备人员"))
    answer = client.get(f"/api/v1/postings/{id}/occupation").json()
    assert not answer["sure"]
    assert "不能确定" in answer["note"]


def test_a_programme_has_the_official_occupations_of_its_specialty(client: TestClient, publish: Publish) -> None:
    code, official = next(iter(taxonomy.official_occupations().items()))
    id = publish(a_programme(name=taxonomy.specialty(code).name, code=code))
    answer = client.get(f"/api/v1/programmes/{id}/occupations").json()
    assert answer["origin"] == "官方专业简介"
    assert tuple(item["code"] for item in answer["items"]) == official
    assert "教育部专业简介" in client.get(f"/programmes/{id}").text


def test_a_programme_without_any_is_linked(client: TestClient, publish: Publish) -> None:
    id = publish(a_programme(name="中餐烹饪", courses=("烹调工艺",)))
    answer = client.get(f"/api/v1/programmes/{id}/occupations").json()
    assert answer["origin"] == "自动对应"
    assert code_of("中式烹调师") in {item["code"] for item in answer["items"]}


def test_titles_are_linked_as_free_text(client: TestClient) -> None:
    answer = client.post("/api/v1/occupations/link", json={"titles": ["焊工", "保安员"], "k": 2}).json()
    assert [(one["title"], one["items"][0]["name"]) for one in answer] == [("焊工", "焊工"), ("保安员", "保安员")]


def test_no_titles_are_refused(client: TestClient) -> None:
    assert client.post("/api/v1/occupations/link", json={"titles": []}).status_code == 422


def test_a_skill_names_what_gives_it(client: TestClient, publish: Publish) -> None:
    id = publish(a_course(name="电工基础实训", skills=("电工作业",)))
    answer = client.get("/api/v1/skills/电工作业").json()
    assert "低压电工作业证" in answer["certificates"]
    assert id in {course["id"] for course in answer["courses"]}


def test_an_unknown_skill_is_quoted(client: TestClient) -> None:
    answer = client.get("/api/v1/skills/屠龙之术")
    assert answer.status_code == 404
    assert "屠龙之术" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("title", "named"),
    [("焊工", "由岗位名称推断"), ("储备人员", "由名称也不能确定，不计入")],
)
def test_a_computed_occupation_counts_less_and_says_so(
    client: TestClient, publish: Publish, title: str, named: str
) -> None:
    publish(a_programme(occupations=(code_of("焊工"),)))
    id = publish(a_posting(title=title))
    (match,) = client.get(f"/api/v1/postings/{id}/programmes").json()["items"]
    reason = next(one for one in match["contributions"] if one["feature"] == "occupation")
    assert named in reason["detail"]
    assert reason["value"] is None or 0.5 <= reason["value"] < 1
