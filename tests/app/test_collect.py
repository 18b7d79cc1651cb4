"""`collect` against a local stream: live matches, what they draw, deletions, interruptions."""

from __future__ import annotations

import itertools
import signal
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app.bootstrap import Workspace, read_clock
from app.crew import collect_due
from app.jobs import score_pending
from app.runs import RunReport
from config.settings import load_settings
from models import Collection, CollectionRun, Prospect, Signal, Source
from models.database import Database
from signals.catalog import create_topic
from signals.schedule import synchronise
from signals.scoring.rules import RuleScorer
from signals.sources import SourceTerms, add_source, resume
from tests.app.program import Program, ask, count_rows, wait_until
from tests.fakes.jetstream_server import JetstreamServer, Raw, Refusal
from tests.fakes.web_server import Asked, Reply, WebServer

_START = datetime(2026, 11, 25, 12, tzinfo=UTC)
_START_US = int(_START.timestamp() * 1_000_000)
_POST, _LIKE, _REPOST = (f"app.bsky.feed.{name}" for name in ("post", "like", "repost"))
_STREAM_RUNS = """SELECT outcome FROM collection_runs r JOIN collections c ON c.id = r.collection_id
WHERE c.task = 'collect' ORDER BY r.id"""
_STREAM = Collection.task == "collect"
_TEXT = "Who can help with a 401k rollover?"


def _event(
    number: int, collection: str, record: dict[str, Any] | None, *, rkey: str = "", at: int = 0
) -> dict[str, Any]:
    """What author ``number`` did; one every 100 ms, or at ``at`` microseconds."""
    commit: dict[str, Any] = {"collection": collection, "rkey": rkey or f"r{number}"}
    commit |= {"operation": "delete"} if record is None else {"operation": "create"}
    if record is not None:
        commit["record"] = {"$type": collection, **record}
    time_us = at or _START_US + number * 100_000
    return {
        "did": f"did:plc:author{number}",
        "time_us": time_us,
        "kind": "commit",
        "commit": commit,
    }


def _post(number: int, text: str = _TEXT, **more: Any) -> dict[str, Any]:
    return _event(number, _POST, {"text": f"{text} {number}", "langs": ["en"], **more})


def _uri(number: int) -> str:
    return f"at://did:plc:author{number}/{_POST}/r{number}"


class Clock:
    """Starts an hour after the events; time passes as it does, and further on request."""

    def __init__(self) -> None:
        self._offset = _START + timedelta(hours=1) - read_clock()

    def __call__(self) -> datetime:
        return read_clock() + self._offset

    def skip(self, delta: timedelta) -> None:
        self._offset += delta


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(database_url: str, clock: Clock) -> Iterator[Workspace]:
    """A workspace on each kind of database with a topic that listens for 401k."""
    settings = load_settings()
    collect = settings.collect.model_copy(update={"allow_hosts": ["127.0.0.1"]})
    settings = settings.model_copy(
        update={"database_url": SecretStr(database_url), "collect": collect}
    )
    made = Workspace(settings, Database(database_url))
    with made.db.write() as session:
        create_topic(
            session, name="Money", keywords=["401k"], exclusions=[], languages=[], communities=[],
            description="", defaults=settings.topic, now=clock(),
        )  # fmt: skip
    yield made
    made.db.close()


def _listen(workspace: Workspace, clock: Clock, url: str) -> None:
    with workspace.db.write() as session:
        terms = SourceTerms(url=url, lawful_basis="test")
        add_source(session, network="bluesky", terms=terms, now=clock(), allow_hosts=["127.0.0.1"])
        synchronise(session, now=clock())
        # Without a cursor a stream is heard from now on; what the script holds is from before.
        session.scalars(select(Collection).where(_STREAM)).one().cursor = str(_START_US)
        # What else there is to do with Bluesky is another test's matter.
        for other in session.scalars(select(Collection).where(~_STREAM)):
            other.next_due_at = clock() + timedelta(days=99)


def _streamed(workspace: Workspace, clock: Clock) -> list[RunReport]:
    return [r for r in collect_due(workspace, clock=clock) if r.task == "collect"]


def _collect(workspace: Workspace, clock: Clock) -> RunReport:
    clock.skip(timedelta(minutes=1))
    (report,) = _streamed(workspace, clock)
    return report


def _stored(workspace: Workspace) -> dict[str, int]:
    """How many signals of each kind are there, deleted ones left out."""
    with workspace.db.read() as session:
        rows = session.execute(
            select(Signal.kind, func.count())
            .where(Signal.deleted_at.is_(None))
            .group_by(Signal.kind)
        )
        return {row[0]: row[1] for row in rows}


def _source(workspace: Workspace) -> Collection:
    with workspace.db.read() as session:
        return session.scalars(select(Collection).where(_STREAM)).one()


def test_matches_and_what_they_draw_are_kept(workspace: Workspace, clock: Clock) -> None:
    posts = [_post(1), _post(2, "Nice weather"), _post(3), _post(4)]
    with JetstreamServer(posts) as server:
        _listen(workspace, clock, server.url)
        first = _collect(workspace, clock)
        assert (first.outcome, first.stored, first.malformed) == ("done", 3, 0)
        assert first.read >= 4  # the overlap after a goodbye is read again
        assert _source(workspace).cursor == str(posts[-1]["time_us"])
        reply = {"root": {"uri": _uri(1)}, "parent": {"uri": _uri(1)}}
        server.push(
            _event(60, _LIKE, {"subject": {"uri": _uri(1)}}),
            _event(61, _LIKE, {"subject": {"uri": _uri(2)}}),  # of a post that is nothing to us
            _event(62, _REPOST, {"subject": {"uri": _uri(3)}}),
            _post(63, "Same question here.", reply=reply),
            _post(
                64,
                "Nothing about it.",
                reply={"root": {"uri": _uri(2)}, "parent": {"uri": _uri(2)}},
            ),
        )
        second = _collect(workspace, clock)
        assert second.stored == 3
        assert _stored(workspace) == {"post": 3, "like": 1, "repost": 1, "comment": 1}
        score_pending(workspace, RuleScorer(), clock=clock)
        with workspace.db.read() as session:
            before = session.scalar(select(func.count()).select_from(Prospect)) or 0
        assert before >= 3
        server.push(
            _event(4, _POST, None, at=_START_US + 7_000_000),  # author 4 takes the post back
            {**_event(60, _LIKE, None), "time_us": _START_US + 7_100_000},
            {
                "did": "did:plc:author3", "time_us": _START_US + 7_200_000, "kind": "account",
                "account": {"active": False, "status": "deleted"},
            },
        )  # fmt: skip
        third = _collect(workspace, clock)
        assert third.deleted >= 3
    assert _stored(workspace).get("post") == 1
    assert "like" not in _stored(workspace)
    with workspace.db.read() as session:
        gone = session.scalars(select(Signal).where(Signal.external_id.in_([_uri(3), _uri(4)])))
        assert [signal.text for signal in gone if signal.text] == []
        runs = session.scalars(select(CollectionRun).order_by(CollectionRun.id)).all()
    assert [run.outcome for run in runs] == ["done", "done", "done"]
    assert [run.stored for run in runs] == [3, 3, 0]
    assert runs[0].requests >= 1
    # Every later run asks for a little of what it has already.
    assert server.cursors[-1] is not None
    assert min(c for c in server.cursors[1:] if c is not None) <= posts[-1]["time_us"] - 5_000_000


def test_a_like_in_the_same_moment_as_its_post_counts(workspace: Workspace, clock: Clock) -> None:
    script = [
        _post(1),
        _post(2, "Nice weather"),
        _event(3, _LIKE, {"subject": {"uri": _uri(1)}}),
        _event(4, _LIKE, {"subject": {"uri": _uri(2)}}),  # of a post that is nothing to us
        _event(5, _REPOST, {"subject": {"uri": _uri(1)}}),
    ]
    with JetstreamServer(script) as server:
        _listen(workspace, clock, server.url)
        _collect(workspace, clock)
    assert _stored(workspace) == {"post": 1, "like": 1, "repost": 1}


def test_disconnects_lose_and_repeat_nothing(workspace: Workspace, clock: Clock) -> None:
    posts = [_post(number) for number in range(1, 301)]
    with JetstreamServer(posts, drop_after=110, drops=3) as server:
        _listen(workspace, clock, server.url)
        report = _collect(workspace, clock)
        assert report.outcome == "done"
        assert len(server.requests) > 3
        assert server.sent > 300  # the overlap was sent again
    with workspace.db.read() as session:
        ids = session.scalars(select(Signal.external_id)).all()
        cursor = session.scalars(select(Collection.cursor).where(_STREAM)).one()
    assert sorted(ids) == sorted(_uri(number) for number in range(1, 301))
    assert cursor == str(posts[-1]["time_us"])


def test_a_stream_that_breaks_off_keeps_what_came_and_resumes(
    workspace: Workspace, clock: Clock
) -> None:
    posts = [_post(number) for number in range(1, 101)]
    with JetstreamServer(posts, close_code=1011) as server:
        _listen(workspace, clock, server.url)
        report = _collect(workspace, clock)
        assert (report.outcome, report.stored) == ("failed", 100)
        source = _source(workspace)
        assert source.cursor == str(posts[-1]["time_us"])
        assert source.failures == 1
        server.push(_post(101), _post(102))
        server.close_code = 1000
        clock.skip(timedelta(minutes=5))
        assert _collect(workspace, clock).stored == 2
    assert _stored(workspace) == {"post": 102}
    assert _source(workspace).failures == 0


def test_a_refusal_pauses_and_a_person_resumes(workspace: Workspace, clock: Clock) -> None:
    with JetstreamServer([_post(1)], refusals=[Refusal(403, body=b"blocked")]) as server:
        _listen(workspace, clock, server.url)
        report = _collect(workspace, clock)
        assert report.outcome == "paused"
        reason = _source(workspace).paused_reason or ""
        assert reason.startswith("An administrator must")
        assert "blocked" in reason
        clock.skip(timedelta(days=3))
        assert _streamed(workspace, clock) == []
        assert len(server.requests) == 1
        with workspace.db.write() as session:
            resume(session, "bluesky", now=clock())
        assert _collect(workspace, clock).stored == 1
    assert _source(workspace).paused_reason is None


def test_a_server_that_is_down_is_left_alone_for_longer_and_longer(
    workspace: Workspace, clock: Clock
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{probe.getsockname()[1]}"
    _listen(workspace, clock, url)
    waits = []
    for failures in range(1, 7):
        report = _collect(workspace, clock)
        assert report.outcome == "failed"
        source = _source(workspace)
        assert source.failures == failures
        assert source.lease_until is None
        waits.append((source.next_due_at - clock()).total_seconds())
        assert _streamed(workspace, clock) == []  # not due yet
        clock.skip(source.next_due_at - clock())
    assert waits[0] >= 55
    assert all(later > 1.5 * earlier for earlier, later in itertools.pairwise(waits[:4]))
    assert max(waits) <= 900 * 1.2
    with JetstreamServer([_post(1)]) as server:
        with workspace.db.write() as session:
            session.scalars(select(Source)).one().url = server.url
        clock.skip(timedelta(hours=1))
        assert _collect(workspace, clock).stored == 1
    assert _source(workspace).failures == 0


def test_a_rate_limit_is_obeyed(workspace: Workspace, clock: Clock) -> None:
    refusal = Refusal(429, {"Retry-After": "1200"})
    with JetstreamServer([_post(1)], refusals=[refusal]) as server:
        _listen(workspace, clock, server.url)
        assert _collect(workspace, clock).outcome == "failed"
    wait = (_source(workspace).next_due_at - clock()).total_seconds()
    assert 1190 <= wait <= 1200


def test_stopping_ends_behind_a_stored_page(workspace: Workspace, clock: Clock) -> None:
    posts = [_post(number) for number in range(1, 1501)]  # a page holds 1,000
    with JetstreamServer(posts) as server:
        _listen(workspace, clock, server.url)
        clock.skip(timedelta(minutes=1))
        (report,) = collect_due(workspace, clock=clock, stopping=lambda: bool(_stored(workspace)))
        assert (report.outcome, report.stored) == ("done", 1000)
        assert _source(workspace).cursor == str(posts[999]["time_us"])
        assert _source(workspace).lease_owner is None
        assert _collect(workspace, clock).stored == 500


class TestProgram:
    """The command itself, as a process of its own."""

    @pytest.fixture
    def appview(self) -> Iterator[WebServer]:
        """Asked for the authors of what matched; without it the true one would be."""

        def speak(asked: Asked) -> Reply:
            assert asked.path == "/xrpc/app.bsky.actor.getProfiles", "too early for anything else"
            return Reply(document={"profiles": [{"did": did} for did in asked.query["actors"]]})

        with WebServer(speak) as made:
            yield made

    @pytest.fixture
    def program(self, tmp_path: Path) -> Program:
        made = Program(
            tmp_path / "home",
            {
                "WARMLIST_COLLECT__LEASE_SECONDS": "1",
                "WARMLIST_COLLECT__ALLOW_HOSTS": '["127.0.0.1"]',
                "WARMLIST_SCORING__SCORER": "rules",  # loading the other is most of the time
            },
        )
        made.run_each([["init"], ["topic", "add", "Money", "--keyword", "401k"]])
        return made

    @staticmethod
    def _add(program: Program, server: JetstreamServer, appview: WebServer) -> None:
        program.run(
            "source", "add", "bluesky", "--lawful-basis", "test", "--url", server.url,
            "--option", f"appview_url={appview.url}",
        )  # fmt: skip

    @staticmethod
    def _start_at(program: Program, time_us: int) -> None:
        db = Database(f"sqlite:///{program.home / 'warmlist.db'}")
        with db.write() as session:
            session.scalars(select(Collection).where(_STREAM)).one().cursor = str(time_us)
        db.close()

    @staticmethod
    def _recent(count: int) -> list[dict[str, Any]]:
        first = int((time.time() - 3600) * 1_000_000)
        return [
            {**_post(number), "time_us": first + number * 100_000} for number in range(1, count + 1)
        ]

    def test_what_it_prints(self, program: Program, appview: WebServer) -> None:
        posts = self._recent(3)
        script = [*posts, Raw(posts[-1]["time_us"], "{")]
        with JetstreamServer(script, refusals=[Refusal(403, body=b"blocked")]) as server:
            self._add(program, server, appview)
            self._start_at(program, posts[0]["time_us"])
            refused, idle, sources, doctor, resumed, done, listed = program.run_each(
                [
                    ["collect"], ["collect"], ["source", "list", "--json"], ["doctor"],
                    ["source", "resume", "bluesky"], ["collect", "--json"], ["source", "list"],
                ]
            )  # fmt: skip
        assert (refused.code, done.code) == (1, 0)
        assert "bluesky: An administrator must" in refused.line
        assert (idle.code, idle.out) == (0, "Nothing is due. See: warmlist source list\n")
        assert sources.document[0]["state"] == "paused"
        assert sources.document[0]["do"].startswith("An administrator must")
        assert "MISS  source bluesky: An administrator must" in doctor.out
        assert resumed.out == "bluesky is due again.\n"
        assert done.document["runs"][0]["stored"] == 3
        assert done.document["runs"][0]["malformed"] >= 1
        assert done.document["scored"] == 3
        assert "malformed" in done.err  # the log, beside the data
        assert "listening" in listed.out

    def test_killed_in_the_middle_and_run_again_has_every_item_once(
        self, program: Program, appview: WebServer
    ) -> None:
        posts = self._recent(4000)
        with JetstreamServer(posts) as server:
            self._add(program, server, appview)
            self._start_at(program, posts[0]["time_us"] - 1)
            process = program.start("collect")
            wait_until(lambda: count_rows(program, "signals"))
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=30)
            stored = count_rows(program, "signals")
            assert 0 < stored < 4000, "it was over before it was interrupted"
            cursor = int(
                ask(program, "SELECT cursor FROM collections WHERE task = 'collect'")[0][0]
            )
            assert cursor == posts[stored - 1]["time_us"]  # data and cursor, or neither
            time.sleep(1.1)  # the lease of the dead process
            again = program.run("collect", "--json").document["runs"][0]
            assert again["outcome"] == "done"
            assert again["stored"] == 4000 - stored
            assert again["read"] > 4000 - stored  # it resumes a little earlier
        assert ask(program, "SELECT count(*), count(DISTINCT external_id) FROM signals") == [
            (4000, 4000)
        ]
        assert ask(program, _STREAM_RUNS) == [("lost",), ("done",)]
        assert ask(program, "SELECT count(*) FROM signals WHERE scored_at IS NULL") == [(0,)]
