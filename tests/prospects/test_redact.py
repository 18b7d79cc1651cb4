"""A name that is forgotten goes from what others wrote, and no other name does."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from models import ArchivedPost, Signal
from models.database import Database
from prospects.erase import erase_person
from prospects.redact import name_pattern, redact
from tests.factories import make_person, make_prospect, make_topic


@pytest.mark.parametrize(
    ("handle", "text", "left"),
    [
        ("foo_bar", "thanks u/Foo_Bar!", "thanks u/…!"),
        ("foo_bar", "see /u/foo_bar, reddit.com/user/foo_bar", "see /u/…, reddit.com/user/…"),
        ("foo_bar", "as foo_bar said; foo_bar2 did not", "as … said; foo_bar2 did not"),
        ("ann", "@ann. @annabel @ann-marie ann", "@…. @annabel @ann-marie ann"),
        ("ann", "@ann.example", "@ann.example"),
        ("ann", "@ann@m.example x@ann is @Ann", "@ann@m.example x@ann is @…"),
        ("alice@m.example", "@alice @alice@m.example @alice@n.example", "@… @… @alice@n.example"),
        ("ann.bsky.social", "ask ann.bsky.social", "ask …"),
        ("acme.example", "acme.example and @acme.example", "acme.example and @…"),
        ("زينب_99", "شكرا @زينب_99.", "شكرا @…."),
    ],
)  # fmt: skip
def test_a_name_goes_and_every_place_stays(handle: str, text: str, left: str) -> None:
    redacted = redact(text, name_pattern(handle, local=True))
    assert len(redacted) == len(text)
    while "……" in redacted:
        redacted = redacted.replace("……", "…")
    assert redacted == left


def test_name_at_host_is_another_elsewhere() -> None:
    assert redact("@alice", name_pattern("alice@m.example")) == "@alice"


def test_an_erasure_takes_the_name_from_others_posts_and_the_archive(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        make_prospect(session, make_topic(session, at=now), "fan", (1.0, now), network="reddit")
        person = make_person(session, "Foo_Bar", at=now, network="reddit")
        signal = session.scalars(select(Signal)).one()
        signal.text = "thanks u/foo_bar, and u/foo_bart too"
        session.add(
            ArchivedPost(
                network="reddit", external_id="t3_1", author_hash="0" * 64, occurred_at=now,
                text="FOO_BAR knows",
            )
        )  # fmt: skip
        session.flush()
        erase_person(session, person, actor="M", now=now)
        assert session.scalar(select(Signal.text)) == f"thanks u/{'…' * 7}, and u/foo_bart too"
        assert session.scalar(select(ArchivedPost.text)) == f"{'…' * 7} knows"
