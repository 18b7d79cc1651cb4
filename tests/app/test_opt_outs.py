"""Who asks to be left alone after something of theirs was stored: all of it goes at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.bootstrap import Workspace, read_clock
from app.crew import collect_due
from app.jobs import build_all_lists, build_listener, score_pending, store_brought
from models import Account, Evidence, Prospect, Rep, Signal
from quotas.lists import load_list
from signals.collectors.contract import Cursor, Page
from signals.collectors.mastodon.statuses import to_engagements
from signals.leases import Wanted
from signals.schedule import synchronise
from signals.scoring.rules import RuleScorer
from signals.sources import SourceTerms, add_source
from tests.app.listening import open_listening
from tests.factories import make_rep, make_team
from tests.fakes.mastodon import Mastodon, account, status
from tests.fakes.web_server import WebServer

REREAD = Wanted("mastodon", even_if_not_due=True, tasks=frozenset({"reread"}))
WORDS = "<p>Who can help me with a 401k rollover? I need somebody this week.</p>"


@pytest.fixture
def workspace(database_url: str) -> Iterator[Workspace]:
    with open_listening(database_url) as made:
        yield made


def said(server: WebServer, who: str, number: int, at: datetime, **about: Any) -> dict[str, Any]:
    """A status at that server, its author described as given."""
    author = account(who, "m.example") | {"uri": f"{server.url}/users/{who}"} | about
    return status(
        number, at.timestamp(), content=WORDS, account=author, visibility="public",
        uri=f"{server.url}/users/{who}/statuses/{number}", url=f"{server.url}/@{who}/{number}",
        replies_count=1, language="en",
    )  # fmt: skip


def test_an_opt_out_read_later_takes_everything_of_theirs_with_it(workspace: Workspace) -> None:
    network, now = Mastodon(), read_clock()
    with WebServer(network) as server:
        post, reply = said(server, "ann", 1, now), said(server, "bob", 2, now)
        other = said(server, "bob", 3, now)
        page = to_engagements([post, reply, other], site=server.url).engagements
        store_brought(workspace, build_listener(workspace), Page(page, Cursor("")), now=now)
        score_pending(workspace, RuleScorer(), clock=read_clock)
        with workspace.db.write() as session:
            rep_id = make_rep(session, make_team(session, at=now, weekend=()), "Sam", at=now).id
            stated = SourceTerms(url=server.url, lawful_basis="test")
            add_source(
                session, network="mastodon", terms=stated, now=now, allow_hosts=["127.0.0.1"]
            )
            synchronise(session, now=now)
        build_all_lists(workspace, on=None, now=now)
        assert listed(workspace, rep_id, now) == ["ann", "bob"]
        network.statuses = [post, reply, other]
        asks = said(server, "bob", 2, now, note="<p>Gardens. #nobot</p>")
        network.contexts = {"1": {"ancestors": [], "descendants": [asks]}}
        (report,) = collect_due(workspace, clock=read_clock, wanted=REREAD)
        assert (report.outcome, report.suppressed) == ("done", 1)
    assert listed(workspace, rep_id, now) == ["ann"]
    with workspace.db.read() as session:
        left = session.execute(select(Signal.external_id, Signal.text, Signal.deleted_at)).all()
        evidence = session.scalar(select(func.count()).select_from(Evidence))
        ranked = session.scalars(
            select(Account.external_id)
            .join(Prospect, Prospect.person_id == Account.person_id)
            .where(Prospect.warmth_key.is_not(None))
        ).all()
    assert {row[0].rpartition("/")[2] for row in left if row.text} == {"1"}
    assert {row[0].rpartition("/")[2] for row in left if row.deleted_at} == {"2", "3"}
    assert evidence == 1
    assert [one.rpartition("/")[2] for one in ranked] == ["ann"]


def listed(workspace: Workspace, rep_id: int, now: datetime) -> list[str]:
    with workspace.db.read() as session:
        shown = load_list(session, session.get_one(Rep, rep_id), now.date(), now=now)
        return sorted(
            str(entry.handle).removeprefix("@").partition("@")[0] for entry in shown.open_items
        )
