from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update

from config.errors import Refused
from models import (
    Account,
    ArchivedPost,
    Match,
    Person,
    PostWords,
    Signal,
    Topic,
    WorkspaceValue,
)
from models.database import Database
from prospects.suppress import suppress_person
from signals.archive import index_new
from signals.catalog import create_topic, edit_topic, find_topic
from signals.collectors.contract import Kind, Ref
from signals.contact_points import Point
from signals.estimates import estimate_count
from signals.ingest import store_page
from signals.listening import Listener, load_languages, load_phrases
from signals.retention import purge_texts
from signals.search import Named, count_posts, find_posts
from signals.studio import check_draft, hear_all, load_posts, replay
from signals.text import has_arabic
from signals.tombstones import Hashes, purge_archive
from signals.topics import Matcher
from signals.versions import Definition
from tests.factories import make_engagement, make_topic, topic_settings

TOKENISERS: dict[bool, Any] = {}  # making them anew would take most of the tests' time
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def listen(db: Database, *, share: float = 1.0) -> Listener:
    with db.read() as session:
        matcher = Matcher(load_phrases(session), TOKENISERS)
        return Listener(matcher, load_languages(session), detect, share)


def detect(texts: Sequence[str]) -> list[str | None]:
    """As the real one: by the words alone, and sometimes nothing."""
    return ["ar" if has_arabic(one) else "fr" if "plan" in one else None for one in texts]


def store(
    db: Database, page: Sequence[Any], now: datetime, *, share: float = 1.0, **more: Any
) -> None:
    selection = listen(db, share=share).select(page)
    with db.write() as session:
        store_page(session, selection, more.get("deletions", ()), now=now)


def index(db: Database) -> int:
    total = 0
    while True:
        with db.write() as session:
            added = index_new(session, limit=50)
        if not added:
            return total
        total += added


def find(db: Database, *phrases: str, most: int = 100) -> list[str]:
    with db.read() as session:
        found = find_posts(session, phrases, since=LONG_AGO, most=most)
        return sorted(post.external_id for post in load_posts(session, found))


def integrity(db: Database) -> None:
    """FTS5's own check that the index holds what the table holds, and nothing else."""
    if db.is_sqlite:
        with db.write() as session:
            session.execute(
                text(
                    "INSERT INTO post_words_index (post_words_index, rank)"
                    " VALUES ('integrity-check', 1)"
                )
            )


@pytest.fixture
def heard(db: Database, now: datetime) -> Database:
    """Posts of every script in archive and signals, indexed."""
    with db.write() as session:
        make_topic(session, at=now, keywords=("pension",))
    words = {
        "a": "Which 401(k) should I roll over? long-term.Any hint",
        "b": "أفكر في التقاعد المبكر، وبالتقاعد أحتاج نصيحة",
        "c": "我想知道年金的事",
        "d": "my pension plan", "e": "نقل مُدّخرات التقاعد", "f": 'a "quoted" OR NOT* word:',
        "g": "#RetirementPlanning now",
    }  # fmt: skip
    store(db, [make_engagement(k, v, at=now, author=f"by-{k}") for k, v in words.items()], now)
    assert index(db) == len(words)
    assert index(db) == 0
    return db


FOUND = (
        ("401k", ["a"]), ("401(k)", ["a"]), ("long term", ["a"]), ("any hint", ["a"]),
        ("تقاعد", ["b", "e"]), ("التقاعد المبكر", ["b"]), ("مدخرات", ["e"]), ("年金", ["c"]),
        ("pension plan", ["d"]), ("pensio", []), ("retirement planning", ["g"]),
        ("roll  OVER", ["a"]), ("quoted", ["f"]), ("NOT", ["f"]),
)  # fmt: skip


def test_posts_are_found_as_the_matcher_reads_them(heard: Database) -> None:
    assert {phrase: find(heard, phrase) for phrase, _ in FOUND} == dict(FOUND)


STRANGE = (
        '"', "'", '""', "*", "%", "_", "a OR", "NOT", "NEAR(", "words:", "^", "-", "pension*", ")(",
        "pension') & !('", 'pension" OR "plan', "x" * 100_000, "' | '", "\\", "a & b | !c:*",
        "🙂", "", " ", "<script>alert(1)</script>", "pension; DROP TABLE post_words", "é" * 3_000,
        ":asked", "%s", "{}", "؟", "plan% pension", "pens_on plan", "%nsion pla%",
        "pension' LIKE '%", ":step", "$1", "pension plan -- x", "401(k", "pension\nplan\tOR 1=1",

)  # fmt: skip


def test_what_a_database_could_take_for_its_own_is_only_words(heard: Database) -> None:
    for phrase in STRANGE:
        with heard.read() as session:
            assert len(find_posts(session, [phrase], since=LONG_AGO, most=9)) <= 1, phrase
            count_posts(session, [phrase])
    assert find(heard, "pension") == ["d"]


def test_what_is_strange_as_a_phrase_of_a_draft_finds_no_other_posts(heard: Database) -> None:
    saved = Definition("T", keywords=("pension",))
    for phrase in STRANGE:
        for draft in (
            Definition("T", keywords=("pension", phrase)),
            Definition("T", keywords=("pension",), exclusions=(phrase,)),
        ):
            try:
                check_draft(draft)
            except Refused:
                continue
            with heard.read() as session:
                result = replay(session, saved, draft, since=LONG_AGO)
            assert len(result.gained) + len(result.lost) <= 1, phrase
    assert find(heard, "pension") == ["d"]


def rows(db: Database, *phrases: str, since: datetime, most: int) -> list[Named]:
    with db.read() as session:
        return find_posts(session, phrases, since=since, most=most)


def test_of_many_posts_an_even_sample_is_named_and_few_are_named_whole(
    db: Database, now: datetime
) -> None:
    page = [
        make_engagement(
            f"n{n}", "fine weather" + " storm" * (n % 90 == 0), at=now - timedelta(minutes=800 - n)
        )
        for n in range(800)
    ]
    store(db, page, now)
    index(db)
    found = rows(db, "fine weather", "storm", since=LONG_AGO, most=100)
    assert 50 <= len(found) <= 210
    with db.read() as session:
        stormy = {post.archive_id for post in load_posts(session, found) if "storm" in post.text}
    assert len(stormy) == 9  # of what few posts hold, all
    assert all(one.step == 1 for one in found if one.archive_id in stormy)
    assert len({one.step for one in found}) == 2
    assert abs(sum(one.step for one in found) - 800) < 250
    ids = [one.archive_id or 0 for one in found]
    assert ids[0] > 700  # spread over the whole time
    assert ids[-1] < 100
    recent = rows(db, "weather", since=now - timedelta(minutes=50), most=100)
    assert len(recent) == 50
    assert {one.step for one in recent} == {1}


def test_deletions_and_purges_reach_the_index(heard: Database, now: datetime) -> None:
    store(heard, [], now, deletions=[Ref("bluesky", None, "a"), Ref("bluesky", None, "d")])
    assert find(heard, "401k", "pension") == []
    integrity(heard)
    with heard.write() as session:
        purge_archive(session, now=now, days=7, rows=2)
    with heard.read() as session:
        assert session.scalar(select(func.count()).select_from(PostWords)) == 2
    integrity(heard)
    with heard.write() as session:
        session.execute(delete(ArchivedPost))
    assert find(heard, "تقاعد", "年金", "quoted", "retirement planning") == []
    integrity(heard)


def test_words_that_may_be_kept_no_longer_leave_the_index(heard: Database, now: datetime) -> None:
    with heard.write() as session:
        purge_texts(session, now=now + timedelta(days=400))
    with heard.read() as session:
        assert find_posts(session, ["pension"], since=LONG_AGO, most=9) == []
    assert index(heard) == 0
    integrity(heard)


def test_an_edited_post_is_found_by_its_new_words(heard: Database, now: datetime) -> None:
    later = now + timedelta(hours=1)
    changed = make_engagement("d", "pension fund", at=now, author="by-d", edited_at=later)
    store(heard, [changed], later)
    assert find(heard, "pension plan") == []
    assert find(heard, "pension fund") == ["d"]
    integrity(heard)


def test_looking_writes_nothing(heard: Database) -> None:
    with heard.write() as session:
        session.execute(delete(WorkspaceValue))
    with heard.read() as session:
        found = find_posts(session, ["pension"], since=LONG_AGO, most=9)
        first = load_posts(session, found)
        assert first == load_posts(session, found)
        assert session.scalars(select(WorkspaceValue.key)).all() == []


def test_nobody_who_is_left_alone_is_shown(heard: Database, now: datetime) -> None:
    with heard.write() as session:
        account = session.scalars(select(Account)).one()
        person = session.get_one(Person, account.person_id)
        suppress_person(session, person, reason="objection", now=now)
    assert find(heard, "pension") == []


def test_what_the_team_wrote_itself_is_neither_gained_nor_lost(
    heard: Database, now: datetime
) -> None:
    assert find(heard, "pension") == ["d"]
    with heard.write() as session:
        session.execute(update(Signal).values(own="comment"))  # who answers the team is somebody
    assert find(heard, "pension") == ["d"]
    with heard.write() as session:
        session.execute(update(Signal).values(own="post"))
    assert find(heard, "pension") == []


def test_what_was_heard_in_a_community_that_is_dropped_is_lost(
    heard: Database, now: datetime
) -> None:
    page = [
        make_engagement(f"r{n}", "my pension", at=now, author=f"r{n}", network="reddit")
        for n in range(3)
    ]
    page = [replace(e, community="r/Fire" if n else "r/other") for n, e in enumerate(page)]
    store(heard, page, now)
    index(heard)
    saved = Definition(
        "Retirement", keywords=("pension",),
        communities=(("reddit", "r/fire"), ("reddit", "r/other")),
    )  # fmt: skip
    with heard.read() as session:
        left = replace(saved, communities=(("reddit", "r/other"),))
        found = replay(session, saved, left, since=LONG_AGO)
        assert {one.post.external_id for one in found.lost} == {"r1", "r2"}
        assert found.unreplayed == ()
        both = replay(session, saved, replace(left, keywords=("401k",)), since=LONG_AGO)
        assert {one.post.external_id for one in both.lost} == {"r0", "r1", "r2", "d"}
        # everywhere is listened to again, or elsewhere: nobody knows what that brings
        for other in ((), (*saved.communities, ("any", "r/new"))):
            changed = replace(saved, communities=other, places=("AE",))
            found = replay(session, saved, changed, since=LONG_AGO)
            assert (found.lost, found.unreplayed) == ((), ("community",))


WORDS = (
    "pension", "retire", "planning", "401(k)", "roll-over", "hiring", "good", "التقاعد", "نصيحة",
    "وبالتقاعد", "للتقاعد", "年金", "which", "plan.ning", "wowpension", "diabetes", "cancer",
)  # fmt: skip
LANGUAGES = ("en", "ar", "fr", None)
phrases = st.lists(
    st.sampled_from(
        ("pension", "retire planning", "401k", "roll over", "تقاعد", "年金", "which plan", "good")
    ),
    unique=True,
    max_size=4,
)
definitions = st.builds(
    Definition,
    st.just("Topic"),
    keywords=phrases.filter(bool).map(tuple),
    exclusions=st.lists(st.sampled_from(("hiring", "good", "نصيحة")), unique=True).map(tuple),
    languages=st.lists(st.sampled_from(("en", "ar")), unique=True).map(tuple),
)
posts = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
        st.sampled_from(LANGUAGES),
        st.sampled_from((Kind.POST, Kind.COMMENT, Kind.QUOTE)),
        st.sampled_from((None, "p0", "elsewhere")),  # what it answers
        st.booleans(),  # whether it was edited before it was first seen
    ),
    min_size=1,
    max_size=12,
)


def ingest_with(
    db: Database, definition: Definition, page: Sequence[Any], now: datetime
) -> set[str]:
    """What ingest really stores of the page for a fresh topic of that definition, by its words.

    What is stored as an answer to one of them alone is left out: a replay does not count it.
    """
    with db.write() as session:
        name = f"T{session.scalar(select(func.count()).select_from(Topic))}"
        for topic in session.scalars(select(Topic).where(Topic.active)):
            topic.active = False
        topic_id = create_topic(
            session, name=name, keywords=definition.keywords, exclusions=definition.exclusions,
            languages=definition.languages, defaults=topic_settings(), now=now,
        ).id  # fmt: skip
    selection = listen(db, share=0.0).select(page)
    with db.write() as session:
        tried = session.begin_nested()
        for table in (Match, PostWords, ArchivedPost, Signal):
            session.execute(delete(table))
        store_page(session, selection, (), now=now)
        stored = session.execute(
            select(Signal.external_id, Match.start)
            .join(Match, Match.signal_id == Signal.id)
            .where(Match.topic_id == topic_id)
        ).all()
        tried.rollback()
    answers = {external_id for external_id, start in stored if start < 0}
    assert all(page[int(one[1:])].target_external_id == "p0" for one in answers)
    return {external_id for external_id, start in stored if start >= 0}


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    posts=posts, saved=definitions, draft=definitions, stored_by=definitions,
    share=st.sampled_from((1.0, 1.0, 0.5, 0.2)),
)  # fmt: skip
@example(
    posts=[
        (["pension"], "en", Kind.POST, None, True), (["which"], "en", Kind.COMMENT, "p0", False),
    ],
    saved=Definition("Topic", keywords=("年金",)), draft=Definition("Topic", keywords=("pension",)),
    stored_by=Definition("Topic", keywords=("年金",)), share=1.0,
)  # fmt: skip
@example(
    posts=[
        (["pension"], "en", Kind.POST, None, False), (["which"], "en", Kind.COMMENT, "p0", True),
    ],
    saved=Definition("Topic", keywords=("pension",)), draft=Definition("Topic", keywords=("年金",)),
    stored_by=Definition("Topic", keywords=("pension",)), share=1.0,
)  # fmt: skip
def test_a_replay_equals_what_ingest_would_have_done(
    db: Database,
    now: datetime,
    posts: list[tuple[list[str], str | None, Kind, str | None, bool]],
    saved: Definition,
    draft: Definition,
    stored_by: Definition,
    share: float,
) -> None:
    with db.write() as session:
        for table in (Match, PostWords, ArchivedPost, Signal):
            session.execute(delete(table))
    page = [
        make_engagement(
            f"p{n}", " ".join(words), at=now, author=f"u{n}", language=language, kind=kind,
            target=target if target != f"p{n}" else None, edited_at=now if edited else None,
        )
        for n, (words, language, kind, target, edited) in enumerate(posts)
    ]  # fmt: skip
    ingest_with(db, stored_by, page, now)
    # the active topic decides what is a signal and what only archived
    store(db, page, now, share=share)
    index(db)
    with db.read() as session:
        signals = {*session.scalars(select(Signal.external_id))}
        archived = {*session.scalars(select(ArchivedPost.external_id))}
        result = replay(session, saved, draft, since=LONG_AGO)
        whole = hear_all(session, draft, since=LONG_AGO)
    assert not signals & archived
    before, after = (ingest_with(db, one, page, now) for one in (saved, draft))
    if share < 1:  # of what was no signal a part was kept; each stands for as many as it must
        before, after = (of & (signals | archived) for of in (before, after))
    assert {one.post.external_id for one in result.gained} == after - before
    assert {one.post.external_id for one in result.lost} == before - after
    assert {one.post.external_id for one in whole} == after
    for one in (*whole, *result.gained, *result.lost):
        assert one.step == (1 if one.post.signal_id else 1 / share)
        assert one.post.kind == page[int(one.post.external_id[1:])].kind.value
    counted = sum(one.step for one in whole)
    assert counted == len(after & signals) + len(after - signals) / share
    assert result.steps <= {1, 1 / share}


def test_what_a_share_was_kept_of_is_counted_without_bias(db: Database, now: datetime) -> None:
    truth, share, covered, values = 300, 0.1, 0, []
    for turn in range(60):
        page = [make_engagement(f"{turn}-{n}", "weather", at=now) for n in range(truth)]
        kept = Listener(Matcher([], TOKENISERS), {}, None, share).select(page).archived
        count = estimate_count({1 / share: len(kept)}, (1.0, 1 / share))
        assert not count.exact
        values.append(count.value)
        covered += count.low <= truth <= count.high
    assert abs(sum(values) / len(values) - truth) < 0.05 * truth
    assert covered >= 60 * 0.8  # of intervals of 90 %


def test_a_share_is_counted_up_and_nothing_found_is_not_surely_nothing(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        make_topic(session, at=now, keywords=("pension",), languages=("en",))
    page = [
        make_engagement(
            f"n{n}", "pension" if n % 2 else "weather", at=now, author=f"u{n}",
            language="fr" if n % 2 else "en", kind=Kind.COMMENT, target="unknown",
        )
        for n in range(400)
    ]  # fmt: skip
    store(db, page, now, share=0.25)
    index(db)
    saved = Definition("T", keywords=("pension",), languages=("en",))
    with db.read() as session:
        replies = replay(
            session, saved, replace(saved, keywords=("pension", "weather")), since=LONG_AGO
        )
        french = replay(session, saved, replace(saved, languages=("en", "fr")), since=LONG_AGO)
        nothing = replay(
            session, saved, replace(saved, keywords=("pension", "snow")), since=LONG_AGO
        )
        fewer = replay(session, saved, replace(saved, exclusions=("storm",)), since=LONG_AGO)
    for change in (replies, french):
        assert {one.step for one in change.gained} == {4.0}
        count = estimate_count(Counter(one.step for one in change.gained), change.steps)
        assert count.low <= 200 <= count.high
        assert not count.exact
    assert estimate_count({}, nothing.steps).high > 0
    assert estimate_count({}, fewer.steps).exact


def test_rows_from_before_shares_count_by_the_setting(db: Database, now: datetime) -> None:
    store(db, [make_engagement("a", "fine weather", at=now)], now)
    with db.write() as session:
        session.execute(update(ArchivedPost).values(share=None))
    index(db)
    draft = Definition("T", keywords=("weather",))
    with db.read() as session:
        found = replay(session, Definition("T"), draft, since=LONG_AGO, old_share=0.02)
    assert (found.gained[0].step, found.per_phrase["weather"], max(found.steps)) == (50, 50, 50)


def test_matched_words_are_marked_where_they_stand(heard: Database) -> None:
    saved = Definition("T", keywords=("pension",))
    draft = Definition("T", keywords=("التقاعد",), exclusions=("plan",))
    with heard.read() as session:
        result = replay(session, saved, draft, since=LONG_AGO)
    marked = {
        one.post.external_id: [one.post.text[a:b] for a, b in one.marks]
        for one in (*result.gained, *result.lost)
    }
    assert marked["e"] == ["التقاعد"]
    assert marked["d"] == ["plan"]


def test_beyond_the_limit_each_post_stands_for_several(db: Database, now: datetime) -> None:
    store(db, [make_engagement(f"n{n}", "fine weather", at=now) for n in range(320)], now)
    index(db)
    draft = Definition("T", keywords=("weather",))
    with db.read() as session:
        result = replay(session, Definition("T"), draft, since=LONG_AGO, most=40)
    assert len(result.gained) < 100
    assert sum(one.step for one in result.gained) == result.per_phrase["weather"]
    assert 240 <= result.per_phrase["weather"] <= 400


def test_versions_are_kept_compared_and_brought_back(db: Database, now: datetime) -> None:
    from signals.catalog import restore_topic
    from signals.versions import load_history

    with db.write() as session:
        topic = create_topic(
            session, name="T", keywords=["pension", "401(k)"], exclusions=["hiring"],
            communities=["r/Fire", "mastodon:#pension"], languages=["en"],
            defaults=topic_settings(), now=now, author="Mara", reason="first",
        )  # fmt: skip
        edit_topic(
            session, topic, add_keywords=["annuity"], remove_keywords=["401(k)"],
            remove_communities=["r/Fire"], languages=["en", "ar"], now=now, author="Yara",
            reason="second",
        )  # fmt: skip
    with db.write() as session:
        topic = restore_topic(
            session, find_topic(session, "T"), 1, now=now, author="Mara", reason="as it was",
        )  # fmt: skip
        history = load_history(session, topic)
    assert [(row.number, row.author, row.reason) for row, _ in history] == [
        (3, "Mara", "as it was"), (2, "Yara", "second"), (1, "Mara", "first"),
    ]  # fmt: skip
    assert {(c.field, c.added, c.removed) for c in history[1][1]} == {
        ("keyword", "annuity", None), ("keyword", None, "401(k)"), ("language", "ar", None),
        ("community", None, "r/Fire"),
    }  # fmt: skip
    first, third = (Definition.from_json(history[n][0].definition) for n in (2, 0))
    assert {*first.keywords} == {*third.keywords}
    assert {*first.communities} == {*third.communities}
    assert (first.exclusions, first.languages) == (third.exclusions, third.languages)


def test_a_topic_from_before_versions_keeps_its_present_shape_first(
    db: Database, now: datetime
) -> None:
    from signals.versions import load_history

    with db.write() as session:
        topic = make_topic(session, at=now)
        edit_topic(session, topic, add_keywords=["pension"], now=now, reason="asked")
        assert [row.number for row, _ in load_history(session, topic)] == [2, 1]


def test_what_was_archived_of_somebody_goes_when_they_are_left_alone(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        make_topic(session, at=now, keywords=("pension",))
    page = [
        make_engagement(name, text, at=now, author=author)
        for name, text, author in (
            ("a", "my pension", "ann"), ("b", "fine weather", "ann"), ("c", "fine weather", "bob"),
            ("d", "fine weather", "cy"),
        )
    ]  # fmt: skip
    store(db, page, now)
    index(db)
    assert find(db, "weather") == ["b", "c", "d"]
    with db.write() as session:
        account = session.scalars(select(Account).where(Account.external_id == "ann")).one()
        person = session.get_one(Person, account.person_id)
        suppress_person(session, person, reason="objection", now=now)
        Hashes(session).add(Point("account", "cy", "bluesky"), reason="list:asked", now=now)
    assert find(db, "weather") == ["c"]
    integrity(db)
    store(db, [make_engagement("e", "fine weather", at=now, author="cy")], now)
    index(db)
    assert find(db, "weather") == ["c"]
