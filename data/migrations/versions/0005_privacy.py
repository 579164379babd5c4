"""Consents, objections with their decisions, and erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("number", _ID, autoincrement=True),
        sa.Column("talent_id", _ID, nullable=False),
        sa.Column("recipient_id", _ID, nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("kinds", sa.String(200), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("wording", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_consents"),
        sa.ForeignKeyConstraint(["talent_id"], ["records.id"], name="fk_consents_talent_id"),
        sa.ForeignKeyConstraint(["recipient_id"], ["records.id"], name="fk_consents_recipient_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_talent_id_recipient_id", "consents", ["talent_id", "recipient_id"])
    op.create_table(
        "objections",
        sa.Column("number", _ID, autoincrement=True),
        sa.Column("talent_id", _ID, nullable=False),
        sa.Column("posting_id", _ID, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_objections"),
        sa.ForeignKeyConstraint(["talent_id"], ["records.id"], name="fk_objections_talent_id"),
        sa.ForeignKeyConstraint(["posting_id"], ["records.id"], name="fk_objections_posting_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_objections_talent_id", "objections", ["talent_id"])
    op.create_table(
        "decisions",
        sa.Column("objection", _ID, autoincrement=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reviewer", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("objection", name="pk_decisions"),
        sa.ForeignKeyConstraint(["objection"], ["objections.number"], name="fk_decisions_objection"),
    )
    op.create_table(
        "erasures",
        sa.Column("talent_id", _ID, autoincrement=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("versions", sa.Integer, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("talent_id", name="pk_erasures"),
        sa.ForeignKeyConstraint(["talent_id"], ["records.id"], name="fk_erasures_talent_id"),
    )


def downgrade() -> None:
    for table in ("erasures", "decisions", "objections", "consents"):
        op.drop_table(table)
