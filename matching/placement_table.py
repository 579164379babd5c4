"""A placement market as arrays: who may come where, in which order each side wants it, and how many at most."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from matching.placement_rules import REQUIREMENTS, Cap, caps, pinned
from models.placement import Place, PlacementMarket, Student, cliques, groups

Grid = np.ndarray[tuple[int, int], np.dtype[np.int32]]
"""One number for each student and place."""
Mask = np.ndarray[tuple[int, int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Table:
    """What every mode solves. Students and places stand in the order that the seed's lot gives them."""

    market: PlacementMarket
    seed: int
    students: tuple[Student, ...]
    places: tuple[Place, ...]
    order: Grid
    """The student's order of the places, 1 for the best; 0 where the student cannot or would not come."""
    choice: Grid
    """The same as it counts in sums: what is no choice counts one more than the last possible choice."""
    choices: np.ndarray[tuple[int], np.dtype[np.int32]]
    """Number of the student's last possible choice; what comes after it is 调剂."""
    rank: Grid
    """The place's order of the students, lower is better; below 0 for whoever is pinned there."""
    caps: tuple[Cap, ...]
    chain: tuple[tuple[int, ...], ...]
    """For each place the caps that it stands under, smallest first."""
    groups: tuple[tuple[int, ...], ...]
    apart: Mapping[int, frozenset[int]]
    """Student → the students who may not come to the same place."""
    cliques: tuple[tuple[int, ...], ...] | None
    """The same as sets that do not overlap; None when they do."""
    pins: frozenset[int]

    @property
    def limit(self) -> tuple[int, ...]:
        return tuple(cap.limit for cap in self.caps)


def lot(seed: int, id: str) -> bytes:
    """What decides between equals: whoever has the lower one comes first."""
    return sha256(f"{seed}:{id}".encode()).digest()


def table(market: PlacementMarket, seed: int) -> Table:
    """The market as the modes solve it. Raises Unlawful or Malformed where a pin cannot be kept."""
    students = tuple(sorted(market.students, key=lambda one: lot(seed, one.id)))
    places = tuple(sorted(market.places, key=lambda one: lot(seed, one.id)))
    row = {one.id: index for index, one in enumerate(students)}
    column = {one.id: index for index, one in enumerate(places)}
    fixed = {row[student]: column[place] for student, place in pinned(market).items()}
    together = tuple(sorted(tuple(sorted(row[id] for id in members)) for members in groups(market)))
    limits, chain = _chains(market, column)
    may = allowed(market, students, places, row, column)
    for student, place in fixed.items():
        may[student] = False
        may[student, place] = True
    wants, suits = _fits(market, row, column)
    order, choice, choices = _orders(students, places, column, may, wants, fixed)
    for members in together:
        _join(members, order, choice, [min(limits[cap].limit for cap in caps) for caps in chain])
    sets = cliques(market.apart)
    apart: dict[int, set[int]] = {}
    for one, other in market.apart:
        apart.setdefault(row[one], set()).add(row[other])
        apart.setdefault(row[other], set()).add(row[one])
    return Table(
        market=market,
        seed=seed,
        students=students,
        places=places,
        order=order,
        choice=choice,
        choices=choices,
        rank=_ranks(places, row, suits, fixed),
        caps=limits,
        chain=chain,
        groups=together,
        apart={one: frozenset(others) for one, others in apart.items()},
        cliques=None if sets is None else tuple(sorted(tuple(row[id] for id in members) for members in sets)),
        pins=frozenset(fixed),
    )


def resized(old: Table, market: PlacementMarket) -> Table:
    """The table of a market that differs from the old one in quotas only, where nobody is tied to another."""
    by_id = {one.id: one for one in market.places}
    return replace(old, market=market, places=tuple(by_id[one.id] for one in old.places), caps=caps(market))


def _chains(market: PlacementMarket, column: Mapping[str, int]) -> tuple[tuple[Cap, ...], tuple[tuple[int, ...], ...]]:
    found = caps(market)
    chain: list[list[int]] = [[] for _ in column]
    for index, cap in enumerate(found):
        for place in cap.places:
            chain[column[place]].append(index)
    return found, tuple(map(tuple, chain))


def allowed(
    market: PlacementMarket,
    students: Sequence[Student],
    places: Sequence[Place],
    row: Mapping[str, int],
    column: Mapping[str, int],
) -> Mask:
    """Where no requirement, list or ban stands between student and place."""
    may = np.ones((len(students), len(places)), dtype=np.bool_)
    for requirement in REQUIREMENTS:
        judged: dict[Hashable, np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
        meets = np.ones_like(may)
        for index, student in enumerate(students):
            facts = requirement.facts(student)
            if facts not in judged:
                judged[facts] = np.array([requirement.lacks(student, place, market) is None for place in places])
            meets[index] = judged[facts]
        for waiver in market.waivers:
            if waiver.bar is requirement.bar:
                meets[row[waiver.student], column[waiver.place]] = True
        may &= meets
    let_in = {(one.student, one.place) for one in market.waivers if one.bar == "企业名单"}
    for index, place in enumerate(places):
        if place.listed_only:
            listed = np.zeros(len(students), dtype=np.bool_)
            listed[[row[id] for id in (*place.prefers, *(one for one, where in let_in if where == place.id))]] = True
            may[:, index] &= listed
    for ban in market.bans:
        may[row[ban.student], column[ban.place]] = False
    return may


def _fits(
    market: PlacementMarket, row: Mapping[str, int], column: Mapping[str, int]
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """How well places suit students and students places; -1 where nobody knows."""
    wants = np.full((len(row), len(column)), -1.0)
    suits = wants.copy()
    for student, fits in market.fits.items():
        columns = [column[place] for place in fits]
        values = np.array(list(fits.values()), dtype=np.float64).reshape(-1, 2)
        wants[row[student], columns], suits[row[student], columns] = values[:, 0], values[:, 1]
    return wants, suits


def _orders(
    students: Sequence[Student],
    places: Sequence[Place],
    column: Mapping[str, int],
    may: Mask,
    wants: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    fixed: Mapping[int, int],
) -> tuple[Grid, Grid, np.ndarray[tuple[int], np.dtype[np.int32]]]:
    order = np.zeros(may.shape, dtype=np.int32)
    choice = np.zeros_like(order)
    choices = np.zeros(len(students), dtype=np.int32)
    by_fit = np.argsort(-wants, axis=1, kind="stable")
    for index, student in enumerate(students):
        named = [column[id] for id in student.wishes] or [place for place in by_fit[index] if wants[index, place] >= 0]
        chosen = [place for place in named if may[index, place]]
        rest: list[int] = []
        if student.adjustable or index in fixed:
            taken = set(chosen)
            rest = [place for place in by_fit[index] if may[index, place] and place not in taken]
        # Choices keep the number that the student gave them, whatever cannot be had before them.
        numbers = {place: number for number, place in enumerate(named, 1)}
        order[index, chosen + rest] = range(1, len(chosen) + len(rest) + 1)
        choice[index, chosen] = [numbers[place] for place in chosen]
        choices[index] = max((numbers[place] for place in chosen), default=0)
        choice[index, rest] = choices[index] + 1
    return order, choice, choices


def _join(members: Sequence[int], order: Grid, choice: Grid, room: Sequence[int]) -> None:
    """Members of a group accept what all of them accept and what has room for all, in one common order."""
    rows = np.array(members)
    common = (order[rows] > 0).all(axis=0) & (np.array(room) >= len(rows))
    order[np.ix_(rows, np.flatnonzero(~common))] = 0
    choice[np.ix_(rows, np.flatnonzero(~common))] = 0
    accepted = np.flatnonzero(common)
    best = accepted[np.argsort(order[np.ix_(rows, accepted)].sum(axis=0), kind="stable")]
    order[np.ix_(rows, best)] = np.arange(1, len(best) + 1)


def _ranks(
    places: Sequence[Place],
    row: Mapping[str, int],
    suits: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    fixed: Mapping[int, int],
) -> Grid:
    students = len(row)
    rank = np.zeros(suits.shape, dtype=np.int32)
    for index, place in enumerate(places):
        listed = np.full(students, students)
        listed[[row[id] for id in place.prefers]] = range(len(place.prefers))
        rank[np.lexsort((-suits[:, index], listed)), index] = np.arange(1, students + 1)
    for student, home in fixed.items():
        rank[student, home] -= students + 1
    return rank
