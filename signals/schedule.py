"""Makes the collections that topics and sources ask for; runs before every look at what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.sentences import Sentence
from models import Collection, Source, Topic
from signals.collectors.traits import Shape, find_scopes, traits_of
from signals.policy import terms_of
from signals.sources import STREAM

_LONGEST_SCOPE = 500


@dataclass(frozen=True, slots=True)
class _Order:
    """One collection as it should stand."""

    task: str
    topic_id: int | None
    scope: str
    interval: float

    @property
    def key(self) -> tuple[str, str, str]:
        return self.task, STREAM if self.topic_id is None else str(self.topic_id), self.scope


def synchronise(session: Session, *, now: datetime) -> int:
    """Add what is newly asked for, switch off what no longer is; returns how many rows changed.

    Rows are kept, with their cursor: a topic that is switched on again goes on where it stopped.
    """
    topics = session.execute(select(Topic).where(Topic.active).order_by(Topic.id)).scalars().all()
    places = {t.id: [(c.network, c.name) for c in t.communities] for t in topics}
    changed = 0
    for source in session.scalars(select(Source).order_by(Source.id)):
        wanted = {order.key: order for order in _orders(source, places)}
        known = {
            (c.task, c.topic_key, c.scope): c
            for c in session.scalars(select(Collection).where(Collection.source_id == source.id))
        }
        for key, collection in known.items():
            if collection.active != (key in wanted):
                collection.active = key in wanted
                collection.next_due_at = max(collection.next_due_at, now)
                changed += 1
        for key, order in wanted.items():
            if key not in known:
                changed += 1
                session.add(
                    Collection(
                        source_id=source.id,
                        network=source.network,
                        task=order.task,
                        topic_id=order.topic_id,
                        topic_key=key[1],
                        scope=order.scope,
                        active=True,
                        interval_seconds=order.interval,
                        next_due_at=now,
                        created_at=now,
                    )
                )
    session.flush()
    return changed


def find_missing(session: Session, name: str) -> str | None:
    """What a person must name before a source (by its name or network) collects anything.

    ``None`` where something is collected, or nothing is missing but time.
    """
    named = (Source.name == name) | (Source.network == name)
    sources = session.scalars(select(Source).where(named)).all()
    collects = (Collection.task == "collect") & Collection.active
    ids = [source.id for source in sources]
    found = select(Collection.id).where(Collection.source_id.in_(ids), collects).limit(1)
    if not sources or session.scalar(found) is not None:
        return None
    if session.scalar(select(Topic.id).where(Topic.active).limit(1)) is None:
        return Sentence("Nothing is read yet: a manager must add a topic.")
    place = traits_of(sources[0].network).place_named
    if not place:
        return None
    return Sentence("Nothing is read yet: a manager must name %(place)s.", place=place)


def _orders(source: Source, places: dict[int, list[tuple[str, str]]]) -> list[_Order]:
    traits = traits_of(source.network)
    every = source.interval_seconds or traits.every
    orders: list[_Order] = []
    if traits.shape is Shape.STREAM:
        orders.append(_Order("collect", None, "", every))
    for topic_id, communities in places.items():
        for scope in find_scopes(source.network, communities, source.url):
            if len(scope) <= _LONGEST_SCOPE:
                orders.append(_Order("collect", topic_id, scope, every))
        if traits.reread_every:
            orders.append(_Order("reread", topic_id, "", traits.reread_every / 24))
    hours = terms_of(source.network).recheck_hours
    if hours is not None and places:
        orders.append(_Order("recheck", None, "", hours * 3600 / 24))
    may_ask = terms_of(source.network).profiles and source.allow_person_level
    if traits.profiles_every and may_ask and places:
        orders.append(_Order("profiles", None, "", traits.profiles_every))
    return orders
