"""Daily lists and their assignments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonDict, JsonList, UtcDateTime

#: An answer to a rep who is away, or a date they set: a colleague's until they are back.
COVER = "cover"
#: The warmest, a try to learn from, an answer to this rep, a date this rep set, a colleague's.
SOURCES = ("warmth", "explore", "relationship", "next_step", COVER)


class DailyList(Base):
    """One rep's list of one day: what the quota asked for, what could be filled, and its hash."""

    __tablename__ = "daily_lists"
    __table_args__ = (UniqueConstraint("rep_id", "listed_on"),)

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"))
    listed_on: Mapped[date]
    wanted: Mapped[int]  # places the quota asked for that day, carried ones included
    shortfall: Mapped[int]
    shortfall_reason: Mapped[str | None] = mapped_column(String(40))
    seed: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    details: Mapped[JsonDict]  # configuration, topic versions and the fairness certificate
    built_at: Mapped[Instant]


class ListBuild(Base):
    """One building of a team's lists: what it was made from, so that it can be made again.

    Rows are only added. ``details`` holds the configuration, the needs, the supply (people by
    number, no words of theirs) and the certificate.
    """

    __tablename__ = "list_builds"
    __table_args__ = (Index("ix_list_builds_team_id_listed_on", "team_id", "listed_on"),)

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    listed_on: Mapped[date]
    as_of: Mapped[Instant]  # evidence of up to then was known
    seed: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))  # of who was given to whom
    details: Mapped[JsonDict]
    built_at: Mapped[Instant]


class Assignment(Base):
    """One prospect given to one rep on one day, with rank, warmth and reasons as shown then."""

    __tablename__ = "assignments"
    __table_args__ = (
        # nobody to two reps at a time: the database's own word on it
        Index(
            "uq_assignments_open_person",
            "person_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        UniqueConstraint("rep_id", "listed_on", "person_id"),
        Index("ix_assignments_rep_id_closed_at", "rep_id", "closed_at"),
        Index("ix_assignments_person_id", "person_id"),
        CheckConstraint("(closed_at IS NULL) = (closed_reason IS NULL)", name="closed_with_reason"),
    )

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    signal_id: Mapped[int | None] = mapped_column(ForeignKey("signals.id", ondelete="SET NULL"))
    listed_on: Mapped[date]
    rank: Mapped[int]
    warmth: Mapped[float]
    value: Mapped[float | None]  # what allocation weighed it by, 0..1
    reasons: Mapped[JsonList]
    # why this one, see SOURCES; no constraint: SQLite would copy a table that touches point to
    source: Mapped[Code] = mapped_column(default="warmth")
    propensity: Mapped[float] = mapped_column(default=1.0)  # how likely a try was to be chosen
    evidence_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the newest when assigned
    assigned_at: Mapped[Instant]
    put_off_until: Mapped[date | None]  # the rep's own word: not before that day, still theirs
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_reason: Mapped[str | None] = mapped_column(String(40))
