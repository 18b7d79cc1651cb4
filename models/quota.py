"""Activity quotas: a minimum number of sales actions in a period."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Code, Id, Instant, JsonValue, Name

ENGAGED_CONTACT = "engaged_contact"


class Quota(Base):
    """What a rep, everyone of a role, or a whole team owes per period, from a day on.

    Rows are only added. On a given day the row that starts last counts, and of those the one
    entered last; one with ``stops`` says that from its first day on there is none. A rep's own
    goes before the role's, the role's before the team's.
    """

    __tablename__ = "quotas"
    __table_args__ = (
        CheckConstraint("target >= 0", name="target_not_negative"),
        CheckConstraint("period IN ('day', 'week', 'month', 'quarter')", name="period"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("missed IN ('roll', 'forfeit')", name="missed"),
        CheckConstraint("weight >= 0", name="weight_not_negative"),
        CheckConstraint("fresh_days IS NULL OR fresh_days > 0", name="fresh_days_positive"),
        CheckConstraint(
            "(rep_id IS NOT NULL AND team_id IS NULL AND role IS NULL)"
            " OR (rep_id IS NULL AND (team_id IS NOT NULL OR role IS NOT NULL))",
            name="owner",
        ),
        Index("ix_quotas_rep_id_starts_on", "rep_id", "starts_on"),
        Index("ix_quotas_team_id", "team_id"),
    )

    id: Mapped[Id]
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("reps.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    role: Mapped[Code | None]  # within the team if there is one, else in every team
    activity: Mapped[Code]  # engaged_contact, outbound_call, … or a name of one's own
    target: Mapped[int]  # of somebody who works full time all through the period
    period: Mapped[Code]
    weight: Mapped[float] = mapped_column(default=1.0)  # in the combined scorecard
    threshold: Mapped[float]  # warmth that makes a contact an engaged one
    fresh_days: Mapped[int | None]  # newest evidence may be this old when assigned; any age if null
    missed: Mapped[Code] = mapped_column(default="roll")  # into the days left, or not
    template: Mapped[Name | None]  # the template it came from
    basis: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)  # how the target was found
    stops: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # exclusive
    created_at: Mapped[Instant]
