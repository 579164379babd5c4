"""The live lists: their entries, how fresh and complete they are, who must be reminded, and what a month changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from enum import StrEnum
from functools import lru_cache
from statistics import median

from data import taxonomy
from data.store import State
from matching.disclosure import UNDER, nested, suppress
from models.changes import FieldChange, field_changes
from models.lists import Cell, FrozenList, FrozenRow, ListType, Part
from models.technology import Need, Secrecy
from models.terms import Kind, Record, Salary

UNNAMED = "未填写"
"""Owner or group of what names none."""


class Standing(StrEnum):
    """How an entry stands; the value is its Chinese name."""

    FRESH = "近期更新"
    CURRENT = "正常"
    STALE = "久未更新"
    EXPIRED = "已过期"

    @property
    def label(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as a list shows it."""

    id: int
    kind: Kind
    owner: str
    owner_id: int | None
    changed: date
    """The day of its last change."""
    until: date | None
    """The last day on which it holds; None when it is open-ended or does not say."""
    cells: Mapping[str, Cell]
    asked: int
    """How many columns a complete entry of its kind fills."""
    missing: tuple[str, ...]
    """Which of them it leaves blank."""
    members_only: bool = False
    """Whether its publisher shows it to members alone."""

    def age(self, today: date) -> int:
        """Days since its last change."""
        return max(0, (today - self.changed).days)

    def is_expired(self, today: date) -> bool:
        return self.until is not None and self.until < today

    @property
    def completeness(self) -> float:
        """Share of those columns that it fills, in [0, 1]."""
        return 1 - len(self.missing) / self.asked if self.asked else 1.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What is true of some entries together; shares are in [0, 1] and 1 for none at all.

    Of a list of persons every number but `count` is of persons counted in fives: a share of a known number of
    people is itself a count.
    """

    count: int | None
    """None where so few persons, or others beside them, may not be told."""
    fresh: float
    """Share changed within the list's shorter limit."""
    recent: float
    """Share changed within its longer limit."""
    expired: int
    complete: float
    """Mean share of the columns filled that a complete entry fills."""
    missing: Mapping[str, int]
    """Column → entries that leave it blank, most first."""
    age: float | None
    """Median days since the last change; None for no entry."""
    changed: date | None
    """The day of the latest change."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose entries they are, and what is true of them."""

    name: str
    id: int | None
    figures: Figures
    idle: int
    """Days since anything of theirs changed."""
    overdue: bool
    """Whether that is longer than the list allows."""
    escalated: bool
    """Whether it is longer than the list lets anything stand unchanged: no longer a reminder but supervision (督办)."""

    @property
    def reminder(self) -> str:
        """One sentence to the owner; empty when nothing is overdue."""
        if not self.overdue:
            return ""
        expired = f"，其中 {self.figures.expired} 条已过期" if self.figures.expired else ""
        return f"名下 {self.figures.count} 条已 {self.idle} 天没有任何更新{expired}，请核对后更新、续期或撤回。"


@dataclass(frozen=True, slots=True)
class Group:
    """How many entries share the values of the list's grouping columns; nobody can be picked out."""

    values: tuple[str, ...]
    count: int | None
    """None when it counts fewer persons than may be told, or would tell how many another group has."""
    figures: Figures | None
    """None in a list of persons: a group there tells its count and nothing else."""


@dataclass(frozen=True, slots=True)
class Amended:
    """An entry that two months have, and which of its columns changed."""

    row: FrozenRow
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of a list between two months."""

    added: tuple[FrozenRow, ...]
    removed: tuple[FrozenRow, ...]
    changed: tuple[Amended, ...]


class Order(StrEnum):
    """How entries are sorted; the value is its name in addresses."""

    NEWEST = "newest"
    OLDEST = "oldest"
    UNTIL = "until"
    INCOMPLETE = "incomplete"
    OWNER = "owner"

    @property
    def label(self) -> str:
        return _ORDERS[self]


_ORDERS = {
    Order.NEWEST: "最近更新在前",
    Order.OLDEST: "最久未更新在前",
    Order.UNTIL: "最早截止在前",
    Order.INCOMPLETE: "缺项最多在前",
    Order.OWNER: "按单位",
}


def entry(of: ListType, state: State, *, zone: tzinfo = UTC) -> Entry | None:
    """The record as the list shows it; None when the list does not hold it."""
    record = state.record
    part = next((part for part in of.parts if part.kind == state.kind and record and _holds(part, record)), None)
    if part is None or record is None:
        return None
    cells = {label: cell(record, field) for label, field in part.columns.items()}
    asked = [label for label in of.complete if label in part.columns]
    return Entry(
        id=state.id,
        kind=state.kind,
        owner=str(cell(record, part.owner) or UNNAMED),
        owner_id=getattr(record, part.owner_id) if part.owner_id else None,
        changed=_changed(part, state, record, zone),
        until=getattr(record, part.until) if part.until else None,
        cells=cells,
        asked=len(asked),
        missing=tuple(label for label in asked if cells[label] in (None, "")),
        members_only=isinstance(record, Need) and record.secrecy is Secrecy.MEMBERS,
    )


def _holds(part: Part, record: Record) -> bool:
    right = all(cell(record, field) in values for field, values in part.where.items())
    return right and all(getattr(record, field) for field in part.filled)


def _changed(part: Part, state: State, record: Record, zone: tzinfo) -> date:
    """The day of the last change here; what came in as it was published is as old as it says."""
    here = state.at.astimezone(zone).date()
    dated: date | None = getattr(record, part.dated) if part.dated else None
    return min(dated, here) if dated and state.versions == 1 else here


def cell(record: Record, field: str) -> Cell:
    """The field as a table shows it: codes by their names, lists 、-separated; None when it says nothing."""
    value = getattr(record, field)
    if field == "kind":
        return record.kind.label
    if field == "place" and not value:
        code = getattr(record, "division", None)
        name = taxonomy.division_label(code) if code else None
        return None if name == code else name  # a code that no table has says nothing to a reader
    if isinstance(value, tuple):
        return "、".join(map(str, value)) or None
    if isinstance(value, Salary):
        return value.label
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        names = {"industry": taxonomy.industry_label, "occupation": taxonomy.occupation_label}
        return names.get(field, str)(value) or None
    if value is None or isinstance(value, int | float | date):
        return value
    raise TypeError(f"no cell for {type(value).__name__}")


def standing(of: ListType, one: Entry, today: date) -> Standing:
    """Expired before anything else, then by the days since its last change."""
    if one.is_expired(today):
        return Standing.EXPIRED
    age = one.age(today)
    return Standing.FRESH if age <= of.fresh else Standing.CURRENT if age <= of.stale else Standing.STALE


def figures(of: ListType, entries: Sequence[Entry], today: date) -> Figures:
    """What is true of the entries together; of a list of persons as it may be told."""
    whole, ages = len(entries), [one.age(today) for one in entries]
    missing = Counter(label for one in entries for label in one.missing)

    def number(count: float) -> float:
        """Of persons a multiple of five, and no more than there are."""
        return min(whole, UNDER * round(count / UNDER)) if of.personal else count

    return Figures(
        count=published(of, entries)[()] if of.personal else whole,
        fresh=_share(number(sum(age <= of.fresh for age in ages)), whole),
        recent=_share(number(sum(age <= of.stale for age in ages)), whole),
        expired=int(number(sum(one.is_expired(today) for one in entries))),
        complete=_share(number(sum(one.completeness for one in entries)), whole),
        missing={label: told for label, count in missing.most_common() if (told := int(number(count)))},
        age=median(ages) if ages else None,
        changed=max((one.changed for one in entries), default=None),
    )


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def owners(of: ListType, entries: Iterable[Entry], today: date) -> tuple[Owner, ...]:
    """Who answers for the entries, the longest idle first."""
    theirs: dict[int | str, list[Entry]] = {}
    for one in entries:
        # Persons go by the name that groups go by: two ways to divide them would tell what neither tells.
        theirs.setdefault((not of.personal and one.owner_id) or one.owner, []).append(one)
    found = [_owner(of, group, today) for group in theirs.values()]
    return tuple(sorted(found, key=lambda owner: (-owner.idle, -(owner.figures.count or 0), owner.name)))


def _owner(of: ListType, theirs: Sequence[Entry], today: date) -> Owner:
    idle = min(one.age(today) for one in theirs)
    return Owner(
        name=theirs[-1].owner,
        id=theirs[-1].owner_id,
        figures=figures(of, theirs, today),
        idle=idle,
        overdue=idle > of.overdue,
        escalated=idle > max(of.overdue, of.stale),
    )


def groups(of: ListType, entries: Sequence[Entry], today: date) -> tuple[Group, ...]:
    """The list as anyone may see it: counted by its grouping columns, largest first within the first of them."""
    found: dict[tuple[str, ...], list[Entry]] = {}
    for one in entries:
        found.setdefault(_grouped(of, one), []).append(one)
    told = published(of, entries) if of.personal else None
    return tuple(
        Group(values, told[_path(values)], None) if told else Group(values, len(theirs), figures(of, theirs, today))
        for values, theirs in sorted(found.items(), key=lambda item: (item[0][0], -len(item[1]), item[0]))
    )


def published(of: ListType, entries: Iterable[Entry]) -> dict[tuple[str, ...], int | None]:
    """Counts of a list of persons as they may be told: of all as (), of each owner, of each group by its path.

    One table for every view and file: what one leaves out, no other gives away.
    """
    counts = Counter(_path(_grouped(of, one)) for one in entries)
    return _suppressed(frozenset(counts.items()))


@lru_cache(maxsize=256)
def _suppressed(counts: frozenset[tuple[tuple[str, ...], int]]) -> dict[tuple[str, ...], int | None]:
    # In one order, so that equal counts are told alike.
    return suppress(nested(dict(sorted(counts)))) if counts else {(): 0}


def _grouped(of: ListType, one: Entry) -> tuple[str, ...]:
    """The grouping columns' values; a dash where entries of its kind have no such column."""
    return tuple(str(one.cells[label] or UNNAMED) if label in one.cells else "—" for label in of.groups)


def _path(values: tuple[str, ...]) -> tuple[str, ...]:
    """Where a group's count stands: below its owner's, with no level between, since none is shown."""
    return (values[0], "\n".join(values[1:])) if len(values) > 1 else values


def chosen(
    of: ListType,
    entries: Iterable[Entry],
    today: date,
    *,
    owner: str = "",
    standing_as: Standing | None = None,
    order: Order = Order.NEWEST,
) -> list[Entry]:
    """The entries of the owner, by name, that stand so, in the order."""
    found = [
        one
        for one in entries
        if (not owner or one.owner == owner) and (standing_as is None or standing(of, one, today) is standing_as)
    ]
    keys = {
        Order.NEWEST: lambda one: (-one.changed.toordinal(), -one.id),
        Order.OLDEST: lambda one: (one.changed, one.id),
        Order.UNTIL: lambda one: (one.until or date.max, one.id),
        Order.INCOMPLETE: lambda one: (one.completeness, one.id),
        Order.OWNER: lambda one: (one.owner, -one.changed.toordinal(), one.id),
    }
    return sorted(found, key=keys[order])


def tellable(of: ListType, found: Sequence[Owner], entries: Iterable[Entry]) -> tuple[Owner, ...]:
    """The owners of whom figures may be told: of a list of persons not those whose count is left out."""
    if not of.personal:
        return tuple(found)
    told = published(of, entries)
    return tuple(one for one in found if told.get((one.name,)) is not None)


FEW = f"少于 {UNDER} 人或不单列"
"""What stands for a count of persons that may not be told."""


@dataclass(frozen=True, slots=True)
class Table:
    """What an export holds: labels and rows aligned by position."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table(of: ListType, entries: Sequence[Entry], today: date) -> Table:
    """The entries with their age, standing and gaps; of a list of persons the groups."""
    if of.personal:
        rows = ((*one.values, FEW if one.count is None else one.count) for one in groups(of, entries, today))
        return Table((*of.groups, "人数"), tuple(rows))
    columns = (*of.columns, "最近更新", "距今天数", "状态", "未填写的列")
    return Table(
        columns,
        tuple(
            (
                *(one.cells.get(label) for label in of.columns),
                one.changed,
                one.age(today),
                standing(of, one, today).value,
                "、".join(one.missing) or None,
            )
            for one in entries
        ),
    )


def freeze(of: ListType, month: str, entries: Sequence[Entry], last: date) -> FrozenList:
    """The list as it stood on the month's last day; of a list of persons only the groups that may be told."""
    whole = figures(of, entries, last)
    if of.personal:
        columns = (*of.groups, "人数")
        rows = [
            FrozenRow(
                key="/".join(group.values),
                owner=group.values[0],
                cells=dict(zip(columns, (*group.values, group.count), strict=True)),
            )
            for group in groups(of, entries, last)
        ]
    else:
        columns = of.columns
        rows = [FrozenRow(key=str(one.id), owner=one.owner, cells=dict(one.cells)) for one in entries]
    return FrozenList(
        list=of.id,
        month=month,
        name=of.name,
        columns=columns,
        figures={
            **({} if whole.count is None else {"count": whole.count}),
            "fresh": whole.fresh,
            "recent": whole.recent,
            "expired": whole.expired,
            "complete": whole.complete,
            "overdue": sum(owner.overdue for owner in owners(of, entries, last)),
        },
        rows=tuple(rows),
    )


def thawed(frozen: FrozenList) -> Table:
    """The frozen list as an export holds it, its dates dates again."""
    rows = (tuple(_thawed(row.cells.get(label)) for label in frozen.columns) for row in frozen.rows)
    return Table(frozen.columns, tuple(rows))


def _thawed(value: Cell) -> Cell:
    return date.fromisoformat(value) if isinstance(value, str) and _ISO_DATE.fullmatch(value) else value


_ISO_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def compare(before: FrozenList, after: FrozenList) -> Comparison:
    """What a list gained, lost and changed from one month to the other, in the order of its rows."""
    old, new = ({row.key: row for row in one.rows} for one in (before, after))
    both = [(old[key], row) for key, row in new.items() if key in old]
    amended = [Amended(row, field_changes(was.cells, row.cells)) for was, row in both]
    return Comparison(
        added=tuple(row for key, row in new.items() if key not in old),
        removed=tuple(row for key, row in old.items() if key not in new),
        changed=tuple(one for one in amended if one.changes),
    )
