"""How long a team leaves alone whoever was contacted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("teams", sa.Column("cool_down_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("teams", "cool_down_days")
