"""Mails with links that wait to be sent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "outgoing_mails",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("link_id", _BIG, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('invitation', 'reset')", name=op.f("ck_outgoing_mails_purpose")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('sent', 'failed', 'dropped')",
            name=op.f("ck_outgoing_mails_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["one_time_links.id"],
            name=op.f("fk_outgoing_mails_link_id_one_time_links"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
    )
    op.create_index("ix_outgoing_mails_due_at", "outgoing_mails", ["ended_at", "due_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_outgoing_mails_due_at", table_name="outgoing_mails")
    op.drop_table("outgoing_mails")
