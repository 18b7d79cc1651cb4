"""Reddit objects as dumps and the API give them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from signals.collectors.contract import Engagement, Flag, Kind, Malformed, Ref
from signals.collectors.reddit import decode_reddit, to_engagement

PAYLOADS = Path(__file__).parents[2] / "payloads" / "reddit"
OBJECTS: dict[str, Any] = json.loads((PAYLOADS / "objects.json").read_text("utf-8"))
GONE = {
    "author_deleted": Ref("reddit", Kind.POST, "t3_aaa111"),
    "author_null": Ref("reddit", Kind.COMMENT, "t1_bbb222"),
    "text_removed": Ref("reddit", Kind.POST, "t3_aaa111"),
    "comment_deleted": Ref("reddit", Kind.COMMENT, "t1_bbb222"),
    "removed_by_reddit": Ref("reddit", Kind.COMMENT, "t1_bbb222"),
}
MALFORMED = {
    "no_author_field": "author",
    "no_id": "no id",
    "no_date": "created_utc",
    "odd_date": "created_utc",
    "community": "t5_2qh1i is something else",
    "private_message": "t4_m1 is something else",
    "more": "neither",
}


def _mapped(name: str) -> Engagement:
    engagement = to_engagement(OBJECTS[name])
    assert isinstance(engagement, Engagement)
    return engagement


def test_a_submission_carries_its_title_first_and_no_entities() -> None:
    post = _mapped("submission")
    assert post.ref == Ref("reddit", Kind.POST, "t3_aaa111")
    assert post.text == "Pension & savings: who helps?\n\nWe are 61 <and> 63."
    assert post.author.external_id == "t2_ana"
    assert post.author.handle == "sample_ana"
    assert post.author.url == "https://www.reddit.com/user/sample_ana"
    assert post.url == (
        "https://www.reddit.com/r/retirement/comments/aaa111/pension_savings_who_helps/"
    )
    assert post.occurred_at == datetime.fromtimestamp(1_780_000_000, UTC)
    assert post.edited_at is None
    assert post.community == "r/retirement"
    assert post.language is None
    assert dict(post.metrics) == {"score": 12, "comments": 4}
    assert post.flags == frozenset()


def test_a_comment_answers_its_parent_in_the_thread_of_its_submission() -> None:
    comment = _mapped("comment")
    assert comment.ref == Ref("reddit", Kind.COMMENT, "t1_bbb222")
    assert comment.target_external_id == "t1_ccc333"
    assert comment.parent_external_id == "t3_aaa111"
    assert comment.edited_at == datetime.fromtimestamp(1_780_000_120, UTC)
    assert dict(comment.metrics) == {"score": 3}


def test_a_link_has_only_its_title() -> None:
    assert _mapped("link").text == "Pension & savings: who helps?"


def test_an_old_dump_lacks_names_links_and_numbers() -> None:
    post, comment = _mapped("old_dump"), _mapped("old_dump_comment")
    assert post.external_id == "t3_aaa111"
    assert post.author.external_id == "name:sample_ana"
    assert post.url == "https://www.reddit.com/comments/aaa111/"
    assert post.occurred_at.year == 2007
    assert post.metrics["score"] is None  # not known is not 0
    assert comment.url == "https://www.reddit.com/comments/aaa111/_/bbb222/"
    assert comment.target_external_id == "t3_aaa111"


def test_what_reddit_says_beside_the_words() -> None:
    assert _mapped("crosspost").target_external_id == "t3_orig99"
    assert _mapped("profile_post").community == "u/sample_ana"
    assert _mapped("profile_post").flags == {Flag.SENSITIVE}
    assert _mapped("moderator_bot").flags == {Flag.BOT}
    assert _mapped("hidden_score").metrics["score"] is None
    assert _mapped("edited_long_ago").edited_at is None


@pytest.mark.parametrize("name", GONE)
def test_what_is_gone_names_itself(name: str) -> None:
    assert to_engagement(OBJECTS[name]) == GONE[name]


@pytest.mark.parametrize("name", MALFORMED)
def test_anything_else_is_malformed_with_its_reason_and_payload(name: str) -> None:
    with pytest.raises(Malformed, match=MALFORMED[name]) as caught:
        to_engagement(OBJECTS[name])
    assert caught.value.payload


@pytest.mark.parametrize("name", OBJECTS)
def test_a_line_is_mapped_as_its_object_is(name: str) -> None:
    line = json.dumps(OBJECTS[name]).encode()
    if name in MALFORMED:
        with pytest.raises(Malformed, match=MALFORMED[name]):
            decode_reddit(line)
    else:
        assert decode_reddit(line) == to_engagement(OBJECTS[name])


def test_a_listing_child_is_its_data() -> None:
    assert to_engagement(OBJECTS["listing_child"]) == to_engagement(OBJECTS["submission"])


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"17",
        b"{",
        b'{"id":"a","title":"\xff","author":"x","created_utc":1}',
        b'{"id":"a","title":"\\ud800","author":"x","created_utc":1}',
        b'{"id":"a","title":"t","author":"x","created_utc":"nan"}',
        b'{"id":"a","title":"t","author":"x","created_utc":1e400}',
        b'{"id":7,"title":"t","author":"x","created_utc":1}',
        b"[" * 100_000,
        b"\x00" * 10_000,
    ],
)
def test_a_line_that_is_not_an_object_is_malformed(line: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        decode_reddit(line)
    assert len(caught.value.payload) <= 2_000
