"""Plans of how the budget for listening is spread"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "budget_plans",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("shares", _JSON, nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('on', 'off')", name=op.f("ck_budget_plans_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_plans")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("budget_plans")
