"""Implausible touches: found by the rules, shown to a manager, accepted or voided with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound, Reasonless, Refused
from config.settings import HonestySettings, WarmthSettings
from models import VERDICTS, Assignment, Rep, Team, Touch, TouchFlag, TouchVerdict
from models.upsert import insert_ignore
from quotas.attainment import standing_touches
from quotas.facts import load_facts
from quotas.feedback import judge, withdraw
from quotas.honesty import Limits, examine
from quotas.touches import clean_words
from signals.tombstones import chunks

#: How far back touches are looked at.
WINDOW = timedelta(days=92)  # a quarter: one person counted twice in it is found


@dataclass(frozen=True, slots=True)
class FlaggedTouch:
    """A touch as a manager sees it: who, when, what, and which rules it broke and why.

    ``verdict`` and ``reason`` are the last decision, if there was one.
    """

    touch: Touch
    rep: str
    rules: tuple[str, ...]
    why: tuple[str, ...]
    verdict: str | None
    reason: str | None


def limits_of(settings: HonestySettings) -> Limits:
    """The settings as the rules take them."""
    return Limits(**settings.model_dump())


def flag_touches(session: Session, team: Team, *, now: datetime, limits: Limits) -> int:
    """Hold the touches of a team's last quarter against the rules; returns how many flags are new.

    Repeating it adds nothing. A flag stays once it is there, whatever is touched later.
    """
    reps = session.scalars(select(Rep).where(Rep.team_id == team.id).order_by(Rep.id))
    return sum(flag_rep(session, rep, since=now - WINDOW, now=now, limits=limits) for rep in reps)


def flag_rep(session: Session, rep: Rep, *, since: datetime, now: datetime, limits: Limits) -> int:
    """Hold what a rep touched since then against the rules; returns how many flags are new."""
    found = examine(load_facts(session, rep, since, now), limits)
    rows = [
        {"touch_id": one.touch_id, "rule": one.rule, "why": one.why, "flagged_at": now}
        for one in found
    ]
    known: set[tuple[int, str]] = set()
    for chunk in chunks(sorted({one.touch_id for one in found})):
        known.update(
            (touch_id, rule)
            for touch_id, rule in session.execute(
                select(TouchFlag.touch_id, TouchFlag.rule).where(TouchFlag.touch_id.in_(chunk))
            )
        )
    rows = [row for row in rows if (row["touch_id"], row["rule"]) not in known]
    insert_ignore(session, TouchFlag, rows)
    return len(rows)


def load_flagged(session: Session, team: Team | None, *, open_only: bool) -> list[FlaggedTouch]:
    """Flagged standing touches, newest first; ``open_only``: those not decided since the flag."""
    statement = (
        standing_touches()
        .join(TouchFlag, TouchFlag.touch_id == Touch.id)
        .join(Rep, Rep.id == Touch.rep_id)
        .with_only_columns(Touch, Rep.name, TouchFlag.rule, TouchFlag.why, TouchFlag.flagged_at)
        .order_by(Touch.recorded_at.desc(), Touch.id.desc(), TouchFlag.rule)
    )
    if team is not None:
        statement = statement.where(Rep.team_id == team.id)
    rows = session.execute(statement).all()
    verdicts = last_verdicts(session, [row[0].id for row in rows])
    grouped: dict[int, list[tuple[Touch, str, str, str, datetime]]] = {}
    for touch, name, rule, why, flagged_at in rows:
        grouped.setdefault(touch.id, []).append((touch, name, rule, why, flagged_at))
    shown = []
    for touch_id, of_touch in grouped.items():
        verdict = verdicts.get(touch_id)
        newest = max(flagged_at for *_, flagged_at in of_touch)
        if open_only and verdict is not None and verdict.decided_at >= newest:
            continue
        shown.append(
            FlaggedTouch(
                touch=of_touch[0][0],
                rep=of_touch[0][1],
                rules=tuple(rule for _, _, rule, _, _ in of_touch),
                why=tuple(why for _, _, _, why, _ in of_touch),
                verdict=verdict.verdict if verdict else None,
                reason=verdict.reason if verdict else None,
            )
        )
    return shown


def last_verdicts(session: Session, touch_ids: Sequence[int]) -> dict[int, TouchVerdict]:
    """The verdict that holds for each touch that has one."""
    found: dict[int, TouchVerdict] = {}
    for chunk in chunks(sorted(set(touch_ids))):
        for verdict in session.scalars(
            select(TouchVerdict).where(TouchVerdict.touch_id.in_(chunk)).order_by(TouchVerdict.id)
        ):
            found[verdict.touch_id] = verdict
    return found


def decide(
    session: Session,
    touch_id: int,
    verdict: str,
    *,
    reason: str,
    by: str,
    now: datetime,
    weights: WarmthSettings,
) -> TouchVerdict:
    """Accept or void a touch, flagged or not; a later decision takes the place of an earlier one.

    A voided touch stays on record, counts for nothing and teaches the scorer nothing: what its
    outcome said of the prospect is taken back, and said again if it is accepted after all.
    """
    if verdict not in VERDICTS:
        raise Refused(
            "Verdict %(verdict)s is not known.",
            "Use %(known)s.",
            verdict=repr(verdict),
            known=" or ".join(VERDICTS),
        )
    why, who = clean_words(reason), clean_words(by)
    if why is None or who is None:
        raise Reasonless("A verdict needs a reason and a name.", "Say why, and who decided.")
    touch = session.get(Touch, touch_id) if 0 < touch_id < 2**63 else None
    if touch is None or touch.undoes_id is not None:
        raise NotFound(
            "There is no touch %(touch_id)s.", "See: warmlist honesty list", touch_id=touch_id
        )
    before = last_verdicts(session, [touch_id]).get(touch_id)
    was_void = before is not None and before.verdict == "void"
    row = TouchVerdict(
        touch_id=touch_id, verdict=verdict, reason=why, decided_by=who[:200], decided_at=now
    )
    session.add(row)
    session.flush()
    undone = session.scalar(select(Touch.id).where(Touch.undoes_id == touch_id)) is not None
    if verdict == "void" and not was_void:
        withdraw(session, touch, now=now, weights=weights)
    elif verdict == "accept" and was_void and touch.assignment_id is not None and not undone:
        assignment = session.get_one(Assignment, touch.assignment_id)
        judge(session, assignment, touch, now=now, weights=weights)
    return row
