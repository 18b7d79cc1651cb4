from __future__ import annotations

import math
from datetime import datetime

import pytest
from sqlalchemy import select

from config.errors import NotFound, Refused
from models import (
    Account,
    Evidence,
    Fingerprint,
    FingerprintBand,
    Person,
    Prospect,
    Signal,
    StoredScore,
    Suppression,
)
from models.database import Database
from prospects.blocklist import (
    add_name,
    count_list,
    export_list,
    import_list,
    read_rows,
    remove_name,
)
from prospects.refresh import load_pending, mark_pending, store_scores
from prospects.suppress import lift_suppression, suppress_person
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.scoring.contract import Score
from signals.topics import Matcher, TopicPhrases
from tests.factories import (
    make_engagement,
    make_person,
    make_prospect,
    make_topic,
    warmth_settings,
)

LIST = """kind,network,value,reason
handle,bluesky,@Ann,asked
email,,Bob@Example.org,bounced
phone,,+49 30 1234567,
domain,,https://corp.example/,competitor
handle,,!,
,,dora@example.org,
"""


def test_a_list_is_read_with_and_without_header_and_closes_who_is_known(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        ann, eve = make_person(session, "ann", at=now), make_person(session, "eve", at=now)
        site = make_person(session, "carl", at=now)
        session.scalars(
            select(Account).where(Account.external_id == "carl")
        ).one().url = "https://shop.corp.example/about"
        bob = make_prospect(session, make_topic(session, at=now), "bobby", (3.0, now))
        session.scalars(select(Signal)).one().text = "retirement planning? bob+x@example.org"
        session.flush()
        result = import_list(session, read_rows(LIST), now=now)
        assert (result.read, result.added, result.refused, result.people) == (6, 6, 0, 3)
        again = import_list(session, read_rows(LIST), now=now)
        assert (again.added, again.known, again.people) == (0, 6, 0)
        closed = {p.id for p in session.scalars(select(Person)) if p.suppressed_at}
        assert closed == {ann.id, site.id, bob.person_id}
        assert eve.suppressed_at is None
        assert count_list(session)["email"] == 2
        assert import_list(session, read_rows("frank\n\n@gina\n"), now=now).added == 2


def test_an_export_reads_in_again_and_names_nobody(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_person(session, "ann", at=now)
        import_list(session, read_rows(LIST), now=now)
        suppress_person(session, make_person(session, "zoe", at=now), reason="objection", now=now)
        text = export_list(session)
        before = set(session.scalars(select(Suppression.value_hash)))
        session.query(Suppression).delete()
        import_list(session, read_rows(text), now=now)
        assert before <= set(session.scalars(select(Suppression.value_hash)))
        with pytest.raises(Refused, match="not put there by hand"):
            remove_name(session, "zoe", kind="handle", network="bluesky")
    assert "ann" not in text.lower().replace("kind", "")
    assert "example.org" not in text


def test_only_what_was_put_there_by_hand_can_be_removed(db: Database, now: datetime) -> None:
    with db.write() as session:
        ann, bob = make_person(session, "ann", at=now), make_person(session, "bob", at=now)
        assert add_name(session, "ann", kind="handle", network="", reason="x", now=now) == 1
        suppress_person(session, bob, reason="objection", now=now)
        session.flush()
        with pytest.raises(Refused, match="not put there by hand"):
            remove_name(session, "bob", kind="handle", network="bluesky")
        with pytest.raises(NotFound):
            remove_name(session, "carl", kind="handle", network="")
        assert remove_name(session, "ann", kind="handle", network="") == 1
        assert ann.suppressed_at is None
        assert bob.suppressed_at == now


@pytest.mark.parametrize("value", ["@ANN", "bob@example.org", "+49 30 1234567", "corp.example"])
def test_a_listed_name_is_not_stored_whatever_it_is_called_next(
    db: Database, now: datetime, value: str
) -> None:
    text = "retirement planning? bob@example.org, +49 (30) 123 45 67, me@eu.corp.example"
    with db.write() as session:
        topic = make_topic(session, at=now)
        phrases = TopicPhrases(topic.id, ((topic.keywords[0].id, "retirement planning"),))
        listener = Listener(Matcher([phrases]), {})
        add_name(session, value, kind=None, network="", reason="x", now=now)
        posts = [make_engagement("1", text, at=now, author="did:1", handle="ann")]
        counts, _ = store_page(session, listener.select(posts), (), now=now)
        assert (counts.stored, counts.suppressed) == (0, 1)
        renamed = [make_engagement("2", at=now, author="did:1", handle="someone_else")]
        counts, _ = store_page(session, listener.select(renamed), (), now=now)
        assert (counts.stored, counts.suppressed) == (0, 1)


def test_a_new_handle_of_a_known_account_is_kept(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        phrases = TopicPhrases(topic.id, ((topic.keywords[0].id, "retirement planning"),))
        listener = Listener(Matcher([phrases]), {})
        for number, handle in (("1", "ann"), ("2", "ann_new")):
            posts = [make_engagement(number, at=now, author="did:1", handle=handle)]
            store_page(session, listener.select(posts), (), now=now)
        assert session.scalars(select(Account.handle)).all() == ["ann_new"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name\n@Ann\nbob@example.org\n", ["ann", "bob@example.org"]),
        ("name,email\nAnn Example,ann@example.org\nBob Example,\n", ["ann@example.org", None]),
    ],
)
def test_a_column_of_names_is_a_header_and_no_handle(text: str, names: list[str | None]) -> None:
    rows = [row.point.value if row and row.point else None for row in read_rows(text)]
    assert rows == names


def test_a_name_a_rep_kept_out_stays_on_the_list_when_the_rep_takes_it_back(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        ann = make_person(session, "ann", at=now)
        suppress_person(session, ann, reason="touch:1", now=now)
        session.flush()
        done = import_list(session, read_rows("kind,network,value\nhandle,bluesky,@ann\n"), now=now)
        # shown to no rep as contacted any more
        assert (done.people, ann.suppressed_for) == (0, "list:found")
        lift_suppression(session, ann, reason="touch:1")
        assert ann.suppressed_for == "list:found"
        assert remove_name(session, "@ann", kind="handle", network="bluesky") == 1


@pytest.mark.parametrize("by_their_words", [False, True])
def test_whoever_is_listed_is_no_longer_profiled_and_scored_anew_when_taken_off(
    db: Database, now: datetime, by_their_words: bool
) -> None:
    with db.write() as session:
        make_topic(session, at=now)
        listener = Listener(Matcher(load_phrases(session)), {})
        listed = "ann@example.org" if by_their_words else "@ann"

        def post(number: str, words: str) -> None:
            one = make_engagement(number, words, at=now, author="did:1", handle="ann")
            store_page(session, listener.select([one]), (), now=now)

        post("1", "Which retirement planning tool should I take?")
        pending = load_pending(session, limit=9)
        store_scores(
            session, [(one, Score({}, 0.9, 0.9)) for one in pending], scorer_version="t",
            weights=warmth_settings(), now=now, marks=mark_pending(pending),
        )  # fmt: skip
        assert session.scalars(select(Prospect)).one().warmth_key > -math.inf
        add_name(session, listed, kind=None, network="", reason="x", now=now)
        if by_their_words:  # nobody knew before that it is their address
            post("2", "retirement planning? write to ann@example.org")
        for table in (Prospect, Evidence, StoredScore, Fingerprint, FingerprintBand):
            assert session.scalars(select(table)).all() == [], table
        assert session.scalars(select(Person.suppressed_at)).one() == now
        assert load_pending(session, limit=9) == []
        if not by_their_words:
            assert remove_name(session, listed, kind=None, network="") == 1
            assert [one.signal_id for one in load_pending(session, limit=9)] == [
                one.signal_id for one in pending
            ]
