"""Who comes back to a rep: an answer, new engagement, or a date the rep set."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Select, Table, exists, or_, select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import Assignment, Person, Prospect, Rep, Topic, Touch
from models.bulk import among_named, pack
from prospects.outcomes import load_curves
from prospects.ranked import RankedProspect, TopicRank, explain_all
from prospects.relations import REPLIED, relationships
from quotas.attainment import standing_touches
from quotas.contacts import load_next_steps
from quotas.let_go import handed_back_by
from signals.tombstones import chunks


@dataclass(frozen=True, slots=True)
class Returning:
    """Somebody who belongs on this rep's list, cool-down or not, and why (an assignment source)."""

    rep_id: int
    ranked: RankedProspect
    source: str


def find_returning(
    session: Session,
    reps: Sequence[Rep],
    on: date,
    *,
    as_of: datetime,
    day_starts_at: datetime,
    settings: ListSettings,
) -> list[Returning]:
    """Who comes back to these reps on ``on``, warmest first.

    Left out: whom somebody holds, who was on one of these lists that day, who was touched since
    the day began, and who left no evidence to show.
    """
    wanted = _snoozed(session, reps, on) | _answered(
        session, reps, on, as_of, day_starts_at, settings
    )
    handed_back = handed_back_by(session, [rep.id for rep in reps], as_of, settings)
    wanted = {
        person_id: one
        for person_id, one in wanted.items()
        if one[0] not in handed_back.get(person_id, ())
    }
    free = _free(session, wanted, [rep.id for rep in reps], on)
    ranked = explain_best(session, free, as_of, settings)
    found = [Returning(wanted[one.person_id][0], one, wanted[one.person_id][1]) for one in ranked]
    return sorted(found, key=lambda back: (-back.ranked.warmth.value, back.ranked.person_id))


def find_touched(
    session: Session, rep_id: int, people: Sequence[int], *, since: datetime
) -> set[int]:
    """Which of these people the rep touched from a list since then."""
    touched: set[int] = set()
    for chunk in chunks(people):
        touched.update(
            person_id
            for person_id in session.scalars(
                standing_touches()
                .with_only_columns(Touch.person_id)
                .where(
                    Touch.rep_id == rep_id,
                    Touch.assignment_id.is_not(None),
                    Touch.person_id.in_(chunk),
                    Touch.occurred_at >= since,
                )
            )
            if person_id is not None
        )
    return touched


def _snoozed(session: Session, reps: Sequence[Rep], on: date) -> dict[int, tuple[int, str]]:
    having = set(
        session.scalars(
            standing_touches()
            .with_only_columns(Touch.rep_id)
            .where(
                Touch.rep_id.in_([rep.id for rep in reps]),
                Touch.next_on.is_not(None),
                Touch.next_on <= on,
            )
            .distinct()
        )
    )
    return {
        touch.person_id: (rep.id, "next_step")
        for rep in reps
        if rep.id in having
        for touch in load_next_steps(session, rep, on)
        if touch.person_id is not None
    }


def _answered(
    session: Session,
    reps: Sequence[Rep],
    on: date,
    as_of: datetime,
    day_starts_at: datetime,
    settings: ListSettings,
) -> dict[int, tuple[int, str]]:
    engaged_again = exists().where(
        Prospect.person_id == Touch.person_id, Prospect.newest_at > Touch.occurred_at
    )
    numbers = {rep.id for rep in reps}
    people = session.scalars(
        standing_touches()
        .with_only_columns(Touch.person_id)
        .where(
            Touch.rep_id.in_(numbers),
            Touch.person_id.is_not(None),
            Touch.occurred_at > as_of - timedelta(days=settings.relationship_days),
            or_(Touch.disposition == "replied", engaged_again),
        )
        .distinct()
    ).all()
    related = relationships(
        session, as_of=as_of, settings=settings, person_ids=[p for p in people if p is not None]
    )
    # a reply that a rep left behind still waits for an answer
    left = [person for person in people if person is not None and person not in related]
    gone = relationships(
        session, as_of=as_of, settings=settings, person_ids=left, with_gone=True
    )  # fmt: skip
    related |= {person_id: one for person_id, one in gone.items() if one.why == REPLIED}
    later = find_put_off(session, related, on)  # that date goes before an answer that waits
    return {
        person_id: (relation.rep_id, "relationship")
        for person_id, relation in related.items()
        if relation.is_due
        and relation.rep_id in numbers
        and relation.since < day_starts_at
        and person_id not in later
    }


def find_put_off(session: Session, people: Collection[int], on: date) -> set[int]:
    """Whom their last touch put off to a day after ``on``: nobody's until then."""
    return set(find_put_off_days(session, people, on))


def find_put_off_days(
    session: Session, people: Collection[int], on: date, *, as_of: datetime | None = None
) -> dict[int, date]:
    """Whom their last touch (of up to ``as_of``) put off to a day after ``on``, and to which."""
    put_off: dict[int, date] = {}
    for chunk in chunks(sorted(people)):
        last = dict(
            session.execute(
                standing_touches()
                .with_only_columns(Touch.person_id, Touch.next_on)
                .where(
                    Touch.person_id.in_(chunk),
                    *([] if as_of is None else [Touch.occurred_at <= as_of]),
                )
                .order_by(Touch.occurred_at, Touch.id)
            ).all()
        )
        put_off |= {
            person_id: next_on
            for person_id, next_on in last.items()
            if person_id is not None and next_on is not None and next_on > on
        }
    return put_off


def _free(session: Session, people: Collection[int], rep_ids: Sequence[int], on: date) -> list[int]:
    free: list[int] = []
    for chunk in chunks(sorted(people)):
        taken = set(
            session.scalars(
                select(Assignment.person_id).where(
                    Assignment.person_id.in_(chunk),
                    or_(
                        Assignment.closed_at.is_(None),
                        (Assignment.listed_on == on) & Assignment.rep_id.in_(rep_ids),
                    ),
                )
            )
        )
        taken.update(
            session.scalars(
                select(Person.id).where(Person.id.in_(chunk), Person.suppressed_at.is_not(None))
            )
        )
        free += [person_id for person_id in chunk if person_id not in taken]
    return free


def explain_best(
    session: Session, people: Sequence[int], as_of: datetime, settings: ListSettings
) -> list[RankedProspect]:
    """These people as they stand at ``as_of``, each with the topic they are warmest for."""
    best: dict[int, RankedProspect] = {}
    for one in explain_everything(session, people, as_of, settings):
        before = best.get(one.person_id)
        if before is None or (one.warmth.value, -one.topic_id) > (
            before.warmth.value, -before.topic_id,
        ):  # fmt: skip
            best[one.person_id] = one
    return [best[person_id] for person_id in people if person_id in best]


def explain_everything(
    session: Session,
    people: Sequence[int],
    as_of: datetime,
    settings: ListSettings,
    *,
    with_chances: bool = False,
) -> list[RankedProspect]:
    """These people on every active topic they left evidence of up to ``as_of`` for.

    ``with_chances``: also how likely it comes to something, which reads thousands of touches.
    """
    known = session.execute(_select_topics()).all()
    curves = (
        load_curves(session, [row[0] for row in known], as_of=as_of, settings=settings)
        if with_chances
        else {}
    )
    topics = [
        TopicRank(
            number,
            timedelta(hours=half_life),
            timedelta(days=window),
            tuple(languages),
            curves.get(number),
            tuple(places),
        )
        for number, half_life, window, languages, places in known
    ]
    rows: dict[int, list[tuple[int, int]]] = {}
    dialect, numbers = pack(session, sorted(set(people)))
    for number, person_id, topic_id in session.execute(
        _select_prospects(dialect), {"rows": numbers}
    ):
        rows.setdefault(topic_id, []).append((number, person_id))
    places = [(topic, row) for topic in topics for row in rows.get(topic.id, ())]
    return explain_all(session, places, as_of, settings)


@cache
def _select_topics() -> Select[*tuple[Any, ...]]:
    topic = cast("Table", Topic.__table__).c
    return (
        select(topic.id, topic.half_life_hours, topic.window_days, topic.languages, topic.places)
        .where(topic.active)
        .order_by(topic.id)
    )


@cache
def _select_prospects(dialect: str) -> Select[*tuple[Any, ...]]:
    one = cast("Table", Prospect.__table__).c
    return (
        select(one.id, one.person_id, one.topic_id)
        .where(among_named(dialect, one.person_id, "rows"))
        .order_by(one.id)
    )
