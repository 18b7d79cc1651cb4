"""Why two phrases were said to mean the same"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("phrase_pairs", sa.Column("reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("phrase_pairs", "reason")
