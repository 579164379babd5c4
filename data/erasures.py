"""Personal data erased, aggregates kept: what remains of a person are counts that lead to nobody.

Every state of the record is blanked, its source, its drafts and the account forgotten. What happened and was decided
stays as numbers, moved
to one nameless talent that all erased people share, with fresh ids and by the day: neither the old number nor an
order of things leads back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, Table, and_, bindparam, delete, func, or_, select, update

from data.audit import enter
from data.events import Reading, Writing
from data.tables import (
    NAMELESS,
    accounts,
    api_keys,
    consents,
    contact_steps,
    contacts,
    counter,
    decisions,
    erasures,
    events,
    identities,
    invitations,
    is_person,
    objections,
    publication_steps,
    publications,
    records,
    saves,
    sessions,
    utc,
    versions,
)
from models.audit import Action, Deed
from models.errors import NotFound
from models.privacy import Erasure, ErasureReason
from models.terms import Kind


class Erasures:
    """The erasures of one store."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def erase(self, talent: int, reason: ErasureReason = ErasureReason.REQUEST) -> Erasure:
        """Erase the person and say what was done; once more changes nothing.

        Raises NotFound for an id that is no talent's. A withdrawn talent can be erased.
        """
        with self._writing() as (connection, revision):
            known = _of(connection, talent)
            if known:
                return known
            _check(connection, talent)
            nameless, revision = _nameless(connection, revision, self._now())
            erasure = Erasure(
                talent=talent,
                revision=revision + 1,
                reason=reason,
                versions=_blank(connection, talent, revision + 1, self._now()),
                events=_detach(connection, talent, nameless, self._now()),
                at=self._now(),
            )
            row = {**erasure.model_dump(exclude={"talent"}), "talent_id": talent, "reason": reason.value}
            connection.execute(erasures.insert(), row)
            enter(connection, self._now(), [Deed(Action.ERASED, f"talent/{talent}", erasure.revision)])
        self._forget_pages()
        return erasure

    def of(self, talent: int) -> Erasure | None:
        """The erasure of the id; None when it was not erased."""
        with self._reading() as connection:
            return _of(connection, talent)

    def withdrawn(self) -> list[tuple[int, datetime]]:
        """Talents who were withdrawn and not erased, and when, in order of id."""
        query = (
            select(records.c.id, versions.c.at)
            .select_from(records.join(versions, records.c.revision == versions.c.revision))
            .where(records.c.kind == Kind.TALENT, versions.c.body.is_(None), is_person())
            .order_by(records.c.id)
        )
        with self._reading() as connection:
            return [(id, utc(at)) for id, at in connection.execute(query)]

    @property
    def revision(self) -> int:
        """The change by which the latest erasure is known; 0 before the first."""
        with self._reading() as connection:
            return int(connection.execute(select(func.coalesce(func.max(erasures.c.revision), 0))).scalar_one())

    def _forget_pages(self) -> None:
        """Empty SQLite's log, which still holds the pages as they were. PostgreSQL vacuums by itself."""
        with self._reading() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _of(connection: Connection, talent: int) -> Erasure | None:
    row: RowMapping | None = (
        connection.execute(select(erasures).where(erasures.c.talent_id == talent)).mappings().one_or_none()
    )
    if row is None:
        return None
    found = {name: row[name] for name in ("revision", "versions", "events")}
    return Erasure(talent=row["talent_id"], reason=ErasureReason(row["reason"]), at=utc(row["at"]), **found)


def _check(connection: Connection, talent: int) -> None:
    wanted = select(records.c.id).where(records.c.id == talent, records.c.kind == Kind.TALENT, is_person())
    if connection.execute(wanted).first() is None:
        raise NotFound(f"没有编号为 {talent} 的{Kind.TALENT.label}")


def _nameless(connection: Connection, revision: int, at: datetime) -> tuple[int, int]:
    """The id of the record that stands for everyone erased, made at the first erasure, and the revision then."""
    name, id = NAMELESS
    wanted = select(records.c.id).where(records.c.source_name == name, records.c.source_id == id)
    found = connection.execute(wanted).scalar_one_or_none()
    if found is not None:
        return found, revision
    row = {"kind": Kind.TALENT, "revision": revision + 1, "source_name": name, "source_id": id}
    made: int = connection.execute(records.insert().returning(records.c.id), row).scalar_one()
    _append(connection, made, revision + 1, at)
    return made, revision + 1


def _blank(connection: Connection, talent: int, revision: int, at: datetime) -> int:
    """Empty every state of the record, which then is withdrawn; how many states there were."""
    blanked = connection.execute(
        update(versions).where(versions.c.record_id == talent, versions.c.body.is_not(None)).values(body=None)
    ).rowcount
    connection.execute(
        update(records).where(records.c.id == talent).values(revision=revision, source_name=None, source_id=None)
    )
    _append(connection, talent, revision, at)
    return blanked


def _append(connection: Connection, id: int, revision: int, at: datetime) -> None:
    connection.execute(versions.insert(), {"revision": revision, "record_id": id, "at": at, "body": None})
    connection.execute(update(counter).values(revision=revision))


def _detach(connection: Connection, talent: int, nameless: int, at: datetime) -> int:
    """Forget drafts, account and what was said to enterprises, move what happened; how many events there were."""
    owners = connection.execute(select(accounts.c.id).where(accounts.c.talent_id == talent)).scalars().all()
    _forget_drafts(connection, talent, owners)
    for owner in owners:
        _forget_account(connection, owner)
    for told in (saves, contact_steps, contacts):
        connection.execute(delete(told).where(told.c.talent_id == talent))
    for table in (consents, objections):
        _move(connection, table, talent, nameless)
    return _move(connection, events, talent, nameless)


def _forget_drafts(connection: Connection, talent: int, owners: Sequence[int]) -> None:
    """Delete every draft of the person's profile, published ones included: each holds the whole of it."""
    own = and_(publications.c.kind == Kind.TALENT, publications.c.account_id.in_(owners))
    gone = (
        connection.execute(select(publications.c.id).where(or_(publications.c.record_id == talent, own)))
        .scalars()
        .all()
    )
    connection.execute(delete(publication_steps).where(publication_steps.c.publication_id.in_(gone)))
    connection.execute(delete(publications).where(publications.c.id.in_(gone)))


def _forget_account(connection: Connection, id: int) -> None:
    """Nobody signs in any more, and nothing says who did; the number stays for what it decided or published."""
    for table in (sessions, api_keys, identities):
        connection.execute(delete(table).where(table.c.account_id == id))
    connection.execute(update(invitations).where(invitations.c.account_id == id).values(talent_id=None))
    nobody = {"login": f"erased-{id}", "name": "", "password": None, "active": False, "talent_id": None}
    connection.execute(update(accounts).where(accounts.c.id == id).values(nobody))


def _move(connection: Connection, table: Table, talent: int, nameless: int) -> int:
    """Move the person's rows of a table and forget the hour; how many there were."""
    rows = connection.execute(select(table.c.number, table.c.at).where(table.c.talent_id == talent)).all()
    moved = [{"row": number, "day": _midnight(utc(at)), "fresh": str(uuid4())} for number, at in rows]
    if not moved:
        return 0
    changed: dict[str, Any] = {"talent_id": nameless, "at": bindparam("day")}
    if table is events:
        changed["id"] = bindparam("fresh")
    if table is objections:
        changed |= {"statement": "", "answer": ""}
        numbers = [one["row"] for one in moved]
        connection.execute(update(decisions).where(decisions.c.objection.in_(numbers)).values(reason=""))
    names = {"row", "day", "fresh"} if table is events else {"row", "day"}
    connection.execute(
        update(table).where(table.c.number == bindparam("row")).values(changed),
        [{name: one[name] for name in names} for one in moved],
    )
    return len(moved)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
