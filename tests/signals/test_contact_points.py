from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.contact_points import (
    Point,
    domain_and_parents,
    guess_kind,
    normalise,
    points_in,
    points_in_profile,
    points_named,
    points_of_profile,
    shared_host,
)


@pytest.mark.parametrize(
    ("kind", "value", "spelled"),
    [
        ("handle", " @Ann ", "ann"),
        ("handle", "u/Ann", "ann"),
        ("email", "Ann.B+news@Example.COM", "ann.b@example.com"),
        ("email", "A.n.n@googlemail.com", "ann@gmail.com"),
        ("email", "mailto:ann@example.org", "ann@example.org"),
        ("email", "ann@", None),
        ("phone", "+49 (30) 123-456 78", "+493012345678"),
        ("phone", "0049 30 12345678", "+493012345678"),
        ("phone", "٠٥٠١٢٣٤٥٦٧", "0501234567"),
        ("phone", "12 34", None),
        ("phone", "call me", None),
        ("domain", "https://www.Bücher.example/a?b", "xn--bcher-kva.example"),
        ("domain", "example.org.", "example.org"),
        ("domain", "localhost", None),
        ("domain", "1.2.3.4", None),
    ],
)
def test_every_name_has_one_spelling(kind: str, value: str, spelled: str | None) -> None:
    point = normalise(kind, value)
    assert (point.value if point else None) == spelled


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("ann@example.org", "email"), ("@ann.example", "handle"), ("ann", "handle"),
        ("example.org", "domain"), ("https://example.org/x", "domain"),
        ("+1 555 010 0000", "phone"),
    ],
)  # fmt: skip
def test_a_bare_name_is_taken_for_what_it_looks_like(value: str, kind: str) -> None:
    assert guess_kind(value) == kind


def test_a_text_gives_addresses_their_domains_and_numbers() -> None:
    found = set(points_in("Write to Ann@mail.example.org. or ring +49 30 1234567!"))
    assert Point("email", "ann@mail.example.org") in found
    assert {Point("domain", "mail.example.org"), Point("domain", "example.org")} <= found
    assert {Point("phone", "+49301234567"), Point("phone", "0301234567")} <= found


def test_a_profile_gives_id_handle_and_sites() -> None:
    found = set(points_of_profile("bluesky", "did:1", "Ann.example.com", "https://a.corp.example"))
    assert Point("account", "did:1", "bluesky") in found
    assert Point("handle", "ann.example.com", "any") in found
    assert Point("domain", "example.com") in found
    assert Point("domain", "corp.example") in found


@given(st.text(max_size=80), st.sampled_from(["handle", "email", "phone", "domain"]))
def test_spelling_twice_changes_nothing(value: str, kind: str) -> None:
    point = normalise(kind, value)
    if point is not None:
        assert normalise(point.kind, point.value, point.network) == point
    assert guess_kind(value) in {"account", "handle", "email", "phone", "domain"}
    points_named(value)
    list(points_in_profile(value))
    list(points_in(value))


@pytest.mark.parametrize(
    ("address", "point"),
    [
        ("https://www.reddit.com/user/Bob", Point("handle", "bob", "reddit")),
        ("old.reddit.com/u/bob/comments/", Point("handle", "bob", "reddit")),
        ("https://x.com/Foo", Point("handle", "foo", "x")),
        ("https://twitter.com/i/user/42", Point("account", "42", "x")),
        ("https://bsky.app/profile/ann.example", Point("handle", "ann.example", "bluesky")),
        ("https://bsky.app/profile/did:plc:1", Point("account", "did:plc:1", "bluesky")),
        ("https://news.ycombinator.com/user?id=Pg", Point("handle", "pg", "hackernews")),
        ("https://youtube.com/@Ann", Point("handle", "ann", "youtube")),
        ("https://youtube.com/channel/UCa1", Point("account", "UCa1", "youtube")),
        (
            "https://stackoverflow.com/users/7/ann",
            Point("account", "stackoverflow:7", "stackexchange"),
        ),
        ("https://math.stackexchange.com/users/7", Point("account", "math:7", "stackexchange")),
        ("https://m.example/@Ann", Point("handle", "ann@m.example", "any")),
        ("https://m.example/users/ann", Point("handle", "ann@m.example", "any")),
        ("https://m.example/@ann@n.example", Point("handle", "ann@n.example", "any")),
        ("https://lemmy.example/u/ann", Point("handle", "ann@lemmy.example", "any")),
    ],
)
def test_the_address_of_a_profile_names_its_handle(address: str, point: Point) -> None:
    assert points_named(address) == (point,)
    assert guess_kind(address) == point.kind
    assert normalise("handle", address) == normalise("domain", address) == point


@pytest.mark.parametrize(
    "address",
    [
        "https://reddit.com/r/personalfinance",
        "https://acme.example/about",
        "reddit.com",
        "http://[",
    ],
)
def test_an_address_that_is_nobodys_profile_names_nobody(address: str) -> None:
    assert points_named(address) == ()
    assert normalise("handle", "https://acme.example/about") is None


@pytest.mark.parametrize(
    "host",
    [
        "reddit.com", "https://www.x.com/", "gmail.com", "bsky.social", "t-online.de", "qq.com",
        "hotmail.fr", "yahoo.co.uk", "outlook.com.br", "co.uk", "https://com.au/", "me.uk",
    ],
)  # fmt: skip
def test_a_host_or_ending_of_many_is_nobodys_domain(host: str) -> None:
    assert normalise("domain", host) is None
    assert shared_host(host)


@pytest.mark.parametrize(
    "host",
    ["acme.co.uk", "live.example.org", "corp.example", "yahoo-fans.org", "co.example", "me.io"],
)
def test_what_only_looks_like_a_host_of_many_is_somebodys(host: str) -> None:
    assert normalise("domain", host) == Point("domain", host)
    assert host in domain_and_parents(f"www2.{host}")


@pytest.mark.parametrize(
    ("network", "handle", "url"),
    [
        ("reddit", "zed", "https://www.reddit.com/user/zed"),
        ("x", "zed", "https://x.com/zed"),
        ("bluesky", "zed.bsky.social", "https://bsky.app/profile/did:plc:z"),
        ("discourse", "zed", "https://forum.corp.example/u/zed"),
    ],
)
def test_the_site_of_a_network_is_not_its_writers(network: str, handle: str, url: str) -> None:
    domains = {one.value for one in points_of_profile(network, "1", handle, url)
               if one.kind == "domain"}  # fmt: skip
    assert domains <= {"zed.bsky.social"}


def test_an_e_mail_phone_or_domain_is_one_beside_a_handle() -> None:
    assert Point("email", "jane@acme.example") in points_named("Jane@acme.example")
    assert Point("phone", "+49301234567") in points_named("+49 30 1234567")
    assert Point("domain", "acme.example") in points_named("acme.example")
    assert {one.kind for one in points_named("7654321", "x")} == {"handle", "account"}


def test_name_at_host_is_an_e_mail_and_a_handle() -> None:
    found = set(points_of_profile("mastodon", "1", "Alice@m.example", "https://m.example/@Alice"))
    assert {Point("email", "alice@m.example"), Point("handle", "alice@m.example", "any")} <= found
    forum = set(points_of_profile("discourse", "1", "Bob", "https://f.example/u/Bob"))
    assert Point("handle", "bob@f.example", "any") in forum


def test_words_about_oneself_name_sites_and_posts_do_not() -> None:
    words = "Founder of https://www.acme.example/team. Also (www.b.example), x.com/ann"
    found = {one.value for one in points_in_profile(words) if one.kind == "domain"}
    assert found == {"acme.example", "b.example"}
    assert not any(one.kind == "domain" for one in points_in(words))
