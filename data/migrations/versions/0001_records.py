"""Records, their versions and the revision counter."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    counter = op.create_table(
        "counter",
        sa.Column("revision", sa.BigInteger, autoincrement=False),
        sa.PrimaryKeyConstraint("revision", name="pk_counter"),
    )
    op.bulk_insert(counter, [{"revision": 0}])
    op.create_table(
        "records",
        sa.Column("id", _ID, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("source_name", sa.String(200)),
        sa.Column("source_id", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sa.UniqueConstraint("revision", name="uq_records_revision"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_records_kind_source_name_source_id", "records", ["kind", "source_name", "source_id"], unique=True
    )
    op.create_index("ix_records_kind_id", "records", ["kind", "id"])
    op.create_table(
        "versions",
        sa.Column("revision", sa.BigInteger, autoincrement=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text),
        sa.PrimaryKeyConstraint("revision", name="pk_versions"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_versions_record_id"),
    )
    op.create_index("ix_versions_record_id", "versions", ["record_id"])


def downgrade() -> None:
    op.drop_table("versions")
    op.drop_table("records")
    op.drop_table("counter")
