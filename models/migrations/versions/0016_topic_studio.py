"""Topic versions, words to search by, judged samples, decided suggestions, phrase pairs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")

#: The words stand in the table; the index keeps places only. They are folded and parted by single
#: spaces before, so that the plainest tokeniser splits them as the matcher does.
_SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE post_words_index USING fts5("
    "words, content='post_words', content_rowid='id', tokenize='ascii', columnsize=0)",
    "CREATE TRIGGER post_words_added AFTER INSERT ON post_words BEGIN"
    " INSERT INTO post_words_index (rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER post_words_gone AFTER DELETE ON post_words BEGIN"
    " INSERT INTO post_words_index (post_words_index, rowid, words)"
    " VALUES ('delete', old.id, old.words); END",
)
_POSTGRESQL_INDEX = (
    "CREATE INDEX post_words_index ON post_words USING gin (to_tsvector('simple', words))",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "topic_versions",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("topic_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", _JSON, nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_topic_versions_topic_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_versions")),
        sa.UniqueConstraint("topic_id", "number", name=op.f("uq_topic_versions_topic_id_number")),
    )
    op.create_table(
        "post_words",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("archive_id", _ID, nullable=True),
        sa.Column("signal_id", _ID, nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(archive_id IS NULL) <> (signal_id IS NULL)", name=op.f("ck_post_words_one_post")
        ),
        sa.ForeignKeyConstraint(
            ["archive_id"], ["archive.id"], name=op.f("fk_post_words_archive_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_post_words_signal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_words")),
        sa.UniqueConstraint("archive_id", name=op.f("uq_post_words_archive_id")),
        sa.UniqueConstraint("signal_id", name=op.f("uq_post_words_signal_id")),
    )  # fmt: skip
    op.create_index("ix_post_words_occurred_at", "post_words", ["occurred_at"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_INDEX if is_sqlite else _POSTGRESQL_INDEX:
        op.execute(statement)
    op.create_table(
        "archive_labels",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("topic_id", _ID, nullable=False),
        sa.Column("archive_id", _ID, nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value IN (0, 1)", name=op.f("ck_archive_labels_value")),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_archive_labels_topic_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["archive_id"], ["archive.id"], name=op.f("fk_archive_labels_archive_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_labels")),
    )  # fmt: skip
    op.create_index(
        "ix_archive_labels_topic_id_archive_id", "archive_labels", ["topic_id", "archive_id"]
    )
    op.create_index("ix_archive_labels_archive_id", "archive_labels", ["archive_id"])
    op.create_table(
        "suggestion_decisions",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("topic_id", _ID, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("phrase", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('accepted', 'dismissed')", name=op.f("ck_suggestion_decisions_decision")
        ),
        sa.CheckConstraint(
            "role IN ('keyword', 'exclusion')", name=op.f("ck_suggestion_decisions_role")
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_suggestion_decisions_topic_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_decisions")),
        sa.UniqueConstraint(
            "topic_id", "role", "folded",
            name=op.f("uq_suggestion_decisions_topic_id_role_folded"),
        ),
    )  # fmt: skip
    op.create_table(
        "phrase_pairs",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("phrase", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("other", sa.String(length=200), nullable=False),
        sa.Column("other_folded", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase_pairs")),
        sa.UniqueConstraint(
            "folded", "other_folded", name=op.f("uq_phrase_pairs_folded_other_folded")
        ),
    )
    _write_first_versions()


def _write_first_versions() -> None:
    """What every topic is now, under the number it has: its earlier shapes were not kept."""
    bind = op.get_bind()
    versions = sa.table(
        "topic_versions",
        sa.column("topic_id"), sa.column("number"), sa.column("definition", _JSON),
        sa.column("author"), sa.column("reason"),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    topics = sa.table(
        "topics",
        sa.column("id"), sa.column("name"), sa.column("description"),
        sa.column("languages", _JSON), sa.column("active", sa.Boolean()), sa.column("version"),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    keywords = sa.table(
        "keywords",
        sa.column("id"), sa.column("topic_id"), sa.column("role"), sa.column("phrase"),
        sa.column("active", sa.Boolean()),
    )  # fmt: skip
    places = sa.table(
        "communities",
        sa.column("id"), sa.column("topic_id"), sa.column("network"), sa.column("name"),
    )  # fmt: skip
    phrases = bind.execute(
        sa.select(keywords.c.topic_id, keywords.c.role, keywords.c.phrase)
        .where(keywords.c.active)
        .order_by(keywords.c.id)
    ).all()
    listening = bind.execute(
        sa.select(places.c.topic_id, places.c.network, places.c.name).order_by(places.c.id)
    ).all()
    for topic in bind.execute(sa.select(topics).order_by(topics.c.id)).all():
        definition = {
            "name": topic.name,
            "description": topic.description,
            "keywords": [p for of, role, p in phrases if of == topic.id and role == "keyword"],
            "exclusions": [p for of, role, p in phrases if of == topic.id and role == "exclusion"],
            "languages": topic.languages,
            "communities": [[network, n] for of, network, n in listening if of == topic.id],
            "active": topic.active,
        }
        bind.execute(
            sa.insert(versions).values(
                topic_id=topic.id, number=topic.version, definition=definition, author="",
                reason="", created_at=topic.updated_at,
            )
        )  # fmt: skip


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE post_words_index")
    for table in (
        "phrase_pairs", "suggestion_decisions", "archive_labels", "post_words", "topic_versions",
    ):  # fmt: skip
        op.drop_table(table)
