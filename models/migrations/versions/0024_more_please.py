"""People asked for on top of a list"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "extra_requests",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("rep_id", _ID, nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=100), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_extra_requests_count_positive")),
        sa.ForeignKeyConstraint(
            ["rep_id"], ["reps.id"], name=op.f("fk_extra_requests_rep_id_reps")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_requests")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_extra_requests_idempotency_key")),
    )
    op.create_index(
        "ix_extra_requests_rep_id_listed_on", "extra_requests", ["rep_id", "listed_on"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_extra_requests_rep_id_listed_on", table_name="extra_requests")
    op.drop_table("extra_requests")
