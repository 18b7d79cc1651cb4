"""Labels: judgements about signals, used for training. Append-only."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant


class Label(Base):
    """1: the author was a prospect for the topic; 0: was not. ``revokes_id`` withdraws one.

    ``author``: who said so, or took it back; ``None`` of what a touch says (its rep did) and of
    rows from before it was kept. Learning does not weigh by it: people must be able to ask.
    """

    __tablename__ = "labels"
    __table_args__ = (
        CheckConstraint("value IN (0, 1)", name="value"),
        Index("ix_labels_signal_id_topic_id", "signal_id", "topic_id"),
    )

    id: Mapped[Id]
    signal_id: Mapped[int] = mapped_column(ForeignKey("signals.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    value: Mapped[int]
    source: Mapped[Code]  # disposition, manager
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touches.id"))
    revokes_id: Mapped[int | None] = mapped_column(ForeignKey("labels.id"), unique=True)
    author: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[Instant]
