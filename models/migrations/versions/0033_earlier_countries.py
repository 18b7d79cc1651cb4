"""The public holidays a team kept before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import JsonValue

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("teams", sa.Column("earlier_countries", JsonValue, nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("teams", "earlier_countries")
