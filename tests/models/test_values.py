from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from models.errors import ChanjiaoError
from models.policies import Condition, Fact, Operator
from models.reasons import reasons_of
from models.records import RECORDS
from models.specialties import Cohort
from models.terms import Education, Kind, PayPeriod, Period, Salary, SchoolLevel, SkillLevel
from tests import builders
from tests.builders import a_course, a_need, a_policy, a_posting, a_programme, a_talent, an_offer


def test_education_compares_by_level_and_not_by_spelling() -> None:
    assert list(Education) == sorted(Education)
    assert Education.DOCTORATE > Education.BACHELOR >= Education.JUNIOR_COLLEGE > Education.SECONDARY > Education.ANY
    assert SkillLevel.TECHNICIAN > SkillLevel.SENIOR
    assert max(Education.MASTER, Education.SECONDARY) is Education.MASTER


@pytest.mark.parametrize(
    ("level", "education"),
    [
        (SchoolLevel.SECONDARY_VOCATIONAL, Education.SECONDARY),
        (SchoolLevel.JUNIOR_COLLEGE, Education.JUNIOR_COLLEGE),
        (SchoolLevel.VOCATIONAL_BACHELOR, Education.BACHELOR),
    ],
)
def test_a_school_level_leads_to_an_education(level: SchoolLevel, education: Education) -> None:
    assert a_talent(level=level).education is education


def test_every_school_level_has_an_education() -> None:
    assert all(level.education for level in SchoolLevel)


@pytest.mark.parametrize(
    ("low", "high", "per", "monthly", "label"),
    [
        (150, 180, PayPeriod.DAY, (3262, 3915), "150-180元/天"),
        (25, 25, PayPeriod.HOUR, (4350, 4350), "25元/时"),
        (120_000, 180_000, PayPeriod.YEAR, (10_000, 15_000), "120000-180000元/年"),
        (8_000, 12_000, PayPeriod.MONTH, (8_000, 12_000), "8000-12000元/月"),
    ],
)
def test_pay_is_held_per_month_and_shown_as_quoted(
    low: float, high: float, per: PayPeriod, monthly: tuple[int, int], label: str
) -> None:
    salary = Salary.quoted(low, high, per=per)
    assert (salary.low, salary.high) == monthly
    assert salary.label == label


def test_extra_months_of_pay_are_shown() -> None:
    assert Salary(low=8_000, high=12_000, pay_months=13).label == "8000-12000元/月·13薪"


IMPOSSIBLE: list[tuple[str, Any, dict[str, Any], str]] = [
    ("薪资倒挂", Salary, {"low": 30_000, "high": 20_000}, "最低薪资 30000 高于最高薪资 20000"),
    ("薪资为零", Salary, {"low": 0, "high": 20_000}, "不能小于 1"),
    (
        "时段倒置",
        Period,
        {"start": date(2026, 2, 1), "end": date(2026, 1, 1)},
        "开始日期 2026-02-01 晚于结束日期 2026-01-01",
    ),
    ("无标题", a_posting, {"title": "  "}, "不能为空"),
    ("标题过长", a_posting, {"title": "车" * 201}, "文字过长，最多 200 个字符"),
    ("人数为零", a_posting, {"headcount": 0}, "不能小于 1"),
    ("未知字段", a_posting, {"gender": "男"}, "没有这个字段"),
    ("学历写错", a_posting, {"education": "大本"}, "只能是 不限、小学、初中、高中/中职、大专、本科、硕士、博士 之一"),
    (
        "必备又优先",
        a_posting,
        {"required_skills": ("PLC",), "preferred_skills": ("PLC",)},
        "技能“PLC”不能既是必备又是优先",
    ),
    ("截止早于发布", a_posting, {"published": date(2026, 3, 1), "expires": date(2026, 2, 1)}, "早于发布日期"),
    ("区划不是六位", a_posting, {"division": "3302"}, "格式不对"),
    ("年级为零", a_talent, {"grade": 0}, "不能小于 1"),
    ("毕业月份无效", a_talent, {"graduation": "2027-13"}, "格式不对"),
    ("到岗时段倒置", a_talent, {"available_from": date(2027, 1, 1), "available_until": date(2026, 1, 1)}, "可到岗截止"),
    ("学时为零", a_course, {"hours": 0}, "应大于 0"),
    ("学费为负", a_course, {"price": -1}, "不能小于 0"),
    ("课程时段倒置", a_course, {"starts": date(2027, 1, 1), "ends": date(2026, 1, 1)}, "早于开始日期"),
    ("预算倒挂", a_need, {"budget_low": 50, "budget_high": 20}, "预算下限 50 高于上限 20"),
    ("就绪度十级", an_offer, {"maturity": 10}, "不能大于 9"),
    ("申报时段倒置", a_policy, {"opens": date(2027, 1, 1), "closes": date(2026, 1, 1)}, "申报截止"),
    ("条件缺数值", Condition, {"fact": Fact.STAFF, "operator": Operator.AT_LEAST}, "需要一个数值"),
    ("条件缺取值", Condition, {"fact": Fact.INDUSTRY, "operator": Operator.ONE_OF}, "需要至少一个取值"),
    (
        "同届两次",
        a_programme,
        {"cohorts": (Cohort(year=2026, graduates=1), Cohort(year=2026, graduates=2))},
        "2026 届出现了两次",
    ),
]


@pytest.mark.parametrize(
    ("make", "fields", "reason"), [case[1:] for case in IMPOSSIBLE], ids=[c[0] for c in IMPOSSIBLE]
)
def test_what_cannot_be_is_refused_with_a_reason(make: Any, fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make(**fields)
    assert reason in "；".join(map(str, reasons_of(caught.value)))


def test_names_keep_their_order_and_lose_blanks_and_repeats() -> None:
    assert a_posting(required_skills=("焊接", " ", "钳工", "焊接")).required_skills == ("焊接", "钳工")


def test_values_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        a_posting().title = "钳工"  # type: ignore[misc]


def test_every_kind_has_a_class_that_says_so_and_a_label() -> None:
    assert set(RECORDS) == set(Kind)
    assert all(model.kind is kind and kind.label for kind, model in RECORDS.items())


def test_no_record_has_a_field_for_a_protected_trait() -> None:
    protected = {"gender", "sex", "age", "birth_date", "ethnicity", "hukou", "photo", "marital_status", "religion"}
    for model in RECORDS.values():
        assert not protected & set(model.model_fields)


def test_every_record_survives_a_round_trip_through_json() -> None:
    made = (builders.a_posting, a_talent, a_course, a_need, an_offer, a_policy, builders.an_organisation, a_programme)
    for record in (build() for build in made):
        assert type(record).model_validate_json(record.model_dump_json(exclude_defaults=True)) == record


def test_every_error_is_in_the_tree_that_the_docstring_draws() -> None:
    import models.errors as errors

    def descendants(cls: type) -> set[type]:
        return {cls}.union(*(descendants(sub) for sub in cls.__subclasses__()))

    assert all(error.__name__ in (errors.__doc__ or "") for error in descendants(ChanjiaoError))
