"""What each keyword, community and network of a topic brought in a period, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Account,
    Assignment,
    Evidence,
    Keyword,
    Match,
    Prospect,
    Signal,
    Spend,
    Topic,
    Touch,
)
from prospects.corrections import standing_labels

_POSITIVE: Final = frozenset({"replied", "meeting", "proposal", "won"})
#: A keyword that brought so many posts and no prospect in twenty is noisy.
_NOISY_POSTS: Final = 20
_NOISY_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Yield:
    """One row. ``only``: prospects that nothing else of its kind brought.

    ``verdict``: empty, or dead (no post), noisy (posts, next to no prospects), redundant (its
    prospects come by others too). ``cost`` in US dollars is what dropping it saves.
    """

    by: str  # keyword, community, network
    what: str
    posts: int
    prospects: int
    only: int
    contacted: int
    positive: int
    not_relevant: int
    cost: float
    verdict: str

    @property
    def cost_per_prospect(self) -> float | None:
        """US dollars; ``None`` without prospects."""
        return self.cost / self.prospects if self.prospects else None


@dataclass(slots=True)
class _Brought:
    posts: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)


def count_yield(session: Session, topic: Topic, *, since: datetime) -> list[Yield]:
    """Rows by keyword, then community, then network; the richest in prospects first."""
    groups: dict[tuple[str, str], _Brought] = {
        ("keyword", k.phrase): _Brought() for k in topic.keywords
        if k.active and k.role == "keyword"
    }  # fmt: skip
    warm = set(session.scalars(select(Prospect.person_id).where(Prospect.topic_id == topic.id)))
    with_evidence = set(
        session.scalars(
            select(Evidence.signal_id)
            .join(Prospect, Prospect.id == Evidence.prospect_id)
            .where(Prospect.topic_id == topic.id)
        )
    )
    rows = session.execute(
        select(Signal.id, Signal.network, Signal.community, Account.person_id, Keyword.phrase)
        .join(Match, Match.signal_id == Signal.id)
        .join(Keyword, Keyword.id == Match.keyword_id)
        .join(Account, Account.id == Signal.account_id)
        .where(Match.topic_id == topic.id, Signal.occurred_at >= since, Signal.deleted_at.is_(None))
    )
    for signal_id, network, community, person_id, phrase in rows:
        names = [("keyword", phrase), ("network", network)]
        names += [("community", community)] if community else []
        for name in names:
            one = groups.setdefault(name, _Brought())
            one.posts.add(signal_id)
            if person_id in warm and signal_id in with_evidence:
                one.people.add(person_id)
    contacted, positive = _read_outcomes(session, topic.id, since)
    refused = {one.signal_id for one in standing_labels(session, topic.id) if one.value == 0}
    costs = _read_costs(session, topic.id, since)
    found = [
        _judge(name, one, groups, contacted, positive, refused, costs.get(name, 0.0))
        for name, one in groups.items()
    ]
    order = {"keyword": 0, "community": 1, "network": 2}
    return sorted(found, key=lambda row: (order[row.by], -row.prospects, -row.posts, row.what))


def _judge(
    name: tuple[str, str], one: _Brought, groups: Mapping[tuple[str, str], _Brought],
    contacted: set[int], positive: set[int], refused: set[int], cost: float,
) -> Yield:  # fmt: skip
    others: set[int] = set()
    for other, brought in groups.items():
        if other[0] == name[0] and other != name:
            others |= brought.people
    only = one.people - others
    verdict = ""
    if not one.posts:
        verdict = "dead"
    elif len(one.posts) >= _NOISY_POSTS and len(one.people) < _NOISY_SHARE * len(one.posts):
        verdict = "noisy"
    elif one.people and not only:
        verdict = "redundant"
    return Yield(
        name[0], name[1], len(one.posts), len(one.people), len(only),
        len(one.people & contacted), len(one.people & positive), len(one.posts & refused), cost,
        verdict if name[0] == "keyword" else "",
    )  # fmt: skip


def _read_outcomes(session: Session, topic_id: int, since: datetime) -> tuple[set[int], set[int]]:
    """People of the topic that were contacted, and those who answered well."""
    undone = select(Touch.undoes_id).where(Touch.undoes_id.is_not(None))
    rows = session.execute(
        select(Touch.person_id, Touch.disposition)
        .join(Assignment, Assignment.id == Touch.assignment_id)
        .where(
            Assignment.topic_id == topic_id,
            Touch.occurred_at >= since,
            Touch.undoes_id.is_(None),
            Touch.id.not_in(undone),
        )
    )
    contacted: set[int] = set()
    positive: set[int] = set()
    for person_id, disposition in rows:
        if person_id is None:  # erased since
            continue
        contacted.add(person_id)
        if disposition in _POSITIVE:
            positive.add(person_id)
    return contacted, positive


def _read_costs(session: Session, topic_id: int, since: datetime) -> dict[tuple[str, str], float]:
    costs: dict[tuple[str, str], float] = {}
    rows = session.execute(
        select(Spend.network, Keyword.phrase, Spend.money)
        .outerjoin(Keyword, Keyword.id == Spend.keyword_id)
        .where(Spend.topic_id == topic_id, Spend.spent_on >= since.date())
    )
    for network, phrase, money in rows:
        for name in (("network", network), ("keyword", phrase or "")):
            costs[name] = costs.get(name, 0.0) + money
    return costs
