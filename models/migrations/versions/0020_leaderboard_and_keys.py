"""A team's leaderboard, and which keys somebody wants"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "teams",
        sa.Column("leaderboard", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    keys = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("users", sa.Column("keys", keys, nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("users", "keys")
    op.drop_column("teams", "leaderboard")
