"""The SQL tables, private to this package.

`records` says which version of a record is live; `versions` keeps every body that ever was.
A version without a body is a withdrawal. `counter` has one row: the last revision number given out.
`events`, `vettings`, `consents`, `objections`, `decisions`, `erasures` and `list_snapshots` only grow; erasing a
person is the one thing that touches what stands there. The database itself refuses to change an `audit` entry.
`jobs` is what the service has to do by itself. `contacts` says where a pair stands; what its sides told each other
rests in `contact_steps`, whose bodies do not last. Of tokens and passwords there are only hashes.
"""

from datetime import UTC, datetime
from typing import Any

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
    or_,
    select,
    true,
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


def utc(at: datetime) -> datetime:
    """SQLite forgets the zone of what was written as UTC; PostgreSQL answers in its own."""
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


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
    Column("personalised", Boolean, nullable=False, server_default=true()),
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

identities = Table(
    "identities",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("account_id", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("issuer", String(300), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("label", String(200), nullable=False),
    Column("linked", DateTime(timezone=True), nullable=False),
    Column("used", DateTime(timezone=True)),
    Index(None, "issuer", "subject", unique=True),
    Index(None, "account_id", "issuer", unique=True),
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

list_snapshots = Table(
    "list_snapshots",
    metadata,
    Column("list", String(40), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("content", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
)
consents = Table(
    "consents",
    metadata,
    Column("number", _Id, primary_key=True, autoincrement=True),
    Column("talent_id", _Id, ForeignKey("records.id"), nullable=False),
    Column("recipient_id", _Id, ForeignKey("records.id"), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("kinds", String(200), nullable=False),
    Column("act", String(20), nullable=False),
    Column("wording", String(40), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(None, "talent_id", "recipient_id"),
    sqlite_autoincrement=True,
)

objections = Table(
    "objections",
    metadata,
    Column("number", _Id, primary_key=True, autoincrement=True),
    Column("talent_id", _Id, ForeignKey("records.id"), nullable=False, index=True),
    Column("posting_id", _Id, ForeignKey("records.id"), nullable=False),
    Column("statement", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    sqlite_autoincrement=True,
)

decisions = Table(
    "decisions",
    metadata,
    Column("objection", _Id, ForeignKey("objections.number"), primary_key=True, autoincrement=False),
    Column("outcome", String(20), nullable=False),
    Column("reviewer", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

complaints = Table(
    "complaints",
    metadata,
    Column("number", _Id, primary_key=True, autoincrement=True),
    Column("token", String(64), unique=True),
    Column("record_id", _Id, ForeignKey("records.id"), nullable=False),
    Column("organisation_id", _Id, ForeignKey("records.id"), index=True),
    Column("organisation_name", String(400), nullable=False),
    Column("category", String(20), nullable=False),
    Column("statement", Text, nullable=False),
    Column("contact", String(200), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("due", Date, nullable=False),
    Column("finding", String(20)),
    Column("reply", Text),
    Column("reviewer", String(200)),
    Column("taken_down", Boolean, nullable=False),
    Column("answered", DateTime(timezone=True)),
    sqlite_autoincrement=True,
)

erasures = Table(
    "erasures",
    metadata,
    Column("talent_id", _Id, ForeignKey("records.id"), primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("versions", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

NAMELESS = ("", "erased")
"""Source of the one record that stands for everyone who was erased; no real source has an empty name."""


def is_person() -> Any:
    """Whether a row of `records` is neither erased nor the one that stands for everyone who was."""
    named = or_(records.c.source_name.is_(None), records.c.source_name != NAMELESS[0])
    return named & records.c.id.not_in(select(erasures.c.talent_id))


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
