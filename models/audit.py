"""Who did what to whose data and when, without the data. Append-only."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonDict, Name


class PrivacyEntry(Base):
    """One look-up, export, objection, erasure, notice or change of the suppression list.

    ``subject_hash`` is salted: whoever asks again can be told what was done, by their handle.
    ``counts`` holds numbers by table, nothing else.
    """

    __tablename__ = "privacy_entries"
    __table_args__ = (Index("ix_privacy_entries_subject_hash", "subject_hash"),)

    id: Mapped[Id]
    action: Mapped[Code]
    actor: Mapped[Name]
    subject_hash: Mapped[str | None] = mapped_column(String(64))
    counts: Mapped[JsonDict]
    reason: Mapped[Code | None]  # one of a few words, so that it can hold nobody's data
    done_at: Mapped[Instant]
