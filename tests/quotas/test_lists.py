from __future__ import annotations

from datetime import datetime, timedelta

from models import Person, Prospect, Rep, Signal
from models.database import Database
from quotas.lists import load_list
from quotas.touches import record_touch
from tests.factories import (
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

DAY = timedelta(days=1)


def test_a_list_shows_whom_why_and_in_their_own_words(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now)
        for name, warmth in (("ann", 1.5), ("bob", 2.5), ("cy", 3.5)):
            prospect = make_prospect(session, topic, name, (warmth, now - DAY), (0.1, now))
            made = make_assignment(session, rep, prospect, at=now, warmth=warmth)
            if name == "cy":
                record_touch(
                    session, made.id, channel="call", disposition="replied", idempotency_key="k",
                    now=now, weights=warmth_settings(),
                )  # fmt: skip
        shown = load_list(session, rep, now.date(), now=now)
    assert [item.handle for item in shown.items] == ["@cy", "@bob", "@ann"]
    assert [item.handle for item in shown.open_items] == ["@bob", "@ann"]
    assert [item.handle for item in shown.done_items] == ["@cy"]
    item = shown.open_items[0]
    assert item.passage.text == "retirement planning, please help"
    assert item.passage.parts()[0] == ("retirement planning", True)
    assert sum(reason.hundredths for reason in item.reasons) == round(item.warmth * 100) == 250
    assert (item.signal_count, item.first_at, item.newest_at) == (2, now - DAY, now)
    assert item.reasons[0].occurred_at == now - DAY
    assert (item.url, item.topic, item.language) == ("https://n.example/bob/0", "Retirement", "en")
    assert shown.done_items[0].touch is not None
    assert shown.built is None


def test_carried_over_suppressed_and_emptied_ones(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now)
        made = {}
        for name in ("carried", "gone", "emptied"):
            prospect = make_prospect(session, topic, name, (2.0, now - DAY))
            made[name] = make_assignment(session, rep, prospect, at=now - DAY).person_id
        session.get_one(Person, made["gone"]).suppressed_at = now
        emptied = session.query(Prospect).filter_by(person_id=made["emptied"]).one()
        signal = session.query(Signal).filter_by(external_id="emptied-Retirement-0").one()
        signal.text = signal.url = None
        session.delete(emptied)
        session.flush()
        today = load_list(session, rep, now.date(), now=now)
        yesterday = load_list(session, rep, (now - DAY).date(), now=now)
        tomorrow = load_list(session, rep, (now + DAY).date(), now=now)
    assert {item.person_id for item in today.items} == {made["carried"], made["emptied"]}
    assert {item.person_id for item in yesterday.items} == {made["carried"], made["emptied"]}
    assert tomorrow.items == ()
    empty = next(item for item in today.items if item.person_id == made["emptied"])
    assert (empty.passage.text, empty.url, empty.signal_count) == ("", None, 0)


def test_a_like_quotes_the_words_it_agrees_with(db: Database, now: datetime) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        rep: Rep = make_rep(session, make_team(session, at=now), "Rita", at=now)
        make_prospect(session, topic, "author", (3.0, now))
        fan = make_prospect(session, topic, "fan", (0.5, now))
        like = session.query(Signal).filter_by(external_id="fan-Retirement-0").one()
        like.kind, like.text, like.target_external_id = "like", None, "author-Retirement-0"
        session.flush()
        make_assignment(session, rep, fan, at=now)
        [item] = load_list(session, rep, now.date(), now=now).items
    assert (item.kind, item.handle) == ("like", "@fan")
    assert item.passage.parts()[0] == ("retirement planning", True)
