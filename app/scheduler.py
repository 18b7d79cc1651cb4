"""The clock of a process: it only ticks; the database says what is due."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select

from app.bootstrap import Workspace, read_clock
from app.budgets import renew_when_due
from app.crew import Crew
from app.first_list import build_when_asked
from app.hooks import drain_inbox
from app.jobs import (
    build_team_lists,
    draw_team_audits,
    flag_team,
    index_posts,
    is_pending,
    purge,
    score_pending,
)
from app.learning import follow_when_due, learn_when_due
from app.mailing import send_due
from app.proposing import propose_when_due
from app.runs import RunReport
from app.topic_scorers import load_prior, load_topic_scorer
from app.tuning import apply_fit, apply_weights
from config.errors import Refused
from models import DailyList, Rep, Team
from quotas.attainment import calendar_of, find_quota
from signals.scoring.contract import Scorer

_log: Any = structlog.get_logger("scheduler")


class Ticker:
    """The jobs of a process; each may be called again at any time and does only what is due."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        clock: Callable[[], datetime] = read_clock,
        scorer: Scorer | None = None,  # loaded when it is first needed
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._scorer = scorer
        self._scoring = threading.Lock()
        self._stopping = threading.Event()
        self._crew = Crew(
            workspace, clock=clock, stopping=self._stopping.is_set, report=_log_report
        )

    def collect(self) -> None:
        """Start what is due; a run goes on while others tick. What it brings is scored by ticks."""
        self._crew.tick()

    def score(self) -> None:
        """Score what waits; one at a time in this process."""
        with self._scoring:
            apply_fit(self._workspace)
            if not is_pending(self._workspace):
                return
            # asked each time: another process may have promoted what a topic learned
            scorer = load_topic_scorer(self._workspace, self._load_prior())
            score_pending(self._workspace, scorer, clock=self._clock)
            apply_weights(self._workspace, clock=self._clock)

    def drain_inbox(self) -> None:
        """Match and store what other systems delivered."""
        counts = drain_inbox(self._workspace, now=self._clock())
        if counts.read:
            _log.info("delivered", read=counts.read, stored=counts.stored)

    def learn(self) -> None:
        """Once a week, learn from what reps judged; once a day, let similar signals follow."""
        with self._scoring:
            learn_when_due(self._workspace, self._load_prior, self._clock)
            follow_when_due(self._workspace, self._load_prior, self._clock)

    def build_lists(self) -> None:
        """Build the lists of every team whose day has started and whose lists are not built."""
        now = self._clock()
        for team_id in self._find_waiting(now):
            flag_team(self._workspace, team_id, now=now)  # of the days before
            draw_team_audits(self._workspace, team_id, now=now)
            build = build_team_lists(self._workspace, team_id, on=None, now=now)
            _log.info("lists", team=build.team, on=str(build.on), lists=len(build.lists))

    def build_first_list(self) -> None:
        """Build a new workspace's first list, where somebody waits for it."""
        build_when_asked(self._workspace, clock=self._clock, score=self.score)

    def send_mail(self) -> None:
        """Send links that users and invited people wait for."""
        send_due(self._workspace, clock=self._clock)

    def index(self) -> None:
        """Index new posts for the topic studio."""
        index_posts(self._workspace)

    def spread_budget(self) -> None:
        """Once a day, propose the spread of the budget anew where a manager switched it on."""
        renew_when_due(self._workspace, self._clock)

    def propose_targets(self) -> None:
        """Once a week, propose every team's targets; a manager decides."""
        made = propose_when_due(self._workspace, self._clock)
        if made:
            _log.info("targets proposed", count=made)

    def purge(self) -> None:
        """Drop what may not be kept longer."""
        purge(self._workspace, now=self._clock())

    def stop(self) -> None:
        """End running collections after the page they are at."""
        self._stopping.set()

    def wait(self, seconds: float) -> None:
        """Wait for running collections to end; one that hangs is left to its lease."""
        self._crew.join(seconds)

    def _load_prior(self) -> Scorer:
        if self._scorer is None:
            self._scorer = load_prior(self._workspace)
        return self._scorer

    def _find_waiting(self, now: datetime) -> list[int]:
        """Teams whose day has started without lists; nobody waits for one without a quota."""
        hour = self._workspace.settings.lists.build_hour
        waiting = []
        with self._workspace.db.read() as session:
            for team in session.scalars(select(Team).order_by(Team.id)):
                calendar = calendar_of(team)
                if now.astimezone(calendar.zone).hour < hour:
                    continue
                built = session.scalar(
                    select(DailyList.id)
                    .join(Rep, Rep.id == DailyList.rep_id)
                    .where(Rep.team_id == team.id, DailyList.listed_on == calendar.today(now))
                    .limit(1)
                )
                today = calendar.today(now)
                owes = any(
                    rep.active and find_quota(session, rep.id, today) is not None
                    for rep in team.reps
                )
                if built is None and owes:
                    waiting.append(team.id)
        return waiting


class Scheduler:
    """Ticks in background threads until it is shut down."""

    def __init__(self, ticker: Ticker, background: Any) -> None:
        self._ticker = ticker
        self._background = background

    def shutdown(self) -> None:
        """End after the running jobs; a collection ends after the page it is at."""
        self._ticker.stop()
        self._background.shutdown(wait=True)
        self._ticker.wait(5)


def start_scheduler(workspace: Workspace) -> Scheduler:
    """Start ticking in background threads.

    No job store: what is due stands in our own tables, so nothing is lost by a restart and no
    pickled job can be planted there.
    """
    from apscheduler.schedulers.background import BackgroundScheduler

    ticker = Ticker(workspace)
    scheduler = BackgroundScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
    )
    for job, seconds in (
        (ticker.collect, 5), (ticker.score, 15), (ticker.build_lists, 30), (ticker.purge, 3600),
        (ticker.learn, 3600), (ticker.drain_inbox, 5), (ticker.index, 60),
        (ticker.spread_budget, 3600), (ticker.propose_targets, 3600),
        (ticker.build_first_list, 2),
        (ticker.send_mail, 5),
    ):  # fmt: skip
        scheduler.add_job(
            _guarded(job), "interval", seconds=seconds, id=job.__name__, next_run_time=read_clock()
        )
    scheduler.start()
    return Scheduler(ticker, scheduler)


def _log_report(report: RunReport) -> None:
    _log.info("collected", source=report.source, task=report.task, outcome=report.outcome,
              read=report.read, stored=report.stored, error=report.error)  # fmt: skip


def _guarded(job: Callable[[], None]) -> Callable[[], None]:
    """A job whose failure is told in one line and tried again at the next tick."""

    def run() -> None:
        try:
            job()
        except Refused as error:
            _log.error("refused", job=job.__name__, what=error.what, remedy=error.remedy)
        except Exception:  # noqa: BLE001 - a tick may fail; the next one must still come
            _log.exception("failed", job=job.__name__)

    return run
