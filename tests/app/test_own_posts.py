"""Who engages with the team's own posts, or names the team: from X to a list, without a keyword."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.collections import list_collections
from app.crew import collect_due
from app.jobs import build_team_lists, score_pending
from app.runs import RunReport
from app.yields import count_yield
from config.settings import load_settings
from models import (
    Account,
    Collection,
    Evidence,
    Match,
    Prospect,
    Rep,
    Signal,
    Spend,
    StoredScore,
    Topic,
)
from models.database import Database
from prospects.blocklist import add_name
from prospects.identity import standing_verdicts
from quotas.lists import load_list
from signals.catalog import create_topic, edit_topic
from signals.leases import Wanted
from signals.schedule import synchronise
from signals.scoring.rules import RuleScorer
from signals.sources import SourceTerms, add_source
from tests.factories import make_rep, make_team
from tests.fakes.web_server import WebServer
from tests.fakes.x_api import NOW, XApi, make_post

LIKER, REPOSTER, QUOTER, REPLIER, NAMER, BELOW = "501", "502", "503", "504", "505", "506"
EVERYBODY = {LIKER, REPOSTER, QUOTER, REPLIER, NAMER, BELOW}
TEAM = "77"


class Clock:
    """The fake's time, and further on request."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(database_url: str, clock: Clock) -> Iterator[Workspace]:
    settings = load_settings()
    collect = settings.collect.model_copy(update={"allow_hosts": ["127.0.0.1"]})
    secrets = {"x": {"bearer_token": SecretStr("app"), "user_token": SecretStr("user")}}
    lists = settings.lists.model_copy(update={"threshold": 0.1})
    settings = settings.model_copy(
        update={
            "database_url": SecretStr(database_url), "collect": collect, "secrets": secrets,
            "lists": lists,
        }
    )  # fmt: skip
    made = Workspace(settings, Database(database_url))
    with made.db.write() as session:
        create_topic(
            session, name="Pensions", keywords=["pension plan"], communities=["x:@user77"],
            defaults=settings.topic, now=clock(),
        )  # fmt: skip
    yield made
    made.db.close()


@pytest.fixture
def api() -> XApi:
    """A post of the team that holds no keyword, and everybody who had to do with it."""
    own = make_post(
        1, at=NOW - timedelta(hours=3), author=TEAM, text="Our guide to a calm later life",
        public_metrics={"like_count": 2, "retweet_count": 1, "reply_count": 2, "quote_count": 1},
    )  # fmt: skip
    reply = make_post(
        4, at=NOW - timedelta(hours=2), author=REPLIER, conversation_id=own["id"],
        text="Which one would you recommend to me? Looking for advice.",
        referenced_tweets=[{"type": "replied_to", "id": own["id"]}],
    )  # fmt: skip
    posts = [
        own,
        make_post(
            2, at=NOW - timedelta(hours=2), author=QUOTER,
            text="Looking for advice: which one should I take?",
            referenced_tweets=[{"type": "quoted", "id": own["id"]}],
        ),
        reply,
        make_post(
            5, at=NOW - timedelta(hours=1), author=BELOW, conversation_id=own["id"],
            text="I am looking for one too, which did you take?",
            referenced_tweets=[{"type": "replied_to", "id": reply["id"]}],
        ),
        make_post(
            3, at=NOW - timedelta(hours=2), author=NAMER,
            text="@user77 which one would you recommend to me? I need advice.",
        ),
    ]  # fmt: skip
    return XApi(NOW, posts, likes={own["id"]: [LIKER, TEAM]}, reposts={own["id"]: [REPOSTER]})


@pytest.fixture
def server(api: XApi) -> Iterator[WebServer]:
    with WebServer(api) as running:
        yield running


def listen(workspace: Workspace, clock: Clock, server: WebServer) -> None:
    with workspace.db.write() as session:
        terms = SourceTerms(url=server.url, lawful_basis="test")
        add_source(session, network="x", terms=terms, now=clock(), allow_hosts=["127.0.0.1"])
        synchronise(session, now=clock())


def run(workspace: Workspace, clock: Clock, *tasks: str) -> list[RunReport]:
    reports = []
    for task in tasks:
        wanted = Wanted("x", even_if_not_due=True, tasks=frozenset({task}))
        reports += collect_due(workspace, clock=clock, wanted=wanted)
    assert [report.outcome for report in reports] == ["done"] * len(reports), reports
    return reports


def hear(workspace: Workspace, clock: Clock, server: WebServer) -> None:
    listen(workspace, clock, server)
    run(workspace, clock, "collect", "reread")
    score_pending(workspace, RuleScorer(), clock=clock)


def signals(workspace: Workspace) -> dict[str, Signal]:
    """Standing signals by who did it."""
    with workspace.db.read() as session:
        return dict(
            session.execute(
                select(Account.external_id, Signal)
                .join(Signal, Signal.account_id == Account.id)
                .where(Signal.deleted_at.is_(None))
            ).all()
        )


def prospects(session: Session) -> dict[str, str]:
    """The code of the evidence each prospect has, by who they are."""
    return dict(
        session.execute(
            select(Account.external_id, Evidence.code)
            .join(Prospect, Prospect.person_id == Account.person_id)
            .join(Evidence, Evidence.prospect_id == Prospect.id)
        ).all()
    )


def test_everybody_who_engaged_is_a_prospect_whatever_words_they_used(
    workspace: Workspace, clock: Clock, server: WebServer
) -> None:
    hear(workspace, clock, server)
    found = signals(workspace)
    assert {name: (one.kind, one.own) for name, one in found.items()} == {
        TEAM: ("post", "post"), LIKER: ("like", "engaged"), REPOSTER: ("repost", "engaged"),
        QUOTER: ("quote", "engaged"), REPLIER: ("comment", "engaged"),
        BELOW: ("comment", "engaged"), NAMER: ("post", "mention"),
    }  # fmt: skip
    with workspace.db.read() as session:
        rows = session.execute(select(Match.signal_id, Match.keyword_id, Match.start)).all()
        assert sorted(signal_id for signal_id, _, _ in rows) == sorted(s.id for s in found.values())
        assert {(keyword, start) for _, keyword, start in rows} == {(None, -1)}
        known = prospects(session)
        assert set(known) == EVERYBODY
        assert (known[LIKER], known[REPOSTER]) == ("own.like", "own.repost")
        scores = session.scalars(select(StoredScore)).all()
        for score in scores:  # a score equals the sum of its logged reasons
            logit = sum(points for _, points, _, _ in score.reasons)
            assert 1 / (1 + 2.718281828**-logit) == pytest.approx(score.prospect, abs=1e-3)
            assert any(code.startswith("own.") for code, _, _, _ in score.reasons)
        assert not [s for s in scores if s.signal_id == found[TEAM].id]


def test_they_reach_a_reps_list_with_what_they_did(
    workspace: Workspace, clock: Clock, server: WebServer
) -> None:
    hear(workspace, clock, server)
    with workspace.db.write() as session:
        team = make_team(session, at=NOW)
        rep_id = make_rep(session, team, "Rita", at=NOW, target=50, threshold=0.1).id
        team_id = team.id
    build_team_lists(workspace, team_id, on=None, now=NOW)
    with workspace.db.read() as session:
        day = load_list(session, session.get_one(Rep, rep_id), NOW.date(), now=NOW)
        items = {item.handle: item for item in day.items}
        assert set(items) == {f"@user{name}" for name in EVERYBODY}
        assert {name: item.own for name, item in items.items()} == {
            f"@user{LIKER}": "like", f"@user{REPOSTER}": "repost", f"@user{QUOTER}": "quote",
            f"@user{REPLIER}": "comment", f"@user{BELOW}": "comment", f"@user{NAMER}": "mention",
        }  # fmt: skip
        liked = items[f"@user{LIKER}"]
        assert liked.passage.text == "Our guide to a calm later life"
        assert [reason.code for reason in liked.reasons] == ["own.like"]


def test_the_team_is_nobodys_prospect(
    workspace: Workspace, clock: Clock, api: XApi, server: WebServer
) -> None:
    # Its own words hold the keyword and ask: the search brings them as well.
    api.posts.append(
        make_post(
            9, at=NOW - timedelta(minutes=9), author=TEAM, text="Which pension plan is for you?"
        )
    )
    hear(workspace, clock, server)
    run(workspace, clock, "collect", "reread")
    score_pending(workspace, RuleScorer(), clock=clock)
    with workspace.db.read() as session:
        assert set(prospects(session)) == EVERYBODY
        account = session.scalars(select(Account).where(Account.external_id == TEAM)).one()
        assert account.own
        team = session.scalars(select(Signal).where(Signal.account_id == account.id)).all()
        assert {one.own for one in team} == {"post"}  # and its like of its own post is nothing


def test_a_post_that_a_search_found_before_becomes_the_teams_own(
    workspace: Workspace, clock: Clock, api: XApi, server: WebServer
) -> None:
    """The account is named later than it was heard: what was derived from it goes."""
    own = make_post(
        9, at=NOW - timedelta(minutes=9), author=TEAM, text="Which pension plan is for you?"
    )
    api.posts = [own]
    with workspace.db.write() as session:
        topic = session.scalars(select(Topic)).one()
        topic.communities.clear()
    listen(workspace, clock, server)
    run(workspace, clock, "collect")
    score_pending(workspace, RuleScorer(), clock=clock)
    with workspace.db.write() as session:
        assert set(prospects(session)) == {TEAM}
        topic = session.scalars(select(Topic)).one()
        edit_topic(session, topic, add_communities=["x:@user77"], now=clock(), reason="ours")
    run(workspace, clock, "collect")
    score_pending(workspace, RuleScorer(), clock=clock)
    with workspace.db.read() as session:
        assert prospects(session) == {}
        assert session.scalars(select(Prospect)).all() == []
        account = session.scalars(select(Account).where(Account.external_id == TEAM)).one()
        assert standing_verdicts(session, [account.id]) == {account.id: "staff"}


def test_policy_and_suppression_hold_for_their_words(
    workspace: Workspace, clock: Clock, api: XApi, server: WebServer
) -> None:
    api.posts[4]["text"] = "@user77 I was diagnosed with cancer, what can I do?"
    with workspace.db.write() as session:
        add_name(session, "@user502", kind="handle", network="x", reason="asked", now=clock())
    hear(workspace, clock, server)
    assert set(signals(workspace)) == {TEAM, *EVERYBODY} - {NAMER, REPOSTER}


def test_a_sensitive_post_of_the_team_draws_nobody(
    workspace: Workspace, clock: Clock, api: XApi, server: WebServer
) -> None:
    api.posts[0]["text"] = "Help after a cancer diagnosis: our guide"
    hear(workspace, clock, server)
    assert set(signals(workspace)) <= {NAMER}


def test_what_was_deleted_goes_with_everything_derived(
    workspace: Workspace, clock: Clock, api: XApi, server: WebServer
) -> None:
    hear(workspace, clock, server)
    gone = {QUOTER, REPLIER, NAMER, BELOW}
    for post in api.posts:
        if post["author_id"] in gone:
            api.gone[post["id"]] = "resource-not-found"
    clock.at += timedelta(hours=25)
    api.now = clock.at
    (report,) = run(workspace, clock, "recheck")
    assert report.deleted == len(gone)
    assert set(signals(workspace)) == {TEAM, LIKER, REPOSTER}
    with workspace.db.read() as session:
        assert set(prospects(session)) == {LIKER, REPOSTER}
        kept = session.scalars(select(Signal).where(Signal.deleted_at.is_not(None))).all()
        assert {one.text for one in kept} == {None}
        left = select(Match.signal_id).where(Match.signal_id.in_([one.id for one in kept]))
        assert session.scalars(left).all() == []


def test_a_like_and_a_repost_that_were_taken_back_go_too(
    workspace: Workspace, clock: Clock, api: XApi, server: WebServer
) -> None:
    hear(workspace, clock, server)
    own = api.posts[0]

    def read_again(likes: int, reposts: int) -> set[str]:
        own["public_metrics"] |= {"like_count": likes, "retweet_count": reposts}
        clock.at += timedelta(hours=25)
        api.now = clock.at
        run(workspace, clock, "reread")
        return set(signals(workspace))

    api.likes[own["id"]] = [TEAM]
    assert {LIKER, REPOSTER} <= read_again(3, 1)  # X counts more than it shows: no withdrawal
    asked = len(server.asked)
    assert {LIKER, REPOSTER} <= read_again(3, 1)
    assert len(server.asked) == asked + 1  # counts that were read are not asked for again
    api.reposts[own["id"]] = []
    left = read_again(1, 0)
    assert not {LIKER, REPOSTER} & left
    assert {QUOTER, REPLIER, NAMER, BELOW} <= left
    with workspace.db.read() as session:
        assert set(prospects(session)) == {QUOTER, REPLIER, NAMER, BELOW}


def test_an_edit_without_a_keyword_is_taken_over_and_stays(
    workspace: Workspace, clock: Clock, api: XApi, server: WebServer
) -> None:
    hear(workspace, clock, server)
    for post in (api.posts[4], api.posts[2]):  # a mention and a reply
        newer = str(int(post["id"]) + (3_600_000 << 22))
        post |= {
            "edit_history_tweet_ids": [post["id"], newer], "text": "Thanks, I found one.",
            "created_at": (NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }  # fmt: skip
    clock.at += timedelta(hours=25)
    api.now = clock.at
    run(workspace, clock, "recheck")
    found = signals(workspace)
    assert {found[NAMER].text, found[REPLIER].text} == {"Thanks, I found one."}
    assert found[NAMER].scored_at is None  # the new words wait for their score
    with workspace.db.read() as session:
        of = select(Match.keyword_id).where(Match.signal_id == found[NAMER].id)
        assert session.scalars(of).all() == [None]


def test_what_it_costs_is_booked_on_the_topic_and_no_keyword_is_praised_for_it(
    workspace: Workspace, clock: Clock, server: WebServer
) -> None:
    hear(workspace, clock, server)
    with workspace.db.read() as session:
        spent = session.execute(select(Spend.keyword_id, Spend.money, Spend.topic_id)).all()
        assert any(keyword is None and money and topic for keyword, money, topic in spent)
        topic = session.scalars(select(Topic)).one()
        found = count_yield(session, topic, since=NOW - timedelta(days=7))
        rows = {row.what: row for row in found if row.by == "keyword"}
        assert (rows["pension plan"].signals, rows["pension plan"].prospects) == (0, 0)
        assert (rows[""].signals, rows[""].prospects, rows[""].matched) == (6, 6, 0)
        assert rows[""].cost > 0
        assert {row.prospects for row in found if row.by == "network"} == {6}


def test_a_name_is_paid_for_once_the_score_is_worth_it(
    workspace: Workspace, clock: Clock, api: XApi, server: WebServer
) -> None:
    """X bills a person at twice a post: who asks for help gets a name, who sells does not."""
    asks = make_post(
        9, at=NOW - timedelta(minutes=9), author="901",
        text="Which pension plan would you recommend? I need advice.",
    )  # fmt: skip
    sells = make_post(
        8, at=NOW - timedelta(minutes=9), author="902",
        text="Good morning. We offer many services, book a free call. Also: pension plan.",
    )  # fmt: skip
    api.posts = [*api.posts[:1], asks, sells]

    def named() -> dict[str, str | None]:
        with workspace.db.read() as session:
            rows = session.execute(select(Account.external_id, Account.handle)).all()
            found = dict(rows)
            return {author: found[author] for author in ("901", "902")}

    listen(workspace, clock, server)
    run(workspace, clock, "collect", "reread")
    assert named() == {"901": None, "902": None}
    clock.at += timedelta(minutes=1)
    score_pending(workspace, RuleScorer(), clock=clock)
    run(workspace, clock, "reread")
    assert named() == {"901": "user901", "902": None}
    asked = len(server.asked)
    run(workspace, clock, "reread")
    assert len(server.asked) == asked


def test_a_slip_in_an_account_s_name_is_shown_and_the_rest_is_heard(
    workspace: Workspace, clock: Clock, server: WebServer
) -> None:
    with workspace.db.write() as session:
        topic = session.scalars(select(Topic)).one()
        edit_topic(session, topic, add_communities=["x:@usre77"], reason="tried", now=clock())
    listen(workspace, clock, server)
    run(workspace, clock, "collect")
    assert NAMER in signals(workspace)
    (shown,) = [one for one in list_collections(workspace, now=clock()) if one["task"] == "collect"]
    assert shown["state"] == "listening"
    assert shown["do"].startswith("A manager must correct x:@usre77 in topic Pensions: ")


def test_re_checks_are_booked_to_the_topics_of_the_posts(
    workspace: Workspace, clock: Clock, server: WebServer, api: XApi
) -> None:
    """Two topics share one post; what one of them alone heard is its own."""
    with workspace.db.write() as session:
        create_topic(
            session, name="Later life", keywords=["calm later life"],
            defaults=workspace.settings.topic, now=clock(),
        )  # fmt: skip
    listen(workspace, clock, server)
    run(workspace, clock, "collect")
    clock.at += timedelta(days=1)
    api.gone[api.posts[1]["id"]] = "resource-not-found"
    run(workspace, clock, "recheck")
    with workspace.db.read() as session:
        rechecks = select(Collection.id).where(Collection.task == "recheck")
        booked = dict(
            session.execute(
                select(Topic.name, func.sum(Spend.money))
                .outerjoin(Topic, Topic.id == Spend.topic_id)
                .where(Spend.collection_id.in_(rechecks))
                .group_by(Topic.name)
            ).all()
        )
    assert set(booked) == {"Pensions", "Later life"}
    assert booked["Pensions"] > booked["Later life"] > 0
