"""A quarter's random sample of touches, large enough to find a tenth that was invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditDraw, Rep, Touch
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
