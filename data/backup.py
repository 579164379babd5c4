"""The whole database in one file that no database engine is tied to, and back.

A zip: `manifest.json` and one file of JSON lines for each table. It is read in one transaction, so it shows one
moment however much is written meanwhile, and streamed, so memory stays flat.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, MetaData, RowMapping, Table, func, insert, select, text, types, update

from data.audit import chain_end
from data.tables import counter, utc
from models.errors import Conflict, Malformed, UnreadableFile
from models.terms import Value

FORMAT = 1
"""Raised when the file means something else than before."""
SEEDED = frozenset({"counter"})
"""Tables that migrations fill: what they hold in an otherwise empty database is replaced."""

_MANIFEST = "manifest.json"
_VERSION = "alembic_version"
_BATCH = 1_000
"""Rows read or written at once."""

Progress = Callable[[int, int], None]
"""Rows done, and rows in all."""


class TableManifest(Value):
    """One table's part."""

    rows: int
    sha256: str
    last: int
    """The last id that was given out, whether its row is still there or not; 0 when the database numbers nothing."""


class Manifest(Value):
    """What a backup says of itself."""

    format: int
    schema_version: str
    """The migration that its tables are at."""
    taken: datetime
    revision: int
    audit_entries: int
    audit_head: str
    """Hash of the last audit entry in it."""
    tables: dict[str, TableManifest]


def write(engine: Engine, file: Path, *, at: datetime, progress: Progress) -> Manifest:
    """Put everything that is stored now into the file, which appears only when it is complete.

    Raises Malformed when the file cannot be written.
    """
    aside = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        # It holds what people entrusted to the service: nobody else on the machine reads it.
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            with _one_moment(engine) as connection, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
                manifest = _write_all(connection, archive, at, progress)
            raw.flush()
            os.fsync(raw.fileno())
        aside.replace(file)
    except OSError as error:
        raise Malformed(f"不能写入“{file}”（{error.strerror}）") from error
    finally:
        aside.unlink(missing_ok=True)
    return manifest


def check(file: Path) -> Manifest:
    """What the file says of itself, after every part of it was compared with that.

    Raises UnreadableFile when it is no backup or was damaged.
    """
    with _opened(file) as archive:
        manifest = _manifest(file, archive)
        for name, told in manifest.tables.items():
            digest, rows = hashlib.sha256(), 0
            with archive.open(f"{name}.jsonl") as lines:
                for line in lines:
                    digest.update(line)
                    rows += 1
            if (rows, digest.hexdigest()) != (told.rows, told.sha256):
                raise UnreadableFile(f"备份文件“{file.name}”已损坏：{name} 表与清单不符，请换一份备份")
    return manifest


def restore(engine: Engine, config: Config, file: Path, *, progress: Progress) -> Manifest:
    """Fill the empty database, of whatever engine, with what the file holds, and bring it to the current schema.

    Raises UnreadableFile for a damaged file, Malformed for one of a newer schema, and Conflict when the database
    is not empty; then nothing was changed.
    """
    manifest = check(file)
    scripts = ScriptDirectory.from_config(config)
    if manifest.schema_version not in {one.revision for one in scripts.walk_revisions()}:
        raise Malformed(f"备份“{file.name}”的结构版本 {manifest.schema_version} 比本程序新，请先升级本程序")
    with whole(engine) as connection, zipfile.ZipFile(file) as archive:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        # Writers wait from here on, so that it is still empty when it is filled.
        connection.execute(update(counter).values(revision=counter.c.revision))
        _refuse_unless_empty(connection)
        if manifest.schema_version != scripts.get_current_head():
            command.downgrade(config, manifest.schema_version)
        _fill(connection, archive, manifest, progress)
        command.upgrade(config, "head")
    return manifest


@contextmanager
def whole(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds changes of the schema too."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Python's driver begins no transaction for them: each would be committed by itself.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever others write."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            # Python's driver begins no transaction for reading.
            connection.exec_driver_sql("BEGIN")
            yield connection
    else:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            yield connection


def _write_all(connection: Connection, archive: zipfile.ZipFile, at: datetime, progress: Progress) -> Manifest:
    tables = _tables(connection)
    counts = {table: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}
    done, total = 0, sum(counts.values())
    told: dict[str, TableManifest] = {}
    for table in tables:
        digest = hashlib.sha256()
        # Read before the rows: a number that is given out meanwhile only leaves a gap.
        last = _last_number(connection, table)
        with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
            rows = connection.execute(
                select(table).order_by(*table.primary_key.columns), execution_options={"yield_per": _BATCH}
            )
            for page in rows.mappings().partitions():
                written = b"".join(_line(row) for row in page)
                digest.update(written)
                lines.write(written)
                done += len(page)
                progress(done, total)
        told[table.name] = TableManifest(rows=counts[table], sha256=digest.hexdigest(), last=last)
    entries, head = chain_end(connection)
    manifest = Manifest(
        format=FORMAT,
        schema_version=MigrationContext.configure(connection).get_current_revision() or "",
        taken=at,
        revision=connection.execute(select(counter.c.revision)).scalar_one(),
        audit_entries=entries,
        audit_head=head,
        tables=told,
    )
    archive.writestr(_MANIFEST, manifest.model_dump_json(indent=2))
    return manifest


def _tables(connection: Connection) -> list[Table]:
    """Whatever tables the database has, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _VERSION]


def _refuse_unless_empty(connection: Connection) -> None:
    for table in _tables(connection):
        if table.name not in SEEDED and connection.execute(select(table).limit(1)).first() is not None:
            raise Conflict(f"数据库不是空的（{table.name} 表里有内容），恢复只能写入空的数据库")
    revision = connection.execute(select(counter.c.revision)).scalar_one()
    if revision:
        raise Conflict(f"数据库不是空的（数据版本 {revision}），恢复只能写入空的数据库")


def _fill(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest, progress: Progress) -> None:
    done, total = 0, sum(told.rows for told in manifest.tables.values())
    tables = _tables(connection)
    for table in reversed(tables):
        if table.name in SEEDED:
            connection.execute(table.delete())
    for table in tables:
        told = manifest.tables.get(table.name)
        if told is None:
            continue
        with archive.open(f"{table.name}.jsonl") as lines:
            while page := list(islice(lines, _BATCH)):
                connection.execute(insert(table), [_row(table, line) for line in page])
                done += len(page)
                progress(done, total)
        if told.last:
            _continue_after(connection, table, told.last)


def _last_number(connection: Connection, table: Table) -> int:
    """The last id that the database gave out in this table."""
    if connection.dialect.name == "sqlite":
        # The table of numbers comes with the first table that has any.
        if connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).first() is None:
            return 0
        query, name = text("SELECT seq FROM sqlite_sequence WHERE name = :name"), table.name
        return int(connection.execute(query, {"name": name}).scalar() or 0)
    sequence = _sequence(connection, table)
    if sequence is None:
        return 0
    last, is_called = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
    return int(last) if is_called else 0


def _continue_after(connection: Connection, table: Table, last: int) -> None:
    if connection.dialect.name == "sqlite":
        known = connection.execute(
            text("UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = :name"),
            {"last": last, "name": table.name},
        )
        if not known.rowcount:
            connection.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"),
                {"last": last, "name": table.name},
            )
    elif sequence := _sequence(connection, table):
        connection.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :last)"), {"sequence": sequence, "last": last}
        )


def _sequence(connection: Connection, table: Table) -> str | None:
    """PostgreSQL's name of what numbers the rows."""
    keys = list(table.primary_key.columns)
    if len(keys) != 1:
        return None
    query = text("SELECT pg_get_serial_sequence(:table, :column)")
    name: str | None = connection.execute(query, {"table": table.name, "column": keys[0].name}).scalar_one()
    return name


def _line(row: RowMapping) -> bytes:
    plain = {name: _plain(value) for name, value in row.items()}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: object) -> object:
    """The value as JSON has it: times in UTC, bytes in base 64."""
    if isinstance(value, datetime):
        return utc(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _row(table: Table, line: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line)
    return {name: _typed(table.c[name].type, value) for name, value in found.items()}


def _typed(type: types.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type, types.DateTime):
        at = datetime.fromisoformat(value)
        return at if type.timezone else at.replace(tzinfo=None)
    if isinstance(type, types.Date):
        return date.fromisoformat(value)
    if isinstance(type, types.LargeBinary):
        return base64.b64decode(value)
    return value


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError:
        raise UnreadableFile(f"找不到文件“{file}”") from None
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError) as error:
        raise UnreadableFile(f"备份文件“{file.name}”不完整或已损坏（{type(error).__name__}），请换一份备份") from error


def _manifest(file: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        found = json.loads(archive.read(_MANIFEST))
    except ValueError:
        raise UnreadableFile(f"备份文件“{file.name}”的清单读不出来，请换一份备份") from None
    if isinstance(found, dict) and found.get("format") != FORMAT:
        raise Malformed(f"备份“{file.name}”的格式 {found.get('format')} 不是本程序的 {FORMAT}，请用写它的版本恢复")
    try:
        return Manifest.model_validate(found)
    except ValidationError:
        raise UnreadableFile(f"备份文件“{file.name}”的清单读不出来，请换一份备份") from None
