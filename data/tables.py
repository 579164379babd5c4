"""The SQL tables, private to this package.

`records` says which version of a record is live; `versions` keeps every body that ever was.
A version without a body is a withdrawal. `counter` has one row: the last revision number given out.
`events` and `audit` only grow; the database itself refuses to change an audit entry.
`jobs` is what the service has to do by itself.
"""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")

counter = Table("counter", metadata, Column("revision", BigInteger, primary_key=True, autoincrement=False))

records = Table(
    "records",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("revision", BigInteger, nullable=False, unique=True),
    Column("source_name", String(200)),
    Column("source_id", String(200)),
    Index(None, "kind", "source_name", "source_id", unique=True),
    Index(None, "kind", "id"),
    sqlite_autoincrement=True,
)

versions = Table(
    "versions",
    metadata,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("record_id", _Id, ForeignKey("records.id"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("body", Text),
)

events = Table(
    "events",
    metadata,
    Column("number", _Id, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("act", String(20), nullable=False),
    Column("side", String(10), nullable=False),
    Column("posting_id", _Id, ForeignKey("records.id"), nullable=False),
    Column("talent_id", _Id, ForeignKey("records.id"), nullable=False),
    Column("position", Integer),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(None, "posting_id", "talent_id"),
    Index(None, "talent_id"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("revision", BigInteger),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "subject"),
    Index(None, "actor"),
    Index(None, "action"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("key", String(200), nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("holder", String(36)),
    Column("last_error", String(100), nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("changed", DateTime(timezone=True), nullable=False),
    Index(None, "kind", "key", unique=True),
    Index(None, "state", "next_at"),
    sqlite_autoincrement=True,
)


def utc(at: datetime) -> datetime:
    """SQLite forgets the zone of what was written as UTC; PostgreSQL answers in its own."""
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
