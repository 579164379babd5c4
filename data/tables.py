"""The SQL tables, private to this package.

`records` says which version of a record is live; `versions` keeps every body that ever was.
A version without a body is a withdrawal. `counter` has one row: the last revision number given out.
`events` and `vettings` only grow. `contacts` says where a pair stands; what its sides told each other rests in
`contact_steps`, whose bodies do not last. Of tokens and passwords there are only hashes.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

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

publications = Table(
    "publications",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("record_id", _Id, ForeignKey("records.id"), index=True),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("organisation_id", _Id, ForeignKey("records.id"), index=True),
    Column("body", Text, nullable=False),
    Column("until", Date),
    Column("changed", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "state", "id"),
    sqlite_autoincrement=True,
)

publication_steps = Table(
    "publication_steps",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("publication_id", _Id, ForeignKey("publications.id"), nullable=False, index=True),
    Column("step", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by_id", _Id, ForeignKey("accounts.id")),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("roles", String(400), nullable=False),
    Column("organisation_id", _Id, ForeignKey("records.id"), index=True),
    Column("talent_id", _Id, ForeignKey("records.id"), index=True),
    Column("password", String(200)),
    Column("active", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", DateTime(timezone=True)),
    Column("created", DateTime(timezone=True), nullable=False),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("csrf", String(64), nullable=False),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("seen", DateTime(timezone=True), nullable=False),
    Column("expires", DateTime(timezone=True), nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("scopes", String(100), nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("expires", DateTime(timezone=True), nullable=False),
    Column("revoked", DateTime(timezone=True)),
    sqlite_autoincrement=True,
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("roles", String(400), nullable=False),
    Column("organisation_id", _Id, ForeignKey("records.id"), index=True),
    Column("talent_id", _Id, ForeignKey("records.id")),
    Column("by_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("expires", DateTime(timezone=True), nullable=False),
    Column("accepted", DateTime(timezone=True)),
    Column("account_id", _Id, ForeignKey("accounts.id")),
    sqlite_autoincrement=True,
)

vettings = Table(
    "vettings",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("organisation_id", _Id, ForeignKey("records.id"), nullable=False, index=True),
    Column("verified", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("by_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("expires", DateTime(timezone=True)),
    sqlite_autoincrement=True,
)

saves = Table(
    "saves",
    metadata,
    Column("side", String(10), primary_key=True),
    Column("posting_id", _Id, ForeignKey("records.id"), primary_key=True),
    Column("talent_id", _Id, ForeignKey("records.id"), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(None, "talent_id"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("posting_id", _Id, ForeignKey("records.id"), primary_key=True),
    Column("talent_id", _Id, ForeignKey("records.id"), primary_key=True),
    Column("organisation_id", _Id, ForeignKey("records.id"), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("waits_posting", Boolean, nullable=False),
    Column("waits_talent", Boolean, nullable=False),
    Column("changed", DateTime(timezone=True), nullable=False),
    Index(None, "talent_id", "waits_talent"),
    Index(None, "organisation_id", "waits_posting"),
)

contact_steps = Table(
    "contact_steps",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("posting_id", _Id, ForeignKey("records.id"), nullable=False),
    Column("talent_id", _Id, ForeignKey("records.id"), nullable=False, index=True),
    Column("side", String(10), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by_id", _Id, ForeignKey("accounts.id")),
    Column("step", String(20), nullable=False),
    Column("reason", String(20)),
    Column("body", Text, nullable=False),
    Index(None, "posting_id", "talent_id"),
    sqlite_autoincrement=True,
)
