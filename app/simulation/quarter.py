"""Drives a quarter through the program itself: listen, score, list, touch, learn, flag, pay.

Nothing here reaches past the functions that commands, pages and the scheduler call; the clock is
simulated, the workspace its own.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.jobs import build_all_lists, build_listener, flag_team, score_pending, store_brought
from app.learning import train_topics
from app.simulation.staff import COLD, STAFF, SimulatedRep, plan_day
from app.simulation.world import KEYWORDS, World
from app.topic_scorers import load_prior, load_topic_scorer
from config.settings import Settings
from models import Account, Rep, Team, WorkspaceValue
from models.database import Database
from models.upsert import insert_ignore
from prospects.tuning import load_weights
from quotas.contacts import record_contact, record_follow_up
from quotas.control import is_drawn, set_control
from quotas.flags import decide, load_flagged
from quotas.lists import load_list
from quotas.references import KEY_NAME, read_reference
from quotas.rewards import set_scheme
from quotas.setting import set_quota
from quotas.staff import create_rep, create_team, set_territory
from quotas.tiers import WHOLE, read_tiers
from quotas.touches import record_touch
from quotas.working_time import add_leave, calendar_of, set_ramp
from signals.catalog import create_topic
from signals.collectors.contract import Cursor, Page

START = date(2026, 1, 5)  # a Monday
_BUILD = time(6)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate. ``per_day``: engagements a day; ``cold_calls`` a day by those who do.

    ``warm_up`` are days on which the program only listens before the first list.
    """

    weeks: int = 13
    per_day: int = 220
    need_share: float = 0.35
    cold_calls: int = 50
    learn: bool = True
    seed: int = 1
    warm_up: int = 14


@dataclass(slots=True)
class Simulated:
    """A finished run: the workspace, the clock at its end, and what only the world knows."""

    workspace: Workspace
    plan: Plan
    now: datetime
    world: World
    invented: set[int] = field(default_factory=set)
    touches: int = 0
    met: dict[str, dict[str, str]] = field(default_factory=dict)  # rep: human: first account
    needy: dict[int, list[int]] = field(default_factory=dict)  # week: [listed, of them in need]
    learned: list[str] = field(default_factory=list)


def prepare(settings: Settings, home: Path) -> Workspace:
    """An empty workspace in ``home``, which is a simulation's own and emptied first."""
    if home.exists():
        shutil.rmtree(home)
    home.mkdir(parents=True)
    settings = settings.model_copy(update={"home": home, "database_url": None})
    workspace = Workspace(settings, Database(settings.url))
    workspace.db.migrate()
    return workspace


def simulate(
    workspace: Workspace, plan: Plan, *, advance: Callable[[int, int], None] = lambda _d, _t: None
) -> Simulated:
    """Run the quarter; ``advance`` is told the day reached and the days in all."""
    rng = random.Random(plan.seed)  # noqa: S311 - an invented world, nothing secret
    world = World(random.Random(f"world:{plan.seed}"), plan.per_day, plan.need_share)  # noqa: S311 - see above
    start = datetime.combine(START, time(), UTC)
    run = Simulated(workspace, plan, start, world)
    _set_up(workspace, start - timedelta(days=plan.warm_up), plan)
    prior = load_prior(workspace)
    scorer = load_topic_scorer(workspace, prior)
    days = plan.weeks * 7
    for offset in range(-plan.warm_up, days):
        day = start + timedelta(days=offset)
        # what was said the day before is there in the morning
        morning = datetime.combine(day.date(), _BUILD, UTC)
        _listen(run, day - timedelta(days=1), morning)
        score_pending(workspace, scorer, clock=lambda at=morning: at)  # type: ignore[misc] # bound now
        if offset >= 0 and day.weekday() < 5:
            _work(run, day.date(), morning, rng)
        if offset >= 0 and day.weekday() == 4:
            review(run, day + timedelta(hours=18))
        if plan.learn and offset > 0 and day.weekday() == 6:
            at = day + timedelta(hours=3)
            for told in train_topics(workspace, prior, lambda at=at: at):  # type: ignore[misc] # bound now
                if told.promoted:
                    run.learned.append(f"week {offset // 7 + 1}: number {told.number}, {told.why}")
            scorer = load_topic_scorer(workspace, prior)
        advance(max(0, offset + 1), days)
    run.now = start + timedelta(days=days, hours=7)
    return run


def _set_up(workspace: Workspace, now: datetime, plan: Plan) -> None:
    threshold = workspace.settings.lists.threshold
    with workspace.db.write() as session:
        team = create_team(
            session, name="Simulated", time_zone="UTC", first_weekday="monday",
            weekend=["saturday", "sunday"], now=now,
        )  # fmt: skip
        for name, keywords in KEYWORDS.items():
            create_topic(
                session, name=name, description=f"what is said of {name.lower()}",
                keywords=list(keywords), exclusions=[], languages=["en"], communities=[],
                defaults=workspace.settings.topic, now=now,
            )  # fmt: skip
        for one in STAFF:
            rep = create_rep(session, team, name=one.name, now=now)
            set_territory(session, rep, "topic", [one.topic])
            if one.works == COLD:
                set_quota(
                    session, rep, target=5 * plan.cold_calls, per="week", threshold=threshold,
                    now=now, activity="outbound_call", starts_on=START,
                )  # fmt: skip
                continue
            set_quota(
                session, rep, target=one.target, per="week", threshold=threshold, now=now,
                starts_on=START,
            )  # fmt: skip
            if one.ramp:
                set_ramp(session, rep, starts_on=START, percents=one.ramp, now=now)
            if one.away_in is not None and one.away_in <= plan.weeks:
                first = START + timedelta(weeks=one.away_in - 1)
                add_leave(
                    session, rep, starts_on=first, ends_on=first + timedelta(days=7),
                    reason="holiday", now=now,
                )  # fmt: skip
        set_scheme(
            session, team, name="Above target", unit="EUR", rate=200, mode=WHOLE, now=now,
            tiers=read_tiers(["100=1.0", "120=1.5"]), starts_on=START,
        )  # fmt: skip
        # Everybody else's key is random; here the same seed has to draw the same control group.
        key = hashlib.sha256(f"simulation:{plan.seed}".encode()).hexdigest()
        insert_ignore(session, WorkspaceValue, [{"key": KEY_NAME, "value": key}])
        set_control(session, team, 0.5, seed=plan.seed, now=now)


def _listen(run: Simulated, day: datetime, now: datetime) -> None:
    page = Page(tuple(run.world.speak(day)), Cursor(""))
    store_brought(run.workspace, build_listener(run.workspace), page, now=now)


def _work(run: Simulated, on: date, morning: datetime, rng: random.Random) -> None:
    workspace = run.workspace
    with workspace.db.read() as session:
        team_id = session.scalars(select(Team.id)).one()
    flag_team(workspace, team_id, now=morning)
    build_all_lists(workspace, on=on, now=morning, seed=run.plan.seed)
    opens = datetime.combine(on, time(9), UTC)
    for one in STAFF:
        with workspace.db.write() as session:
            rep = session.scalars(select(Rep).where(Rep.name == one.name)).one()
            if not calendar_of(rep).is_working(on):
                continue
            if one.works == COLD:
                _call_cold(run, session, rep, opens, rng)
                continue
            listed = load_list(session, rep, on, now=opens)
            people = [item.person_id for item in listed.open_items]
            accounts = select(Account.person_id, Account.external_id)
            names: dict[int, str] = dict(
                session.execute(accounts.where(Account.person_id.in_(people))).all()
            )
            counts = run.needy.setdefault((on - START).days // 7 + 1, [0, 0])
            for item in listed.items:
                if item.state == "open" and item.person_id in names:
                    counts[0] += 1
                    counts[1] += run.world.people[names[item.person_id]].needs
            _touch_all(
                run,
                session,
                one,
                [(item.assignment_id, names[item.person_id]) for item in listed.open_items],
                opens,
                rng,
            )


def _touch_all(
    run: Simulated,
    session: Session,
    one: SimulatedRep,
    items: list[tuple[int, str]],
    opens: datetime,
    rng: random.Random,
) -> None:
    met = run.met.setdefault(one.name, {})
    for attempt in plan_day(one, len(items), opens, rng):
        assignment_id, name = items[attempt.index]
        outcome = "contacted" if attempt.invented else run.world.answer(name)
        touch = record_touch(
            session, assignment_id, channel=attempt.channel, disposition=outcome,
            idempotency_key=f"simulated:{assignment_id}", now=attempt.at, note=attempt.note,
            weights=load_weights(session, run.workspace.settings.warmth),
        )  # fmt: skip
        run.touches += 1
        first = met.setdefault(run.world.people[name].human, name)
        if attempt.invented or first != name:
            run.invented.add(touch.id)  # never happened, or was counted of one human twice
        if attempt.again is not None and outcome not in {"no_answer", "do_not_contact"}:
            twice = record_follow_up(
                session, touch.id, channel=attempt.channel, disposition="contacted",
                idempotency_key=f"again:{assignment_id}", now=attempt.again,
            )  # fmt: skip
            run.touches += 1
            run.invented.add(twice.id)


def _call_cold(
    run: Simulated, session: Session, rep: Rep, opens: datetime, rng: random.Random
) -> None:
    """Calls through a list of customer numbers; chance decides which of them are compared."""
    apart = 27_000 / run.plan.cold_calls  # seven and a half hours
    for number in range(run.plan.cold_calls):
        customer = f"customer {opens:%Y%m%d} {number}"
        reference = read_reference(session, customer)
        record_contact(
            session, rep, channel="call", disposition=run.world.answer_cold(),
            idempotency_key=f"cold:{customer}", reference=reference,
            control=is_drawn(session, rep.team_id, reference),
            now=opens + timedelta(seconds=number * apart + rng.uniform(0, 60)),
        )  # fmt: skip
        run.touches += 1


def review(run: Simulated, now: datetime) -> None:
    """On Fridays a manager asks about each flagged touch and learns what was true of it."""
    with run.workspace.db.write() as session:
        team = session.scalars(select(Team)).one()
        for one in load_flagged(session, team, open_only=True):
            invented = one.touch.id in run.invented
            decide(
                session, one.touch.id, "void" if invented else "accept",
                reason="nobody was contacted" if invented else "confirmed by the prospect",
                by="Manager", now=now, weights=load_weights(session, run.workspace.settings.warmth),
            )  # fmt: skip
