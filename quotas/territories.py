"""Who may be given at all: the most valuable people that territories and capacities hold. Pure.

Candidates that the same reps may receive form a class, reps with the same territory a group, so
that the graph between them is small whatever the number of people. A person's value does not
depend on the rep, so taking people from the best down, each whenever a place can still be made by
passing others on, finds the greatest total (the sets that find places form a matroid).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from quotas.allocation import Candidate, Capacity

_ENOUGH = 0.998  # of the bound; the promise is 0.99
_TURNS = 25

_Key = tuple[str | None, int, str, str | None, int | None, int, frozenset[int]]


@dataclass(slots=True)
class Flow:
    """How many of each class go to each group, and how much room is left in a group."""

    admits: list[int]  # of each class, the groups as bits
    spare: list[int]
    of_class: list[dict[int, int]] = field(default_factory=list)
    of_group: list[dict[int, int]] = field(default_factory=list)
    roomy: int = 0  # the groups with room as bits

    def __post_init__(self) -> None:
        self.of_class = [{} for _ in self.admits]
        self.of_group = [{} for _ in self.spare]
        self.set_rooms(self.spare)

    def set_rooms(self, spare: list[int]) -> None:
        """How much more each group may take."""
        self.spare = spare
        self.roomy = sum(1 << group for group, room in enumerate(spare) if room > 0)

    def _fill(self, group: int, count: int) -> None:
        self.spare[group] -= count
        if self.spare[group] <= 0:
            self.roomy &= ~(1 << group)

    def place(self, kind: int, wanted: int) -> tuple[int, int]:
        """Place up to ``wanted`` of a class, passing others on where that makes room.

        Returns how many found a place and, if not all did, the groups that were tried as bits.
        """
        placed = tried = 0
        while placed < wanted:
            path, tried = self._find_room(kind)
            if not path:
                break
            moved = min([wanted - placed, self.spare[path[-1][1]]] + [
                self.of_class[passed][path[i][1]] for i, (passed, _) in enumerate(path[1:])
            ])  # fmt: skip
            for i, (moving, group) in enumerate(path):
                self._add(moving, group, moved)
                if i:
                    self._add(moving, path[i - 1][1], -moved)
            self._fill(path[-1][1], moved)
            placed += moved
        return placed, tried

    def shift(self, source: int, target: int) -> bool:
        """Pass one on from a group to another, over others if need be; whether it was possible."""
        for kind in list(self.of_group[source]):
            self._add(kind, source, -1)
            kept = self.spare
            self.set_rooms([int(group == target) for group in range(len(kept))])
            placed, _ = self.place(kind, 1)
            kept[source] += placed
            kept[target] -= placed
            self.set_rooms(kept)
            if placed:
                return True
            self._add(kind, source, 1)
        return False

    def _find_room(self, kind: int) -> tuple[list[tuple[int, int]], int]:
        """A chain of (class, group it goes to) that ends where there is room."""
        came: dict[int, tuple[int, int | None]] = {}  # group: class that reached it, from where
        seen_classes = {kind}
        queue: list[tuple[int, int | None]] = [(kind, None)]
        tried = 0
        while queue:
            following: list[tuple[int, int | None]] = []
            for moving, source in queue:
                hit = self.admits[moving] & self.roomy
                if hit:
                    group = next(_bits(hit))
                    came[group] = (moving, source)
                    return _unwind(came, group), tried
                for group in _bits(self.admits[moving] & ~tried):
                    tried |= 1 << group
                    came[group] = (moving, source)
                    for other in self.of_group[group]:
                        if other not in seen_classes:
                            seen_classes.add(other)
                            following.append((other, group))
            queue = following
        return [], tried

    def _add(self, kind: int, group: int, count: int) -> None:
        for table, key in ((self.of_class[kind], group), (self.of_group[group], kind)):
            table[key] = table.get(key, 0) + count
            if not table[key]:
                del table[key]


def _unwind(came: dict[int, tuple[int, int | None]], group: int) -> list[tuple[int, int]]:
    path: list[tuple[int, int]] = []
    at: int | None = group
    while at is not None:
        moving, source = came[at]
        path.append((moving, at))
        at = source
    return path[::-1]


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass(frozen=True, slots=True)
class Graph:
    """Classes of candidates and groups of reps: ``admits[class]`` are group numbers as bits."""

    class_of: list[int]  # of each candidate
    admits: list[int]
    group_of: list[int]  # of each rep


def build_graph(capacities: Sequence[Capacity], candidates: Sequence[Candidate]) -> Graph:
    """Sort candidates into classes and reps into groups."""
    numbers: dict[_Key, int] = {}
    firsts: list[Candidate] = []
    class_of: list[int] = []
    for candidate in candidates:
        key = (
            candidate.language, candidate.topic_id, candidate.network, candidate.place,
            candidate.only_rep, candidate.meets, candidate.not_for,
        )  # fmt: skip
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(firsts)
            firsts.append(candidate)
        class_of.append(number)
    bound = {first.only_rep for first in firsts}.union(*(first.not_for for first in firsts))
    groups: dict[object, int] = {}
    group_of: list[int] = []
    leaders: list[Capacity] = []
    for capacity in capacities:
        own = capacity.rep_id if capacity.rep_id in bound else None
        territory = (
            capacity.languages, capacity.topics, capacity.networks, capacity.places,
            capacity.standard, own,
        )  # fmt: skip
        if territory not in groups:
            groups[territory] = len(leaders)
            leaders.append(capacity)
        group_of.append(groups[territory])
    masks = [
        sum(1 << g for g, leader in enumerate(leaders) if leader.admits(first)) for first in firsts
    ]
    # Classes that the same groups may receive are one.
    merged: dict[int, int] = {}
    renumbered = [merged.setdefault(mask, len(merged)) for mask in masks]
    return Graph([renumbered[number] for number in class_of], list(merged), group_of)


def choose(
    order: Sequence[int], candidates: Sequence[Candidate], graph: Graph, rooms: Sequence[int]
) -> tuple[list[int], list[float]]:
    """The candidates with the greatest total value that find a place, and each group's price.

    ``order`` are candidates from the best down, ``rooms`` the places of each group. Exact where
    everybody is a candidate for one topic. A person with several may be worth more for one whose
    reps are scarce: there the topic is chosen by value less price, prices and topics in turn, until
    the total is within ``_ENOUGH`` of what the prices say is possible.
    """
    primary, other = _best_topics(order, candidates, graph, None)
    chosen, prices = _take(primary + other, candidates, graph, rooms)
    if not other:
        return chosen, prices
    best = (chosen, _total(chosen, candidates))
    bounds = (prices, _bound(order, candidates, graph, rooms, prices))
    damped = prices
    for turn in range(1, _TURNS):
        if best[1] >= _ENOUGH * bounds[1]:
            break
        primary, other = _best_topics(order, candidates, graph, damped)
        chosen, found = _take(primary + other, candidates, graph, rooms)
        if (total := _total(chosen, candidates)) > best[1]:
            best = (chosen, total)
        step = 2.0 / (turn + 3)
        damped = [(1 - step) * old + step * new for old, new in zip(damped, found, strict=True)]
        for tried in (found, damped):
            if (bound := _bound(order, candidates, graph, rooms, tried)) < bounds[1]:
                bounds = (tried, bound)
    if best[1] < _ENOUGH * bounds[1]:
        exact = _potentials(order, candidates, graph, rooms, best[0])
        if _bound(order, candidates, graph, rooms, exact) < bounds[1]:
            bounds = (exact, 0.0)
    place = {index: position for position, index in enumerate(order)}
    return sorted(best[0], key=place.__getitem__), bounds[0]


def _cheapest(graph: Graph, prices: Sequence[float]) -> list[float | None]:
    """Of each class the lowest price of a group that may receive it, ``None`` if none may."""
    return [min((prices[g] for g in _bits(mask)), default=None) for mask in graph.admits]


def bound_value(
    candidates: Iterable[tuple[Candidate, int]],
    graph: Graph,
    rooms: Sequence[int],
    prices: Sequence[float],
) -> float:
    """What no allocation can exceed, whatever the prices (weak duality)."""
    cheapest = _cheapest(graph, prices)
    surplus: dict[int, float] = {}
    for candidate, kind in candidates:
        price = cheapest[kind]
        if price is not None and candidate.value > price:
            worth = candidate.value - price
            if worth > surplus.get(candidate.person_id, 0.0):
                surplus[candidate.person_id] = worth
    return sum(surplus.values()) + sum(p * room for p, room in zip(prices, rooms, strict=True))


def _bound(
    order: Sequence[int],
    candidates: Sequence[Candidate],
    graph: Graph,
    rooms: Sequence[int],
    prices: Sequence[float],
) -> float:
    return bound_value(((candidates[i], graph.class_of[i]) for i in order), graph, rooms, prices)


def _potentials(
    order: Sequence[int],
    candidates: Sequence[Candidate],
    graph: Graph,
    rooms: Sequence[int],
    chosen: Sequence[int],
) -> list[float]:
    """Prices that prove a choice the best if it is: what moving one person would cost at least.

    Shortest paths (Bellman and Ford) over groups, from the outside: a price is at most another's
    plus the loss of moving somebody from the first group to the other.
    """
    flow = Flow(graph.admits, list(rooms))
    of_class = [0] * len(graph.admits)
    for index in chosen:
        of_class[graph.class_of[index]] += 1
    for kind, n in enumerate(of_class):
        flow.place(kind, n)
    prices = [
        0.0 if flow.spare[g] > 0 else math.inf for g in range(len(rooms))
    ]  # a group with room left costs nothing
    current = {candidates[i].person_id: (candidates[i].value, graph.class_of[i]) for i in chosen}
    losses: dict[tuple[int, int], float] = {}
    for value, kind in current.values():
        for group in flow.of_class[kind]:
            prices[group] = min(prices[group], value)
            for other in _bits(graph.admits[kind]):
                losses[group, other] = min(losses.get((group, other), 0.0), 0.0)
    for index in order:
        candidate = candidates[index]
        if candidate.person_id in current:
            value, kind = current[candidate.person_id]
            group = next(iter(flow.of_class[kind]))
            for other in _bits(graph.admits[graph.class_of[index]]):
                loss = value - candidate.value
                losses[group, other] = min(losses.get((group, other), math.inf), loss)
    for _ in rooms:
        changed = False
        for (group, other), loss in losses.items():
            if prices[other] + loss < prices[group] - 1e-9:
                prices[group] = max(0.0, prices[other] + loss)
                changed = True
        if not changed:
            break
    return [0.0 if price == math.inf else price for price in prices]


def _total(chosen: Sequence[int], candidates: Sequence[Candidate]) -> float:
    return sum(candidates[index].value for index in chosen)


def _best_topics(
    order: Sequence[int],
    candidates: Sequence[Candidate],
    graph: Graph,
    prices: Sequence[float] | None,
) -> tuple[list[int], list[int]]:
    """One candidate a person, by value less price, and the rest; both from the best down."""
    cheapest = _cheapest(graph, prices or [0.0] * (max(graph.group_of, default=-1) + 1))
    best: dict[int, tuple[float, int]] = {}
    for index in order:
        price = cheapest[graph.class_of[index]]
        if price is not None:
            worth = candidates[index].value - price
            person = candidates[index].person_id
            if person not in best or worth > best[person][0]:
                best[person] = (worth, index)
    first = {index for _, index in best.values()}
    return (
        [index for index in order if index in first],
        [index for index in order
         if index not in first and cheapest[graph.class_of[index]] is not None],
    )  # fmt: skip


def _take(
    order: Iterable[int], candidates: Sequence[Candidate], graph: Graph, rooms: Sequence[int]
) -> tuple[list[int], list[float]]:
    """Take candidates in this order, each that finds a place.

    A group's price is the value of the first it had no room for, 0 if there was none.
    """
    flow = Flow(graph.admits, list(rooms))
    prices = [0.0] * len(rooms)
    priced = 0
    closed = [not mask for mask in graph.admits]
    still_open = closed.count(False)
    taken: set[int] = set()
    chosen: list[int] = []
    for index in order:
        if not still_open:
            break
        kind = graph.class_of[index]
        if closed[kind]:
            continue
        candidate = candidates[index]
        if candidate.person_id in taken:
            continue
        placed, tried = flow.place(kind, 1)
        if placed:
            taken.add(candidate.person_id)
            chosen.append(index)
            continue
        # Whoever comes later finds these groups as full as they are now.
        closed[kind] = True
        still_open -= 1
        for group in _bits(tried & ~priced):
            prices[group] = candidate.value
        priced |= tried
    return chosen, prices
