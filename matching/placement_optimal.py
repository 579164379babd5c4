"""Placements that are best for all together: a flow of least cost, or a constraint program where people are tied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from ortools.sat.python import cp_model

from matching.placement_stable import NOWHERE, Homes, units
from matching.placement_table import Grid, Table
from models.placement import Mode

EFFORT = 20.0
"""Longest search of one aim of the constraint program, in the solver's own units of time, which no machine changes."""
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
    by the tenth of the enterprise's order in which a student stands, and then by lot.
    """
    weights = _weights(table, mode)
    if table.groups or table.cliques is None:
        return _programmed(table, weights)
    return _flowing(table, weights), True


def _weights(table: Table, mode: Mode) -> Weights:
    students, _ = table.order.shape
    longest = int(table.choice.max(initial=0))
    tenths = np.clip((np.maximum(table.rank, 1) - 1) * TENTHS // students, 0, TENTHS - 1).astype(np.int64)
    # Both solvers count in 64 bits and multiply by the number of nodes: the largest markets go without tenths.
    unit = students * TENTHS
    if students**2 * (longest + 1) * unit * (students + len(table.caps)) * students >= 2**62:
        unit, tenths = 1, np.zeros_like(tenths)
    choice = table.choice.astype(np.int64)
    worst = students * ((longest + 1) * unit + TENTHS)
    if mode is Mode.PLACED:
        return Weights(short=(students + 1) * worst, seat=worst, cost=choice * unit + tenths)
    return Weights(short=worst, seat=0, cost=(choice - longest - 1) * unit + tenths)


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


def _programmed(table: Table, weights: Weights) -> tuple[Homes, bool]:
    model = cp_model.CpModel()
    every = units(table)
    comes: dict[tuple[int, int], cp_model.IntVar] = {}
    for number, unit in enumerate(every):
        places = np.flatnonzero(table.order[unit[0]]).tolist()
        options = [comes.setdefault((number, place), model.new_bool_var("")) for place in places]
        if unit[0] in table.pins:
            model.add_exactly_one(options)
        else:
            model.add_at_most_one(options)
    missing = _limited(model, table, every, comes)
    _separated(model, table, every, comes)
    seats = [-len(every[number]) if weights.seat else 0 for number, _ in comes]
    costs = [int(weights.cost[list(every[number]), place].sum()) for number, place in comes]
    # One aim after the other: each is kept at its best while the next is pursued.
    aims = (
        (missing, [1] * len(missing)),
        (list(comes.values()), seats),
        (list(comes.values()), costs),
    )
    proved = True
    chosen: Mapping[tuple[int, int], bool] = {}
    for variables, coefficients in aims:
        if not any(coefficients):
            continue
        aim = cp_model.LinearExpr.weighted_sum(variables, coefficients)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = EFFORT
        model.minimize(aim)
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            assert status != cp_model.INFEASIBLE
            return [NOWHERE] * len(table.students), False
        proved = proved and status == cp_model.OPTIMAL
        chosen = {key: solver.boolean_value(one) for key, one in comes.items()}
        model.clear_hints()  # type: ignore[no-untyped-call]  # the library leaves its result open
        for key, one in comes.items():
            model.add_hint(one, chosen[key])
        model.add(aim <= round(solver.objective_value))
    homes = [NOWHERE] * len(table.students)
    for number, place in (key for key, yes in chosen.items() if yes):
        for student in every[number]:
            homes[student] = place
    return homes, proved


def _limited(
    model: cp_model.CpModel,
    table: Table,
    every: list[tuple[int, ...]],
    comes: Mapping[tuple[int, int], cp_model.IntVar],
) -> list[cp_model.IntVar]:
    """Adds the caps, and for each minimum a count of the students missing to it."""
    under: dict[int, tuple[list[cp_model.IntVar], list[int]]] = {}
    for (number, place), one in comes.items():
        for cap in table.chain[place]:
            variables, sizes = under.setdefault(cap, ([], []))
            variables.append(one)
            sizes.append(len(every[number]))
    coming = {cap: cp_model.LinearExpr.weighted_sum(*terms) for cap, terms in under.items()}
    for cap, total in coming.items():
        model.add(total <= table.caps[cap].limit)
    missing = []
    for index, offered in enumerate(table.places):
        if offered.minimum:
            short = model.new_int_var(0, offered.minimum, "")
            model.add(short + coming.get(table.chain[index][0], 0) >= offered.minimum)
            missing.append(short)
    return missing


def _separated(
    model: cp_model.CpModel,
    table: Table,
    every: list[tuple[int, ...]],
    comes: Mapping[tuple[int, int], cp_model.IntVar],
) -> None:
    unit_of = {student: number for number, unit in enumerate(every) for student in unit}
    pairs = {
        (min(pair), max(pair))
        for one, others in table.apart.items()
        for pair in ((unit_of[one], unit_of[other]) for other in others)
    }
    for one, other in sorted(pairs):
        for place in range(len(table.places)):
            if (one, place) in comes and (other, place) in comes:
                model.add_at_most_one([comes[one, place], comes[other, place]])
