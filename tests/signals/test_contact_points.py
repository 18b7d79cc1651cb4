from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.contact_points import Point, guess_kind, normalise, points_in, points_of_profile


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
        assert normalise(kind, point.value) == point
    assert guess_kind(value) in {"handle", "email", "phone", "domain"}
    list(points_in(value))
