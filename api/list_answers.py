"""What the lists send: figures, entries, owners, groups, frozen months, feeds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, tzinfo
from typing import Literal

from data.frozen import Frozen
from matching.lists import Comparison, Entry, Figures, Group, Owner, Standing, standing
from models.lists import Cell, FrozenList, FrozenRow, ListType
from models.terms import Kind, Value


class ListFigures(Value):
    """What is true of some entries together; shares are in [0, 1]; persons are counted in fives, but for `count`."""

    count: int | None
    """Null where so few persons may not be told."""
    fresh: float
    """Share changed within the list's shorter limit, 30 days unless it says otherwise."""
    recent: float
    """Share changed within its longer limit, 90 days unless it says otherwise."""
    expired: int
    complete: float
    """Mean share of the columns filled that a complete entry fills."""
    missing: dict[str, int]
    """Column → entries that leave it blank, most first."""
    age: float | None
    """Median days since the last change."""
    changed: date | None


class ListSummary(Value):
    """A live list in a few numbers."""

    id: str
    name: str
    description: str
    main: bool
    personal: bool
    """Lists of persons are told by group only."""
    fresh_days: int
    stale_days: int
    overdue_days: int
    figures: ListFigures
    owners: int
    overdue: int
    """Owners who changed nothing for longer than the list allows."""
    escalated: int
    """Those of them who are up for supervision (督办)."""


class ListsAnswer(Value):
    """Every live list."""

    today: date
    items: tuple[ListSummary, ...]


class ListEntry(Value):
    """A record as its list shows it."""

    id: int
    kind: Kind
    owner: str
    owner_id: int | None
    changed: date
    age: int
    """Days since the last change."""
    until: date | None
    standing: Standing
    complete: float
    missing: tuple[str, ...]
    cells: dict[str, Cell]


class ListPage(Value):
    """Some of a list's entries."""

    list: ListSummary
    columns: tuple[str, ...]
    items: tuple[ListEntry, ...]
    total: int
    offset: int
    limit: int


class ListOwner(Value):
    """Whose entries they are, how they stand, and what the owner is told if nothing changes any more."""

    name: str
    id: int | None
    figures: ListFigures
    idle: int
    """Days since anything of theirs changed."""
    overdue: bool
    escalated: bool
    reminder: str


class ListOwners(Value):
    """The owners of a list, the longest idle first."""

    list: ListSummary
    items: tuple[ListOwner, ...]


class Reminder(Value):
    """An owner who is overdue with a list."""

    list: str
    list_name: str
    owner: str
    owner_id: int | None
    count: int | None
    expired: int
    idle: int
    escalated: bool
    text: str


class Reminders(Value):
    """Who is to be reminded or supervised (督办), the longest idle first."""

    today: date
    items: tuple[Reminder, ...]


class ListGroup(Value):
    """How many entries share the grouping columns' values; of persons the count alone, null where it is too small."""

    values: tuple[str, ...]
    count: int | None
    figures: ListFigures | None


class ListGroups(Value):
    """A list as the public sees it."""

    list: ListSummary
    columns: tuple[str, ...]
    items: tuple[ListGroup, ...]


class FrozenMonth(Value):
    """That a list was frozen, and the hash of what was."""

    month: str
    at: datetime
    sha256: str
    intact: bool
    """Whether the content still has that hash."""


class FrozenAnswer(Value):
    """A list as it stood at the end of a month; the hash is that of the canonical JSON of `content`."""

    month: str
    at: datetime
    sha256: str
    intact: bool
    content: FrozenList


class CellChange(Value):
    """A column that says something else."""

    column: str
    before: Cell
    after: Cell


class RowChange(Value):
    """An entry that two months have."""

    row: FrozenRow
    changes: tuple[CellChange, ...]


class MonthChanges(Value):
    """What a list gained, lost and changed from one month to another."""

    list: str
    since: str
    month: str
    added: tuple[FrozenRow, ...]
    removed: tuple[FrozenRow, ...]
    changed: tuple[RowChange, ...]


class FeedAuthor(Value):
    name: str


class FeedItem(Value):
    """An entry as a feed reader shows it."""

    id: str
    url: str
    title: str
    content_text: str
    date_modified: datetime
    authors: tuple[FeedAuthor, ...]
    tags: tuple[str, ...]


class Feed(Value):
    """JSON Feed 1.1 (jsonfeed.org)."""

    version: Literal["https://jsonfeed.org/version/1.1"] = "https://jsonfeed.org/version/1.1"
    title: str
    description: str
    home_page_url: str
    feed_url: str
    language: Literal["zh-CN"] = "zh-CN"
    items: tuple[FeedItem, ...]


def list_summary(of: ListType, whole: Figures, theirs: Sequence[Owner]) -> ListSummary:
    return ListSummary(
        id=of.id,
        name=of.name,
        description=of.description,
        main=of.main,
        personal=of.personal,
        fresh_days=of.fresh,
        stale_days=of.stale,
        overdue_days=of.overdue,
        figures=list_figures(whole),
        owners=len(theirs),
        overdue=sum(owner.overdue for owner in theirs),
        escalated=sum(owner.escalated for owner in theirs),
    )


def list_figures(found: Figures) -> ListFigures:
    return ListFigures(
        count=found.count,
        fresh=found.fresh,
        recent=found.recent,
        expired=found.expired,
        complete=found.complete,
        missing=dict(found.missing),
        age=found.age,
        changed=found.changed,
    )


def list_entry(of: ListType, one: Entry, today: date) -> ListEntry:
    return ListEntry(
        id=one.id,
        kind=one.kind,
        owner=one.owner,
        owner_id=one.owner_id,
        changed=one.changed,
        age=one.age(today),
        until=one.until,
        standing=standing(of, one, today),
        complete=round(one.completeness, 4),
        missing=one.missing,
        cells=dict(one.cells),
    )


def list_owner(owner: Owner) -> ListOwner:
    return ListOwner(
        name=owner.name,
        id=owner.id,
        figures=list_figures(owner.figures),
        idle=owner.idle,
        overdue=owner.overdue,
        escalated=owner.escalated,
        reminder=owner.reminder,
    )


def reminder(of: ListType, owner: Owner) -> Reminder:
    return Reminder(
        list=of.id,
        list_name=of.name,
        owner=owner.name,
        owner_id=owner.id,
        count=owner.figures.count,
        expired=owner.figures.expired,
        idle=owner.idle,
        escalated=owner.escalated,
        text=owner.reminder,
    )


def list_group(group: Group) -> ListGroup:
    return ListGroup(values=group.values, count=group.count, figures=group.figures and list_figures(group.figures))


def frozen_month(found: Frozen) -> FrozenMonth:
    return FrozenMonth(month=found.month, at=found.at, sha256=found.sha256, intact=found.intact)


def frozen_answer(found: Frozen) -> FrozenAnswer:
    return FrozenAnswer(
        month=found.month, at=found.at, sha256=found.sha256, intact=found.intact, content=found.parsed()
    )


def month_changes(list: str, since: str, month: str, found: Comparison) -> MonthChanges:
    return MonthChanges(
        list=list,
        since=since,
        month=month,
        added=found.added,
        removed=found.removed,
        changed=tuple(
            RowChange(
                row=one.row,
                changes=tuple(CellChange(column=c.field, before=c.before, after=c.after) for c in one.changes),
            )
            for one in found.changed
        ),
    )


def entry_item(of: ListType, one: Entry, url: str, zone: tzinfo) -> FeedItem:
    """The entry in a feed; its first column is what it is called."""
    said = [(label, value) for label, value in one.cells.items() if value not in (None, "")]
    return FeedItem(
        id=url,
        url=url,
        title=str(said[0][1]),
        content_text="\n".join(f"{label}：{value}" for label, value in said[1:]),
        date_modified=datetime.combine(one.changed, time(), zone),
        authors=(FeedAuthor(name=one.owner),),
        tags=(of.name, one.kind.label),
    )


def group_item(of: ListType, group: Group, url: str, changed: datetime) -> FeedItem | None:
    """The group in a feed, dated as the list is; None when it may not be told."""
    if group.count is None:
        return None
    return FeedItem(
        id=f"{url}#{'/'.join(group.values)}",
        url=url,
        title=f"{' · '.join(group.values)}：{group.count} 人",
        content_text="不列个人，只计人数。",
        date_modified=changed,
        authors=(FeedAuthor(name=group.values[0]),),
        tags=(of.name,),
    )
