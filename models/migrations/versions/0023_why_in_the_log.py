"""Why something was done to somebody's data, as one of a few words"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("privacy_entries", sa.Column("reason", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("privacy_entries", "reason")
