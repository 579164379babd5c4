"""Accounts, their sessions, keys and invitations, and the vetting of organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _when(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", _ID, autoincrement=True),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("roles", sa.String(400), nullable=False),
        sa.Column("organisation_id", _ID),
        sa.Column("talent_id", _ID),
        sa.Column("password", sa.String(200)),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        _when("locked_until", nullable=True),
        _when("created"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("login", name="uq_accounts_login"),
        sa.ForeignKeyConstraint(["organisation_id"], ["records.id"], name="fk_accounts_organisation_id"),
        sa.ForeignKeyConstraint(["talent_id"], ["records.id"], name="fk_accounts_talent_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_accounts_organisation_id", "accounts", ["organisation_id"])
    op.create_index("ix_accounts_talent_id", "accounts", ["talent_id"])
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        _when("created"),
        _when("seen"),
        _when("expires"),
        sa.PrimaryKeyConstraint("token", name="pk_sessions"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sessions_account_id"),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_table(
        "api_keys",
        sa.Column("id", _ID, autoincrement=True),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(100), nullable=False),
        _when("created"),
        _when("expires"),
        _when("revoked", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("token", name="uq_api_keys_token"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_api_keys_account_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_keys_account_id", "api_keys", ["account_id"])
    op.create_table(
        "invitations",
        sa.Column("id", _ID, autoincrement=True),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("roles", sa.String(400), nullable=False),
        sa.Column("organisation_id", _ID),
        sa.Column("talent_id", _ID),
        sa.Column("by_id", _ID, nullable=False),
        _when("created"),
        _when("expires"),
        _when("accepted", nullable=True),
        sa.Column("account_id", _ID),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("token", name="uq_invitations_token"),
        sa.ForeignKeyConstraint(["organisation_id"], ["records.id"], name="fk_invitations_organisation_id"),
        sa.ForeignKeyConstraint(["talent_id"], ["records.id"], name="fk_invitations_talent_id"),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name="fk_invitations_by_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_invitations_account_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invitations_organisation_id", "invitations", ["organisation_id"])
    op.create_table(
        "vettings",
        sa.Column("id", _ID, autoincrement=True),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        _when("at"),
        _when("expires", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_vettings"),
        sa.ForeignKeyConstraint(["organisation_id"], ["records.id"], name="fk_vettings_organisation_id"),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name="fk_vettings_by_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_vettings_organisation_id", "vettings", ["organisation_id"])


def downgrade() -> None:
    for table in ("vettings", "invitations", "api_keys", "sessions", "accounts"):
        op.drop_table(table)
