"""What a topic was at each saving. Append-only."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant, JsonDict, LongText, Name


class TopicVersion(Base):
    """A topic's whole definition as it was saved, by whom, when and why.

    ``number`` is ``Topic.version`` of then. Bringing an earlier one back is a new row.
    """

    __tablename__ = "topic_versions"
    __table_args__ = (UniqueConstraint("topic_id", "number"),)

    id: Mapped[Id]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))
    number: Mapped[int]
    definition: Mapped[JsonDict]
    author: Mapped[Name]
    reason: Mapped[LongText]
    created_at: Mapped[Instant]
