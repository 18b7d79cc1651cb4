"""The spread of the budget: proposed, switched on with a reason, kept to, renewed, switched off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.apart import choose_due
from app.bootstrap import Workspace
from app.budgets import SCHEDULE, make_proposal, renew_when_due, switch_off, switch_on
from app.crew import collect_due
from app.plans import plan_runs
from config.errors import Refused
from config.settings import load_settings
from models import (
    Account,
    BudgetPlan,
    Collection,
    Evidence,
    Keyword,
    KeywordTurn,
    Match,
    Person,
    Prospect,
    Signal,
    Source,
    Spend,
)
from models.database import Database
from signals.budgets import WIDEST, bound_budget, bound_pace, newest_plan
from signals.catalog import create_topic
from signals.collectors.contract import Budget
from signals.leases import Wanted
from signals.schedule import synchronise
from signals.sources import SourceTerms, add_source
from signals.spending import day_end, day_of
from signals.turns import leave_turns, take_turns
from tests.app.test_sources import Clock
from tests.factories import topic_settings
from tests.fakes.hackernews import HackerNews, hit
from tests.fakes.web_server import WebServer

TERMS = SourceTerms(lawful_basis="assessed", approval_ref="R-1")


@pytest.fixture
def workspace(database_url: str, now: datetime) -> Iterator[Workspace]:
    """Two keywords on a paid and a free network; one of them brought forty prospects on both."""
    settings = load_settings()
    collect = settings.collect.model_copy(update={"allow_hosts": ["127.0.0.1"]})
    made = Workspace(settings.model_copy(update={"collect": collect}), Database(database_url))
    with made.db.write() as session:
        topic = create_topic(
            session, name="Money", keywords=["pension", "coupon"], defaults=topic_settings(),
            now=now,
        )  # fmt: skip
        create_topic(
            session, name="Other", keywords=["annuity"], defaults=topic_settings(), now=now
        )
        add_source(session, network="x", terms=SourceTerms(
            lawful_basis="assessed", approval_ref="R-1", daily_money=3.0), now=now)  # fmt: skip
        add_source(session, network="hackernews", terms=TERMS, now=now)
        synchronise(session, now=now)
        pension = topic.keywords[0].id
        for n in range(1, 41):
            network = "x" if n % 2 else "hackernews"
            person = Person(created_at=now)
            session.add(person)
            session.flush()
            account = Account(person_id=person.id, network=network, external_id=f"u{n}",
                              first_seen_at=now)  # fmt: skip
            session.add(account)
            session.flush()
            signal = Signal(network=network, kind="post", external_id=f"s{n}",
                            account_id=account.id, text="pension?", metrics={}, occurred_at=now,
                            observed_at=now, scored_at=now)  # fmt: skip
            prospect = Prospect(person_id=person.id, topic_id=topic.id, warmth_key=1.0,
                                newest_at=now)  # fmt: skip
            session.add_all([signal, prospect])
            session.flush()
            session.add(Match(signal_id=signal.id, keyword_id=pension, topic_id=topic.id))
            session.add(Evidence(prospect_id=prospect.id, signal_id=signal.id, points=1.0,
                                 code="cue", occurred_at=now))  # fmt: skip
        for keyword in session.scalars(select(Keyword)):
            for source, network, money in ((1, "x", 2.0), (2, "hackernews", 0.0)):
                session.add(
                    Spend(source_id=source, network=network, topic_id=keyword.topic_id,
                          keyword_id=keyword.id, requests=50, resources=50, money=money,
                          spent_on=day_of(now - timedelta(days=1)), spent_at=now)
                )  # fmt: skip
    yield made
    made.db.close()


def test_more_is_proposed_for_what_brought_prospects_and_nothing_changes(
    workspace: Workspace, now: datetime
) -> None:
    with workspace.db.read() as session:
        found = make_proposal(session, workspace, now=now, seed=1)
        assert found == make_proposal(session, workspace, now=now, seed=1)
        assert newest_plan(session) is None
        assert bound_pace(session, topic_id=1, network="hackernews") == 1.0
        budget = Budget(money=9.0)
        assert bound_budget(session, budget, topic_id=1, network="x", now=now) == budget
    rows = {(row.keyword, row.network): row for row in found.rows}
    assert len(rows) == 6
    for network in ("x", "hackernews"):
        assert rows["pension", network].amount > 2 * rows["coupon", network].amount > 0
        assert rows["pension", network].found == 20
    assert {row.unit for row in found.rows if row.network == "x"} == {"money"}
    assert found.money <= 3.0 + 1e-9
    assert found.expected_then > found.expected_now
    with workspace.db.read() as session:
        more = make_proposal(session, workspace, now=now, seed=1, money=50.0)
    assert more.money <= 3.0 + 1e-9  # a source's own budget holds


def test_where_nothing_was_asked_nothing_is_expected_and_all_get_the_same(
    workspace: Workspace, now: datetime
) -> None:
    with workspace.db.write() as session:
        session.execute(delete(Spend))
        found = make_proposal(session, workspace, now=now)
    assert found.rows
    assert found.expected_then == found.expected_now == 0.0
    assert {row.rate for row in found.rows} == {None}
    for network in ("x", "hackernews"):
        amounts = {round(row.amount, 6) for row in found.rows if row.network == network}
        assert len(amounts) == 1


def switch(workspace: Workspace, now: datetime, *, on: bool, reason: str = "trial") -> None:
    with workspace.db.write() as session:
        if on:
            proposal = make_proposal(session, workspace, now=now)
            switch_on(session, proposal, author="Mara", reason=reason, now=now)
        else:
            switch_off(session, author="Yara", reason=reason, now=now)


def test_switched_on_it_bounds_money_and_pace_and_off_everything_returns(
    workspace: Workspace, now: datetime
) -> None:
    with pytest.raises(Refused, match="reason"):
        switch(workspace, now, on=True, reason=" ")
    switch(workspace, now, on=True)
    with workspace.db.read() as session:
        shares = list((newest_plan(session) or BudgetPlan()).shares)
        rich, poor = (
            bound_budget(session, Budget(money=9.0), topic_id=of, network="x", now=now).money
            for of in (1, 2)
        )
        mine = sum(
            float(str(row["amount"])) for row in shares
            if (row["topic"], row["network"]) == (1, "x")
        )  # fmt: skip
        assert rich == pytest.approx(mine)
        assert poor is not None
        assert 0 < poor < (rich or 0)
        assert bound_budget(session, Budget(), topic_id=1, network="x", now=now).money == rich
        quick = bound_pace(session, topic_id=1, network="hackernews")
        slow = bound_pace(session, topic_id=2, network="hackernews")
        assert 1 / WIDEST <= quick < 1 < slow <= WIDEST
        assert bound_pace(session, topic_id=None, network="hackernews") == 1.0
        assert bound_pace(session, topic_id=99, network="hackernews") == 1.0
    switch(workspace, now, on=False)
    with workspace.db.read() as session:
        assert bound_pace(session, topic_id=1, network="hackernews") == 1.0
        kept = bound_budget(session, Budget(money=9.0), topic_id=1, network="x", now=now)
        assert kept == Budget(money=9.0)
        audit = session.execute(
            select(BudgetPlan.state, BudgetPlan.author, BudgetPlan.reason).order_by(BudgetPlan.id)
        ).all()
    assert audit == [("on", "Mara", "trial"), ("off", "Yara", "trial")]


def test_it_is_proposed_anew_every_day_while_it_is_on(workspace: Workspace, now: datetime) -> None:
    assert not renew_when_due(workspace, lambda: now)
    switch(workspace, now, on=True)
    assert not renew_when_due(workspace, lambda: now)
    later = now + timedelta(days=1)
    assert renew_when_due(workspace, lambda: later)
    assert not renew_when_due(workspace, lambda: later)
    with workspace.db.read() as session:
        plan = newest_plan(session)
        assert plan is not None
        assert (plan.state, plan.author, plan.reason) == ("on", SCHEDULE, "trial")
        assert plan.seed == day_of(later).toordinal()
    switch(workspace, later, on=False)
    assert not renew_when_due(workspace, lambda: later + timedelta(days=2))


@pytest.mark.parametrize(("asked", "then"), [(None, 8.0), (2.0, 2.0)])
def test_a_budget_that_was_changed_holds_from_the_next_renewal(
    workspace: Workspace, now: datetime, asked: float | None, then: float
) -> None:
    with workspace.db.write() as session:
        proposal = make_proposal(session, workspace, now=now, money=asked)
        assert proposal.money == pytest.approx(min(3.0, then), rel=0.02)
        switch_on(session, proposal, author="Mara", reason="trial", now=now)
    with workspace.db.write() as session:
        session.execute(update(Source).where(Source.network == "x").values(daily_money=8.0))
    for day in (1, 2):  # what was asked for is kept from renewal to renewal
        assert renew_when_due(workspace, lambda day=day: now + timedelta(days=day))  # type: ignore[misc] # a clock
        with workspace.db.read() as session:
            plan = newest_plan(session)
            assert plan is not None
            given = sum(float(str(row["amount"])) for row in plan.shares if row["unit"] == "money")
        assert given == pytest.approx(then, rel=0.02)


def test_a_collection_comes_back_sooner_by_the_plan_and_keeps_its_own_interval(
    workspace: Workspace, now: datetime
) -> None:
    clock = Clock()

    def waits() -> list[float]:
        asked_at = clock()
        wanted = Wanted(name="hackernews", even_if_not_due=True, tasks=frozenset({"collect"}))
        collect_due(workspace, clock=clock, wanted=wanted)
        with workspace.db.read() as session:
            rows = session.execute(
                select(Collection.next_due_at, Collection.interval_seconds)
                .where(Collection.network == "hackernews", Collection.task == "collect")
                .order_by(Collection.topic_id)
            ).all()
        return [round((due - asked_at).total_seconds() / interval, 1) for due, interval in rows]

    with WebServer(HackerNews([hit(1, int(now.timestamp()), "pension")])) as server:
        _move(workspace, server.url)
        assert waits() == [1.0, 1.0]
        switch(workspace, now, on=True)
        sooner, later = waits()
        assert sooner < 1 < later
        switch(workspace, now, on=False)
        assert waits() == [1.0, 1.0]


def test_each_keyword_is_asked_for_as_often_as_its_share_says_and_misses_nothing(
    workspace: Workspace, now: datetime
) -> None:
    clock = Clock()
    at = int(clock().timestamp())
    hits = [hit(n, at + 60 * n, f"coupon {n}") for n in range(1, 230)]
    with WebServer(HackerNews(hits)) as server:
        _move(workspace, server.url)
        with workspace.db.write() as session:
            session.execute(update(Source).values(interval_seconds=1200))
        switch(workspace, now, on=True)
        wanted = Wanted(name="hackernews", topic_id=1, tasks=frozenset({"collect"}))
        for _ in range(9):
            collect_due(workspace, clock=clock, wanted=wanted)
            clock.skip(timedelta(minutes=21))
        [plan] = plan_runs(workspace, replace(wanted, even_if_not_due=True), clock=clock)
        assert ["coupon" in one for one in plan["requests"]] == [False]
        assert any("not their turn" in note and "coupon" in note for note in plan["notes"])
        words = [one.one("query") for one in server.asked]
        often, seldom = words.count('"pension"'), words.count('"coupon"')
        assert often == 9 > 2 * seldom > 2
        with workspace.db.read() as session:
            turns = {
                phrase: (turn.asked_at, turn.cursor)
                for turn, phrase in session.execute(
                    select(KeywordTurn, Keyword.phrase)
                    .join(Keyword, Keyword.id == KeywordTurn.keyword_id)
                    .where(KeywordTurn.collection_id == _collection(session, 1).id)
                )
            }
            booked = dict(
                session.execute(
                    select(Keyword.phrase, func.sum(Spend.requests))
                    .join(Keyword, Keyword.id == Spend.keyword_id)
                    .where(Spend.spent_on == day_of(clock()), Spend.collection_id.is_not(None))
                    .group_by(Keyword.phrase)
                ).all()
            )
            read_to = session.scalar(select(func.count()).where(Signal.text.like("coupon%")))
        assert (booked["pension"], booked["coupon"]) == (often, seldom)
        passed = (turns["coupon"][0] - datetime.fromtimestamp(at, UTC)) // timedelta(minutes=1)
        assert read_to == pytest.approx(passed, abs=1)  # what came while it rested was read, too
        switch(workspace, now, on=False)
        collect_due(
            workspace, clock=clock,
            wanted=Wanted(name="hackernews", even_if_not_due=True, tasks=frozenset({"collect"})),
        )  # fmt: skip
        assert [one.one("query") for one in server.asked][len(words) :].count('"coupon"') >= 1
        with workspace.db.read() as session:
            assert session.scalar(select(func.count()).select_from(KeywordTurn)) == 0


def test_a_keyword_whose_share_of_the_money_is_spent_rests_until_the_next_day(
    workspace: Workspace, now: datetime
) -> None:
    switch(workspace, now, on=True)
    with workspace.db.write() as session:
        collection = _collection(session, 1, network="x")
        collection.cursor = "here"
        own = session.scalars(select(Keyword).where(Keyword.topic_id == 1))
        ids = {keyword.phrase: keyword.id for keyword in own}
        found = take_turns(session, collection.id, ids, interval=900, now=now)
        rich = next(turn for turn in found if turn.phrase == "pension")
        assert [turn.due_at for turn in found] == [now, now]
        assert {turn.cursor for turn in found} == {"here"}  # from where the topic stood
        assert all(turn.money is not None and turn.money > 0 for turn in found)
        session.add(
            Spend(source_id=1, network="x", topic_id=1, keyword_id=rich.keyword_id, requests=1,
                  resources=1, money=rich.money, spent_on=day_of(now), spent_at=now)
        )  # fmt: skip
        session.flush()
        later = take_turns(session, collection.id, ids, interval=900, now=now)
        assert choose_due(later, now=now) == [turn for turn in later if turn.phrase == "coupon"]
        assert {turn.phrase: turn.may_ask for turn in later} == {"coupon": True, "pension": False}
        tomorrow = day_end(now)
        again = take_turns(session, collection.id, ids, interval=900, now=tomorrow)
        assert len(choose_due(again, now=tomorrow)) == 2
        # a keyword that is newer than the plan is asked as by itself
        new = take_turns(session, collection.id, ids | {"new": 3}, interval=900, now=now)
        assert {turn.phrase: turn.money for turn in new}["new"] is None
        switch_off(session, author="Yara", reason="enough", now=now)
        assert take_turns(session, collection.id, ids, interval=900, now=now) == []
        assert leave_turns(session, collection.id, now=now + timedelta(days=2))
        assert collection.cursor is None
        assert not leave_turns(session, collection.id, now=now)


def _collection(session: Session, topic_id: int, network: str = "hackernews") -> Collection:
    return session.scalars(
        select(Collection).where(
            Collection.topic_id == topic_id, Collection.network == network,
            Collection.task == "collect",
        )
    ).one()  # fmt: skip


def _move(workspace: Workspace, url: str) -> None:
    with workspace.db.write() as session:
        source = session.scalars(select(Source).where(Source.network == "hackernews")).one()
        source.url, source.options = url, {"items_url": url}
