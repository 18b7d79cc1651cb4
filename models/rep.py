"""Teams and reps."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Id, Instant, JsonList, JsonValue, Name, UtcDateTime


class Team(Base):
    """A group with a time zone and a calendar. Weekdays count from Monday = 0."""

    __tablename__ = "teams"
    __table_args__ = (CheckConstraint("first_weekday BETWEEN 0 AND 6", name="first_weekday"),)

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    time_zone: Mapped[Name]
    first_weekday: Mapped[int]
    weekend: Mapped[JsonList]
    opens: Mapped[time] = mapped_column(default=time(9))  # the working day, in the team's zone
    closes: Mapped[time] = mapped_column(default=time(17))
    country: Mapped[Code | None]  # whose public holidays are kept, such as DE
    subdivision: Mapped[Code | None]  # of the country, such as BY
    language: Mapped[Code | None]  # what messages to the team are written in, such as ar
    leaderboard: Mapped[bool] = mapped_column(default=True)  # whether ranks are shown at all
    cool_down_days: Mapped[int | None]  # who was contacted rests so long; null: the workspace's
    # what held before, oldest first: [until day (exclusive), time zone, weekend, first weekday];
    # only added to, and without the last where it was never changed
    earlier_times: Mapped[list[Any] | None] = mapped_column(JsonValue)
    # likewise: [until day (exclusive), country, subdivision]
    earlier_countries: Mapped[list[Any] | None] = mapped_column(JsonValue)
    # likewise: [until day (exclusive), opens, closes]
    earlier_hours: Mapped[list[Any] | None] = mapped_column(JsonValue)
    undo_minutes: Mapped[int | None]  # how long a touch may be undone; null: as the workspace says
    created_at: Mapped[Instant]

    reps: Mapped[list[Rep]] = relationship(back_populates="team", order_by="Rep.name")
    holidays: Mapped[list[TeamHoliday]] = relationship(order_by="TeamHoliday.id")


class TeamHoliday(Base):
    """A day a team is off beside the public ones, or with ``works`` a public one it works on.

    Rows are only added; of one day the row entered last counts.
    """

    __tablename__ = "team_holidays"

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    held_on: Mapped[date]
    name: Mapped[Name]
    works: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant]


class Rep(Base):
    """Who contacts prospects. Before ``starts_on`` and from ``ends_on`` on nothing is owed."""

    __tablename__ = "reps"
    __table_args__ = (UniqueConstraint("team_id", "name"),)

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    name: Mapped[Name]
    active: Mapped[bool] = mapped_column(default=True)
    role: Mapped[Code | None]  # such as adviser; quotas may be set for all of a role
    # which it was before, oldest first: [until day (exclusive), role or null]; only added to
    earlier_roles: Mapped[list[Any] | None] = mapped_column(JsonValue)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]  # exclusive: the first day no longer with the team
    created_at: Mapped[Instant]

    team: Mapped[Team] = relationship(back_populates="reps")
    territory: Mapped[list[Territory]] = relationship(
        cascade="all, delete-orphan", order_by="Territory.id"
    )
    working_times: Mapped[list[WorkingTime]] = relationship(order_by="WorkingTime.id")
    ramps: Mapped[list[Ramp]] = relationship(order_by="Ramp.id")
    leaves: Mapped[list[Leave]] = relationship(order_by="Leave.id")


class Territory(Base):
    """One thing a rep may receive; several of one kind are alternatives, none of a kind: all."""

    __tablename__ = "territories"
    __table_args__ = (
        UniqueConstraint("rep_id", "kind", "value"),
        CheckConstraint("kind IN ('language', 'topic', 'network', 'place')", name="kind"),
    )

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id", ondelete="CASCADE"))
    kind: Mapped[Code]
    value: Mapped[Name]


class WorkingTime(Base):
    """How much of the week a rep works from a day on; rows are only added, the latest counts."""

    __tablename__ = "working_times"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),)

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"), index=True)
    starts_on: Mapped[date]
    weekdays: Mapped[list[Any] | None] = mapped_column(JsonValue)  # Monday = 0; null: the team's
    percent: Mapped[int]  # of a full day, on each day worked
    created_at: Mapped[Instant]


class Ramp(Base):
    """What part of the target a newcomer owes week by week from a day on; afterwards all of it."""

    __tablename__ = "ramps"

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"), index=True)
    starts_on: Mapped[date]
    percents: Mapped[JsonList]  # of the first week, the second, …; empty: no ramp from here on
    created_at: Mapped[Instant]


class Leave(Base):
    """Days a rep is away. A withdrawn one counts no more; the row stays."""

    __tablename__ = "leaves"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
    )

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # exclusive
    percent: Mapped[int] = mapped_column(default=100)  # of each day: 50 is half a day
    reason: Mapped[Name]
    created_at: Mapped[Instant]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
