"""Who may be given a topic's people: working days of these reps, and their places for the topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from models import Account, Assignment, DailyList, Prospect, Rep, Signal, Topic
from models.bulk import among
from prospects.place import find_place
from quotas.working_time import calendar_of
from signals.studio import StoredPost

#: Working days and shares of places are those of so many days before.
LOOKED_BACK: Final = 28


def find_receivers(session: Session, topic: Topic) -> list[Rep]:
    """Active reps whose territory has room for the topic, its languages and its countries."""
    reps = session.scalars(
        select(Rep).where(Rep.active).options(selectinload(Rep.territory)).order_by(Rep.id)
    )
    wanted = {
        "topic": {str(topic.id)},
        "language": set(topic.languages),
        "place": {place.lower() for place in topic.places},
    }
    return [rep for rep in reps if all(_admits(rep, kind, of) for kind, of in wanted.items())]


def _admits(rep: Rep, kind: str, wanted: set[str]) -> bool:
    own = {part.value.lower() for part in rep.territory if part.kind == kind}
    return not own or not wanted or bool(own & wanted)


def count_working(reps: list[Rep], now: datetime) -> float:
    """How many of them work on an average day of the week, by their teams' calendars."""
    total = 0.0
    calendars = {rep.team_id: calendar_of(rep.team) for rep in reps}
    for rep in reps:
        today = calendars[rep.team_id].today(now)
        days = calendars[rep.team_id].working_days(today - timedelta(days=LOOKED_BACK), today)
        total += len(days) / LOOKED_BACK
    return total


def count_places(session: Session, topic: Topic, reps: list[Rep]) -> float | None:
    """Places of a list that go to the topic on average; ``None`` before the first list.

    By what these reps were given lately; a topic of which nobody was listed yet gets as much as any
    other that is listened to.
    """
    ids = [rep.id for rep in reps]
    newest = session.scalar(select(func.max(DailyList.listed_on)).where(DailyList.rep_id.in_(ids)))
    if newest is None:
        return None
    wanted = session.scalar(
        select(func.avg(DailyList.wanted)).where(
            DailyList.listed_on == newest, DailyList.rep_id.in_(ids)
        )
    )
    rows = session.execute(
        select(Assignment.topic_id, func.count())
        .where(
            Assignment.rep_id.in_(ids),
            Assignment.listed_on > newest - timedelta(days=LOOKED_BACK),
        )
        .group_by(Assignment.topic_id)
    )
    given = {topic_id: int(count) for topic_id, count in rows}
    if own := given.get(topic.id, 0):
        share = own / sum(given.values())
    else:
        share = 1 / max(1, session.scalar(select(func.count(Topic.id)).where(Topic.active)) or 0)
    return float(wanted or 0) * share


def load_homes(session: Session, topic_id: int, posts: Sequence[StoredPost]) -> dict[str, str]:
    """The country of each author who says where they live, in these posts or where we know it."""
    homes = {}
    for post in reversed(posts):  # of several the newest holds
        if (said := find_place(post.text)) is not None:
            homes[post.author] = said
    authors = {post.signal_id: post.author for post in posts if post.signal_id is not None}
    for signal_id, place in session.execute(
        select(Signal.id, Prospect.place)
        .join(Account, Account.id == Signal.account_id)
        .join(Prospect, Prospect.person_id == Account.person_id)
        .where(
            among(session, Signal.id, list(authors)),
            Prospect.topic_id == topic_id,
        )
    ):
        if place is not None:
            homes[authors[signal_id]] = place
    return homes
