"""Find the few suppressed people without reading everybody"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index('ix_persons_suppressed', 'persons', ['id'], unique=False, sqlite_where=sa.text('suppressed_at IS NOT NULL'), postgresql_where=sa.text('suppressed_at IS NOT NULL'))


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_persons_suppressed', table_name='persons', sqlite_where=sa.text('suppressed_at IS NOT NULL'), postgresql_where=sa.text('suppressed_at IS NOT NULL'))
