"""The check of recorded payloads: every envelope is opened and nothing is silently missed."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import PurePosixPath
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.collectors.contract import Author, Engagement, Kind
from signals.collectors.payloads import READERS, check_payloads, is_payload
from signals.collectors.recorded import Reading, Recorded, unfold
from signals.collectors.shapes import count_engagements, count_entries

POST = {"id": "1577730467436138524", "author_id": "7", "text": "Which fund for the first time?"}
PAGE: dict[str, Any] = {"data": [POST], "meta": {"result_count": 1}}
PEOPLE = {"data": [{"id": "9", "username": "ada", "name": "Ada"}]}
COMMENT = {
    "kind": "t1",
    "data": {
        "name": "t1_c1",
        "author": "ada",
        "author_fullname": "t2_a",
        "body": "Same here",
        "created_utc": 1_700_000_000.0,
        "link_id": "t3_s1",
        "parent_id": "t3_s1",
        "subreddit": "pensions",
    },
}


def dumped(document: object) -> bytes:
    return json.dumps(document).encode()


def exchange(url: str, body: object) -> dict[str, Any]:
    return {
        "request": {"method": "GET", "url": url},
        "response": {"status": 200, "headers": {}, "body": body},
    }


ENVELOPES: dict[str, bytes] = {
    "bare": dumped(PAGE),
    "pair": dumped(exchange("https://api.x.com/2/tweets", PAGE)),
    "body as text": dumped(exchange("https://api.x.com/2/tweets", json.dumps(PAGE))),
    "list of pairs": dumped([exchange("https://api.x.com/2/tweets", PAGE)]),
    "response alone": dumped({"status": 200, "body": PAGE}),
    "lines": dumped(PAGE) + b"\n" + dumped({"data": []}) + b"\n",
    "gzip": gzip.compress(dumped(PAGE)),
    "betamax": dumped(
        {
            "http_interactions": [
                {
                    "request": {"method": "GET", "uri": "https://api.x.com/2/tweets"},
                    "response": {
                        "status": {"code": 200, "message": "OK"},
                        "headers": {"Date": ["Tue, 04 Oct 2022 15:25:05 GMT"]},
                        "body": {"encoding": "utf-8", "string": json.dumps(PAGE)},
                    },
                }
            ]
        }
    ),
    "packed cassette": dumped(
        {
            "interactions": [
                {
                    "request": {"method": "GET", "uri": "https://api.x.com/2/tweets"},
                    "response": {
                        "status": {"code": 200},
                        "body": {
                            "base64_string": base64.b64encode(gzip.compress(dumped(PAGE))).decode()
                        },
                    },
                }
            ]
        }
    ),
    "archive": dumped(
        {
            "log": {
                "entries": [
                    {
                        "request": {"method": "GET", "url": "https://api.x.com/2/tweets"},
                        "response": {
                            "status": 200,
                            "headers": [{"name": "date", "value": "nonsense"}],
                            "content": {"mimeType": "application/json", "text": json.dumps(PAGE)},
                        },
                    }
                ]
            }
        }
    ),
}


class TestEnvelopes:
    @pytest.mark.parametrize("name", ENVELOPES)
    def test_every_envelope_is_opened(self, name: str) -> None:
        check = check_payloads([(f"x/{name}.json", ENVELOPES[name])])
        assert (check.mapped, check.items, check.unmapped, check.exceptions) == (1, 1, [], [])

    def test_a_line_that_is_no_json_is_counted(self) -> None:
        check = check_payloads([("x/stream.jsonl", dumped(PAGE) + b'\n{"data": {"id"\n')])
        assert check.mapped == 1
        assert check.refused == {"malformed: not JSON": 1}

    def test_the_time_of_the_answer_is_kept(self) -> None:
        (recorded,) = unfold("x", "a.json", ENVELOPES["betamax"])
        assert recorded.received_at == 1_664_897_105
        assert recorded.path == "/2/tweets"

    @given(st.binary(max_size=200))
    def test_no_bytes_make_it_raise(self, raw: bytes) -> None:
        check = check_payloads([(f"{network}/a", raw) for network in READERS])
        assert check.exceptions == []

    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    "data id text kind items snippet author name body title errors includes "
                    "response request log entries string topLevelComment resourceId type "
                    "owner".split()
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )

    @given(json_values)
    def test_no_json_makes_it_raise(self, document: object) -> None:
        raw = json.dumps(document).encode()
        check = check_payloads([(f"{network}/a", raw) for network in READERS])
        assert check.exceptions == []
        assert check.items == check.mapped + sum(check.refused.values()) + len(check.unmapped)


class TestNothingIsMissed:
    def test_what_a_reader_overlooks_is_named(self) -> None:
        check = check_payloads([("x/a.json", dumped(PAGE))], {"x": lambda recorded: Reading()})
        (missed,) = check.unmapped
        assert missed["file"] == "x/a.json"
        assert "1 posts, comments, likes or reposts by shape, 0 read" in missed["why"]

    def test_a_profile_does_not_stand_for_a_post(self) -> None:
        def careless(recorded: Recorded) -> Reading:
            reading = Reading()
            reading.refuse_other("profiles")
            return reading

        assert check_payloads([("x/a.json", dumped(PAGE))], {"x": careless}).unmapped

    def test_what_a_reader_raises_is_reported(self) -> None:
        def broken(recorded: Recorded) -> Reading:
            raise KeyError("author")

        check = check_payloads([("x/a.json", dumped(PAGE))], {"x": broken})
        assert check.exceptions == [{"file": "x/a.json", "why": "KeyError: 'author'"}]

    def test_an_unknown_network_is_said(self) -> None:
        check = check_payloads([("friendster/a.json", b"{}")])
        assert "names no network" in check.unmapped[0]["why"]

    def test_likes_are_counted_where_the_path_says_so(self) -> None:
        assert count_engagements(PEOPLE, "/2/tweets/1/liking_users") == 1
        assert count_engagements(PEOPLE, "/2/users") == 0

    @pytest.mark.parametrize(
        ("body", "count"),
        [
            ({"post_action_users": [{"id": 1, "username": "ada"}]}, 1),
            ({"comment_likes": [{"creator": {"id": 1, "name": "a", "actor_id": "u"}}]}, 1),
            ({"uri": "u", "likes": [{"actor": {"did": "did:plc:a", "handle": "a.example"}}]}, 1),
            (
                {"did": "d", "commit": {"operation": "create", "collection": "app.bsky.feed.like"}},
                1,
            ),
            (
                {"did": "d", "commit": {"operation": "delete", "collection": "app.bsky.feed.like"}},
                0,
            ),
        ],
    )
    def test_likes_are_counted_where_the_list_says_so(self, body: object, count: int) -> None:
        assert count_engagements(body) == count

    def test_entries_of_a_feed_are_counted_by_their_tags(self) -> None:
        feed = b"<rss><item/><item><p><![CDATA[<item>]]></p></item><items/></rss>"
        assert count_entries(feed) == 2

    def test_votes_of_a_lemmy_server_are_rightly_left_out(self) -> None:
        body = {"post_likes": [{"creator": {"id": 1, "name": "a", "actor_id": "u"}, "score": 1}]}
        check = check_payloads([("lemmy/a.json", dumped(body))])
        assert (check.items, check.unmapped) == (1, [])
        assert [why for why in check.refused if "administrators" in why]

    def test_deliveries_of_webhooks_are_read(self) -> None:
        value = {"item": "comment", "verb": "add", "post_id": "1_2", "comment_id": "1_3",
                 "message": "How?", "created_time": 1_795_608_000}  # fmt: skip
        named = {**value, "from": {"id": "9", "name": "Ada"}}
        changes = [{"field": "feed", "value": one} for one in (value, named)]
        body = {"object": "page", "entry": [{"id": "1", "time": 1, "changes": changes}]}
        check = check_payloads([("meta/a.json", dumped(body)), ("linkedin/a.json", b"{}")])
        assert (check.mapped, check.unmapped) == (1, [])
        assert [why for why in check.refused if "permission" in why]

    def test_an_empty_page_holds_nothing(self) -> None:
        assert check_payloads([("x/a.json", dumped({"data": []}))]).items == 0


class TestX:
    def check(self, url: str, body: object) -> Any:
        return check_payloads([("x/a.json", dumped(exchange(url, body)))])

    def test_likes_reposts_and_follows_take_their_target_from_the_path(self) -> None:
        for path in ("tweets/1/liking_users", "tweets/1/retweeted_by", "users/1/followers"):
            check = self.check(f"https://api.x.com/2/{path}", PEOPLE)
            assert (check.mapped, check.refused) == (1, {})

    def test_people_elsewhere_are_no_engagement(self) -> None:
        check = self.check("https://api.x.com/2/users", PEOPLE)
        assert check.refused == {"not an engagement: profiles, settings, counts": 1}

    def test_liked_posts_are_posts_and_likes(self) -> None:
        assert self.check("https://api.x.com/2/users/3/liked_tweets", PAGE).mapped == 2

    def test_a_timeline_says_whose_posts_they_are(self) -> None:
        body = {"data": [{"id": POST["id"], "text": "mine"}]}
        assert self.check("https://api.x.com/2/users/3/tweets", body).mapped == 1
        refused = self.check("https://api.x.com/2/tweets", body).refused
        assert [why for why in refused if "no author_id" in why]

    def test_posts_that_others_refer_to_are_read_too(self) -> None:
        body = {**PAGE, "includes": {"tweets": [{**POST, "id": "1577730467436138525"}]}}
        assert self.check("https://api.x.com/2/tweets", body).mapped == 2

    def test_a_pinned_post_is_by_whoever_pinned_it(self) -> None:
        body = {
            "data": [{**PEOPLE["data"][0], "pinned_tweet_id": POST["id"]}],
            "includes": {"tweets": [{"id": POST["id"], "text": "mine"}]},
        }
        assert self.check("https://api.x.com/2/users", body).mapped == 1


class TestOlderX:
    STATUS: ClassVar[dict[str, Any]] = {
        "id_str": "1000000000000000001",
        "created_at": "Wed Nov 25 12:00:00 +0000 2026",
        "full_text": "Which fund &amp; why?",
        "user": {"id": 7, "id_str": "7", "screen_name": "ada", "name": "Ada", "protected": False},
        "favorite_count": 2,
        "retweet_count": 0,
        "lang": "en",
    }

    def check(self, body: object) -> Any:
        return check_payloads([("x/a.json", dumped(body))])

    def test_posts_within_posts_are_read(self) -> None:
        repost = {**self.STATUS, "id_str": "1000000000000000009", "retweeted_status": self.STATUS}
        check = self.check({"statuses": [repost], "search_metadata": {}})
        assert (check.mapped, check.items, check.unmapped) == (2, 2, [])
        reading = READERS["x"](Recorded("x", "a.json", [repost]))
        kinds = [one.kind for one in reading.mapped if isinstance(one, Engagement)]
        assert kinds == [Kind.REPOST, Kind.POST]
        (_, post) = reading.mapped
        assert isinstance(post, Engagement)
        assert post.text == "Which fund & why?"
        assert post.author.handle == "ada"

    def test_a_favourite_of_a_webhook_is_a_like(self) -> None:
        event = {
            "id": "f1",
            "timestamp_ms": 1_795_608_000_000,
            "user": {"id": 9, "screen_name": "bob"},
            "favorited_status": self.STATUS,
        }
        reading = READERS["x"](Recorded("x", "a.json", {"favorite_events": [event]}))
        kinds = [one.kind for one in reading.mapped if isinstance(one, Engagement)]
        assert kinds == [Kind.POST, Kind.LIKE]

    def test_a_broken_one_is_malformed(self) -> None:
        check = self.check([{**self.STATUS, "created_at": "yesterday"}])
        assert [why for why in check.refused if why.startswith("malformed")]


class TestReddit:
    def check(self, body: object) -> Any:
        return check_payloads([("reddit/a.json", dumped(body))])

    def test_a_thread_is_read_to_its_depth(self) -> None:
        inner = {"kind": "Listing", "data": {"children": [COMMENT]}}
        outer = {"kind": "t1", "data": {**COMMENT["data"], "name": "t1_c2", "replies": inner}}  # type: ignore[dict-item] # a mapping
        assert self.check([{"kind": "Listing", "data": {"children": [outer]}}]).mapped == 2

    def test_an_original_of_a_crosspost_is_read(self) -> None:
        submission = {"name": "t3_s1", "title": "A", "author": "ada", "created_utc": 1.7e9}
        cross = {**submission, "name": "t3_s2", "crosspost_parent_list": [submission]}
        assert self.check({"kind": "t3", "data": cross}).mapped == 2

    def test_gone_private_and_other_things_are_told_apart(self) -> None:
        gone = {"kind": "t1", "data": {**COMMENT["data"], "author": None}}  # type: ignore[dict-item] # a mapping
        message = {"kind": "t4", "data": {"name": "t4_m", "author": "ada", "body": "hello"}}
        account = {"kind": "t2", "data": {"name": "ada"}}
        listing = {"kind": "Listing", "data": {"children": [gone, message, account]}}
        update = {"kind": "LiveUpdate", "data": {"id": "u", "author": "ada", "body": "Now"}}
        mail = {"id": "m", "author": {"name": "ada"}, "body": "<p>Hello</p>"}
        assert self.check([update, {"messages": {"m": mail}}]).refused == {
            "a private message": 1,
            "an update of a live thread, neither submission nor comment": 1,
        }
        assert self.check(listing).refused == {
            "a private message": 1,
            "deleted or removed": 1,
            "not an engagement: an account": 1,
        }


def test_readers_give_engagements_of_their_own_network() -> None:
    reading = READERS["reddit"](Recorded("reddit", "a.json", COMMENT))
    (engagement,) = reading.mapped
    assert isinstance(engagement, Engagement)
    assert (engagement.network, engagement.kind) == ("reddit", Kind.COMMENT)
    assert engagement.author == Author("t2_a", "ada", None, "https://www.reddit.com/user/ada")


def test_lists_of_contents_are_no_payloads() -> None:
    names = ["manifest.json", "x/README.md", "x/.hidden/a.json", "x/get/a.json"]
    assert [is_payload(PurePosixPath(name)) for name in names] == [False, False, False, True]
