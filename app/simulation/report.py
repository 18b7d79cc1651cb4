"""What a manager sees after a simulated quarter, beside what only the simulation knows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.simulation.quarter import START, Simulated, review
from app.simulation.staff import COLD, STAFF, SimulatedRep
from models import ENGAGED_CONTACT, Rep, Signal, Team, Touch, TouchFlag, TouchVerdict
from quotas.attainment import list_counted, measure_quota
from quotas.audits import draw_audit
from quotas.conversion import describe_exchange, load_exchange
from quotas.feasibility import check_quota
from quotas.flags import flag_rep, limits_of
from quotas.history import find_quota, load_spans, period_target
from quotas.needs import Standard
from quotas.outlook import load_outlook
from quotas.periods import Period, bounds
from quotas.proposals import propose_targets
from quotas.standards import Standards
from quotas.statements import close_statement
from quotas.supply_record import Supplies, forecast_parts
from quotas.tiers import show_hundredths
from quotas.working_time import calendar_of


def report(run: Simulated) -> dict[str, Any]:
    """Close the quarter and gather what is shown; the same plan gives the same document.

    Its ``digest`` is over everything else in it.
    """
    workspace, settings = run.workspace, run.workspace.settings
    end = START + timedelta(weeks=run.plan.weeks)
    _hold_against_rules(run)
    with workspace.db.write() as session:
        team = session.scalars(select(Team)).one()
        reps = {rep.name: rep for rep in session.scalars(select(Rep).order_by(Rep.id))}
        rows = [_rep(run, session, one, reps[one.name]) for one in STAFF]
        worth = load_exchange(session, team, calls=250, threshold=settings.lists.threshold)
        supplies = Supplies(session, now=run.now, settings=settings.lists)
        record = supplies.of(Standard(settings.lists.threshold, None))
        feasible = check_quota(
            session, reps[STAFF[0].name], target=STAFF[0].target, per=Period.WEEK, now=run.now,
            settings=settings.lists, supplies=supplies,
        )  # fmt: skip
        doubled = check_quota(
            session, reps[STAFF[0].name], target=3 * STAFF[0].target, per=Period.WEEK,
            now=run.now, settings=settings.lists, supplies=supplies,
        )  # fmt: skip
        document: dict[str, Any] = {
            "plan": asdict(run.plan),
            "from": START.isoformat(),
            "to": (end - timedelta(days=1)).isoformat(),
            "signals": session.scalar(select(func.count()).select_from(Signal)),
            "touches": run.touches,
            "reps": rows,
            "in_need": {str(week): _share(*counts) for week, counts in sorted(run.needy.items())},
            "learned": run.learned,
            "exchange": describe_exchange(worth)
            | {"enough": worth.enough, "more_engaged": worth.more_engaged,
               "more_cold": worth.more_cold},
            "supply": [asdict(part) for part in forecast_parts(record, 4)],
            "feasible": asdict(feasible),
            "three_times": asdict(doubled),
            "proposed": {
                one.rep: one.target
                for one in propose_targets(session, list(reps.values()), now=run.now)
            },
        }  # fmt: skip
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
    return document | {"digest": hashlib.sha256(text.encode()).hexdigest()}


def _hold_against_rules(run: Simulated) -> None:
    """What closing looks at once more is judged as on any Friday: nothing waits then."""
    limits = limits_of(run.workspace.settings.honesty)
    with run.workspace.db.write() as session:
        for rep in session.scalars(select(Rep).order_by(Rep.id)):
            since = calendar_of(rep).start_of(START)
            flag_rep(session, rep, since=since, now=run.now, limits=limits)
    review(run, run.now)


def _share(listed: int, needy: int) -> float | None:
    return round(needy / listed, 3) if listed else None


def _rep(run: Simulated, session: Session, one: SimulatedRep, rep: Rep) -> dict[str, Any]:
    calendar = calendar_of(rep)
    end = START + timedelta(weeks=run.plan.weeks)
    last = end - timedelta(days=3)  # the last Friday
    activity = "outbound_call" if one.works == COLD else ENGAGED_CONTACT
    quota = find_quota(session, rep.id, last, activity)
    assert quota is not None  # everybody was given one
    spans = load_spans(session, [rep], START, end)[rep.id][activity]
    standards = Standards(spans, calendar)
    weeks = []
    for number in range(run.plan.weeks):
        first = START + timedelta(weeks=number)
        after = first + timedelta(days=7)
        since, until = calendar.start_of(first), calendar.start_of(after)
        touched = list_counted(session, rep.id, activity, standards, since, until)
        counted = len({subject for subject, _ in touched})
        weeks.append((counted, period_target(spans, first, after, calendar)))
    evening = calendar.start_of(last) + timedelta(hours=17)
    outlook = load_outlook(session, rep, measure_quota(session, rep, quota, evening), evening)
    flagged = set(
        session.scalars(
            select(TouchFlag.touch_id)
            .join(Touch, Touch.id == TouchFlag.touch_id)
            .where(Touch.rep_id == rep.id)
        )
    )
    voided = set(
        session.scalars(
            select(TouchVerdict.touch_id)
            .join(Touch, Touch.id == TouchVerdict.touch_id)
            .where(Touch.rep_id == rep.id, TouchVerdict.verdict == "void")
        )
    )
    mine = set(session.scalars(select(Touch.id).where(Touch.rep_id == rep.id)))
    after = calendar.start_of(bounds(Period.QUARTER, START, calendar.first_weekday)[1])
    audit = draw_audit(
        session, rep, START, now=max(run.now, after),
        limits=limits_of(run.workspace.settings.honesty), seed=run.plan.seed,
    )  # fmt: skip
    earned = 0
    if activity == ENGAGED_CONTACT:
        earned = sum(
            row.amount
            for row in close_statement(
                session,
                rep,
                START,
                end,
                by="Manager",
                now=run.now,
                limits=limits_of(run.workspace.settings.honesty),
            )
        )
    owed = [(counted, target) for counted, target in weeks if target]
    outcomes = dict(
        session.execute(
            select(Touch.disposition, func.count())
            .where(Touch.rep_id == rep.id)
            .group_by(Touch.disposition)
        ).all()
    )
    return {
        "rep": rep.name,
        "works": one.works,
        "activity": activity,
        "counted": sum(counted for counted, _ in weeks),
        "target": sum(target for _, target in weeks),
        "weeks": [list(week) for week in weeks],
        "weeks_met": sum(counted >= target for counted, target in owed),
        "weeks_owed": len(owed),
        "streak": outlook.periods_met,
        "missing": dict(outlook.missing.causes),
        "successes": sum(outcomes.get(name, 0) for name in ("meeting", "proposal", "won")),
        "touches": len(mine),
        "flagged": len(flagged),
        "voided": len(voided),
        "audited": len(audit.drawn),
        "earned": show_hundredths(earned),
        "truth": {
            "honest": one.is_honest,
            # shown something that is true, and not mostly honest contacts beside it
            "caught": 0 < len(flagged) <= 2 * len(flagged & run.invented),
            "invented": len(mine & run.invented),
            "namesakes": _count_namesakes(run, one.name),
            "invented_flagged": len(flagged & run.invented),
            "honest_flagged": len(flagged - run.invented),
            "invented_in_audit": len(set(audit.drawn) & run.invented),
        },
    }


def _count_namesakes(run: Simulated, rep: str) -> int:
    """Names that several different people whom the rep contacted bear."""
    humans: dict[str, set[str]] = {}
    for human, account in run.met.get(rep, {}).items():
        humans.setdefault(run.world.people[account].handle, set()).add(human)
    return sum(len(of_name) > 1 for of_name in humans.values())
