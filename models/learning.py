"""What a topic learned from its labels: one row per attempt, kept whatever became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonDict, LongText, UtcDateTime


class TopicScorer(Base):
    """A topic's own stage over the shipped scorer; ``number`` counts from 1 in its topic.

    ``parameters`` is a stack as JSON. In force: promoted and not retired, one per topic at most.
    ``repeats`` is the number that a rollback or a second promotion brought back; 0 the prior alone.
    """

    __tablename__ = "topic_scorers"
    __table_args__ = (
        UniqueConstraint("topic_id", "number"),
        CheckConstraint("kind IN ('prior', 'calibration', 'stack')", name="kind"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("retired_at IS NULL OR promoted_at IS NOT NULL", name="retired_promoted"),
        Index(
            "uq_topic_scorers_in_force",
            "topic_id",
            unique=True,
            sqlite_where=text("promoted_at IS NOT NULL AND retired_at IS NULL"),
            postgresql_where=text("promoted_at IS NOT NULL AND retired_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    number: Mapped[int]
    kind: Mapped[Code]
    parameters: Mapped[JsonDict]
    prior_version: Mapped[str] = mapped_column(String(80))
    labels: Mapped[JsonDict]  # counts: texts, positives, per source; newest label; digest of all
    candidate: Mapped[JsonDict]  # figures on labels held back from its own fit
    incumbent: Mapped[JsonDict]  # the same of what was in force then
    note: Mapped[LongText] = mapped_column(default="")
    repeats: Mapped[int | None]
    created_at: Mapped[Instant]
    promoted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
