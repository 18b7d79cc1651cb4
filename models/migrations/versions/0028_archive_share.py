"""With which share an archived post was kept, and what kind it is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("archive", sa.Column("share", sa.Double(), nullable=True))
    op.add_column(
        "archive", sa.Column("kind", sa.String(length=40), server_default="post", nullable=False)
    )
    op.create_index("ix_archive_share", "archive", ["share"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_archive_share", table_name="archive")
    op.drop_column("archive", "kind")
    op.drop_column("archive", "share")
