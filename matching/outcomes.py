"""Events → lists that somebody was shown, with what came of each item.

Unseen is not negative: a list was read down to the lowest item that was acted on, and what stood below
it says nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from models.outcomes import Act, Event, Side

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Values = np.ndarray[tuple[int, int], np.dtype[np.float64]]
"""One row for each item, one column for each feature of the market; NaN where a fact is missing."""

GRADES = {
    Act.OPENED: 1,
    Act.SAVED: 1,
    Act.APPLIED: 2,
    Act.INVITED: 2,
    Act.ACCEPTED: 4,
    Act.INTERVIEWED: 4,
    Act.OFFERED: 5,
    Act.HIRED: 5,
    Act.KEPT_3: 6,
    Act.KEPT_6: 6,
    Act.KEPT_12: 6,
}
"""How far a pair came, with the gain 2^grade - 1. What one side does is a step, what takes both is two: otherwise the
taste of those who look, whose acts are many, would decide alone."""
TURNED_DOWN = 1
"""Grade of what was applied for or invited and then rejected or taken back: worth opening, and no more."""
PATIENCE = timedelta(days=60)
"""After which an application or invitation that nobody answered counts as one that was not accepted."""

_ORDER = {act: place for place, act in enumerate(Act)}
_AGREED = frozenset({Act.ACCEPTED, Act.INTERVIEWED, Act.OFFERED, Act.HIRED, Act.KEPT_3, Act.KEPT_6, Act.KEPT_12})
"""What takes a yes of both. How work ended says nothing of whether it should have begun."""
_REFUSED = frozenset({Act.REJECTED, Act.WITHDRAWN})
_ASKED = frozenset({Act.APPLIED, Act.INVITED})


@dataclass(frozen=True, slots=True)
class Item:
    """One record in a list, and what came of it."""

    id: int
    position: int
    acted: bool
    """Whether the side that was shown the list did anything with it."""
    grade: int
    agreed: bool | None
    """Whether both sides said yes; None while an answer is awaited."""


@dataclass(frozen=True, slots=True)
class Showing:
    """One list as it was shown to one record's side."""

    side: Side
    asker: int
    items: tuple[Item, ...]
    """In order of position."""


@dataclass(frozen=True, slots=True, eq=False)
class JudgedList:
    """A showing as arrays aligned by item, with the values of the market's features."""

    asker: str
    """Whose list it was, such as `talent 12`: what held-out lists are chosen by."""
    positions: Ints
    acted: Bools
    grades: Ints
    agreed: Floats
    """1, 0, or NaN while an answer is awaited."""
    values: Values

    @property
    def gains(self) -> Floats:
        """What each item was worth: 0 for what was passed over."""
        found: Floats = np.exp2(self.grades) - 1
        return found

    @property
    def read(self) -> int:
        """How many items were seen: down to the lowest that was acted on, 0 when none was."""
        acted = np.flatnonzero(self.acted)
        return int(acted[-1]) + 1 if len(acted) else 0


def showings(events: Iterable[Event]) -> list[Showing]:
    """Every list that was shown, in order of arrival."""
    lists, acts, times = _sorted_out(events)
    newest = max((event.at for happened in acts.values() for event in happened), default=None)
    return [
        Showing(
            side,
            asker,
            tuple(
                _item(side, other, position, happened, newest)
                for other, position, happened in _happened(side, asker, at, shown, acts, times)
            ),
        )
        for (side, asker, at), shown in lists.items()
    ]


_Pair = tuple[int, int]
"""Posting, talent."""
_Lists = dict[tuple[Side, int, datetime], dict[int, int]]
_Acts = dict[_Pair, list[Event]]
_Times = dict[tuple[Side, int, int], list[datetime]]


def _sorted_out(events: Iterable[Event]) -> tuple[_Lists, _Acts, _Times]:
    """What was shown in which list at which position, what was done with each pair, and when each was shown."""
    lists: _Lists = {}
    acts: _Acts = {}
    times: _Times = {}
    for event in events:
        if event.act is not Act.SHOWN or event.position is None:
            acts.setdefault((event.posting, event.talent), []).append(event)
            continue
        asker, other = _ends(event)
        shown = lists.setdefault((event.side, asker, event.at), {})
        shown[other] = min(event.position, shown.get(other, event.position))
        times.setdefault((event.side, event.posting, event.talent), []).append(event.at)
    for happened in acts.values():
        happened.sort(key=lambda event: (event.at, _ORDER[event.act]))
    for moments in times.values():
        moments.sort()
    return lists, acts, times


def _happened(
    side: Side, asker: int, at: datetime, shown: dict[int, int], acts: _Acts, times: _Times
) -> Iterator[tuple[int, int, list[Event]]]:
    """Each item, its position, and all that happened once the side had acted on it in this list; else nothing."""
    for other, position in sorted(shown.items(), key=lambda entry: (entry[1], entry[0])):
        pair = (asker, other) if side is Side.POSTING else (other, asker)
        later = [event for event in acts.get(pair, ()) if event.at >= at]
        if later:
            again = times[side, *pair]
            place = bisect_right(again, at)
            until = again[place] if place < len(again) else None
            if not any(event.side is side and (until is None or event.at < until) for event in later):
                later = []
        yield other, position, later


def _item(side: Side, other: int, position: int, happened: list[Event], newest: datetime | None) -> Item:
    acts = [event.act for event in happened]
    grade = max((GRADES.get(act, 0) for act in acts), default=0)
    answers = [act for act in acts if act in _AGREED | _REFUSED]
    asked = [event.at for event in happened if event.act in _ASKED]
    agreed: bool | None = False
    if answers:
        agreed = answers[-1] not in _REFUSED
        if not agreed:
            grade = min(grade, TURNED_DOWN)
    elif asked and newest is not None and newest - max(asked) < PATIENCE:
        agreed = None
    return Item(other, position, bool(happened), grade, agreed)


def _ends(event: Event) -> tuple[int, int]:
    """The record that was shown the list, and the one that stood in it."""
    ends = (event.posting, event.talent)
    return ends if event.side is Side.POSTING else ends[::-1]
