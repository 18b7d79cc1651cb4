"""Counts of paid networks: priced first, asked on request, within the budget, and booked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.bootstrap import Workspace
from app.tallies import ask_tallies, price_tallies
from models import Spend
from signals.sources import SourceTerms, edit_source
from signals.versions import Definition
from tests.app.test_sources import Clock, add, clock, workspace
from tests.fakes.web_server import WebServer
from tests.fakes.x_api import XApi, make_post

__all__ = ["clock", "workspace"]  # fixtures
DRAFT = Definition("Money", keywords=("pension plan", "annuity"))


def test_the_price_is_known_before_anybody_is_asked_and_what_was_paid_is_booked(
    workspace: Workspace, clock: Clock
) -> None:
    now = clock()
    posts = [make_post(n, at=now - timedelta(minutes=n)) for n in range(2, 72)]
    with WebServer(XApi(now, posts)) as server:
        add(workspace, clock, "x", server.url, daily_money=1.0)
        (priced,) = price_tallies(workspace, DRAFT, clock=clock)
        assert (priced.source, priced.price, priced.tally) == ("x", 0.005, None)
        assert server.asked == []
        (asked,) = ask_tallies(workspace, 1, DRAFT, clock=clock)
        assert len(server.asked) == 1
    assert asked.tally is not None
    assert asked.tally.posts == 70
    assert asked.daily == pytest.approx(70 / 7 * 0.005)
    with workspace.db.read() as session:
        assert session.scalar(select(func.sum(Spend.money))) == pytest.approx(0.005)
        assert session.scalar(select(func.count(Spend.keyword_id))) == 2


def test_a_spent_budget_is_told_and_nothing_is_asked(workspace: Workspace, clock: Clock) -> None:
    with WebServer(XApi(clock())) as server:
        add(workspace, clock, "x", server.url, daily_money=1.0)
        with workspace.db.write() as session:
            edit_source(session, "x", SourceTerms(daily_money=0.001), now=clock())
        (asked,) = ask_tallies(workspace, 1, DRAFT, clock=clock)
        assert server.asked == []
    assert asked.tally is None
    assert "budget" in asked.error


def test_networks_that_do_not_count_are_not_named(workspace: Workspace, clock: Clock) -> None:
    add(workspace, clock, "hackernews", "http://127.0.0.1:9")
    assert price_tallies(workspace, DRAFT, clock=clock) == []
