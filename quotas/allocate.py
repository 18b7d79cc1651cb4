"""Who gets whom: proportional to quota, balanced in value, deterministic, with a proof. Pure.

Four decisions, one after the other, each in a module of its own: whom to give at all
(``territories.choose``, the greatest total value), how many to whom (``apportion``), which group
of reps takes how many of which class (a flow), and who exactly (``balance``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from quotas.allocation import (
    NO_SUPPLY,
    TERRITORY,
    Allocation,
    Candidate,
    Capacity,
    Certificate,
    Shortfall,
    Standing,
)
from quotas.apportion import apportion, entitle
from quotas.balance import Hand, deal, even_out
from quotas.territories import Flow, Graph, bound_value, build_graph, choose

__all__ = [
    "NO_SUPPLY", "TERRITORY", "Allocation", "Candidate", "Capacity", "Certificate", "Shortfall",
    "Standing", "allocate",
]  # fmt: skip


def allocate(
    capacities: Sequence[Capacity],
    ranked: Sequence[Candidate],
    held: AbstractSet[int],
    ledger: Mapping[int, Standing],
    *,
    seed: int,
) -> Allocation:
    """Hand out candidates; nobody to two reps, nobody who is held, no capacity exceeded.

    The total value is the greatest that capacities and territories allow, as long as everybody is
    a candidate for one topic. Places that cannot all be filled go to reps in proportion to their
    shares, with what the ledger says they are owed; a debt over one place is not carried on, as
    only a territory can make one. Mean values come out as alike as swaps can make them.
    """
    reps = sorted((c for c in capacities if c.count > 0), key=lambda c: c.rep_id)
    before = [_read(ledger, capacity) for capacity in reps]
    free = [c for c in ranked if c.person_id not in held]
    candidates = [free[index] for index in _order(free, seed)]  # whatever order they came in
    graph = build_graph(reps, candidates)
    rooms = [0] * (max(graph.group_of, default=-1) + 1)
    for capacity, group in zip(reps, graph.group_of, strict=True):
        rooms[group] += capacity.count
    chosen, prices = choose(range(len(candidates)), candidates, graph, rooms)
    counts, entitled, owed, flow = _count(reps, before, graph, chosen, rooms)
    debts = [o + part - n for o, part, n in zip(owed, entitled, counts, strict=True)]
    rates = [part / max(1, len(chosen)) for part in entitled]
    hands = _deal(reps, before, debts, rates, graph, flow, chosen, counts, candidates)
    return _conclude(capacities, reps, hands, before, entitled, prices, graph, rooms, candidates)


def _read(ledger: Mapping[int, Standing], capacity: Capacity) -> Standing:
    standing = ledger.get(capacity.rep_id, Standing())
    return replace(standing, owed=min(1.0, max(-1.0, standing.owed)))


def _order(candidates: Sequence[Candidate], seed: int) -> list[int]:
    """Best first; equal values in an order the seed sets."""
    import numpy as np  # loads in a tenth of a second, and most commands allocate nothing

    n = len(candidates)
    values = np.fromiter((c.value for c in candidates), np.float64, n)
    persons = np.fromiter((c.person_id for c in candidates), np.int64, n).astype(np.uint64)
    topics = np.fromiter((c.topic_id for c in candidates), np.int64, n)
    # splitmix64 (Steele, Lea, Flood 2014): a well-mixed order for neighbouring numbers
    mixed = persons + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) & (2**64 - 1))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return [int(i) for i in np.lexsort((topics, persons, mixed, -values))]


def _count(
    reps: Sequence[Capacity],
    before: Sequence[Standing],
    graph: Graph,
    chosen: Sequence[int],
    rooms: Sequence[int],
) -> tuple[list[int], list[float], list[float], Flow]:
    """How many each rep gets, what each is entitled to and owed, and which groups take whom."""
    of_class = [0] * len(graph.admits)
    for index in chosen:
        of_class[graph.class_of[index]] += 1
    reach = [
        sum(n for n, mask in zip(of_class, graph.admits, strict=True) if mask >> group & 1)
        for group in range(len(rooms))
    ]
    caps = [min(c.count, reach[g]) for c, g in zip(reps, graph.group_of, strict=True)]
    shares = [capacity.share for capacity in reps]
    entitled = entitle(len(chosen), shares, caps)
    # What those here are owed by reps who are away today cannot be paid back today.
    outside = sum(standing.owed for standing in before) / max(1, len(chosen))
    owed = [s.owed - outside * part for s, part in zip(before, entitled, strict=True)]
    counts = apportion(len(chosen), entitled, owed, caps)
    wanted = [0] * len(rooms)
    for count, group in zip(counts, graph.group_of, strict=True):
        wanted[group] += count
    flow = Flow(graph.admits, list(wanted))
    over = [n - flow.place(kind, n)[0] for kind, n in enumerate(of_class)]
    if not any(over):
        return counts, entitled, owed, flow
    # A territory is in the way of what would be proportional: get as near as it allows.
    flow.set_rooms([room + flow.spare[g] - wanted[g] for g, room in enumerate(rooms)])
    for kind, n in enumerate(over):
        flow.place(kind, n)
    in_group = [sum(flow.of_group[group].values()) for group in range(len(rooms))]
    counts = _within_groups(in_group, reps, graph, entitled, owed)
    _shift_towards_owed(flow, reps, graph, entitled, owed, counts)
    return counts, entitled, owed, flow


def _within_groups(
    in_group: Sequence[int],
    reps: Sequence[Capacity],
    graph: Graph,
    entitled: Sequence[float],
    owed: Sequence[float],
) -> list[int]:
    """Share out what each group got among its reps."""
    counts = [0] * len(reps)
    for group, total in enumerate(in_group):
        members = [i for i, g in enumerate(graph.group_of) if g == group]
        caps = [reps[i].count for i in members]
        parts = entitle(total, [reps[i].share for i in members], caps)
        debts = [owed[i] + entitled[i] - part for i, part in zip(members, parts, strict=True)]
        middle = sum(debts) / len(debts)  # what the group as a whole lacks is nobody's advantage
        fair = apportion(total, parts, [debt - middle for debt in debts], caps)
        for i, count in zip(members, fair, strict=True):
            counts[i] = count
    return counts


def _shift_towards_owed(
    flow: Flow,
    reps: Sequence[Capacity],
    graph: Graph,
    entitled: Sequence[float],
    owed: Sequence[float],
    counts: list[int],
) -> None:
    """Pass places on, from whoever is furthest ahead to whoever is furthest behind, while it helps.

    Helps: the two are more than one place apart, so that both come nearer to their part.
    """
    debt = [o + e - n for o, e, n in zip(owed, entitled, counts, strict=True)]
    groups = range(len(flow.spare))
    impossible: set[tuple[int, int]] = set()
    for _ in range(4 * len(reps) + sum(counts)):
        behind = {g: max(((debt[i], i) for i in _members(graph, g) if counts[i] < reps[i].count),
                         default=None) for g in groups}  # fmt: skip
        ahead = {g: min(((debt[i], i) for i in _members(graph, g) if counts[i]), default=None)
                 for g in groups}  # fmt: skip
        pairs = sorted(
            (ahead[s][0] - behind[t][0], s, t)  # type: ignore[index] # None is left out below
            for s in groups
            for t in groups
            if s != t and ahead[s] and behind[t] and (s, t) not in impossible
        )
        moved = False
        for apart, source, target in pairs:
            if apart >= -1.0 - 1e-9:
                break
            if not flow.shift(source, target):
                impossible.add((source, target))
                continue
            giver, taker = ahead[source][1], behind[target][1]  # type: ignore[index] # see pairs
            for i, change in ((giver, -1), (taker, 1)):
                counts[i] += change
                debt[i] -= change
            impossible.clear()
            moved = True
            break
        if not moved:
            return


def _members(graph: Graph, group: int) -> list[int]:
    return [i for i, g in enumerate(graph.group_of) if g == group]


def _deal(
    reps: Sequence[Capacity],
    before: Sequence[Standing],
    debts: Sequence[float],
    rates: Sequence[float],
    graph: Graph,
    flow: Flow,
    chosen: Sequence[int],
    counts: Sequence[int],
    candidates: Sequence[Candidate],
) -> list[Hand]:
    of_class: list[list[int]] = [[] for _ in graph.admits]
    for index in chosen:  # still best first
        of_class[graph.class_of[index]].append(index)
    of_group: list[list[int]] = [[] for _ in flow.spare]
    for kind, items in enumerate(of_class):
        groups = sorted(flow.of_class[kind])
        dealt = deal(items, [flow.of_class[kind][group] for group in groups])
        for group, part in zip(groups, dealt, strict=True):
            of_group[group].extend(part)
    place = {index: position for position, index in enumerate(chosen)}
    hands: list[Hand | None] = [None] * len(reps)
    for group, items in enumerate(of_group):
        members = _members(graph, group)
        items.sort(key=place.__getitem__)
        for i, part in zip(members, deal(items, [counts[i] for i in members]), strict=True):
            held = [(candidates[index].value, graph.class_of[index], index) for index in part]
            hands[i] = Hand(
                group,
                debt=debts[i],
                rate=rates[i],
                room=reps[i].count,
                before=before[i].count,
                total=before[i].value + sum(value for value, _, _ in held),
                items=held,
                recent=before[i].recent,
            )
    found = [hand for hand in hands if hand is not None]
    even_out(found, lambda kind, group: bool(graph.admits[kind] >> group & 1))
    return found


def _conclude(
    capacities: Sequence[Capacity],
    reps: Sequence[Capacity],
    hands: Sequence[Hand],
    before: Sequence[Standing],
    entitled: Sequence[float],
    group_prices: Sequence[float],
    graph: Graph,
    rooms: Sequence[int],
    candidates: Sequence[Candidate],
) -> Allocation:
    of_rep = {capacity.rep_id: hand for capacity, hand in zip(reps, hands, strict=True)}
    given = {candidates[index].person_id for hand in hands for _, _, index in hand.items}
    left: dict[int, Candidate] = {}  # one of every class of whom somebody is left
    for candidate, kind in zip(candidates, graph.class_of, strict=True):
        if kind not in left and candidate.person_id not in given:
            left[kind] = candidate
    assigned: dict[int, tuple[Candidate, ...]] = {}
    shortfall: dict[int, Shortfall] = {}
    for capacity in capacities:
        hand = of_rep.get(capacity.rep_id)
        got = [candidates[index] for _, _, index in hand.items] if hand else []
        got.sort(key=lambda c: (-c.value, c.person_id))
        assigned[capacity.rep_id] = tuple(got)
        missing = max(0, capacity.count) - len(got)
        if missing:
            is_kept_out = any(capacity.keeps_out(one) for one in left.values())
            reason = TERRITORY if is_kept_out else NO_SUPPLY
            shortfall[capacity.rep_id] = Shortfall(missing, reason)
    prices = {c.rep_id: group_prices[g] for c, g in zip(reps, graph.group_of, strict=True)}
    return Allocation(
        assigned=assigned,
        shortfall=shortfall,
        means={c.rep_id: hand.mean for c, hand in zip(reps, hands, strict=True)},
        certificate=Certificate(
            total=sum(candidate.value for got in assigned.values() for candidate in got),
            bound=bound_value(
                zip(candidates, graph.class_of, strict=True), graph, rooms, group_prices
            ),
            prices=prices,
            entitled={c.rep_id: part for c, part in zip(reps, entitled, strict=True)},
            owed={
                c.rep_id: standing.owed + part - len(hand.items)
                for c, standing, part, hand in zip(reps, before, entitled, hands, strict=True)
            },
        ),
    )
