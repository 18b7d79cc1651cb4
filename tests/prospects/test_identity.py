from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from config.settings import DuplicateSettings, read_defaults
from models import Account, AccountIdentity, Evidence, Prospect, Signal
from models.database import Database
from prospects.identity import standing_verdicts
from prospects.parties import add_party, list_parties, remove_party
from prospects.recognise import VERDICTS, Observed, recognise
from prospects.refresh import load_pending, mark_pending, store_scores
from prospects.verdicts import (
    correct_identity,
    identity_history,
    judge_accounts,
    withdraw_correction,
)
from signals.collectors.contract import Author
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.profile import read_profile
from signals.scoring.contract import Intent, Reason, Score
from signals.topics import Matcher
from tests.factories import make_engagement, make_topic, warmth_settings

DUPLICATES = DuplicateSettings(**read_defaults()["duplicates"])
LONG = "retirement planning " + " ".join(f"telling{number}" for number in range(40))


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (Observed(), "unknown"),
        (Observed(posts=2, of_self=1, seller=0.1), "person"),
        (Observed(posts=1, seller=0.9), "seller"),
        (Observed(posts=5, seller=0.6, with_links=4), "seller"),
        (Observed(posts=5, seller=0.6), "unknown"),
        (Observed(posts=1, campaigns=1, of_self=1), "seller"),
        (Observed(posts=4, with_links=4, of_self=2), "person"),
        (Observed(profile=frozenset({"profile.company"})), "organisation"),
        (Observed(profile=frozenset({"profile.bot"}), of_self=1), "bot"),
        (Observed(posts=40, busiest_hour=30, copies=30), "bot"),
        (Observed(posts=40, busiest_hour=30), "unknown"),
        (Observed(party="staff", seller=0.9), "staff"),
        (Observed(party="competitor", of_self=3), "competitor"),
    ],
)
def test_clues_add_up_to_a_verdict(seen: Observed, verdict: str) -> None:
    found = recognise(seen)
    assert found.verdict == verdict
    assert bool(found.reasons) == (verdict != "unknown")


@given(
    st.builds(
        Observed, posts=st.integers(0, 50), with_links=st.integers(0, 50),
        copies=st.integers(0, 50), campaigns=st.integers(0, 3), seller=st.none() | st.floats(0, 1),
        of_self=st.integers(0, 5), busiest_hour=st.integers(0, 50),
    )
)  # fmt: skip
def test_more_selling_never_makes_a_person(seen: Observed) -> None:
    more = recognise(replace(seen, seller=0.95, campaigns=1))
    assert more.verdict in {"seller", "bot"}
    assert more.verdict in VERDICTS


@pytest.mark.parametrize(
    ("handle", "description", "codes"),
    [
        ("ann", None, []),
        ("ann", "Dad of two. Opinions are my own.", ["profile.person"]),
        ("acme", "Official account of Acme Ltd, customer support 9-5", ["profile.company"]),
        ("jo", "DM me for rates, link in bio", ["profile.sells"]),
        ("news_bot", "I am a bot that posts news", ["profile.bot", "profile.bot_name"]),
        ("DailyBot", None, ["profile.bot_name"]),
        ("talbot", "gardener", []),
        ("shop", "متجر الهدايا، للطلب واتساب", ["profile.sells"]),
        ("co", "الحساب الرسمي للشركة", ["profile.company"]),
    ],
)
def test_a_profile_is_read_into_codes(
    handle: str, description: str | None, codes: list[str]
) -> None:
    assert read_profile(Author("1", handle, None, None, description)) == codes


def bring(db: Database, now: datetime, *said: tuple[str, str, float], first: int = 1) -> None:
    """Posts by (author, text, seller probability), stored and scored."""
    with db.write() as session:
        listener = Listener(Matcher(load_phrases(session)), {})
        engagements = [
            make_engagement(f"s{number}", text, at=now, author=author)
            for number, (author, text, _) in enumerate(said, first)
        ]
        store_page(session, listener.select(engagements), (), now=now)
    with db.read() as session:
        pending = load_pending(session, limit=100)
    with db.write() as session:
        store_scores(
            session,
            [
                (one, Score({Intent.SELLER: seller}, 0.9, 0.6, (Reason("cue.question", 1.0),)))
                for one, (_, _, seller) in zip(pending, said, strict=True)
            ],
            scorer_version="fixed.v1", weights=warmth_settings(), now=now,
            marks=mark_pending(pending),
        )  # fmt: skip


def judge(session: Session, now: datetime) -> dict[int, str]:
    ids = session.scalars(select(Account.id)).all()
    return judge_accounts(session, ids, now=now, weights=warmth_settings(), duplicates=DUPLICATES)


def account(session: Session, name: str) -> Account:
    return session.scalars(select(Account).where(Account.handle == name)).one()


def points(session: Session, name: str) -> list[float]:
    return [
        round(one, 4)
        for one in session.scalars(
            select(Evidence.points)
            .join(Signal, Signal.id == Evidence.signal_id)
            .where(Signal.account_id == account(session, name).id)
        )
    ]


@pytest.fixture(autouse=True)
def _topic(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_topic(session, at=now)


def test_a_seller_is_recognised_and_the_evidence_follows(db: Database, now: datetime) -> None:
    bring(db, now, ("ann", "retirement planning?", 0.1), ("sam", "retirement planning, buy", 0.9))
    with db.write() as session:
        assert points(session, "sam") == [1.8]
        assert judge(session, now) == {account(session, "sam").id: "seller"}
        assert points(session, "sam") == [0.27]
        assert points(session, "ann") == [1.8]
        assert judge(session, now) == {}  # nothing new, nothing written
        assert len(session.scalars(select(AccountIdentity)).all()) == 1


def test_a_campaign_marks_its_accounts(db: Database, now: datetime) -> None:
    bring(db, now, *((f"a{n}", f"Title {n}\n\n{LONG} {n}", 0.1) for n in range(2)))
    with db.write() as session:
        assert judge(session, now) == {}
    bring(db, now, ("a9", LONG, 0.1), first=9)
    with db.write() as session:
        assert set(judge(session, now).values()) == {"seller"}
        row = session.scalars(select(AccountIdentity)).first()
        assert row is not None
        assert row.reasons == [["identity.campaign", 2.5]]


def test_a_correction_sticks_until_it_is_withdrawn(db: Database, now: datetime) -> None:
    bring(db, now, ("sam", "retirement planning, buy", 0.9))
    weights = warmth_settings()
    with db.write() as session:
        sam = account(session, "sam").id
        correct_identity(session, sam, "person", author="Dina", now=now, weights=weights)
        assert judge(session, now) == {}
        assert standing_verdicts(session, [sam]) == {sam: "person"}
        assert points(session, "sam") == [1.8]
        withdraw_correction(session, sam, author="Dina", now=now, weights=weights)
        assert standing_verdicts(session, [sam]) == {sam: "seller"}
        assert points(session, "sam") == [0.27]
        sources = [row.source for row in identity_history(session, sam)]
        assert sources == ["person", "derived", "withdrawn"]
        with pytest.raises(NotFound):
            withdraw_correction(session, sam, author="Dina", now=now, weights=weights)
        with pytest.raises(Refused):
            correct_identity(session, sam, "saint", author="Dina", now=now, weights=weights)
        with pytest.raises(Refused):
            correct_identity(session, sam, "person", author=" ", now=now, weights=weights)


def test_rivals_and_colleagues_are_known_by_handle_or_domain(db: Database, now: datetime) -> None:
    said = "retirement planning?"
    bring(db, now, ("rival", said, 0.1), ("bob.acme.example", said, 0.1))
    with db.write() as session:
        rival, bob = account(session, "rival").id, account(session, "bob.acme.example").id
        entry, named = add_party(session, "competitor", handle="@Rival", author="Dina", now=now)
        assert named == [rival]
        _, named = add_party(
            session, "staff", domain="https://www.acme.example/team", author="Dina", now=now
        )
        assert named == [bob]
        assert judge(session, now) == {rival: "competitor", bob: "staff"}
        assert session.scalars(select(Prospect)).all() == []
        assert remove_party(session, entry.id, now=now) == [rival]
        assert judge(session, now) == {rival: "unknown"}
        assert points(session, "rival") == [1.8]
        assert [one.value for one in list_parties(session)] == ["acme.example"]
        for wrong in ({"handle": "a", "domain": "b.c"}, {}, {"domain": "nowhere"}, {"handle": " "}):
            with pytest.raises(Refused):
                add_party(session, "staff", author="Dina", now=now, **wrong)  # type: ignore[arg-type] # wrong on purpose
        with pytest.raises(NotFound):
            remove_party(session, entry.id, now=now + timedelta(1))


def test_a_rival_is_known_by_the_site_their_profile_names(db: Database, now: datetime) -> None:
    author = Author("1", "jj", "J", None, "Founder of https://www.acme.example/team, dad")
    with db.write() as session:
        listener = Listener(Matcher(load_phrases(session)), {})
        one = make_engagement("s1", at=now)
        store_page(session, listener.select([replace(one, author=author)]), (), now=now)
        jj = account(session, "jj")
        assert "acme" not in str(jj.profile_codes)
        _, named = add_party(session, "competitor", domain="acme.example", author="D", now=now)
        assert named == [jj.id]
        assert judge(session, now) == {jj.id: "competitor"}
        with pytest.raises(Refused, match="Many people"):
            add_party(session, "competitor", domain="reddit.com", author="D", now=now)


def test_a_profile_is_kept_as_codes_alone(db: Database, now: datetime) -> None:
    author = Author("1", "acme", "Acme", None, "Official account of Acme Ltd")
    with db.write() as session:
        listener = Listener(Matcher(load_phrases(session)), {})
        one = make_engagement("s1", at=now)
        store_page(session, listener.select([replace(one, author=author)]), (), now=now)
        assert account(session, "acme").profile_codes == ["profile.company"]
        assert judge(session, now) == {account(session, "acme").id: "organisation"}
