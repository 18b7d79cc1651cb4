"""What is only added to stays as it was entered"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# Of touches and verdicts an erasure empties the words, and a link moves the person: the rest stays.
_STAYS = {
    "quotas": (),
    "touches": (
        "rep_id", "channel", "disposition", "activity", "control", "occurred_at", "recorded_at",
        "undoes_id",
    ),
    "touch_verdicts": ("touch_id", "verdict", "decided_by", "decided_at"),
    "touch_flags": ("touch_id", "rule", "flagged_at"),
    "privacy_entries": (),
}  # fmt: skip


def upgrade() -> None:
    """Apply."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE FUNCTION keep_as_entered() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME; END $$"
        )
    for table, columns in _STAYS.items():
        changing = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
        for verb, what in (("delete", "DELETE"), ("update", changing)):
            if is_sqlite:
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {what} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added'); END"
                )
            else:
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {what} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION keep_as_entered()"
                )


def downgrade() -> None:
    """Take back."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _STAYS:
        for verb in ("delete", "update"):
            on = "" if is_sqlite else f" ON {table}"
            op.execute(f"DROP TRIGGER {table}_no_{verb}{on}")
    if not is_sqlite:
        op.execute("DROP FUNCTION keep_as_entered()")
