from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.outcomes import GRADES, Item, Showing, showings
from models.outcomes import Act, Event, Side
from tests.builders import an_event

START = datetime(2026, 9, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_list(*postings: int, at: datetime = START) -> list[Event]:
    """Talent 100 is shown these postings, in this order."""
    return [an_event(Act.SHOWN, posting=id, talent=100, position=n, at=at) for n, id in enumerate(postings, 1)]


def then(act: Act, posting: int, after: timedelta = HOUR, side: Side = Side.TALENT) -> Event:
    return an_event(act, posting=posting, talent=100, side=side, at=START + after)


def items(*events: Event) -> dict[int, Item]:
    """What came of the items of the one list that was shown."""
    (showing,) = showings(events)
    return {item.id: item for item in showing.items}


def test_what_is_shown_at_one_moment_is_one_list_in_order_of_position() -> None:
    first, second = a_list(7, 8, 9), a_list(8, at=START + DAY)
    found = showings([*reversed(first), *second])
    assert [(one.side, one.asker, [item.id for item in one.items]) for one in found] == [
        (Side.TALENT, 100, [7, 8, 9]),
        (Side.TALENT, 100, [8]),
    ]


def test_the_lists_of_either_side_are_told_apart() -> None:
    ours = an_event(Act.SHOWN, posting=7, talent=100, at=START)
    theirs = an_event(Act.SHOWN, posting=7, talent=100, at=START, side=Side.POSTING)
    assert [(one.side, one.asker, one.items[0].id) for one in showings([ours, theirs])] == [
        (Side.TALENT, 100, 7),
        (Side.POSTING, 7, 100),
    ]


COURSES = [
    ("什么也没做", [], 0, False),
    ("点开", [(Act.OPENED, Side.TALENT)], 1, False),
    ("收藏", [(Act.SAVED, Side.TALENT)], 1, False),
    ("投递，等待答复", [(Act.APPLIED, Side.TALENT)], 2, None),
    ("投递，被拒绝", [(Act.APPLIED, Side.TALENT), (Act.REJECTED, Side.POSTING)], 1, False),
    ("投递，被接受", [(Act.APPLIED, Side.TALENT), (Act.ACCEPTED, Side.POSTING)], 4, True),
    ("先拒绝后接受", [(Act.APPLIED, Side.TALENT), (Act.REJECTED, Side.POSTING), (Act.ACCEPTED, Side.POSTING)], 4, True),
    ("接受后又拒绝", [(Act.APPLIED, Side.TALENT), (Act.ACCEPTED, Side.POSTING), (Act.REJECTED, Side.TALENT)], 1, False),
    ("录用", [(Act.OPENED, Side.TALENT), (Act.HIRED, Side.POSTING)], 5, True),
    ("在岗", [(Act.APPLIED, Side.TALENT), (Act.HIRED, Side.POSTING), (Act.KEPT_3, Side.POSTING)], 6, True),
    ("投递后退出", [(Act.APPLIED, Side.TALENT), (Act.WITHDRAWN, Side.TALENT)], 1, False),
    ("约了面试", [(Act.APPLIED, Side.TALENT), (Act.ACCEPTED, Side.POSTING), (Act.INTERVIEWED, Side.POSTING)], 4, True),
    ("录用意向", [(Act.APPLIED, Side.TALENT), (Act.INTERVIEWED, Side.POSTING), (Act.OFFERED, Side.POSTING)], 5, True),
    ("婉拒录用", [(Act.APPLIED, Side.TALENT), (Act.OFFERED, Side.POSTING), (Act.REJECTED, Side.TALENT)], 1, False),
    ("期满", [(Act.APPLIED, Side.TALENT), (Act.HIRED, Side.POSTING), (Act.ENDED, Side.TALENT)], 5, True),
    ("对方邀请而本人未理会", [(Act.INVITED, Side.POSTING)], 0, False),
]  # fmt: skip


@pytest.mark.parametrize(("course", "grade", "agreed"), [c[1:] for c in COURSES], ids=[c[0] for c in COURSES])
def test_an_item_is_graded_by_how_far_it_came(course: list[tuple[Act, Side]], grade: int, agreed: bool | None) -> None:
    acts = [then(act, 7, n * HOUR, side) for n, (act, side) in enumerate(course, 1)]
    item = items(
        *a_list(7), *(act.model_copy(update={"position": 1}) if act.act is Act.OPENED else act for act in acts)
    )[7]
    assert (item.grade, item.agreed) == (grade, agreed)


def test_what_happens_later_counts_for_the_list_in_which_the_person_acted() -> None:
    events = [
        *a_list(7, 8),
        then(Act.APPLIED, 7),
        *a_list(8, 7, at=START + DAY),
        then(Act.OPENED, 8, 2 * DAY).model_copy(update={"position": 1}),
        then(Act.ACCEPTED, 7, 3 * DAY, Side.POSTING),
    ]
    first, second = showings(events)
    assert [(item.id, item.grade) for item in first.items] == [(7, 4), (8, 0)]
    assert [(item.id, item.grade) for item in second.items] == [(8, 1), (7, 0)]


def test_what_happened_before_the_list_was_shown_is_not_its_merit() -> None:
    assert items(*a_list(7), then(Act.SAVED, 7, -HOUR))[7].acted is False


def test_an_application_that_nobody_answers_for_two_months_was_not_accepted() -> None:
    waiting = [*a_list(7, 8), then(Act.APPLIED, 7)]
    assert items(*waiting)[7].agreed is None
    assert items(*waiting, then(Act.SAVED, 8, 90 * DAY))[7].agreed is False


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Events of three postings and two talents in a few hours, in any order; possible or not."""

    def event(act: Act) -> Event:
        firm = (Act.INVITED, Act.INTERVIEWED, Act.OFFERED)
        usual = {Act.APPLIED: Side.TALENT} | dict.fromkeys(firm, Side.POSTING)
        return an_event(
            act,
            side=usual.get(act) or draw(st.sampled_from(Side)),
            posting=draw(st.integers(1, 3)),
            talent=draw(st.integers(11, 12)),
            at=START + draw(st.integers(0, 4)) * HOUR,
            position=draw(st.integers(1, 5)) if act in (Act.SHOWN, Act.OPENED) else None,
        )

    return [event(act) for act in draw(st.lists(st.sampled_from([Act.SHOWN, Act.SHOWN, *Act]), max_size=20))]


@given(logs(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_arrive_changes_nothing(log: list[Event], dice: Random) -> None:
    shuffled = dice.sample(log, len(log))
    assert sorted(map(repr, showings(log))) == sorted(map(repr, showings(shuffled)))


@given(logs())
def test_every_showing_is_one_item_of_one_list_and_grades_are_those_of_acts(log: list[Event]) -> None:
    found = showings(log)
    listed = {(one.side, one.asker, item.id) for one in found for item in one.items}
    shown = {
        (e.side, *((e.posting, e.talent)[:: 1 if e.side is Side.POSTING else -1])) for e in log if e.act is Act.SHOWN
    }
    assert listed == shown
    for item in (item for one in found for item in one.items):
        assert item.grade in {0, *GRADES.values()}
        assert item.acted or (item.grade, item.agreed) == (0, False)


def test_no_events_make_no_lists() -> None:
    assert showings([]) == []
    assert showings([then(Act.APPLIED, 7)]) == []
    assert isinstance(showings(a_list(7))[0], Showing)
