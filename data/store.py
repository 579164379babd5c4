"""Records at rest: save, withdraw, load, history, changes.

Every write takes the next revision number, and numbers become visible in order: the counter's row is
locked from the first statement of a write to its commit, so whoever has seen revision n has seen all
before it. That is all an index needs in order to catch up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, RowMapping, create_engine, event, func, select, tuple_, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from data import backup
from data.accounts import Accounts
from data.audit import AuditTrail, enter
from data.complaints import ComplaintDesk
from data.consents import ConsentLedger
from data.contacts import Contacts
from data.erasures import Erasures
from data.events import EventLog
from data.frozen import FrozenLists
from data.jobs import Jobs
from data.masking import masked
from data.objections import ObjectionLog
from data.publications import Publications
from data.tables import counter, erasures, records, utc, versions
from models.audit import Action, Deed
from models.errors import Conflict, Erased, NotFound, SourceTaken, StoreUnavailable, Withdrawn
from models.privacy import Sensitive
from models.records import RECORDS
from models.terms import Kind, Record

R = TypeVar("R", bound=Record, covariant=True)

_PAGE = 500
"""Rows per query when reading everything; bounds memory, not results."""
_PAGE_OF_STATES = 5_000
"""The same where each query counts every record's versions first."""


class Outcome(StrEnum):
    """What saving a record did; the value is its Chinese name."""

    CREATED = "新增"
    UPDATED = "更新"
    UNCHANGED = "未变"


@dataclass(frozen=True, slots=True)
class Saved:
    """Receipt of one saved record."""

    id: int
    revision: int
    outcome: Outcome
    masked: Mapping[Sensitive, int] = field(default_factory=dict)
    """How often each was taken out of the record's texts before they were stored."""


@dataclass(frozen=True, slots=True)
class Stored(Generic[R]):
    """A live record with its id, the revision that wrote it and when."""

    id: int
    revision: int
    at: datetime
    record: R

    @property
    def kind(self) -> Kind:
        return self.record.kind


@dataclass(frozen=True, slots=True)
class Change:
    """The latest state of a record that changed; None means withdrawn."""

    revision: int
    id: int
    kind: Kind
    record: Record | None


@dataclass(frozen=True, slots=True)
class Version:
    """One state that a record had; None means withdrawn."""

    revision: int
    at: datetime
    record: Record | None


@dataclass(frozen=True, slots=True)
class State:
    """A record as it stood at one time; None means withdrawn."""

    id: int
    kind: Kind
    revision: int
    at: datetime
    versions: int
    """How many it had had by then."""
    record: Record | None


class Store:
    """The system of record over one database URL, `sqlite:///…` or `postgresql+psycopg://…`."""

    def __init__(self, url: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(url, pool_pre_ping=True)
        self._now = now
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _set_pragmas)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back; the store can still be used and opens new ones."""
        self._engine.dispose()

    def migrate(self) -> None:
        """Bring the schema to the current version; creates it in an empty database. All of it, or on a kill nothing."""
        config = _migrations()
        with _translated(), backup.whole(self._engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def back_up(self, file: Path, *, progress: backup.Progress = lambda done, total: None) -> backup.Manifest:
        """Everything that is stored at this moment, in one file; writers are not held up. Enters it in the trail."""
        with _translated():
            manifest = backup.write(self._engine, file, at=self._now(), progress=progress)
        told = {"revision": manifest.revision, "head": manifest.audit_head}
        self.audit.enter(Deed(Action.BACKED_UP, "backup", details=told))
        return manifest

    def restore(self, file: Path, *, progress: backup.Progress = lambda done, total: None) -> backup.Manifest:
        """Fill this empty database from a backup, whatever engine that came from. Enters it in the trail.

        Raises UnreadableFile, Malformed for a backup of a newer program, and Conflict when something is stored.
        """
        with _translated():
            manifest = backup.restore(self._engine, _migrations(), file, progress=progress)
        told = {"revision": manifest.revision, "head": manifest.audit_head}
        self.audit.enter(Deed(Action.RESTORED, "backup", details=told))
        return manifest

    @property
    def events(self) -> EventLog:
        """What people did with the records."""
        return EventLog(self._reading, self._writing, self._now)

    @property
    def contacts(self) -> Contacts:
        """How people and postings come together."""
        return Contacts(self._reading, self._writing, self._now)

    @property
    def accounts(self) -> Accounts:
        """Who may sign in."""
        return Accounts(self._reading, self._writing, self._now)

    @property
    def publications(self) -> Publications:
        """What is on its way to the public, and what got there by review."""
        return Publications(self._reading, self._writing, self._now, self._put)

    @property
    def frozen(self) -> FrozenLists:
        """Lists as they stood at the end of each month."""
        return FrozenLists(self._reading, self._writing, self._now)

    @property
    def consents(self) -> ConsentLedger:
        """What people allow to be handed to whom."""
        return ConsentLedger(self._reading, self._writing, self._now)

    @property
    def objections(self) -> ObjectionLog:
        """What people say against automated answers, and what was decided."""
        return ObjectionLog(self._reading, self._writing, self._now)

    @property
    def complaints(self) -> ComplaintDesk:
        """What anybody says against what is published, and what was answered."""
        return ComplaintDesk(self._reading, self._writing, self._now)

    @property
    def erasures(self) -> Erasures:
        """Personal data that was erased."""
        return Erasures(self._reading, self._writing, self._now)

    @property
    def audit(self) -> AuditTrail:
        """Who wrote what; every write of this store adds to it."""
        return AuditTrail(self._reading, self._writing, self._now)

    @property
    def jobs(self) -> Jobs:
        """What the service has to do by itself."""
        return Jobs(self._reading, self._writing, self._now)

    @property
    def revision(self) -> int:
        """The last revision number given out; 0 for an empty store."""
        with self._reading() as connection:
            return int(connection.execute(select(counter.c.revision)).scalar_one())

    def save(self, record: Record, *, id: int | None = None) -> Saved:
        """Store the record under the id, or under its source's id, or under a new one; personal numbers are masked.

        Raises NotFound for an unknown id, Withdrawn for a withdrawn one, Conflict for one of another
        kind, and SourceTaken when a different record holds the same source.
        """
        if id is None:
            return self.save_all([record])[0]
        record, counts = masked(record)
        with self._writing() as (connection, revision):
            current = _current(connection, id)
            if current["kind"] != record.kind:
                raise Conflict(f"编号 {id} 是{Kind(current['kind']).label}，不能改存为{record.kind.label}")
            if current["body"] is None:
                raise _gone(connection, current, "，不能再修改")
            holder = _ids_by_source(connection, record.kind, [record]).get(_source_of(record))
            if holder is not None and holder["id"] != id:
                raise SourceTaken(f"来源“{record.source}”已属于编号 {holder['id']}")
            if current["body"] == _body(record):
                return Saved(id, current["revision"], Outcome.UNCHANGED, counts)
            self._write(connection, revision + 1, [(id, record)])
            return Saved(id, revision + 1, Outcome.UPDATED, counts)

    def save_all(self, batch: Sequence[Record]) -> list[Saved]:
        """Store all of them or, on an error, none: one transaction, one receipt each, in order.

        A record whose kind and source are stored already updates that record (and revives a withdrawn
        one); equal content is UNCHANGED and takes no revision.
        """
        receipts: list[Saved] = []
        clean = [masked(record) for record in batch]
        with self._writing() as (connection, revision):
            for run in _runs_without_repeats([record for record, _ in clean]):
                saved = self._save_run(connection, revision, run)
                revision += sum(receipt.outcome is not Outcome.UNCHANGED for receipt in saved)
                receipts += saved
        return [
            replace(receipt, masked=counts) if counts else receipt
            for receipt, (_, counts) in zip(receipts, clean, strict=True)
        ]

    def withdraw(self, id: int) -> int:
        """Take the record out of every answer and return the revision that did; its history stays.

        Withdrawing twice changes nothing. Raises NotFound for an unknown id.
        """
        with self._writing() as (connection, revision):
            current = _current(connection, id)
            if current["body"] is None:
                return int(current["revision"])
            self._write(connection, revision + 1, [(id, None)])
            self.publications.close(connection, id)
            return revision + 1

    def load(self, kind: Kind, id: int) -> Stored[Record]:
        """The live record. Raises NotFound, or Withdrawn or Erased if it was."""
        with self._reading() as connection:
            row = _current(connection, id)
            if row["kind"] != kind:
                raise NotFound(f"没有编号为 {id} 的{kind.label}")
            if row["body"] is None:
                raise _gone(connection, row)
        return _stored(row)

    def latest(self, kind: Kind, id: int) -> Stored[Record]:
        """The record as it last was, withdrawn or not. Raises NotFound, or Erased for a person who was."""
        newest = (
            select(records.c.id, records.c.kind, versions.c.revision, versions.c.at, versions.c.body)
            .select_from(versions.join(records, versions.c.record_id == records.c.id))
            .where(records.c.id == id, records.c.kind == kind, versions.c.body.is_not(None))
            .order_by(versions.c.revision.desc())
            .limit(1)
        )
        with self._reading() as connection:
            row = connection.execute(newest).mappings().one_or_none()
            if row is None and _is_erased(connection, id):
                raise _gone(connection, _current(connection, id))
        if row is None:
            raise NotFound(f"没有编号为 {id} 的{kind.label}")
        return _stored(row)

    def history(self, id: int) -> list[Version]:
        """Every state that the record had, oldest first. Raises NotFound, or Erased for a person who was."""
        with self._reading() as connection:
            current = _current(connection, id)
            kind = Kind(current["kind"])
            if _is_erased(connection, id):
                raise _gone(connection, current)
            rows = connection.execute(select(versions).where(versions.c.record_id == id).order_by(versions.c.revision))
            return [
                Version(row["revision"], utc(row["at"]), _record(kind, row["body"]) if row["body"] else None)
                for row in rows.mappings()
            ]

    def documents(self, kind: Kind) -> Iterator[Stored[Record]]:
        """Every live record of the kind in order of id; reads in pages, so memory stays flat."""
        last = 0
        while True:
            with self._reading() as connection:
                rows = connection.execute(
                    _latest()
                    .where(records.c.kind == kind, records.c.id > last, versions.c.body.is_not(None))
                    .order_by(records.c.id)
                    .limit(_PAGE)
                ).mappings()
                page = [_stored(row) for row in rows]
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].id

    def count(self, kind: Kind) -> int:
        """How many live records of the kind there are."""
        with self._reading() as connection:
            return connection.execute(
                select(func.count())
                .select_from(records.join(versions, records.c.revision == versions.c.revision))
                .where(records.c.kind == kind, versions.c.body.is_not(None))
            ).scalar_one()

    def changes(self, since: int) -> Iterator[Change]:
        """The latest state of every record that changed after the revision, in order of revision."""
        while True:
            with self._reading() as connection:
                rows = connection.execute(
                    _latest().where(records.c.revision > since).order_by(records.c.revision).limit(_PAGE)
                ).mappings()
                page = [_change(row) for row in rows]
            yield from page
            if len(page) < _PAGE:
                return
            since = page[-1].revision

    def states(self, *, since: int = 0, before: datetime | None = None) -> Iterator[State]:
        """Every record as it stood at the time, or stands now, if it changed after the revision; in that order."""
        query = _states(before)
        while True:
            with self._reading() as connection:
                rows = connection.execute(query.where(versions.c.revision > since).limit(_PAGE_OF_STATES)).mappings()
                page = [_state(row) for row in rows]
            yield from page
            if len(page) < _PAGE_OF_STATES:
                return
            since = page[-1].revision

    def _put(self, connection: Connection, revision: int, record: Record | None, id: int | None) -> int:
        """Write the record, or its withdrawal, as the revision; its id."""
        if record is not None and record.source:
            holder = _ids_by_source(connection, record.kind, [record]).get(_source_of(record))
            if holder is not None and holder["id"] != id:
                raise SourceTaken(f"来源“{record.source}”已属于编号 {holder['id']}")
        if id is None:
            assert record is not None
            return self._insert(connection, revision, [record])[0].id
        self._write(connection, revision, [(id, record)])
        return id

    def _save_run(self, connection: Connection, revision: int, run: Sequence[Record]) -> list[Saved]:
        held: dict[tuple[str, str, str], RowMapping] = {}
        for kind in {record.kind for record in run}:
            held |= _ids_by_source(connection, kind, [r for r in run if r.kind == kind])
        receipts: list[Saved | None] = []
        updates: list[tuple[int, Record]] = []
        fresh: list[Record] = []
        for record in run:
            row = held.get(_source_of(record)) if record.source else None
            if row is None:
                fresh.append(record)
                receipts.append(None)
            elif row["body"] == _body(record):
                receipts.append(Saved(row["id"], row["revision"], Outcome.UNCHANGED))
            else:
                updates.append((row["id"], record))
                receipts.append(Saved(row["id"], revision + len(updates), Outcome.UPDATED))
        self._write(connection, revision + 1, updates)
        created = iter(self._insert(connection, revision + len(updates) + 1, fresh))
        return [receipt or next(created) for receipt in receipts]

    def _insert(self, connection: Connection, revision: int, fresh: Sequence[Record]) -> list[Saved]:
        if not fresh:
            return []
        ids = connection.execute(
            records.insert().returning(records.c.id, sort_by_parameter_order=True),
            [
                {
                    "kind": record.kind,
                    "revision": revision + position,
                    "source_name": record.source.name if record.source else None,
                    "source_id": record.source.id if record.source else None,
                }
                for position, record in enumerate(fresh)
            ],
        ).scalars()
        saved = [Saved(id, revision + position, Outcome.CREATED) for position, id in enumerate(ids)]
        self._append(
            connection,
            [(one.revision, one.id, record) for one, record in zip(saved, fresh, strict=True)],
            [
                Deed(Action.PUBLISHED, f"{record.kind}/{one.id}", one.revision)
                for one, record in zip(saved, fresh, strict=True)
            ],
        )
        return saved

    def _write(self, connection: Connection, revision: int, changed: Sequence[tuple[int, Record | None]]) -> None:
        """Give each (id, record) the next revision; a None record is a withdrawal."""
        before = {row["id"]: row for row in _rows(connection, [id for id, _ in changed])}
        deeds = [_deed(before[id], record, revision + n) for n, (id, record) in enumerate(changed)]
        for position, (id, record) in enumerate(changed):
            source = record.source if record else None
            values: dict[str, Any] = {"revision": revision + position}
            if source:
                values |= {"source_name": source.name, "source_id": source.id}
            connection.execute(update(records).where(records.c.id == id).values(values))
        self._append(connection, [(revision + n, id, record) for n, (id, record) in enumerate(changed)], deeds)

    def _append(
        self, connection: Connection, written: Sequence[tuple[int, int, Record | None]], deeds: Sequence[Deed]
    ) -> None:
        if not written:
            return
        at = self._now()
        connection.execute(
            versions.insert(),
            [
                {"revision": revision, "record_id": id, "at": at, "body": _body(record) if record else None}
                for revision, id, record in written
            ],
        )
        connection.execute(update(counter).values(revision=written[-1][0]))
        enter(connection, at, deeds)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, int]]:
        """A transaction that holds the counter's row, and the last revision given out."""
        with _translated(), self._engine.begin() as connection:
            # The first statement writes: SQLite then takes its write lock at once instead of failing
            # to upgrade a read lock, and PostgreSQL locks the row.
            revision = connection.execute(
                update(counter).values(revision=counter.c.revision).returning(counter.c.revision)
            ).scalar_one()
            yield connection, revision


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _latest() -> Any:
    joined = records.join(versions, records.c.revision == versions.c.revision)
    return select(records.c.id, records.c.kind, records.c.revision, versions.c.at, versions.c.body).select_from(joined)


def _states(before: datetime | None) -> Any:
    last = select(
        versions.c.record_id, func.max(versions.c.revision).label("revision"), func.count().label("versions")
    ).group_by(versions.c.record_id)
    if before is not None:
        last = last.where(versions.c.at < before.astimezone(UTC))
    latest = last.subquery()
    joined = versions.join(latest, versions.c.revision == latest.c.revision).join(
        records, records.c.id == versions.c.record_id
    )
    return (
        select(records.c.id, records.c.kind, versions.c.revision, versions.c.at, versions.c.body, latest.c.versions)
        .select_from(joined)
        .order_by(versions.c.revision)
    )


def _state(row: RowMapping) -> State:
    kind = Kind(row["kind"])
    record = _record(kind, row["body"]) if row["body"] else None
    return State(row["id"], kind, row["revision"], utc(row["at"]), row["versions"], record)


def _rows(connection: Connection, ids: Sequence[int]) -> Sequence[RowMapping]:
    return connection.execute(_latest().where(records.c.id.in_(ids))).mappings().all() if ids else ()


def _current(connection: Connection, id: int) -> RowMapping:
    row = next(iter(_rows(connection, [id])), None)
    if row is None:
        raise NotFound(f"没有编号为 {id} 的记录")
    return row


def _is_erased(connection: Connection, id: int) -> bool:
    return connection.execute(select(erasures.c.revision).where(erasures.c.talent_id == id)).first() is not None


def _gone(connection: Connection, row: RowMapping, consequence: str = "") -> Withdrawn:
    """The error for a record without a body."""
    called = f"{Kind(row['kind']).label} {row['id']}"
    if _is_erased(connection, row["id"]):
        return Erased(f"{called} 的个人信息已删除{consequence}")
    return Withdrawn(f"{called} 已撤回{consequence}")


def _ids_by_source(
    connection: Connection, kind: Kind, batch: Sequence[Record]
) -> dict[tuple[str, str, str], RowMapping]:
    sources = [(record.source.name, record.source.id) for record in batch if record.source]
    if not sources:
        return {}
    query = (
        _latest()
        .add_columns(records.c.source_name, records.c.source_id)
        .where(records.c.kind == kind, tuple_(records.c.source_name, records.c.source_id).in_(sources))
    )
    return {(row["kind"], row["source_name"], row["source_id"]): row for row in connection.execute(query).mappings()}


def _source_of(record: Record) -> tuple[str, str, str]:
    source = record.source
    return (record.kind, source.name, source.id) if source else ("", "", "")


def _runs_without_repeats(batch: Sequence[Record]) -> Iterator[list[Record]]:
    """The batch cut so that no source occurs twice in one piece: the later of two must find the earlier stored."""
    run: list[Record] = []
    seen: set[tuple[str, str, str]] = set()
    for record in batch:
        source = _source_of(record)
        if (record.source and source in seen) or len(run) == _PAGE:
            yield run
            run, seen = [], set()
        run.append(record)
        seen.add(source)
    if run:
        yield run


def _deed(before: RowMapping, record: Record | None, revision: int) -> Deed:
    """What the audit trail tells of the change: which fields, not what they say."""
    subject = f"{before['kind']}/{before['id']}"
    if record is None:
        return Deed(Action.WITHDRAWN, subject, revision)
    if before["body"] is None:
        return Deed(Action.REVIVED, subject, revision)
    old, new = json.loads(before["body"]), json.loads(_body(record))
    fields = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return Deed(Action.CHANGED, subject, revision, {"fields": fields})


def _body(record: Record) -> str:
    return record.model_dump_json(exclude_defaults=True)


def _record(kind: Kind, body: str) -> Record:
    return RECORDS[kind].model_validate_json(body)


def _stored(row: RowMapping) -> Stored[Record]:
    return Stored(row["id"], row["revision"], utc(row["at"]), _record(Kind(row["kind"]), row["body"]))


def _change(row: RowMapping) -> Change:
    kind = Kind(row["kind"])
    return Change(row["revision"], row["id"], kind, _record(kind, row["body"]) if row["body"] else None)


def _set_pragmas(connection: Any, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # Secure deletion: what is overwritten is gone from the file, not only from the answers.
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON", "secure_delete=ON")
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Database failures as StoreUnavailable: no driver's exception leaves this module."""
    try:
        yield
    except DBAPIError as error:
        raise StoreUnavailable(
            f"数据库暂不可用或未迁移（{type(error.orig).__name__}），请运行 chanjiao doctor"
        ) from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(f"数据库操作失败（{type(error).__name__}）") from error
