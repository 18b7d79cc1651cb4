"""Prospects that a rep put off to a later day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("assignments", sa.Column("put_off_until", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("assignments", "put_off_until")
