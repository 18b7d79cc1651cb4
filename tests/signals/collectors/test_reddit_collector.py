"""Reddit against a local server: listings that lose nothing, threads, deletion, never a sleep."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from signals.collectors.contract import (
    Budget,
    Cursor,
    Forbidden,
    Gone,
    Kind,
    Misconfigured,
    OverBudget,
    Page,
    Query,
    RateLimited,
    Ref,
    Target,
    Unavailable,
)
from signals.collectors.reddit.collector import RedditCollector
from signals.collectors.registry import CollectorSettings, build_collector
from tests.fakes.reddit_api import RedditApi, make_comment, make_submission
from tests.fakes.web_server import HTML, RESET, Reply, WebServer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
T = NOW.timestamp()
QUERY = Query(topic="Pensions", keywords=("pension plan",), scope="pensions")
LIMIT = 100_000


@pytest.fixture
def api() -> RedditApi:
    return RedditApi(
        [make_submission(n, at=T - 60 * n, num_comments=120) for n in range(1, 231)],
        [make_comment(n, at=T - 60 * n) for n in range(1, 121)],
    )


@pytest.fixture
def server(api: RedditApi) -> Iterator[WebServer]:
    with WebServer(api) as running:
        yield running


def open_reddit(server: WebServer, **changes: Any) -> RedditCollector:
    settings = CollectorSettings(
        url=server.url,
        clock=changes.pop("clock", NOW.timestamp),
        max_seconds=60,
        secrets={"client_id": SecretStr("an-id"), "client_secret": SecretStr("a-secret")},
        options={"first_hours": "24", "search_hours": "6", **changes.pop("options", {})},
        allow_hosts=("127.0.0.1",),
        approval_ref=changes.pop("approval_ref", "RDT-1"),
        read_timeout=changes.pop("read_timeout", 5),
        **changes,
    )
    collector = build_collector("reddit", settings)
    assert isinstance(collector, RedditCollector)
    return collector


def sweep(
    collector: RedditCollector, cursor: Cursor | None = None, query: Query = QUERY,
    limit: int = LIMIT,
) -> list[Page]:  # fmt: skip
    return list(collector.collect(query, cursor, limit=limit))


def ids(pages: list[Page]) -> set[str]:
    return {engagement.external_id for page in pages for engagement in page.engagements}


def paths(server: WebServer) -> list[str]:
    return [asked.path for asked in server.asked if "access_token" not in asked.path]


class TestCollect:
    def test_submissions_and_comments_are_read_and_search_is_a_second_source(
        self, api: RedditApi, server: WebServer
    ) -> None:
        pages = sweep(open_reddit(server))
        assert ids(pages) == {thing["name"] for thing in (*api.submissions, *api.comments)}
        assert pages[-1].exhausted
        assert not any(page.exhausted for page in pages[:-1])
        assert {path.rpartition("/")[2] for path in paths(server)} == {"new", "comments"}
        assert all(page.gap is None for page in pages)
        late = make_submission(990, at=T - 3000, title="A pension plan shown late")
        api.submissions.append(late)
        server.asked.clear()
        pages = sweep(open_reddit(server, clock=lambda: T + 7 * 3600), pages[-1].cursor)
        assert "t3_s990" in ids(pages)
        assert paths(server)[-1] == "/r/pensions/search"

    def test_the_next_run_reads_down_to_what_is_known(
        self, api: RedditApi, server: WebServer
    ) -> None:
        cursor = sweep(open_reddit(server))[-1].cursor
        api.submissions.append(make_submission(900, at=T + 60))
        server.asked.clear()
        later = T + 120
        pages = sweep(open_reddit(server, clock=lambda: later), cursor)
        assert "t3_s900" in ids(pages)
        # one page of each listing, the overlap in it, and no search before its time
        assert paths(server) == ["/r/pensions/new", "/r/pensions/comments"]

    def test_it_resumes_after_any_page(self, server: WebServer) -> None:
        whole = sweep(open_reddit(server))
        everything = ids(whole)
        for stop in range(len(whole)):
            pages = open_reddit(server).collect(QUERY, None, limit=LIMIT)
            got = list(itertools.islice(pages, stop + 1))
            rest = sweep(open_reddit(server), got[-1].cursor)
            assert ids(got) | ids(rest) == everything

    def test_it_stops_at_about_the_limit(self, server: WebServer) -> None:
        assert len(sweep(open_reddit(server), limit=50)) == 1

    def test_what_the_cap_hides_is_a_recorded_gap(self, api: RedditApi, server: WebServer) -> None:
        cursor = sweep(open_reddit(server))[-1].cursor
        later = T + 86_400
        api.submissions = [make_submission(n, at=later - n) for n in range(1200)]
        pages = sweep(open_reddit(server, clock=lambda: later), cursor)
        (gap,) = [page.gap for page in pages if page.gap]
        assert "1,000" in gap.reason
        assert gap.started_at == NOW - timedelta(minutes=1)
        assert gap.ended_at == datetime.fromtimestamp(later - 999, UTC)

    def test_deleted_and_removed_things_are_deletions(
        self, api: RedditApi, server: WebServer
    ) -> None:
        api.submissions = [
            make_submission(1, at=T - 1, author="[deleted]"),
            make_submission(2, at=T - 2, selftext="[removed]"),
            make_submission(3, at=T - 3, author=None),
        ]
        api.comments = []
        pages = sweep(open_reddit(server))
        assert ids(pages) == set()
        assert {ref.external_id for page in pages for ref in page.deletions} == {
            "t3_s1", "t3_s2", "t3_s3",
        }  # fmt: skip

    def test_without_a_community_all_of_reddit_is_searched(self, server: WebServer) -> None:
        query = replace(QUERY, scope="")
        pages = sweep(open_reddit(server), query=query)
        assert len(ids(pages)) == 230
        assert set(paths(server)) == {"/r/all/search"}
        assert server.asked[-1].one("q") == '"pension plan"'
        with pytest.raises(Misconfigured, match="community or a keyword"):
            sweep(open_reddit(server), query=Query(topic="Pensions"))

    def test_a_repeated_place_ends_the_listing_with_a_gap(
        self, api: RedditApi, server: WebServer
    ) -> None:
        api.repeat_after = True
        pages = sweep(open_reddit(server))
        assert any(page.gap and "twice" in page.gap.reason for page in pages)
        assert pages[-1].exhausted

    def test_a_plan_asks_nothing(self, server: WebServer) -> None:
        plan = open_reddit(server).plan(QUERY, None, limit=LIMIT)
        assert [line.partition("?")[0] for line in plan.requests] == [
            "GET /r/pensions/new", "GET /r/pensions/comments",
        ]  # fmt: skip
        assert server.asked == []

    def test_a_budget_of_requests_is_kept(self, server: WebServer) -> None:
        query = replace(QUERY, budget=Budget(requests=3))  # the token is one
        collector = open_reddit(server)
        with pytest.raises(OverBudget):
            sweep(collector, query=query)
        assert len(paths(server)) == 2


class TestAccess:
    def test_without_approval_it_says_where_to_ask(self, server: WebServer) -> None:
        for missing in (None, "", " "):
            with pytest.raises(Misconfigured, match=r"Reddit for approval .*reddithelp"):
                open_reddit(server, approval_ref=missing)

    def test_nothing_comes_from_files_or_the_environment(
        self, server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "praw.ini").write_text("[DEFAULT]\nusername=eve\npassword=x\n", "utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("praw_refresh_token", "stolen")
        sweep(open_reddit(server), limit=1)
        (token,) = [asked for asked in server.asked if "access_token" in asked.path]
        assert b"grant_type=client_credentials" in token.body

    def test_the_user_agent_names_the_account(self, server: WebServer) -> None:
        sweep(open_reddit(server, options={"account": "u/warm"}), limit=1)
        agent = server.asked[-1].headers["user-agent"]
        assert agent.startswith("python:warmlist")
        assert "(by /u/warm)" in agent


class TestFaults:
    @pytest.mark.parametrize(
        ("reply", "error", "words"),
        [
            (Reply(401, {"message": "Unauthorized"}), Misconfigured, "credentials"),
            (Reply(403, {"reason": "private", "message": "Forbidden"}), Forbidden, "private"),
            (Reply(403, {"reason": "quarantined"}), Forbidden, "quarantined"),
            (Reply(404, {"reason": "banned"}), Gone, "banned"),
            (Reply(451, body=b"<html>"), Forbidden, "451"),
            (Reply(429, {"message": "Too Many Requests"}), RateLimited, "slow"),
            (Reply(429, body=b"<", headers={"x-ratelimit-reset": "12.5"}), RateLimited, "slow"),
            (Reply(500, {"error": 500}), Unavailable, "500"),
            (Reply(503, body=b"<html>"), Unavailable, "503"),
            (Reply(520, body=b""), Unavailable, "520"),
            (HTML, Unavailable, "JSON"),
            (RESET, Unavailable, "reached"),
            (Reply(200, {"kind": "Listing"}, truncate=5), Unavailable, "reached"),
            (Reply(200, {}, headers={"x-ratelimit-used": "1.5", "x-ratelimit-remaining": "?"}),
             None, ""),
        ],
    )  # fmt: skip
    def test_every_fault_is_one_of_ours_at_once(
        self, server: WebServer, reply: Reply, error: type[Exception] | None, words: str
    ) -> None:
        server.fail_after = 1  # the token is given out first
        server.faults.extend([reply] * (2 if reply.status == 401 else 1))
        started = time.monotonic()
        if error is None:
            sweep(open_reddit(server), limit=1)
        else:
            with pytest.raises(error, match=words):
                sweep(open_reddit(server))
            if reply.status != 401:  # a token may have expired: that is asked once more
                assert len(paths(server)) == 1
        assert time.monotonic() - started < 4

    def test_a_rate_limit_says_until_when(self, server: WebServer) -> None:
        server.fail_after = 1
        server.faults.append(Reply(429, {}, headers={"x-ratelimit-reset": "30"}))
        with pytest.raises(RateLimited) as caught:
            sweep(open_reddit(server))
        assert caught.value.retry_at == NOW + timedelta(seconds=31)

    def test_a_used_up_limit_waits_by_the_schedule_not_by_sleeping(
        self, api: RedditApi, server: WebServer
    ) -> None:
        api.limits |= {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "200"}
        with pytest.raises(RateLimited) as caught:
            sweep(open_reddit(server))
        assert caught.value.retry_at == NOW + timedelta(seconds=200)
        assert len(paths(server)) == 1

    def test_wrong_keys_are_the_administrators(self, server: WebServer) -> None:
        server.faults.append(Reply(401, {"message": "Unauthorized", "error": 401}))
        with pytest.raises(Misconfigured, match="credentials") as caught:
            sweep(open_reddit(server))
        assert "a-secret" not in str(caught.value)

    def test_a_community_that_is_not_there_is_gone(self, server: WebServer) -> None:
        with pytest.raises(Gone, match="no such community"):
            sweep(open_reddit(server), query=replace(QUERY, scope="nowhere"))

    def test_a_slow_answer_is_given_up(self, server: WebServer) -> None:
        server.fail_after = 1
        server.faults.append(Reply(200, {}, wait=1))
        with pytest.raises(Unavailable, match="reached"):
            sweep(open_reddit(server, read_timeout=0.2))


def target(name: str, **changes: Any) -> Target:
    kind = Kind.POST if name.startswith("t3_") else Kind.COMMENT
    return Target(Ref("reddit", kind, name), "t2_a", NOW, **changes)


class TestReread:
    def reread(self, server: WebServer, *targets: Target, **query: Any) -> list[Page]:
        asked = replace(QUERY, **query)
        return list(open_reddit(server).reread(targets, asked, limit=LIMIT))

    def test_a_thread_is_read_with_what_it_leaves_out(
        self, api: RedditApi, server: WebServer
    ) -> None:
        api.shown_in_thread = 20
        pages = self.reread(server, target("t3_s1"))
        assert ids(pages) == {"t3_s1"} | {comment["name"] for comment in api.comments}
        assert [page.reread for page in pages if page.reread] == [(target("t3_s1").ref,)]
        assert paths(server) == ["/api/info", "/comments/s1", "/api/morechildren"]

    def test_a_thread_nobody_added_to_is_left_alone(
        self, api: RedditApi, server: WebServer
    ) -> None:
        api.submissions[1]["num_comments"] = 0
        read = target("t3_s1", read_at=NOW - timedelta(hours=12), metrics={"comments": 120})
        pages = self.reread(server, read, target("t3_s2"))
        assert [page.reread[0].external_id for page in pages] == ["t3_s1", "t3_s2"]
        assert paths(server) == ["/api/info"]

    def test_what_is_left_out_is_read_within_bounds(
        self, api: RedditApi, server: WebServer
    ) -> None:
        api.comments = [make_comment(n, at=T - n) for n in range(800)]
        api.shown_in_thread = 1
        self.reread(server, target("t3_s1"))
        assert paths(server).count("/api/morechildren") == 5

    def test_crossposts_are_read_where_there_are_any(
        self, api: RedditApi, server: WebServer
    ) -> None:
        api.submissions[0]["num_crossposts"] = 1
        copy = make_submission(950, at=T, subreddit="money", crosspost_parent="t3_s1")
        api.duplicates["s1"] = [copy]
        pages = self.reread(server, target("t3_s1"))
        found = {e.external_id: e for page in pages for e in page.engagements}
        assert found["t3_s950"].target_external_id == "t3_s1"

    def test_answers_to_a_comment_are_read(self, api: RedditApi, server: WebServer) -> None:
        api.comments.append(make_comment(500, at=T, parent_id="t1_c1"))
        pages = self.reread(server, target("t1_c1", parent_external_id="t3_s1"))
        assert ids(pages) == {"t3_s1", "t1_c1", "t1_c500"}

    def test_a_thread_that_is_gone_is_left_to_the_re_check(self, server: WebServer) -> None:
        (page,) = self.reread(server, target("t3_gone"))
        assert (page.deletions, page.reread) == ((), (target("t3_gone").ref,))


class TestRecheck:
    def test_deleted_removed_and_edited_things_are_told(
        self, api: RedditApi, server: WebServer
    ) -> None:
        api.submissions[0]["author"] = "[deleted]"
        api.submissions[1]["selftext"] = "[removed]"
        api.submissions[2]["edited"] = T
        refs = [Ref("reddit", Kind.POST, s["name"]) for s in api.submissions[:150]]
        refs.append(Ref("reddit", Kind.POST, "t3_never"))
        found = list(open_reddit(server).recheck(refs, budget=Budget()))
        assert [len(one.checked) for one in found] == [99, 51]
        gone = [ref.external_id for one in found for ref in one.deletions]
        assert gone == ["t3_s1", "t3_s2"]
        assert [ref for one in found for ref in one.missing] == refs[-1:]
        assert [e.external_id for one in found for e in one.edited] == ["t3_s3"]

    def test_a_lone_thing_that_is_missing_is_told_from_no_answer(
        self, api: RedditApi, server: WebServer
    ) -> None:
        refs = [Ref("reddit", Kind.POST, "t3_never")]
        (found,) = open_reddit(server).recheck(refs, budget=Budget())
        assert (found.checked, found.deletions, found.missing) == ((), (), tuple(refs))
        assert found.cost.requests == 2  # a token and the question
        api.communities = []  # not even what is always there: nothing was looked up
        (found,) = open_reddit(server).recheck(refs, budget=Budget())
        assert found.checked == found.deletions == found.missing == ()

    def test_a_thing_that_cannot_be_read_is_there(self, server: WebServer) -> None:
        odd = {"kind": "t3", "data": {"name": "t3_s1", "author": "ada", "created_utc": "soon"}}
        answer = {"kind": "Listing", "data": {"children": [odd]}}
        opened = open_reddit(server)
        list(opened.recheck([Ref("reddit", Kind.POST, "t3_s2")], budget=Budget()))  # a token
        server.faults = [Reply(200, answer)]
        refs = [Ref("reddit", Kind.POST, name) for name in ("t3_s1", "t3_s2")]
        (found,) = opened.recheck(refs, budget=Budget())
        assert found.checked == tuple(refs[:1])
        assert found.deletions == found.missing == ()
