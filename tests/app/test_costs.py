"""What keywords, communities and networks cost: booked, else shared by a rule that adds up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.costs import NOWHERE, Bill, share_costs
from app.yields import Yield, count_yield
from models import Collection, Community, Keyword, Match, Signal, Source, Topic
from models.database import Database
from signals.collectors.contract import Cost
from signals.communities import communities_of, community_of, key_of
from signals.schedule import synchronise
from signals.sources import SourceTerms, add_source
from signals.spending import record_spend
from tests.factories import make_prospect, make_topic

names = st.sampled_from(("a", "b", "c"))
signals = st.lists(
    st.tuples(st.lists(names, min_size=1, unique=True), st.lists(names, unique=True))
)
bills = st.lists(
    st.builds(
        Bill, st.sampled_from(("reddit", "x")), st.none() | names, st.none() | names,
        st.floats(0, 9), st.floats(0, 50), st.booleans(),
    )
)  # fmt: skip


@given(bills=bills, heard=st.dictionaries(st.sampled_from(("reddit", "x")), signals))
def test_every_way_of_looking_adds_up_to_what_was_spent(
    bills: list[Bill], heard: dict[str, list[tuple[Sequence[str], Sequence[str]]]]
) -> None:
    costs = share_costs(bills, heard, ["a", "z"])
    for by in ("keyword", "community", "network"):
        own = [cost for (kind, _), cost in costs.items() if kind == by]
        assert sum(c.money for c in own) == pytest.approx(sum(b.money for b in bills))
        assert sum(c.requests for c in own) == pytest.approx(sum(b.requests for b in bills))
        assert all(-1e-9 <= c.shared <= c.money + 1e-9 for c in own)
        assert all(-1e-9 <= c.saves <= c.money + 1e-9 for c in own)


def test_what_is_named_is_taken_as_it_is_and_the_rest_goes_by_what_was_heard() -> None:
    heard = {"reddit": [(["a"], ["r/x"]), (["a", "b"], ["r/x"]), (["b"], ["r/y"]), (["b"], [])]}
    costs = share_costs(
        [Bill("reddit", "a", "r/x", 3.0, 1), Bill("reddit", None, None, 4.0, 8)], heard, ["a", "b"]
    )
    by_name = {name: (round(cost.money, 6), round(cost.shared, 6)) for name, cost in costs.items()}
    assert by_name == {
        ("network", "reddit"): (7.0, 0.0),
        ("keyword", "a"): (4.5, 1.5), ("keyword", "b"): (2.5, 2.5),
        ("community", "r/x"): (5.0, 2.0), ("community", "r/y"): (1.0, 1.0),
        ("community", NOWHERE): (1.0, 1.0),
    }  # fmt: skip
    # a place is read whole: without a keyword it would be read all the same
    assert (costs["keyword", "a"].saves, costs["community", "r/x"].saves) == (1.5, 3.0)


@pytest.mark.parametrize(
    ("network", "scope", "url", "community"),
    [
        ("reddit", "Fire", None, "r/fire"), ("reddit", "", None, None),
        ("youtube", "https://www.youtube.com/channel/UCabc", None, "UCabc"),
        ("lemmy", "money@far.example", "https://home.example", "!money@far.example"),
        ("lemmy", "!money", "https://home.example", "!money@home.example"),
        ("stackexchange", "money.stackexchange.com", None, "money.stackexchange.com"),
        ("stackexchange", "money", None, "money.stackexchange.com"),
        ("stackexchange", "stackoverflow", None, "stackoverflow.com"),
        ("discourse", "", "https://forum.example/", "forum.example"),
        ("x", "", None, None), ("bluesky", "", None, None), ("hackernews", "", None, None),
    ],
)  # fmt: skip
def test_a_collection_and_its_signals_name_one_community(
    network: str, scope: str, url: str | None, community: str | None
) -> None:
    found = community_of(network, scope, url)
    assert (found and key_of(found)) == (community and key_of(community))
    if found is not None:
        assert communities_of(network, community, url=url, text=None) == (community,)


def test_a_tag_and_a_feed_are_found_in_what_was_heard() -> None:
    tag = community_of("mastodon", "#Pension@far.example", None)
    assert tag == "#Pension"
    asked = {key_of(tag)}
    of = communities_of("mastodon", None, url=None, text="my #pension #cats", asked=asked)
    assert of == ("#pension",)
    assert communities_of("mastodon", None, url=None, text="my pension", asked=asked) == ()
    feed = community_of("rss", "https://blog.example/feed.xml", None)
    url = "https://blog.example/post"
    assert feed == "blog.example"
    assert communities_of("rss", "A blog", url=url, text=None, asked={feed}) == (feed,)
    assert communities_of("rss", "A blog", url="https://[", text=None, asked={feed}) == ("A blog",)


@pytest.fixture
def listened(db: Database, now: datetime) -> tuple[Database, int]:
    """A topic with two places on Reddit and a paid search on X; another topic beside it."""
    with db.write() as session:
        topic = make_topic(session, at=now, keywords=("pension", "annuity"))
        other = make_topic(session, at=now, name="Other", keywords=("mortgage",))
        topic.communities += [
            Community(network="reddit", name="r/Retire"), Community(network="reddit", name="r/Dead")
        ]  # fmt: skip
        terms = SourceTerms(lawful_basis="assessed", approval_ref="R-1")
        for network in ("reddit", "x"):
            add_source(session, network=network, terms=terms, now=now)
        session.flush()
        synchronise(session, now=now)
        number = 0
        for network, community, of, count in (
            ("reddit", "r/retire", topic, 3),
            ("x", None, topic, 4),
            ("x", None, other, 12),
        ):
            for _ in range(count):
                number += 1
                make_prospect(session, of, f"p{number}", (2.0, now), network=network)
                signal = session.scalars(select(Signal).order_by(Signal.id.desc())).first()
                assert signal is not None
                signal.community = community
        annuity = next(k for k in topic.keywords if k.phrase == "annuity")
        first = session.scalars(select(Signal.id).where(Signal.network == "x")).first()
        session.add(
            Match(signal_id=first, keyword_id=annuity.id, topic_id=topic.id, start=3, end=9)
        )
        sources = {s.network: s.id for s in session.scalars(select(Source))}
        orders = {
            (c.network, c.scope): c.id
            for c in session.scalars(
                select(Collection).where(
                    Collection.topic_id == topic.id, Collection.task == "collect"
                )
            )
        }
        keyword_ids = [keyword.id for keyword in topic.keywords]
        for network, order, topic_id, keywords, cost in (
            ("reddit", orders["reddit", "Retire"], topic.id, keyword_ids, Cost(4, 40, 0.6)),
            ("reddit", orders["reddit", "Dead"], topic.id, keyword_ids, Cost(6, 0, 0.3)),
            ("x", orders["x", ""], topic.id, keyword_ids[:1], Cost(2, 9, 1.0)),
            ("x", None, None, [], Cost(8, 16, 1.6)),  # profiles: of all topics
        ):
            record_spend(
                session, source_id=sources[network], network=network, collection_id=order,
                topic_id=topic_id, keyword_ids=keywords, cost=cost, now=now,
            )  # fmt: skip
        topic_id = topic.id
    return db, topic_id


def rows_of(db: Database, topic_id: int, since: datetime) -> dict[tuple[str, str], Yield]:
    with db.read() as session:
        found = count_yield(session, session.get_one(Topic, topic_id), since=since)
    return {(row.by, row.what): row for row in found}


def test_cost_and_cost_per_prospect_stand_for_keyword_community_and_network(
    listened: tuple[Database, int], now: datetime
) -> None:
    db, topic_id = listened
    rows = rows_of(db, topic_id, now - timedelta(days=7))
    money = {name: round(row.cost, 4) for name, row in rows.items()}
    # of the 1.6 for all topics a quarter, as 4 of 16 signals on X were this topic's
    assert money == pytest.approx({
        ("keyword", "pension"): 0.45 + 1.0 + 0.35, ("keyword", "annuity"): 0.45 + 0.05,
        ("community", "r/Retire"): 0.6, ("community", "r/Dead"): 0.3, ("community", ""): 1.4,
        ("network", "reddit"): 0.9, ("network", "x"): 1.4,
    })  # fmt: skip
    place, dead = rows["community", "r/Retire"], rows["community", "r/Dead"]
    assert (place.matched, place.prospects) == (3, 3)
    assert place.cost_per_prospect == pytest.approx(0.2)
    assert (place.shared, place.saves, place.requests) == (0, pytest.approx(0.6), 4)
    assert (dead.signals, dead.cost_per_prospect) == (0, None)
    assert rows["network", "x"].cost_per_prospect == pytest.approx(0.35)
    assert rows["network", "x"].shared == pytest.approx(0.4)
    assert rows["keyword", "pension"].cost_per_prospect == pytest.approx(1.8 / 7)
    assert rows["keyword", "annuity"].cost_per_prospect == pytest.approx(0.5)
    # both places would be read without the keyword; the search on X would not find its posts
    assert rows["keyword", "pension"].saves == pytest.approx(1.0)


def test_a_cost_stays_when_its_collection_is_gone_and_old_ones_are_left_out(
    listened: tuple[Database, int], now: datetime
) -> None:
    db, topic_id = listened
    with db.write() as session:
        place = session.scalars(select(Collection).where(Collection.scope == "Retire")).first()
        assert place is not None
        session.delete(place)
    rows = rows_of(db, topic_id, now - timedelta(days=7))
    assert rows["network", "reddit"].cost == pytest.approx(0.9)
    # what place was asked is not known any more: it goes by what was heard
    assert rows["community", "r/retire"].cost == pytest.approx(0.6)
    assert rows["community", "r/retire"].shared == pytest.approx(0.6)
    later = rows_of(db, topic_id, now + timedelta(days=2))
    assert sum(row.cost for row in later.values()) == 0


def test_a_removed_keyword_keeps_its_cost_and_gets_no_verdict(
    listened: tuple[Database, int], now: datetime
) -> None:
    db, topic_id = listened
    with db.write() as session:
        session.scalars(select(Keyword).where(Keyword.phrase == "annuity")).one().active = False
    rows = rows_of(db, topic_id, now - timedelta(days=7))
    assert rows["keyword", "annuity"].cost == pytest.approx(0.5)
    assert rows["keyword", "annuity"].verdict == ""
    total = sum(row.cost for (by, _), row in rows.items() if by == "keyword")
    assert total == pytest.approx(2.3)
