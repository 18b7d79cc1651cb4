"""What each keyword, community and network of a topic brought in a period, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select
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
    """One row: what something brought in the period, and what it cost.

    ``matched``: posts whose own words it stands in, or that are of it; ``signals``: with likes,
    reposts and clicks on them. ``only``: prospects that nothing else of its kind brought.
    ``share_new`` 0..1: of those who became prospects in the period, the part it brought; ``None``
    where nobody did.

    ``verdict``: empty, or dead (nothing), noisy (posts, next to no prospects), redundant (all its
    prospects come by others that stay). ``cost`` in US dollars and ``requests`` are what dropping
    it saves; the cost is ``None`` where nothing says what it was: networks bill by keyword.
    """

    by: str  # keyword, community, network
    what: str
    matched: int
    signals: int
    prospects: int
    only: int
    contacted: int
    positive: int
    not_relevant: int
    cost: float | None
    requests: float
    share_new: float | None
    verdict: str

    @property
    def cost_per_prospect(self) -> float | None:
        """US dollars; ``None`` without prospects or where the cost is not known."""
        return None if self.cost is None or not self.prospects else self.cost / self.prospects


@dataclass(slots=True)
class _Brought:
    matched: set[int] = field(default_factory=set)
    signals: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)


_Name = tuple[str, str]


def count_yield(session: Session, topic: Topic, *, since: datetime) -> list[Yield]:
    """Rows by keyword, then community, then network; the richest in prospects first."""
    groups: dict[_Name, _Brought] = {
        ("keyword", k.phrase): _Brought() for k in topic.keywords
        if k.active and k.role == "keyword"
    }  # fmt: skip
    first_seen = (
        select(Prospect.person_id, func.min(Evidence.occurred_at))
        .join(Evidence, Evidence.prospect_id == Prospect.id)
        .where(Prospect.topic_id == topic.id)
        .group_by(Prospect.person_id)
    )
    became = dict(session.execute(first_seen).all())
    with_evidence = set(
        session.scalars(
            select(Evidence.signal_id)
            .join(Prospect, Prospect.id == Evidence.prospect_id)
            .where(Prospect.topic_id == topic.id)
        )
    )
    rows = session.execute(
        select(
            Signal.id, Signal.network, Signal.community, Account.person_id, Keyword.phrase,
            Match.start,
        )
        .join(Match, Match.signal_id == Signal.id)
        .join(Keyword, Keyword.id == Match.keyword_id)
        .join(Account, Account.id == Signal.account_id)
        .where(Match.topic_id == topic.id, Signal.occurred_at >= since, Signal.deleted_at.is_(None))
    )  # fmt: skip
    for signal_id, network, community, person_id, phrase, start in rows:
        names = [("keyword", phrase), ("network", network)]
        names += [("community", community)] if community else []
        for name in names:
            one = groups.setdefault(name, _Brought())
            one.signals.add(signal_id)
            if start >= 0:
                one.matched.add(signal_id)
            if person_id in became and signal_id in with_evidence:
                one.people.add(person_id)
    contacted, positive = _read_outcomes(session, topic.id, since)
    refused = {one.signal_id for one in standing_labels(session, topic.id) if one.value == 0}
    costs = _read_costs(session, topic.id, since)
    new = {person_id for person_id, first in became.items() if first >= since}
    spared = find_redundant({name: g.people for name, g in groups.items() if name[0] == "keyword"})
    found = []
    for name, one in groups.items():
        others = (g.people for other, g in groups.items() if other != name and other[0] == name[0])
        nothing = (None if name[0] == "community" else 0.0, 0.0)
        cost, requests = costs.get(name, nothing)
        found.append(
            Yield(
                name[0], name[1], len(one.matched), len(one.signals), len(one.people),
                len(one.people.difference(*others)), len(one.people & contacted),
                len(one.people & positive), len(one.signals & refused), cost, requests,
                len(one.people & new) / len(new) if new else None,
                _judge(one, redundant=name in spared) if name[0] == "keyword" else "",
            )
        )  # fmt: skip
    order = {"keyword": 0, "community": 1, "network": 2}
    return sorted(found, key=lambda row: (order[row.by], -row.prospects, -row.signals, row.what))


def find_redundant(people: Mapping[_Name, set[int]]) -> set[_Name]:
    """Those whose people all come by others that stay; of two alike, one stays."""
    staying = {name: of for name, of in people.items() if of}
    for name in sorted(staying, key=lambda one: (len(people[one]), one)):
        if staying[name] <= set().union(*(of for other, of in staying.items() if other != name)):
            del staying[name]
    return {name for name, of in people.items() if of and name not in staying}


def _judge(one: _Brought, *, redundant: bool) -> str:
    if not one.signals:
        return "dead"
    if len(one.signals) >= _NOISY_POSTS and len(one.people) < _NOISY_SHARE * len(one.signals):
        return "noisy"
    return "redundant" if redundant else ""


def find_positive(session: Session, topic_id: int) -> set[int]:
    """People who answered well on the topic, ever."""
    return _read_outcomes(session, topic_id, datetime.min.replace(tzinfo=UTC))[1]


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


def _read_costs(
    session: Session, topic_id: int, since: datetime
) -> dict[_Name, tuple[float, float]]:
    """Money and requests by name."""
    costs: dict[_Name, tuple[float, float]] = {}
    rows = session.execute(
        select(Spend.network, Keyword.phrase, func.sum(Spend.money), func.sum(Spend.requests))
        .outerjoin(Keyword, Keyword.id == Spend.keyword_id)
        .where(Spend.topic_id == topic_id, Spend.spent_on >= since.date())
        .group_by(Spend.network, Keyword.phrase)
    )
    for network, phrase, money, requests in rows:
        for name in (("network", network), ("keyword", phrase or "")):
            before = costs.get(name, (0.0, 0.0))
            costs[name] = before[0] + money, before[1] + requests
    return costs
