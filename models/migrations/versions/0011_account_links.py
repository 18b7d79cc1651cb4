"""Which accounts are one person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "account_links",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("first_id", _ID, nullable=False),
        sa.Column("second_id", _ID, nullable=False),
        sa.Column("proof", sa.String(length=40), nullable=False),
        sa.Column("evidence", _JSON, nullable=False),
        sa.Column("proposed_by", sa.String(length=200), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("moved", _JSON, nullable=False),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('accepted', 'rejected')",
            name=op.f("ck_account_links_decision"),
        ),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_account_links_two_accounts")),
        sa.CheckConstraint(
            "proof IN ('profile_links', 'rel_me', 'consent')", name=op.f("ck_account_links_proof")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["accounts.id"],
            name=op.f("fk_account_links_first_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["accounts.id"],
            name=op.f("fk_account_links_second_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
    )
    op.create_index("ix_account_links_first_id", "account_links", ["first_id"])
    op.create_index("ix_account_links_second_id", "account_links", ["second_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("account_links")
