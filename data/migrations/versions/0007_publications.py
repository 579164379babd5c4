"""Publications on their way from draft to the public, and every step they took."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("id", _ID, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("record_id", _ID),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("organisation_id", _ID),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_publications_record_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_publications_account_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["records.id"], name="fk_publications_organisation_id"),
        sqlite_autoincrement=True,
    )
    for column in ("record_id", "account_id", "organisation_id"):
        op.create_index(f"ix_publications_{column}", "publications", [column])
    op.create_index("ix_publications_state_id", "publications", ["state", "id"])
    op.create_table(
        "publication_steps",
        sa.Column("id", _ID, autoincrement=True),
        sa.Column("publication_id", _ID, nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", _ID),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publication_steps"),
        sa.ForeignKeyConstraint(["publication_id"], ["publications.id"], name="fk_publication_steps_publication_id"),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name="fk_publication_steps_by_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_publication_steps_publication_id", "publication_steps", ["publication_id"])


def downgrade() -> None:
    op.drop_table("publication_steps")
    op.drop_table("publications")
