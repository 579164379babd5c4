"""Why there is no match, over HTTP and on the pages."""

from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from models.terms import Education, SchoolLevel
from tests.api.conftest import Publish
from tests.builders import a_posting, a_talent

NAME = "欧阳不具名"
PAGE = {"accept": "text/html"}


@pytest.fixture
def market(publish: Publish) -> dict[str, int]:
    """A posting that asks for more than its three electricians have, another one, and a talent who cannot get in."""
    ids = {
        "posting": publish(
            a_posting(title="电工", education=Education.BACHELOR, experience_years=5, required_skills=["PLC编程"])
        ),
        "other": publish(a_posting(title="会计", required_skills=["会计核算"])),
        "ended": publish(a_posting(title="电工", expires="2020-01-31")),
        "talent": publish(a_talent(name=NAME, expected_positions=["电工"], experience_years=5)),
    }
    publish(a_talent(name=NAME, level=SchoolLevel.BACHELOR, expected_positions=["电工"], experience_years=0))
    publish(a_talent(name=NAME, level=SchoolLevel.BACHELOR, expected_positions=["电工"], experience_years=0))
    return ids


def test_no_match_says_what_each_requirement_removes_and_what_would_help(
    client: TestClient, market: dict[str, int]
) -> None:
    answer = client.get(f"/api/v1/postings/{market['posting']}/no-match").json()
    assert (answer["talents"], answer["remaining"], answer["suitable"], answer["suitable_remaining"]) == (3, 0, 3, 0)
    assert [(one["label"], one["removed"], one["removed_alone"]) for one in answer["barriers"]] == [
        ("学历", 1, 1),
        ("经验差距", 2, 2),
    ]
    assert [change["advice"] for change in answer["smallest"]["changes"]] == ["把经验要求从“5 年”放宽到“3 年”"]
    assert (answer["smallest"]["gain"], answer["most_gain"]) == (2, 3)
    assert 0 < answer["smallest"]["best_score"] <= 1
    assert "相近" in answer["criterion"]


def test_the_posting_changed_as_told_finds_as_many_as_told(client: TestClient, market: dict[str, int]) -> None:
    here = f"/api/v1/postings/{market['posting']}"
    [smallest] = [client.get(f"{here}/no-match?k=3").json()["smallest"]]
    assert [(one["field"], one["instead"]) for one in smallest["changes"]] == [
        ("education", "大专"),
        ("experience_years", "3 年"),
    ]
    record = client.get(here).json()["record"] | {"education": "大专", "experience_years": 3}
    assert client.put(here, json=record).status_code == 200
    assert client.get(f"{here}/no-match").json()["suitable_remaining"] == smallest["suitable"] == 3
    best = client.get(f"{here}/talents").json()["items"][0]
    assert best["score"] == smallest["best_score"]


def test_why_not_names_the_requirement_that_is_in_the_way(client: TestClient, market: dict[str, int]) -> None:
    answer = client.get(f"/api/v1/talents/{market['talent']}/postings/{market['posting']}/why-not").json()
    assert (answer["state"], answer["rank"], answer["remedies"]) == ("removed", None, [])
    assert answer["explanation"] == "没有满足岗位的硬性条件：学历（要求本科，实为大专）"
    assert answer["rival"]["record"]["id"] == market["other"]


def test_why_not_tells_a_rank_its_cost_and_a_change_that_helps(client: TestClient, market: dict[str, int]) -> None:
    answer = client.get(f"/api/v1/talents/{market['talent']}/postings/{market['other']}/why-not").json()
    assert (answer["state"], answer["rank"], answer["ranked"]) == ("ranked", 1, 1)
    wish = next(one for one in answer["remedies"] if "加入期望岗位" in one["advice"])
    assert wish["score"] > answer["score"]


def test_the_differences_sent_add_up_to_the_scores_sent(client: TestClient, market: dict[str, int]) -> None:
    answer = client.get(f"/api/v1/talents/{market['talent']}/postings/{market['ended']}/why-not").json()
    assert answer["state"] == "closed"
    assert "2020-01-31 截止" in answer["explanation"]
    lost = sum(Decimal(str(one["lost"])) for one in answer["differences"])
    assert lost == Decimal(str(answer["rival"]["score"])) - Decimal(str(answer["score"]))


@pytest.mark.parametrize(
    "path",
    [
        "/postings/999/no-match",
        "/talents/999/postings/{posting}/why-not",
        "/talents/{talent}/postings/999/why-not",
        "/talents/{posting}/postings/{posting}/why-not",
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, market: dict[str, int], path: str) -> None:
    assert client.get("/api/v1" + path.format(**market)).status_code == 404


def test_nobody_is_named(client: TestClient, market: dict[str, int]) -> None:
    paths = [
        f"/api/v1/postings/{market['posting']}/no-match",
        f"/api/v1/talents/{market['talent']}/postings/{market['posting']}/why-not",
        f"/postings/{market['posting']}/no-match",
        f"/talents/{market['talent']}/why-not?posting={market['posting']}",
    ]
    assert not [path for path in paths if NAME in client.get(path).text]


def page(client: TestClient, path: str) -> str:
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 200, answer.text
    assert answer.text.count("<h1>") == 1
    assert " None" not in answer.text
    return answer.text


def test_the_posting_page_leads_to_what_its_requirements_do(client: TestClient, market: dict[str, int]) -> None:
    path = f"/postings/{market['posting']}/no-match"
    assert f'href="{path}"' in page(client, f"/postings/{market['posting']}")
    html = page(client, path)
    assert "要求本科，实为大专" in html
    assert "最小的放宽：把经验要求从“5 年”放宽到“3 年”，可多出 2 名对口的人" in html
    assert "没有办法多出 4 名：全部放宽也只多出 3 名对口的人" in page(client, path + "?k=4")


def test_a_posting_that_nobody_is_kept_from_says_what_else_to_do(client: TestClient, market: dict[str, int]) -> None:
    html = page(client, f"/postings/{market['other']}/no-match")
    assert "硬性条件没有移除任何人" in html
    assert "放宽条件不会带来更多人：对口的人在联合体里还没有" in html
    assert "2020年1月31日截止" in page(client, f"/postings/{market['ended']}/no-match")


def test_a_talent_asks_after_a_posting_by_number_or_by_name(client: TestClient, market: dict[str, int]) -> None:
    here = f"/talents/{market['talent']}/why-not"
    assert f'action="{here}"' in page(client, f"/talents/{market['talent']}")
    by_number = page(client, f"{here}?q={market['posting']}")
    assert "没有满足岗位的硬性条件：学历（要求本科，实为大专）" in by_number
    assert "学技能、考证、改变求职意向都绕不过" in by_number
    by_name = page(client, f"{here}?q=会计")
    assert f'href="?posting={market["other"]}"' in by_name
    chosen = page(client, f"{here}?posting={market['other']}")
    assert "在参加排序的 1 个岗位中排第 1，已经在推荐之列" in chosen
    assert "把“会计”加入期望岗位" in chosen
    assert "岗位已经截止" in page(client, f"{here}?posting={market['ended']}")


@pytest.mark.parametrize("q", ["", "  ", "！？", "qqzzxxww", "<script>alert(1)</script>"])
def test_words_that_find_no_posting_do_no_harm(client: TestClient, market: dict[str, int], q: str) -> None:
    answer = client.get(f"/talents/{market['talent']}/why-not", params={"q": q}, headers=PAGE)
    assert answer.status_code == 200
    assert "<script>" not in answer.text


@pytest.mark.parametrize("q", ["999999", "9" * 30])
def test_a_number_that_no_posting_has_is_answered_in_the_same_style(
    client: TestClient, market: dict[str, int], q: str
) -> None:
    answer = client.get(f"/talents/{market['talent']}/why-not", params={"q": q}, headers=PAGE)
    assert answer.status_code in (200, 404)
    assert 'href="/static/style.css"' in answer.text
