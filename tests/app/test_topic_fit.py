"""Fit follows a topic's languages and places, and always equals what everything together says."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.tuning import apply_fit
from config.settings import load_settings
from models import Evidence, Prospect, Signal, Topic
from models.database import Database
from prospects.corrections import settle
from prospects.fit import FITS, UNFIT, band_of
from prospects.ranking import explain_person, rank_supply
from prospects.refresh import load_pending, place_pending, recompute, store_scores
from signals.catalog import edit_topic
from signals.collectors.contract import Ref
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.scoring.contract import Score
from signals.topics import Matcher
from tests.factories import list_settings, make_engagement, make_topic, warmth_settings

GERMANY = "I live in Germany. Which retirement planning fits?"
EMIRATES = "أنا مقيم في الإمارات retirement planning"
NOWHERE = "Which retirement planning fits?"


@pytest.fixture
def workspace(db: Database, now: datetime) -> Workspace:
    with db.write() as session:
        make_topic(session, at=now)
    return Workspace(load_settings(), db)


def say(db: Database, who: str, number: int, words: str, at: datetime, language: str) -> None:
    with db.write() as session:
        listener = Listener(Matcher(load_phrases(session)), {})
        post = make_engagement(
            f"{who}-{number}", words, at=at, author=f"did:{who}", handle=who, language=language
        )
        store_page(session, listener.select([post]), (), now=at)


def score(db: Database, at: datetime, relevance: float = 0.9) -> None:
    with db.read() as session:
        pending = load_pending(session, limit=100)
    places = place_pending(pending)
    with db.write() as session:
        store_scores(
            session, [(one, Score({}, relevance, 0.5)) for one in pending],
            scorer_version="fixed.v1", weights=warmth_settings(), now=at, places=places,
        )  # fmt: skip


def change(workspace: Workspace, at: datetime, **fields: list[str]) -> None:
    with workspace.db.write() as session:
        edit_topic(session, session.scalars(select(Topic)).one(), now=at, reason="r", **fields)  # type: ignore[arg-type]  # fields of several types
    apply_fit(workspace)


def standing(db: Database) -> dict[int, tuple[float, int, str | None]]:
    with db.read() as session:
        return {
            one.person_id: (one.fit, one.fit_band, one.place)
            for one in session.scalars(select(Prospect))
        }


@pytest.mark.parametrize(
    ("words", "places", "band"),
    [
        (GERMANY, ["DE"], FITS),
        (GERMANY, ["AE"], UNFIT),
        (EMIRATES, ["AE", "SA"], FITS),
        (EMIRATES, ["DE"], UNFIT),
        (NOWHERE, ["AE"], FITS),
        (GERMANY, [], FITS),
    ],
)
def test_a_stated_place_moves_fit(
    workspace: Workspace, now: datetime, words: str, places: list[str], band: int
) -> None:
    db = workspace.db
    say(db, "ann", 1, words, now, "en")
    score(db, now)
    change(workspace, now, places=places)
    [(_, found, _)] = standing(db).values()
    assert found == band
    say(db, "bob", 1, words, now, "en")  # who comes after the change is judged by it at once
    score(db, now)
    assert [found for _, found, _ in standing(db).values()] == [band, band]


def test_the_newest_statement_counts_for_all_they_gave(workspace: Workspace, now: datetime) -> None:
    db = workspace.db
    change(workspace, now, places=["DE"])
    for number, words in enumerate((NOWHERE, GERMANY, EMIRATES.replace("مقيم", "أعيش")), start=1):
        say(db, "ann", number, words, now + timedelta(hours=number), "en")
        score(db, now)
    assert [(band, place) for _, band, place in standing(db).values()] == [(UNFIT, "AE")]
    with db.write() as session:  # and once it is deleted, the one before counts again
        gone = [Ref("bluesky", None, "ann-3")]
        _, affected = store_page(session, Listener(Matcher([]), {}).select([]), gone, now=now)
        recompute(session, affected)
    assert [(band, place) for _, band, place in standing(db).values()] == [(FITS, "DE")]


def test_what_was_scored_before_places_were_read_is_read_once(
    workspace: Workspace, now: datetime
) -> None:
    db = workspace.db
    say(db, "ann", 1, GERMANY, now, "en")
    score(db, now)
    with db.write() as session:  # as the migration leaves them
        session.scalars(select(Evidence)).one().place = None
        session.scalars(select(Prospect)).one().place = None
        session.scalars(select(Topic)).one().fit_applied = False
    assert apply_fit(workspace) == 1
    assert [place for _, _, place in standing(db).values()] == ["DE"]
    assert apply_fit(workspace) == 0


def test_a_place_outlives_words_that_may_not_be_kept(workspace: Workspace, now: datetime) -> None:
    db = workspace.db
    say(db, "ann", 1, GERMANY, now, "en")
    score(db, now)
    with db.write() as session:
        signal, topic = session.scalars(select(Signal)).one(), session.scalars(select(Topic)).one()
        signal.text = None
        session.flush()
        settle(session, topic.id, [signal.id], weights=warmth_settings())
    assert [place for _, _, place in standing(db).values()] == ["DE"]


@pytest.mark.parametrize("seed", range(2))
def test_fit_equals_a_full_recompute_after_anything(
    workspace: Workspace, now: datetime, seed: int
) -> None:
    db, dice = workspace.db, random.Random(seed)
    at = now
    for number in range(25):
        at += timedelta(hours=1)
        match dice.choice(("say", "say", "say", "score", "delete", "places", "languages")):
            case "say":
                who = dice.choice(("ann", "bob", "carl"))
                words = dice.choice((GERMANY, EMIRATES, NOWHERE, NOWHERE)) + f" {number}"
                say(db, who, number, words, at - timedelta(hours=dice.randint(0, 9)),
                    dice.choice(("en", "ar", "fr")))  # fmt: skip
            case "score":
                score(db, at, dice.choice((0.1, 0.9)))
            case "delete":
                with db.write() as session:
                    signals = session.scalars(
                        select(Signal).where(Signal.deleted_at.is_(None)).order_by(Signal.id)
                    ).all()
                    if signals:
                        gone = dice.choice(signals)
                        ref = Ref("bluesky", None, gone.external_id)
                        none = Listener(Matcher([]), {}).select([])
                        _, affected = store_page(session, none, [ref], now=at)
                        recompute(session, affected)
            case "places":
                change(workspace, at, places=dice.sample(["DE", "AE", "FR"], dice.randint(0, 2)))
            case "languages":
                change(workspace, at, languages=dice.sample(["en", "ar"], dice.randint(0, 2)))
        found = standing(db)
        with db.write() as session:
            recompute(session, list(session.scalars(select(Prospect.id))))
        assert standing(db) == found
        with db.read() as session:
            for person_id, (fit, _, place) in found.items():
                for one in explain_person(
                    session, person_id, as_of=at + timedelta(days=1), settings=list_settings()
                ):
                    assert (one.fit, one.place) == (fit, place)


def test_who_fits_comes_first(workspace: Workspace, now: datetime) -> None:
    db = workspace.db
    for who, words in (("ann", GERMANY), ("bob", NOWHERE)):
        say(db, who, 1, words, now, "en")
        say(db, who, 2, words + " really?", now, "en")
    say(db, "ann", 3, "and which retirement planning abroad?", now, "en")
    score(db, now)
    change(workspace, now, places=["FR"])
    with db.read() as session:
        ranked = rank_supply(
            session, wanted=2, suits=[lambda _: True], as_of=now, is_past=False,
            settings=list_settings(),
        )  # fmt: skip
    assert [band_of(one.fit) for one in ranked] == [FITS, UNFIT]
    assert ranked[0].engagement < ranked[1].engagement
    assert ranked[1].fit_reasons == ("fit.place_other",)


def test_only_a_place_that_changed_judges_everything_anew(
    workspace: Workspace, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew: list[int] = []

    def count(session: Session, prospect_ids: Sequence[int]) -> None:
        anew.extend(prospect_ids)
        recompute(session, prospect_ids)

    monkeypatch.setattr("prospects.refresh.recompute", count)
    for number, (words, times) in enumerate(((GERMANY, 1), (GERMANY, 1), (EMIRATES, 2))):
        say(workspace.db, "ann", number, words, now + timedelta(hours=number), "en")
        score(workspace.db, now)
        assert len(anew) == times
    assert [place for _, _, place in standing(workspace.db).values()] == ["AE"]
