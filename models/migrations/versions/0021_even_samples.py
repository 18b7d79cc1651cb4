"""Small indexes over every 16th and every 256th post, for even samples of common words"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

#: SQLite counts in its own index as fast as it reads these; PostgreSQL reads every post it counts.
_STEPS = (16, 256)


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "postgresql":
        for step in _STEPS:
            op.execute(
                f"CREATE INDEX post_words_index_{step} ON post_words"
                f" USING gin (to_tsvector('simple', words)) WHERE id % {step} = 0"
            )


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        for step in _STEPS:
            op.execute(f"DROP INDEX post_words_index_{step}")
