"""Complaints, and accounts that want no personal recommendations."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "complaints",
        sa.Column("number", _ID, autoincrement=True),
        sa.Column("token", sa.String(64)),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("organisation_id", _ID),
        sa.Column("organisation_name", sa.String(400), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("finding", sa.String(20)),
        sa.Column("reply", sa.Text),
        sa.Column("reviewer", sa.String(200)),
        sa.Column("taken_down", sa.Boolean, nullable=False),
        sa.Column("answered", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("number", name="pk_complaints"),
        sa.UniqueConstraint("token", name="uq_complaints_token"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_complaints_record_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["records.id"], name="fk_complaints_organisation_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_complaints_organisation_id", "complaints", ["organisation_id"])
    op.add_column("accounts", sa.Column("personalised", sa.Boolean, nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column("accounts", "personalised")
    op.drop_table("complaints")
