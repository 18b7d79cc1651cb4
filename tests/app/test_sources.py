"""Sources, collections, budgets and dry runs, as an operator sees them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app.bootstrap import Workspace, read_clock
from app.collections import list_collections
from app.crew import Crew, collect_due, is_dead
from app.plans import plan_runs
from app.runs import RunReport
from config.errors import Refused
from config.settings import load_settings
from models import QuarantinedItem, Signal, Spend, Visit
from models.database import Database
from signals.catalog import create_topic
from signals.collectors.stackexchange import api as stack_api
from signals.leases import Wanted
from signals.sources import SourceTerms, add_source, check_url, edit_source
from tests.app.program import Program
from tests.fakes.feeds import Feed
from tests.fakes.hackernews import HackerNews, hit
from tests.fakes.stack_api import StackApi, error
from tests.fakes.web_server import Asked, Reply, Speaker, WebServer
from tests.fakes.x_api import XApi, make_post

BASIS = "legitimate interests"


class Clock:
    """Eight in the evening of today; time passes as it does, and further on request.

    What a source may spend by the hour depends on how much of the day is left.
    """

    def __init__(self) -> None:
        now = read_clock()
        self._offset = now.replace(hour=20, minute=0) - now

    def __call__(self) -> datetime:
        return read_clock() + self._offset

    def skip(self, delta: timedelta) -> None:
        self._offset += delta


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(database_url: str, clock: Clock) -> Iterator[Workspace]:
    settings = load_settings()
    collect = settings.collect.model_copy(update={"allow_hosts": ["127.0.0.1"]})
    secrets = {"x": {"bearer_token": SecretStr("app-token")}}
    settings = settings.model_copy(
        update={"database_url": SecretStr(database_url), "collect": collect, "secrets": secrets}
    )
    made = Workspace(settings, Database(database_url))
    with made.db.write() as session:
        create_topic(
            session, name="Money", keywords=["pension plan", "annuity"], description="",
            defaults=settings.topic, now=clock(),
        )  # fmt: skip
    yield made
    made.db.close()


def add(workspace: Workspace, clock: Clock, network: str, url: str, **terms: Any) -> None:
    with workspace.db.write() as session:
        stated = SourceTerms(url=url, lawful_basis=BASIS, **terms)
        add_source(session, network=network, terms=stated, now=clock(), allow_hosts=["127.0.0.1"])


def collect(workspace: Workspace, clock: Clock, *tasks: str) -> list[RunReport]:
    wanted = Wanted(even_if_not_due=True, tasks=frozenset(tasks or ("collect",)))
    return collect_due(workspace, clock=clock, wanted=wanted)


def count(workspace: Workspace, table: Any) -> int:
    with workspace.db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def comments(clock: Clock, numbers: range, text: str = "which pension plan") -> list[Any]:
    now = int(clock().timestamp())
    return [hit(n, now - 60 * n, f"{text} {n}?") for n in numbers]


def test_a_network_is_asked_for_each_topic_and_what_is_gone_goes(
    workspace: Workspace, clock: Clock
) -> None:
    network = HackerNews(comments(clock, range(1, 31)))
    with WebServer(network) as server:
        add(workspace, clock, "hackernews", server.url, options={"items_url": server.url})
        (report,) = collect(workspace, clock)
        assert (report.outcome, report.stored, report.topic) == ("done", 30, "Money")
        assert report.requests >= 2
        shown = list_collections(workspace, now=clock(), count_late=True)
        [waiting] = [c for c in shown if c["task"] == "recheck"]
        assert waiting["late"] == 0
        shown = list_collections(workspace, now=clock() + timedelta(hours=25), count_late=True)
        [late] = [c for c in shown if c["task"] == "recheck"]
        assert late["late"] == 30
        clock.skip(timedelta(hours=23))
        asked = len(server.asked)
        wanted = Wanted(even_if_not_due=True, tasks=frozenset({"recheck", "reread"}))
        plans = {plan["task"]: plan for plan in plan_runs(workspace, wanted, clock=clock)}
        assert plans["recheck"]["requests"] == ["asks whether 30 stored posts still exist"]
        assert plans["recheck"]["most_requests"] == 30
        assert plans["reread"]["requests"] == ["reads who engaged with 30 stored posts"]
        assert len(server.asked) == asked
        network.gone = {"3": {"deleted": True}, "4": None}
        (recheck,) = collect(workspace, clock, "recheck")
        assert (recheck.outcome, recheck.read, recheck.deleted) == ("done", 30, 1)
        assert count(workspace, Visit) == 30
        (again,) = collect(workspace, clock, "recheck")
        assert again.read == 0  # all of them were just seen, or missed
        clock.skip(timedelta(hours=4))
        (second,) = collect(workspace, clock, "recheck")
        assert (second.read, second.deleted) == (1, 1)  # missing for hours: it was no fault
    with workspace.db.read() as session:
        gone = session.scalars(
            select(Signal.external_id).where(Signal.deleted_at.is_not(None))
        ).all()
    assert sorted(gone) == ["3", "4"]
    by_task = {one["task"]: one for one in list_collections(workspace, now=clock())}
    assert by_task["recheck"]["deleted"] == 1
    assert by_task["collect"]["items"] >= 30
    assert by_task["collect"]["cost_today"] == 0.0


@pytest.mark.parametrize(
    "asks",
    [
        StackApi(extra={"backoff": 90}),
        lambda _: error(502, "throttle_violation", "in 90 seconds"),
    ],
    ids=["backoff", "throttle"],
)  # fmt: skip
def test_what_asked_us_to_wait_is_left_alone_after_a_restart(
    workspace: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch, asks: Speaker
) -> None:
    with workspace.db.write() as session:
        create_topic(
            session, name="Saving", keywords=["roth"], now=clock(),
            communities=["stackexchange:money.stackexchange.com"],
            defaults=workspace.settings.topic,
        )  # fmt: skip
    wanted = Wanted(topic_id=2, even_if_not_due=True, tasks=frozenset({"collect"}))
    with WebServer(asks) as server:
        add(workspace, clock, "stackexchange", server.url)
        collect_due(workspace, clock=clock, wanted=wanted)
        asked = len(server.asked)
        monkeypatch.setattr(stack_api, "_waits", stack_api._Waits())  # as a new process has it
        (waiting,) = collect_due(workspace, clock=clock, wanted=wanted)
        assert waiting.error == "Stack Exchange asked us to wait"
        assert len(server.asked) == asked
        clock.skip(timedelta(seconds=91))
        server.speak = StackApi()
        (report,) = collect_due(workspace, clock=clock, wanted=wanted)
        assert report.outcome == "done"


def test_a_day_s_budget_is_never_exceeded_and_the_next_day_goes_on(
    workspace: Workspace, clock: Clock
) -> None:
    now = clock()
    network = XApi(now, [make_post(n, at=now - timedelta(minutes=n)) for n in range(2, 400)])
    with WebServer(network) as server:
        terms = {"daily_money": 0.6, "options": {"first_hours": "144"}}
        add(workspace, clock, "x", server.url, **terms)
        (first,) = collect(workspace, clock)
        spent = first.money
        assert 0 < spent <= 0.6
        assert "budget" in str(first.gap)  # what it did not reach for is no secret
        with workspace.db.write() as session:
            edit_source(session, "x", SourceTerms(daily_money=spent), now=clock())
        asked = len(server.asked)
        (broke,) = collect(workspace, clock)
        assert (broke.outcome, broke.money, len(server.asked)) == ("budget", 0.0, asked)
        with workspace.db.read() as session:
            booked = session.scalar(select(func.sum(Spend.money))) or 0.0
        assert booked == pytest.approx(spent)
        [shown] = [c for c in list_collections(workspace, now=clock()) if c["task"] == "collect"]
        assert shown["state"] == "budget"
        assert "budget" in shown["gap"]["reason"]
        midnight = (clock() + timedelta(days=1)).astimezone(UTC).date()
        assert shown["next_due_at"] == f"{midnight}T00:00:00+00:00"
        clock.skip(timedelta(days=1))
        network.now = clock()
        (owed,) = collect(workspace, clock)  # what is stored is asked for again first
        assert (owed.outcome, owed.money) == ("budget", 0.0)
        assert sum(report.money for report in collect(workspace, clock, "recheck")) > 0
        assert sum(report.money for report in collect(workspace, clock)) > 0


def test_a_request_that_fails_is_booked_as_well(workspace: Workspace, clock: Clock) -> None:
    """Networks count what they answer with an error; what was paid before it, they keep."""
    now = clock()
    network = XApi(now, [make_post(n, at=now - timedelta(minutes=n)) for n in range(2, 50)])
    with WebServer(network) as server:
        add(workspace, clock, "x", server.url)
        server.faults.append(Reply(503, "down"))
        (failed,) = collect(workspace, clock)
        assert (failed.outcome, failed.requests, failed.money) == ("failed", 1, 0.0)
        server.faults.append(Reply(429, {}))
        (limited,) = collect(workspace, clock)
        assert (limited.outcome, limited.requests) == ("failed", 1)
        with workspace.db.read() as session:
            assert session.scalar(select(func.sum(Spend.requests))) == 2
        shown = [c for c in list_collections(workspace, now=clock()) if c["task"] == "collect"]
        assert shown[0]["requests"] == 1
        (done,) = collect(workspace, clock)
        assert done.outcome == "done"
        with workspace.db.read() as session:
            assert session.scalar(select(func.sum(Spend.requests))) == pytest.approx(
                2 + done.requests
            )


def test_a_quota_that_a_failed_request_used_up_is_counted(
    workspace: Workspace, clock: Clock
) -> None:
    """YouTube takes a search's unit for an error too: its own bucket must say so."""
    secrets = {"youtube": {"key": SecretStr("k")}}
    keyed = Workspace(workspace.settings.model_copy(update={"secrets": secrets}), workspace.db)
    with WebServer(lambda _: Reply(503, {})) as server:
        add(keyed, clock, "youtube", server.url, approval_ref="amendment 7")
        (failed,) = collect(keyed, clock)
        assert failed.outcome == "failed"
    with workspace.db.read() as session:
        assert [row for row in session.scalars(select(Spend.by_resource)) if row] == [
            {"search": 1.0}
        ]


def test_without_its_key_a_source_rests_and_says_who_must_do_what(
    workspace: Workspace, clock: Clock
) -> None:
    bare = Workspace(workspace.settings.model_copy(update={"secrets": {}}), workspace.db)
    with WebServer(XApi(clock())) as server:
        add(bare, clock, "x", server.url)
        wanted = Wanted(even_if_not_due=True, tasks=frozenset({"collect"}))
        (plan,) = plan_runs(bare, wanted, clock=clock)
        (report,) = collect(bare, clock)
        assert server.asked == []
    assert "/2/tweets/search/recent" in plan["requests"][0]
    assert 0 < plan["most_money"] < plan["budget_left"] == 5.0  # reading again has its part
    assert plan["notes"][-1].startswith("would not run: ")
    assert "WARMLIST_SECRETS__X__BEARER_TOKEN" in plan["notes"][-1]
    assert report.outcome == "paused"
    assert "WARMLIST_SECRETS__X__BEARER_TOKEN" in str(report.error)
    assert {c["state"] for c in list_collections(bare, now=clock())} == {"paused"}
    assert collect(bare, clock) == []


def test_unreadable_items_are_kept_and_the_others_stored(
    workspace: Workspace, clock: Clock
) -> None:
    broken = hit(99, int(clock().timestamp()) - 30, "annuity", author=None, comment_text=7,
                 title="annuity")  # fmt: skip
    with WebServer(HackerNews([*comments(clock, range(1, 4), "annuity"), broken])) as server:
        add(workspace, clock, "hackernews", server.url, options={"items_url": server.url})
        (report,) = collect(workspace, clock)
    assert report.stored == 3
    assert count(workspace, QuarantinedItem) == report.malformed


def test_a_slow_source_holds_nobody_up(workspace: Workspace, clock: Clock) -> None:
    network = HackerNews(comments(clock, range(1, 4)))

    def slowly(asked: Asked) -> Reply:
        time.sleep(1.5)
        return network(asked)

    done: list[tuple[str, float]] = []
    started = time.monotonic()
    with WebServer(slowly) as slow, WebServer(network) as quick:
        for name, server in (("slow", slow), ("quick", quick)):
            with workspace.db.write() as session:
                terms = SourceTerms(
                    url=server.url, lawful_basis=BASIS, options={"items_url": server.url}
                )
                add_source(
                    session,
                    network="hackernews",
                    name=name,
                    terms=terms,
                    now=clock(),
                    allow_hosts=["127.0.0.1"],
                )
        crew = Crew(
            workspace, clock=clock,
            report=lambda r: done.append((f"{r.source} {r.task}", time.monotonic() - started)),
        )  # fmt: skip
        crew.tick()
        crew.tick()  # what runs is not started twice
        crew.join(30)
        while len(done) < 6:
            time.sleep(0.05)
    finished = dict(done)
    assert len(done) == 6  # collect, reread and recheck of each
    assert finished["quick collect"] < finished["slow collect"]


def test_only_a_process_of_this_machine_can_be_called_dead() -> None:
    from app.crew import _process_name

    host, space, number = _process_name().split(":")
    assert not is_dead(f"{host}:{space}:{number}:abc:1")  # ours
    assert is_dead(f"{host}:{space}:4194999:abc:1")  # over the highest number Linux gives
    assert not is_dead(f"elsewhere:{space}:4194999:abc:1")
    assert not is_dead(f"{host}:other:4194999:abc:1")
    assert not is_dead("")


@pytest.mark.parametrize(
    "address",
    ["ws://127.0.0.1:6379", "wss://localhost", "ws://[::1]:80", "wss://ok.example,ws://10.0.0.1"],
)
def test_a_stream_at_a_private_address_needs_a_permit(address: str) -> None:
    with pytest.raises(Refused, match="may not be asked"):
        check_url("bluesky", address)
    hosts = ["127.0.0.1:6379", "localhost", "::1", "10.0.0.1"]
    assert check_url("bluesky", address, allow_hosts=hosts) == address


def test_a_feed_at_the_source_s_own_address_is_collected(tmp_path: Path) -> None:
    program = Program(tmp_path / "home", {"WARMLIST_COLLECT__ALLOW_HOSTS": '["127.0.0.1"]'})
    feed = Feed([(f"annuity {n}", time.time() - 60 * n) for n in range(1, 4)])
    with WebServer(feed) as server:
        _, early, _, bare, planned, local, private, tag, idle, _, done = program.run_each(
            [
                ["init"],
                ["source", "add", "rss", "--lawful-basis", BASIS],
                ["topic", "add", "Money", "--keyword", "annuity"],
                ["collect", "--network", "rss", "--once"],
                ["collect", "--network", "rss", "--once", "--dry-run"],
                ["source", "set", "rss", "--url", "http://169.254.169.254/latest"],
                ["topic", "edit", "Money", "--community", "rss:http://10.0.0.9/f", "--reason", "r"],
                ["source", "add", "mastodon", "--lawful-basis", BASIS],
                ["collect", "--network", "mastodon", "--once"],
                ["source", "set", "rss", "--url", f"{server.url}/feed"],
                ["collect", "--network", "rss", "--once", "--json"],
            ]
        )  # fmt: skip
    assert "a manager must add a topic" in early.out
    assert "a manager must name a feed" in bare.out
    assert "a manager must name a feed" in planned.out
    assert local.code == 1
    assert "169.254.169.254" in local.line
    assert private.code == 1
    assert "10.0.0.9" in private.line
    assert "allow_hosts" in private.line  # what to do
    assert "a manager must name a tag" in tag.out
    assert "a manager must name a tag" in idle.out
    assert [run["stored"] for run in done.document["runs"] if run["task"] == "collect"] == [3]


def test_what_the_commands_say(tmp_path: Path) -> None:
    program = Program(tmp_path / "home", {"WARMLIST_COLLECT__ALLOW_HOSTS": '["127.0.0.1"]'})
    now = int(time.time())
    network = HackerNews([hit(n, now - 60 * n, f"annuity {n}") for n in range(1, 6)])
    with WebServer(network) as server:
        (
            _, _, nothing, bare, unapproved, added, twice, elsewhere, dry, unknown, once, shown,
            table, changed, paused, listed, resumed,
        ) = program.run_each(
            [
                ["init"],
                ["topic", "add", "Money", "--keyword", "annuity"],
                ["collections"],
                ["source", "add", "hackernews"],
                ["source", "add", "reddit", "--lawful-basis", BASIS],
                ["source", "add", "hackernews", "--lawful-basis", BASIS, "--url", server.url,
                 "--option", f"items_url={server.url}", "--json"],
                ["source", "add", "hackernews", "--lawful-basis", BASIS],
                ["source", "add", "gopher", "--lawful-basis", BASIS],
                ["collect", "--network", "hackernews", "--topic", "Money", "--once", "--dry-run"],
                ["collect", "--network", "x"],
                ["collect", "--network", "hackernews", "--topic", "Money", "--once", "--json"],
                ["collections", "--json"],
                ["collections"],
                ["source", "set", "hackernews", "--budget", "2", "--retention-days", "30"],
                ["source", "pause", "hackernews", "--reason", "on holiday"],
                ["source", "list", "--json"],
                ["source", "resume", "hackernews"],
            ]
        )  # fmt: skip
    assert nothing.out.startswith("No source yet.")
    assert (bare.code, unapproved.code, twice.code, elsewhere.code) == (1, 1, 1, 1)
    assert "--lawful-basis" in bare.line
    assert "support.reddithelp.com" in unapproved.line
    assert "--approval-ref" in unapproved.line
    assert "already" in twice.line
    assert "cannot be collected" in elsewhere.line
    assert added.document["lawful_basis"] == BASIS
    assert (dry.code, "annuity" in dry.out, "at most" in dry.out) == (0, True, True)
    assert unknown.code == 1
    assert "warmlist source add x" in unknown.line
    assert [r["stored"] for r in once.document["runs"] if r["task"] == "collect"] == [5]
    kept = {one["task"]: one for one in shown.document}
    assert kept["collect"]["items"] == 5
    assert kept["collect"]["topic"] == "Money"
    assert kept["collect"]["gap"] is None
    assert "hackernews" in table.out
    assert changed.code == 0
    assert paused.out == "hackernews is paused.\n"
    [source] = listed.document
    assert (source["state"], source["do"], source["daily_money"]) == ("paused", "on holiday", 2)
    assert resumed.out == "hackernews is due again.\n"
