"""Stable placements: students propose, places keep whom they like best, nobody is left to prefer each other."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

import numpy as np

from matching.placement_table import Table

Homes = list[int]
"""For each student the place where it comes, -1 for none."""
NOWHERE = -1
REPAIRS = 200
"""Blocking pairs that are given in to, one after another, where groups leave some."""


def stable(table: Table) -> Homes:
    """Student-proposing deferred acceptance over all caps; deterministic.

    An enterprise keeps, of all who ask, whom its places rank highest while no cap of place, post or enterprise is
    exceeded. Caps nest, so what it keeps is what every order of asking leads to, and no student and place would both
    rather have each other. Where groups stay together, or somebody is to be kept from two who need not be kept from
    each other, such an answer may not exist: blocking pairs that are left are given in to one by one, and the answer
    with fewest of them is kept.
    """
    seats = Seats(table, [NOWHERE] * len(table.students))
    wishes = [np.argsort(row, kind="stable")[int((row == 0).sum()) :].tolist() for row in table.order]
    asked = [0] * len(table.students)
    waiting = [unit for unit in reversed(units(table)) if wishes[unit[0]]]
    while waiting:
        unit = waiting.pop()
        first = unit[0]
        while seats.home[first] == NOWHERE and asked[first] < len(wishes[first]):
            place = wishes[first][asked[first]]
            asked[first] += 1
            if seats.takes(unit, place):
                waiting += seats.admit(unit, place)
    return seats.home if not table.groups and table.cliques is not None else _repaired(table, seats.home)


def units(table: Table) -> list[tuple[int, ...]]:
    """The students who decide as one: groups, and everybody else alone."""
    grouped = {student for members in table.groups for student in members}
    return [*table.groups, *((one,) for one in range(len(table.students)) if one not in grouped)]


def blocking(table: Table, homes: Sequence[int]) -> list[tuple[tuple[int, ...], int]]:
    """Every unit and place of which both would rather have the other than what they have, by lot.

    The place would when the enterprise, choosing by its own order from whom it has and the unit, takes the unit.
    """
    seats = Seats(table, list(homes))
    held = np.array(homes)
    have = np.where(held < 0, table.order.max(initial=0) + 1, table.order[np.arange(len(held)), held])
    envies = (table.order > 0) & (table.order < have[:, None])
    found: list[tuple[tuple[int, ...], int]] = []
    tied = {one for members in table.groups for one in members} | set(table.apart)
    for place in range(len(table.places)):
        wishing = envies[:, place]
        worst = seats.worst(place)
        if worst is not None:
            rank, student = worst
            ranks = table.rank[:, place]
            wishing = wishing & ((ranks < rank) | ((ranks == rank) & (np.arange(len(held)) < student)))
        found += [((int(one),), place) for one in np.flatnonzero(wishing) if one not in tied]
    for unit in units(table):
        if unit[0] in tied:
            places = np.flatnonzero(envies[unit[0]]).tolist()
            found += [(unit, place) for place in places if seats.takes(unit, place)]
    return sorted(found)


class Seats:
    """Who comes where, and whom each cap would give up first."""

    def __init__(self, table: Table, homes: Homes) -> None:
        self.home = homes
        self._table = table
        self._rank: list[list[int]] = table.rank.tolist()
        self._limit = table.limit
        self._count = [0] * len(table.caps)
        self._heaps: list[list[tuple[int, int, int]]] = [[] for _ in table.caps]
        """Of each cap those it holds, the last first; who has left is dropped when it comes up."""
        self._mates = {one: members for members in table.groups for one in members}
        for student, place in enumerate(homes):
            if place != NOWHERE:
                for cap in table.chain[place]:
                    self._count[cap] += 1
                    self._heaps[cap].append((-self._rank[student][place], -student, place))
        for heap in self._heaps:
            heapify(heap)

    def takes(self, unit: Sequence[int], place: int) -> bool:
        """Whether the enterprise would have the unit at the place rather than those who would have to leave."""
        return self._displaced(unit, place) is not None

    def admit(self, unit: Sequence[int], place: int) -> list[tuple[int, ...]]:
        """Places the unit, which the enterprise takes, and tells which units had to leave."""
        leaving = self._displaced(unit, place)
        assert leaving is not None
        for student in unit:
            self._leave(student)
        left = dict.fromkeys(self._mates.get(one, (one,)) for one in leaving if one not in unit)
        for one in (one for members in left for one in members):
            self._leave(one)
        for student in unit:
            self.home[student] = place
            for cap in self._table.chain[place]:
                self._count[cap] += 1
                heappush(self._heaps[cap], (-self._rank[student][place], -student, place))
        return list(left)

    def worst(self, place: int) -> tuple[int, int] | None:
        """Rank and student that whoever comes to the place must be better than; None while there is room."""
        for cap in self._table.chain[place]:
            if self._count[cap] >= self._limit[cap]:
                return self._last(cap) or (-(2**31), -1)
        return None

    def _last(self, cap: int) -> tuple[int, int] | None:
        heap = self._heaps[cap]
        while heap:
            rank, student, place = heap[0]
            if self.home[-student] == place:
                return -rank, -student
            heappop(heap)
        return None

    def _displaced(self, unit: Sequence[int], place: int) -> set[int] | None:
        """Who would have to leave; None when the enterprise would rather keep them."""
        if len(unit) == 1:
            return self._displaced_by(unit[0], place)
        leaving: set[int] = set()
        chain = self._table.chain[place]
        staying = {cap: self._sorted(cap, unit) for cap in chain}
        for count, student in enumerate(sorted(unit, key=lambda one: self._key(one, place)), 1):
            mine = self._key(student, place)
            rivals = self._rivals(student, place) - leaving - set(unit)
            if any(self._key(one, place) < mine for one in rivals):
                return None
            leaving |= rivals
            for cap in chain:
                left = [one for one in staying[cap] if one not in leaving]
                if len(left) + count > self._limit[cap]:
                    if not left or self._key(left[-1], self.home[left[-1]]) < mine:
                        return None
                    leaving.add(left[-1])
        return leaving

    def _displaced_by(self, student: int, place: int) -> set[int] | None:
        mine = self._key(student, place)
        if rivals := self._rivals(student, place):
            return rivals if all(mine < self._key(one, place) for one in rivals) else None
        worst = self.worst(place)
        if worst is None:
            return set()
        return {worst[1]} if mine < worst else None

    def _rivals(self, student: int, place: int) -> set[int]:
        return {one for one in self._table.apart.get(student, ()) if self.home[one] == place}

    def _key(self, student: int, place: int) -> tuple[int, int]:
        return self._rank[student][place], student

    def _sorted(self, cap: int, unit: Sequence[int]) -> list[int]:
        held = {-student for _, student, place in self._heaps[cap] if self.home[-student] == place}
        return sorted(held - set(unit), key=lambda one: self._key(one, self.home[one]))

    def _leave(self, student: int) -> None:
        if self.home[student] != NOWHERE:
            for cap in self._table.chain[self.home[student]]:
                self._count[cap] -= 1
            self.home[student] = NOWHERE


def _repaired(table: Table, homes: Homes) -> Homes:
    best, fewest = homes, len(blocking(table, homes))
    homes = list(homes)
    for _ in range(REPAIRS):
        found = blocking(table, homes)
        if len(found) < fewest:
            best, fewest = list(homes), len(found)
        if not found:
            break
        unit, place = min(found, key=lambda one: (int(table.order[one[0][0], one[1]]), one))
        seats = Seats(table, homes)
        seats.admit(unit, place)
        homes = seats.home
    return best
