"""What the requirements of a posting remove, and relaxations held against every combination really tried."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import Change as Stored
from indexing.encode import HashingEncoder
from indexing.segment import domain_segmenter
from indexing.shelf import Shelf
from indexing.vectors import ExactIndex
from matching import nomatch
from matching.market import Market, Requirement
from matching.matcher import Matcher
from matching.nomatch import NoMatch, no_match
from matching.relax import Change, ladders, relaxed
from models.matches import Document, Pair
from models.postings import Posting
from models.talents import Talent
from models.terms import Education, Employment, Kind, Record, SchoolLevel, SkillLevel
from tests.builders import a_posting, a_talent
from tests.worlds import TODAY, a_matcher

LICENCE, OTHER_LICENCE = "低压电工作业证", "高处安装维护拆除作业证"


class StrictMatcher(Matcher):
    """A matcher whose market also insists on certificates and on a skill level."""

    @property
    def jobs(self) -> Market[Posting, Talent]:
        market = super().jobs
        more = (
            Requirement("certificates", "证书", lacks_certificates),
            Requirement("skill_level", "技能等级", lacks_level),
        )
        return replace(market, requirements=(*market.requirements, *more))


def lacks_certificates(pair: Pair[Posting, Talent]) -> str | None:
    held = {mention.name for mention in pair.supply.facts.certificates}
    missing = [
        name for name, weight in pair.demand.facts.certificates_asked().items() if weight == 1 and name not in held
    ]
    return f"缺少{'、'.join(missing)}" if missing else None


def lacks_level(pair: Pair[Posting, Talent]) -> str | None:
    asked, held = pair.demand.record.skill_level, pair.supply.record.skill_level
    return f"要求{asked}" if asked and held and held < asked else None


def a_strict_matcher(*records: Record) -> StrictMatcher:
    shelf = Shelf(HashingEncoder(64), domain_segmenter(), index=ExactIndex)
    shelf.apply([Stored(id, id, record.kind, record) for id, record in enumerate(records, 1)])
    return StrictMatcher(shelf, today=lambda: TODAY)


def an_electrician(**fields: Any) -> Talent:
    return a_talent(**{"expected_positions": ("电工",), "experience_years": 5, **fields})


def asked(matcher: Matcher, *, k: int = 1) -> NoMatch:
    return no_match(matcher, cast("Document[Posting]", matcher.document(Kind.POSTING, 1)), k=k)


def told(changes: Sequence[Change]) -> list[str]:
    return [change.advice for change in changes]


def test_each_requirement_counts_whom_it_removes_first_and_whom_it_alone_removes() -> None:
    found = asked(
        a_matcher(
            a_posting(title="电工", education=Education.BACHELOR, experience_years=5),
            an_electrician(level=SchoolLevel.BACHELOR),
            an_electrician(level=SchoolLevel.JUNIOR_COLLEGE),
            an_electrician(level=SchoolLevel.JUNIOR_COLLEGE, experience_years=0),
            an_electrician(level=SchoolLevel.BACHELOR, experience_years=0),
            a_talent(level=SchoolLevel.JUNIOR_COLLEGE, expected_positions=("会计",)),
        )
    )
    counts = [(b.label, b.first, b.alone, b.suitable_first, b.suitable_alone) for b in found.barriers]
    assert counts == [("学历", 3, 2, 2, 1), ("经验差距", 1, 1, 1, 1)]
    assert (found.talents, found.remaining, found.suitable, found.suitable_remaining) == (5, 1, 4, 1)
    assert found.barriers[0].example == "要求本科，实为大专"


def test_the_smallest_relaxation_is_told_with_what_it_brings() -> None:
    matcher = a_matcher(
        a_posting(title="电工", education=Education.JUNIOR_COLLEGE, experience_years=5),
        *[an_electrician(level=SchoolLevel.SECONDARY_VOCATIONAL, experience_years=0) for _ in range(5)],
        an_electrician(level=SchoolLevel.SECONDARY_VOCATIONAL),
        an_electrician(experience_years=0),
        an_electrician(experience_years=0),
    )
    one, three, eight = asked(matcher), asked(matcher, k=3), asked(matcher, k=8)
    assert one.smallest
    assert told(one.smallest.changes) == ["把经验要求从“5 年”放宽到“3 年”"]
    assert (one.smallest.gain, one.smallest.suitable, one.smallest.steps) == (2, 2, 1)
    assert three.smallest
    assert told(three.smallest.changes) == ["把学历要求从“大专”放宽到“高中/中职”", "把经验要求从“5 年”放宽到“3 年”"]
    assert three.smallest.gain == eight.most == 8
    assert asked(matcher, k=9).smallest is None


def test_options_stand_in_order_of_gain_per_step() -> None:
    found = asked(
        a_matcher(
            a_posting(title="电工", education=Education.BACHELOR),
            an_electrician(level=SchoolLevel.JUNIOR_COLLEGE),
            *[an_electrician(level=SchoolLevel.SECONDARY_VOCATIONAL) for _ in range(5)],
        )
    )
    assert [(o.changes[0].instead, o.gain, o.steps) for o in found.options] == [("高中/中职", 6, 2), ("大专", 1, 1)]
    assert found.smallest is not found.options[0]


def test_few_are_told_but_always_the_best_per_step_and_the_smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nomatch, "MOST_OPTIONS", 1)
    posting = a_posting(title="电工", education=Education.BACHELOR, experience_years=5)
    found = asked(
        a_matcher(
            posting,
            *[an_electrician(level=SchoolLevel.JUNIOR_HIGH) for _ in range(3)],
            *[an_electrician(level=SchoolLevel.JUNIOR_COLLEGE, experience_years=0) for _ in range(4)],
        ),
        k=3,
    )
    [best] = found.options
    assert (len(best.changes), best.steps, best.gain) == (2, 2, 4)
    assert found.smallest
    assert (len(found.smallest.changes), found.smallest.steps, found.smallest.gain) == (1, 3, 3)

    levels = [SchoolLevel.JUNIOR_COLLEGE] * 2 + [SchoolLevel.SECONDARY_VOCATIONAL] * 5 + [SchoolLevel.JUNIOR_HIGH]
    [best] = asked(a_matcher(posting, *[an_electrician(level=level) for level in levels])).options
    assert (best.steps, best.gain) == (2, 7)


def test_the_best_of_the_new_people_scores_as_the_changed_posting_says() -> None:
    matcher = a_matcher(
        a_posting(title="电工", education=Education.BACHELOR, required_skills=("PLC编程",)),
        an_electrician(skills=("焊接",)),
        an_electrician(skills=("PLC编程",)),
        an_electrician(level=SchoolLevel.BACHELOR, skills=("PLC编程",), expected_positions=("电工", "焊工")),
    )
    found = asked(matcher)
    assert found.best == matcher.talents_for(1).matches[0].score
    assert found.smallest
    put(matcher, found.smallest.posting)
    after = [match for match in matcher.talents_for(1).matches if match.pair.supply.id in (2, 3)]
    assert found.smallest.best == after[0].score


def test_what_the_law_demands_is_not_relaxed() -> None:
    intern = {"grade": 1, "seeking": (Employment.INTERNSHIP,)}
    found = asked(
        a_matcher(a_posting(title="电工", employment=Employment.INTERNSHIP), an_electrician(**intern), an_electrician())
    )
    assert (found.smallest, found.options, found.most) == (None, (), 0)
    assert [(barrier.requirement, barrier.stays) for barrier in found.barriers] == [("first_year", 1)]


def test_relaxing_lets_in_nobody_of_another_trade() -> None:
    found = asked(
        a_matcher(
            a_posting(title="电工", education=Education.BACHELOR),
            *[a_talent(expected_positions=("会计",)) for _ in range(9)],
        )
    )
    assert (found.talents, found.remaining, found.suitable, found.options) == (9, 0, 0, ())


SKILLED = {"skills": ("PLC编程", "电气识图")}


@pytest.mark.parametrize(
    ("talent", "suitable"),
    [
        ({"expected_positions": ("电工",)}, 1),
        ({"expected_positions": (), "specialty": "护理", **SKILLED}, 1),
        ({"expected_positions": ("会计",), **SKILLED}, 0),
        ({"expected_positions": (), "specialty": "护理", "skills": ("PLC编程",)}, 0),
    ],
    ids=["想做的", "没写意向但会的", "会但想做别的", "没写意向也不大会的"],
)
def test_who_counts_as_suitable(talent: dict[str, Any], suitable: int) -> None:
    posting = a_posting(title="电工", required_skills=("PLC编程", "电气识图", "焊接"))
    assert asked(a_matcher(posting, a_talent(**talent))).suitable == suitable


@pytest.mark.parametrize("size", [1, 400])
def test_how_many_of_the_trade_there_are_makes_nobody_less_suitable(size: int) -> None:
    crowd = [a_talent(expected_positions=("电工",)) for _ in range(size)]
    assert asked(a_matcher(a_posting(title="维修电工"), *crowd)).suitable == size


def test_a_certificate_is_dropped_wherever_the_posting_asks_for_it() -> None:
    matcher = a_strict_matcher(
        a_posting(title="电工", required_certificates=(LICENCE,), description=f"须持有{LICENCE}，吃苦耐劳。"),
        an_electrician(),
    )
    found = asked(matcher)
    assert found.smallest
    assert told(found.smallest.changes) == [f"把证书要求从“{LICENCE}”放宽到“不要求”"]
    assert LICENCE not in found.smallest.posting.model_dump_json()
    put(matcher, found.smallest.posting)
    assert asked(matcher).suitable_remaining == found.smallest.suitable == 1


def test_a_posting_that_has_ended_says_so() -> None:
    assert "截止" in (asked(a_matcher(a_posting(expires=date(2026, 10, 1)))).closed or "")
    assert asked(a_matcher(a_posting())).closed is None


def test_a_shelf_without_talents_has_nothing_to_relax() -> None:
    found = asked(a_matcher(a_posting(education=Education.BACHELOR)))
    assert (found.talents, found.barriers, found.options, found.best) == (0, (), (), None)


def test_the_posting_need_not_be_stored() -> None:
    matcher = a_matcher(a_posting(), an_electrician())
    draft = matcher.draft(a_posting(title="电工", education=Education.BACHELOR))
    assert no_match(matcher, draft).most == 1


LADDERS = [
    ({"education": Education.JUNIOR_COLLEGE}, ["高中/中职", "初中", "小学", "不限"]),
    ({"education": Education.ANY}, []),
    ({"experience_years": 5}, ["3 年", "2 年", "1 年", "不要求"]),
    ({"experience_years": 4}, ["3 年", "2 年", "1 年", "不要求"]),
    ({"experience_years": 0}, []),
    ({"skill_level": SkillLevel.INTERMEDIATE}, ["初级工", "学徒工", "不要求"]),
    ({"required_certificates": (LICENCE,)}, ["不要求"]),
    ({"required_certificates": (LICENCE, OTHER_LICENCE)}, [OTHER_LICENCE, LICENCE, "不要求"]),
    ({"preferred_certificates": (LICENCE,)}, []),
    ({"description": f"须持有{LICENCE}。"}, ["不要求"]),
    ({"description": f"有{LICENCE}优先。"}, []),
    ({}, []),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "instead"), LADDERS)
def test_a_field_comes_down_step_by_step(fields: dict[str, Any], instead: list[str]) -> None:
    document = a_matcher().draft(a_posting(**fields))
    assert [change.instead for ladder in ladders(document) for change in ladder] == instead
    for ladder in ladders(document):
        assert [change.steps for change in ladder] == sorted(change.steps for change in ladder)


talents = st.builds(
    an_electrician,
    level=st.sampled_from([None, *SchoolLevel][:8]),
    experience_years=st.sampled_from([None, 0, 1, 3, 5]),
    grade=st.sampled_from([None, 1, 3]),
    certificates=st.sampled_from([(), (LICENCE,), (OTHER_LICENCE,), (LICENCE, OTHER_LICENCE)]),
    skill_level=st.sampled_from([None, SkillLevel.APPRENTICE, SkillLevel.JUNIOR, SkillLevel.SENIOR]),
)
postings = st.builds(
    a_posting,
    title=st.just("电工"),
    employment=st.sampled_from([None, Employment.INTERNSHIP]),
    education=st.sampled_from([None, Education.SECONDARY, Education.JUNIOR_COLLEGE, Education.BACHELOR]),
    experience_years=st.sampled_from([None, 5, 8]),
    required_certificates=st.sampled_from([(), (LICENCE,), (LICENCE, OTHER_LICENCE)]),
    skill_level=st.sampled_from([None, SkillLevel.JUNIOR]),
)


@given(
    posting=postings,
    crowd=st.lists(talents, min_size=1, max_size=12),
    k=st.integers(1, 3),
    most=st.sampled_from([1, nomatch.MOST_OPTIONS]),
)
@settings(max_examples=60)
def test_no_combination_really_tried_does_better(posting: Posting, crowd: list[Talent], k: int, most: int) -> None:
    matcher = a_strict_matcher(posting, *crowd)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nomatch, "MOST_OPTIONS", most)
        found = asked(matcher, k=k)
    assert len(found.options) <= most
    now = matched(matcher, posting)
    assert found.suitable_remaining == found.remaining == now
    assert sum(barrier.first for barrier in found.barriers) + found.remaining == found.talents == len(crowd)

    document = cast("Document[Posting]", matcher.document(Kind.POSTING, 1))
    every = [
        tuple(change for change in chosen if change)
        for chosen in product(*((None, *ladder) for ladder in ladders(document)))
    ]
    tried = [(changes, matched(matcher, relaxed(posting, changes)) - now) for changes in every if changes]
    enough = [(changes, gain) for changes, gain in tried if gain >= k]
    assert found.most == max((gain for _, gain in tried), default=0)
    assert (found.smallest is not None) == bool(found.options) == bool(enough)
    if found.smallest:
        best = min((len(changes), steps(changes), -gain) for changes, gain in enough)
        assert (len(found.smallest.changes), found.smallest.steps, -found.smallest.gain) == best
        most_per_step = max(gain / steps(changes) for changes, gain in enough)
        assert found.options[0].gain / found.options[0].steps == most_per_step
    for option in found.options:
        put(matcher, option.posting)
        again = asked(matcher, k=k)
        assert again.suitable_remaining == option.suitable == now + option.gain
        assert again.suitable_remaining == len(matcher.talents_for(1, k=100).matches)


def steps(changes: Sequence[Change]) -> int:
    return sum(change.steps for change in changes)


def matched(matcher: Matcher, posting: Posting) -> int:
    """How many the whole pipeline finds for the posting; the shelf holds electricians only."""
    put(matcher, posting)
    return len(matcher.talents_for(1, k=100).matches)


def put(matcher: Matcher, posting: Posting) -> None:
    """The posting on the shelf, in place of the first record."""
    matcher.shelf.apply([Stored(revision=matcher.shelf.revision + 1, id=1, kind=Kind.POSTING, record=posting)])
