"""How far each keyword was read where a plan asks for them one by one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "keyword_turns",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("collection_id", _ID, nullable=False),
        sa.Column("keyword_id", _ID, nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], ondelete="CASCADE",
            name="fk_keyword_turns_collection_id",
        ),
        sa.ForeignKeyConstraint(
            ["keyword_id"], ["keywords.id"], ondelete="CASCADE",
            name="fk_keyword_turns_keyword_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keyword_turns"),
        sa.UniqueConstraint(
            "collection_id", "keyword_id", name="uq_keyword_turns_collection_id_keyword_id"
        ),
    )  # fmt: skip


def downgrade() -> None:
    """Take back."""
    op.drop_table("keyword_turns")
