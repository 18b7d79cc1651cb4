"""Days of X on a budget smaller than the traffic: who waits, and what is never put off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app.bootstrap import Workspace
from app.crew import collect_due
from config.settings import load_settings
from models import Match, Signal, Spend, Topic
from models.database import Database
from signals.budgets import switch
from signals.catalog import create_topic
from signals.collectors.x.posts import time_of_id
from signals.leases import Wanted
from signals.sources import SourceTerms, add_source
from signals.spending import day_of
from tests.fakes.web_server import Asked, Reply, WebServer
from tests.fakes.x_api import XApi, make_post

BEGIN = datetime.fromisoformat("2026-11-20T00:00:00+00:00")
DAYS = 4
BUDGET = 0.9  # of a day: 180 posts
TEXTS = ("Who can help with a pension plan?", "Which roof tile is the best?")


class Clock:
    """The time of the simulation, which is the fake's as well."""

    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(database_url: str) -> Iterator[Workspace]:
    settings = load_settings()
    settings = settings.model_copy(
        update={
            "database_url": SecretStr(database_url),
            "collect": settings.collect.model_copy(update={"allow_hosts": ["127.0.0.1"]}),
            "secrets": {"x": {"bearer_token": SecretStr("app")}},
        }
    )
    made = Workspace(settings, Database(database_url))
    with made.db.write() as session:
        for name, phrase in (("Pensions", "pension plan"), ("Roofs", "roof tile")):
            create_topic(session, name=name, keywords=[phrase], defaults=settings.topic, now=BEGIN)
    yield made
    made.db.close()


@pytest.fixture
def api(clock: Clock) -> XApi:
    """Six posts an hour on each of two topics, which is 288 a day."""
    posts = [
        make_post(
            2 * number + which, text=text, at=BEGIN + timedelta(minutes=10 * number),
            author=str(5_000 + 2 * number + which),
        )
        for number in range(DAYS * 144)
        for which, text in enumerate(TEXTS)
    ]  # fmt: skip
    return XApi(BEGIN, posts)


@pytest.fixture
def server(api: XApi, clock: Clock) -> Iterator[WebServer]:
    everything = list(api.posts)

    def answer(asked: Asked) -> Reply:
        """What is there by now, and no more."""
        api.now = clock.at
        api.posts = [one for one in everything if time_of(one["id"]) <= clock.at]
        return api(asked)

    with WebServer(answer) as running:
        yield running


def time_of(post_id: str) -> datetime:
    at = time_of_id(post_id)
    assert at is not None
    return at


def held(workspace: Workspace) -> set[str]:
    """Posts of which the words are kept."""
    with workspace.db.read() as session:
        return set(
            session.scalars(
                select(Signal.external_id).where(
                    Signal.deleted_at.is_(None), Signal.text.is_not(None)
                )
            )
        )


def test_deletions_are_honoured_and_every_topic_has_its_part(
    workspace: Workspace, clock: Clock, api: XApi, server: WebServer
) -> None:
    with workspace.db.write() as session:
        terms = SourceTerms(url=server.url, lawful_basis="test", daily_money=BUDGET)
        add_source(session, network="x", terms=terms, now=BEGIN, allow_hosts=["127.0.0.1"])
    deleted: dict[str, datetime] = {}
    for hour in range(0, 24 * DAYS, 2):
        clock.at = BEGIN + timedelta(hours=hour)
        for post_id in sorted(held(workspace) - deleted.keys())[:: 7 if hour % 10 == 0 else 1000]:
            deleted[post_id] = clock.at
            api.gone[post_id] = "resource-not-found"
        reports = collect_due(workspace, clock=clock)
        assert {one.outcome for one in reports} <= {"done", "budget"}, reports
        late = {
            one for one in held(workspace) & deleted.keys()
            if clock.at - deleted[one] >= timedelta(hours=24)
        }  # fmt: skip
        assert not late, f"after {hour} hours"
    assert len(deleted) > 20
    with workspace.db.read() as session:
        spent = dict(
            session.execute(
                select(Spend.spent_on, func.sum(Spend.money)).group_by(Spend.spent_on)
            ).all()
        )
        rows = session.execute(
            select(Topic.name, Signal.id, Signal.observed_at)
            .join(Match, Match.topic_id == Topic.id)
            .join(Signal, Signal.id == Match.signal_id)
        ).all()
    assert set(spent) == {day_of(BEGIN) + timedelta(days=n) for n in range(DAYS)}
    assert max(spent.values()) <= BUDGET + 1e-9
    assert min(spent.values()) > BUDGET * 0.5  # what nobody is kept from is not left over
    heard = Counter((day_of(at), name) for name, _, at in set(rows))
    parts = [(heard[day, "Pensions"], heard[day, "Roofs"]) for day in sorted(spent)]
    assert all(min(both) > 0 for both in parts), parts
    one, other = (sum(heard[day, name] for day in spent) for name in ("Pensions", "Roofs"))
    assert min(one, other) * 2 >= max(one, other), parts


def test_each_keyword_keeps_to_its_own_share_of_the_money(
    workspace: Workspace, server: WebServer, clock: Clock
) -> None:
    shares = {"pension plan": 0.3, "roof tile": 0.06}
    with workspace.db.write() as session:
        for topic in session.scalars(select(Topic)):
            topic.active = False
        topic = create_topic(
            session, name="Both", keywords=list(shares), communities=["x:@user77"],
            defaults=workspace.settings.topic, now=BEGIN,
        )  # fmt: skip
        terms = SourceTerms(url=server.url, lawful_basis="test", daily_money=5.0)
        add_source(session, network="x", terms=terms, now=BEGIN, allow_hosts=["127.0.0.1"])
        ids = {keyword.phrase: keyword.id for keyword in topic.keywords}
        rows: list[dict[str, object]] = [
            {"topic": topic.id, "network": "x", "unit": "money", "keyword_id": ids[phrase],
             "amount": amount, "present": 1.0}
            for phrase, amount in shares.items()
        ]  # fmt: skip
        switch(session, rows, on=True, seed=1, author="Mara", reason="trial", now=BEGIN)
    wanted = Wanted(name="x", tasks=frozenset({"collect"}), even_if_not_due=True)
    for _ in range(8):
        clock.at += timedelta(hours=3) - timedelta(minutes=1)
        collect_due(workspace, clock=clock, wanted=wanted)
    with workspace.db.read() as session:
        spent = dict(
            session.execute(
                select(Spend.keyword_id, func.sum(Spend.money))
                .where(Spend.spent_on == day_of(BEGIN))
                .group_by(Spend.keyword_id)
            ).all()
        )
        found = Counter(
            session.scalars(select(Match.keyword_id).where(Match.topic_id == topic.id))
        )  # fmt: skip
    for phrase, amount in shares.items():
        assert 0.5 * amount < spent[ids[phrase]] <= amount + 1e-9
    assert found[ids["pension plan"]] > 3 * found[ids["roof tile"]] > 0
