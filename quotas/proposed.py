"""Proposed targets, kept week by week for a manager to accept or dismiss; none applies itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Refused
from config.settings import ListSettings
from models import ProposalVerdict, Quota, Rep, TargetProposal, Team
from models.upsert import insert_ignore
from quotas.cool_down import by_team
from quotas.feasibility import check_quota, load_claims
from quotas.history import find_quota
from quotas.periods import Period
from quotas.proposals import Proposal, propose_targets
from quotas.setting import set_quota
from quotas.sharing import Claim
from quotas.supply_record import Supplies
from quotas.targets import ROLL
from quotas.touches import clean_words
from quotas.working_time import calendar_of

PERCENTILE = 80  #: of what comparable reps reached


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal nobody decided yet; ``current`` is the weekly quota in force when it begins."""

    number: int
    rep: Rep
    week_on: date
    begins: date  # the first day it may count from
    current: int | None
    target: int
    based_on: int
    role: str | None
    verdict: str  # of supply: feasible, tight, infeasible, unknown
    chance: float


def coming_week(team: Team, now: datetime) -> date:
    """First day of the week a proposal made now is for: the one after the running one."""
    calendar = calendar_of(team)
    return calendar.bounds(Period.WEEK, calendar.today(now))[1]


def draft_proposals(
    session: Session, team: Team, *, now: datetime, settings: ListSettings
) -> list[dict[str, object]]:
    """Rows of a team's proposals for the coming week, not stored; none where little is known."""
    reps = [rep for rep in team.reps if rep.active]
    found = [one for one in propose_targets(session, reps, now=now) if one.target is not None]
    if not found:
        return []
    supplies = Supplies(session, now=now, settings=by_team(settings, team))
    by_id = {rep.id: rep for rep in reps}
    week_on = coming_week(team, now)
    claims = load_claims(session, now=now, settings=settings)
    return [
        {
            "rep_id": one.rep_id,
            "week_on": week_on,
            "role": one.role,
            "current": one.current,
            "target": one.target,
            "based_on": one.based_on,
            "details": _weigh(session, by_id[one.rep_id], one, supplies, claims, now, settings),
            "proposed_at": now,
        }
        for one in found
    ]


def _weigh(
    session: Session,
    rep: Rep,
    one: Proposal,
    supplies: Supplies,
    claims: Mapping[int, Claim],
    now: datetime,
    settings: ListSettings,
) -> dict[str, object]:
    told = check_quota(
        session, rep, target=one.target or 0, per=Period.WEEK, now=now, settings=settings,
        supplies=supplies, claims=claims,
    )  # fmt: skip
    return {"verdict": told.verdict, "chance": told.chance, "low": told.supply.low,
            "high": told.supply.high, "next_week": one.next_week}  # fmt: skip


def store_proposals(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Keep drafted proposals; of a rep and week the first one stays."""
    insert_ignore(session, TargetProposal, rows)


def list_proposals(session: Session, team: Team, now: datetime) -> list[OpenProposal]:
    """The newest proposal of each active rep that nobody decided and that would change something.

    One that was decided hides those before it; by names of reps.
    """
    newest = (
        select(TargetProposal.rep_id, func.max(TargetProposal.week_on).label("week_on"))
        .join(Rep, Rep.id == TargetProposal.rep_id)
        .where(Rep.team_id == team.id, Rep.active)
        .group_by(TargetProposal.rep_id)
        .subquery()
    )
    rows = session.execute(
        select(TargetProposal, Rep)
        .join(
            newest,
            (newest.c.rep_id == TargetProposal.rep_id)
            & (newest.c.week_on == TargetProposal.week_on),
        )
        .join(Rep, Rep.id == TargetProposal.rep_id)
        .where(
            ~select(ProposalVerdict.id)
            .where(ProposalVerdict.proposal_id == TargetProposal.id)
            .exists()
        )
        .order_by(Rep.name, Rep.id)
    ).all()
    found = []
    for row, rep in rows:
        begins = _first_day(row, rep, now)
        quota = find_quota(session, rep.id, begins)
        current = quota.target if quota is not None and quota.period == Period.WEEK else None
        if current != row.target:
            found.append(
                OpenProposal(
                    row.id, rep, row.week_on, begins, current, row.target, row.based_on, row.role,
                    str(row.details["verdict"]), float(row.details["chance"]),
                )
            )  # fmt: skip
    return found


def accept_proposal(
    session: Session,
    number: int,
    *,
    by: str,
    now: datetime,
    threshold: float,
    starts_on: date | None = None,
) -> Quota:
    """Make a proposal the rep's quota from its week on, or from a later day; refuses it twice.

    What else counts (warmth, freshness, weight, what is missed) stays as it is. The new version
    keeps what it came from and who decided.
    """
    row, rep, who = _find_open(session, number, by)
    first = _first_day(row, rep, now)
    starts_on = starts_on or first
    if starts_on < first:
        raise Refused(
            "The proposal is for the week from %(week)s on.",
            "Use %(first)s or a later day.",
            week=row.week_on,
            first=first,
        )
    before = find_quota(session, rep.id, starts_on)
    quota = set_quota(
        session,
        rep,
        target=row.target,
        per=Period.WEEK.value,
        threshold=threshold if before is None else before.threshold,
        weight=1.0 if before is None else before.weight,
        fresh_days=None if before is None else before.fresh_days,
        missed=ROLL if before is None else before.missed,
        starts_on=starts_on,
        now=now,
        basis={
            "kind": "proposal",
            "proposal": row.id,
            "percentile": PERCENTILE,
            "weeks": row.based_on,
            "role": row.role,
            "from_target": row.current,
            "decided_by": who,
            "decided_at": now.isoformat(),
        },
    )
    _decide(session, row, "accepted", quota.id, who, now)
    return quota


def dismiss_proposal(session: Session, number: int, *, by: str, now: datetime) -> None:
    """Put a proposal away; the quota stays, and next week brings another."""
    row, _, who = _find_open(session, number, by)
    _decide(session, row, "dismissed", None, who, now)


def find_proposal(session: Session, number: int) -> TargetProposal:
    """A proposal by its number."""
    row = session.get(TargetProposal, number) if 0 < number < 2**63 else None
    if row is None:
        raise NotFound(
            "There is no proposal %(number)s.", "See: warmlist supply proposed --team T",
            number=number,
        )  # fmt: skip
    return row


def _first_day(row: TargetProposal, rep: Rep, now: datetime) -> date:
    return max(row.week_on, calendar_of(rep).today(now))


def _find_open(session: Session, number: int, by: str) -> tuple[TargetProposal, Rep, str]:
    who = clean_words(by)
    if who is None:
        raise Refused("A decision needs the name of who decides.", "Give --by NAME.")
    row = find_proposal(session, number)
    verdict = session.scalar(
        select(ProposalVerdict.verdict).where(ProposalVerdict.proposal_id == row.id)
    )
    if verdict is not None:
        raise Conflict(
            "Proposal %(number)s was decided already.", "Set the quota by hand.", number=number
        )
    return row, session.get_one(Rep, row.rep_id), who[:120]


def _decide(
    session: Session,
    row: TargetProposal,
    verdict: str,
    quota_id: int | None,
    by: str,
    now: datetime,
) -> None:
    session.add(
        ProposalVerdict(
            proposal_id=row.id, verdict=verdict, quota_id=quota_id, decided_by=by, decided_at=now
        )
    )
    session.flush()
