"""What people did with the records."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("number", _ID, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("posting_id", _ID, nullable=False),
        sa.Column("talent_id", _ID, nullable=False),
        sa.Column("position", sa.Integer),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_events"),
        sa.UniqueConstraint("id", name="uq_events_id"),
        sa.ForeignKeyConstraint(["posting_id"], ["records.id"], name="fk_events_posting_id"),
        sa.ForeignKeyConstraint(["talent_id"], ["records.id"], name="fk_events_talent_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_posting_id_talent_id", "events", ["posting_id", "talent_id"])
    op.create_index("ix_events_talent_id", "events", ["talent_id"])


def downgrade() -> None:
    op.drop_table("events")
