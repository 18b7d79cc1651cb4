"""Who gets whom: proportional to quota, balanced in value, deterministic. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

NO_SUPPLY: Final = "no_supply"
TERRITORY: Final = "territory"


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many prospects a rep may still receive and which.

    ``share`` is the rep's quota: places are handed out in proportion to it. An empty territory
    set of a kind allows all of that kind.
    """

    rep_id: int
    count: int
    share: float
    languages: frozenset[str] = frozenset()
    topics: frozenset[int] = frozenset()
    networks: frozenset[str] = frozenset()

    def admits(self, candidate: Candidate) -> bool:
        """Whether the candidate lies in the rep's territory; an unknown language does."""
        return (
            (not self.languages or not candidate.language or candidate.language in self.languages)
            and (not self.topics or candidate.topic_id in self.topics)
            and (not self.networks or candidate.network in self.networks)
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be given, with the value of the best topic; ``value`` in points."""

    person_id: int
    topic_id: int
    value: float
    language: str | None = None
    network: str = ""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Places that could not be filled, and why."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who goes to whom, best first; ``assigned + shortfall == capacity`` for every rep.

    ``given`` counts with the ledger; ``means`` are mean values of this allocation.
    """

    assigned: Mapping[int, tuple[Candidate, ...]]
    shortfall: Mapping[int, Shortfall]
    given: Mapping[int, int]
    means: Mapping[int, float]


def allocate(
    capacities: Sequence[Capacity],
    ranked: Sequence[Candidate],
    held: AbstractSet[int],
    ledger: Mapping[int, int],
    *,
    seed: int,
) -> Allocation:
    """Hand out candidates; nobody to two reps, nobody who is held, no capacity exceeded.

    ``ledger`` says how many each rep was given before in the period, so that scarce supply comes
    out proportional to quota over days, not only today. First the number for each rep is settled
    (the next place goes to whoever is furthest behind the quota), then candidates are dealt from
    the best down so that each rep's values spread evenly over the ranking.
    """
    reps = sorted((c for c in capacities if c.count > 0), key=lambda c: c.rep_id)
    supply = _order(ranked, held, seed)
    counts = _settle_counts(reps, supply, ledger)
    assigned: dict[int, list[Candidate]] = {capacity.rep_id: [] for capacity in capacities}
    left = _deal(supply, assigned, lambda candidate: _furthest(reps, candidate, counts, assigned))
    # Territories can leave a place open although somebody suitable is left: fill it.
    full = {capacity.rep_id: capacity.count for capacity in reps}
    if sum(map(len, assigned.values())) < sum(full.values()):
        _deal(left, assigned, lambda candidate: _furthest(reps, candidate, full, assigned))
    return _conclude(capacities, assigned, supply, ledger)


def _deal(
    supply: Sequence[Candidate],
    assigned: Mapping[int, list[Candidate]],
    choose: Callable[[Candidate], int | None],
) -> list[Candidate]:
    left = []
    for candidate in supply:
        rep = choose(candidate)
        if rep is None:
            left.append(candidate)
        else:
            assigned[rep].append(candidate)
    return left


def _order(ranked: Sequence[Candidate], held: AbstractSet[int], seed: int) -> list[Candidate]:
    """Best first, each person once with the best topic; equal values in an order the seed sets."""

    def name(candidate: Candidate) -> tuple[float, bytes, int]:
        mixed = f"{seed}:{candidate.person_id}".encode()
        return -candidate.value, hashlib.blake2b(mixed, digest_size=8).digest(), candidate.topic_id

    seen: set[int] = set(held)
    ordered = []
    for candidate in sorted(ranked, key=name):
        if candidate.person_id not in seen:
            seen.add(candidate.person_id)
            ordered.append(candidate)
    return ordered


def _settle_counts(
    reps: Sequence[Capacity], supply: Sequence[Candidate], ledger: Mapping[int, int]
) -> dict[int, int]:
    if len(supply) >= sum(capacity.count for capacity in reps):
        return {capacity.rep_id: capacity.count for capacity in reps}
    counts = {capacity.rep_id: 0 for capacity in reps}
    for candidate in supply:
        open_reps = [
            c for c in reps if counts[c.rep_id] < c.count and c.share > 0 and c.admits(candidate)
        ]
        if open_reps:
            behind = min(
                open_reps,
                key=lambda c: (
                    (ledger.get(c.rep_id, 0) + counts[c.rep_id] + 1) / c.share, c.rep_id
                ),
            )  # fmt: skip
            counts[behind.rep_id] += 1
    return counts


def _furthest(
    reps: Sequence[Capacity],
    candidate: Candidate,
    counts: Mapping[int, int],
    assigned: Mapping[int, Sequence[Candidate]],
) -> int | None:
    best: tuple[float, int] | None = None
    for capacity in reps:
        wanted, got = counts[capacity.rep_id], len(assigned[capacity.rep_id])
        if got < wanted and capacity.admits(candidate):
            place = ((got + 0.5) / wanted, capacity.rep_id)
            if best is None or place < best:
                best = place
    return best[1] if best else None


def _conclude(
    capacities: Sequence[Capacity],
    assigned: Mapping[int, Sequence[Candidate]],
    supply: Sequence[Candidate],
    ledger: Mapping[int, int],
) -> Allocation:
    handed_out = sum(map(len, assigned.values()))
    shortfall = {}
    for capacity in capacities:
        missing = capacity.count - len(assigned[capacity.rep_id])
        if missing:
            reason = TERRITORY if handed_out < len(supply) else NO_SUPPLY
            shortfall[capacity.rep_id] = Shortfall(missing, reason)
    return Allocation(
        assigned={
            rep: tuple(sorted(got, key=lambda c: (-c.value, c.person_id)))
            for rep, got in assigned.items()
        },
        shortfall=shortfall,
        given={rep: ledger.get(rep, 0) + len(got) for rep, got in assigned.items()},
        means={
            rep: round(sum(c.value for c in got) / len(got), 4) if got else 0.0
            for rep, got in assigned.items()
        },
    )
