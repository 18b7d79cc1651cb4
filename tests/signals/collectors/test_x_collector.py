"""X against a local server: sweeps that lose nothing, money that is not exceeded, who engaged."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from signals.collectors.contract import (
    Budget,
    Cursor,
    Engagement,
    Gone,
    Kind,
    Misconfigured,
    OverBudget,
    Own,
    Page,
    Query,
    RateLimited,
    Recheck,
    Ref,
    Target,
    Unavailable,
)
from signals.collectors.registry import CollectorSettings, build_collector
from signals.collectors.x.collector import XCollector
from signals.collectors.x.cursor import load_place
from signals.collectors.x.posts import id_of_time
from tests.fakes.web_server import HTML, RESET, Reply, WebServer
from tests.fakes.x_api import NOW, XApi, make_post

QUERY = Query(topic="Pensions", keywords=("pension plan",))
LIMIT = 100_000


@pytest.fixture
def api() -> XApi:
    posts = [make_post(n, at=NOW - timedelta(minutes=3 * n)) for n in range(1, 251)]
    return XApi(NOW, posts)


@pytest.fixture
def server(api: XApi) -> Iterator[WebServer]:
    with WebServer(api) as running:
        yield running


def settings(server: WebServer, **changes: Any) -> CollectorSettings:
    secrets = {"bearer_token": SecretStr("app-token"), **changes.pop("secrets", {})}
    return CollectorSettings(
        url=server.url,
        clock=changes.pop("clock", NOW.timestamp),
        max_seconds=60,
        secrets=secrets,
        options={"first_hours": "144", **changes.pop("options", {})},
        allow_hosts=("127.0.0.1",),
        read_timeout=changes.pop("read_timeout", 5),
        **changes,
    )


def open_x(server: WebServer, **changes: Any) -> XCollector:
    collector = build_collector("x", settings(server, **changes))
    assert isinstance(collector, XCollector)
    return collector


def sweep(
    collector: XCollector, cursor: Cursor | None = None, query: Query = QUERY, limit: int = LIMIT
) -> list[Page]:
    return list(collector.collect(query, cursor, limit=limit))


def ids(pages: list[Page]) -> list[str]:
    return [engagement.external_id for page in pages for engagement in page.engagements]


class TestSweep:
    def test_it_reads_every_post_once_and_then_only_what_is_new(
        self, api: XApi, server: WebServer
    ) -> None:
        collector = open_x(server)
        pages = sweep(collector)
        assert ids(pages) == [post["id"] for post in api.posts]
        assert [page.exhausted for page in pages] == [False, False, True]
        assert all(page.keywords == ("pension plan",) for page in pages)
        new = make_post(1, at=NOW + timedelta(minutes=1))
        api.posts.append(new)
        later = sweep(collector, pages[-1].cursor)
        assert ids(later) == [new["id"]]
        assert server.asked[-1].one("since_id") == api.posts[0]["id"]

    def test_it_resumes_after_any_page_even_when_posts_arrive_meanwhile(
        self, api: XApi, server: WebServer
    ) -> None:
        whole = sweep(open_x(server))
        everything = set(ids(whole))
        for stop in range(len(whole)):
            got = list(itertools.islice(open_x(server).collect(QUERY, None, limit=LIMIT), stop + 1))
            rest = sweep(open_x(server), got[-1].cursor)
            assert set(ids(got)) | set(ids(rest)) == everything
            # newest_id is that of the first page whatever came since
            assert max(load_place(rest[-1].cursor).since.values(), key=int) == api.posts[0]["id"]

    def test_it_stops_at_about_the_limit(self, server: WebServer) -> None:
        pages = sweep(open_x(server), limit=100)
        assert len(pages) == 1
        assert not pages[-1].exhausted

    def test_several_queries_each_keep_their_own_place(self, api: XApi, server: WebServer) -> None:
        words = tuple(f"retirement question number {n}" for n in range(10, 50))
        api.posts = [
            make_post(n, at=NOW - timedelta(minutes=n + 1), text=words[n]) for n in range(40)
        ]
        query = Query(topic="Pensions", keywords=words)
        pages = sweep(open_x(server), query=query)
        assert sorted(ids(pages)) == sorted(post["id"] for post in api.posts)
        assert [page.exhausted for page in pages] == [False, False, True]
        assert len(load_place(pages[-1].cursor).since) == 3
        again = sweep(open_x(server), pages[0].cursor, query)
        assert sorted(ids(again)) == sorted(ids(pages[1:]))

    def test_quiet_queries_do_not_end_a_later_one(self, api: XApi, server: WebServer) -> None:
        words = tuple(f"a retirement question of the number {n}" for n in range(100, 220))
        api.posts = [make_post(1, at=NOW - timedelta(minutes=1), text=words[-1])]
        query = Query(topic="Pensions", keywords=words)
        queries = [one.split("query=", 1)[1] for one in open_x(server).plan(
            query, None, limit=LIMIT).requests]  # fmt: skip
        assert len(queries) > 5
        empty = [Reply(200, {"meta": {"result_count": 0}})] * (len(queries) - 1)
        server.faults += [*empty, Reply(200, {"meta": {"result_count": 0, "next_token": "t0"}})]
        pages = sweep(open_x(server), query=query)
        assert [page.gap for page in pages if page.gap] == []
        assert ids(pages) == [api.posts[0]["id"]]

    def test_a_reworded_topic_goes_on_where_it_stood(self, api: XApi, server: WebServer) -> None:
        pages = sweep(open_x(server))
        later = sweep(
            open_x(server),
            pages[-1].cursor,
            Query(topic="Pensions", keywords=("pension plan", "IRA")),
        )
        assert ids(later) == []
        assert server.asked[-1].one("since_id") == api.posts[0]["id"]

    def test_seven_days_without_a_run_leave_a_recorded_gap(
        self, api: XApi, server: WebServer
    ) -> None:
        first = sweep(open_x(server))
        later = NOW + timedelta(days=9)
        api.now = later
        api.posts = [make_post(1, at=later - timedelta(hours=1))]
        pages = sweep(open_x(server, clock=later.timestamp), first[-1].cursor)
        assert len(ids(pages)) == 1
        gap = pages[0].gap
        assert gap is not None
        assert gap.started_at == NOW - timedelta(minutes=3)
        assert gap.ended_at == later - timedelta(days=7) + timedelta(minutes=1)
        assert not any(
            page.gap for page in sweep(open_x(server, clock=later.timestamp), pages[-1].cursor)
        )

    def test_a_quiet_week_is_no_gap(self, api: XApi, server: WebServer) -> None:
        cursor = sweep(open_x(server))[-1].cursor
        api.posts.clear()
        for day in range(1, 12):
            now = NOW + timedelta(days=day)
            api.now = now
            (page,) = sweep(open_x(server, clock=now.timestamp), cursor)
            assert page.gap is None
            cursor = page.cursor

    def test_a_token_grown_old_begins_the_sweep_anew(self, api: XApi, server: WebServer) -> None:
        first = next(open_x(server).collect(QUERY, None, limit=LIMIT))
        api.forgotten_tokens.add("t100")
        assert "t100" in first.cursor.value
        api.forgotten_tokens.clear()
        api.forgotten_tokens.add("t100")
        server.faults.append(
            Reply(400, {"errors": [{"parameters": {"next_token": ["?"]}}], "title": "Invalid"})
        )
        api.forgotten_tokens.clear()
        assert len(ids(sweep(open_x(server), first.cursor))) == 250

    def test_empty_pages_are_passed_and_a_repeated_token_ends_it(
        self, api: XApi, server: WebServer
    ) -> None:
        api.repeat_token = True
        pages = sweep(open_x(server))
        assert pages[-1].exhausted
        assert pages[-1].gap is not None
        assert "twice" in pages[-1].gap.reason

    def test_an_answer_of_errors_only_is_an_empty_page(self, server: WebServer) -> None:
        server.faults.append(
            Reply(200, {"errors": [{"type": "https://api.x.com/2/problems/resource-not-found"}]})
        )
        (page,) = sweep(open_x(server))
        assert page.engagements == ()
        assert page.exhausted

    def test_edits_of_a_post_are_one(self, api: XApi, server: WebServer) -> None:
        first, second = (make_post(n, at=NOW - timedelta(minutes=9 - n)) for n in (1, 2))
        for post in (first, second):
            post["edit_history_tweet_ids"] = [first["id"], second["id"]]
        api.posts = [first, second]
        (page,) = sweep(open_x(server))
        (post,) = page.engagements
        assert post.external_id == first["id"]
        assert post.edited_at is not None

    def test_without_a_keyword_there_is_nothing_to_ask(self, server: WebServer) -> None:
        with pytest.raises(Misconfigured, match="keyword"):
            sweep(open_x(server), query=Query(topic="Pensions"))


class TestMoney:
    def test_posts_and_people_are_paid_for(self, server: WebServer) -> None:
        pages = sweep(open_x(server))
        assert sum(page.cost.money for page in pages) == pytest.approx(250 * 0.005)
        assert pages[0].cost.by_resource == {"post": 100}
        dear = sweep(open_x(server, options={"authors": "all"}))
        assert dear[0].cost.by_resource == {"post": 100, "user": 7}
        assert dear[0].engagements[0].author.handle is not None

    def test_prices_are_settings(self, server: WebServer) -> None:
        pages = sweep(open_x(server, prices={"post": 1.0}))
        assert sum(page.cost.money for page in pages) == 250

    def test_a_sweep_that_does_not_fit_begins_later_and_leaves_a_gap(
        self, server: WebServer
    ) -> None:
        query = Query(topic="Pensions", keywords=QUERY.keywords, budget=Budget(money=0.60))
        pages = sweep(open_x(server), query=query)
        assert any("counts/recent" in asked.path for asked in server.asked)
        gap = pages[0].gap
        assert gap is not None
        assert "budget" in gap.reason
        assert pages[0].cost.by_resource["counts"] == 1
        assert sum(page.cost.money for page in pages) <= 0.60

    def test_nothing_is_asked_for_that_is_not_left(self, server: WebServer) -> None:
        query = Query(topic="Pensions", keywords=QUERY.keywords, budget=Budget(money=0.001))
        with pytest.raises(OverBudget):
            sweep(open_x(server), query=query)
        assert server.asked == []

    def test_a_plan_says_what_it_would_cost_and_asks_nothing(self, server: WebServer) -> None:
        plan = open_x(server).plan(QUERY, None, limit=LIMIT)
        assert plan.requests == ('GET /2/tweets/search/recent?query="pension plan" -is:retweet',)
        assert plan.cost.money == pytest.approx((LIMIT + 99) * 0.005)  # all pages of a run
        bound = replace(QUERY, budget=Budget(money=5.0))
        assert open_x(server).plan(bound, None, limit=LIMIT).cost.money == 5.0
        small = open_x(server).plan(bound, None, limit=1).cost
        assert small.money == pytest.approx(100 * 0.005 + 0.005)  # the count before it
        assert any("user's token" in note for note in plan.notes)
        assert server.asked == []


class TestFaults:
    @pytest.mark.parametrize(
        ("reply", "error", "words"),
        [
            (Reply(401, {"title": "Unauthorized"}), Misconfigured, "credentials"),
            (Reply(402, {"title": "Payment Required"}), Misconfigured, "balance"),
            (Reply(403, {"title": "Forbidden"}), Misconfigured, "access"),
            (Reply(400, {"errors": [{"message": "bad", "parameters": {"query": ["x"]}}]}),
             Misconfigured, "query"),
            (Reply(429, {"title": "Too Many Requests"}), RateLimited, "slow"),
            (Reply(429, body=b"<html>"), RateLimited, "slow"),
            (Reply(429, {}, headers={"x-rate-limit-reset": "soon"}), RateLimited, "slow"),
            (Reply(500, []), Unavailable, "500"),
            (Reply(503, body=b"<html>"), Unavailable, "503"),
            (Reply(302, None, headers={"Location": "http://else.example/"}), Unavailable, "302"),
            (HTML, Unavailable, "JSON"),
            (RESET, Unavailable, "reached"),
            (Reply(200, {"data": [{}] * 50}, truncate=20), Unavailable, "reached"),
            (Reply(200, [1]), Unavailable, "page"),
        ],
    )  # fmt: skip
    def test_every_fault_is_one_of_ours(
        self, server: WebServer, reply: Reply, error: type[Exception], words: str
    ) -> None:
        server.faults.append(reply)
        with pytest.raises(error, match=words) as caught:
            sweep(open_x(server))
        assert "app-token" not in str(caught.value)

    def test_a_rate_limit_says_until_when(self, server: WebServer) -> None:
        reset = int(NOW.timestamp()) + 300
        server.faults.append(Reply(429, {}, headers={"x-rate-limit-reset": str(reset)}))
        with pytest.raises(RateLimited) as caught:
            sweep(open_x(server))
        assert caught.value.retry_at == datetime.fromtimestamp(reset, UTC)

    def test_a_slow_answer_is_given_up(self, server: WebServer) -> None:
        server.faults.append(Reply(200, {"data": []}, wait=1))
        with pytest.raises(Unavailable, match="reached"):
            sweep(open_x(server, read_timeout=0.2))

    def test_an_endless_answer_is_given_up(self, server: WebServer) -> None:
        server.faults.append(Reply(200, {"data": ["x" * 5000]}))
        with pytest.raises(Unavailable):
            sweep(open_x(server, max_response_bytes=1000))

    def test_without_a_token_it_says_which_one_is_missing(self, server: WebServer) -> None:
        with pytest.raises(Misconfigured, match="WARMLIST_SECRETS__X__BEARER_TOKEN"):
            open_x(server, secrets={"bearer_token": SecretStr("")})

    def test_a_token_is_not_sent_in_the_open(self) -> None:
        with pytest.raises(Misconfigured, match="https"):
            build_collector(
                "x",
                CollectorSettings(
                    url="http://api.example.org", clock=NOW.timestamp, max_seconds=1,
                    secrets={"bearer_token": SecretStr("app-token")},
                ),
            )  # fmt: skip


class TestAccount:
    def test_mentions_and_own_posts_are_read_at_the_owners_price(
        self, api: XApi, server: WebServer
    ) -> None:
        api.posts = [
            make_post(1, at=NOW - timedelta(minutes=5), author="77", text="Our pension plan guide"),
            make_post(2, at=NOW - timedelta(minutes=4), text="@user77 which pension plan?"),
        ]
        query = Query(topic="Pensions", keywords=QUERY.keywords, scope="@user77")
        pages = sweep(open_x(server), query=query)
        assert ids(pages) == [post["id"] for post in api.posts]
        assert [e.own for page in pages for e in page.engagements] == [Own.POST, Own.MENTION]
        assert {page.team for page in pages} == {frozenset({"77"})}
        assert all(page.keywordless for page in pages)
        assert sum(page.cost.money for page in pages) == pytest.approx(0.01 + 2 * (0.001 + 0.01))
        again = sweep(open_x(server), pages[-1].cursor, query)
        assert ids(again) == []
        assert sum("/users/by/" in asked.path for asked in server.asked) == 1

    def test_accounts_among_the_communities_come_after_the_search(
        self, api: XApi, server: WebServer
    ) -> None:
        api.posts = [
            make_post(1, at=NOW - timedelta(minutes=5), text="pension plan"),
            make_post(2, at=NOW - timedelta(minutes=4), text="@user77 hello", author="77"),
        ]
        query = Query(topic="P", keywords=QUERY.keywords, communities=("@user77", "r/pensions"))
        pages = sweep(open_x(server), query=query)
        assert [page.exhausted for page in pages] == [False, False, True]
        assert set(ids(pages)) == {post["id"] for post in api.posts}
        assert len(open_x(server).plan(query, None, limit=LIMIT).requests) == 3

    def test_without_keywords_the_accounts_are_read_and_nothing_is_searched(
        self, api: XApi, server: WebServer
    ) -> None:
        api.posts = [make_post(2, at=NOW - timedelta(minutes=4), text="pension", author="77")]
        pages = sweep(open_x(server), query=Query(topic="P", communities=("@user77",)))
        assert set(ids(pages)) == {api.posts[0]["id"]}
        assert not any("search" in one.path for one in server.asked)

    def test_a_slip_in_one_account_s_name_keeps_nobody_from_the_rest(
        self, api: XApi, server: WebServer
    ) -> None:
        api.posts.append(make_post(2, at=NOW - timedelta(minutes=4), author="77"))
        query = Query(
            topic="Pensions", keywords=QUERY.keywords, communities=("@user77x", "@user77")
        )
        pages = sweep(open_x(server), query=query)
        assert set(ids(pages)) == {post["id"] for post in api.posts}
        assert pages[-1].exhausted
        assert {page.todo for page in pages} == {
            "A manager must correct x:@user77x in topic Pensions: X has no account of that name."
        }

    def test_an_account_that_is_not_there_parks_the_source(self, server: WebServer) -> None:
        with pytest.raises(Gone, match="@nobody"):
            sweep(open_x(server), query=Query(scope="@nobody"))


def target(post: dict[str, Any], **changes: Any) -> Target:
    return Target(Ref("x", Kind.POST, post["id"]), post["author_id"], NOW, **changes)


class TestReread:
    def test_everybody_who_engaged_is_found(self, api: XApi, server: WebServer) -> None:
        post = api.posts[0]
        post["public_metrics"] = {
            "like_count": 2, "retweet_count": 150, "reply_count": 1, "quote_count": 1,
        }  # fmt: skip
        api.likes[post["id"]] = ["501", "502"]
        api.reposts[post["id"]] = [str(600 + n) for n in range(150)]
        api.posts += [
            make_post(900, at=NOW - timedelta(minutes=1), text="Same here",
                      conversation_id=post["id"],
                      referenced_tweets=[{"type": "replied_to", "id": post["id"]}]),
            make_post(901, at=NOW - timedelta(minutes=1), text="Worth reading",
                      referenced_tweets=[{"type": "quoted", "id": post["id"]}]),
        ]  # fmt: skip
        collector = open_x(server, secrets={"user_token": SecretStr("user")})
        pages = list(collector.reread([target(post, wants_author=True)], QUERY, limit=LIMIT))
        found: list[Engagement] = [e for page in pages for e in page.engagements]
        kinds = [engagement.kind for engagement in found]
        assert {kind: kinds.count(kind) for kind in kinds} == {
            Kind.POST: 2, Kind.LIKE: 2, Kind.REPOST: 150, Kind.QUOTE: 1, Kind.COMMENT: 1,
        }  # fmt: skip
        assert found[0].author.handle == f"user{post['author_id']}"
        assert found[-1] == found[0]  # with the counts that were read
        assert {e.target_external_id for e in found[1:-1]} == {post["id"]}
        (whole,) = [page.whole for page in pages if page.whole]
        assert {(one.kind, len(one.external_ids)) for one in whole} == {
            (Kind.LIKE, 2), (Kind.REPOST, 150),
        }  # fmt: skip
        assert [page.reread for page in pages if page.reread] == [(target(post).ref,)]
        money = sum(page.cost.money for page in pages)
        assert money == pytest.approx(0.015 + 2 * 0.001 + 150 * 0.01 + 2 * 0.015)

    def test_only_authors_worth_it_are_paid_for(self, api: XApi, server: WebServer) -> None:
        aims = [target(api.posts[0], wants_author=True), target(api.posts[1])]
        pages = list(open_x(server).reread(aims, QUERY, limit=LIMIT))
        assert sum(page.cost.money for page in pages) == pytest.approx(2 * 0.005 + 0.01)
        named = {e.author.handle for page in pages for e in page.engagements}
        assert named == {f"user{api.posts[0]['author_id']}", None}

    def test_counts_that_stayed_are_not_asked_for_again(self, api: XApi, server: WebServer) -> None:
        post = api.posts[0]
        post["public_metrics"]["retweet_count"] = 3
        known = {"reposts": 3}
        aim = target(post, read_at=NOW - timedelta(days=1), metrics=known)
        list(open_x(server).reread([aim, target(api.posts[1])], QUERY, limit=LIMIT))
        assert [asked.path for asked in server.asked] == ["/2/tweets"]

    def test_likes_need_a_users_token(self, api: XApi, server: WebServer) -> None:
        api.posts[0]["public_metrics"]["like_count"] = 3
        list(open_x(server).reread([target(api.posts[0])], QUERY, limit=LIMIT))
        assert not any("liking_users" in asked.path for asked in server.asked)

    def test_a_target_that_is_gone_is_a_deletion(self, api: XApi, server: WebServer) -> None:
        post = api.posts[0]
        api.gone[post["id"]] = "resource-not-found"
        (page,) = open_x(server).reread([target(post)], QUERY, limit=LIMIT)
        assert page.deletions == page.reread == (target(post).ref,)

    def test_it_stops_where_the_budget_ends(self, api: XApi, server: WebServer) -> None:
        query = Query(keywords=QUERY.keywords, budget=Budget(money=0.02))
        api.posts[0]["public_metrics"]["retweet_count"] = 3
        with pytest.raises(OverBudget):
            list(open_x(server).reread([target(api.posts[0])], query, limit=LIMIT))
        assert [asked.path for asked in server.asked] == ["/2/tweets"]


class TestRecheck:
    def recheck(self, server: WebServer, refs: list[Ref]) -> list[Recheck]:
        return list(open_x(server).recheck(refs, budget=Budget()))

    def test_gone_and_protected_posts_are_deletions(self, api: XApi, server: WebServer) -> None:
        refs = [Ref("x", Kind.POST, post["id"]) for post in api.posts[:150]]
        api.gone[refs[0].external_id] = "resource-not-found"
        api.gone[refs[149].external_id] = "not-authorized-for-resource"
        found = self.recheck(server, refs)
        assert [len(one.checked) for one in found] == [100, 50]
        assert [ref for one in found for ref in one.deletions] == [refs[0], refs[149]]
        assert sum(one.cost.money for one in found) == pytest.approx(148 * 0.005)

    def test_an_edited_post_comes_in_its_newest_version(self, api: XApi, server: WebServer) -> None:
        first = make_post(1, at=NOW - timedelta(minutes=9))
        second = str(int(first["id"]) + 5)
        api.posts = [first | {"edit_history_tweet_ids": [first["id"], second]}]
        (found,) = self.recheck(server, [Ref("x", Kind.POST, first["id"])])
        assert found.deletions == ()
        assert [post.external_id for post in found.edited] == [first["id"]]
        assert found.edited[0].edited_at is not None

    def test_what_got_no_answer_is_not_checked(self, server: WebServer) -> None:
        server.faults.append(Reply(200, {"errors": [{"type": "https://x/unknown"}]}))
        unknown = Ref("x", Kind.POST, id_of_time(NOW))
        assert self.recheck(server, [unknown])[0].checked == ()
        assert self.recheck(server, [Ref("x", Kind.LIKE, "1:2")]) == []
