"""What Hacker News, Lemmy, Discourse and feeds answer, as engagements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.collectors.contract import Engagement, Flag, Kind, Malformed, Ref
from signals.collectors.discourse import posts as discourse
from signals.collectors.hackernews import items as hackernews
from signals.collectors.lemmy import views as lemmy
from signals.collectors.rss.entries import to_engagements as read_feed

NOW = datetime(2026, 5, 1, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


class TestHackerNews:
    def test_a_hit_is_a_comment_below_its_story(self) -> None:
        hit = {
            "objectID": "42", "author": "ada", "created_at_i": 1_700_000_000, "story_id": 40,
            "parent_id": 41, "comment_text": "I&#x27;d ask <p>twice", "_tags": ["comment"],
            "points": None, "_highlightResult": {"author": {"value": "ada"}}, "children": None,
        }  # fmt: skip
        comment = hackernews.to_engagement(hit)
        assert isinstance(comment, Engagement)
        assert (comment.kind, comment.external_id) == (Kind.COMMENT, "42")
        assert comment.text == "I'd ask\n\ntwice"
        assert (comment.target_external_id, comment.parent_external_id) == ("41", "40")

    def test_a_story_has_its_title_first(self) -> None:
        item = {
            "id": 7, "type": "story", "by": "bo", "time": 1_700_000_000, "title": "Ask HN: a",
            "text": "b", "score": 3, "descendants": 2,
        }  # fmt: skip
        story = hackernews.to_engagement(item)
        assert isinstance(story, Engagement)
        assert story.text == "Ask HN: a\n\nb"
        assert story.metrics == {"score": 3, "comments": 2}

    @pytest.mark.parametrize("mark", ["deleted", "dead"])
    def test_what_is_gone_is_a_ref(self, mark: str) -> None:
        gone = {"id": 7, "type": "comment", mark: True, "time": 1}
        assert hackernews.to_engagement(gone) == Ref("hackernews", None, "7")

    @given(JSON)
    def test_anything_else_is_malformed(self, payload: Any) -> None:
        with pytest.raises(Malformed):
            hackernews.to_engagement(payload)


PERSON = {"id": 3, "name": "ada", "actor_id": "https://far.example/u/ada"}
V3_POST = {
    "creator": PERSON,
    "post": {
        "id": 9, "name": "Pension?", "body": "Which **one**", "ap_id": "https://far.example/post/1",
        "published": "2026-04-01T10:00:00.123456", "updated": None, "deleted": False,
        "removed": False, "nsfw": False,
    },
    "community": {"name": "money", "actor_id": "https://far.example/c/money"},
    "counts": {"score": 5, "comments": 2},
}  # fmt: skip
V4_COMMENT = {
    "type_": "comment",
    "creator": {"id": 3, "name": "ada", "ap_id": "https://far.example/u/ada", "bot_account": True},
    "post": {"id": 9, "name": "Pension?", "ap_id": "https://far.example/post/1"},
    "community": {"name": "money", "ap_id": "https://far.example/c/money"},
    "comment": {
        "id": 12, "content": "Same", "ap_id": "https://far.example/comment/5", "path": "0.11.12",
        "published_at": "2026-04-01T11:00:00Z", "updated_at": "2026-04-01T12:00:00Z", "score": 1,
    },
}  # fmt: skip


class TestLemmy:
    def test_a_post_of_version_3_without_a_zone_is_utc(self) -> None:
        post = lemmy.to_engagement(V3_POST, site="https://here.example")
        assert isinstance(post, Engagement)
        assert post.occurred_at.tzinfo is UTC
        assert post.text == "Pension?\n\nWhich **one**"
        assert post.external_id == "https://far.example/post/1"
        assert post.author.handle == "ada@far.example"
        assert post.community == "!money@far.example"
        assert post.metrics == {"score": 5, "comments": 2}

    def test_a_comment_of_version_4(self) -> None:
        comment = lemmy.to_engagement(V4_COMMENT, site="https://here.example")
        assert isinstance(comment, Engagement)
        assert comment.target_external_id == "https://here.example/comment/11"
        assert comment.parent_external_id == "https://far.example/post/1"
        assert comment.edited_at is not None
        assert comment.flags == {Flag.BOT}

    @pytest.mark.parametrize("mark", ["deleted", "removed"])
    def test_what_is_gone_is_a_ref(self, mark: str) -> None:
        gone = V3_POST | {"post": {**V3_POST["post"], mark: True}}  # type: ignore[dict-item]
        ref = Ref("lemmy", Kind.POST, "https://far.example/post/1")
        assert lemmy.to_engagement(gone, site="https://here.example") == ref

    @given(JSON)
    def test_anything_else_is_malformed(self, payload: Any) -> None:
        with pytest.raises(Malformed):
            lemmy.to_engagement(payload, site="https://here.example")


POST = {
    "id": 83, "username": "Ada", "name": "Ada L", "user_id": 15, "topic_id": 57, "post_number": 3,
    "cooked": '<aside class="quote">theirs</aside><p>Mine &amp; yours</p>', "post_type": 1,
    "created_at": "2026-02-04T15:26:26.278-05:00", "updated_at": "2026-02-05T15:26:26Z",
    "version": 2, "reply_to_post_number": 2, "hidden": False, "user_deleted": False,
    "deleted_at": None, "actions_summary": [{"id": 2, "count": 4}],
    "link_counts": [{"url": "https://a.example", "clicks": 7}, {"clicks": 1}], "reads": 30,
}  # fmt: skip
FORUM = "https://forum.example"


class TestDiscourse:
    def test_a_reply_targets_the_post_it_answers(self) -> None:
        post = discourse.to_engagement(POST, site=FORUM)
        assert isinstance(post, Engagement)
        assert (post.kind, post.external_id) == (Kind.COMMENT, f"{FORUM}/t/57/3")
        assert post.target_external_id == f"{FORUM}/t/57/2"
        assert post.parent_external_id == f"{FORUM}/t/57/1"
        assert post.text == "Mine & yours"
        assert post.occurred_at == datetime(2026, 2, 4, 20, 26, 26, 278000, tzinfo=UTC)
        assert post.edited_at is not None
        assert (post.metrics["likes"], post.metrics["clicks"]) == (4, 8)
        assert post.author.external_id == f"{FORUM}/users/15"

    def test_the_first_post_carries_the_title(self) -> None:
        first = discourse.to_engagement(
            POST | {"post_number": 1, "reply_to_post_number": None}, site=FORUM, title="Pensions"
        )
        assert isinstance(first, Engagement)
        assert (first.kind, first.text) == (Kind.POST, "Pensions\n\nMine & yours")

    @pytest.mark.parametrize(
        "mark", [{"hidden": True}, {"user_deleted": True}, {"deleted_at": "2026-03-01T00:00:00Z"}]
    )
    def test_what_is_gone_is_a_ref(self, mark: dict[str, Any]) -> None:
        assert discourse.to_engagement(POST | mark, site=FORUM) == Ref(
            "discourse", None, f"{FORUM}/t/57/3"
        )

    def test_a_notice_of_the_forum_is_nobodys(self) -> None:
        with pytest.raises(Malformed, match="nobody's words"):
            discourse.to_engagement(POST | {"post_type": 3}, site=FORUM)

    def test_likes(self) -> None:
        answer = {"post_action_users": [{"id": 4, "username": "bo"}]}
        (like,) = discourse.to_likes(answer, site=FORUM, target=f"{FORUM}/t/57/3", seen_at=NOW)
        assert like.external_id == f"{FORUM}/t/57/3:{FORUM}/users/4"

    @given(JSON)
    def test_anything_else_is_malformed(self, payload: Any) -> None:
        with pytest.raises(Malformed):
            discourse.to_engagement(payload, site=FORUM)


FEED = "https://blog.example/feed"


def feed(items: str, head: str = "<title>Blog</title>") -> bytes:
    return (
        '<rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">'
        f"<channel>{head}{items}</channel></rss>"
    ).encode()


class TestFeeds:
    def test_names_are_guid_then_link_then_hash(self) -> None:
        entries = read_feed(
            feed(
                "<item><guid>https://blog.example/1</guid><title>a</title></item>"
                '<item><guid isPermaLink="false">12</guid><title>b</title></item>'
                "<item><link>https://blog.example/3</link><title>c</title></item>"
                "<item><title>d</title></item><item><title>d</title></item>"
            ),
            feed_url=FEED,
            seen_at=NOW,
        ).engagements
        names = [entry.external_id for entry in entries]
        assert names[:3] == ["https://blog.example/1", f"{FEED}#12", "https://blog.example/3"]
        assert len(names) == 4
        assert names[3].startswith(f"{FEED}#")

    def test_times_are_utc_whatever_the_machine_thinks(self) -> None:
        item = "<item><title>a</title><pubDate>Thu, 01 Jan 2026 00:30:00 +0200</pubDate></item>"
        (entry,) = read_feed(feed(item), feed_url=FEED, seen_at=NOW).engagements
        assert entry.occurred_at == datetime(2025, 12, 31, 22, 30, tzinfo=UTC)

    def test_without_a_date_it_is_dated_when_seen(self) -> None:
        (entry,) = read_feed(
            feed("<item><title>a</title></item>"), feed_url=FEED, seen_at=NOW
        ).engagements
        assert (entry.occurred_at, entry.author.external_id) == (NOW, FEED)

    def test_a_broken_feed_is_read_as_far_as_it_goes(self) -> None:
        broken = feed("<item><title>a &nbsp; b</title></item><item><title>c")
        parsed = read_feed(broken[:-20], feed_url=FEED, seen_at=NOW)
        assert [entry.text for entry in parsed.engagements][:1] == ["a b"]

    def test_an_answer_is_a_comment_and_a_mail_address_is_not_kept(self) -> None:
        atom = (
            '<feed xmlns="http://www.w3.org/2005/Atom" '
            'xmlns:thr="http://purl.org/syndication/thread/1.0"><title>F</title><entry>'
            '<id>tag:x,1</id><thr:in-reply-to ref="tag:x,0"/><author><email>ada@mail.example'
            '</email></author><content type="html">&lt;p&gt;hi&lt;/p&gt;</content></entry></feed>'
        )
        (entry,) = read_feed(atom.encode(), feed_url=FEED, seen_at=NOW).engagements
        assert (entry.kind, entry.target_external_id) == (Kind.COMMENT, "tag:x,0")
        assert "mail.example" not in repr(entry)
        assert entry.text == "hi"

    def test_bytes_that_name_a_file_are_not_opened(self) -> None:
        parsed = read_feed(b"/etc/passwd", feed_url=FEED, seen_at=NOW)
        assert (parsed.engagements, parsed.understood) == ([], False)

    def test_what_is_no_feed_says_so(self) -> None:
        page = b"<!DOCTYPE html><html><body>One moment</body></html>"
        assert not read_feed(page, feed_url=FEED, seen_at=NOW).engagements

    @given(st.binary(max_size=200))
    def test_it_never_raises(self, document: bytes) -> None:
        read_feed(document, feed_url=FEED, seen_at=NOW)
