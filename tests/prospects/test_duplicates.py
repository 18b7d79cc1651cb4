from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import load_settings
from models import (
    Account,
    Evidence,
    Fingerprint,
    FingerprintBand,
    Match,
    Prospect,
    Signal,
    Topic,
)
from models.database import Database
from prospects.corrections import revive, settle
from prospects.duplicates import count_accounts, find_unmasked
from prospects.refresh import load_pending, mark_pending, store_scores
from prospects.verdicts import observe
from signals.collectors.contract import Kind, Ref
from signals.fingerprints import purge_fingerprints
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.scoring.contract import Score
from signals.tombstones import forget
from signals.topics import Matcher
from tests.factories import make_engagement, make_topic, warmth_settings

DAY = timedelta(days=1)


def body(seed: int = 1, edits: int = 0) -> str:
    rng = random.Random(seed)
    words = ["retirement", "planning", *(f"word{rng.randint(1, 400)}" for _ in range(50))]
    for place in random.Random(seed + 99).sample(range(2, len(words)), edits):
        words[place] = f"other{place}"
    return " ".join(words)


def bring(
    db: Database, at: datetime, *said: tuple[str, str], first: int = 1, kind: Kind = Kind.POST
) -> None:
    """Signals by (author, text), stored and scored in one go."""
    with db.write() as session:
        listener = Listener(Matcher(load_phrases(session)), {})
        engagements = [
            make_engagement(f"s{number}", text, at=at, author=author, kind=kind)
            for number, (author, text) in enumerate(said, first)
        ]
        store_page(session, listener.select(engagements), (), now=at)
    with db.read() as session:
        pending = load_pending(session, limit=100)
    with db.write() as session:
        store_scores(
            session, [(one, Score({}, 0.9, 0.5)) for one in pending], scorer_version="fixed.v1",
            weights=warmth_settings(), now=at, marks=mark_pending(pending),
        )  # fmt: skip


def evidence(session: Session) -> list[str]:
    return list(
        session.scalars(
            select(Signal.external_id)
            .join(Evidence, Evidence.signal_id == Signal.id)
            .order_by(Signal.id)
        )
    )


@pytest.fixture(autouse=True)
def _topic(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_topic(session, at=now)


def test_one_accounts_copies_count_as_one_signal_even_tomorrow(db: Database, now: datetime) -> None:
    bring(db, now - DAY, ("ann", f"A title\n\n{body()}"), ("ann", f"Another\n\n{body(edits=5)}"))
    bring(db, now, ("ann", f"Fresh!\n\n{body(edits=8)}"), ("ann", body(seed=2)), first=3)
    with db.read() as session:
        assert evidence(session) == ["s1", "s4"]
        groups = session.scalars(select(Fingerprint.group_id).order_by(Fingerprint.signal_id)).all()
        assert groups[0] == groups[1] == groups[2] != groups[3]


def test_many_accounts_copies_are_one_group_and_count_each(db: Database, now: datetime) -> None:
    bring(db, now, *((f"a{number}", body(edits=number)) for number in range(5)))
    with db.read() as session:
        assert len(evidence(session)) == 5
        group = session.scalars(select(Fingerprint.group_id).distinct()).one()
        assert count_accounts(session, [group]) == {group: 5}


def test_short_texts_are_copies_by_the_same_account_alone(db: Database, now: datetime) -> None:
    bring(
        db, now, ("ann", "retirement planning?"), ("bob", "retirement planning?"),
        ("ann", "Retirement planning"), ("ann", "retirement planning, anybody?"),
    )  # fmt: skip
    with db.read() as session:
        assert evidence(session) == ["s1", "s2", "s4"]
        assert len(set(session.scalars(select(Fingerprint.group_id)))) == 3


SPAM = "Retirement planning done in a day, double your savings: t.me/goldplanner"


def test_short_spam_of_many_accounts_is_a_campaign_and_their_manners_are_none(
    db: Database, now: datetime
) -> None:
    said = [(f"a{number}", f"Title {number}\n\n{SPAM}") for number in range(2)]
    edited = [("a2", SPAM.replace("double", "triple")), ("a2", SPAM.replace("savings", "income"))]
    manners = ("Same here, thanks", "How do I start?")
    honest = [
        (f"b{number}", f"retirement planning? {one}") for number in range(3) for one in manners
    ]
    bring(db, now, *said, *edited, *honest)
    with db.read() as session:
        named = select(Fingerprint.group_id).order_by(Fingerprint.signal_id)
        groups = session.scalars(named).all()
        assert len(set(groups[:4])) == 1
        assert count_accounts(session, groups[:1]) == {groups[0]: 3}
        assert set(count_accounts(session, groups[4:]).values()) == {1}
        ids = session.scalars(select(Account.id).order_by(Account.id)).all()
        seen = observe(session, ids, now=now, duplicates=load_settings().duplicates)
        handles = dict(session.execute(select(Account.id, Account.external_id)).all())
        campaigns = {handles[id_]: one.campaigns for id_, one in seen.items()}
        assert campaigns == {"a0": 1, "a1": 1, "a2": 1, "b0": 0, "b1": 0, "b2": 0}


def test_whoever_posted_a_campaign_first_is_found_with_the_last(
    db: Database, now: datetime
) -> None:
    def unmasked(*signals: int) -> set[str]:
        with db.read() as session:
            ids = session.scalars(select(Signal.id).where(Signal.id.in_(signals))).all()
            found = find_unmasked(session, ids, least=3)
            named = select(Account.external_id).where(Account.id.in_(found))
            return set(session.scalars(named))

    bring(db, now, ("a", body()), ("b", body(edits=2)), ("c", body(seed=2)))
    assert unmasked(1, 2, 3) == set()
    bring(db, now, ("d", body(edits=4)), ("a", body(edits=3)), first=4)
    assert unmasked(4, 5) == {"a", "b", "d"}
    bring(db, now, ("e", body(edits=1)), first=6)
    assert unmasked(6) == set()  # they are known for it by now


def test_a_copy_takes_the_place_of_what_was_deleted(db: Database, now: datetime) -> None:
    bring(db, now, ("ann", body()), ("ann", body(edits=3)))
    with db.write() as session:
        affected = forget(session, [Ref("bluesky", Kind.POST, "s1")], now=now)
        revive(session, affected, weights=warmth_settings())
    with db.read() as session:
        assert evidence(session) == ["s2"]
        assert len(session.scalars(select(Prospect)).all()) == 1
        assert len(session.scalars(select(Fingerprint)).all()) == 1
        assert session.scalar(select(func.count()).select_from(FingerprintBand)) == 16
    with db.write() as session:
        affected = forget(session, [Ref("bluesky", Kind.POST, "s2")], now=now)
        revive(session, affected, weights=warmth_settings())
        assert session.scalars(select(Prospect)).all() == []
        assert session.scalar(select(func.count()).select_from(FingerprintBand)) == 0


def test_settling_leaves_copies_out(db: Database, now: datetime) -> None:
    bring(db, now, ("ann", body()), ("ann", body(edits=3)))
    with db.write() as session:
        topic = session.scalars(select(Topic)).one()
        ids = session.scalars(select(Match.signal_id).distinct()).all()
        settle(session, topic.id, ids, weights=warmth_settings())
        assert evidence(session) == ["s1"]


def test_a_text_posted_a_thousand_times_is_looked_up_among_a_few(
    db: Database, now: datetime
) -> None:
    bring(db, now, *((f"a{number}", body()) for number in range(30)))
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(FingerprintBand)) == 8 * 16
        assert len(set(session.scalars(select(Fingerprint.group_id)))) == 1


def test_old_fingerprints_go(db: Database, now: datetime) -> None:
    bring(db, now - 40 * DAY, ("ann", body()))
    bring(db, now, ("ann", body(seed=2)), first=2)
    with db.write() as session:
        assert purge_fingerprints(session, now=now, days=30) == 1
        assert session.scalar(select(func.count()).select_from(FingerprintBand)) == 16
        assert len(session.scalars(select(Fingerprint)).all()) == 1
