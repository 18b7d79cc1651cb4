"""What engages with the team itself is of a topic without a keyword"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAMES = "signal_id, keyword_id, topic_id, start, \"end\""


def upgrade() -> None:
    """Apply."""
    op.add_column("signals", sa.Column("own", sa.String(length=40), nullable=True))
    op.add_column(
        "accounts", sa.Column("own", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index(
        "ix_accounts_own", "accounts", ["network"],
        sqlite_where=sa.text("own = 1"), postgresql_where=sa.text("own"),
    )  # fmt: skip
    if op.get_bind().dialect.name == "sqlite":  # it cannot change a key: nothing points to matches
        _make("kept_matches", optional=True)
        _move("kept_matches")
    else:
        op.drop_constraint("pk_matches", "matches", type_="primary")
        op.execute("ALTER TABLE matches ADD COLUMN id BIGSERIAL")
        op.create_primary_key("pk_matches", "matches", ["id"])
        op.alter_column("matches", "keyword_id", existing_type=sa.BigInteger(), nullable=True)
        op.create_unique_constraint(
            "uq_matches_signal_id_keyword_id", "matches", ["signal_id", "keyword_id"]
        )
    op.create_index(
        "uq_matches_own", "matches", ["signal_id", "topic_id"], unique=True,
        sqlite_where=sa.text("keyword_id IS NULL"), postgresql_where=sa.text("keyword_id IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM matches WHERE keyword_id IS NULL")
    op.drop_index("uq_matches_own", table_name="matches")
    if op.get_bind().dialect.name == "sqlite":
        _make("kept_matches", optional=False)
        _move("kept_matches")
    else:
        op.drop_constraint("uq_matches_signal_id_keyword_id", "matches", type_="unique")
        op.drop_constraint("pk_matches", "matches", type_="primary")
        op.drop_column("matches", "id")
        op.create_primary_key("pk_matches", "matches", ["signal_id", "keyword_id"])
    op.drop_index("ix_accounts_own", table_name="accounts")
    op.drop_column("accounts", "own")
    op.drop_column("signals", "own")


def _make(name: str, *, optional: bool) -> None:
    """The table with a number of its own and no need of a keyword, or as it was before."""
    number = [sa.Column("id", _ID, autoincrement=True, nullable=False)] if optional else []
    keys = (
        [
            sa.PrimaryKeyConstraint("id", name="pk_matches"),
            sa.UniqueConstraint("signal_id", "keyword_id", name="uq_matches_signal_id_keyword_id"),
        ]
        if optional
        else [sa.PrimaryKeyConstraint("signal_id", "keyword_id", name="pk_matches")]
    )
    op.create_table(
        name,
        *number,
        sa.Column("signal_id", _ID, nullable=False),
        sa.Column("keyword_id", _ID, nullable=optional),
        sa.Column("topic_id", _ID, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["keyword_id"], ["keywords.id"], name="fk_matches_keyword_id"),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name="fk_matches_signal_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_matches_topic_id"),
        *keys,
    )


def _move(name: str) -> None:
    op.execute(f"INSERT INTO {name} ({_NAMES}) SELECT {_NAMES} FROM matches")
    op.drop_table("matches")
    op.rename_table(name, "matches")
    op.create_index("ix_matches_topic_id_signal_id", "matches", ["topic_id", "signal_id"])
