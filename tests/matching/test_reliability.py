"""Facts about an enterprise, from what happened with its postings."""

from datetime import UTC, datetime, timedelta
from typing import Any

from matching.reliability import Fact, facts
from models.outcomes import Act, Event, Side
from models.terms import Employment
from tests.builders import a_posting, an_event

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def after(days: float, act: Act, *, talent: int = 1, posting: int = 1, **fields: Any) -> Event:
    return an_event(act, posting=posting, talent=talent, at=NOW - 60 * DAY + days * DAY, **fields)


def fact(name: str, *events: Event, complained: tuple[int, ...] = (), **postings: Any) -> Fact:
    known = {1: a_posting(**postings), 2: a_posting(employment=Employment.FULL_TIME)}
    found = facts(sorted(events, key=lambda one: one.at), known, complained, now=NOW)
    return next(one for one in found if one.name == name)


def test_an_application_is_answered_within_a_week_or_late_or_never() -> None:
    events = [
        *(after(0, Act.APPLIED, talent=id) for id in range(1, 7)),
        after(6.9, Act.ACCEPTED, talent=1, side=Side.POSTING),
        after(2, Act.REJECTED, talent=2, side=Side.POSTING),
        after(8, Act.REJECTED, talent=3, side=Side.POSTING),
        after(1, Act.WITHDRAWN, talent=4),  # nobody could answer in time
        after(58, Act.APPLIED, talent=7),  # still waiting, not late yet
    ]
    found = fact("answered", *events)
    assert (found.n, found.count) == (5, 2)
    assert found.said == "5 份中 2 份"


def test_a_posting_is_filled_when_as_many_started_as_it_asked_for() -> None:
    applied = [after(0, Act.APPLIED, talent=id) for id in (1, 2)]
    one = after(3, Act.HIRED, talent=1)
    assert fact("filled", *applied, one).count == 1
    assert fact("filled", *applied, one, headcount=2).count == 0
    assert fact("filled", *applied, one, after(4, Act.HIRED, talent=2), headcount=2).count == 1


def test_what_an_enterprise_reports_of_people_who_never_said_yes_proves_nothing() -> None:
    assert fact("filled", after(0, Act.INVITED), after(1, Act.HIRED)).n == 0


def test_interns_are_taken_on_when_they_start_full_time_in_the_same_house() -> None:
    events = []
    for id in range(1, 7):
        events += [after(0, Act.APPLIED, talent=id), after(1, Act.HIRED, talent=id), after(30, Act.ENDED, talent=id)]
    events += [after(31, Act.APPLIED, talent=1, posting=2), after(32, Act.HIRED, talent=1, posting=2)]
    found = fact("converted", *events, employment=Employment.INTERNSHIP)
    assert (found.n, found.count) == (6, 1)


def test_under_five_nothing_is_said_and_few_complaints_are_not_counted_out() -> None:
    four = [after(0, Act.APPLIED, talent=id) for id in range(1, 5)]
    assert fact("complained", *four, complained=(1,)).said == "不足 5 人，不公布"
    many = [after(0, Act.APPLIED, talent=id) for id in range(1, 11)]
    assert fact("complained", *many, complained=(1, 2)).said == "10 人中不到 5 人"
    assert fact("complained", *many, complained=(1, 2)).told is None
    assert fact("complained", *many, complained=(1, 2, 3, 4, 5)).said == "10 人中 5 人"
    assert fact("complained", *many).said == "10 人中 0 人"
