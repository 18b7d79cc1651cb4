"""Suggestions and yields from what is stored."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.suggestions import add_pair, decide, suggest
from app.yields import count_yield, find_redundant
from config.errors import Conflict
from models import (
    Account,
    ArchivedPost,
    ArchiveLabel,
    Keyword,
    Label,
    Match,
    Prospect,
    Signal,
    StoredScore,
    Topic,
    Touch,
)
from models.database import Database
from signals.archive import index_new
from signals.policy import find_sensitive, find_sensitive_topic
from signals.text import fold
from tests.factories import (
    make_assignment,
    make_person,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
)


def fill(db: Database, now: datetime) -> int:
    with db.write() as session:
        topic = make_topic(session, at=now, keywords=("pension", "unheard"))
        posts = [
            ("Is an annuity better than my pension? I must choose", 0.9, "seeking"),
            ("pension discount, sponsored post, sign up", 0.02, "seller"),
        ]
        for number in range(12):
            text, chance, intent = posts[number % 4 == 3]
            make_prospect(session, topic, f"p{number}", (2.0 if chance > 0.5 else 0.1, now))
            signal = session.scalars(select(Signal).order_by(Signal.id.desc())).first()
            assert signal is not None
            signal.text = text
            session.add(
                StoredScore(
                    signal_id=signal.id, topic_id=topic.id, scorer_version="t",
                    intents={intent: 0.9}, relevance=1.0, prospect=chance, reasons=[],
                    scored_at=now,
                )
            )  # fmt: skip
        texts = [
            "An annuity, please advise me", "annuity rates again", "pensoin question",
            "المعاش السنوي", "my cancer and an annuity",
            *(f"a lovely day at the lake with weather of kind {n}" for n in range(150)),
        ]  # fmt: skip
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", text=text,
                language=None, occurred_at=now - timedelta(minutes=n),
            )
            for n, text in enumerate(texts)
        )  # fmt: skip
        add_pair(session, "pension", "المعاش السنوي", author="Mara", now=now)
        topic_id = topic.id
    with db.write() as session:
        index_new(session, limit=1000)
    return topic_id


def test_phrases_of_prospects_are_suggested_with_evidence_and_decided_for_good(
    db: Database, now: datetime
) -> None:
    topic_id = fill(db, now)
    since = now - timedelta(days=28)
    with db.read() as session:
        found = suggest(session, session.get_one(Topic, topic_id), since=since)
    by_phrase = {one.phrase: one for one in found}
    annuity = by_phrase["annuity"]
    assert (annuity.role, annuity.why, annuity.posts) == ("keyword", "learned", 2)
    assert "cancer" not in " ".join(h.post.text for h in annuity.evidence)
    assert by_phrase["pensoin"].why == "spelling"
    assert by_phrase["المعاش السنوي"].why == "pair"
    held_back = [one.phrase for one in found if one.role == "exclusion"]
    assert any("sponsored" in one or "discount" in one for one in held_back)
    with db.write() as session:
        topic = session.get_one(Topic, topic_id)
        decide(session, topic, "keyword", "annuity", "dismissed", author="Mara", now=now)
    with db.read() as session:
        again = suggest(session, session.get_one(Topic, topic_id), since=since)
    assert "annuity" not in {one.phrase for one in again}
    with db.write() as session, pytest.raises(Conflict, match="decided before"):
        decide(session, topic, "keyword", "annuity", "accepted", author="Mara", now=now)


def test_what_was_judged_of_archived_posts_is_learned_from(db: Database, now: datetime) -> None:
    topic_id = fill(db, now)
    since = now - timedelta(days=28)
    with db.write() as session:
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"j{n}", author_hash=f"j{n}", language=None,
                text=f"a tontine for my later years, number {n}", occurred_at=now,
            )
            for n in range(8)
        )  # fmt: skip
    with db.write() as session:
        index_new(session, limit=1000)
        before = suggest(session, session.get_one(Topic, topic_id), since=since)
        session.add_all(
            ArchiveLabel(topic_id=topic_id, archive_id=id_, value=1, author="Mara", created_at=now)
            for id_ in session.scalars(
                select(ArchivedPost.id).where(ArchivedPost.external_id.like("j%"))
            )
        )
    assert not any("tontine" in one.phrase for one in before)
    with db.read() as session:
        found = suggest(session, session.get_one(Topic, topic_id), since=since)
    assert any("tontine" in one.phrase and one.role == "keyword" for one in found)


def test_no_kind_of_suggestion_takes_the_places_of_another(db: Database, now: datetime) -> None:
    words = [f"{a}{b}ol" for a in "bdfgklmnprst" for b in ("an", "er", "on")]
    with db.write() as session:
        topic = make_topic(session, at=now, keywords=("retirement",))
        texts = [(f"my retirement {words[n % 36]} {words[n // 5 % 36]}", 0.9) for n in range(180)]
        texts += [("retirement voucher sponsored, sign up", 0.01)] * 40
        for number, (text, chance) in enumerate(texts):
            make_prospect(session, topic, f"p{number}", (1.0, now))
            signal = session.scalars(select(Signal).order_by(Signal.id.desc())).first()
            assert signal is not None
            signal.text = text
            session.add(
                StoredScore(
                    signal_id=signal.id, topic_id=topic.id, scorer_version="t",
                    intents={"seller" if chance < 0.5 else "seeking": 0.9}, relevance=1.0,
                    prospect=chance, reasons=[], scored_at=now,
                )
            )  # fmt: skip
        outside = (
            ["about retiremnt"] * 4
            + words
            + [f"a fine day at lake {words[n % 5][::-1]} {n} again" for n in range(500)]
        )
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", text=text,
                language=None, occurred_at=now,
            )
            for n, text in enumerate(outside)
        )  # fmt: skip
        topic_id = topic.id
    with db.write() as session:
        index_new(session, limit=1000)
    with db.read() as session:
        found = suggest(session, session.get_one(Topic, topic_id), since=now - timedelta(days=28))
    kinds = Counter((one.role, one.why) for one in found)
    assert kinds["keyword", "learned"] == 12
    assert kinds["keyword", "spelling"] == 1
    assert 1 <= kinds["exclusion", "learned"] <= 6
    assert len({(one.role, fold(one.phrase)) for one in found}) == len(found)


def test_yield_names_what_brought_nothing(db: Database, now: datetime) -> None:
    topic_id = fill(db, now)
    with db.read() as session:
        topic = session.get_one(Topic, topic_id)
        rows = {
            (r.by, r.what): r for r in count_yield(session, topic, since=now - timedelta(days=1))
        }
    pension, unheard = rows["keyword", "pension"], rows["keyword", "unheard"]
    assert (pension.signals, pension.prospects, pension.only, pension.verdict) == (12, 12, 12, "")
    assert (unheard.signals, unheard.verdict, unheard.cost_per_prospect) == (0, "dead", None)
    assert rows["network", "bluesky"].matched == 12
    assert (pension.share_new, unheard.share_new) == (1.0, 0.0)
    assert pension.cost == 0.0
    with db.write() as session:
        session.execute(update(Signal).values(community="r/sample"))
    with db.read() as session:
        found = count_yield(
            session, session.get_one(Topic, topic_id), since=now - timedelta(days=1)
        )
    place = next(row for row in found if row.by == "community")
    assert (place.prospects, place.cost, place.cost_per_prospect) == (12, 0.0, 0.0)


def test_a_keyword_whose_prospects_all_come_by_another_is_redundant(
    db: Database, now: datetime
) -> None:
    topic_id = fill(db, now)
    with db.write() as session:
        unheard = session.scalars(select(Keyword).where(Keyword.phrase == "unheard")).one()
        first = session.scalars(select(Signal.id).order_by(Signal.id)).first()
        session.add(
            Match(signal_id=first, keyword_id=unheard.id, topic_id=topic_id, start=0, end=7)
        )
    with db.read() as session:
        topic = session.get_one(Topic, topic_id)
        rows = {r.what: r for r in count_yield(session, topic, since=now - timedelta(days=1))}
    assert rows["unheard"].verdict == "redundant"
    assert rows["pension"].verdict == ""


def test_yield_counts_outcomes_and_names_what_is_noisy(db: Database, now: datetime) -> None:
    topic_id = fill(db, now)
    since = now - timedelta(days=1)
    with db.write() as session:
        rep = make_rep(session, make_team(session, at=now), "Ines", at=now)
        topic = session.get_one(Topic, topic_id)
        unheard = session.scalars(select(Keyword).where(Keyword.phrase == "unheard")).one()
        people = session.scalars(select(Prospect).order_by(Prospect.id)).all()
        outcomes = ("replied", "no_answer", "not_relevant", "won", "meeting")
        touches = []
        for prospect, outcome in zip(people, outcomes, strict=False):
            given = make_assignment(session, rep, prospect, at=now)
            touches.append(
                Touch(assignment_id=given.id, rep_id=rep.id, person_id=prospect.person_id,
                      channel="message", disposition=outcome, occurred_at=now, recorded_at=now,
                      idempotency_key=outcome)
            )  # fmt: skip
            session.add(touches[-1])
            session.flush()
            if outcome == "not_relevant":
                session.add(
                    Label(signal_id=given.signal_id, topic_id=topic_id, value=0, source="touch",
                          created_at=now)
                )  # fmt: skip
        last = touches[-1]
        session.add(
            Touch(assignment_id=last.assignment_id, rep_id=rep.id, person_id=last.person_id,
                  channel="message", disposition="meeting", undoes_id=last.id, occurred_at=now,
                  recorded_at=now, idempotency_key="undone")
        )  # fmt: skip
        stranger = make_person(session, "stranger", at=now)
        account = session.scalars(
            select(Account).where(Account.person_id == stranger.id)
        ).one()  # fmt: skip
        for number in range(25):
            signal = Signal(network="bluesky", kind="post", external_id=f"n{number}",
                            account_id=account.id, text="unheard", metrics={}, occurred_at=now,
                            observed_at=now)  # fmt: skip
            session.add(signal)
            session.flush()
            session.add(
                Match(signal_id=signal.id, keyword_id=unheard.id, topic_id=topic_id, start=0, end=7)
            )
        rows = {(r.by, r.what): r for r in count_yield(session, topic, since=since)}
    for row in (rows["keyword", "pension"], rows["network", "bluesky"]):
        assert (row.contacted, row.positive, row.not_relevant) == (4, 2, 1)
    noisy = rows["keyword", "unheard"]
    assert (noisy.verdict, noisy.matched, noisy.prospects) == ("noisy", 25, 0)
    assert (noisy.contacted, noisy.positive, noisy.not_relevant) == (0, 0, 0)


def test_of_two_keywords_that_bring_the_same_people_one_stays() -> None:
    people = {("keyword", "a"): {1, 2}, ("keyword", "b"): {1, 2}, ("keyword", "c"): {3},
              ("keyword", "d"): {2, 3}, ("keyword", "e"): set[int]()}  # fmt: skip
    spared = find_redundant(people)
    staying = {name: of for name, of in people.items() if name not in spared}
    assert set().union(*staying.values()) == {1, 2, 3}
    assert len(spared) == 2
    assert ("keyword", "e") not in spared


def test_what_confirmed_prospects_say_in_the_other_language_is_suggested_and_kept_as_a_pair(
    db: Database, now: datetime
) -> None:
    needs = (("pension", "التقاعد"), ("mortgage", "الرهن العقاري"))
    with db.write() as session:
        topic = make_topic(session, at=now, keywords=("pension", "mortgage"))
        for number in range(16):
            english, arabic = needs[number % 2]
            make_prospect(session, topic, f"b{number}", (2.0, now), (2.0, now))
            signals = session.scalars(select(Signal).order_by(Signal.id.desc()).limit(2)).all()
            texts = (f"any good {english} for us?", f"هل من {arabic} مناسب؟")
            for signal, text, language in zip(signals, texts, ("en", "ar"), strict=True):
                signal.text, signal.language = text, language
                session.add(
                    Label(signal_id=signal.id, topic_id=topic.id, value=1, source="manager",
                          created_at=now)
                )  # fmt: skip
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", language="ar",
                text=f"أفكر في {needs[n % 2][1]} هذه السنة", occurred_at=now,
            )
            for n in range(6)
        )  # fmt: skip
        topic_id = topic.id
    with db.write() as session:
        index_new(session, limit=1000)
    since = now - timedelta(days=28)
    with db.read() as session:
        found = suggest(session, session.get_one(Topic, topic_id), since=since)
    twins = {one.same_as: one for one in found if one.why == "twin"}
    assert twins["pension"].phrase == "التقاعد"  # as it is written
    assert "رهن" in twins["mortgage"].phrase
    assert twins["pension"].posts >= 3
    with db.write() as session:
        topic = session.get_one(Topic, topic_id)
        decide(session, topic, "keyword", "تقاعد", "accepted", author="Mara", now=now,
               same_as="pension")  # fmt: skip
        other = make_topic(session, at=now, name="Other", keywords=("Pension",))
        other_id = other.id
    with db.read() as session:  # another topic learns it from the pair that was accepted
        found = suggest(session, session.get_one(Topic, other_id), since=since)
    assert [(one.phrase, one.same_as) for one in found if one.why == "pair"] == [
        ("التقاعد", "pension")
    ]


SENSITIVE = (
    "diabetes", "cancer", "bankruptcy", "pregnant", "muslim", "السكري", "السرطان", "إفلاس", "حامل",
)  # fmt: skip


def test_nothing_is_suggested_from_sensitive_subjects_in_english_or_arabic(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now, keywords=("pension", "المعاش"))
        for number in range(36):
            word = SENSITIVE[number % len(SENSITIVE)]
            own = f"أحتاج نصيحة في المعاش مع {word} وقرض" if word > "z" else (
                f"which pension suits me, with {word} and a loan?"
            )  # fmt: skip
            make_prospect(session, topic, f"p{number}", (2.0, now))
            signal = session.scalars(select(Signal).order_by(Signal.id.desc())).first()
            assert signal is not None
            signal.text = own
            session.add(
                StoredScore(
                    signal_id=signal.id, topic_id=topic.id, scorer_version="t",
                    intents={"seeking": 0.9}, relevance=1.0, prospect=0.9, reasons=[],
                    scored_at=now,
                )
            )  # fmt: skip
        texts = [
            *(f"a loan and {word}" for word in SENSITIVE[:5]), "a loan, please",
            *(f"قرض مع {word}" for word in SENSITIVE[5:]), "أريد قرض",
            *(f"a lovely day at the lake, kind {n}" for n in range(150)),
        ]  # fmt: skip
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", text=text,
                language=None, occurred_at=now - timedelta(minutes=n),
            )
            for n, text in enumerate(texts)
        )  # fmt: skip
        for word in SENSITIVE:
            add_pair(session, "pension", word, author="Mara", now=now)
        topic_id = topic.id
    with db.write() as session:
        index_new(session, limit=1000)
    with db.read() as session:
        found = suggest(
            session, session.get_one(Topic, topic_id), since=now - timedelta(days=28)
        )  # fmt: skip
    assert {one.phrase for one in found} >= {"loan"}
    for one in found:
        assert find_sensitive_topic(one.phrase) is None
        assert not any(fold(word) in fold(one.phrase) for word in SENSITIVE)
        assert all(find_sensitive(heard.post.text) is None for heard in one.evidence)
