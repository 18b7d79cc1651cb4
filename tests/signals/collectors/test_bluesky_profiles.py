"""Profiles of Bluesky: what is read of them, and what their absence means."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.collectors.bluesky import ProfileReads
from signals.collectors.bluesky.profiles import to_profiles
from signals.collectors.contract import Budget, Flag, Ref
from signals.collectors.payloads import check_payloads
from tests.fakes.appview import AppView
from tests.fakes.clients import NOW, client_of
from tests.fakes.web_server import WebServer

SEEN = datetime(2026, 5, 1, tzinfo=UTC)


def profile(name: str = "ada", **over: Any) -> dict[str, Any]:
    return {
        "did": f"did:plc:{name}", "handle": f"{name}.example", "displayName": name.title(),
        "description": "Gardens. Opinions are my own.", "labels": [],
        "associated": {"lists": 0, "labeler": False}, "viewer": {"muted": False},
        "followersCount": 12, "followsCount": 3, "postsCount": 40,
        "createdAt": "2024-02-03T04:05:06.789Z", "indexedAt": "2026-04-01T00:00:00.000Z",
    } | over  # fmt: skip


def label(value: Any, **over: Any) -> dict[str, Any]:
    return {"src": "did:plc:labeler", "uri": "did:plc:ada", "val": value} | over


def test_name_words_and_birth_are_read() -> None:
    (one,) = to_profiles({"profiles": [profile()]}, seen_at=SEEN).found
    assert (one.author.external_id, one.author.handle) == ("did:plc:ada", "ada.example")
    assert one.author.display_name == "Ada"
    assert one.author.description == "Gardens. Opinions are my own."
    assert one.author.url == "https://bsky.app/profile/did:plc:ada"
    assert one.opened_at == datetime(2024, 2, 3, 4, 5, 6, 789_000, UTC)
    assert one.flags == frozenset()
    assert to_profiles(profile(), seen_at=SEEN).found == [one]
    assert to_profiles({"actors": [profile()]}, seen_at=SEEN).found == [one]


@pytest.mark.parametrize(
    ("over", "flags"),
    [
        ({"labels": [label("!no-unauthenticated", src="did:plc:ada")]}, {Flag.NO_UNAUTHENTICATED}),
        ({"labels": [label("bot")]}, {Flag.BOT}),
        ({"labels": {"values": [{"val": "bot"}]}}, {Flag.BOT}),
        ({"labels": [label("porn")]}, {Flag.SENSITIVE}),
        ({"labels": [label("!no-unauthenticated", neg=True)]}, set()),
        ({"labels": [label(None), label(["bot"]), 7, None, "bot"]}, set()),
        ({"labels": "bot"}, set()),
        ({"description": "Hello #NoBot"}, {Flag.NO_BOT}),
        ({"description": "#noindex please"}, {Flag.NO_INDEX}),
    ],
)
def test_labels_and_words_that_ask_to_be_left_alone(over: dict[str, Any], flags: set[Flag]) -> None:
    (one,) = to_profiles({"profiles": [profile(**over)]}, seen_at=SEEN).found
    assert one.flags == flags


@pytest.mark.parametrize("born", [None, 5, "soon", "2027-01-01T00:00:00Z", "9" * 400, {}])
def test_a_birth_that_cannot_be_is_none(born: object) -> None:
    (one,) = to_profiles({"profiles": [profile(createdAt=born)]}, seen_at=SEEN).found
    assert one.opened_at is None


def test_what_is_no_profile_is_said_so() -> None:
    views = [profile(did=None), profile(did="ada"), "x", None, 7, [], profile(handle=4)]
    read = to_profiles({"profiles": views}, seen_at=SEEN)
    assert [one.author.handle for one in read.found] == [None]
    assert len(read.malformed) == 6


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*profile(), "profiles", "actors", "values", "val", "neg"]), inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_nothing_makes_it_fail(answer: object) -> None:
    for given_answer in (answer, {"profiles": answer}, {"profiles": [answer]}):
        for one in to_profiles(given_answer, seen_at=SEEN).found:
            assert one.author.external_id.startswith("did:")


def test_who_is_missing_is_asked_for_alone_and_only_a_clear_word_is_a_deletion() -> None:
    people = [f"did:plc:{name}" for name in ("ada", "bob", "cy", "dee")]
    network = AppView(
        profiles={people[0]: profile()},
        closed={people[1]: "AccountTakedown", people[2]: "AccountDeactivated"},
    )
    with WebServer(network) as server:
        reads = ProfileReads(client_of(server), clock=lambda: NOW)
        answers = list(reads.read_profiles(["handle.example", *people], budget=Budget()))
    assert [answer.asked for answer in answers] == [(did,) for did in people]
    gone = [ref for answer in answers for ref in answer.deletions]
    assert gone == [Ref("bluesky", None, did, account=True) for did in people[1:3]]
    assert [answer.cost.requests for answer in answers] == [1, 1, 1, 1]


def test_a_stranger_in_an_answer_is_left_out() -> None:
    network = AppView(profiles={"did:plc:ada": profile("bob")})
    with WebServer(network) as server:
        reads = ProfileReads(client_of(server), clock=lambda: NOW)
        answers = list(reads.read_profiles(["did:plc:ada"], budget=Budget()))
    assert [answer.profiles for answer in answers] == [(), ()]
    assert answers[-1].asked == ("did:plc:ada",)


def test_recorded_profiles_are_mapped_and_sessions_are_none() -> None:
    files = [
        ("bluesky/GET_app.bsky.actor.getProfiles/200.json",
         {"profiles": [profile(), profile(did=3)]}),
        ("bluesky/GET_app.bsky.actor.getProfile/200.json", profile()),
        ("bluesky/POST_com.atproto.server.createSession/200.json",
         {"did": "did:plc:ada", "handle": "ada.example", "accessJwt": "x"}),
    ]  # fmt: skip
    check = check_payloads((path, json.dumps(body).encode()) for path, body in files)
    assert (check.items, check.mapped, check.exceptions, check.unmapped) == (4, 2, [], [])
