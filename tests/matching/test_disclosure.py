"""Published counts of people against a reader who can add, subtract and count in whole numbers."""

from collections.abc import Hashable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.disclosure import TOTAL, UNDER, Table, crossed, groups, nested, suppress

Published = Mapping[Hashable, int | None]
MOST = 25
"""The largest count that the attacker tries for a cell in no published sum."""


def solved(table: Table, published: Published) -> set[Hashable]:
    """The small cells that the attacker knows: by equations, or because no other whole numbers fit."""
    small = [cell for cell, count in table.cells.items() if 0 < count < UNDER]
    return {cell for cell in small if published[cell] is not None or not _other_value(table, published, cell)}


def _other_value(table: Table, published: Published, cell: Hashable) -> bool:
    """Whether the cell may hold another count, found by trying every one that the sums leave, cell after cell."""
    hidden = [one for one, count in published.items() if count is None]
    return any(
        _fits(table, {**published, cell: guess}, [one for one in hidden if one != cell])
        for guess in range(1, MOST)
        if guess != table.cells[cell]
    )


def _fits(table: Table, values: dict[Hashable, int | None], hidden: list[Hashable]) -> bool:
    """Whether whole numbers from 1 up can stand in the hidden cells so that every sum holds."""
    low = {cell: 1 if value is None else value for cell, value in values.items()}
    high = {cell: 10 * MOST if value is None else value for cell, value in values.items()}
    changed = True
    while changed:
        changed = False
        for one in table.sums:
            bounds = [(one.total, sum(low[p] for p in one.parts), sum(high[p] for p in one.parts))]
            for part in one.parts:
                rest = [other for other in one.parts if other != part]
                bounds.append(
                    (part, low[one.total] - sum(high[p] for p in rest), high[one.total] - sum(low[p] for p in rest))
                )
            for cell, least, most in bounds:
                if least > low[cell] or most < high[cell]:
                    low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
                    changed = True
                if low[cell] > high[cell]:
                    return False
    free = [cell for cell in hidden if low[cell] < high[cell]]
    if not free:
        return True
    narrowest = min(free, key=lambda cell: high[cell] - low[cell])
    fixed = {cell: low[cell] if low[cell] == high[cell] else values[cell] for cell in values}
    return any(
        _fits(table, {**fixed, narrowest: guess}, free)
        for guess in range(low[narrowest], min(high[narrowest], low[narrowest] + MOST) + 1)
    )


def determined_by_equations(table: Table, published: Published) -> set[Hashable]:
    """The hidden cells that have one value in every real solution of the sums."""
    hidden = [cell for cell, count in published.items() if count is None]
    rows = []
    for one in table.sums:
        row = np.zeros(len(hidden))
        for cell, sign in [(one.total, -1), *((part, 1) for part in one.parts)]:
            if cell in hidden:
                row[hidden.index(cell)] += sign
        rows.append(row)
    matrix = np.asarray(rows).reshape(len(rows), len(hidden))
    rank = np.linalg.matrix_rank(matrix) if matrix.size else 0
    found = set()
    for n, cell in enumerate(hidden):
        unit = np.zeros((1, len(hidden)))
        unit[0, n] = 1
        if matrix.size and np.linalg.matrix_rank(np.vstack([matrix, unit])) == rank:
            found.add(cell)
    return found


counts = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 6, 9, 14])
small_tables = st.integers(1, 3).flatmap(
    lambda rows: st.integers(1, 3).flatmap(
        lambda columns: st.lists(counts, min_size=rows * columns, max_size=rows * columns).map(
            lambda drawn: crossed({(f"r{n // columns}", f"c{n % columns}"): count for n, count in enumerate(drawn)})
        )
    )
)
large_tables = st.integers(4, 7).flatmap(
    lambda columns: st.lists(counts, min_size=5 * columns, max_size=5 * columns).map(
        lambda drawn: crossed({(f"r{n // columns}", f"c{n % columns}"): count for n, count in enumerate(drawn)})
    )
)
trees = st.dictionaries(
    st.tuples(st.sampled_from("甲乙丙"), st.sampled_from("数机电"), st.sampled_from("一二")), counts, min_size=1
).map(nested)
lists = st.dictionaries(st.sampled_from("甲乙丙丁戊己"), counts, min_size=1).map(groups)


@settings(max_examples=60)
@given(st.one_of(small_tables, trees, lists))
def test_no_small_cell_can_be_worked_out(table: Table) -> None:
    assert solved(table, suppress(table)) == set()


@settings(max_examples=25)
@given(large_tables)
def test_no_small_cell_of_a_large_table_follows_from_the_sums(table: Table) -> None:
    published = suppress(table)
    small = {cell for cell, count in table.cells.items() if 0 < count < UNDER}
    assert small.isdisjoint(determined_by_equations(table, published))


@given(st.one_of(small_tables, trees, lists))
def test_what_is_published_is_true_and_zeros_stay(table: Table) -> None:
    for cell, count in suppress(table).items():
        assert count in (None, table.cells[cell])
        assert table.cells[cell] or count == 0


@given(lists)
def test_without_small_cells_nothing_is_left_out(table: Table) -> None:
    raised = groups({cell: count + UNDER for cell, count in table.cells.items() if cell != TOTAL})
    assert suppress(raised) == raised.cells


def test_the_attacker_finds_what_only_primary_suppression_leaves() -> None:
    table = groups({"高职专科": 120, "中职": 40, "技工": 3})
    assert solved(table, {**table.cells, "技工": None}) == {"技工"}
    ones = groups(dict.fromkeys("甲乙丙丁戊", 1))
    assert solved(ones, {**dict.fromkeys("甲乙丙丁戊"), TOTAL: 5}) == set("甲乙丙丁戊")


@pytest.mark.parametrize(
    ("given", "published"),
    [
        ({"高职专科": 120, "中职": 40, "技工": 3}, {"高职专科": 120, "中职": None, "技工": None, TOTAL: 163}),
        ({"高职专科": 120, "中职": 2, "技工": 3}, {"高职专科": 120, "中职": None, "技工": None, TOTAL: 125}),
        ({"高职专科": 3, "中职": 0}, {"高职专科": None, "中职": 0, TOTAL: None}),
        (dict.fromkeys("甲乙丙丁戊", 1), {**dict.fromkeys("甲乙丙丁戊"), TOTAL: None}),
        ({"高职专科": 5, "中职": 9}, {"高职专科": 5, "中职": 9, TOTAL: 14}),
    ],
)
def test_groups_read_as_a_clerk_would_publish_them(given: dict[str, int], published: Published) -> None:
    assert suppress(groups(given)) == published


def test_a_crossed_table_hides_a_rectangle_around_its_small_cell() -> None:
    table = crossed(
        {
            ("机电", "就业"): 40, ("机电", "升学"): 3, ("机电", "待业"): 9,
            ("数控", "就业"): 30, ("数控", "升学"): 12, ("数控", "待业"): 8,
            ("护理", "就业"): 50, ("护理", "升学"): 20, ("护理", "待业"): 11,
        }
    )  # fmt: skip
    left_out = {cell for cell, count in suppress(table).items() if count is None}
    assert left_out == {("机电", "升学"), ("机电", "待业"), ("数控", "升学"), ("数控", "待业")}


def test_a_level_above_does_not_give_the_level_below_away() -> None:
    table = nested(
        {("澜川职院", "机电"): 60, ("澜川职院", "数控"): 2, ("澜川技校", "机电"): 7, ("澜川技校", "焊接"): 8}
    )
    published = suppress(table)
    assert published[()] == 77
    assert published["澜川职院", "数控"] is published["澜川职院", "机电"] is None
