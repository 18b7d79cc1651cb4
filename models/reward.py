"""Reward schemes, contests and closed statements. Amounts are whole hundredths."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Code, Id, Instant, JsonList, LongText, Name


class RewardScheme(Base):
    """What contacts above a quota's target earn a team's reps from a day on.

    Rows are only added; of a name the row that starts last counts. ``tiers`` are pairs of percent
    and multiple, the multiple in hundredths.
    """

    __tablename__ = "reward_schemes"
    __table_args__ = (
        CheckConstraint("rate >= 0", name="rate_not_negative"),
        CheckConstraint("mode IN ('whole', 'marginal')", name="mode"),
        Index("ix_reward_schemes_team_id_starts_on", "team_id", "starts_on"),
    )

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    name: Mapped[Name]
    activity: Mapped[Code]
    unit: Mapped[Code]  # EUR, points
    rate: Mapped[int]
    mode: Mapped[Code]
    tiers: Mapped[JsonList]
    stops: Mapped[bool] = mapped_column(default=False)  # from its first day on there is none
    starts_on: Mapped[date]
    created_at: Mapped[Instant]


class Contest(Base):
    """Prizes for the reps of a team who count most between two days, ``ends_on`` exclusive."""

    __tablename__ = "contests"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        Index("ix_contests_team_id_starts_on", "team_id", "starts_on"),
    )

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    name: Mapped[Name]
    activity: Mapped[Code]
    unit: Mapped[Code]
    prizes: Mapped[JsonList]  # of the first place, the second, …
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[Instant]


class Statement(Base):
    """What a rep earned in one unit in [starts_on, ends_on), as closed.

    The database refuses to change or delete a row. A correction is a row of its own that names the
    one it corrects; its amount is what is added or taken off.
    """

    __tablename__ = "statements"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        Index(
            "uq_statements_closed",
            "rep_id",
            "starts_on",
            "ends_on",
            "unit",
            unique=True,
            sqlite_where=text("corrects_id IS NULL"),
            postgresql_where=text("corrects_id IS NULL"),
        ),
        Index("ix_statements_corrects_id", "corrects_id"),
    )

    id: Mapped[Id]
    rep_id: Mapped[int] = mapped_column(ForeignKey("reps.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    unit: Mapped[Code]
    amount: Mapped[int] = mapped_column(BigId)
    lines: Mapped[JsonList]
    note: Mapped[LongText] = mapped_column(default="")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))
    closed_by: Mapped[Name]
    closed_at: Mapped[Instant]
