"""What people and enterprises saved, where each pair stands, and what its sides told each other."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "saves",
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("posting_id", _ID, nullable=False),
        sa.Column("talent_id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("side", "posting_id", "talent_id", name="pk_saves"),
        sa.ForeignKeyConstraint(["posting_id"], ["records.id"], name="fk_saves_posting_id"),
        sa.ForeignKeyConstraint(["talent_id"], ["records.id"], name="fk_saves_talent_id"),
    )
    op.create_index("ix_saves_talent_id", "saves", ["talent_id"])
    op.create_table(
        "contacts",
        sa.Column("posting_id", _ID, nullable=False),
        sa.Column("talent_id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("waits_posting", sa.Boolean, nullable=False),
        sa.Column("waits_talent", sa.Boolean, nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("posting_id", "talent_id", name="pk_contacts"),
        sa.ForeignKeyConstraint(["posting_id"], ["records.id"], name="fk_contacts_posting_id"),
        sa.ForeignKeyConstraint(["talent_id"], ["records.id"], name="fk_contacts_talent_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["records.id"], name="fk_contacts_organisation_id"),
    )
    op.create_index("ix_contacts_talent_id_waits_talent", "contacts", ["talent_id", "waits_talent"])
    op.create_index("ix_contacts_organisation_id_waits_posting", "contacts", ["organisation_id", "waits_posting"])
    op.create_table(
        "contact_steps",
        sa.Column("id", _ID, autoincrement=True),
        sa.Column("posting_id", _ID, nullable=False),
        sa.Column("talent_id", _ID, nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", _ID),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(20)),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact_steps"),
        sa.ForeignKeyConstraint(["posting_id"], ["records.id"], name="fk_contact_steps_posting_id"),
        sa.ForeignKeyConstraint(["talent_id"], ["records.id"], name="fk_contact_steps_talent_id"),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name="fk_contact_steps_by_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contact_steps_posting_id_talent_id", "contact_steps", ["posting_id", "talent_id"])
    op.create_index("ix_contact_steps_talent_id", "contact_steps", ["talent_id"])


def downgrade() -> None:
    for table in ("contact_steps", "contacts", "saves"):
        op.drop_table(table)
