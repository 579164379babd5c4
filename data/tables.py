"""The SQL tables, private to this package.

`records` says which version of a record is live; `versions` keeps every body that ever was.
A version without a body is a withdrawal. `counter` has one row: the last revision number given out.
`events` only grows. `list_snapshots` keeps each list as it stood at the end of each month.
"""

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

list_snapshots = Table(
    "list_snapshots",
    metadata,
    Column("list", String(40), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
)
