"""Where a topic's people live, and evidence in the order of its key"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_COLUMNS = (
    "prospect_id, signal_id, points, code, occurred_at, kind, weight, intent, relevance, identity,"
    " ordinal"
)


def upgrade() -> None:
    """Apply. Topics start as not applied: what people said of where they live is read then."""
    places = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
    op.add_column("topics", sa.Column("places", places, nullable=False, server_default="[]"))
    op.add_column(
        "topics", sa.Column("fit_applied", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("prospects", sa.Column("place", sa.String(length=2), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _copy(_COLUMNS, sa.Column("place", sa.String(length=2), nullable=True), rowid=False)
    else:
        op.add_column("evidence", sa.Column("place", sa.String(length=2), nullable=True))


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "sqlite":
        _copy(_COLUMNS, rowid=True)
    else:
        op.drop_column("evidence", "place")
    op.drop_column("prospects", "place")
    op.drop_column("topics", "fit_applied")
    op.drop_column("topics", "places")


def _copy(columns: str, *more: sa.Column[str], rowid: bool) -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "evidence_copy",
        sa.Column("prospect_id", number, nullable=False),
        sa.Column("signal_id", number, nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False, server_default="post"),
        sa.Column("weight", sa.Double(), nullable=False, server_default=sa.text("0.0")),
        sa.Column("intent", sa.Double(), nullable=False, server_default=sa.text("1.0")),
        sa.Column("relevance", sa.Double(), nullable=False, server_default=sa.text("1.0")),
        sa.Column("identity", sa.Double(), nullable=False, server_default=sa.text("1.0")),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False, server_default=sa.text("1")),
        *more,
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospects.id"], name=op.f("fk_evidence_prospect_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_evidence_signal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prospect_id", "signal_id", name=op.f("pk_evidence")),
        sqlite_with_rowid=rowid,
    )  # fmt: skip
    op.execute(
        f"INSERT INTO evidence_copy ({columns}) SELECT {columns} FROM evidence"  # noqa: S608 - our own names
        " ORDER BY prospect_id, signal_id"
    )
    op.drop_table("evidence")
    op.rename_table("evidence_copy", "evidence")
    op.create_index("ix_evidence_signal_id", "evidence", ["signal_id"])
