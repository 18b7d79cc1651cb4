"""When a stored post was last asked for again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, UtcDateTime


class Visit(Base):
    """``reread_at``: its likes, reposts and replies were read; ``checked_at``: it still existed.

    ``asked_at``: it was asked for, whether or not the network answered. ``missed_at``: when an
    answer first left it out without a word; ``None`` once it is there again.
    """

    __tablename__ = "visits"

    signal_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("signals.id", ondelete="CASCADE"), primary_key=True
    )
    reread_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
