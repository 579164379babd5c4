from datetime import date

import pytest

from matching.policy import Verdict, verdict
from matching.specialties import Advice
from models.policies import Condition, Fact, Operator
from models.specialties import Cohort
from models.technology import Secrecy
from models.terms import Education, Kind, SchoolLevel
from tests.builders import (
    a_course,
    a_need,
    a_policy,
    a_posting,
    a_programme,
    a_talent,
    an_offer,
    an_organisation,
)
from tests.worlds import TODAY, a_matcher


def reason(match, feature: str):  # type: ignore[no-untyped-def]
    return next(one for one in match.contributions if one.feature == feature)


# Training


def test_a_course_that_closes_more_of_the_gap_stands_first() -> None:
    matcher = a_matcher(
        a_posting(title="电气技术员", required_skills=("PLC编程", "变频器调试", "电气识图")),
        a_talent(skills=("电气识图",)),
        a_course(name="PLC应用", skills=("PLC编程",)),
        a_course(name="电气综合", skills=("PLC编程", "变频器调试")),
        a_course(name="直播入门", skills=("直播运营",)),
    )
    found, answer = matcher.courses_for(2, matcher.document(Kind.POSTING, 1))
    assert found.held == ("电气原理图",)
    assert set(found.missing) == {"PLC编程", "变频器调试"}
    assert [match.pair.supply.id for match in answer.matches] == [4, 3]
    assert reason(answer.matches[0], "closes").detail.startswith("学到：PLC编程、变频器调试")
    assert [(removal.requirement, removal.count) for removal in answer.removals] == [("teaches", 1)]


def test_who_lacks_nothing_needs_no_course() -> None:
    matcher = a_matcher(
        a_posting(title="技术员", required_skills=("焊接",)), a_talent(skills=("焊接",)), a_course(skills=("焊接",))
    )
    found, answer = matcher.courses_for(2, matcher.document(Kind.POSTING, 1))
    assert (dict(found.missing), answer.matches) == ({}, ())


def test_a_course_that_has_begun_or_admits_others_is_not_offered() -> None:
    matcher = a_matcher(
        a_posting(title="焊工", required_skills=("焊接",)),
        a_talent(level=SchoolLevel.SECONDARY_VOCATIONAL, skills=("电气识图",)),
        a_course(skills=("焊接",), starts=date(2026, 10, 1), ends=date(2026, 12, 1)),
        a_course(skills=("焊接",), education=Education.BACHELOR),
    )
    _, answer = matcher.courses_for(2, matcher.document(Kind.POSTING, 1))
    assert answer.matches == ()
    assert {removal.requirement for removal in answer.removals} == {"open", "admission"}


# Technology


def test_the_offer_on_the_subject_stands_first_and_both_directions_agree() -> None:
    matcher = a_matcher(
        a_need(title="铝合金压铸件气孔率偏高", content="压铸件气孔率8%，希望通过真空压铸降到3%以下", fields=("压铸",)),
        an_offer(title="真空压铸降低气孔率工艺", content="真空压铸使铝合金压铸件气孔率降到2%", fields=("压铸",)),
        an_offer(title="纺织品活性染料低盐染色", content="活性染料低盐染色，色牢度提高", fields=("印染",)),
    )
    assert [match.pair.supply.id for match in matcher.offers_for(1).matches] == [2, 3]
    assert matcher.needs_for(2).matches[0].pair.demand.id == 1


def test_a_private_need_and_ones_own_offer_are_kept_out() -> None:
    own = a_matcher(a_need(organisation="甲厂"), an_offer(organisation="甲厂"))
    assert own.offers_for(1).removals[0].requirement == "other_party"
    private = a_matcher(a_need(secrecy=Secrecy.PRIVATE), an_offer())
    assert private.needs_for(2).matches == ()


# Policies


def condition(fact: Fact, operator: Operator, number: float | None = None, values: tuple[str, ...] = ()) -> Condition:
    return Condition(fact=fact, operator=operator, number=number, values=values)


VERDICTS = [
    (condition(Fact.STAFF, Operator.AT_LEAST, 30), {"staff": 30}, Verdict.MET),
    (condition(Fact.STAFF, Operator.AT_LEAST, 30), {"staff": 29}, Verdict.UNMET),
    (condition(Fact.STAFF, Operator.AT_LEAST, 30), {}, Verdict.UNKNOWN),
    (condition(Fact.STAFF, Operator.AT_LEAST, 1), {"staff": 0}, Verdict.UNMET),
    (condition(Fact.FOUNDED, Operator.AT_MOST, 2020), {"founded": 2020}, Verdict.MET),
    (condition(Fact.INDUSTRY, Operator.ONE_OF, values=("C36",)), {"industry": "C367"}, Verdict.MET),
    (condition(Fact.INDUSTRY, Operator.ONE_OF, values=("C36",)), {"industry": "C17"}, Verdict.UNMET),
    (condition(Fact.QUALIFICATION, Operator.ONE_OF, values=("高新技术企业",)), {"qualifications": ("高新技术企业",)}, Verdict.MET),
    (condition(Fact.QUALIFICATION, Operator.ONE_OF, values=("高新技术企业",)), {}, Verdict.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "facts", "expected"), VERDICTS)
def test_a_condition_is_met_unmet_or_unknown(asked: Condition, facts: dict, expected: Verdict) -> None:
    assert verdict(asked, an_organisation(**facts))[0] is expected


def test_a_policy_whose_condition_fails_is_removed_and_one_with_unknown_facts_says_so() -> None:
    asked = condition(Fact.STAFF, Operator.AT_LEAST, 30)
    policy = a_policy(audience=("企业",), conditions=(asked, condition(Fact.PATENTS, Operator.AT_LEAST, 1)))
    few, many = a_matcher(an_organisation(staff=10), policy), a_matcher(an_organisation(staff=80), policy)
    assert few.policies_for(1).removals[0].example == "职工人数：要求不低于30人，实为10人"
    (match,) = many.policies_for(1).matches
    assert reason(match, "conditions").value == 0.5
    assert "待核实：专利数" in reason(match, "conditions").detail


def test_a_policy_that_has_closed_is_not_offered() -> None:
    matcher = a_matcher(an_organisation(), a_policy(closes=date(2026, 10, 31)), a_policy(closes=TODAY))
    assert [match.pair.demand.id for match in matcher.policies_for(1).matches] == [3]


# Specialties


def a_school(*, postings: int, graduates: int, months_ago: int = 1):  # type: ignore[no-untyped-def]
    published = date(2026, 11 - months_ago, 1)
    wanted = [
        a_posting(title="机电一体化技术员", specialties=("机电一体化技术",), headcount=2, published=published)
        for _ in range(postings)
    ]
    programme = a_programme(cohorts=(Cohort(year=2025, graduates=1), Cohort(year=2026, graduates=graduates)))
    return a_matcher(programme, *wanted)


@pytest.mark.parametrize(
    ("postings", "graduates", "advice"),
    [
        (20, 10, Advice.ENLARGE),
        (20, 40, Advice.KEEP),
        (20, 100, Advice.SHRINK),
        (5, 10, Advice.UNKNOWN),
        (20, 0, Advice.UNKNOWN),
    ],
)
def test_demand_against_graduates_decides_the_advice(postings: int, graduates: int, advice: Advice) -> None:
    outlook = a_school(postings=postings, graduates=graduates).outlook_for(1)
    assert outlook.advice is advice
    assert outlook.demand == 2 * postings
    assert outlook.graduates == outlook.supply == graduates
    assert len(outlook.evidence) == postings


def test_demand_is_counted_by_month_and_empty_months_are_shown() -> None:
    outlook = a_school(postings=12, graduates=10, months_ago=3).outlook_for(1)
    assert [month.month for month in outlook.months][::23] == ["2024-12", "2026-11"]
    assert {month.month: month.headcount for month in outlook.months if month.postings} == {"2026-08": 24}


def test_programmes_for_the_same_occupation_share_the_demand() -> None:
    wanted = [a_posting(title="机电一体化技术员", specialties=("机电一体化技术",), published=TODAY) for _ in range(12)]
    ours, theirs = (a_programme(school=name, cohorts=(Cohort(year=2026, graduates=9),)) for name in ("甲校", "乙校"))
    outlook = a_matcher(ours, theirs, *wanted).outlook_for(1)
    assert (outlook.graduates, outlook.supply) == (9, 18)


def test_an_outlook_follows_what_is_published() -> None:
    from data.store import Change

    matcher = a_school(postings=12, graduates=10)
    before = matcher.outlook_for(1)
    assert matcher.outlook_for(1) is before
    posting = a_posting(title="机电一体化技术员", specialties=("机电一体化技术",), published=TODAY)
    matcher.shelf.apply([Change(99, 99, Kind.POSTING, posting)])
    assert matcher.outlook_for(1).demand == before.demand + 1


def test_a_posting_names_the_programmes_that_train_for_it() -> None:
    matcher = a_matcher(
        a_posting(title="机电维修工", specialties=("机电一体化技术",)), a_programme(), a_programme(name="护理")
    )
    assert [match.pair.supply.id for match in matcher.programmes_for(1).matches] == [2, 3]
