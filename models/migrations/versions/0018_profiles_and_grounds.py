"""Profiles asked for, grounds of imports, what of a network's daily buckets a request took"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from models.base import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def _allow_tasks(*tasks: str) -> None:
    """The collection's tasks anew. References are not followed while migrating, see Database."""
    names = ", ".join(f"'{task}'" for task in tasks)
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_collections_task"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_collections_task"), f"task IN ({names})")


def upgrade() -> None:
    """Apply."""
    op.add_column("accounts", sa.Column("profile_read_at", UtcDateTime(), nullable=True))
    op.add_column("imports", sa.Column("lawful_basis", sa.String(length=200), nullable=True))
    op.add_column("imports", sa.Column("networks", _JSON, nullable=True))
    op.add_column("spends", sa.Column("by_resource", _JSON, nullable=True))
    _allow_tasks("collect", "reread", "recheck", "profiles")


def downgrade() -> None:
    """Take back."""
    op.execute(
        "DELETE FROM collection_gaps WHERE collection_id IN"
        " (SELECT id FROM collections WHERE task = 'profiles')"
    )
    op.execute(
        "DELETE FROM collection_runs WHERE collection_id IN"
        " (SELECT id FROM collections WHERE task = 'profiles')"
    )
    op.execute("DELETE FROM collections WHERE task = 'profiles'")
    _allow_tasks("collect", "reread", "recheck")
    op.drop_column("spends", "by_resource")
    op.drop_column("imports", "networks")
    op.drop_column("imports", "lawful_basis")
    op.drop_column("accounts", "profile_read_at")
