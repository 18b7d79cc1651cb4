"""LinkedIn's and Meta's deliveries: challenges, signatures, what they hold. Bodies are made up."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from signals.collectors.contract import Kind, Malformed, Ref
from signals.inbound import linkedin, meta
from signals.inbound.delivery import Forged

_SECRET = b"app secret"


def _linkedin(action: str, **more: Any) -> dict[str, Any]:
    return {
        "organizationalEntity": "urn:li:organization:1",
        "sourcePost": "urn:li:share:10",
        "decoratedSourcePost": {"text": "How to plan a pension", "owner": "urn:li:organization:1"},
        "action": action,
        "generatedActivity": "urn:li:comment:(urn:li:activity:10,77)",
        "decoratedGeneratedActivity": {
            "comment": {"owner": "urn:li:person:abc", "text": "Whom do I ask about mine?"}
        },
        "notificationId": 5,
        "lastModifiedAt": 1_790_000_000_000,
        **more,
    }


def _body(*notifications: Any) -> bytes:
    return json.dumps({"type": "SOCIAL", "notifications": notifications}).encode()


class TestLinkedIn:
    def test_the_challenge_is_answered_with_its_hash(self) -> None:
        answer = linkedin.answer_challenge(_SECRET, "890e4665-4dfe")
        expected = hmac.new(_SECRET, b"890e4665-4dfe", hashlib.sha256).hexdigest()
        assert answer == {"challengeCode": "890e4665-4dfe", "challengeResponse": expected}

    def test_only_its_signature_is_believed(self) -> None:
        body = _body(_linkedin("COMMENT"))
        good = hmac.new(_SECRET, b"hmacsha256=" + body, hashlib.sha256).hexdigest()
        linkedin.check_signature(_SECRET, body, good)
        for wrong in ("", good[:-1] + "0", hmac.new(_SECRET, body, hashlib.sha256).hexdigest()):
            if wrong != good:
                with pytest.raises(Forged):
                    linkedin.check_signature(_SECRET, body, wrong)

    def test_a_comment_comes_with_the_post_it_answers(self) -> None:
        delivery = linkedin.read_body(_body(_linkedin("COMMENT"), _linkedin("COMMENT")))
        post, comment = delivery.engagements
        assert (post.kind, post.external_id) == (Kind.POST, "urn:li:share:10")
        assert (comment.kind, comment.author.external_id) == (Kind.COMMENT, "urn:li:person:abc")
        assert comment.target_external_id == post.external_id
        assert comment.occurred_at.tzinfo is not None
        assert comment.occurred_at.year == 2026

    @pytest.mark.parametrize(
        ("activity", "made"),
        [
            ("urn:li:like:(urn:li:person:xyz,urn:li:activity:10)", None),
            ("urn:li:reaction:(urn:li:person:xyz,urn:li:activity:10)", {}),
            ("urn:li:like:5", {"like": {"owner": "urn:li:person:xyz"}}),
        ],
    )
    def test_a_like_names_who_did_it(self, activity: str, made: Any) -> None:
        one = _linkedin("LIKE", generatedActivity=activity, decoratedGeneratedActivity=made)
        like = linkedin.read_body(_body(one)).engagements[-1]
        assert (like.kind, like.external_id) == (Kind.LIKE, "urn:li:share:10:urn:li:person:xyz")

    def test_a_deleted_comment_is_a_deletion(self) -> None:
        delivery = linkedin.read_body(_body(_linkedin("COMMENT_DELETE")))
        assert delivery.engagements == ()
        assert delivery.deletions == (
            Ref("linkedin", Kind.COMMENT, "urn:li:comment:(urn:li:activity:10,77)"),
        )

    def test_what_is_not_understood_is_named_and_the_rest_counts(self) -> None:
        delivery = linkedin.read_body(_body({"action": "DANCE"}, 7, _linkedin("COMMENT")))
        assert len(delivery.malformed) == 2
        assert len(delivery.engagements) == 2

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"notifications": 5}'])
    def test_a_body_of_another_shape_is_malformed(self, body: bytes) -> None:
        with pytest.raises(Malformed):
            linkedin.read_body(body)


def _page(*values: dict[str, Any], kind: str = "page", field: str = "feed") -> bytes:
    changes = [{"field": field, "value": value} for value in values]
    entry = {"id": "1", "time": 1_790_000_000, "changes": changes}
    return json.dumps({"object": kind, "entry": [entry]}).encode()


_COMMENT: dict[str, Any] = {
    "item": "comment", "verb": "add", "post_id": "1_2", "comment_id": "2_3", "parent_id": "1_2",
    "created_time": 1_789_999_000, "message": "Which plan suits a nurse?",
    "from": {"id": "9", "name": "Some One"},
}  # fmt: skip


class TestMeta:
    def test_the_challenge_is_given_back_to_who_knows_the_word(self) -> None:
        assert meta.answer_challenge("word", "subscribe", "word", "123") == "123"
        for expected, mode, given in (
            ("word", "subscribe", "other"), ("word", "unsubscribe", "word"), ("", "subscribe", ""),
        ):  # fmt: skip
            with pytest.raises(Forged):
                meta.answer_challenge(expected, mode, given, "123")

    def test_only_its_signature_is_believed(self) -> None:
        body = _page(_COMMENT)
        good = "sha256=" + hmac.new(_SECRET, body, hashlib.sha256).hexdigest()
        meta.check_signature(_SECRET, body, good)
        for wrong in ("", good.removeprefix("sha256="), good[:-2] + "zz"):
            with pytest.raises(Forged):
                meta.check_signature(_SECRET, body, wrong)

    def test_comments_likes_and_posts_are_read(self) -> None:
        like = {"item": "reaction", "verb": "add", "post_id": "1_2", "from": {"id": "9"}}
        post = {
            "item": "status",
            "verb": "add",
            "post_id": "1_5",
            "message": "x",
            "from": {"id": "1"},
        }
        delivery = meta.read_body(_page(_COMMENT, like, post))
        kinds = [(e.kind, e.external_id) for e in delivery.engagements]
        assert kinds == [(Kind.COMMENT, "2_3"), (Kind.LIKE, "1_2:9"), (Kind.POST, "1_5")]
        assert {e.network for e in delivery.engagements} == {"facebook"}
        assert delivery.engagements[0].occurred_at.timestamp() == 1_789_999_000

    def test_removals_are_deletions_and_nameless_ones_are_left_out(self) -> None:
        gone = _COMMENT | {"verb": "remove"}
        unlike = {"item": "like", "verb": "remove", "post_id": "1_2", "from": {"id": "9"}}
        nameless = {"item": "reaction", "verb": "add", "post_id": "1_2"}
        delivery = meta.read_body(_page(gone, unlike, nameless))
        assert delivery.engagements == ()
        assert delivery.deletions == (
            Ref("facebook", Kind.COMMENT, "2_3"), Ref("facebook", Kind.LIKE, "1_2:9"),
        )  # fmt: skip

    def test_instagram_comments_have_a_handle(self) -> None:
        value = {
            "id": "17", "text": "How do I start?", "from": {"id": "9", "username": "someone"},
            "media": {"id": "5"},
        }  # fmt: skip
        (comment,) = meta.read_body(_page(value, kind="instagram", field="comments")).engagements
        assert (comment.network, comment.author.handle) == ("instagram", "someone")
        assert comment.target_external_id == "5"

    def test_what_is_not_understood_is_named(self) -> None:
        delivery = meta.read_body(_page({"item": "event", "post_id": "1", "from": {"id": "2"}}, {}))
        assert len(delivery.malformed) == 2
