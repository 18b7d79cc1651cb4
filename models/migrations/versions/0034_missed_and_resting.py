"""When a stored post was first left out of an answer, and until when a network wants to rest"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("visits", sa.Column("missed_at", UtcDateTime(), nullable=True))
    op.add_column("collections", sa.Column("rest_until", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("collections", "rest_until")
    op.drop_column("visits", "missed_at")
