"""Ranked answers over HTTP: who is found, with which reasons."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.answers import shares
from models.organisations import OrganisationType
from models.policies import Condition, Fact, Operator
from models.specialties import Cohort
from models.terms import Employment, Salary, SchoolLevel
from tests.api.conftest import Publish, body_of
from tests.builders import a_course, a_need, a_policy, a_posting, a_programme, a_talent, an_offer, an_organisation

TURNER = {"title": "数控车床操作工", "required_skills": ["数控车床操作", "机械制图"], "division": "330282"}


@pytest.fixture
def market(client: TestClient, publish: Publish) -> dict[str, int]:
    """A small city: one of everything that is to find each other, and one that is not."""
    school = publish(an_organisation(name="澜川职业技术学院", type=OrganisationType.SCHOOL))
    return {
        "school": school,
        "enterprise": publish(an_organisation(staff=120)),
        "policy": publish(
            a_policy(
                text="职工人数不低于 50 人的企业可以申报。",
                audience=["企业"],
                conditions=[
                    Condition(fact=Fact.STAFF, operator=Operator.AT_LEAST, number=50, quote="职工人数不低于 50 人")
                ],
            )
        ),
        "posting": publish(a_posting(**TURNER, employment=Employment.FULL_TIME)),
        "internship": publish(a_posting(**TURNER, employment=Employment.INTERNSHIP)),
        "nurse": publish(a_posting(title="护理员", description="照护老人", division="440305")),
        "talent": publish(a_talent(expected_positions=["机床操作工"], skills=["机械制图"], grade=3)),
        "course": publish(a_course(name="数控车削加工", skills=["数控车床操作"], hours=64)),
        "need": publish(a_need(content="压铸件气孔率高", fields=["压铸"])),
        "offer": publish(an_offer(content="真空压铸降低气孔率", fields=["压铸"])),
        "programme": publish(
            a_programme(
                name="数控技术",
                school_id=school,
                cohorts=[Cohort(year=2026, graduates=60)],
                occupations=["6-18-01-01"],
                courses=["数控车床操作", "机械制图"],
            )
        ),
        "unlinked": publish(a_programme(name="护理", school="澜川卫生学校", level=SchoolLevel.JUNIOR_COLLEGE)),
    }


QUESTIONS = [
    ("/postings/{posting}/talents", "talent"),
    ("/talents/{talent}/postings", "posting"),
    ("/needs/{need}/offers", "offer"),
    ("/offers/{offer}/needs", "need"),
    ("/organisations/{enterprise}/policies", "policy"),
    ("/policies/{policy}/organisations", "enterprise"),
    ("/postings/{posting}/programmes", "programme"),
    ("/talents/{talent}/courses?posting={posting}", "course"),
]


@pytest.mark.parametrize(("question", "best"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_every_question_is_answered_with_reasons_that_add_up(
    client: TestClient, market: dict[str, int], question: str, best: str
) -> None:
    response = client.get("/api/v1" + question.format(**market))
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["items"][0]["record"]["id"] == market[best]
    assert [item["rank"] for item in answer["items"]] == list(range(1, len(answer["items"]) + 1))
    screened = sum(removal["count"] for removal in answer["removals"] if removal["requirement"] != "open")
    assert answer["retrieved"] == len(answer["items"]) + screened
    for item in answer["items"]:
        points = [Decimal(str(contribution["points"])) for contribution in item["contributions"]]
        weights = [Decimal(str(contribution["weight"])) for contribution in item["contributions"]]
        assert sum(points) == Decimal(str(item["score"]))
        assert 0 <= item["score"] <= sum(weights) <= 1


def test_weights_sum_to_one_but_where_too_little_is_known(client: TestClient, publish: Publish) -> None:
    posting = publish(a_posting(title="钳工", required_skills=["机械制图"], description="会识图，会划线"))
    full = publish(a_talent(expected_positions=["钳工"], skills=["机械制图"]))
    silent = publish(a_talent(specialty=None, self_description="会识图，会划线"))
    items = client.get(f"/api/v1/postings/{posting}/talents").json()["items"]
    assert [item["record"]["id"] for item in items] == [full, silent]
    told, untold = (sum(Decimal(str(one["weight"])) for one in item["contributions"]) for item in items)
    assert told == 1
    assert untold < Decimal("0.6")


@pytest.mark.parametrize(("question", "best"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_evidence_quotes_the_records_word_for_word(
    client: TestClient, market: dict[str, int], question: str, best: str
) -> None:
    for item in client.get("/api/v1" + question.format(**market)).json()["items"]:
        for contribution in item["contributions"]:
            for quote in contribution["evidence"]["demand"] + contribution["evidence"]["supply"]:
                assert len(quote["text"]) == quote["end"] - quote["start"] > 0


def test_a_match_says_what_is_there_and_what_is_missing(client: TestClient, market: dict[str, int]) -> None:
    [match] = client.get(f"/api/v1/postings/{market['posting']}/talents").json()["items"]
    [skills] = [c for c in match["contributions"] if c["feature"] == "skills"]
    assert skills["detail"] == "具备：机械制图；缺少：数控车床操作"
    assert skills["evidence"]["supply"] == [
        {"field": "skills", "label": "技能", "start": 0, "end": 4, "text": "机械制图"}
    ]
    assert match["record"]["title"] == "机床操作工"
    assert {"field": "specialty", "label": "所学专业", "value": "机电一体化技术"} in match["record"]["facts"]


def test_a_match_tells_both_sides_apart_and_its_score_is_their_mean(client: TestClient, market: dict[str, int]) -> None:
    [match] = client.get(f"/api/v1/postings/{market['posting']}/talents").json()["items"]
    weight = {
        side: sum(one["weight"] for one in match["contributions"] if one["side"] == side) for side in ("fit", "wish")
    }
    assert 0 < match["fit"] <= 1
    assert 0 < match["wish"] <= 1
    assert match["score"] == pytest.approx(sum(weight[side] * match[side] for side in weight), abs=0.001)


def test_a_market_with_one_side_that_asks_has_no_sides(client: TestClient, market: dict[str, int]) -> None:
    [match] = client.get(f"/api/v1/needs/{market['need']}/offers").json()["items"]
    assert (match["fit"], match["wish"]) == (None, None)
    assert {one["side"] for one in match["contributions"]} == {None}


def test_facts_are_quoted_as_they_are_shown(client: TestClient, publish: Publish) -> None:
    posting = publish(a_posting(salary={"low": 6000, "high": 8000}))
    publish(a_talent(expected_salary=5500))
    [match] = client.get(f"/api/v1/postings/{posting}/talents").json()["items"]
    [pay] = [c for c in match["contributions"] if c["feature"] == "pay"]
    quoted = {side: [(one["label"], one["text"]) for one in quotes] for side, quotes in pay["evidence"].items()}
    assert quoted == {"demand": [("薪资", Salary(low=6000, high=8000).label)], "supply": [("期望薪资", "5,500 元/月")]}


def test_filters_narrow_the_postings_and_are_counted(client: TestClient, market: dict[str, int]) -> None:
    interns = client.get(f"/api/v1/talents/{market['talent']}/postings?employment=实习").json()
    assert [item["record"]["id"] for item in interns["items"]] == [market["internship"]]
    assert [(removal["label"], removal["count"]) for removal in interns["removals"]] == [("所选范围", 2)]
    nearby = client.get(f"/api/v1/talents/{market['talent']}/postings?division=330200").json()
    assert {item["record"]["id"] for item in nearby["items"]} == {market["posting"], market["internship"]}


def test_a_code_that_no_table_has_spoils_no_answer(client: TestClient, publish: Publish) -> None:
    """One record with a code of another edition must not stop the index or anybody's matches."""
    ids = {
        "posting": publish(a_posting(division="999999", occupation="9-99-99-99", industry="T99")),
        "talent": publish(a_talent(expected_divisions=["999999"])),
        "programme": publish(a_programme(occupations=["9-99-99-99"])),
        "need": publish(a_need(industry="T99")),
        "offer": publish(an_offer(industry="T99")),
        "policy": publish(
            a_policy(conditions=[Condition(fact=Fact.INDUSTRY, operator=Operator.ONE_OF, values=["T99", "999"])])
        ),
        "enterprise": publish(an_organisation(industry="T99", division="999999")),
    }
    assert client.get("/health").json()["lag"] == 0
    for question, _ in QUESTIONS[:-1]:
        answer = client.get("/api/v1" + question.format(**ids))
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) == 1


def test_k_limits_the_answer(client: TestClient, market: dict[str, int]) -> None:
    assert len(client.get(f"/api/v1/talents/{market['talent']}/postings?k=1").json()["items"]) == 1


def test_a_draft_is_matched_and_not_stored(client: TestClient, market: dict[str, int]) -> None:
    stored = client.get(f"/api/v1/postings/{market['posting']}/talents").json()
    draft = body_of(a_posting(**TURNER, employment=Employment.FULL_TIME))
    answer = client.post("/api/v1/match/talents", json=draft).json()
    assert answer["query"] is None
    assert answer["items"][0]["score"] == stored["items"][0]["score"]
    assert client.get("/api/v1/postings").json()["total"] == 3
    person = body_of(a_talent(expected_positions=["数控车床操作工"], grade=3))
    found = client.post("/api/v1/match/postings?employment=实习", json=person).json()
    assert [item["record"]["id"] for item in found["items"]] == [market["internship"]]


def test_training_closes_the_gap_to_a_posting(client: TestClient, market: dict[str, int]) -> None:
    answer = client.get(f"/api/v1/talents/{market['talent']}/courses?posting={market['posting']}").json()
    assert answer["target"] == "岗位“数控车床操作工”"
    assert answer["gap"] == {"held": ["机械制图"], "missing": [{"skill": "数控车床操作", "weight": 1.0}]}
    assert answer["items"][0]["contributions"][0]["detail"].startswith("学到：数控车床操作")


def test_training_can_aim_at_an_occupation_or_at_what_fits_anyway(client: TestClient, market: dict[str, int]) -> None:
    here = f"/api/v1/talents/{market['talent']}/courses"
    assert client.get(f"{here}?occupation=6-18-01-01").json()["target"].startswith("职业“")
    usual = client.get(here).json()
    assert usual["target"] == "最匹配的 3 个岗位的共同要求"
    assert [missing["skill"] for missing in usual["gap"]["missing"]] == ["数控车床操作"]


def test_an_outlook_counts_demand_against_graduates(client: TestClient, market: dict[str, int]) -> None:
    outlook = client.get(f"/api/v1/programmes/{market['programme']}/outlook").json()
    assert len(outlook["months"]) == 24
    assert (outlook["graduates"], outlook["advice"]) == (60, "无法判断")
    assert outlook["linked"] == len(outlook["evidence"])


def test_a_school_sees_all_its_programmes(client: TestClient, market: dict[str, int]) -> None:
    answer = client.get(f"/api/v1/schools/{market['school']}/outlook").json()
    assert [one["programme"]["id"] for one in answer["programmes"]] == [market["programme"]]


def test_features_are_public_and_their_weights_sum_to_one(client: TestClient) -> None:
    markets = client.get("/api/v1/features").json()
    assert [market["label"] for market in markets] == [
        "岗位与人才",
        "培训推荐",
        "技术需求与供给",
        "政策推荐",
        "岗位与专业",
    ]
    for market in markets:
        assert sum(Decimal(str(feature["weight"])) for feature in market["features"]) == 1
        assert all(feature["description"] for feature in market["features"])
        assert market["requirements"]
    assert {feature["side"] for feature in markets[0]["features"]} == {"fit", "wish"}
    assert {feature["side"] for market in markets[1:] for feature in market["features"]} == {None}


@given(st.lists(st.floats(0, 1), max_size=12))
def test_shares_add_up_to_the_rounded_sum_and_stay_close(parts: list[float]) -> None:
    total = sum(parts)
    found = shares(parts)
    assert round(sum(found), 4) == pytest.approx(round(total, 4), abs=1.01e-4)
    assert all(abs(share - part) <= 1.001e-4 for share, part in zip(found, parts, strict=True))
    assert all(share == 0 for share, part in zip(found, parts, strict=True) if part == 0)


def test_an_unlawful_demand_is_quoted_and_changes_no_score(client: TestClient, publish: Publish) -> None:
    publish(a_talent(skills=["机械制图"]))
    duties = "要求会机械制图"
    plain, unlawful = (
        client.get(f"/api/v1/postings/{publish(a_posting(description=text))}/talents").json()
        for text in (duties, f"{duties}。限男，18-35岁")
    )
    assert plain["unlawful"] == []
    assert [(one["trait"], one["quote"]["text"]) for one in unlawful["unlawful"]] == [
        ("性别", "限男"),
        ("年龄", "18-35岁"),
    ]
    assert "《就业促进法》第二十七条" in unlawful["unlawful"][0]["message"]
    reasons = [
        {
            c["feature"]: c["value"]
            for c in answer["items"][0]["contributions"]
            if c["feature"] in ("skills", "education")
        }
        for answer in (plain, unlawful)
    ]
    assert reasons[0] == reasons[1]
    assert not {one["feature"] for one in unlawful["items"][0]["contributions"]} & {"sex", "age", "gender"}


def test_the_posting_page_says_what_it_may_not_demand(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting(description="招学徒，限男"))
    assert "“限男”涉嫌就业歧视，不参与匹配" in client.get(f"/postings/{id}", headers={"accept": "text/html"}).text
