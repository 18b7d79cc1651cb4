"""Millions of signals made inside the database, and what ranking and refreshing cost among them."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from app.bench.figures import Figure
from app.bootstrap import Workspace, read_clock
from app.jobs import build_all_lists, spare_collector
from config.errors import Refused
from config.settings import load_settings
from models import Assignment, DailyList, Match, Signal, Topic
from models.database import Database
from prospects.ranking import RankedProspect, rank_supply
from prospects.refresh import load_pending, store_scores
from quotas.staff import create_rep, create_team, set_quota
from signals.catalog import create_topic
from signals.scoring.contract import Intent, Reason, Score

_PER_PERSON = 10  # signals by one author
_TOPICS = 3
_REPS = 20
_SLICE = 500_000  # signals made in one transaction
_DAYS = 30  # signals are spread over this time
_WARMING = 5
_RANKINGS = 100
_BATCH = 1000  # signals stored at a time, as the jobs do
_BATCHES = 20
_FRESH = 10**12  # the row numbers of signals that come after filling stay out of the filling's way
_ARCHIVE = 10  # the list build is compared with the one over this many times less

# A number's place in 0..1, the same on both databases: multiply by a large prime, keep 31 bits.
_DICE = "((({n} * {prime}) % 2147483647) / 2147483647.0)"
_STATEMENTS = (
    "INSERT INTO persons (id, created_at) SELECT n, {now} FROM {people}",
    (
        "INSERT INTO accounts (id, person_id, network, external_id, handle, first_seen_at)"
        " SELECT n, n, 'file', 'u' || n, 'bench_' || n, {now} FROM {people}"
    ),
    (
        "INSERT INTO signals (id, network, kind, external_id, account_id, text, language, metrics,"
        " occurred_at, observed_at, scored_at)"
        " SELECT n, 'file', 'post', 's' || n, person, 'Which keyword ' || n || ' should I choose?',"
        " 'en', '{{}}', {at}, {at}, {at} FROM {terms} AS terms"
    ),
    (
        "INSERT INTO scores (signal_id, topic_id, scorer_version, intents, relevance, prospect,"
        " reasons, scored_at)"
        " SELECT n, topic, 'bench', '{{\"seller\": 0.02}}', 0.9, points / 3.0,"
        " '[[\"cue.asks_which\", 1.0, 0, 5]]', {at} FROM {terms} AS terms"
    ),
    (
        "INSERT INTO prospects (id, person_id, topic_id, warmth_key, newest_at, fit, fit_band)"
        " SELECT person, person, min(topic), {now_s} / {half} + ln(sum(points *"
        " power(2.0, -age / {half}))) / ln(2.0), {newest}, 0.8, 2 FROM {terms} AS terms"
        " GROUP BY person"
    ),
    (
        "INSERT INTO evidence (prospect_id, signal_id, points, code, occurred_at, kind, weight,"
        " intent, relevance, identity, ordinal)"
        " SELECT person, n, points, 'cue.asks_which', {at}, 'post', 3.0, points / 2.7, 0.9, 1.0, 1"
        " FROM {terms} AS terms"
    ),
)


def measure_scale(*, signals: int, url: str | None) -> list[Figure]:
    """Ranking, refreshing and list building at 10,000 signals and every tenfold up to ``signals``.

    On a SQLite file of its own, or in the empty database at ``url``, which is left filled.
    """
    suffix = "" if url is None or url.startswith("sqlite") else "_postgresql"
    figures: list[Figure] = []
    with _opened(url) as workspace:
        now = read_clock()
        _prepare(workspace, now)
        steps = [size for size in (10**4, 10**5, 10**6, 10**7) if size < signals] + [signals]
        filled, builds = 0, []
        for size in steps:
            _fill(workspace.db, filled, size, now)
            filled = size
            measured = _measure(workspace, size, now)
            builds.append((size, measured.build_s))
            last = size == signals
            at = "" if last else f"_at_{size}"
            figures += [
                Figure(
                    f"prospects.top50_ms{suffix}{at}", measured.top_ms, "ms",
                    20 if last else None, at_most=True,
                ),
                Figure(f"prospects.top50_least_ms{suffix}{at}", measured.least_ms, "ms"),
                Figure(f"prospects.top50_most_ms{suffix}{at}", measured.most_ms, "ms"),
                Figure(f"prospects.top50_cpu_ms{suffix}{at}", measured.top_cpu_ms, "ms"),
                Figure(
                    f"prospects.refresh_per_cpu_s{suffix}{at}", measured.refresh_per_cpu_s,
                    "signals", 10_000 if last else None,
                ),
                Figure(f"prospects.lists_build_s{suffix}{at}", measured.build_s, "s"),
            ]  # fmt: skip
        smaller = [seconds for size, seconds in builds if size * _ARCHIVE <= signals]
        if smaller:
            figures.append(
                Figure(
                    f"prospects.lists_build_growth{suffix}", builds[-1][1] / smaller[-1], "ratio",
                    1.25, at_most=True, reference=1.0,
                )
            )  # fmt: skip
    return figures


@contextmanager
def _opened(url: str | None) -> Iterator[Workspace]:
    with tempfile.TemporaryDirectory(prefix="warmlist-bench-") as folder:
        settings = load_settings().model_copy(update={"home": Path(folder), "database_url": None})
        db = Database(url or settings.url)
        if db.revision() is not None:
            raise Refused(
                "The database to measure in is not empty.", "Give --url of a new, empty one.", 2
            )
        db.migrate()
        try:
            yield Workspace(settings, db)
        finally:
            db.close()


def _prepare(workspace: Workspace, now: datetime) -> None:
    with workspace.db.write() as session:
        team = create_team(
            session, name="Bench", time_zone="UTC", first_weekday="monday", weekend=[], now=now
        )
        for number in range(_REPS):
            rep = create_rep(session, team, name=f"Rep {number + 1}", now=now)
            set_quota(session, rep, target=70, per="week", threshold=0.5, now=now)
        for number in range(_TOPICS):
            create_topic(
                session, name=f"Topic {number + 1}", keywords=[f"keyword {number + 1}"],
                defaults=workspace.settings.topic, now=now,
            )  # fmt: skip


def _fill(db: Database, done: int, size: int, now: datetime) -> None:
    """Make the signals from ``done`` to ``size``, with all that hangs on them, in the database."""
    with db.read() as session:
        first_topic, hours = session.execute(
            select(func.min(Topic.id), func.min(Topic.half_life_hours))
        ).one()
    for start in range(done, size, _SLICE):
        stop = min(size, start + _SLICE)
        words = _Words(db.is_sqlite, start, stop, now, first_topic, hours * 3600.0)
        with db.write() as session:
            for statement in _STATEMENTS:
                session.execute(text(words.fill(statement)))
    with db.write() as session:
        if not db.is_sqlite:  # rows came with their numbers: what is added next must come after
            for table in ("persons", "accounts", "signals", "prospects"):
                session.execute(
                    text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")  # noqa: S608 - our own names
                )
        session.execute(text("ANALYZE"))
    if not db.is_sqlite:
        # as a database in use has long since done: else its own cleaning runs beside the clock
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")


@dataclass(frozen=True)
class _Words:
    """The parts of the filling statements that differ between databases and slices."""

    is_sqlite: bool
    start: int
    stop: int
    now: datetime
    first_topic: int
    half_life_s: float

    def fill(self, statement: str) -> str:
        now_s = self.now.timestamp()
        age = _DICE.format(n="n", prime=1103515245) + f" * {_DAYS * 86400.0}"
        # most evidence is weak: the fourth power of an even draw, 0.06 to 2.6 points
        draw = _DICE.format(n="n", prime=69069691)
        points = f"(0.06 + 2.54 * {draw} * {draw} * {draw} * {draw})"
        people = (self.start // _PER_PERSON + 1, self.stop // _PER_PERSON)
        terms = (
            f"(SELECT n, (n - 1) / {_PER_PERSON} + 1 AS person,"  # noqa: S608 - our own numbers
            f" ((n - 1) / {_PER_PERSON}) % {_TOPICS} + {self.first_topic} AS topic,"
            f" {age} AS age, {points} AS points FROM {self._series(self.start + 1, self.stop)})"
        )
        return statement.format(
            now=self._instant(repr(now_s)), at=self._instant(f"({now_s!r} - age)"),
            newest=self._instant(f"({now_s!r} - min(age))"), now_s=repr(now_s),
            half=repr(self.half_life_s), people=self._series(*people), terms=terms,
        )  # fmt: skip

    def _series(self, first: int, last: int) -> str:
        if not self.is_sqlite:
            return f"generate_series({first}::bigint, {last}::bigint) AS series(n)"
        return (
            f"(WITH RECURSIVE series(n) AS (SELECT {first} UNION ALL"  # noqa: S608 - our own numbers
            f" SELECT n + 1 FROM series WHERE n < {last}) SELECT n FROM series)"
        )

    def _instant(self, seconds: str) -> str:
        if self.is_sqlite:  # as SQLAlchemy writes it
            return f"strftime('%Y-%m-%d %H:%M:%f', {seconds}, 'unixepoch') || '000'"
        return f"to_timestamp({seconds})"


@dataclass(frozen=True)
class _Measured:
    top_ms: float
    least_ms: float
    most_ms: float
    top_cpu_ms: float
    refresh_per_cpu_s: float
    build_s: float


def _measure(workspace: Workspace, size: int, now: datetime) -> _Measured:
    seconds, spent = _time_top(workspace, now)
    middle, cpu = statistics.median(seconds), statistics.median(spent)
    build = _time_build(workspace, now)
    refresh = _rate_refresh(workspace, size, now)
    return _Measured(
        1000 * middle, 1000 * min(seconds), 1000 * max(seconds), 1000 * cpu, refresh, build
    )


def _anybody(_: RankedProspect) -> bool:
    return True


def _time_top(workspace: Workspace, now: datetime) -> tuple[list[float], list[float]]:
    """Seconds, by the clock and of CPU, to rank and explain a rep's best 50, many times over.

    The rep may receive every topic. Warm, as a server is: it asked some times before, and what was
    loaded by then is out of the garbage collector's rounds.
    """
    spare_collector()
    seconds: list[float] = []
    spent: list[float] = []
    for number in range(-_WARMING, _RANKINGS):
        with workspace.db.read() as session:
            started, before = time.perf_counter(), time.process_time()
            supply = rank_supply(
                session, wanted=50, suits=[_anybody], as_of=now, is_past=False,
                settings=workspace.settings.lists,
            )  # fmt: skip
            if number >= 0:
                seconds.append(time.perf_counter() - started)
                spent.append(time.process_time() - before)
        if len(supply) < 50:
            raise Refused("Fewer than 50 were ranked, so the time would mean nothing.", "")
    return seconds, spent


def _time_build(workspace: Workspace, now: datetime) -> float:
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        builds = build_all_lists(workspace, on=None, now=now)
        seconds.append(time.perf_counter() - started)
        if not all(built.assigned for build in builds for built in build.lists):
            raise Refused("A list stayed empty, so the time would mean nothing.", "")
        with workspace.db.write() as session:
            session.query(Assignment).delete()
            session.query(DailyList).delete()
    return statistics.median(seconds)


def _rate_refresh(workspace: Workspace, size: int, now: datetime) -> float:
    """Scored signals per CPU-second of this process: scores, evidence and keys written.

    On SQLite, what copying the log back costs afterwards is counted too.
    """
    rng = random.Random(size)  # noqa: S311 - the same signals every time, nothing secret
    reasons = (Reason("cue.asks_which", 1.0, "", 0, 5), Reason("intercept", -1.0))
    spent = 0.0
    for batch in range(_BATCHES):
        at = now - timedelta(hours=rng.randint(0, 48))
        with workspace.db.write() as session:
            _add_signals(session, size, batch, at, rng)
        with workspace.db.read() as session:
            pending = load_pending(session, limit=_BATCH)
        scored = [
            (one, Score({Intent.SEEKING: 0.5, Intent.SELLER: 0.02}, 0.9, rng.random(), reasons))
            for one in pending
        ]
        started = time.process_time()
        with workspace.db.write() as session:
            store_scores(
                session, scored, scorer_version="bench", weights=workspace.settings.warmth, now=now
            )
        spent += time.process_time() - started
    started = time.process_time()
    if workspace.db.is_sqlite:
        with workspace.db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint")
    spent += time.process_time() - started
    return _BATCH * _BATCHES / spent


def _add_signals(session: Session, size: int, batch: int, at: datetime, rng: random.Random) -> None:
    topics = session.execute(select(Topic).order_by(Topic.id)).scalars().all()
    keywords = {topic.id: topic.keywords[0].id for topic in topics}
    first = topics[0].id
    people = rng.sample(range(1, size // _PER_PERSON + 1), min(_BATCH, size // _PER_PERSON))
    ids = session.scalars(
        insert(Signal).returning(Signal.id),
        [
            {"id": _FRESH + size * 10 + batch * _BATCH + number, "network": "file",
             "kind": "comment", "external_id": f"r{size}-{batch}-{number}",
             "account_id": people[number % len(people)], "text": "Which keyword is best?",
             "metrics": {}, "occurred_at": at, "observed_at": at, "language": "en"}
            for number in range(_BATCH)
        ],
    ).all()  # fmt: skip
    session.execute(
        insert(Match),
        [
            {"signal_id": signal_id, "keyword_id": keywords[topic_id], "topic_id": topic_id,
             "start": 6, "end": 13}
            for number, signal_id in enumerate(sorted(ids))
            for topic_id in [(people[number % len(people)] - 1) % _TOPICS + first]
        ],
    )  # fmt: skip
