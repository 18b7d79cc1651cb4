"""The hours a team worked before, and how long its touches may be undone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import JsonValue

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("teams", sa.Column("earlier_hours", JsonValue, nullable=True))
    op.add_column("teams", sa.Column("undo_minutes", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("teams", "undo_minutes")
    op.drop_column("teams", "earlier_hours")
