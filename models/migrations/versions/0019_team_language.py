"""What messages to a team are written in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("teams", sa.Column("language", sa.String(40), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("teams", "language")
