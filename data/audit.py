"""The audit trail at rest: append-only, each entry sealed together with the hash of the one before it.

An entry is written in the transaction of what it tells of, so there is neither a write without its entry nor
an entry without its write. Who acts is said once at the rim, by `acting`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, or_, select

from data.tables import audit, counter, utc
from models.audit import GENESIS, Action, AuditEntry, AuditVerdict, Deed, canonical

_PAGE = 2_000
"""Rows per query when walking the chain."""

_actor: ContextVar[str] = ContextVar("actor", default="system")

Reading = Callable[[], AbstractContextManager[Connection]]
Writing = Callable[[], AbstractContextManager[tuple[Connection, int]]]


@contextmanager
def acting(actor: str) -> Iterator[None]:
    """Whatever is written inside is this actor's deed.

    It holds for the current context: threads that a request is handed to inherit it, threads that the service
    starts for itself do not and act as `system`.
    """
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def act_as(actor: str) -> None:
    """From here on whatever the current context writes is this actor's deed; it ends with the `acting` around it."""
    _actor.set(actor)


def enter(connection: Connection, at: datetime, deeds: Sequence[Deed]) -> None:
    """Append the deeds to the trail.

    To be called in the transaction that does them, while it holds the counter's row: two writers at once would
    both follow the same entry.
    """
    if not deeds:
        return
    number, hash = chain_end(connection)
    actor, rows = _actor.get(), []
    for deed in deeds:
        entry = AuditEntry.following(number, hash, at=at, actor=actor, deed=deed)
        number, hash = entry.number, entry.hash
        rows.append({**dict(entry), "details": canonical(entry.details)})
    connection.execute(audit.insert(), rows)


class AuditTrail:
    """The trail of one store."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def enter(self, *deeds: Deed) -> None:
        """Append deeds that are not part of a write, such as taking a backup."""
        with self._writing() as (connection, _):
            enter(connection, self._now(), deeds)

    def head(self) -> tuple[int, str]:
        """Number and hash of the last entry; (0, sixty-four zeros) of an empty trail."""
        with self._reading() as connection:
            return chain_end(connection)

    def first(self) -> AuditEntry | None:
        """The entry that began the trail; None when it is empty."""
        return self._one(select(audit).order_by(audit.c.number))

    def latest(self, action: Action) -> AuditEntry | None:
        """The last entry of the action; None when there is none."""
        return self._one(select(audit).where(audit.c.action == action).order_by(audit.c.number.desc()))

    def page(
        self,
        *,
        subject: str | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[list[AuditEntry], int]:
        """Entries, newest first, and how many there are in all.

        `subject` is one (`posting/42`) or all of a kind (`posting`).
        """
        wanted = select(audit)
        if subject is not None:
            wanted = wanted.where(
                or_(audit.c.subject == subject, audit.c.subject.startswith(f"{subject}/", autoescape=True))
            )
        if actor is not None:
            wanted = wanted.where(audit.c.actor == actor)
        if since is not None:
            wanted = wanted.where(audit.c.at >= since.astimezone(UTC))
        with self._reading() as connection:
            total = connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
            query = wanted.order_by(audit.c.number.desc()).offset(offset).limit(limit)
            return [_entry(row) for row in connection.execute(query).mappings()], total

    def verify(self, *, head: str | None = None, last: int | None = None) -> AuditVerdict:
        """Walk the chain from its first entry, or over the `last` few, and name the first that does not fit.

        A tail that was cut off shows in two ways: the store has a revision that no entry tells of, and a `head`
        noted earlier is nowhere on the chain.
        """
        with self._reading() as connection:
            # Before the walk: what is written meanwhile only adds to it.
            revision = connection.execute(select(counter.c.revision)).scalar_one()
            number, hash = (0, GENESIS) if last is None else chain_end(connection, before=last)
        start, told, seen = number, 0, head in (None, GENESIS)
        for entry in self._after(number):
            reason = _misfit(entry, number, hash)
            if reason:
                return AuditVerdict(
                    intact=False,
                    entries=number - start,
                    head=hash,
                    broken=number + 1,
                    reason=f"第 {number + 1} 条{reason}",
                )
            number, hash = entry.number, entry.hash
            told = max(told, entry.revision or 0)
            seen = seen or hash == head
        reason = ""
        if told and told < revision:
            reason = f"数据已到版本 {revision}，审计只到版本 {told}：末尾的条目被删去，或有写入绕过了审计"
        elif not seen:
            reason = f"记下的链头 {head} 不在链上：末尾的条目被删去，或整条链被重写"
        return AuditVerdict(intact=not reason, entries=number - start, head=hash, reason=reason)

    def _one(self, query: Select[Any]) -> AuditEntry | None:
        with self._reading() as connection:
            row = connection.execute(query.limit(1)).mappings().one_or_none()
        return _entry(row) if row else None

    def _after(self, number: int) -> Iterator[AuditEntry]:
        while True:
            with self._reading() as connection:
                query = select(audit).where(audit.c.number > number).order_by(audit.c.number).limit(_PAGE)
                page = [_entry(row) for row in connection.execute(query).mappings()]
            yield from page
            if len(page) < _PAGE:
                return
            number = page[-1].number


def chain_end(connection: Connection, *, before: int = 0) -> tuple[int, str]:
    """Number and hash of the last entry, or of the one before the last few."""
    query = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).offset(before).limit(1)
    row = connection.execute(query).one_or_none()
    return (row.number, row.hash) if row else (0, GENESIS)


def _misfit(entry: AuditEntry, number: int, hash: str) -> str:
    """Why the entry cannot follow the one with this number and hash; empty when it can."""
    if entry.number != number + 1:
        return f"缺失，其后是第 {entry.number} 条"
    if entry.previous != hash:
        return "与前一条接不上：其间有条目被改写"
    if entry.hash != entry.seal:
        return "的内容与哈希不符：内容被改写"
    return ""


def _entry(row: RowMapping) -> AuditEntry:
    # Not validated: what somebody tampered with has to be read in order to be found out.
    return AuditEntry.model_construct(**{**row, "at": utc(row["at"]), "details": _details(row["details"])})


def _details(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {"unreadable": text}
    return found if isinstance(found, dict) else {"unreadable": text}
