from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from models import (
    Account,
    ArchivedPost,
    ArchiveLabel,
    Evidence,
    Match,
    Person,
    Prospect,
    Signal,
    StoredScore,
    Suppression,
    Tombstone,
    Topic,
)
from models.database import Database
from prospects.refresh import load_pending, recompute, store_scores
from signals.collectors.contract import Engagement, Flag, Kind, Ref
from signals.coverage import load_coverage
from signals.ingest import store_page
from signals.listening import Counts, Listener, load_languages, load_phrases
from signals.scoring.contract import Score
from signals.sources import SourceTerms, add_source
from signals.tombstones import Hashes, purge_archive
from signals.topics import Matcher
from tests.factories import make_engagement, make_topic, warmth_settings


def listen(db: Database, **more: Any) -> Listener:
    with db.read() as session:
        return Listener(Matcher(load_phrases(session)), load_languages(session), **more)


def store(
    db: Database,
    engagements: Sequence[Engagement],
    *,
    now: datetime,
    deletions: Sequence[Ref] = (),
    listener: Listener | None = None,
) -> Counts:
    selection = (listener or listen(db)).select(engagements)
    with db.write() as session:
        counts, affected = store_page(session, selection, deletions, now=now)
        if affected:
            recompute(session, affected)
    return counts


def count(db: Database, table: type) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def score_all(db: Database, now: datetime) -> None:
    with db.write() as session:
        pending = load_pending(session, limit=1000)
        store_scores(
            session, [(one, Score({}, 1.0, 0.8)) for one in pending],
            scorer_version="fixed.v1", weights=warmth_settings(), now=now,
        )  # fmt: skip


@pytest.fixture(autouse=True)
def _topic(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_topic(session, at=now, exclusions=("hiring",))


def test_what_matches_is_stored_with_its_author_and_place(db: Database, now: datetime) -> None:
    text = "Help with retirement planning?"
    counts = store(
        db,
        [
            make_engagement("1", text, at=now, handle="Ann"),
            make_engagement("2", "the weather", at=now),
            make_engagement("3", "retirement planning: we are hiring", at=now),
        ],
        now=now,
    )
    assert counts == Counts(read=3, matched=1, stored=1)
    with db.read() as session:
        signal = session.scalars(select(Signal)).one()
        match = session.scalars(select(Match)).one()
        account = session.scalars(select(Account)).one()
        assert text[match.start : match.end] == "retirement planning"
        assert (signal.text, signal.account_id, signal.observed_at) == (text, account.id, now)
        assert (account.external_id, account.handle) == ("ann", "Ann")
    assert count(db, Person) == 1


def test_the_same_page_twice_stores_nothing_twice(db: Database, now: datetime) -> None:
    page = [make_engagement(str(n), at=now, author=f"a{n % 3}") for n in range(10)]
    assert store(db, [*page, page[0]], now=now) == Counts(11, 11, 10, 1)
    assert store(db, page, now=now) == Counts(10, 10, 0, 10)
    assert [count(db, table) for table in (Signal, Match, Account, Person)] == [10, 10, 3, 3]


def test_likes_reposts_and_replies_count_through_their_target(db: Database, now: datetime) -> None:
    like = make_engagement("1:bob", None, at=now, author="bob", kind=Kind.LIKE, target="1")
    page = [
        like,  # before its target in the page
        make_engagement("1:cy", None, at=now, author="cy", kind=Kind.REPOST, target="1"),
        make_engagement("2", "me too", at=now, author="dan", kind=Kind.COMMENT, target="1"),
        make_engagement("3", "same!", at=now, author="eve", kind=Kind.COMMENT, target="2"),
        make_engagement("4", "and me", at=now, author="flo", kind=Kind.COMMENT, target="3"),
        make_engagement("9:bob", None, at=now, author="bob", kind=Kind.LIKE, target="9"),
        make_engagement("1", at=now),
    ]
    assert store(db, page, now=now) == Counts(7, 6, 6)
    assert store(db, page, now=now) == Counts(7, 6, 0, 6)
    with db.read() as session:
        assert {row.start for row in session.scalars(select(Match))} == {-1, 0}
        kinds = sorted(session.scalars(select(Signal.kind)))
    assert kinds == ["comment", "comment", "comment", "like", "post", "repost"]


def test_a_like_does_not_make_another_likes_target(db: Database, now: datetime) -> None:
    store(db, [make_engagement("1", at=now)], now=now)
    like = make_engagement("1:bob", None, at=now, author="bob", kind=Kind.LIKE, target="1")
    of_like = make_engagement("x", None, at=now, author="cy", kind=Kind.LIKE, target="1:bob")
    assert store(db, [like, of_like], now=now).stored == 1


@pytest.mark.parametrize("by", ["account", "handle"])
def test_whoever_is_suppressed_is_not_stored(db: Database, now: datetime, by: str) -> None:
    with db.write() as session:
        value = Hashes(session).of(by, "bluesky", "ann")
        session.add(Suppression(kind=by, value_hash=value, reason="asked", created_at=now))
    page = [
        make_engagement("1", at=now, author="ann", handle="Ann" if by == "handle" else "other"),
        make_engagement("2", at=now, author="bob"),
        make_engagement("2:ann", None, at=now, author="ann", kind=Kind.LIKE, target="2"),
    ]
    counts = store(db, page, now=now, listener=listen(db, archive_share=1.0))
    assert (counts.stored, counts.suppressed) == (1, 2)
    store(
        db, [make_engagement("5", "weather", at=now, author="ann")], now=now,
        listener=listen(db, archive_share=1.0),
    )  # fmt: skip
    assert count(db, ArchivedPost) == 0
    assert count(db, Account) == 1


def test_opt_outs_and_sensitive_subjects_are_not_stored(db: Database, now: datetime) -> None:
    page = [
        make_engagement("1", at=now, flags=[Flag.NO_BOT]),
        make_engagement("2", "retirement planning after my cancer", at=now),
        make_engagement("3", at=now),
        make_engagement("4", "I was arrested", at=now, kind=Kind.COMMENT, target="3"),
        make_engagement("3:b", None, at=now, kind=Kind.LIKE, target="3", flags=[Flag.BOT]),
        make_engagement("6", "my divorce, I was arrested", at=now),
    ]
    counts = store(db, page, now=now, listener=listen(db, archive_share=1.0))
    assert (counts.stored, counts.suppressed, counts.matched) == (1, 4, 5)
    assert count(db, ArchivedPost) == 0


def test_a_deleted_post_goes_with_all_that_came_of_it_and_never_comes_back(
    db: Database, now: datetime
) -> None:
    page = [make_engagement("1", at=now), make_engagement("2", at=now, author="bob")]
    store(db, page, now=now)
    score_all(db, now)
    assert count(db, Prospect) == 2
    store(db, [], now=now, deletions=[Ref("bluesky", None, "1")])
    assert [count(db, table) for table in (Match, StoredScore, Evidence, Prospect)] == [1, 1, 1, 1]
    with db.read() as session:
        gone = session.scalars(select(Signal).where(Signal.external_id == "1")).one()
        assert (gone.text, gone.url, gone.deleted_at) == (None, None, now)
    assert count(db, Tombstone) == 1
    assert store(db, page, now=now).stored == 0
    with db.write() as session:  # even when the emptied row was cleared away
        session.delete(session.scalars(select(Signal).where(Signal.external_id == "1")).one())
    counts = store(db, page, now=now)
    assert (counts.stored, counts.suppressed) == (0, 1)
    like = make_engagement("1:cy", None, at=now, author="cy", kind=Kind.LIKE, target="1")
    assert store(db, [like], now=now).stored == 0


def test_a_person_with_evidence_left_keeps_a_lower_rank(db: Database, now: datetime) -> None:
    store(db, [make_engagement("1", at=now), make_engagement("2", at=now)], now=now)
    score_all(db, now)
    with db.read() as session:
        before = session.scalars(select(Prospect.warmth_key)).one()
    store(db, [], now=now, deletions=[Ref("bluesky", Kind.POST, "2")])
    with db.read() as session:
        after = session.scalars(select(Prospect.warmth_key)).one()
    assert 0.5 < before - after < 1.0  # the second of two counts less than the first


def test_a_deletion_in_the_page_of_its_post_wins(db: Database, now: datetime) -> None:
    store(db, [make_engagement("1", at=now)], now=now, deletions=[Ref("bluesky", None, "1")])
    with db.read() as session:
        assert session.scalars(select(Signal.text)).one() is None
    assert count(db, Match) == 0


def test_a_withdrawn_like_is_known_by_its_record(db: Database, now: datetime) -> None:
    like = make_engagement(
        "1:bob",
        None,
        at=now,
        author="bob",
        kind=Kind.LIKE,
        target="1",
        record_ref="at://bob/like/1",
    )
    store(db, [make_engagement("1", at=now), like], now=now)
    store(db, [], now=now, deletions=[Ref("bluesky", None, "at://bob/like/1")])
    assert count(db, Match) == 1


def test_a_deleted_account_takes_everything_of_its_own(db: Database, now: datetime) -> None:
    listener = listen(db, archive_share=1.0)
    page = [
        make_engagement("1", at=now),
        make_engagement("2", "the weather", at=now),
        make_engagement("3", at=now, author="bob"),
        make_engagement("4", "the news", at=now, author="bob"),
    ]
    store(db, page, now=now, listener=listener)
    score_all(db, now)
    store(db, [], now=now, deletions=[Ref("bluesky", None, "ann", account=True)])
    with db.read() as session:
        assert session.scalars(select(Signal.text).where(Signal.deleted_at.is_(None))).all() == [
            "retirement planning?"
        ]
        assert session.scalars(select(ArchivedPost.text)).all() == ["the news"]
    assert count(db, Prospect) == 1


def test_deletions_of_another_network_touch_nothing(db: Database, now: datetime) -> None:
    store(db, [make_engagement("1", at=now)], now=now, deletions=[Ref("x", None, "1")])
    assert count(db, Match) == 1


def test_languages(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_topic(session, at=now, name="English", keywords=("pension",), languages=("en",))

    def detect(texts: Sequence[str]) -> list[str | None]:
        return ["de" if "Rente" in text else None for text in texts]

    page = [
        make_engagement("1", "pension", at=now, language="en-GB"),
        make_engagement("2", "pension", at=now, language="fr"),
        make_engagement("3", "pension Rente", at=now),
        make_engagement("4", "pension ok", at=now),
        make_engagement("5", "pension, retirement planning", at=now, language="fr"),
    ]
    counts = store(db, page, now=now, listener=listen(db, detect=detect))
    assert counts.stored == 3
    with db.read() as session:
        stored = {
            row[0]: row[1] for row in session.execute(select(Signal.external_id, Signal.language))
        }
        topics = session.scalars(
            select(Match.topic_id).join(Signal).where(Signal.external_id == "5")
        ).all()
    assert stored == {"1": "en-GB", "4": None, "5": "fr"}
    assert len(topics) == 1


def test_a_share_of_what_matched_nothing_is_archived_without_its_author(
    db: Database, now: datetime
) -> None:
    page = [make_engagement(f"n{n}", f"weather {n}", at=now) for n in range(400)]
    listener = listen(db, archive_share=0.25)
    store(db, page, now=now, listener=listener)
    kept = count(db, ArchivedPost)
    assert 60 < kept < 140
    store(db, page, now=now, listener=listener)
    assert count(db, ArchivedPost) == kept  # the same posts are chosen again
    with db.read() as session:
        assert "ann" not in session.scalars(select(ArchivedPost.author_hash)).first()  # type: ignore[operator] # there is one
    store(db, page, now=now)
    assert count(db, Signal) == 0


def test_the_archive_is_bounded_by_age_and_number(db: Database, now: datetime) -> None:
    page = [make_engagement(f"n{n}", "weather", at=now - timedelta(days=n)) for n in range(20)]
    store(db, page, now=now, listener=listen(db, archive_share=1.0))
    with db.write() as session:
        assert purge_archive(session, now=now, days=9.5, rows=100) == 10
    with db.write() as session:
        assert purge_archive(session, now=now, days=9.5, rows=4) == 6
    assert count(db, ArchivedPost) == 4
    with db.write() as session:
        assert purge_archive(session, now=now, days=9.5, rows=0) == 4


def test_no_source_s_posts_are_archived_longer_than_it_allows(db: Database, now: datetime) -> None:
    page = [
        make_engagement(f"{network}{n}", "weather", at=now - timedelta(days=n), network=network)
        for network in ("bluesky", "hackernews")
        for n in range(6)
    ]
    store(db, page, now=now, listener=listen(db, archive_share=1.0))
    with db.write() as session:
        terms = SourceTerms(lawful_basis="assessed", retention_days=2.5)
        add_source(session, network="bluesky", terms=terms, now=now)
        assert purge_archive(session, now=now, days=7, rows=100) == 3
    with db.read() as session:
        kept = [*session.scalars(select(ArchivedPost.external_id))]
    ages = {"bluesky": range(3), "hackernews": range(6)}
    assert sorted(kept) == [f"{network}{n}" for network, days in ages.items() for n in days]


def test_an_archived_post_that_was_judged_stays_to_be_learned_from(
    db: Database, now: datetime
) -> None:
    page = [make_engagement(f"n{n}", "weather", at=now - timedelta(days=5 * n)) for n in range(5)]
    store(db, page, now=now, listener=listen(db, archive_share=1.0))
    with db.write() as session:
        topic_id = session.scalars(select(Topic.id)).first()
        session.add_all(
            ArchiveLabel(topic_id=topic_id, archive_id=id_, value=1, author="Mara", created_at=now)
            for id_ in session.scalars(
                select(ArchivedPost.id).where(ArchivedPost.external_id.in_(["n2", "n4"]))
            )
        )

    def purge(judged_days: float, rows: int = 100) -> list[str]:
        with db.write() as session:
            purge_archive(session, now=now, days=7, rows=rows, judged_days=judged_days)
            assert (load_coverage(session).since or now) >= now - timedelta(days=7)
            return sorted(session.scalars(select(ArchivedPost.external_id)))

    assert purge(90) == ["n0", "n1", "n2", "n4"]
    assert purge(90, rows=1) == ["n2", "n4"]
    assert purge(12) == ["n2"]
    with db.write() as session:
        terms = SourceTerms(lawful_basis="assessed", retention_days=8)
        add_source(session, network="bluesky", terms=terms, now=now)
    assert purge(90) == []


@pytest.mark.parametrize(
    ("words", "kept"),
    [("sunny weather", ["sunny weather"]), ("rain", ["rain"]), ("my cancer, retirement", []),
     ("retirement planning", [])],
)  # fmt: skip
def test_an_archived_post_that_was_edited_keeps_its_new_words_alone(
    db: Database, now: datetime, words: str, kept: list[str]
) -> None:
    listener = listen(db, archive_share=1.0)
    store(db, [make_engagement("a", "weather", at=now)], now=now, listener=listener)
    edited = replace(make_engagement("a", words, at=now), edited_at=now)
    for _ in range(2):
        store(db, [edited], now=now, listener=listener)
        with db.read() as session:
            assert session.scalars(select(ArchivedPost.text)).all() == kept
    assert count(db, Signal) == (words == "retirement planning")


def test_text_no_database_takes_is_stored_without_what_it_refuses(
    db: Database, now: datetime
) -> None:
    page = [
        make_engagement(
            "1", "retirement planning\x00 now \ud800", at=now, handle="a\x00nn\udfff",
            community="c\x00" * 200, language="e\x00n", metrics={"li\x00kes": 1},
        ),
        make_engagement("2", "weather\x00\ud800", at=now),
    ]  # fmt: skip
    listener = listen(
        db, archive_share=1.0, detect=lambda texts: [t.encode() and None for t in texts]
    )
    assert store(db, page, now=now, listener=listener).stored == 1
    with db.read() as session:
        signal = session.scalars(select(Signal)).one()
        assert signal.text == "retirement planning now ?"
        assert signal.metrics == {"likes": 1}
        assert session.scalars(select(Account.handle)).one() == "ann?"


@pytest.mark.parametrize(
    "changes",
    [
        {"external_id": "a\x00b"},
        {"external_id": "\ud800"},
        {"external_id": "x" * 601},
        {"author": "a\x00"},
        {"author": "a" * 301},
        {"target": "t\x00"},
        {"network": "n" * 41},
        {"network": ""},
        {"record_ref": "\udfff"},
    ],
)
def test_a_name_no_database_takes_is_malformed(
    db: Database, now: datetime, changes: dict[str, Any]
) -> None:
    page = [
        make_engagement(**({"external_id": "1", "at": now, "text": text, "kind": kind} | changes))
        for text, kind in (
            ("retirement planning", Kind.POST), ("weather", Kind.COMMENT), (None, Kind.LIKE),
        )
    ]  # fmt: skip
    counts = store(db, page, now=now, listener=listen(db, archive_share=1.0))
    assert (counts.stored, counts.malformed) == (0, 1)
    assert count(db, ArchivedPost) == 0


def test_a_clock_that_is_ahead_gains_nothing(db: Database, now: datetime) -> None:
    store(db, [make_engagement("1", at=now + timedelta(hours=40))], now=now)
    with db.read() as session:
        assert session.scalars(select(Signal.occurred_at)).one() == now


def test_switched_off_topics_and_removed_keywords_match_nothing(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        off = make_topic(session, at=now, name="Off", keywords=("pension",))
        off.active = False
        removed = make_topic(session, at=now, name="Removed", keywords=("pension", "annuity"))
        removed.keywords[0].active = False
    assert store(db, [make_engagement("1", "pension", at=now)], now=now).stored == 0
    assert store(db, [make_engagement("2", "annuity", at=now)], now=now).stored == 1


def test_many_engagements_at_once(db: Database, now: datetime) -> None:
    page = [make_engagement(str(n), at=now, author=f"a{n}") for n in range(5200)]
    assert store(db, page, now=now).stored == 5200
    assert count(db, Account) == 5200
