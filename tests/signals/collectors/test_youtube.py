"""YouTube: mapping, two daily buckets, and comments read newest first with their replies."""

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
    Forbidden,
    Gone,
    Kind,
    Malformed,
    Misconfigured,
    OverBudget,
    Page,
    Query,
    RateLimited,
    Ref,
    Target,
    Unavailable,
)
from signals.collectors.http import HttpClient
from signals.collectors.registry import CollectorSettings, build_collector
from signals.collectors.youtube import to_comment, to_follow, to_video
from signals.collectors.youtube.collector import YouTubeCollector
from signals.collectors.youtube.resources import to_activity
from tests.fakes.web_server import HTML, RESET, Reply, WebServer
from tests.fakes.youtube_api import CHANNEL, YouTubeFake, fault, make_comment, make_video, stamp

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
T = NOW.timestamp()
QUERY = Query(topic="Pensions", keywords=("pension plan", "IRA"))
CHANNEL_QUERY = replace(QUERY, scope=CHANNEL)
LIMIT = 100_000
_OPENED: list[HttpClient] = []


class TestMapping:
    def test_a_comment_names_its_video_and_its_author(self) -> None:
        comment = to_comment(make_comment("Ug1", at=T, updatedAt=stamp(T + 60)))
        assert isinstance(comment, Engagement)
        assert comment.kind is Kind.COMMENT
        assert comment.target_external_id == comment.parent_external_id == "v1"
        assert comment.author.external_id == "UC-Ug1"
        assert comment.author.handle == "@ana3"
        assert comment.url == "https://www.youtube.com/watch?v=v1&lc=Ug1"
        assert comment.occurred_at == NOW
        assert comment.edited_at == NOW + timedelta(minutes=1)
        assert comment.metrics["likes"] == 1

    def test_a_reply_answers_a_comment(self) -> None:
        reply = to_comment(make_comment("Ug1.r", at=T, parentId="Ug1", videoId=None), video_id="v9")
        assert isinstance(reply, Engagement)
        assert (reply.target_external_id, reply.parent_external_id) == ("Ug1", "v9")
        assert reply.edited_at is None

    def test_an_author_who_is_gone_leaves_nobody(self) -> None:
        gone = to_comment(make_comment("Ug1", at=T, authorChannelId=None, authorDisplayName=""))
        assert gone == Ref("youtube", Kind.COMMENT, "Ug1")

    def test_a_search_result_is_unescaped_and_a_video_is_not(self) -> None:
        snippet = {"publishedAt": stamp(T), "channelId": CHANNEL, "title": "A &amp; B"}
        found = to_video({"id": {"videoId": "v1"}, "snippet": snippet})
        listed = to_video({"id": "v1", "snippet": snippet, "statistics": {"likeCount": "7"}})
        assert (found.text, listed.text) == ("A & B", "A &amp; B")
        assert listed.metrics == {"likes": 7, "comments": None, "impressions": None}
        assert found.ref == listed.ref

    def test_what_a_channel_did_is_told_apart(self) -> None:
        snippet = {"publishedAt": stamp(T), "channelId": CHANNEL, "title": "T", "type": "like"}
        details = {"like": {"resourceId": {"videoId": "v1"}}}
        like = to_activity({"snippet": snippet, "contentDetails": details})
        assert like is not None
        assert (like.kind, like.external_id) == (Kind.LIKE, f"v1:{CHANNEL}")
        assert to_activity({"snippet": snippet | {"type": "playlistItem"}}) is None
        with pytest.raises(Malformed, match="contentDetails"):
            to_activity({"snippet": snippet | {"type": "upload"}})
        follow = to_follow({"snippet": snippet | {"resourceId": {"channelId": "UCother"}}})
        assert (follow.kind, follow.external_id) == (Kind.FOLLOW, f"UCother:{CHANNEL}")


@pytest.fixture
def api() -> YouTubeFake:
    videos = [make_video(n, at=T - 3600 * n) for n in range(1, 61)]
    comments = [make_comment(f"Ug{n}", at=T - 60 * n, video=f"v{n % 2 + 1}") for n in range(1, 251)]
    replies = [make_comment(f"Ug2.r{n}", at=T - n, parentId="Ug2") for n in range(8)]
    return YouTubeFake(videos, [*comments, *replies])


@pytest.fixture
def server(api: YouTubeFake) -> Iterator[WebServer]:
    with WebServer(api) as running:
        yield running
    while _OPENED:
        _OPENED.pop().close()


def open_youtube(server: WebServer, **changes: Any) -> YouTubeCollector:
    settings = CollectorSettings(
        url=server.url,
        clock=changes.pop("clock", NOW.timestamp),
        max_seconds=60,
        secrets={"key": SecretStr("the-api-key")},
        allow_hosts=("127.0.0.1",),
        **changes,
    )
    collector = build_collector("youtube", settings)
    assert isinstance(collector, YouTubeCollector)
    _OPENED.append(collector._api.client)
    return collector


def sweep(
    collector: YouTubeCollector, cursor: Cursor | None = None, query: Query = CHANNEL_QUERY
) -> list[Page]:
    return list(collector.collect(query, cursor, limit=LIMIT))


def ids(pages: list[Page]) -> list[str]:
    return [engagement.external_id for page in pages for engagement in page.engagements]


def paths(server: WebServer) -> list[str]:
    return [asked.path.removeprefix("/youtube/v3/") for asked in server.asked]


class TestChannel:
    def test_uploads_and_every_comment_are_read_once(
        self, api: YouTubeFake, server: WebServer
    ) -> None:
        pages = sweep(open_youtube(server))
        found = ids(pages)
        assert len(found) == len(set(found))
        assert set(found) == {v["id"] for v in api.videos} | {c["id"] for c in api.comments}
        assert pages[-1].exhausted
        assert not any(page.exhausted for page in pages[:-1])
        # the thread of eight replies carries five: the rest is asked for
        assert paths(server).count("comments") == 1
        reply = next(e for p in pages for e in p.engagements if e.external_id == "Ug2.r1")
        assert reply.parent_external_id == "v1"

    def test_the_next_run_reads_only_what_is_new(self, api: YouTubeFake, server: WebServer) -> None:
        cursor = sweep(open_youtube(server))[-1].cursor
        api.comments.append(make_comment("UgNew", at=T + 60))
        server.asked.clear()
        pages = sweep(open_youtube(server, clock=lambda: T + 120), cursor)
        assert "UgNew" in ids(pages)
        assert paths(server)[:2] == ["playlistItems", "commentThreads"]
        assert paths(server).count("commentThreads") == 1

    def test_it_resumes_after_any_page(self, server: WebServer) -> None:
        whole = sweep(open_youtube(server))
        for stop in range(len(whole) - 1):
            pages = open_youtube(server).collect(CHANNEL_QUERY, None, limit=LIMIT)
            got = list(itertools.islice(pages, stop + 1))
            rest = sweep(open_youtube(server), got[-1].cursor)
            assert sorted(ids(got) + ids(rest)) == sorted(ids(whole))

    def test_a_token_that_is_not_known_any_more_begins_anew(
        self, api: YouTubeFake, server: WebServer
    ) -> None:
        first = next(open_youtube(server).collect(CHANNEL_QUERY, None, limit=LIMIT))
        server.faults.append(fault(400, "invalidPageToken"))
        rest = sweep(open_youtube(server), first.cursor)
        assert set(ids(rest)) >= {v["id"] for v in api.videos}

    def test_a_repeated_token_ends_the_list_with_a_gap(
        self, api: YouTubeFake, server: WebServer
    ) -> None:
        api.repeat_token = True
        pages = sweep(open_youtube(server))
        assert any(page.gap and "twice" in page.gap.reason for page in pages)
        assert pages[-1].exhausted


class TestSearch:
    def test_videos_are_found_and_their_comments_followed(
        self, api: YouTubeFake, server: WebServer
    ) -> None:
        pages = sweep(open_youtube(server), query=QUERY)
        assert set(ids(pages)) == {v["id"] for v in api.videos} | {c["id"] for c in api.comments}
        assert server.asked[0].one("q") == '"pension plan"|IRA'
        assert pages[0].keywords == ("pension plan", "IRA")
        assert pages[0].cost.by_resource == {"search": 1}
        assert pages[-1].exhausted
        server.asked.clear()
        again = sweep(open_youtube(server, clock=lambda: T + 600), pages[-1].cursor, QUERY)
        assert again[-1].exhausted
        assert set(paths(server)) <= {"commentThreads", "comments"}  # no search before its time
        server.asked.clear()
        sweep(open_youtube(server, clock=lambda: T + 7 * 3600), again[-1].cursor, QUERY)
        assert "search" in paths(server)

    def test_videos_without_comments_or_gone_are_passed_over(
        self, api: YouTubeFake, server: WebServer
    ) -> None:
        api.closed.add("v1")
        cursor = sweep(open_youtube(server), query=QUERY)[-1].cursor
        assert '"v1"' not in cursor.value
        api.videos = [video for video in api.videos if video["id"] != "v2"]
        pages = sweep(open_youtube(server, clock=lambda: T + 600), cursor, QUERY)
        deleted = [ref for page in pages for ref in page.deletions]
        assert deleted == [Ref("youtube", Kind.POST, "v2")]

    def test_without_keyword_or_channel_there_is_nothing_to_ask(self, server: WebServer) -> None:
        with pytest.raises(Misconfigured, match="keyword or a channel"):
            sweep(open_youtube(server), query=Query(topic="Pensions"))


class TestBuckets:
    def test_used_up_searches_leave_the_comments(self, api: YouTubeFake, server: WebServer) -> None:
        cursor = sweep(open_youtube(server, options={"searches_a_day": "2"}), query=QUERY)[
            -1
        ].cursor
        server.asked.clear()
        later = T + 6.5 * 3600  # the same day at the Pacific
        options = {"searches_a_day": "2"}
        sweep(open_youtube(server, clock=lambda: later, options=options), cursor, QUERY)
        assert set(paths(server)) <= {"commentThreads", "comments"}
        assert "commentThreads" in paths(server)

    def test_what_other_collections_took_of_the_key_counts(self, server: WebServer) -> None:
        options = {"searches_a_day": "100", "units_a_day": "50"}
        opened = open_youtube(server, options=options)
        few = Budget(used={"search": 99.6, "unit": 10.0})
        plan = opened.plan(replace(QUERY, budget=few), None, limit=LIMIT)
        assert "100 of 100 searches and 10 of 50 units" in plan.notes[-1]
        sweep(opened, query=replace(QUERY, budget=few))
        assert paths(server) == []  # no search is left, and no video is known yet
        all_of_it = Budget(used={"unit": 50.0})
        with pytest.raises(OverBudget):
            sweep(opened, query=replace(CHANNEL_QUERY, budget=all_of_it))
        with pytest.raises(OverBudget):
            list(opened.recheck([Ref("youtube", Kind.POST, "v1")], budget=all_of_it))
        assert paths(server) == []

    def test_used_up_units_wait_for_midnight_at_the_pacific(self, server: WebServer) -> None:
        with pytest.raises(OverBudget) as caught:
            sweep(open_youtube(server, options={"units_a_day": "3"}))
        assert caught.value.retry_at == datetime(2026, 11, 26, 8, tzinfo=UTC)
        assert len(server.asked) == 3

    def test_the_count_begins_anew_with_the_day(self, server: WebServer) -> None:
        options = {"units_a_day": "1"}
        today = open_youtube(server, options=options).collect(CHANNEL_QUERY, None, limit=LIMIT)
        first = next(today)
        with pytest.raises(OverBudget):
            next(today)
        with pytest.raises(OverBudget):
            sweep(open_youtube(server, options=options), first.cursor)
        tomorrow = open_youtube(server, clock=lambda: T + 86_400, options=options)
        assert next(tomorrow.collect(CHANNEL_QUERY, first.cursor, limit=LIMIT)).engagements

    def test_a_budget_is_kept(self, server: WebServer) -> None:
        with pytest.raises(OverBudget):
            sweep(open_youtube(server), query=replace(CHANNEL_QUERY, budget=Budget(requests=2)))
        assert len(server.asked) == 2

    def test_a_plan_names_the_buckets_and_asks_nothing(self, server: WebServer) -> None:
        plan = open_youtube(server).plan(QUERY, None, limit=LIMIT)
        assert plan.cost.by_resource == {"search": 1, "unit": 0}
        assert plan.requests[0].startswith('GET /youtube/v3/search?q="pension plan"|IRA')
        assert "key" not in plan.requests[0]
        assert server.asked == []


class TestFaults:
    @pytest.mark.parametrize(
        ("reply", "kind", "words"),
        [
            (fault(403, "quotaExceeded"), OverBudget, "quota"),
            (fault(403, "rateLimitExceeded"), RateLimited, "slow"),
            (fault(400, "keyInvalid"), Misconfigured, "key"),
            (fault(400, "processingFailure"), Unavailable, "now"),
            (fault(404, "channelNotFound"), Gone, "channelNotFound"),
            (fault(403, "forbidden"), Forbidden, "forbidden"),
            (fault(400, "invalidValue"), Misconfigured, "invalidValue"),
            (Reply(403, body=b"<html>"), Forbidden, "no reason"),
            (Reply(429, {}), RateLimited, "slow"),
            (Reply(500, {}), Unavailable, "500"),
            (Reply(200, []), Unavailable, "no page"),
            (HTML, Unavailable, "web page"),
            (RESET, Unavailable, "reached"),
        ],
    )
    def test_every_fault_is_one_of_ours(
        self, server: WebServer, reply: Reply, kind: type[Exception], words: str
    ) -> None:
        server.faults.append(reply)
        with pytest.raises(kind, match=words) as caught:
            sweep(open_youtube(server))
        assert "the-api-key" not in str(caught.value)

    def test_without_a_key_it_says_which_is_missing(self) -> None:
        with pytest.raises(Misconfigured, match="WARMLIST_SECRETS__YOUTUBE__KEY"):
            build_collector("youtube", CollectorSettings("", NOW.timestamp, 1))


class TestStored:
    def test_comments_and_replies_below_stored_things_are_found(
        self, api: YouTubeFake, server: WebServer
    ) -> None:
        video = Target(Ref("youtube", Kind.POST, "v2"), CHANNEL, NOW)
        comment = Target(
            Ref("youtube", Kind.COMMENT, "Ug2"), "UC-Ug2", NOW, parent_external_id="v1"
        )
        missing = Target(Ref("youtube", Kind.POST, "v99"), CHANNEL, NOW)
        pages = list(open_youtube(server).reread([video, comment, missing], QUERY, limit=LIMIT))
        expected = [c["id"] for c in api.comments if c["snippet"]["videoId"] == "v2"]
        assert set(expected) <= set(ids(pages))
        assert {f"Ug2.r{n}" for n in range(8)} <= set(ids(pages))
        done = [ref for page in pages for ref in page.reread]
        assert done == [video.ref, comment.ref, missing.ref]
        assert [ref for page in pages for ref in page.deletions] == [missing.ref]

    def test_what_a_look_up_leaves_out_is_missing(
        self, api: YouTubeFake, server: WebServer
    ) -> None:
        api.comments[0]["snippet"]["updatedAt"] = stamp(T)
        refs = [Ref("youtube", Kind.POST, "v1"), Ref("youtube", Kind.POST, "v99")]
        refs += [Ref("youtube", Kind.COMMENT, c["id"]) for c in api.comments[:60]]
        refs.append(Ref("youtube", Kind.COMMENT, "UgGone"))
        found = list(open_youtube(server).recheck(refs, budget=Budget()))
        missing = [ref for one in found for ref in one.missing]
        assert missing == [refs[1], refs[-1]]
        checked = [ref for one in found for ref in one.checked]
        assert checked == [ref for ref in refs if ref not in missing]
        assert [ref for one in found for ref in one.deletions] == []
        assert [e.external_id for one in found for e in one.edited] == ["Ug1"]
        assert len(server.asked) == 3
