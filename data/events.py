"""Events at rest: append-only, idempotent by their id, and refused when they cannot have happened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, RowMapping, and_, func, or_, select, tuple_

from data.accounts import declined
from data.audit import enter
from data.tables import events, is_person, records, utc
from models.audit import Action, Deed
from models.errors import Conflict, ImpossibleEvent, NotFound
from models.outcomes import Act, Event, Side
from models.terms import Kind

_OURS = UUID("0b5c3a52-7d64-4f0e-9a55-6f1f0d5c2a11")
"""What ids of events are derived from that the service notes by itself."""
_PAGE = 5_000
"""Rows per query when reading everything."""
_AHEAD = timedelta(minutes=5)
"""How far the clock of whoever reports may be ahead of ours."""
_ASKED = (Act.APPLIED, Act.INVITED)
_AFTER_ASKING = (Act.REJECTED, Act.WITHDRAWN, Act.INTERVIEWED, Act.OFFERED)
_AFTER_OTHERS = (*_AFTER_ASKING, Act.ACCEPTED, Act.ENDED, Act.KEPT_3, Act.KEPT_6, Act.KEPT_12)
"""Acts that need something to have happened before."""
_TOLD = [act.value for act in Act if not act.is_private]
"""Acts that the other side may know of."""

Reading = Callable[[], AbstractContextManager[Connection]]
Writing = Callable[[], AbstractContextManager[tuple[Connection, int]]]
Numbered = tuple[int, Event]
"""An event and its place in the batch, from 1: what a message names it by."""


class EventLog:
    """The events of one store, in order of arrival."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def append(self, batch: Sequence[Event]) -> int:
        """Store all of them or, on an error, none; how many were new.

        An event that is known already changes nothing, and what people looked at who want no recommendations from
        their profile is not noted. Raises NotFound for a posting or talent that never
        was, Conflict for an id that another event has, and ImpossibleEvent; the message names the event by
        its place in the batch.
        """
        given = _once_each(batch)
        # The counter's row is locked, as by every write: nothing changes between the checks and the insert.
        with self._writing() as (connection, _):
            known = _by_ids(connection, [event.id for _, event in given])
            for place, event in given:
                if known.get(event.id, event) != event:
                    raise Conflict(f"第 {place} 条：编号 {event.id} 已属于另一个事件")
            unnoted = declined(connection, {event.talent for _, event in given if _is_look(event)})
            fresh = [
                (place, event)
                for place, event in given
                if event.id not in known and not (_is_look(event) and event.talent in unnoted)
            ]
            if fresh:
                self._check(connection, fresh)
                connection.execute(events.insert(), [_row(event) for _, event in fresh])
                last = connection.execute(select(func.max(events.c.number))).scalar_one()
                deed = Deed(Action.REPORTED, "events", details={"count": len(fresh), "last": last})
                enter(connection, self._now(), [deed])
        return len(fresh)

    def show(self, side: Side, asker: int, others: Sequence[int], *, day: date, list: str = "") -> int:
        """Note that the records stood in this order in a list that the side was shown; how many were new to it.

        A list is the same for a day: shown again it is noted only for what it did not hold yet, at the time when it
        was first shown. `list` tells apart lists that differ in what they were asked for.
        """
        given = {_derived("shown", side, asker, other, day, list): other for other in others}
        with self._reading() as connection:
            if len(_by_ids(connection, [*given])) == len(given):
                return 0
        with self._writing() as (connection, _):
            if side is Side.TALENT and declined(connection, [asker]):
                return 0
            known = _by_ids(connection, [*given])
            at = min((event.at for event in known.values()), default=self._now())
            fresh = [
                Event(id=id, act=Act.SHOWN, side=side, position=position, at=at, **_ends(side, asker, other))
                for position, (id, other) in enumerate(given.items(), 1)
                if id not in known
            ]
            connection.execute(events.insert(), [_row(event) for event in fresh])
        return len(fresh)

    def open(self, side: Side, asker: int, other: int, *, position: int, day: date) -> bool:
        """Note that the side opened what stood at the position of its list; once a day. Whether it was new."""
        id = _derived("opened", side, asker, other, day, "")
        with self._reading() as connection:
            if _by_ids(connection, [id]):
                return False
        with self._writing() as (connection, _):
            if _by_ids(connection, [id]) or (side is Side.TALENT and declined(connection, [asker])):
                return False
            note(
                connection,
                Event(id=id, act=Act.OPENED, side=side, position=position, at=self._now(), **_ends(side, asker, other)),
            )
        return True

    def everything(self) -> Iterator[Event]:
        """Every event in order of arrival; reads in pages."""
        last = 0
        while True:
            with self._reading() as connection:
                query = select(events).where(events.c.number > last).order_by(events.c.number).limit(_PAGE)
                page = list(connection.execute(query).mappings())
            yield from map(_event, page)
            if len(page) < _PAGE:
                return
            last = page[-1]["number"]

    def seen_by(
        self, side: Side, id: int, *, other: int | None = None, offset: int = 0, limit: int = 100
    ) -> tuple[list[Event], int]:
        """What the side's record may know, oldest first, and how many there are in all.

        That is what its own side did and what the other side let it know; whether the other side looked is
        nobody's business. `other` limits it to one pair.
        """
        ours, theirs = (events.c.posting_id, events.c.talent_id)[:: 1 if side is Side.POSTING else -1]
        wanted = and_(ours == id, or_(events.c.side == side.value, events.c.act.in_(_TOLD)))
        if other is not None:
            wanted = and_(wanted, theirs == other)
        with self._reading() as connection:
            total = connection.execute(select(func.count()).select_from(events).where(wanted)).scalar_one()
            query = select(events).where(wanted).order_by(events.c.at, events.c.number).offset(offset).limit(limit)
            return [_event(row) for row in connection.execute(query).mappings()], total

    def told_of(self, postings: Collection[int]) -> list[Event]:
        """What either side let the other know about the postings, oldest first."""
        wanted = and_(events.c.posting_id.in_(postings), events.c.act.in_(_TOLD))
        with self._reading() as connection:
            rows = connection.execute(select(events).where(wanted).order_by(events.c.at, events.c.number))
            return [_event(row) for row in rows.mappings()]

    def count(self) -> dict[Act, int]:
        """How many there are of each act; acts that never happened are left out."""
        with self._reading() as connection:
            rows = connection.execute(select(events.c.act, func.count()).group_by(events.c.act))
            found = {Act(act): int(count) for act, count in rows}
        return {act: found[act] for act in Act if act in found}

    def last_acts(self) -> dict[int, date]:
        """The day on which each talent last did something themselves; those who never did are left out."""
        with self._reading() as connection:
            rows = connection.execute(
                select(events.c.talent_id, func.max(events.c.at))
                .where(events.c.side == Side.TALENT.value)
                .group_by(events.c.talent_id)
            )
            return {talent: at.date() for talent, at in rows}

    def about(self, talent: int) -> list[Event]:
        """Everything that is stored of the person, oldest first, whoever did it: what the person has a right to."""
        with self._reading() as connection:
            query = select(events).where(events.c.talent_id == talent).order_by(events.c.at, events.c.number)
            return [_event(row) for row in connection.execute(query).mappings()]

    def _check(self, connection: Connection, fresh: Sequence[Numbered]) -> None:
        _check_ids(connection, fresh)
        latest = self._now() + _AHEAD
        for place, event in fresh:
            if event.at > latest:
                raise ImpossibleEvent(f"第 {place} 条：时间 {event.at:%Y-%m-%d %H:%M}（UTC）还没有到")
        history = _history(connection, [event for _, event in fresh])
        for _, event in fresh:
            history.setdefault((event.posting, event.talent), []).append(event)
        for place, event in fresh:
            trouble = _impossible(event, history[event.posting, event.talent])
            if trouble:
                raise ImpossibleEvent(f"第 {place} 条：{trouble}")


def _is_look(event: Event) -> bool:
    """Whether it tells what a person was shown or opened."""
    return event.side is Side.TALENT and event.act in (Act.SHOWN, Act.OPENED)


def derived(act: Act, side: Side, posting: int, talent: int) -> UUID:
    """The id of an act that a side does once with a pair: told twice, it is one event."""
    asker, other = (posting, talent) if side is Side.POSTING else (talent, posting)
    return _derived(act, side, asker, other)


def _derived(*parts: object) -> UUID:
    return uuid5(_OURS, " ".join(map(str, parts)))


def _ends(side: Side, asker: int, other: int) -> dict[str, int]:
    return dict(
        zip(("posting", "talent") if side is Side.POSTING else ("talent", "posting"), (asker, other), strict=True)
    )


def note(connection: Connection, event: Event) -> None:
    """Store one event of known records inside of somebody else's transaction. Raises ImpossibleEvent."""
    history = _history(connection, [event]).get((event.posting, event.talent), [])
    if trouble := _impossible(event, history):
        raise ImpossibleEvent(trouble)
    connection.execute(events.insert(), [_row(event)])


def _impossible(event: Event, history: Iterable[Event]) -> str | None:
    """Why the event cannot have happened after what is known of its pair; None when it can."""
    before = [one for one in history if one.at <= event.at]
    pair = f"岗位 {event.posting} 与人才 {event.talent}"
    if event.act is Act.ACCEPTED and not any(e.act in _ASKED and e.side is event.side.other for e in before):
        missing = "邀请" if event.side is Side.TALENT else "投递"
        return f"{pair} 此前没有“{missing}”，{event.side.label}无从“同意”"
    if event.act in _AFTER_ASKING and not any(one.act in _ASKED for one in before):
        return f"{pair} 此前没有“投递”或“邀请”，无从“{event.act.label}”"
    if event.act is Act.ENDED and not any(one.act is Act.HIRED for one in before):
        return f"{pair} 此前没有“录用”，无从“结束”"
    if event.act.kept:
        hired = [one.at for one in before if one.act is Act.HIRED]
        if not hired:
            return f"{pair} 此前没有“录用”，不会有“{event.act.label}”"
        if event.at - min(hired) < event.act.kept:
            return f"{pair} 于 {min(hired):%Y-%m-%d} 录用，到 {event.at:%Y-%m-%d} 还不满“{event.act.label}”"
    return None


def _once_each(batch: Sequence[Event]) -> list[Numbered]:
    found: dict[UUID, Numbered] = {}
    for place, event in enumerate(batch, 1):
        first, same = found.setdefault(event.id, (place, event))
        if same != event:
            raise Conflict(f"第 {place} 条：编号 {event.id} 与第 {first} 条相同，内容不同")
    return list(found.values())


def _by_ids(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Event]:
    rows = connection.execute(select(events).where(events.c.id.in_([str(id) for id in ids]))).mappings()
    return {event.id: event for event in map(_event, rows)}


def _check_ids(connection: Connection, fresh: Sequence[Numbered]) -> None:
    """Withdrawn records count: people stay hired when a posting is taken down. Erased people do not."""
    asked = {id for _, event in fresh for id in (event.posting, event.talent)}
    rows = connection.execute(select(records.c.id, records.c.kind).where(records.c.id.in_(asked), is_person()))
    kinds = {id: Kind(kind) for id, kind in rows}
    for place, event in fresh:
        for kind, id in ((Kind.POSTING, event.posting), (Kind.TALENT, event.talent)):
            if kinds.get(id) is not kind:
                raise NotFound(f"第 {place} 条：没有编号为 {id} 的{kind.label}")


def _history(connection: Connection, fresh: Sequence[Event]) -> dict[tuple[int, int], list[Event]]:
    """What is stored of the pairs of events that need something to have happened before."""
    pairs = {(e.posting, e.talent) for e in fresh if e.act in _AFTER_OTHERS}
    found: dict[tuple[int, int], list[Event]] = {}
    if pairs:
        wanted = tuple_(events.c.posting_id, events.c.talent_id).in_(pairs)
        for row in connection.execute(select(events).where(wanted, events.c.act.in_(_TOLD))).mappings():
            found.setdefault((row["posting_id"], row["talent_id"]), []).append(_event(row))
    return found


def _row(event: Event) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "act": event.act.value,
        "side": event.side.value,
        "posting_id": event.posting,
        "talent_id": event.talent,
        "position": event.position,
        "at": event.at,
    }


def _event(row: RowMapping) -> Event:
    return Event(
        id=UUID(row["id"]),
        act=Act(row["act"]),
        side=Side(row["side"]),
        posting=row["posting_id"],
        talent=row["talent_id"],
        position=row["position"],
        at=utc(row["at"]),
    )
