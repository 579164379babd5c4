"""Counts of people as they may be published: small cells left out, and enough others that nobody can work them out.

A table is cells and the sums between them. Whoever reads what is published knows that every cell that was left
out holds at least one person; the rule is that this, the sums and whole numbers still leave more than one
possibility for each small cell.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

C = TypeVar("C", bound=Hashable)

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
"""One number for each hidden cell."""

UNDER = 5
"""Counts from 1 up to below this are not published."""
TOTAL = "合计"
"""Name of a margin."""


@dataclass(frozen=True, slots=True)
class Sum(Generic[C]):
    """That the total is what its parts add up to."""

    total: C
    parts: tuple[C, ...]


@dataclass(frozen=True, slots=True)
class Table(Generic[C]):
    """Counts of people by cell, margins among them, and every sum that a reader can form."""

    cells: Mapping[C, int]
    sums: tuple[Sum[C], ...] = ()


def groups(counts: Mapping[str, int]) -> Table[str]:
    """One column of counts with its total."""
    return Table({**counts, TOTAL: sum(counts.values())}, (Sum(TOTAL, tuple(counts)),))


def crossed(counts: Mapping[tuple[str, str], int]) -> Table[tuple[str, str]]:
    """Counts by row and column, with a total of every row, of every column and of all; missing cells are 0."""
    rows, columns = (tuple(dict.fromkeys(key[axis] for key in counts)) for axis in (0, 1))
    cells = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    sums = [Sum((row, TOTAL), tuple((row, column) for column in columns)) for row in rows]
    sums += [Sum((TOTAL, column), tuple((row, column) for row in rows)) for column in columns]
    for one in sums:
        cells[one.total] = sum(cells[part] for part in one.parts)
    for margin in ([(row, TOTAL) for row in rows], [(TOTAL, column) for column in columns]):
        sums.append(Sum((TOTAL, TOTAL), tuple(margin)))
    cells[TOTAL, TOTAL] = sum(counts.values())
    return Table(cells, tuple(sums))


def nested(counts: Mapping[tuple[str, ...], int]) -> Table[tuple[str, ...]]:
    """Counts by path (school, specialty, year …), with a total at every level above; () is the total of all."""
    cells: dict[tuple[str, ...], int] = dict(counts)
    parts: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for depth in range(max(map(len, counts), default=0), 0, -1):
        for path in [path for path in cells if len(path) == depth]:
            above = path[:-1]
            parts.setdefault(above, []).append(path)
            cells[above] = cells.get(above, 0) + cells[path]
    return Table(cells, tuple(Sum(total, tuple(children)) for total, children in parts.items()))


def suppress(table: Table[C], under: int = UNDER) -> dict[C, int | None]:
    """Every cell as it may be published; None where it may not.

    Cells from 1 to below `under` go, and then the smallest others that keep them from being worked out. A count
    of 0 is about nobody and stays.
    """
    small = [cell for cell, count in table.cells.items() if 0 < count < under]
    if not small:
        return dict(table.cells)
    hidden = set(small)
    _cover(table, hidden)
    while known := _solvable(table, hidden, small):
        _hide_beside(table, hidden, known)
        _cover(table, hidden)
    return {cell: None if cell in hidden else count for cell, count in table.cells.items()}


def _cover(table: Table[C], hidden: set[C]) -> None:
    """Hide a second cell in every sum that has one hidden cell: its value would be a subtraction."""
    again = True
    while again:
        again = False
        for one in table.sums:
            if sum(cell in hidden for cell in _members(one)) == 1:
                again |= _hide_one(table, hidden, _members(one))


def _hide_one(table: Table[C], hidden: set[C], members: Sequence[C]) -> bool:
    """Hide the member that costs least: no total while a part will do, one that covers other sums too, the smallest."""
    free = [cell for cell in members if cell not in hidden and table.cells[cell]]
    if not free:
        return False
    lonely = [one for one in table.sums if sum(cell in hidden for cell in _members(one)) == 1]

    def cost(cell: C) -> tuple[bool, int, int]:
        return cell == members[0], -sum(cell in _members(one) for one in lonely), table.cells[cell]

    hidden.add(min(free, key=cost))
    return True


def _members(one: Sum[C]) -> tuple[C, ...]:
    return (one.total, *one.parts)


def _hide_beside(table: Table[C], hidden: set[C], known: C) -> None:
    """Hide one more cell of a sum that the known cell stands in, or of any sum when those have none left."""
    near = [one for one in table.sums if known in _members(one)]
    for one in (*near, *table.sums):
        if _hide_one(table, hidden, _members(one)):
            return


def _solvable(table: Table[C], hidden: set[C], small: Sequence[C]) -> C | None:
    """The first small cell that has one possible value; None when there is none."""
    order = sorted(hidden, key=lambda cell: table.cells[cell])
    place = {cell: n for n, cell in enumerate(order)}
    rows, known = [], []
    for one in table.sums:
        members = ((one.total, -1.0), *((part, 1.0) for part in one.parts))
        row = np.zeros(len(order))
        for cell, sign in members:
            if cell in place:
                row[place[cell]] += sign
        if row.any():
            rows.append(row)
            known.append(-sum(sign * table.cells[cell] for cell, sign in members if cell not in place))
    truth = np.asarray([table.cells[cell] for cell in order], dtype=float)
    open_to_doubt: set[C] = set()
    for cell in small:
        if cell in open_to_doubt:
            continue
        for sign in (1.0, -1.0):
            other = _another(truth, rows, known, place[cell], sign)
            if other is not None:
                open_to_doubt |= {one for one in order if other[place[one]] != truth[place[one]]}
            if cell in open_to_doubt:
                break
        else:
            return cell
    return None


def _another(truth: Floats, rows: Sequence[Floats], known: Sequence[float], place: int, sign: float) -> Floats | None:
    """Values for the hidden cells that agree with all that is published and push one cell up or down."""
    cost = np.zeros(len(truth))
    cost[place] = sign
    # A reader can bound every count; a generous bound keeps the search finite.
    bounds = Bounds(np.ones(len(truth)), np.full(len(truth), 2 * truth.sum() + len(truth)))
    constraints = LinearConstraint(np.asarray(rows), known, known) if rows else ()
    found = milp(cost, integrality=np.ones(len(truth), dtype=np.int64), bounds=bounds, constraints=constraints)
    if found.x is None:
        return None
    whole = np.round(found.x)
    return whole if all(row @ whole == total for row, total in zip(rows, known, strict=True)) else None
