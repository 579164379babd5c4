"""What came of an enterprise's postings, as plain facts with their numbers; no grade is made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.outcomes import Act, Event, Side
from models.postings import Posting
from models.terms import Employment

UNDER = 5
"""Facts about fewer than this are not published: they would be about somebody in particular."""
PROMPT = timedelta(days=7)
"""Within which an application should be answered."""

_TEMPORARY = frozenset(
    {Employment.INTERNSHIP, Employment.APPRENTICESHIP, Employment.ORDER_CLASS, Employment.FIELD_ENGINEER}
)
_ANSWERS = frozenset({Act.ACCEPTED, Act.INTERVIEWED, Act.OFFERED, Act.REJECTED, Act.HIRED})
_SAID_YES = frozenset({Act.APPLIED, Act.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Fact:
    """Of so many, this many."""

    name: str
    label: str
    n: int
    count: int
    unit: str
    """The measure word of what is counted."""
    about_people: bool = False
    """Whether a small count would point at somebody."""

    @property
    def is_published(self) -> bool:
        return self.n >= UNDER

    @property
    def told(self) -> int | None:
        """The count as it may be published; None where it would point at somebody."""
        return None if self.about_people and 0 < self.count < UNDER else self.count

    @property
    def said(self) -> str:
        """12 份中 9 份."""
        if not self.is_published:
            return f"不足 {UNDER} {self.unit}，不公布"
        return f"{self.n} {self.unit}中" + (f"不到 {UNDER} " if self.told is None else f" {self.told} ") + self.unit


def facts(
    events: Sequence[Event], postings: Mapping[int, Posting], complained: Collection[int], *, now: datetime
) -> tuple[Fact, ...]:
    """From the events of the enterprise's postings, oldest first; `complained` are people who gave it as a reason.

    Only people who said yes to the enterprise themselves count: what it reports of others proves nothing.
    """
    pairs: dict[tuple[int, int], list[Event]] = {}
    for event in events:
        pairs.setdefault((event.posting, event.talent), []).append(event)
    willing = {
        pair: acts
        for pair, acts in pairs.items()
        if any(one.side is Side.TALENT and one.act in _SAID_YES for one in acts)
    }
    return (
        _answered(willing, now),
        _filled(willing, postings),
        _converted(willing, postings),
        _complained(willing, complained),
    )


_Pairs = Mapping[tuple[int, int], Sequence[Event]]


def _answered(pairs: _Pairs, now: datetime) -> Fact:
    n = count = 0
    for acts in pairs.values():
        applied = [one.at for one in acts if one.act is Act.APPLIED]
        if not applied:
            continue
        answers = [one.at for one in acts if one.side is Side.POSTING and one.act in _ANSWERS and one.at >= applied[0]]
        taken_back = any(one.act is Act.WITHDRAWN and one.side is Side.TALENT for one in acts)
        if answers or (now - applied[0] > PROMPT and not taken_back):
            n += 1
            count += bool(answers) and answers[0] - applied[0] <= PROMPT
    return Fact("answered", "7 天内答复投递", n, count, "份")


def _filled(pairs: _Pairs, postings: Mapping[int, Posting]) -> Fact:
    hired: dict[int, set[int]] = {posting: set() for posting, _ in pairs if posting in postings}
    for (posting, talent), acts in pairs.items():
        if posting in hired and _hired(acts):
            hired[posting].add(talent)
    full = [posting for posting, people in hired.items() if len(people) >= (postings[posting].headcount or 1)]
    return Fact("filled", "有人应聘的岗位招满", len(hired), len(full), "个")


def _converted(pairs: _Pairs, postings: Mapping[int, Posting]) -> Fact:
    over, taken_on = set(), set()
    for (posting, talent), acts in pairs.items():
        employment = postings[posting].employment if posting in postings else None
        if employment in _TEMPORARY and any(one.act is Act.ENDED for one in acts) and _hired(acts):
            over.add(talent)
        if employment is Employment.FULL_TIME and _hired(acts):
            taken_on.add(talent)
    return Fact("converted", "实习、学徒结束后正式录用", len(over), len(over & taken_on), "人")


def _complained(pairs: _Pairs, complained: Collection[int]) -> Fact:
    people = {talent for _, talent in pairs}
    label = "有人反映岗位与描述不符或要求交费、押金、扣证"
    return Fact("complained", label, len(people), len(people & set(complained)), "人", about_people=True)


def _hired(acts: Sequence[Event]) -> bool:
    return any(one.act is Act.HIRED for one in acts)
