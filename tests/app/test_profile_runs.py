"""Profiles of authors, from what matched to who they are: asked once, kept as codes, honoured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app.bootstrap import Workspace, read_clock
from app.collections import list_collections
from app.crew import collect_due
from app.jobs import build_listener, score_pending, store_brought
from app.plans import plan_runs
from app.runs import RunReport
from config.settings import load_settings
from models import Account, AccountIdentity, Collection, Prospect, Signal, Spend
from models.database import Database
from prospects.blocklist import remove_name
from signals.catalog import create_topic
from signals.collectors.contract import Author, Cursor, Engagement, Kind, Page
from signals.leases import Wanted
from signals.schedule import synchronise
from signals.scoring.rules import RuleScorer
from signals.sources import SourceTerms, add_source
from tests.fakes.appview import AppView
from tests.fakes.web_server import Reply, WebServer

PROFILES = Wanted("bluesky", even_if_not_due=True, tasks=frozenset({"profiles"}))


class Clock:
    """The true time, and further on request."""

    def __init__(self) -> None:
        self._offset = timedelta()

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
    collect = settings.collect.model_copy(
        update={"allow_hosts": ["127.0.0.1"], "profile_batch": 40}
    )
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


@pytest.fixture
def network() -> AppView:
    return AppView()


@pytest.fixture
def server(network: AppView) -> Iterator[WebServer]:
    with WebServer(network) as made:
        yield made


def did(number: int) -> str:
    return f"did:plc:author{number}"


def profile(number: int, **over: Any) -> dict[str, Any]:
    return {
        "did": did(number), "handle": f"author{number}.example", "displayName": f"Author {number}",
        "description": "Gardens.", "labels": [], "createdAt": "2024-02-03T04:05:06Z",
    } | over  # fmt: skip


def wrote(number: int, at: datetime) -> Engagement:
    return Engagement(
        network="bluesky", kind=Kind.POST, author=Author(did(number)),
        text=f"Who can help with a 401k rollover? {number}",
        external_id=f"at://{did(number)}/app.bsky.feed.post/{at.timestamp():.0f}", url=None,
        occurred_at=at,
    )  # fmt: skip


def hear(workspace: Workspace, clock: Clock, numbers: Sequence[int]) -> None:
    listener = build_listener(workspace)
    heard = tuple(wrote(number, clock() - timedelta(minutes=number)) for number in numbers)
    store_brought(workspace, listener, Page(heard, Cursor("")), now=clock())
    score_pending(workspace, RuleScorer(), clock=clock)


def listen(workspace: Workspace, clock: Clock, server: WebServer, **terms: Any) -> None:
    with workspace.db.write() as session:
        stated = SourceTerms(
            url="ws://127.0.0.1:1", lawful_basis="test", options={"appview_url": server.url},
            **terms,
        )  # fmt: skip
        add_source(session, network="bluesky", terms=stated, now=clock(), allow_hosts=["127.0.0.1"])
        synchronise(session, now=clock())


def run(workspace: Workspace, clock: Clock) -> RunReport:
    (report,) = collect_due(workspace, clock=clock, wanted=PROFILES)
    return report


def account(workspace: Workspace, number: int) -> Account:
    with workspace.db.read() as session:
        return session.scalars(select(Account).where(Account.external_id == did(number))).one()


def asked_for(server: WebServer) -> list[str]:
    return [one for request in server.asked for one in request.query.get("actors", [])]


def test_each_author_is_asked_for_once_until_the_profile_is_old(
    workspace: Workspace, clock: Clock, network: AppView, server: WebServer
) -> None:
    network.profiles = {did(number): profile(number) for number in range(1, 31)}
    hear(workspace, clock, range(1, 31))
    listen(workspace, clock, server)
    (planned,) = plan_runs(workspace, PROFILES, clock=clock)
    assert planned["requests"] == [
        "GET /xrpc/app.bsky.actor.getProfiles: 2 requests for 30 authors"
    ]
    assert (planned["most_requests"], server.asked) == (2, [])
    first = run(workspace, clock)
    assert (first.outcome, first.task, first.read, first.stored) == ("done", "profiles", 30, 30)
    assert (first.requests, len(server.asked)) == (2, 2)
    assert account(workspace, 7).handle == "author7.example"
    assert account(workspace, 7).display_name == "Author 7"
    (shown,) = [
        one for one in list_collections(workspace, now=clock()) if one["task"] == "profiles"
    ]
    assert (shown["items"], shown["requests"], shown["state"]) == (30, 2, "listening")
    with workspace.db.read() as session:
        assert session.scalar(select(func.sum(Spend.requests))) == 2
    assert run(workspace, clock).read == 0  # asked for lately
    hear(workspace, clock, [31])
    network.profiles = {**network.profiles, did(31): profile(31)}
    assert run(workspace, clock).read == 1
    clock.skip(timedelta(days=8))
    network.profiles = {**network.profiles, did(7): profile(7, handle="seven.example")}
    assert run(workspace, clock).read == 31
    assert account(workspace, 7).handle == "seven.example"
    clock.skip(timedelta(days=31))  # nothing of theirs counts any more
    assert run(workspace, clock).read == 0


def test_who_asks_to_be_left_alone_is_forgotten_and_stays_out(
    workspace: Workspace, clock: Clock, network: AppView, server: WebServer
) -> None:
    said = {
        2: {"labels": [{"src": did(2), "val": "!no-unauthenticated"}]},
        3: {"labels": [{"src": did(3), "val": "bot"}]},
        4: {"description": "No machines please #nobot"},
        5: {"labels": [{"val": "porn"}]},
    }
    network.profiles = {did(n): profile(n, **said.get(n, {})) for n in range(1, 7)}
    network.closed = {did(7): "AccountTakedown"}
    hear(workspace, clock, range(1, 9))  # of the eighth the network says nothing at all
    listen(workspace, clock, server)
    report = run(workspace, clock)
    assert (report.stored, report.suppressed, report.deleted) == (2, 4, 1)
    hear(workspace, clock, range(2, 6))
    with workspace.db.read() as session:
        left = session.scalars(
            select(Account.external_id)
            .join(Signal, Signal.account_id == Account.id)
            .where(Signal.deleted_at.is_(None))
        ).all()
        ranked = session.scalar(
            select(func.count()).select_from(Prospect).where(Prospect.warmth_key.is_not(None))
        )
    assert sorted(left) == [did(1), did(6), did(8)]
    assert ranked == 3
    assert account(workspace, 2).handle is None
    assert run(workspace, clock).read == 0
    with workspace.db.write() as session:  # somebody knows better
        remove_name(session, did(2), kind="account", network="bluesky")
    clock.skip(timedelta(seconds=9))
    hear(workspace, clock, [2])
    with workspace.db.read() as session:
        back = session.scalar(
            select(func.count())
            .select_from(Signal)
            .join(Account, Account.id == Signal.account_id)
            .where(Account.external_id == did(2), Signal.deleted_at.is_(None))
        )
    assert back == 1


def test_a_profile_says_who_it_is_at_once_and_its_words_are_not_kept(
    workspace: Workspace, clock: Clock, network: AppView, server: WebServer
) -> None:
    young = (clock() - timedelta(days=3)).isoformat()
    network.profiles = {
        did(1): profile(1, description="This is an automated account", createdAt=young),
        did(2): profile(2, description="Official account of a customer service team"),
    }
    hear(workspace, clock, [1, 2])
    listen(workspace, clock, server)
    assert run(workspace, clock).outcome == "done"
    assert account(workspace, 1).profile_codes == ["profile.bot", "profile.new"]
    with workspace.db.read() as session:
        verdicts = {
            row.account_id: (row.verdict, row.reasons)
            for row in session.scalars(select(AccountIdentity).order_by(AccountIdentity.id))
        }
    bot, company = account(workspace, 1), account(workspace, 2)
    assert verdicts[bot.id] == (
        "bot", [["identity.profile_bot", 2.5], ["identity.new_account", 0.5]],
    )  # fmt: skip
    assert verdicts[company.id][0] == "organisation"


def test_a_run_that_breaks_off_keeps_what_came_and_asks_for_the_rest(
    workspace: Workspace, clock: Clock, network: AppView, server: WebServer
) -> None:
    network.profiles = {did(number): profile(number) for number in range(1, 31)}
    hear(workspace, clock, range(1, 31))
    listen(workspace, clock, server)
    server.fail_after, server.faults = 1, [Reply(502, body=b"")] * 9
    broken = run(workspace, clock)
    assert (broken.outcome, broken.stored) == ("failed", 25)
    server.fail_after, server.faults = 0, []
    assert (run(workspace, clock).stored, len(set(asked_for(server)))) == (5, 30)
    clock.skip(timedelta(days=8))
    server.faults = [Reply(429, headers={"Retry-After": "600"})]
    assert run(workspace, clock).outcome == "failed"
    with workspace.db.read() as session:
        due = session.scalars(
            select(Collection.next_due_at).where(Collection.task == "profiles")
        ).one()
    assert timedelta(minutes=9) < due - clock() <= timedelta(minutes=10)


def test_without_people_nobody_is_asked_for(
    workspace: Workspace, clock: Clock, network: AppView, server: WebServer
) -> None:
    network.profiles = {did(1): profile(1)}
    hear(workspace, clock, [1])
    listen(workspace, clock, server, allow_person_level=False)
    assert collect_due(workspace, clock=clock, wanted=PROFILES) == []
    assert server.asked == []
