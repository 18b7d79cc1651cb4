"""Every rep's quotas in force, as rows of the Quotas page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.web.quota_form import key_of
from models import Quota, Rep, Team
from quotas.history import Owner, QuotaSpan, load_spans, load_target, quota_history
from quotas.working_time import calendar_of

_AHEAD: Final = timedelta(days=366)


@dataclass(frozen=True)
class QuotaRow:
    """One quota in force for a rep: what this period owes, and what follows it."""

    rep: Rep
    quota: Quota | None
    owed: int
    key: str
    later: tuple[QuotaSpan, ...]


def load_rows(session: Session, team: Team, now: datetime) -> list[QuotaRow]:
    """A team's reps with their quotas in force; a rep without any has one empty row."""
    reps = sorted((rep for rep in team.reps if rep.active), key=lambda rep: rep.name)
    if not reps:
        return []
    today = calendar_of(team).today(now)
    found = load_spans(session, reps, today, today + _AHEAD)
    rows: list[QuotaRow] = []
    for rep in reps:
        before = len(rows)
        for spans in found[rep.id].values():
            at = next((span for span in spans if span.starts_on <= today), None)
            later = tuple(span for span in spans if span.starts_on > today)
            quota = at.quota if at is not None else later[0].quota
            owed = load_target(session, rep, quota, today)[2] if at is not None else 0
            rows.append(
                QuotaRow(rep, quota, owed, key_of(quota), later if at is not None else later[:1])
            )
        if len(rows) == before:
            rows.append(QuotaRow(rep, None, 0, "", ()))
    return rows


def load_shared(
    session: Session, teams: Sequence[Team], now: datetime
) -> list[tuple[Team, str | None, Quota]]:
    """Quotas in force that hold for a whole team or a role of it."""
    found: list[tuple[Team, str | None, Quota]] = []
    for team in teams:
        today = calendar_of(team).today(now)
        roles = sorted({rep.role for rep in team.reps if rep.role})
        for role in (None, *roles):
            found += [
                (team, role, span.quota)
                for span in quota_history(session, Owner(team=team, role=role))
                if span.starts_on <= today < span.ends_on
            ]
    return found
