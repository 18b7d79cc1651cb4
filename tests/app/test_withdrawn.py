"""Likes and reposts that were taken back: their points are gone after the next reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.bootstrap import Workspace, read_clock
from app.crew import collect_due
from app.jobs import build_listener, score_pending, store_brought
from models import Account, Evidence, Prospect, Signal
from signals.collectors.bluesky.views import to_views
from signals.collectors.contract import Cursor, Kind, Page, Ref, Whole
from signals.collectors.mastodon.statuses import to_engagements
from signals.leases import Wanted
from signals.schedule import synchronise
from signals.scoring.contract import Intent, Reason, Score, ScorerInput
from signals.sources import SourceTerms, add_source
from signals.targets import find_withdrawn
from tests.app.listening import open_listening
from tests.fakes.appview import AppView
from tests.fakes.mastodon import Mastodon, account, status
from tests.fakes.web_server import WebServer


class SureScorer:
    """Whoever is heard of is likely to need it, by a like too."""

    version = "sure.v1"

    def score(self, inputs: Sequence[ScorerInput]) -> Sequence[Score]:
        reasons = (Reason("cue.asks_which", 1.0),)
        return [Score({Intent.SEEKING: 0.8}, 0.9, 0.8, reasons) for _ in inputs]


WORDS = "Who can help me with a 401k rollover? I need somebody this week."
URI = "at://did:plc:ada/app.bsky.feed.post/p1"


@pytest.fixture
def workspace(database_url: str) -> Iterator[Workspace]:
    with open_listening(database_url) as made:
        yield made


def add(workspace: Workspace, network: str, now: datetime, terms: SourceTerms) -> None:
    with workspace.db.write() as session:
        add_source(session, network=network, terms=terms, now=now, allow_hosts=["127.0.0.1"])
        synchronise(session, now=now)


def read_again(workspace: Workspace, network: str, day: int) -> None:
    wanted = Wanted(network, even_if_not_due=True, tasks=frozenset({"reread"}))

    def clock() -> datetime:
        return read_clock() + timedelta(hours=day * 25)

    (report,) = collect_due(workspace, clock=clock, wanted=wanted)
    assert report.outcome == "done", report
    score_pending(workspace, SureScorer(), clock=clock)


def ranked(workspace: Workspace) -> dict[str, int]:
    """Terms of evidence by who is ranked."""
    with workspace.db.read() as session:
        rows = session.execute(
            select(Account.external_id, Evidence.signal_id)
            .join(Signal, Signal.account_id == Account.id)
            .join(Evidence, Evidence.signal_id == Signal.id)
            .join(Prospect, Prospect.id == Evidence.prospect_id)
        ).all()
    names = [name.rpartition("/")[2].rpartition(":")[2] for name, _ in rows]
    return {name: names.count(name) for name in names}


def standing(workspace: Workspace) -> set[tuple[str, str]]:
    """Kinds and ids of the likes and reposts that are stored and were not taken back."""
    with workspace.db.read() as session:
        rows = session.execute(
            select(Signal.kind, Signal.external_id).where(
                Signal.kind.in_(("like", "repost")), Signal.deleted_at.is_(None)
            )
        )
        return {(kind, external_id) for kind, external_id in rows}


def person(name: str) -> dict[str, Any]:
    return {"did": f"did:plc:{name}", "handle": f"{name}.example", "labels": []}


def like(name: str, now: datetime) -> dict[str, Any]:
    at = now.isoformat()
    return {"actor": person(name), "createdAt": at, "indexedAt": at}


def post(now: datetime, *, likes: int, reposts: int) -> dict[str, Any]:
    at = now.isoformat()
    return {
        "uri": URI, "author": person("ada"), "labels": [], "indexedAt": at,
        "record": {"text": WORDS, "createdAt": at, "langs": ["en"]},
        "likeCount": likes, "repostCount": reposts, "quoteCount": 0, "replyCount": 0,
    }  # fmt: skip


def start_bluesky(workspace: Workspace, url: str, now: datetime) -> None:
    """A stored post, and a source that reads who likes it."""
    found = to_views({"posts": [post(now, likes=0, reposts=0)]}, seen_at=now).engagements
    store_brought(workspace, build_listener(workspace), Page(tuple(found), Cursor("")), now=now)
    score_pending(workspace, SureScorer(), clock=read_clock)
    options = {"appview_url": url}
    add(workspace, "bluesky", now, SourceTerms(lawful_basis="test", options=options))


def test_a_favourite_or_boost_taken_back_at_its_home_counts_no_more(workspace: Workspace) -> None:
    network, now = Mastodon(), read_clock()
    with WebServer(network) as server:

        def shown(likes: int, boosts: int) -> dict[str, Any]:
            author = account("ann", "m.example") | {"uri": f"{server.url}/users/ann"}
            return status(
                1, now.timestamp(), content=f"<p>{WORDS}</p>", account=author, language="en",
                uri=f"{server.url}/users/ann/statuses/1", url=f"{server.url}/@ann/1",
                favourites_count=likes, reblogs_count=boosts,
            )  # fmt: skip

        page = to_engagements([shown(0, 0)], site=server.url).engagements
        store_brought(workspace, build_listener(workspace), Page(tuple(page), Cursor("")), now=now)
        score_pending(workspace, SureScorer(), clock=read_clock)
        add(workspace, "mastodon", now, SourceTerms(url=server.url, lawful_basis="test"))
        fans = [account(name, "x.example") for name in ("bob", "cyd", "dee")]
        network.statuses = [shown(3, 1)]
        network.lists = {
            "1/favourited_by": fans,
            "1/reblogged_by": [account("eve", "x.example")],
        }
        read_again(workspace, "mastodon", 1)
        assert ranked(workspace) == {"ann": 1, "bob": 1, "cyd": 1, "dee": 1, "eve": 1}
        network.statuses = [shown(3, 1)]
        network.lists = {"1/favourited_by": fans[:2], "1/reblogged_by": []}
        read_again(workspace, "mastodon", 2)  # fewer than are counted: some may only be hidden
        assert len(ranked(workspace)) == 5
        network.statuses = [shown(2, 0)]
        read_again(workspace, "mastodon", 3)
    assert ranked(workspace) == {"ann": 1, "bob": 1, "cyd": 1}


def test_a_like_or_repost_taken_back_is_found_though_nothing_new_is(workspace: Workspace) -> None:
    network, now = AppView({}), read_clock()
    likes = [like(name, now) for name in ("bob", "cyd")]
    with WebServer(network) as server:
        start_bluesky(workspace, server.url, now)
        network.posts = {URI: post(now, likes=2, reposts=1)}
        network.lists = {("likes", URI): likes, ("repostedBy", URI): [person("eve")]}
        read_again(workspace, "bluesky", 1)
        assert ranked(workspace) == {"ada": 1, "bob": 1, "cyd": 1, "eve": 1}
        network.posts = {URI: post(now, likes=1, reposts=0)}
        network.lists = {("likes", URI): likes[1:]}
        read_again(workspace, "bluesky", 2)
    assert ranked(workspace) == {"ada": 1, "cyd": 1}


def test_who_takes_back_a_repost_keeps_the_like(workspace: Workspace) -> None:
    network, now = AppView({}), read_clock()
    with WebServer(network) as server:
        start_bluesky(workspace, server.url, now)
        network.posts = {URI: post(now, likes=1, reposts=1)}
        network.lists = {("likes", URI): [like("bob", now)], ("repostedBy", URI): [person("bob")]}
        read_again(workspace, "bluesky", 1)
        assert ranked(workspace) == {"ada": 1, "bob": 2}
        network.posts = {URI: post(now, likes=1, reposts=0)}
        network.lists = {("likes", URI): [like("bob", now)]}
        read_again(workspace, "bluesky", 2)
    assert ranked(workspace) == {"ada": 1, "bob": 1}
    assert standing(workspace) == {("like", f"{URI}:did:plc:bob")}


def test_a_count_of_zero_takes_nothing_back_while_the_list_still_names_somebody(
    workspace: Workspace,
) -> None:
    network, now = AppView({}), read_clock()
    with WebServer(network) as server:
        start_bluesky(workspace, server.url, now)
        network.posts = {URI: post(now, likes=1, reposts=0)}
        network.lists = {("likes", URI): [like("bob", now)]}
        read_again(workspace, "bluesky", 1)
        network.posts = {URI: post(now, likes=0, reposts=0)}
        read_again(workspace, "bluesky", 2)
        assert ranked(workspace) == {"ada": 1, "bob": 1}
        network.lists = {}
        read_again(workspace, "bluesky", 3)  # asked for again as long as one is stored
    assert ranked(workspace) == {"ada": 1}


def test_only_what_is_settled_and_named_as_a_list_names_it_is_taken_back(
    workspace: Workspace,
) -> None:
    now = read_clock()
    with WebServer(AppView({})) as server:
        start_bluesky(workspace, server.url, now)
    likes = to_views({"uri": URI, "likes": [like("bob", now)]}, seen_at=now).engagements
    given = [replace(one, external_id="row-7") for one in likes]
    page = Page((*likes, *given), Cursor(""))
    store_brought(workspace, build_listener(workspace), page, now=now)
    named = Ref("bluesky", Kind.LIKE, f"{URI}:did:plc:bob")
    assert standing(workspace) == {("like", named.external_id), ("like", "row-7")}
    whole = [Whole(Ref("bluesky", Kind.POST, URI), Kind.LIKE, frozenset())]
    with workspace.db.read() as session:
        early = find_withdrawn(session, whole, now=now + timedelta(minutes=59))
        later = find_withdrawn(session, whole, now=now + timedelta(minutes=61))
    assert early == []
    assert later == [named]
