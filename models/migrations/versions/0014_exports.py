"""Write down which posts a person takes out, where a network counts them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "exports",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("taken_by", sa.String(length=200), nullable=False),
        sa.Column("network", sa.String(length=40), nullable=False),
        sa.Column("exported_on", sa.Date(), nullable=False),
        sa.Column("signal_id", sa.BigInteger(), nullable=False),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint(
            "taken_by",
            "network",
            "exported_on",
            "signal_id",
            name=op.f("uq_exports_taken_by_network_exported_on_signal_id"),
        ),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("exports")
