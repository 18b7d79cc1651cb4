"""Who said that a signal's author is a prospect"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("labels", sa.Column("author", sa.String(length=200), nullable=True))
    op.create_index("ix_archive_author_hash", "archive", ["author_hash"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_archive_author_hash", table_name="archive")
    op.drop_column("labels", "author")
