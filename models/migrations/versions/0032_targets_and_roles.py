"""Proposed targets, and the role a rep had before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import JsonValue, UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "target_proposals",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("rep_id", number, nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("current", sa.Integer(), nullable=True),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("details", JsonValue, nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rep_id"], ["reps.id"], name=op.f("fk_target_proposals_rep_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_proposals")),
        sa.UniqueConstraint("rep_id", "week_on", name=op.f("uq_target_proposals_rep_id_week_on")),
    )
    op.create_table(
        "proposal_verdicts",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("proposal_id", number, nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("quota_id", number, nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(verdict = 'accepted') = (quota_id IS NOT NULL)",
            name=op.f("ck_proposal_verdicts_quota"),
        ),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'dismissed')", name=op.f("ck_proposal_verdicts_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["target_proposals.id"],
            name=op.f("fk_proposal_verdicts_proposal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["quota_id"], ["quotas.id"], name=op.f("fk_proposal_verdicts_quota_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_verdicts")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_proposal_verdicts_proposal_id")),
    )
    op.add_column("reps", sa.Column("earlier_roles", JsonValue, nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("reps", "earlier_roles")
    op.drop_table("proposal_verdicts")
    op.drop_table("target_proposals")
