"""Jetstream events as recorded, one by one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from signals.collectors.bluesky import decode_event, to_engagement
from signals.collectors.contract import Engagement, Flag, Kind, Malformed, Ref

PAYLOADS = Path(__file__).parents[2] / "payloads" / "bluesky"
EVENTS: dict[str, Any] = json.loads((PAYLOADS / "jetstream_events.json").read_text("utf-8"))
ANA = "did:plc:ana0000000000000000000aa"
BEN = "did:plc:ben0000000000000000000bb"
CY = "did:web:cy.example"
ASK = f"at://{ANA}/app.bsky.feed.post/3ask"
WATCH = frozenset({ASK})
CLAIMED_AT = datetime(2026, 5, 28, 20, 26, 40, 500_000, tzinfo=UTC)


def _mapped(name: str) -> Engagement:
    engagement = to_engagement(EVENTS[name], WATCH)
    assert isinstance(engagement, Engagement)
    return engagement


def _seen_at(name: str) -> datetime:
    return datetime.fromtimestamp(EVENTS[name]["time_us"] // 1_000_000, UTC)


def test_a_post_is_known_by_its_uri_and_its_did() -> None:
    post = _mapped("post")
    assert post.ref == Ref("bluesky", Kind.POST, ASK)
    assert post.author.external_id == ANA
    assert post.author.handle is None
    assert post.author.url == f"https://bsky.app/profile/{ANA}"
    assert post.url == f"https://bsky.app/profile/{ANA}/post/3ask"
    assert post.text == "We retire in March. Who can look at our pension with us?"
    assert post.occurred_at == CLAIMED_AT
    assert post.language == "en"
    assert post.target_external_id is None
    assert post.record_ref == ASK


def test_a_reply_answers_its_parent_in_the_thread_of_its_root() -> None:
    reply = _mapped("reply")
    assert reply.kind is Kind.COMMENT
    assert reply.target_external_id == f"at://{CY}/app.bsky.feed.post/3mid"
    assert reply.parent_external_id == ASK
    assert reply.language is None  # two are claimed


@pytest.mark.parametrize("name", ["quote", "quote_with_picture"])
def test_a_quote_targets_what_it_quotes(name: str) -> None:
    assert _mapped(name).kind is Kind.QUOTE
    assert _mapped(name).target_external_id == ASK


@pytest.mark.parametrize("name", ["list_embed", "unknown_embed"])
def test_other_embeds_do_not_matter(name: str) -> None:
    assert _mapped(name).kind is Kind.POST
    assert _mapped(name).target_external_id is None


def test_self_labels_become_flags() -> None:
    post = _mapped("arabic_labelled")
    assert post.flags == {Flag.BOT, Flag.SENSITIVE, Flag.NO_UNAUTHENTICATED}
    assert post.language == "ar"


@pytest.mark.parametrize("name", ["backdated", "from_tomorrow", "no_date"])
def test_an_incredible_date_is_not_believed(name: str) -> None:
    assert _mapped(name).occurred_at == _seen_at(name)


def test_an_update_is_an_edit() -> None:
    assert _mapped("edited").edited_at == _seen_at("edited")
    assert _mapped("edited").external_id == ASK


@pytest.mark.parametrize(("name", "kind"), [("like", Kind.LIKE), ("repost", Kind.REPOST)])
def test_a_like_counts_only_for_a_watched_post(name: str, kind: Kind) -> None:
    actor = EVENTS[name]["did"]
    engagement = _mapped(name)
    assert engagement.ref == Ref("bluesky", kind, f"{ASK}:{actor}")
    assert engagement.target_external_id == ASK
    assert engagement.text is None
    assert engagement.url == f"https://bsky.app/profile/{ANA}/post/3ask"
    assert to_engagement(EVENTS[name], frozenset()) is None
    assert to_engagement(EVENTS["like_of_other"], WATCH) is None


def test_a_deletion_names_the_record_that_the_engagement_carried() -> None:
    assert to_engagement(EVENTS["post_deleted"], WATCH) == Ref("bluesky", None, ASK)
    for name, kind in (("like", Kind.LIKE), ("repost", Kind.REPOST)):
        record_ref = _mapped(name).record_ref
        assert record_ref is not None
        deleted = to_engagement(EVENTS[f"{name}_deleted"], frozenset())
        assert deleted == Ref("bluesky", kind, record_ref)


def test_an_account_is_gone_when_it_was_deleted_not_when_it_rests() -> None:
    gone = to_engagement(EVENTS["account_deleted"], WATCH)
    assert gone == Ref("bluesky", None, CY, account=True)
    for name in ("account_active", "account_deactivated", "identity", "follow"):
        assert to_engagement(EVENTS[name], WATCH) is None


@pytest.mark.parametrize("name", ["no_text", "no_subject"])
def test_a_record_without_its_core_is_malformed(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        to_engagement(EVENTS[name], WATCH)
    assert "3bad" in caught.value.payload


@pytest.mark.parametrize("name", EVENTS)
def test_a_message_is_mapped_as_its_object_is(name: str) -> None:
    message = json.dumps(EVENTS[name], ensure_ascii=False).encode()
    if name in {"no_text", "no_subject"}:
        return
    assert to_engagement(decode_event(message), WATCH) == to_engagement(EVENTS[name], WATCH)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"did":"did:a","time_us":"soon","kind":"commit"}',
        b'{"did":"did:a","time_us":1e30,"kind":"commit"}',
        b"[" * 100_000,
        b'{"did":' + b"9" * 100_000,
    ],
)
def test_a_message_that_is_no_event_is_malformed(message: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        decode_event(message)
    assert len(caught.value.payload) <= 2_000


@pytest.mark.parametrize("time_us", [10**18, -(10**18)])
def test_a_time_outside_the_calendar_is_malformed(time_us: int) -> None:
    with pytest.raises(Malformed):
        to_engagement({**EVENTS["post"], "time_us": time_us}, WATCH)


def test_an_author_without_a_did_is_malformed() -> None:
    with pytest.raises(Malformed, match="did"):
        to_engagement({**EVENTS["post"], "did": "somebody"}, WATCH)
