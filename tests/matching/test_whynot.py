"""Where a posting stands for a person, and changes of the profile held against the list that they really give."""

from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import Change as Stored
from matching.matcher import Matcher
from matching.whynot import State, WhyNot, changes, why_not
from models.errors import NotFound
from models.matches import Document
from models.postings import Posting
from models.talents import Talent
from models.terms import Education, Employment, Kind, Salary, SchoolLevel, Shift
from tests.builders import a_posting, a_talent
from tests.worlds import SKILLS, a_matcher, checkerboard

LICENCE = "低压电工作业证"
ALTERABLE = {"skills", "certificates", "expected_positions", "seeking", "shifts", "expected_divisions"}
"""What a person can learn, earn or accept."""


def asked(matcher: Matcher, talent: int, posting: int, *, k: int = 10) -> WhyNot:
    return why_not(
        matcher,
        cast("Document[Talent]", matcher.document(Kind.TALENT, talent)),
        cast("Document[Posting]", matcher.document(Kind.POSTING, posting)),
        k=k,
    )


def advice(found: WhyNot) -> list[str]:
    return [remedy.advice for remedy in found.remedies]


def test_a_posting_in_the_list_stands_where_the_list_shows_it() -> None:
    matcher = checkerboard()
    talent = len(SKILLS) + 1
    for rank, match in enumerate(matcher.postings_for(talent, k=10).matches, 1):
        found = asked(matcher, talent, match.pair.demand.id)
        assert (found.standing.state, found.standing.rank, found.standing.score) == (State.RANKED, rank, match.score)
        assert found.standing.ranked == len(SKILLS)
        assert found.rival_rank == (1 if rank > 1 else None)


def test_a_posting_beyond_the_list_is_compared_with_the_last_that_is_shown() -> None:
    matcher = checkerboard()
    talent = len(SKILLS) + 1
    shown = matcher.postings_for(talent, k=3).matches
    beyond = next(n for n in range(1, len(SKILLS) + 1) if n not in [match.pair.demand.id for match in shown])
    found = asked(matcher, talent, beyond, k=3)
    assert found.standing.rank is not None
    assert found.standing.rank > 3
    assert found.rival is not None
    assert (found.rival_rank, found.rival.pair.demand.id, found.rival.score) == (
        3,
        shown[2].pair.demand.id,
        shown[2].score,
    )


def test_the_differences_add_up_and_the_costliest_comes_first() -> None:
    matcher = a_matcher(
        a_posting(title="电工", required_skills=("PLC编程",), employment=Employment.FULL_TIME),
        a_posting(title="会计", required_skills=("会计核算",), employment=Employment.INTERNSHIP),
        a_talent(skills=("PLC编程",), expected_positions=("电工",), seeking=(Employment.FULL_TIME,)),
    )
    found = asked(matcher, 3, 2, k=1)
    assert found.rival
    assert sum(one.lost for one in found.differences) == pytest.approx(found.rival.score - found.match.score)
    assert [one.lost for one in found.differences] == sorted((one.lost for one in found.differences), reverse=True)
    assert {"岗位意向", "技能"} == {one.label for one in found.differences[:2]}
    employment = next(one for one in found.differences if one.feature == "employment")
    assert (employment.detail, employment.others_detail) == ("岗位为实习，求职意向为全职", "岗位为全职，符合求职意向")


def test_the_first_posting_has_nobody_to_catch_up_with() -> None:
    found = asked(checkerboard(), len(SKILLS) + 1, 1)
    assert (found.standing.rank, found.rival, found.differences) == (1, None, ())


def test_a_requirement_that_is_not_met_is_named_and_nothing_is_advised_against_it() -> None:
    matcher = a_matcher(
        a_posting(title="电工", education=Education.BACHELOR, experience_years=10, required_skills=("PLC编程",)),
        a_talent(level=SchoolLevel.SECONDARY_VOCATIONAL, experience_years=1),
    )
    found = asked(matcher, 2, 1)
    assert (found.standing.state, found.standing.rank, found.remedies) == (State.REMOVED, None, ())
    assert [lack.label for lack in found.standing.lacks] == ["学历", "经验差距"]
    assert "要求本科，实为高中/中职" in found.standing.sentence


def test_a_posting_that_has_ended_is_not_to_be_had_by_any_change() -> None:
    ended = a_posting(title="电工", required_skills=("PLC编程",), expires=date(2026, 10, 31))
    found = asked(a_matcher(ended, a_posting(), a_talent()), 3, 1)
    assert (found.standing.state, found.standing.rank, found.remedies) == (State.CLOSED, None, ())
    assert "2026-10-31 截止" in found.standing.sentence


def test_a_posting_that_others_crowd_out_comes_into_sight_once_it_is_wished_for() -> None:
    crowd = [a_posting(title="电工", required_skills=("PLC编程",)) for _ in range(250)]
    matcher = a_matcher(
        *crowd,
        a_posting(title="会计", organisation="澜川财税"),
        a_talent(specialty="电气自动化技术", expected_positions=("电工",), skills=("PLC编程",)),
    )
    found = asked(matcher, 252, 251)
    assert (found.standing.state, found.standing.rank) == (State.NOT_RETRIEVED, None)
    assert "200 个岗位之外" in found.standing.sentence
    assert advice(found) == ["如果愿意做：把“会计”加入期望岗位"]


def test_learning_what_is_asked_for_lifts_the_posting_to_the_top() -> None:
    matcher = a_matcher(
        a_posting(title="技术员", required_skills=("PLC编程", "报关")),
        a_posting(title="技术员", required_skills=("焊接",)),
        a_talent(skills=("焊接",), expected_positions=("技术员",)),
    )
    found = asked(matcher, 3, 1)
    assert found.standing.rank == 2
    assert advice(found)[0] == "学会所缺的全部必备技能：PLC编程、报关"
    assert [remedy.rank for remedy in found.remedies] == [1, 2, 2]


WAYS = [
    ("写入技能", {"required_skills": ("PLC编程",)}, {"skills": ("焊接",)}, "学会“PLC编程”，写入技能"),
    ("写入证书", {"required_certificates": (LICENCE,)}, {}, f"考取“{LICENCE}”（须符合报考条件），写入证书"),
    ("加入期望岗位", {"title": "会计（急聘）"}, {"expected_positions": ("电工",)}, "如果愿意做：把“会计”加入期望岗位"),
    (
        "求职类型",
        {"employment": Employment.FULL_TIME},
        {"seeking": (Employment.PART_TIME,)},
        "如果愿意：在求职类型里加上“全职”",
    ),
    ("班次", {"shift": Shift.NIGHT}, {"shifts": (Shift.DAY,)}, "如果能接受：在可接受班次里加上“夜班”"),
    (
        "期望地点",
        {"division": "330206"},
        {"expected_divisions": ("110100",)},
        "如果愿意去：在期望地点里加上“浙江省宁波市北仑区”",
    ),
]


@pytest.mark.parametrize(("posting", "talent", "told"), [way[1:] for way in WAYS], ids=[way[0] for way in WAYS])
def test_what_can_be_done_is_told(posting: dict[str, Any], talent: dict[str, Any], told: str) -> None:
    matcher = a_matcher(
        a_posting(**{"title": "电工", **posting}), a_talent(**{"expected_positions": ("电工",), **talent})
    )
    assert told in advice(asked(matcher, 2, 1))


def test_who_already_has_what_is_asked_for_is_told_nothing() -> None:
    asks = {"required_skills": ("PLC编程",), "required_certificates": (LICENCE,), "division": "330206"}
    has = {"skills": ("PLC编程",), "certificates": (LICENCE,), "expected_divisions": ("330200",)}
    wish = {"expected_positions": ("电工",), "seeking": (Employment.FULL_TIME,)}
    matcher = a_matcher(a_posting(title="电工", employment=Employment.FULL_TIME, **asks), a_talent(**has, **wish))
    assert asked(matcher, 2, 1).remedies == ()


def test_a_new_place_does_not_give_up_the_one_where_the_person_lives() -> None:
    matcher = a_matcher(a_posting(division="330206"), a_talent(division="110105"))
    [remedy] = [one for one in asked(matcher, 2, 1).remedies if "地点" in one.advice]
    assert remedy.talent.expected_divisions == ("110105", "330206")


def test_a_full_list_takes_no_more() -> None:
    full = tuple(f"技能{n}号" for n in range(100))
    matcher = a_matcher(a_posting(title="电工", required_skills=("PLC编程",)), a_talent(skills=full))
    assert not [one for one in advice(asked(matcher, 2, 1)) if one.startswith("学会")]


def test_a_posting_that_is_withdrawn_meanwhile_is_not_found() -> None:
    matcher = a_matcher(a_posting(), a_talent())
    talent = cast("Document[Talent]", matcher.document(Kind.TALENT, 2))
    posting = cast("Document[Posting]", matcher.document(Kind.POSTING, 1))
    matcher.shelf.apply([Stored(3, 1, Kind.POSTING, None)])
    with pytest.raises(NotFound):
        why_not(matcher, talent, posting)


skills = st.lists(st.sampled_from(SKILLS[:5]), max_size=3, unique=True).map(tuple)
postings = st.builds(
    a_posting,
    title=st.sampled_from(["电工", "焊工", "会计", "报关员"]),
    required_skills=skills,
    required_certificates=st.sampled_from([(), (LICENCE,)]),
    education=st.sampled_from([None, Education.SECONDARY, Education.BACHELOR]),
    experience_years=st.sampled_from([None, 0, 3, 8]),
    employment=st.sampled_from([None, Employment.FULL_TIME, Employment.INTERNSHIP]),
    shift=st.sampled_from([None, Shift.DAY, Shift.NIGHT]),
    division=st.sampled_from([None, "330206", "110100"]),
    salary=st.sampled_from([None, Salary(low=4000, high=6000)]),
    expires=st.sampled_from([None, date(2026, 10, 1)]),
)
talents = st.builds(
    a_talent,
    expected_positions=st.sampled_from([(), ("电工",), ("会计", "焊工")]),
    skills=skills,
    certificates=st.sampled_from([(), (LICENCE,)]),
    level=st.sampled_from([None, SchoolLevel.SECONDARY_VOCATIONAL, SchoolLevel.BACHELOR]),
    grade=st.sampled_from([None, 1, 3]),
    seeking=st.sampled_from([(), (Employment.FULL_TIME,)]),
    shifts=st.sampled_from([(), (Shift.DAY,)]),
    expected_divisions=st.sampled_from([(), ("330200",)]),
)


@given(market=st.lists(postings, min_size=1, max_size=8), talent=talents, k=st.integers(1, 4))
@settings(max_examples=40)
def test_every_change_does_what_is_told_and_no_helpful_one_is_left_out(
    market: list[Posting], talent: Talent, k: int
) -> None:
    matcher = a_matcher(*market, talent)
    person = len(market) + 1
    found = asked(matcher, person, 1, k=k)
    document = cast("Document[Talent]", matcher.document(Kind.TALENT, person))
    posting = cast("Document[Posting]", matcher.document(Kind.POSTING, 1))
    told = {remedy.advice: (remedy.rank, remedy.score) for remedy in found.remedies}
    before = (found.standing.rank, found.standing.score)
    assert list(told.values()) == sorted(told.values(), key=lambda one: (one[0], -one[1]))
    for text, record in changes(document, posting):
        altered = {field for field, value in dict(record).items() if value != getattr(talent, field)}
        assert altered <= ALTERABLE
        matcher.shelf.apply([Stored(matcher.shelf.revision + 1, person, Kind.TALENT, record)])
        rank, score = place(matcher, person, 1)
        if text in told:
            assert told[text] == (rank, pytest.approx(score))
            assert before[0] is None or (rank, -score) < (before[0], -before[1])
        else:
            assert rank is None or (before[0] is not None and (rank, -score) >= (before[0], -before[1] - 1e-4))


def place(matcher: Matcher, talent: int, posting: int) -> tuple[int | None, float]:
    """The posting's rank and score in the person's list."""
    matches = matcher.postings_for(talent, k=100).matches
    found = ((rank, match.score) for rank, match in enumerate(matches, 1) if match.pair.demand.id == posting)
    return next(found, (None, 0.0))
