"""A quarter's random sample of touches, large enough to find a tenth that was invented."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import AuditDraw, Rep, Team, Touch, TouchVerdict
from models.upsert import insert_ignore
from quotas.attainment import standing_touches
from quotas.calendars import Calendar, days_of
from quotas.flags import last_verdicts
from quotas.honesty import Limits
from quotas.periods import Period, bounds
from quotas.references import load_key
from quotas.sampling import audit_size, draw_more, expect_touches
from quotas.working_time import calendar_of
from signals.tombstones import chunks

_SEEDS = 2**31  # what a column of whole numbers holds on any database


@dataclass(frozen=True, slots=True)
class Audit:
    """One rep's sample of a quarter: out of how many, how large, what is still to be looked at.

    ``population`` is what was touched so far, ``size`` what the whole quarter needs if it goes on
    like this. ``to_look_at`` are drawn touches that were not taken back and have no verdict since
    they were drawn, ``voided`` how many of the others turned out invented.
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
    session: Session, rep: Rep, on: date, *, now: datetime, limits: Limits, seed: int | None = None
) -> Audit:
    """Draw what is due of the sample of the quarter that holds ``on``; what was drawn stays drawn.

    Once the quarter is over it holds the least sample that shows at least one invented touch with
    the wanted confidence if the wanted share is invented (hypergeometric), drawn evenly from all
    that was touched; before, the part of it that the working days passed have earned. ``seed``
    decides which; a quarter keeps the one it began with, usually the workspace's own.
    """
    calendar = calendar_of(rep)
    start, end = bounds(Period.QUARTER, on, calendar.first_weekday)
    touched = dict(
        session.execute(
            standing_touches()
            .with_only_columns(Touch.id, Touch.occurred_at)
            .where(
                Touch.rep_id == rep.id,
                Touch.occurred_at >= calendar.start_of(start),
                Touch.occurred_at < calendar.start_of(end),
            )
        ).all()
    )
    before = session.execute(
        select(AuditDraw.touch_id, AuditDraw.seed)
        .where(AuditDraw.rep_id == rep.id, AuditDraw.starts_on == start)
        .order_by(AuditDraw.id)
    ).all()
    passed = _share_passed(calendar, min(touched.values(), default=now), end, now)
    size = audit_size(
        expect_touches(len(touched), passed),
        cheating_share=limits.audit_cheating_share,
        confidence=limits.audit_confidence,
    )
    seed = before[0].seed if before else _own_seed(session) if seed is None else seed
    drawn = draw_more(
        touched, {row.touch_id for row in before}, passed=passed, size=size, seed=seed
    )
    insert_ignore(
        session,
        AuditDraw,
        [
            {"rep_id": rep.id, "touch_id": touch_id, "starts_on": start,
             "population": len(touched), "size": size, "seed": seed, "drawn_at": now}
            for touch_id in drawn
        ],
    )  # fmt: skip
    return load_audit(session, rep, on, population=len(touched), size=size)


def _share_passed(calendar: Calendar, first_at: datetime, end: date, now: datetime) -> float:
    """How much of the rep's working days from the first touch to a quarter's end is over, 0..1."""
    today = calendar.today(now)
    if end <= today:
        return 1.0
    first = calendar.today(first_at)
    days = calendar.working_days(first, end) or days_of(first, end)
    return max(1, sum(day < today for day in days)) / (len(days) + 1)  # all of it only at the end


def _own_seed(session: Session) -> int:
    """The workspace's own, which no rep can know: who could, would know what is looked at."""
    digest = hashlib.blake2b(b"audit", key=load_key(session), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _SEEDS


def draw_audits(
    session: Session,
    reps: Sequence[Rep],
    on: date | None,
    *,
    now: datetime,
    limits: Limits,
    seed: int | None = None,
) -> list[Audit]:
    """The samples of the quarter that holds ``on``, or else each rep's today."""
    return [
        draw_audit(
            session, rep, on or calendar_of(rep).today(now), now=now, limits=limits, seed=seed
        )
        for rep in reps
    ]


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
    taken_back = _find_taken_back(session, [touch_id for touch_id, _ in drawn])
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
        to_look_at=tuple(touch_id for touch_id, _ in drawn if touch_id not in looked | taken_back),
        voided=sum(verdicts[touch_id].verdict == "void" for touch_id in looked),
    )


def _find_taken_back(session: Session, touch_ids: Sequence[int]) -> set[int]:
    """Which of these touches were undone: nothing of them is left to ask about."""
    found: set[int] = set()
    for chunk in chunks(touch_ids):
        undone = select(Touch.undoes_id).where(Touch.undoes_id.in_(chunk))
        found.update(number for number in session.scalars(undone) if number is not None)
    return found
