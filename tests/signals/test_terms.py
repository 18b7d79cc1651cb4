"""What networks' terms allow, and what a collection of a network covers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.errors import Refused
from signals.collectors.registry import COLLECTORS
from signals.collectors.traits import TRAITS, Shape, find_scopes, traits_of
from signals.policy import TERMS, check_source, terms_of, text_lifetime


@pytest.mark.parametrize("network", sorted(COLLECTORS))
def test_every_network_of_the_registry_has_terms_and_traits(network: str) -> None:
    assert network in TERMS
    assert network in TRAITS


@pytest.mark.parametrize("network", sorted(TRAITS))
def test_intervals_lie_within_their_bounds(network: str) -> None:
    traits = TRAITS[network]
    assert 0 < traits.fastest <= traits.every <= traits.slowest
    assert traits.shape is Shape.STREAM or traits.fastest >= 60


@pytest.mark.parametrize("network", sorted(TERMS))
def test_terms_are_consistent(network: str) -> None:
    terms = TERMS[network]
    assert terms.payload_days <= terms.text_days
    assert terms.name_days is None or terms.payload_days <= terms.name_days <= terms.text_days
    # every limit that is not the default says where it comes from, or that it is our own
    told = {"text_days", "payload_days", "export_a_day", "name_days", "kept_days"}
    default = terms_of("another network")
    assert {name for name in told if getattr(terms, name) != getattr(default, name)} <= (
        set(terms.clauses) | ({"payload_days"} if "text_days" in terms.clauses else set())
    )
    assert terms.needs_approval == bool(terms.approval_from)
    # words may not outlive the time within which they are asked for again
    assert terms.recheck_hours is None or terms.recheck_hours <= terms.text_days * 24
    names = set(terms.__slots__)
    assert set(terms.clauses) <= names


def test_a_source_without_a_basis_or_approval_is_refused() -> None:
    with pytest.raises(Refused, match="lawful basis"):
        check_source("bluesky", lawful_basis="  ", approval_ref=None)
    with pytest.raises(Refused, match=r"support\.reddithelp\.com"):
        check_source("reddit", lawful_basis="assessed", approval_ref="")
    check_source("reddit", lawful_basis="assessed", approval_ref="RBP-1")
    with pytest.raises(Refused, match="developer-policies"):
        check_source("youtube", lawful_basis="assessed", approval_ref=None)
    check_source("youtube", lawful_basis="assessed", approval_ref="amendment 7")
    check_source("bluesky", lawful_basis="assessed", approval_ref=None)


def test_retention_may_be_shortened_only() -> None:
    assert text_lifetime("reddit", 30) == timedelta(days=2)
    assert text_lifetime("reddit", 1) == timedelta(days=1)
    assert text_lifetime("a forum") == timedelta(days=terms_of("a forum").text_days)
    with pytest.raises(Refused, match="at most 30 days"):
        check_source("youtube", lawful_basis="a", approval_ref="a", retention_days=31)
    with pytest.raises(Refused, match="more than 0"):
        check_source("youtube", lawful_basis="a", approval_ref="a", retention_days=0)
    with pytest.raises(Refused, match="at most 30 days"):  # no re-check renews these
        check_source("x", lawful_basis="a", approval_ref=None, retention_days=31)
    check_source("x", lawful_basis="a", approval_ref=None, retention_days=30)


PLACES = [("reddit", "r/investing"), ("any", "https://example.org/feed.xml"), ("any", "#Pension"),
          ("any", "money.stackexchange.com"), ("lemmy", "finance"), ("any", "!fire@lemmy.ml"),
          ("mastodon", "#rente@social.example")]  # fmt: skip


@pytest.mark.parametrize(
    ("network", "scopes"),
    [
        ("bluesky", []),
        ("x", [""]),
        ("hackernews", [""]),
        ("reddit", ["investing"]),
        ("rss", ["https://example.org/feed.xml"]),
        ("mastodon", ["#Pension", "#rente@social.example"]),
        ("stackexchange", ["money.stackexchange.com"]),
        ("lemmy", ["finance", "!fire@lemmy.ml"]),
        ("youtube", [""]),
    ],
)
def test_a_topic_listens_in_the_places_it_names(network: str, scopes: list[str]) -> None:
    assert find_scopes(network, PLACES) == scopes


def test_a_feed_may_be_the_source_s_own_address() -> None:
    feed, other = "https://example.com/feed.xml", "https://example.org/feed.xml"
    assert find_scopes("rss", [], feed) == [""]
    assert find_scopes("rss", PLACES, feed) == [other, ""]
    assert find_scopes("rss", PLACES, other) == [other]


def test_nothing_is_listened_to_where_a_network_needs_a_place_and_has_none() -> None:
    assert find_scopes("rss", []) == []
    assert find_scopes("mastodon", [], "https://social.example") == []
    assert find_scopes("reddit", []) == [""]
    assert traits_of("another").shape is Shape.TOPIC
