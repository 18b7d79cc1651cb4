"""Teams and reps."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Id, Instant, JsonList, Name


class Team(Base):
    """A group with a time zone and a calendar. Weekdays count from Monday = 0."""

    __tablename__ = "teams"
    __table_args__ = (CheckConstraint("first_weekday BETWEEN 0 AND 6", name="first_weekday"),)

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    time_zone: Mapped[Name]
    first_weekday: Mapped[int]
    weekend: Mapped[JsonList]
    created_at: Mapped[Instant]

    reps: Mapped[list[Rep]] = relationship(back_populates="team", order_by="Rep.name")


class Rep(Base):
    """Who contacts prospects."""

    __tablename__ = "reps"
    __table_args__ = (UniqueConstraint("team_id", "name"),)

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    name: Mapped[Name]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]

    team: Mapped[Team] = relationship(back_populates="reps")
    territory: Mapped[list[Territory]] = relationship(
        cascade="all, delete-orphan", order_by="Territory.id"
    )


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
