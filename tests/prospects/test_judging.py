from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.bootstrap import Workspace
from app.learning import learn_when_due, train_topics
from app.studio import Studio
from config.errors import NotFound, Refused
from config.settings import load_settings
from models import ArchivedPost, ArchiveLabel, Label, Signal, StoredScore, Topic, TopicScorer
from models.database import Database
from prospects.judging import PostKey, judge_post, judgements, load_archive_lessons, may_judge
from signals.archive import index_new
from signals.catalog import create_topic
from signals.scoring.rules import RuleScorer
from signals.versions import Definition
from tests.factories import make_prospect, topic_settings

WELL = "Can anyone recommend a good annuity? I retire in May and want advice, number {n}."
ILL = "We sell annuity plans number {n}, sign up today for a free webinar and a discount!"


@pytest.fixture
def sampled(db: Database, now: datetime) -> Workspace:
    """A topic and 60 archived posts it hears, half of them of people who sell."""
    with db.write() as session:
        create_topic(
            session, name="Annuities", keywords=["annuity"], defaults=topic_settings(), now=now
        )
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", language="en",
                text=(WELL if n % 2 else ILL).format(n=n), occurred_at=now - timedelta(hours=n),
            )
            for n in range(60)
        )  # fmt: skip
    with db.write() as session:
        index_new(session)
    return Workspace(load_settings(), db)


def say(workspace: Workspace, key: PostKey, value: int, now: datetime) -> bool:
    with workspace.db.write() as session:
        weights = workspace.settings.warmth
        return judge_post(session, 1, key, value, author="Mara", now=now, weights=weights)


def draft(workspace: Workspace) -> Definition:
    with workspace.db.read():
        return Definition("Annuities", keywords=("annuity",))


def test_posts_are_drawn_evenly_and_the_same_for_the_same_seed(
    sampled: Workspace, now: datetime
) -> None:
    studio = Studio(sampled, RuleScorer)
    first = studio.choose(1, draft(sampled), days=7, now=now, most=20, seed=3)
    assert len(set(first)) == 20
    assert first == studio.choose(1, draft(sampled), days=7, now=now, most=20, seed=3)
    assert first != studio.choose(1, draft(sampled), days=7, now=now, most=20, seed=4)
    say(sampled, first[0], 1, now)
    assert first[0] not in studio.choose(1, draft(sampled), days=7, now=now, most=60, seed=3)


def test_what_was_said_last_stands_and_nothing_is_written_twice(
    sampled: Workspace, now: datetime
) -> None:
    key = PostKey(7)
    assert say(sampled, key, 1, now)
    assert not say(sampled, key, 1, now)
    assert say(sampled, key, 0, now)
    with sampled.db.read() as session:
        assert judgements(session, 1, [key, PostKey(8)]) == {key: 0}
        assert session.scalar(select(func.count()).select_from(ArchiveLabel)) == 2
        lessons = load_archive_lessons(session, 1)
        assert [(one.signal_id, one.value) for one, _, _ in lessons] == [(-7, 0)]
        assert lessons[0][1].topic.name == "Annuities"


def test_who_said_so_of_a_signal_is_kept(sampled: Workspace, now: datetime) -> None:
    with sampled.db.write() as session:
        topic = session.get_one(Topic, 1)
        make_prospect(session, topic, "p", (2.0, now))
        signal_id = session.scalars(select(Signal.id)).one()
        session.add(
            StoredScore(
                signal_id=signal_id, topic_id=1, scorer_version="t", intents={"seeking": 0.9},
                relevance=1.0, prospect=0.9, reasons=[], scored_at=now,
            )
        )  # fmt: skip
    assert say(sampled, PostKey(None, signal_id), 0, now)
    with sampled.db.read() as session:
        label = session.scalars(select(Label)).one()
        assert (label.value, label.source, label.author) == (0, "manager", "Mara")


def test_a_post_that_is_gone_or_of_no_such_kind_is_refused(
    sampled: Workspace, now: datetime
) -> None:
    with pytest.raises(NotFound):
        say(sampled, PostKey(999), 1, now)
    with pytest.raises(NotFound):
        say(sampled, PostKey(None, 999), 1, now)
    for written in ("", "a", "x1", "a-1", "s1 OR 1", "a" + "9" * 30, "a١"):
        with pytest.raises(Refused):
            PostKey.read(written)
    assert str(PostKey.read("s12")) == "s12"
    with sampled.db.read() as session:
        assert may_judge(session, 1, [PostKey(3), PostKey(None, 3)]) == [PostKey(3)]
        assert session.scalar(select(func.count()).select_from(Label)) == 0


def test_judging_narrows_the_precision_that_a_preview_shows(
    sampled: Workspace, now: datetime
) -> None:
    widths = []
    keys = Studio(sampled, RuleScorer).choose(1, draft(sampled), days=7, now=now, most=40, seed=1)
    for done in (0, 20, 40):
        for key in keys[max(0, done - 20) : done]:
            say(sampled, key, 1 if (key.archive_id or 0) % 2 == 0 else 0, now)
        preview = Studio(sampled, RuleScorer).preview(1, draft(sampled), days=7, now=now)
        assert preview.saved.precision is not None
        widths.append(preview.saved.precision.high - preview.saved.precision.low)
    assert widths[0] > widths[1] > widths[2]


def test_what_was_said_of_archived_posts_teaches_the_topic(
    sampled: Workspace, now: datetime
) -> None:
    for number in range(1, 61):
        say(sampled, PostKey(number), 1 if number % 2 == 0 else 0, now)
    reports = train_topics(sampled, RuleScorer(), lambda: now)
    assert (reports[0].labels, reports[0].positives) == (60, 30)
    with sampled.db.read() as session:
        row = session.scalars(select(TopicScorer)).one()
    assert row.labels["sources"] == {"archive": 60}
    assert row.labels["newest_archived"] == 60


def test_archived_posts_that_were_judged_are_learned_from_within_a_day(
    sampled: Workspace, now: datetime
) -> None:
    later = now + timedelta(days=2)
    assert learn_when_due(sampled, RuleScorer, lambda: now)
    assert not learn_when_due(sampled, RuleScorer, lambda: later)
    say(sampled, PostKey(1), 1, now + timedelta(days=1))
    assert learn_when_due(sampled, RuleScorer, lambda: later)
