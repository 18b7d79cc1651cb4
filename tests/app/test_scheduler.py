"""The clock of a process: what each tick does, with a clock of the test's own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.bootstrap import Workspace, open_workspace, send_logs_to_stderr
from app.importing import ImportOrder, run_import
from app.scheduler import Ticker, _guarded, start_scheduler
from config.errors import Refused
from models import Collection, DailyList, Prospect, Quota, Rep, Signal, TargetProposal, Team
from quotas.staff import create_rep, create_team, set_quota
from quotas.touches import record_touch
from signals.catalog import create_topic
from signals.schedule import synchronise
from signals.scoring.contract import Scorer
from signals.scoring.rules import RuleScorer
from signals.sources import SourceTerms, add_source
from tests.app.program import post, wait_until
from tests.factories import make_assignment, make_prospect, make_topic, warmth_settings
from tests.fakes.jetstream_server import JetstreamServer

_TEXT = "Can anyone recommend somebody for a 401k rollover? I have to decide this week."


class Clock:
    """Stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def workspace(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("WARMLIST_COLLECT__ALLOW_HOSTS", '["127.0.0.1"]')
    made = open_workspace(must_exist=False)
    made.db.migrate()
    with made.db.write() as session:
        create_topic(
            session, name="Money", keywords=["401k"], exclusions=[], languages=[], communities=[],
            description="", defaults=made.settings.topic, now=now,
        )  # fmt: skip
    yield made
    made.db.close()


def _add_team(workspace: Workspace, name: str, zone: str, now: datetime, *, quota: int = 5) -> None:
    with workspace.db.write() as session:
        team = create_team(
            session, name=name, time_zone=zone, first_weekday="monday", weekend=[], now=now
        )
        rep = create_rep(session, team, name=f"{name} rep", now=now)
        if quota:
            set_quota(session, rep, target=quota, per="day", threshold=0.1, now=now)


def _built(workspace: Workspace) -> list[tuple[str, date]]:
    with workspace.db.read() as session:
        rows = session.execute(
            select(Team.name, DailyList.listed_on)
            .join(Rep, Rep.id == DailyList.rep_id)
            .join(Team, Team.id == Rep.team_id)
            .order_by(DailyList.listed_on, Team.name)
        )
        return [(name, day) for name, day in rows]


def _built_at(workspace: Workspace) -> list[datetime]:
    with workspace.db.read() as session:
        return list(session.scalars(select(DailyList.built_at).order_by(DailyList.id)))


def _ticker(workspace: Workspace, clock: Clock) -> Ticker:
    return Ticker(workspace, clock=clock, scorer=RuleScorer())


def test_lists_are_built_once_a_day_when_the_teams_day_has_started(
    workspace: Workspace, clock: Clock
) -> None:
    riyadh = ZoneInfo("Asia/Riyadh")
    clock.at = datetime(2026, 11, 24, 20, 0, tzinfo=riyadh)
    _add_team(workspace, "Riyadh", "Asia/Riyadh", clock.at)
    ticker = _ticker(workspace, clock)
    clock.at = datetime(2026, 11, 25, 5, 59, 59, tzinfo=riyadh)
    ticker.build_lists()
    assert _built(workspace) == []
    clock.at = datetime(2026, 11, 25, 6, 0, tzinfo=riyadh)
    ticker.build_lists()
    assert _built(workspace) == [("Riyadh", date(2026, 11, 25))]
    first = _built_at(workspace)
    for hour in (7, 12, 23):
        clock.at = datetime(2026, 11, 25, hour, 30, tzinfo=riyadh)
        ticker.build_lists()
    clock.at = datetime(2026, 11, 26, 1, 0, tzinfo=riyadh)
    ticker.build_lists()
    assert _built_at(workspace) == first
    clock.at = datetime(2026, 11, 26, 6, 30, tzinfo=riyadh)
    ticker.build_lists()
    assert [day for _, day in _built(workspace)] == [date(2026, 11, 25), date(2026, 11, 26)]


def test_one_teams_morning_is_not_anothers(workspace: Workspace, clock: Clock) -> None:
    clock.at = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("UTC"))
    for name, zone in (("Auckland", "Pacific/Auckland"), ("Boston", "America/New_York")):
        _add_team(workspace, name, zone, clock.at)
    _add_team(workspace, "Idle", "UTC", clock.at, quota=0)
    ticker = _ticker(workspace, clock)
    clock.at = datetime(2026, 11, 25, 8, tzinfo=ZoneInfo("UTC"))  # 21:00 there, 03:00 in Boston
    ticker.build_lists()
    assert _built(workspace) == [("Auckland", date(2026, 11, 25))]
    clock.at = datetime(2026, 11, 25, 11, tzinfo=ZoneInfo("UTC"))  # already the 26th in Auckland
    ticker.build_lists()
    assert _built(workspace) == [("Auckland", date(2026, 11, 25)), ("Boston", date(2026, 11, 25))]


def test_what_waits_is_scored(workspace: Workspace, clock: Clock, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(post(n, f"{_TEXT} {n}") + "\n" for n in range(5)))

    def no_scorer() -> Scorer:
        raise Refused("The scorer is away.")

    with pytest.raises(Refused):  # stored, and left for a later tick
        run_import(workspace, ImportOrder(str(file)), scorer=no_scorer, clock=clock)
    _ticker(workspace, clock).score()
    with workspace.db.read() as session:
        waiting = session.scalar(
            select(func.count()).select_from(Signal).where(Signal.scored_at.is_(None))
        )
        assert waiting == 0
        assert session.scalar(select(func.count()).select_from(Prospect)) == 5


@pytest.mark.parametrize("error", [Refused("The disk is full.", "Make room."), ValueError("odd")])
def test_a_failing_job_is_told_and_the_next_tick_runs(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    ticks = []

    def job() -> None:
        ticks.append(len(ticks))
        if len(ticks) == 1:
            raise error

    send_logs_to_stderr()  # to that of this test
    run = _guarded(job)
    run()
    told = capsys.readouterr()
    assert str(error).split(".", maxsplit=1)[0] in told.err
    assert "job=job" in told.err.replace("\x1b[36m", "").replace("\x1b[0m", "").replace(
        "\x1b[35m", ""
    )
    assert told.out == ""
    run()
    assert ticks == [0, 1]
    assert capsys.readouterr().err == ""


def test_a_failing_team_keeps_nobody_elses_lists(workspace: Workspace, clock: Clock) -> None:
    """A source that fails is the next tick's business, and the other jobs go on."""
    _add_team(workspace, "East", "UTC", clock.at)
    ticker = _ticker(workspace, clock)
    with workspace.db.write() as session:
        terms = SourceTerms(url="ws://127.0.0.1:1", lawful_basis="test")
        add_source(session, network="bluesky", terms=terms, now=clock.at, allow_hosts=["127.0.0.1"])
    ticker.collect()
    ticker.wait(10)
    ticker.build_lists()
    ticker.purge()
    assert _built(workspace) == [("East", clock.at.date())]


def test_it_starts_works_and_stops_cleanly(workspace: Workspace, now: datetime) -> None:
    """With the real clock: a stream that never ends must not hold up the end of the process."""
    before = {thread.name for thread in threading.enumerate()}
    recent = int((time.time() - 60) * 1_000_000)
    event = {
        "did": "did:plc:a", "time_us": recent, "kind": "commit",
        "commit": {
            "operation": "create", "collection": "app.bsky.feed.post", "rkey": "r1",
            "record": {"text": _TEXT, "langs": ["en"]},
        },
    }  # fmt: skip
    with JetstreamServer([json.loads(json.dumps(event))], live=True) as server:
        with workspace.db.write() as session:
            terms = SourceTerms(url=server.url, lawful_basis="test")
            add_source(
                session, network="bluesky", terms=terms, now=now - timedelta(days=365),
                allow_hosts=["127.0.0.1"],
            )  # fmt: skip
            synchronise(session, now=now - timedelta(days=365))
            stream = select(Collection).where(Collection.task == "collect")
            session.scalars(stream).one().cursor = str(recent)
        scheduler = start_scheduler(workspace)
        try:
            wait_until(lambda: _count(workspace) == 1)
        finally:
            started = time.monotonic()
            scheduler.shutdown()
        assert time.monotonic() - started < 8
    wait_until(lambda: {thread.name for thread in threading.enumerate()} <= before, seconds=5)


def _count(workspace: Workspace) -> int:
    with workspace.db.read() as session:
        return session.scalar(select(func.count()).select_from(Signal)) or 0


def test_targets_are_proposed_once_a_week_and_apply_to_nobody(
    workspace: Workspace, clock: Clock
) -> None:
    clock.at = datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("UTC"))
    _add_team(workspace, "West", "UTC", clock.at)
    with workspace.db.write() as session:
        topic = make_topic(session, at=clock.at)
        rep = session.scalars(select(Rep)).one()
        for back in range(1, 7):
            for number in range(back):
                at = clock.at - timedelta(weeks=back, minutes=number)
                prospect = make_prospect(session, topic, f"{back}-{number}", (3.0, at))
                assignment = make_assignment(session, rep, prospect, at=at)
                record_touch(
                    session, assignment.id, channel="call", disposition="contacted",
                    idempotency_key=f"t{assignment.id}", now=at, weights=warmth_settings(),
                )  # fmt: skip
    ticker = _ticker(workspace, clock)
    found = []
    for day in (25, 26, 29, 30):  # the last one is the next week's Monday
        clock.at = datetime(2026, 11, day, 12, tzinfo=ZoneInfo("UTC"))
        ticker.propose_targets()
        with workspace.db.read() as session:
            rows = session.scalars(select(TargetProposal).order_by(TargetProposal.week_on)).all()
            found.append([row.week_on.isoformat() for row in rows])
            assert session.scalar(select(func.count()).select_from(Quota)) == 1
    assert found == [["2026-11-30"]] * 3 + [["2026-11-30", "2026-12-07"]]
