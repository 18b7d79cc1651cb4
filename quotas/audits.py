"""A quarter's random sample of touches, large enough to find a tenth that was invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import AuditDraw, Rep, Team, Touch, TouchVerdict
from models.upsert import insert_ignore
from quotas.attainment import standing_touches
from quotas.flags import last_verdicts
from quotas.honesty import Limits, audit_size, draw_sample
from quotas.periods import Period, bounds
from quotas.working_time import calendar_of


@dataclass(frozen=True, slots=True)
class Audit:
    """One rep's sample of a quarter: out of how many, how large, what is still to be looked at.

    ``to_look_at`` are drawn touches without a verdict since they were drawn, ``voided`` how many of
    the others turned out invented.
    """

    rep_id: int
    rep: str
    starts_on: date
    ends_on: date
    population: int
    size: int
    drawn: tuple[int, ...]
    to_look_at: tuple[int, ...]
    voided: int


def draw_audit(
    session: Session, rep: Rep, on: date, *, now: datetime, limits: Limits, seed: int
) -> Audit:
    """Draw the sample of the quarter that holds ``on``, from what was touched so far.

    The least sample that shows at least one invented touch with the wanted confidence if the wanted
    share is invented (hypergeometric). Drawing again later only adds: what was drawn stays drawn.
    """
    calendar = calendar_of(rep)
    start, end = bounds(Period.QUARTER, on, calendar.first_weekday)
    ids = session.scalars(
        standing_touches()
        .with_only_columns(Touch.id)
        .where(
            Touch.rep_id == rep.id,
            Touch.occurred_at >= calendar.start_of(start),
            Touch.occurred_at < calendar.start_of(end),
        )
    ).all()
    size = audit_size(
        len(ids),
        cheating_share=limits.audit_cheating_share,
        confidence=limits.audit_confidence,
    )
    insert_ignore(
        session,
        AuditDraw,
        [
            {"rep_id": rep.id, "touch_id": touch_id, "starts_on": start, "population": len(ids),
             "size": size, "seed": seed, "drawn_at": now}
            for touch_id in draw_sample(ids, size, seed=seed)
        ],
    )  # fmt: skip
    return load_audit(session, rep, on, population=len(ids), size=size)


def draw_audits(
    session: Session,
    reps: Sequence[Rep],
    on: date | None,
    *,
    now: datetime,
    limits: Limits,
    seed: int,
) -> list[Audit]:
    """The samples of the quarter that holds ``on``, or else each rep's today."""
    return [
        draw_audit(
            session, rep, on or calendar_of(rep).today(now), now=now, limits=limits, seed=seed
        )
        for rep in reps
    ]  # fmt: skip


def audited_reps(session: Session, team: Team | None, on: date) -> list[Rep]:
    """Whose touches of the quarter that holds ``on`` are sampled: who left within it too."""
    start, _ = bounds(Period.QUARTER, on, 0)
    # a day more on either side: of which quarter a touch is, its rep's own zone says
    since = datetime.combine(start, time(), UTC) - timedelta(days=1)
    touched = select(Touch.id).where(Touch.rep_id == Rep.id, Touch.occurred_at >= since).exists()
    chosen = select(Rep).where(or_(Rep.active, touched)).order_by(Rep.team_id, Rep.name)
    if team is not None:
        chosen = chosen.where(Rep.team_id == team.id)
    return list(session.scalars(chosen))


def load_drawn(session: Session, team: Team) -> list[tuple[Touch, str]]:
    """Drawn touches that stand and wait for a look, with the rep's name; newest first."""
    decided = (
        select(TouchVerdict.id)
        .where(
            TouchVerdict.touch_id == AuditDraw.touch_id,
            TouchVerdict.decided_at >= AuditDraw.drawn_at,
        )
        .exists()
    )
    rows = session.execute(
        standing_touches()
        .join(AuditDraw, AuditDraw.touch_id == Touch.id)
        .join(Rep, Rep.id == Touch.rep_id)
        .with_only_columns(Touch, Rep.name)
        .where(Rep.team_id == team.id, ~decided)
        .order_by(Touch.occurred_at.desc(), Touch.id.desc())
    )
    return [(touch, name) for touch, name in rows]


def load_audit(session: Session, rep: Rep, on: date, *, population: int, size: int) -> Audit:
    """How far a quarter's sample was looked at."""
    start, end = bounds(Period.QUARTER, on, calendar_of(rep).first_weekday)
    drawn = session.execute(
        select(AuditDraw.touch_id, AuditDraw.drawn_at)
        .where(AuditDraw.rep_id == rep.id, AuditDraw.starts_on == start)
        .order_by(AuditDraw.touch_id)
    ).all()
    verdicts = last_verdicts(session, [touch_id for touch_id, _ in drawn])
    looked = {
        touch_id
        for touch_id, drawn_at in drawn
        if touch_id in verdicts and verdicts[touch_id].decided_at >= drawn_at
    }
    return Audit(
        rep_id=rep.id,
        rep=rep.name,
        starts_on=start,
        ends_on=end - timedelta(days=1),
        population=population,
        size=size,
        drawn=tuple(touch_id for touch_id, _ in drawn),
        to_look_at=tuple(touch_id for touch_id, _ in drawn if touch_id not in looked),
        voided=sum(verdicts[touch_id].verdict == "void" for touch_id in looked),
    )
