"""The time zone and weekend a team had before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import JsonValue

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("teams", sa.Column("earlier_times", JsonValue, nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("teams", "earlier_times")
