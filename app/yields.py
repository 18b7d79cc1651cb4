"""What each keyword, community and network of a topic brought in a period, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.costs import NOWHERE, Bill, Cost, Name, load_bills, share_costs
from models import Account, Assignment, Evidence, Keyword, Match, Prospect, Signal, Topic, Touch
from models.signal import is_by_others
from prospects.corrections import standing_labels
from signals.communities import communities_of, key_of

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
    prospects come by others that stay). ``cost`` in US dollars and ``requests`` are what it took,
    ``shared`` the part of the cost that was not booked for it but shared out (``app.costs``),
    ``saves`` and ``saves_requests`` what dropping it would have saved. A community without a name
    is all that was outside any, a keyword without a phrase all that engages with the team itself.
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
    cost: float
    shared: float
    requests: float
    saves: float
    saves_requests: float
    share_new: float | None
    verdict: str

    @property
    def cost_per_prospect(self) -> float | None:
        """US dollars; ``None`` without prospects."""
        return self.cost / self.prospects if self.prospects else None


@dataclass(slots=True)
class _Brought:
    matched: set[int] = field(default_factory=set)
    signals: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A signal of the topic, with its keywords and whether its own words hold each."""

    network: str
    person_id: int
    places: tuple[str, ...]
    keywords: dict[str, bool]


def count_yield(session: Session, topic: Topic, *, since: datetime) -> list[Yield]:
    """Rows by keyword, then community, then network; the richest in prospects first."""
    active = [k.phrase for k in topic.keywords if k.active and k.role == "keyword"]
    bills = load_bills(session, topic.id, since=since)
    heard = _load_heard(session, topic.id, since, bills)
    costs = _read_costs(bills, heard, active)
    groups: dict[Name, _Brought] = {("keyword", phrase): _Brought() for phrase in active}
    groups |= {name: _Brought() for name in costs}
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
    for signal_id, one in heard.items():
        is_prospect = one.person_id in became and signal_id in with_evidence
        whole = any(one.keywords.values())
        names = [(("keyword", phrase), own) for phrase, own in one.keywords.items()]
        names += [(("community", place), whole) for place in one.places or (NOWHERE,)]
        for name, is_matched in [*names, (("network", one.network), whole)]:
            group = groups.setdefault(name, _Brought())
            group.signals.add(signal_id)
            if is_matched:
                group.matched.add(signal_id)
            if is_prospect:
                group.people.add(one.person_id)
    contacted, positive = _read_outcomes(session, topic.id, since)
    refused = {one.signal_id for one in standing_labels(session, topic.id) if one.value == 0}
    new = {person_id for person_id, first in became.items() if first >= since}
    judged = {("keyword", phrase) for phrase in active}
    spared = find_redundant({name: groups[name].people for name in judged})
    found = []
    for name, group in groups.items():
        others = (g.people for other, g in groups.items() if other != name and other[0] == name[0])
        cost = costs.get(name, Cost())
        found.append(
            Yield(
                name[0], name[1], len(group.matched), len(group.signals), len(group.people),
                len(group.people.difference(*others)), len(group.people & contacted),
                len(group.people & positive), len(group.signals & refused), cost.money,
                cost.shared, cost.requests, cost.saves, cost.saves_requests,
                len(group.people & new) / len(new) if new else None,
                _judge(group, redundant=name in spared) if name in judged else "",
            )
        )  # fmt: skip
    order = {"keyword": 0, "community": 1, "network": 2}
    return sorted(
        found,
        key=lambda row: (
            order[row.by], row.what == NOWHERE, -row.prospects, -row.signals, row.what
        ),
    )  # fmt: skip


def _load_heard(
    session: Session, topic_id: int, since: datetime, bills: Sequence[Bill]
) -> dict[int, _Heard]:
    """Every signal of the topic since then; one community has one spelling."""
    names = {key_of(bill.community): bill.community for bill in bills if bill.community}
    # only a post on Mastodon is read for the tags in it
    words = case((Signal.network == "mastodon", Signal.text)).label("words")
    heard: dict[int, _Heard] = {}
    for signal_id, network, community, url, text, person_id, phrase, start in session.execute(
        select(
            Signal.id, Signal.network, Signal.community, Signal.url, words, Account.person_id,
            Keyword.phrase, Match.start,
        )
        .join(Match, Match.signal_id == Signal.id)
        .outerjoin(Keyword, Keyword.id == Match.keyword_id)
        .join(Account, Account.id == Signal.account_id)
        .where(
            Match.topic_id == topic_id, Signal.occurred_at >= since, Signal.deleted_at.is_(None),
            is_by_others(),
        )
        .order_by(Signal.id)
    ):  # fmt: skip
        one = heard.get(signal_id)
        if one is None:
            of = communities_of(network, community, url=url, text=text, asked=names)
            places = tuple(names.setdefault(key_of(place), place) for place in of)
            one = heard[signal_id] = _Heard(network, person_id, places, {})
        keyword = phrase or ""  # none: it engages with the team itself
        one.keywords[keyword] = one.keywords.get(keyword, False) or start >= 0
    return heard


def _read_costs(
    bills: Sequence[Bill], heard: Mapping[int, _Heard], active: Sequence[str]
) -> dict[Name, Cost]:
    names = {key_of(place): place for one in heard.values() for place in one.places}
    named = [
        replace(bill, community=names.get(key_of(bill.community), bill.community))
        if bill.community
        else bill
        for bill in bills
    ]
    by_network: dict[str, list[tuple[Sequence[str], Sequence[str]]]] = {}
    for one in heard.values():
        by_network.setdefault(one.network, []).append(([*one.keywords], one.places))
    return share_costs(named, by_network, active)


def find_redundant(people: Mapping[Name, set[int]]) -> set[Name]:
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
