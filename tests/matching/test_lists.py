"""The live lists: what is on them, how fresh and complete they are, who is reminded, what a month changed."""

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from data.lists import list_type, list_types
from data.store import State
from matching.disclosure import nested
from matching.lists import (
    FEW,
    Entry,
    Order,
    Standing,
    chosen,
    compare,
    entry,
    figures,
    freeze,
    groups,
    owners,
    standing,
    table,
    tellable,
    thawed,
)
from models.errors import NotFound
from models.lists import FrozenList, ListType
from models.notices import NoticeType
from models.organisations import OrganisationType
from models.plans import PlanType
from models.terms import Education, Employment, Record, Salary
from tests.builders import a_need, a_notice, a_plan, a_policy, a_posting, a_talent, an_offer, an_organisation
from tests.matching.test_disclosure import solved

TODAY = date(2026, 9, 30)
NEEDS = list_type("enterprise-needs")


def a_state(record: Record | None, *, id: int = 1, days: int = 0, versions: int = 1) -> State:
    """The record as it was written so many days ago, at noon."""
    at = datetime(2026, 9, 30, 12, tzinfo=UTC) - timedelta(days=days)
    return State(id, record.kind if record else a_posting().kind, id, at, versions, record)


def on(of: ListType, *states: State) -> list[Entry]:
    return [one for one in (entry(of, state) for state in states) if one]


def postings(*days: int, **fields: Any) -> list[Entry]:
    """One posting for each number of days since its last change."""
    return on(NEEDS, *(a_state(a_posting(**fields), id=n, days=age) for n, age in enumerate(days, 1)))


def test_the_table_has_the_five_lists_first_and_three_more_that_are_data_alone() -> None:
    names = [one.name for one in list_types().values()]
    assert names[:5] == ["政策支持清单", "企业需求清单", "学生信息清单", "培训资源清单", "技术服务清单"]
    assert [one.main for one in list_types().values()].count(True) == 5
    assert {"核心产品清单", "技术需求清单", "人才需求清单", "合作意向清单"} <= set(names)
    with pytest.raises(NotFound, match="没有清单“x”"):
        list_type("x")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"complete": ("没有的列",)}, "“企业需求清单”没有列“没有的列”"),
        ({"fresh": 91}, "期限 91 天长于 90 天"),
        ({"parts": [{"kind": "need", "owner": "organisation", "columns": {"名称": "salary"}}]}, "没有字段“salary”"),
    ],
)
def test_a_list_that_names_what_is_not_there_is_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        ListType.model_validate({**NEEDS.model_dump(), **change})


@pytest.mark.parametrize(
    ("list_id", "record", "held"),
    [
        ("enterprise-needs", a_posting(), True),
        ("enterprise-needs", a_need(), True),
        ("enterprise-needs", an_offer(), False),
        ("talent-needs", a_plan(type=PlanType.DEMAND), True),
        ("talent-needs", a_plan(type=PlanType.PLAN), False),
        ("core-products", an_organisation(products=("谐波减速器",)), True),
        ("core-products", an_organisation(), False),
        ("core-products", an_organisation(type=OrganisationType.SCHOOL, products=("教材",)), False),
        ("cooperation", a_notice(type=NoticeType.COOPERATION, wants="压铸岛"), True),
        ("cooperation", a_notice(), False),
    ],
)
def test_a_list_holds_the_records_that_its_row_describes(list_id: str, record: Record, held: bool) -> None:
    assert bool(on(list_type(list_id), a_state(record))) is held


def test_a_withdrawn_record_is_on_no_list() -> None:
    assert on(NEEDS, a_state(None)) == []


def test_cells_read_as_a_clerk_writes_them() -> None:
    record = a_posting(
        employment=Employment.FULL_TIME,
        education=Education.JUNIOR_COLLEGE,
        salary=Salary(low=6000, high=9000),
        required_skills=("车工", "铣工"),
        headcount=3,
        division="330282",
        expires=date(2026, 12, 31),
    )
    [one] = on(NEEDS, a_state(record))
    assert dict(one.cells) == {
        "名称": "数控车床操作工",
        "种类": "岗位",
        "单位": "澜川精工机械有限公司",
        "用工形式": "全职",
        "人数": 3,
        "学历要求": "大专",
        "薪资": "6000-9000元/月",
        "必备技能": "车工、铣工",
        "地点": "浙江省宁波市慈溪市",
        "发布日期": None,
        "截止日期": date(2026, 12, 31),
    }


def test_a_place_that_no_code_table_knows_is_blank() -> None:
    [one] = on(NEEDS, a_state(a_posting(division="990101")))
    assert one.cells["地点"] is None


def test_what_came_in_as_published_is_as_old_as_it_says_until_somebody_changes_it() -> None:
    old = a_posting(published=date(2026, 1, 1))
    [imported] = on(NEEDS, a_state(old, days=3))
    [changed] = on(NEEDS, a_state(old, days=3, versions=2))
    assert (imported.changed, changed.changed) == (date(2026, 1, 1), date(2026, 9, 27))
    ahead = a_posting(published=date(2026, 12, 1))
    assert on(NEEDS, a_state(ahead, days=3))[0].age(TODAY) == 3


def test_days_are_counted_in_the_city_s_time_zone() -> None:
    late = State(1, a_posting().kind, 1, datetime(2026, 9, 29, 18, tzinfo=UTC), 1, a_posting())
    there = entry(NEEDS, late, zone=ZoneInfo("Asia/Shanghai"))
    assert there
    assert there.age(TODAY) == 0


@pytest.mark.parametrize(
    ("days", "until", "expected"),
    [
        (0, None, Standing.FRESH),
        (30, None, Standing.FRESH),
        (31, None, Standing.CURRENT),
        (90, None, Standing.CURRENT),
        (91, None, Standing.STALE),
        (0, TODAY, Standing.FRESH),
        (0, TODAY - timedelta(days=1), Standing.EXPIRED),
    ],
)
def test_standing_changes_the_day_after_the_limit(days: int, until: date | None, expected: Standing) -> None:
    [one] = postings(days, expires=until)
    assert standing(NEEDS, one, TODAY) is expected


def test_figures_say_how_fresh_how_complete_and_what_is_missing() -> None:
    full = {
        "employment": Employment.FULL_TIME,
        "headcount": 2,
        "education": Education.ANY,
        "salary": Salary(low=1, high=2),
        "place": "慈溪",
    }
    entries = on(
        NEEDS,
        a_state(a_posting(**full, expires=date(2026, 10, 1)), id=1, days=10),
        a_state(a_posting(**full), id=2, days=60),
        a_state(a_posting(**full, expires=date(2026, 9, 1)), id=3, days=100),
        a_state(a_need(), id=4, days=200),
    )
    told = figures(NEEDS, entries, TODAY)
    assert (told.count, told.fresh, told.recent, told.expired, told.age) == (4, 0.25, 0.5, 1, 80)
    # Two of three postings are whole, one lacks 1 of 6, and the need lacks all of its four.
    assert told.complete == pytest.approx((1 + 5 / 6 + 1 + 0) / 4, abs=1e-4)
    assert next(iter(told.missing.items())) == ("截止日期", 2)
    assert set(told.missing) == {"截止日期", "技术领域", "预算上限（元）", "地点"}
    assert figures(NEEDS, [], TODAY).complete == 1.0
    assert figures(NEEDS, [], TODAY).age is None


def test_an_owner_is_overdue_when_nothing_of_theirs_changed_within_the_limit() -> None:
    entries = [
        *on(
            NEEDS,
            a_state(a_posting(organisation="甲厂"), id=1, days=31),
            a_state(a_need(organisation="甲厂"), id=2, days=80),
        ),
        *on(NEEDS, a_state(a_posting(organisation="乙厂"), id=3, days=200), a_state(a_need(organisation="乙厂"), id=4)),
        *on(NEEDS, a_state(a_posting(organisation="丙厂", expires=date(2026, 1, 1)), id=5, days=120)),
    ]
    idle, late, busy = owners(NEEDS, entries, TODAY)
    assert [(one.name, one.idle, one.overdue, one.escalated) for one in (idle, late, busy)] == [
        ("丙厂", 120, True, True),
        ("甲厂", 31, True, False),
        ("乙厂", 0, False, False),
    ]
    assert idle.reminder == "名下 1 条已 120 天没有任何更新，其中 1 条已过期，请核对后更新、续期或撤回。"
    assert busy.reminder == ""


def test_an_owner_with_an_id_is_one_under_every_name() -> None:
    renamed = [
        a_state(a_posting(organisation=name, organisation_id=7), id=n) for n, name in enumerate(("旧名", "新名"), 1)
    ]
    [owner] = owners(NEEDS, on(NEEDS, *renamed), TODAY)
    assert (owner.id, owner.figures.count) == (7, 2)


STUDENTS = list_type("students")


def students(counts: dict[tuple[str, str], int]) -> list[Entry]:
    records = [
        a_talent(school=school, specialty=specialty, name="某某")
        for (school, specialty), count in counts.items()
        for _ in range(count)
    ]
    return on(STUDENTS, *(a_state(record, id=n) for n, record in enumerate(records, 1)))


def told(entries: Iterable[Entry]) -> dict[tuple[str, ...], int | None]:
    return {(one.values[0], one.values[2]): one.count for one in groups(STUDENTS, entries, TODAY)}


def test_a_list_of_persons_counts_groups_and_hides_the_small_ones() -> None:
    assert told(students({("甲校", "护理"): 9, ("甲校", "会计"): 4, ("甲校", "电商"): 3})) == {
        ("甲校", "护理"): 9,
        ("甲校", "会计"): None,
        ("甲校", "电商"): None,
    }


def test_one_small_group_takes_the_next_with_it_so_that_the_school_s_total_does_not_tell() -> None:
    assert told(students({("甲校", "护理"): 9, ("甲校", "会计"): 6, ("甲校", "电商"): 1})) == {
        ("甲校", "护理"): 9,
        ("甲校", "会计"): None,
        ("甲校", "电商"): None,
    }


def test_nothing_of_a_person_leaves_a_list_of_persons() -> None:
    entries = students({("甲校", "护理"): 9, ("甲校", "会计"): 8, ("乙校", "护理"): 12, ("丙校", "护理"): 2})
    shown = table(STUDENTS, entries, TODAY)
    assert shown.columns == ("学校", "层次", "专业", "人数")
    assert [row[3] for row in shown.rows] == [FEW, FEW, 9, 8]
    frozen = freeze(STUDENTS, "2026-09", entries, TODAY)
    assert [row.cells["人数"] for row in frozen.rows] == [None, None, 9, 8]
    assert "某某" not in frozen.model_dump_json()


def test_two_small_schools_are_left_out_together_and_the_list_s_total_does_not_tell_either() -> None:
    entries = students({("甲校", "护理"): 40, ("乙校", "护理"): 3, ("丙校", "护理"): 2})
    assert told(entries) == {("甲校", "护理"): 40, ("乙校", "护理"): None, ("丙校", "护理"): None}
    assert [one.name for one in tellable(STUDENTS, owners(STUDENTS, entries, TODAY), entries)] == ["甲校"]
    assert figures(STUDENTS, entries, TODAY).count == 45


def test_a_small_school_takes_the_next_with_it_or_the_list_s_total_would_tell() -> None:
    entries = students({("甲校", "护理"): 40, ("乙校", "护理"): 20, ("丙校", "护理"): 2})
    assert told(entries) == {("甲校", "护理"): 40, ("乙校", "护理"): None, ("丙校", "护理"): None}
    assert [one.name for one in tellable(STUDENTS, owners(STUDENTS, entries, TODAY), entries)] == ["甲校"]


def test_of_persons_even_the_total_is_left_out_where_it_would_tell_every_school() -> None:
    entries = students({(school, "护理"): 1 for school in ("甲校", "乙校", "丙校", "丁校", "戊校")})
    assert figures(STUDENTS, entries, TODAY).count is None
    assert "count" not in freeze(STUDENTS, "2026-09", entries, TODAY).figures


def test_of_persons_every_other_number_is_counted_in_fives() -> None:
    [nine] = owners(STUDENTS, students({("甲校", "护理"): 9}), TODAY)
    assert (nine.figures.count, nine.figures.fresh, nine.figures.missing["技能"]) == (9, 1.0, 9)
    records = [
        a_talent(school="甲校", specialty="护理", available_until=date(2026, 1, 1) if n < 2 else None)
        for n in range(12)
    ]
    [twelve] = owners(STUDENTS, on(STUDENTS, *(a_state(one, id=n) for n, one in enumerate(records, 1))), TODAY)
    assert twelve.figures.expired == 0


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("甲乙丙"), st.sampled_from("护数电会")),
        st.sampled_from([1, 1, 2, 3, 4, 5, 6, 9]),
        min_size=1,
    )
)
def test_whoever_reads_every_view_and_file_of_the_students_list_learns_no_small_count(
    counts: dict[tuple[str, str], int],
) -> None:
    entries = students(counts)
    view = {(one.values[0], "/".join(one.values[1:])): one.count for one in groups(STUDENTS, entries, TODAY)}
    frozen = freeze(STUDENTS, "2026-09", entries, TODAY)
    files = {tuple(row.key.split("/", 1)): row.cells["人数"] for row in frozen.rows}
    exported = {(row[0], "/".join(map(str, row[1:3]))): row[3] for row in table(STUDENTS, entries, TODAY).rows}
    assert view == files == {path: None if count == FEW else count for path, count in exported.items()}
    everything: dict[Hashable, int | None] = dict.fromkeys({(school,) for school, _ in view}) | view
    everything |= {
        (one.name,): one.figures.count for one in tellable(STUDENTS, owners(STUDENTS, entries, TODAY), entries)
    }
    everything[()] = figures(STUDENTS, entries, TODAY).count
    truth = nested(
        Counter(
            (one.values[0], "/".join(one.values[1:]))
            for one in groups(STUDENTS, entries, TODAY)
            for _ in range(counts[one.values[0], one.values[2]])
        )
    )
    assert solved(truth, everything) == set()


def test_groups_say_where_a_kind_has_no_such_column() -> None:
    entries = on(NEEDS, a_state(a_need(), id=1), a_state(a_posting(), id=2))
    assert {one.values for one in groups(NEEDS, entries, TODAY)} == {("技术需求", "—"), ("岗位", "未填写")}


def test_entries_are_filtered_by_owner_and_standing_and_sorted() -> None:
    entries = postings(5, 100, 40)
    assert [one.id for one in chosen(NEEDS, entries, TODAY)] == [1, 3, 2]
    assert [one.id for one in chosen(NEEDS, entries, TODAY, order=Order.OLDEST)] == [2, 3, 1]
    assert [one.id for one in chosen(NEEDS, entries, TODAY, standing_as=Standing.STALE)] == [2]
    assert chosen(NEEDS, entries, TODAY, owner="别家") == []


def a_month(month: str, *states: State) -> FrozenList:
    policies = list_type("policies")
    return freeze(policies, month, on(policies, *states), TODAY)


def test_two_months_differ_by_what_was_added_removed_and_changed_field_by_field() -> None:
    august = a_month("2026-08", a_state(a_policy(amount=200_000), id=1), a_state(a_policy(title="旧政策"), id=2))
    september = a_month("2026-09", a_state(a_policy(amount=300_000), id=1), a_state(a_policy(title="新政策"), id=3))
    found = compare(august, september)
    assert [row.cells["政策名称"] for row in found.added] == ["新政策"]
    assert [row.cells["政策名称"] for row in found.removed] == ["旧政策"]
    [amended] = found.changed
    [change] = amended.changes
    assert (change.field, change.before, change.after) == ("最高金额（元）", 200_000, 300_000)
    assert not any((compare(august, august).added, compare(august, august).removed, compare(august, august).changed))


def test_a_frozen_list_keeps_its_dates_through_json() -> None:
    frozen = a_month("2026-09", a_state(a_policy(closes=date(2026, 12, 31), document_number="2026-09-01")))
    back = FrozenList.model_validate_json(frozen.model_dump_json())
    assert date(2026, 12, 31) in thawed(back).rows[0]
    assert compare(frozen.model_validate_json(frozen.model_dump_json()), back).changed == ()
