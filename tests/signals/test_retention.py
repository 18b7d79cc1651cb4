"""Deletions of what was never stored, edits, and words that are kept only for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import (
    Account,
    Base,
    Collection,
    CollectionRun,
    Match,
    QuarantinedItem,
    Signal,
    StoredScore,
    Suppression,
    Tombstone,
)
from models.database import Database
from signals.collectors.contract import Budget, Engagement, Flag, Kind, Malformed, Ref
from signals.ingest import store_page
from signals.listening import Counts, Listener, load_phrases
from signals.quarantine import keep_malformed, purge_quarantine
from signals.retention import mark_invented, purge_kept, purge_names, purge_texts
from signals.schedule import synchronise
from signals.shares import Ration, bound_share, forget_unaffordable
from signals.sources import SourceTerms, add_source
from signals.targets import load_targets, load_unchecked
from signals.tombstones import purge_tombstones
from signals.topics import Matcher
from signals.visits import find_lasting, mark_asked, mark_checked, mark_reread
from tests.factories import make_engagement, make_topic

WORDS = "Help with retirement planning"
DAY = timedelta(days=1)


def store(
    db: Database, page: list[Engagement], now: datetime, deletions: list[Ref] | None = None
) -> Counts:
    with db.read() as session:
        listener = Listener(Matcher(load_phrases(session)), {})
    with db.write() as session:
        counts, _ = store_page(session, listener.select(page), deletions or [], now=now)
    return counts


def count(db: Database, table: type[Base]) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def texts(db: Database) -> dict[str, str | None]:
    with db.read() as session:
        rows = session.execute(select(Signal.external_id, Signal.text))
        return {row[0]: row[1] for row in rows}


@pytest.fixture(autouse=True)
def topic(db: Database, now: datetime) -> int:
    with db.write() as session:
        return make_topic(session, at=now).id


@pytest.mark.parametrize("kind", [Kind.POST, None])
def test_a_post_deleted_before_it_arrives_is_not_stored(
    db: Database, now: datetime, kind: Kind | None
) -> None:
    store(db, [], now, [Ref("bluesky", kind, "1"), Ref("bluesky", Kind.LIKE, "2")])
    assert count(db, Tombstone) == 1
    late = make_engagement("1", WORDS, at=now)
    assert store(db, [late], now).suppressed == 1
    assert texts(db) == {}
    with db.write() as session:
        assert purge_tombstones(session, now=now + 2 * DAY) == 0
        assert purge_tombstones(session, now=now + 4 * DAY) == 1
    assert store(db, [late], now + 4 * DAY).stored == 1


def test_a_deletion_by_the_record_s_name_is_remembered_too(db: Database, now: datetime) -> None:
    store(db, [], now, [Ref("bluesky", None, "at://record")])
    late = replace(make_engagement("1", WORDS, at=now), record_ref="at://record")
    assert store(db, [late], now).suppressed == 1


def test_a_stored_post_s_tombstone_stays_for_good(db: Database, now: datetime) -> None:
    ref = Ref("bluesky", Kind.POST, "1")
    store(db, [make_engagement("1", WORDS, at=now)], now, [ref])
    with db.write() as session:
        assert purge_tombstones(session, now=now + 400 * DAY) == 0
    assert count(db, Tombstone) == 1


def edited(external_id: str, text: str, now: datetime, minutes: int) -> Engagement:
    return replace(make_engagement(external_id, text, at=now),
                   edited_at=now + timedelta(minutes=minutes))  # fmt: skip


def test_the_newest_version_of_a_post_counts_alone(db: Database, now: datetime, topic: int) -> None:
    store(db, [make_engagement("1", WORDS, at=now)], now)
    with db.write() as session:
        signal = session.scalars(select(Signal)).one()
        signal.scored_at = now
        session.add(
            StoredScore(signal_id=signal.id, topic_id=topic, scorer_version="v", intents={},
                        relevance=1.0, prospect=1.0, reasons=[], scored_at=now)
        )  # fmt: skip
    newer = edited("1", f"{WORDS} in Leeds", now, 5)
    assert store(db, [newer, edited("1", "retirement planning, older", now, 2)], now).stored == 0
    assert texts(db) == {"1": f"{WORDS} in Leeds"}
    with db.read() as session:
        signal = session.scalars(select(Signal)).one()
        assert (signal.scored_at, signal.edited_at) == (None, newer.edited_at)
        assert [(m.start, m.end) for m in session.scalars(select(Match))] == [(10, 29)]
    assert count(db, StoredScore) == 0
    store(db, [edited("1", f"{WORDS} again", now, 1)], now)  # an older one arrives late
    assert texts(db) == {"1": f"{WORDS} in Leeds"}


def test_a_version_that_may_not_be_stored_takes_the_post_along(db: Database, now: datetime) -> None:
    store(db, [make_engagement("1", WORDS, at=now)], now)
    store(db, [edited("1", f"{WORDS} after my bankruptcy, in debt", now, 5)], now)
    assert texts(db) == {"1": None}
    assert count(db, Match) == 0


def test_words_go_when_their_time_is_over_unless_seen_again(db: Database, now: datetime) -> None:
    page = [make_engagement(name, WORDS, at=now, network=network)
            for name, network in (("1", "reddit"), ("2", "reddit"), ("3", "bluesky"))]  # fmt: skip
    store(db, page, now)
    with db.write() as session:
        assert purge_texts(session, now=now + 1.9 * DAY) == 0
        mark_checked(session, [Ref("reddit", Kind.POST, "2")], now=now + 1.5 * DAY)
        assert purge_texts(session, now=now + 2.1 * DAY) == 1
    assert texts(db) == {"1": None, "2": WORDS, "3": WORDS}
    with db.write() as session:
        assert purge_texts(session, now=now + 366 * DAY) == 2
        assert purge_texts(session, now=now + 366 * DAY) == 0


def names(db: Database) -> dict[str, str | None]:
    with db.read() as session:
        rows = session.execute(select(Account.external_id, Account.handle))
        return {row[0]: row[1] for row in rows}


def test_names_go_when_nothing_of_theirs_was_seen_for_too_long(db: Database, now: datetime) -> None:
    page = [make_engagement(name, WORDS, at=now, network=network, author=name)
            for name, network in (("li", "linkedin"), ("r1", "reddit"), ("r2", "reddit"),
                                  ("b", "bluesky"), ("p", "bluesky"))]  # fmt: skip
    like = make_engagement("b:fan", None, at=now, author="fan", kind=Kind.LIKE, target="b")
    store(db, [*page, like], now)
    with db.write() as session:
        assert purge_names(session, now=now + 0.9 * DAY) == 0
        assert purge_names(session, now=now + 1.1 * DAY) == 1  # LinkedIn's, a day before its words
        mark_checked(session, [Ref("reddit", Kind.POST, "r2")], now=now + 1.5 * DAY)
        assert purge_names(session, now=now + 2.1 * DAY) == 1
    kept = {"r2": "r2", "b": "b", "p": "p", "fan": "fan"}
    assert names(db) == {"li": None, "r1": None, **kept}
    with db.write() as session:
        read = session.scalars(select(Account).where(Account.external_id == "p")).one()
        read.profile_read_at = now + 100 * DAY
    with db.write() as session:
        assert purge_names(session, now=now + 366 * DAY) == 3
        assert purge_names(session, now=now + 366 * DAY) == 0
    assert [name for name, handle in names(db).items() if handle] == ["p"]


def test_invented_people_keep_their_names(db: Database, now: datetime) -> None:
    store(db, [make_engagement("r1", WORDS, at=now, network="reddit")], now)
    with db.write() as session:
        mark_invented(session)
        assert purge_names(session, now=now + 400 * DAY) == 0


def test_what_gets_no_answer_does_not_keep_others_waiting(db: Database, now: datetime) -> None:
    ages = {"1": 3, "2": 2, "3": 1}
    store(db, [make_engagement(n, WORDS, at=now - h * timedelta(hours=1)) for n, h in ages.items()],
          now)  # fmt: skip

    def ask() -> list[str]:
        with db.write() as session:
            refs = load_unchecked(session, "bluesky", before=now + 2 * DAY, limit=2, now=now)
            mark_asked(session, refs, now=now + DAY + len(asked) * timedelta(minutes=1))
        return sorted(ref.external_id for ref in refs)

    asked: list[list[str]] = []
    for _ in range(3):  # nothing is ever answered
        asked.append(ask())
    assert asked[0] != asked[1]
    assert set(asked[0]) | set(asked[1]) == {"1", "2", "3"}
    assert asked[2] != asked[1]


@pytest.mark.parametrize("kind", [Kind.POST, Kind.COMMENT, Kind.LIKE])
@pytest.mark.parametrize("text", [WORDS, "No word of it any more"])
def test_an_opt_out_seen_later_removes_what_is_stored(
    db: Database, now: datetime, kind: Kind, text: str
) -> None:
    post = make_engagement("1", WORDS, at=now, author="bob")
    words = None if kind is Kind.LIKE else WORDS
    target = None if kind is Kind.POST else "1"
    one = make_engagement("2", words, at=now, kind=kind, target=target)
    assert store(db, [post, one], now).stored == 2
    now_protected = replace(
        one, text=None if kind is Kind.LIKE else text, flags=frozenset({Flag.PROTECTED})
    )
    store(db, [now_protected], now)
    with db.read() as session:
        gone = session.scalars(select(Signal.external_id).where(Signal.deleted_at.is_not(None)))
        assert gone.all() == ["2"]


def test_an_opt_out_of_somebody_unknown_leaves_nothing_behind(db: Database, now: datetime) -> None:
    store(db, [make_engagement("1", WORDS, at=now, flags=[Flag.NO_BOT])], now)
    assert (count(db, Signal), count(db, Tombstone), count(db, Suppression)) == (0, 0, 0)


def test_one_on_which_the_asking_breaks_off_does_not_lead_for_ever(
    db: Database, now: datetime
) -> None:
    store(db, [make_engagement(n, WORDS, at=now) for n in ("dead", "2", "3")], now)
    answered: list[str] = []
    for run in range(3):
        at = now + DAY + run * timedelta(minutes=1)
        with db.write() as session:
            refs = load_unchecked(session, "bluesky", before=now + 2 * DAY, limit=9, now=now)
            mark_asked(session, refs, now=at)
            for ref in refs:
                if ref.external_id == "dead":
                    break
                answered.append(ref.external_id)
                mark_checked(session, [ref], now=now + 2 * DAY)
    assert answered == ["2", "3"]


def test_what_is_missing_is_gone_only_if_it_is_hours_later(db: Database, now: datetime) -> None:
    """One answer without it may be a fault; a second one within the day of notice is none."""
    store(db, [make_engagement(n, WORDS, at=now) for n in ("1", "2", "3")], now)
    refs = [Ref("bluesky", Kind.POST, n) for n in ("1", "2", "3")]

    def look(hours: float, missing: list[Ref], there: list[Ref]) -> tuple[list[Ref], list[Ref]]:
        at = now + DAY + timedelta(hours=hours)
        with db.write() as session:
            asked = load_unchecked(session, "bluesky", before=at, limit=9, now=at)
            mark_checked(session, there, now=at)
            gone = find_lasting(session, [ref for ref in missing if ref in asked], now=at)
        return asked, gone

    assert look(0, refs[:2], refs[2:]) == (refs, [])
    assert look(1, refs, []) == (refs[2:], [])  # it is too soon for the two
    assert look(4, refs[1:], refs[:1]) == (refs, [refs[1], refs[2]])
    # what was there in between begins anew; where nothing is shown at all, it takes half a day
    for hours, gone in ((8, []), (12, []), (19, []), (20, refs[:1])):
        assert look(hours, refs[:1], [])[1] == gone


def test_what_is_due_to_be_asked_for_again(db: Database, now: datetime, topic: int) -> None:
    page = [make_engagement(str(n), WORDS, at=now - n * timedelta(hours=1)) for n in (1, 2, 3)]
    like = make_engagement("1:b", None, at=now, kind=Kind.LIKE, target="1")
    store(db, [*page, like], now)
    refs = [Ref("bluesky", Kind.POST, str(n)) for n in (1, 2, 3)]
    with db.write() as session:
        found = load_unchecked(session, "bluesky", before=now + DAY, limit=9, now=now)
        assert sorted(found, key=lambda r: r.external_id) == refs
        assert load_unchecked(session, "bluesky", before=now, limit=9, now=now) == []
        mark_checked(session, refs[:2], now=now + DAY)
        found = load_unchecked(session, "bluesky", before=now + DAY, limit=9, now=now)
        assert found == [refs[2]]
        mark_reread(session, refs[:1], now=now)

        def targets(unread_since: datetime, seen_before: datetime | None = None) -> list[str]:
            loaded = load_targets(session, "bluesky", topic_id=topic, since=now - DAY, limit=9,
                                  unread_since=unread_since, seen_before=seen_before)  # fmt: skip
            return [target.ref.external_id for target in loaded]

        assert targets(now) == ["2", "3"]
        assert targets(now + DAY) == ["2", "3", "1"]
        settled = now - timedelta(minutes=10)
        assert targets(now + DAY, settled) == []
        assert targets(now + DAY, now) == ["2", "3", "1"]


def test_unreadable_items_are_kept_within_bounds(db: Database, now: datetime) -> None:
    items = [Malformed("odd", "x" * 9_000), Malformed("null \x00 byte", "a\x00b")]
    with db.write() as session:
        keep_malformed(session, "reddit", items, collection_id=None, characters=100, now=now)
        keep_malformed(session, "x", items, collection_id=None, characters=100, now=now)
    with db.read() as session:
        lengths = [len(item.payload) for item in session.scalars(select(QuarantinedItem))]
    assert max(lengths) == 100
    with db.write() as session:
        assert purge_quarantine(session, now=now + 3 * DAY, rows=100) == 2  # Reddit's, after 48 h
        assert purge_quarantine(session, now=now + 3 * DAY, rows=1) == 1
        assert purge_quarantine(session, now=now + 8 * DAY, rows=1) == 1
    assert count(db, QuarantinedItem) == 0
    assert count(db, CollectionRun) == 0


def test_invented_words_of_the_sample_stay_and_later_ones_go(db: Database, now: datetime) -> None:
    store(db, [make_engagement("r1", text=WORDS, network="reddit", at=now)], now)
    with db.write() as session:
        mark_invented(session)
    store(db, [make_engagement("r2", text=WORDS, network="reddit", at=now)], now)
    with db.write() as session:
        mark_invented(session)  # made once: what came later is not invented
        assert purge_texts(session, now=now + 3 * DAY) == 1
    assert texts(db) == {"r1": WORDS, "r2": None}


def test_words_of_x_go_after_a_month_though_they_were_seen_since(
    db: Database, now: datetime
) -> None:
    """Each day of a stored post is a paid re-check: without an end there would be none to these."""
    page = [
        make_engagement(f"{name}1", WORDS, at=now, network=name) for name in ("x", "bluesky")
    ]  # fmt: skip
    store(db, page, now)
    later = now + 31 * DAY
    with db.write() as session:
        mark_checked(session, [one.ref for one in page], now=later)
        assert purge_kept(session, now=now + 29 * DAY) == (0, set())
        assert purge_kept(session, now=later) == (1, set())
        assert purge_texts(session, now=later) == 0
    assert texts(db) == {"x1": None, "bluesky1": WORDS}


def test_the_newest_stay_where_a_budget_cannot_pay_for_all_re_checks(
    db: Database, now: datetime
) -> None:
    page = [make_engagement(str(n), WORDS, at=now - n * DAY, network="x") for n in range(5)]
    store(db, page, now)
    ration = Ration(prices={"x": {"post": 0.005}}, defaults={"x": 0.03}, recheck_share=0.5)
    with db.write() as session:
        source = add_source(session, network="x", terms=SourceTerms(lawful_basis="a"), now=now)
        assert forget_unaffordable(session, source, ration=ration, now=now) == (2, set())
        assert forget_unaffordable(session, source, ration=ration, now=now) == (0, set())
    assert [one for one, text in texts(db).items() if text] == ["0", "1", "2"]


def test_the_budgets_of_all_running_sources_pay_for_a_network_s_posts(
    db: Database, now: datetime
) -> None:
    """A second source with a small budget must not drop what the first one's pays for."""
    page = [make_engagement(str(n), WORDS, at=now - n * DAY, network="x") for n in range(6)]
    store(db, page, now)
    ration = Ration(prices={"x": {"post": 0.005}}, defaults={"x": 0.03}, recheck_share=0.5)
    terms = SourceTerms(lawful_basis="a")
    with db.write() as session:
        first, small = (
            add_source(session, network="x", name=name, terms=one, now=now)
            for name, one in (("first", terms), ("small", replace(terms, daily_money=0.02)))
        )
        assert forget_unaffordable(session, small, ration=ration, now=now)[0] == 1
        first.paused_reason = "on holiday"
        session.flush()
        assert forget_unaffordable(session, small, ration=ration, now=now)[0] == 3
    assert [one for one, text in texts(db).items() if text] == ["0", "1"]


def test_a_paused_source_takes_no_part_of_a_shared_day(db: Database, now: datetime) -> None:
    ration = Ration(prices={"x": {"post": 0.005}}, defaults={"x": 8.0}, recheck_share=0.5)
    with db.write() as session:
        one, two = (
            add_source(
                session, network="x", name=name, terms=SourceTerms(lawful_basis="a"), now=now
            )
            for name in ("one", "two")
        )
        synchronise(session, now=now)
        session.flush()
        of_one = session.scalars(
            select(Collection.id).where(
                Collection.source_id == one.id, Collection.topic_id.is_not(None)
            )
        ).first()
        assert of_one is not None

        def share() -> float:
            bound = bound_share(
                session, Budget(money=8.0), one, collection_id=of_one, is_recheck=False,
                ration=ration, now=now,
            )  # fmt: skip
            assert bound.money is not None
            return bound.money

        shared = share()
        two.paused_reason = "on holiday"
        session.flush()
        assert share() > shared
