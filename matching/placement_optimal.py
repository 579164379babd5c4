"""Placements that are best for all together: a flow of least cost, or an integer programme where people are tied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from matching.placement_stable import NOWHERE, Homes, stable, units
from matching.placement_table import Grid, Table
from models.placement import Mode

# CP-SAT needed more than four minutes for 3,000 students, 300 places and 20 pairs of friends, HiGHS two seconds.
NODES = 10_000
"""Branches after which the integer programme keeps the best that it has; a bound that no machine changes."""
TENTHS = 10
"""Into how many parts the order of a place is divided to decide between equals."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What is added up, as whole numbers: a student short of a minimum outweighs all seats, a seat all choices."""

    short: int
    seat: int
    cost: Grid | np.ndarray[tuple[int, int], np.dtype[np.int64]]
    """For each student and place; lower is better."""


def optimal(table: Table, mode: Mode) -> tuple[Homes, bool]:
    """Who comes where under the aim of the mode, and whether it is proved that nothing does better; deterministic.

    First the minimums are missed by as few students as possible. Then `PLACED` places as many students as possible
    with the least sum of choices, and `PREFERRED` reaches the highest sum of points. What is left equal is decided
    by the tenth of the enterprise's order in which a student stands (not where people are tied), and then by lot.
    """
    if table.groups or table.cliques is None:
        return _programmed(table, mode)
    return _flowing(table, _weights(table, mode)), True


def _weights(table: Table, mode: Mode, *, tenths: bool = True) -> Weights:
    students, _ = table.order.shape
    longest = int(table.choice.max(initial=0))
    # Both solvers count in 64 bits and the flow multiplies by its nodes: the largest markets go without tenths.
    unit = students * TENTHS
    nodes = students + len(table.caps)
    tenths = tenths and students**3 * (longest + 1) * unit * nodes < 2**62
    standing = (np.maximum(table.rank, 1) - 1) * TENTHS // students if tenths else np.zeros_like(table.rank)
    unit = unit if tenths else 1
    choice = table.choice.astype(np.int64)
    worst = students * ((longest + 1) * unit + TENTHS)
    if mode is Mode.PLACED:
        return Weights(short=(students + 1) * worst, seat=worst, cost=choice * unit + standing)
    return Weights(short=worst, seat=0, cost=(choice - longest - 1) * unit + standing)


def _flowing(table: Table, weights: Weights) -> Homes:
    """Students flow through whoever is kept apart, place, post and enterprise into one sink."""
    students = len(table.students)
    who, where = np.nonzero(table.order)
    first = students + np.array([chain[0] for chain in table.chain])
    sink = students + len(table.caps)
    flow = SimpleMinCostFlow()
    ends = first[where]
    narrow: dict[tuple[int, int], int] = {}
    clique = {one: number for number, members in enumerate(table.cliques or ()) for one in members}
    for arc in np.flatnonzero(np.isin(who, list(clique))):
        gate = narrow.setdefault((clique[int(who[arc])], int(where[arc])), sink + 1 + len(narrow))
        ends[arc] = gate
    costs = weights.cost[who, where] - weights.seat
    arcs = flow.add_arcs_with_capacity_and_unit_cost(who, ends, np.ones_like(who), costs)
    for (_, place), gate in narrow.items():
        flow.add_arc_with_capacity_and_unit_cost(gate, int(first[place]), 1, 0)
    for tail, head, room, cost in _rooms(table, weights.short):
        flow.add_arc_with_capacity_and_unit_cost(students + tail, sink if head is None else students + head, room, cost)
    for student in range(students):
        if student not in table.pins:
            flow.add_arc_with_capacity_and_unit_cost(student, sink, 1, 0)
    flow.set_nodes_supplies(np.arange(students), np.ones(students, dtype=np.int64))
    flow.set_node_supply(sink, -students)
    status = flow.solve()
    assert status == flow.OPTIMAL, status
    homes = [NOWHERE] * students
    for arc in np.flatnonzero(flow.flows(arcs)):
        homes[int(who[arc])] = int(where[arc])
    return homes


def _rooms(table: Table, short: int) -> Iterable[tuple[int, int | None, int, int]]:
    """From each cap to the one around it (None: to the end) how many pass at what cost: first those that must come."""
    minimum = {table.chain[index][0]: place.minimum for index, place in enumerate(table.places)}
    around: dict[int, int | None] = {}
    for chain in table.chain:
        around.update(zip(chain, (*chain[1:], None), strict=True))
    for cap, head in around.items():
        limit = table.caps[cap].limit
        must = min(minimum.get(cap, 0), limit)
        if must:
            yield cap, head, must, -short
        if limit > must:
            yield cap, head, limit - must, 0


def _programmed(table: Table, mode: Mode) -> tuple[Homes, bool]:
    """A column for each unit and place, and one for each minimum with the students missing to it."""
    every = units(table)
    pairs = [(number, place) for number, unit in enumerate(every) for place in _options(table, unit)]
    if not pairs:
        return [NOWHERE] * len(table.students), True
    sizes = [len(every[number]) for number, _ in pairs]
    weights = _weights(table, mode, tenths=False)
    costs = np.array([weights.cost[list(every[number]), place].sum() for number, place in pairs])
    minimum = np.array([place.minimum for place in table.places])
    columns, missing = len(pairs), np.flatnonzero(minimum).tolist()
    size = columns + len(missing)

    def rows(count: int, entries: Iterable[tuple[int, int, int]]) -> csr_matrix:
        row, column, value = zip(*entries, strict=True)
        return csr_matrix((value, (row, column)), shape=(count, size))

    pinned = np.array([int(unit[0] in table.pins) for unit in every])
    limits = [LinearConstraint(rows(len(every), ((one, at, 1) for at, (one, _) in enumerate(pairs))), pinned, 1)]
    held = ((cap, at, sizes[at]) for at, (_, place) in enumerate(pairs) for cap in table.chain[place])
    limits.append(LinearConstraint(rows(len(table.caps), held), ub=np.array(table.limit)))
    if len(missing):
        coming = [(place, at, sizes[at]) for at, (_, place) in enumerate(pairs)]
        short = [(place, columns + number, 1) for number, place in enumerate(missing)]
        limits.append(LinearConstraint(rows(len(minimum), coming + short), lb=minimum))
    if conflicts := _conflicts(table, every, pairs):
        kept = rows(len(conflicts), ((row, at, 1) for row, both in enumerate(conflicts) for at in both))
        limits.append(LinearConstraint(kept, ub=1))

    aims = [np.r_[np.zeros(columns), np.ones(len(missing))]] if len(missing) else []
    aims.append(np.r_[costs - weights.seat * np.array(sizes), np.zeros(len(missing))])
    bounds = Bounds(0, np.r_[np.ones(columns), minimum[missing]])
    values, proved = np.zeros(size), True
    for aim in aims:
        found = milp(
            aim,
            constraints=limits,
            integrality=np.ones(size, dtype=np.int64),
            bounds=bounds,
            options={"mip_rel_gap": 0, "node_limit": NODES},
        )
        if found.x is None:
            return stable(table), False
        values, proved = found.x, proved and found.status == 0
        limits.append(LinearConstraint(csr_matrix(aim), ub=round(found.fun)))
    homes = [NOWHERE] * len(table.students)
    for number, place in (pairs[at] for at in np.flatnonzero(values[:columns] > 0.5)):
        for student in every[number]:
            homes[student] = place
    return homes, proved


def _options(table: Table, unit: Sequence[int]) -> list[int]:
    places: list[int] = np.flatnonzero(table.order[unit[0]]).tolist()
    return places


def _conflicts(
    table: Table, every: Sequence[tuple[int, ...]], pairs: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Columns that exclude each other: two units kept apart at the same place."""
    unit_of = {student: number for number, unit in enumerate(every) for student in unit}
    column = {pair: at for at, pair in enumerate(pairs)}
    kept = {(unit_of[one], unit_of[other]) for one, others in table.apart.items() for other in others}
    return sorted(
        (column[one, place], column[other, place])
        for one, other in kept
        if one < other
        for place in range(len(table.places))
        if (one, place) in column and (other, place) in column
    )
