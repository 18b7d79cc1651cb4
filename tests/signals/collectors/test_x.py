"""Pages of the X API v2."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from signals.collectors.contract import Engagement, Flag, Kind
from signals.collectors.x import to_engagements

PAYLOADS = Path(__file__).parents[2] / "payloads" / "x"
STARTED_AT = datetime.fromtimestamp(1_780_000_000, UTC)


def _load(name: str) -> Any:
    return json.loads((PAYLOADS / name).read_text("utf-8"))


def _id(seconds: int) -> str:
    return str(((1_780_000_000 + seconds) * 1000 - 1_288_834_974_657) << 22)


@pytest.fixture
def posts() -> dict[str, Engagement]:
    """The search page by external id."""
    engagements, _ = to_engagements(_load("search_page.json"))
    return {engagement.external_id: engagement for engagement in engagements}


def test_a_post_is_joined_with_its_author(posts: dict[str, Engagement]) -> None:
    post = posts[_id(0)]
    assert post.kind is Kind.POST
    assert post.text == "Looking for a pension adviser & a plan"
    assert post.author.external_id == "100"
    assert post.author.handle == "sample_ana"
    assert post.author.display_name == "Ana"
    assert post.author.description == "Two dogs, one pension"
    assert post.url == f"https://x.com/sample_ana/status/{_id(0)}"
    assert post.occurred_at == STARTED_AT
    assert post.language == "en"
    assert dict(post.metrics) == {
        "likes": 3,
        "reposts": 1,
        "comments": 2,
        "quotes": 4,
        "bookmarks": 5,
        "impressions": 600,
    }


def test_a_reply_that_quotes_is_a_reply(posts: dict[str, Engagement]) -> None:
    reply = posts[_id(10)]
    assert reply.kind is Kind.COMMENT
    assert reply.target_external_id == _id(0)
    assert reply.parent_external_id == _id(0)
    assert reply.language is None
    assert reply.flags == {Flag.PROTECTED}
    assert reply.author.description is None
    assert reply.metrics["likes"] == 0
    assert reply.metrics["impressions"] is None


def test_a_quote_whose_author_is_not_included_keeps_the_id(posts: dict[str, Engagement]) -> None:
    quote = posts[_id(20)]
    assert quote.kind is Kind.QUOTE
    assert quote.target_external_id == _id(0)
    assert quote.author.external_id == "300"
    assert quote.author.handle is None
    assert quote.url == f"https://x.com/i/web/status/{_id(20)}"
    assert quote.language == "he"
    assert set(quote.metrics.values()) == {None}


def test_a_repost_is_named_by_target_and_actor(posts: dict[str, Engagement]) -> None:
    repost = posts[f"{_id(0)}:200"]
    assert repost.kind is Kind.REPOST
    assert repost.text is None
    assert repost.target_external_id == _id(0)
    assert repost.record_ref == _id(30)


def test_a_long_post_is_read_to_its_end_and_dated_by_its_id(posts: dict[str, Engagement]) -> None:
    post = posts[_id(40)]
    assert post.text is not None
    assert post.text.endswith("to its end")
    assert post.occurred_at == STARTED_AT + timedelta(seconds=40)
    assert post.flags == {Flag.SENSITIVE}


def test_versions_of_an_edited_post_collapse_into_the_newest(posts: dict[str, Engagement]) -> None:
    post = posts[_id(50)]
    assert post.text == "We retire in April"
    assert post.occurred_at == STARTED_AT + timedelta(seconds=50)
    assert post.edited_at == STARTED_AT + timedelta(seconds=80)
    assert _id(80) not in posts


def test_order_is_kept_and_odd_items_are_told(posts: dict[str, Engagement]) -> None:
    assert list(posts) == [
        *(_id(second) for second in (0, 10, 20)),
        f"{_id(0)}:200",
        *(_id(second) for second in (40, 50)),
    ]
    _, malformed = to_engagements(_load("search_page.json"))
    assert len(malformed) == 4
    assert "expansions=author_id" in malformed[0].reason
    assert all(error.payload for error in malformed)


@pytest.mark.parametrize("name", ["errors_only.json", "empty_page.json"])
def test_a_page_without_posts_gives_nothing(name: str) -> None:
    assert to_engagements(_load(name)) == ([], [])


def test_a_stream_object_and_a_bare_post_are_pages_too() -> None:
    streamed, _ = to_engagements(_load("stream_object.json"))
    bare, _ = to_engagements(_load("stream_object.json")["data"])
    assert streamed[0].external_id == bare[0].external_id == _id(0)
    assert streamed[0].author.handle == "sample_ana"
    assert bare[0].author.handle is None


@pytest.mark.parametrize("page", [None, [], "text", 3, {"data": 3}, {"data": [None, 3, []]}])
def test_nothing_raises(page: object) -> None:
    engagements, malformed = to_engagements(page)
    assert engagements == []
    assert malformed
    assert to_engagements({"data": [], "includes": {"users": 3}}) == ([], [])
