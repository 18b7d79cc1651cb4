"""What an allocation is made from and what it comes to: data alone, no decisions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NO_SUPPLY: Final = "no_supply"
TERRITORY: Final = "territory"
_LATER = 0.3  # what tomorrow's means weigh against today's


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many prospects a rep may still receive and which.

    ``share`` is the rep's quota in places a working day: scarce places are handed out in
    proportion to it. An empty territory set of a kind allows all of that kind. Places are in
    lower case. ``standard`` numbers what the quota asks of a prospect (warmth and freshness).
    """

    rep_id: int
    count: int
    share: float
    languages: frozenset[str] = frozenset()
    topics: frozenset[int] = frozenset()
    networks: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    standard: int = 0

    def admits(self, candidate: Candidate) -> bool:
        """Whether the rep may receive the candidate.

        An unknown language lies in every territory, as few are unknown; an unknown place in none
        that names places, as most are. Who is bound to a rep is that rep's whatever the territory.
        """
        if not candidate.meets >> self.standard & 1 or self.rep_id in candidate.not_for:
            return False
        if candidate.only_rep is not None:
            return candidate.only_rep == self.rep_id
        return (
            (not self.languages or not candidate.language or candidate.language in self.languages)
            and (not self.topics or candidate.topic_id in self.topics)
            and (not self.networks or candidate.network in self.networks)
            and (not self.places or (candidate.place or "").lower() in self.places)
        )

    def keeps_out(self, candidate: Candidate) -> bool:
        """Whether nothing but the territory keeps the candidate from the rep."""
        return (
            candidate.only_rep is None
            and bool(candidate.meets >> self.standard & 1)
            and self.rep_id not in candidate.not_for
            and not self.admits(candidate)
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be given for a topic; ``value`` in points, not negative.

    ``only_rep``: somebody with whom this rep has a relationship; nobody else receives them.
    ``meets``: the standards the person meets, as bits; all of them if not given. ``not_for``: reps
    who handed them back not long ago.
    """

    person_id: int
    topic_id: int
    value: float
    language: str | None = None
    network: str = ""
    place: str | None = None
    only_rep: int | None = None
    meets: int = -1
    not_for: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """A rep's ledger before an allocation.

    ``owed``: places the rep is behind (negative: ahead of) its part of all that was handed out.
    ``count`` and ``value``: prospects of the last days, whose mean value is to be alike; those who
    leave these days soon count for less (``fade``). ``recent`` holds the same by day, whole: in how
    many days it leaves, how many they were, their value.
    """

    owed: float = 0.0
    count: float = 0.0
    value: float = 0.0
    recent: tuple[tuple[int, int, float], ...] = ()


def fade(days_left: int) -> float:
    """What a prospect of the ledger weighs that leaves it in ``days_left`` days, 0..1.

    Means are to be alike today and also tomorrow, when the oldest have left: today's weighs 0.7,
    tomorrow's 0.7 × 0.3, and so on, as there is still time to answer for later days. Of 0, 0.2 …
    0.5, 0.3 gave the smallest gaps.
    """
    return 1.0 - _LATER ** max(0, days_left)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Places that could not be filled, and why."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a checker needs to see that an allocation is as good as it claims.

    ``prices``: what one more place of a rep would be worth, in points; with them the total value
    of every possible allocation is bounded by ``bound``. ``entitled``: each rep's part of what was
    handed out; ``owed``: the ledger's afterwards, entitled added and given taken off.
    """

    total: float
    bound: float
    prices: Mapping[int, float]
    entitled: Mapping[int, float]
    owed: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who goes to whom, best first; ``assigned + shortfall == capacity`` for every rep.

    ``means`` are mean values with the ledger's.
    """

    assigned: Mapping[int, tuple[Candidate, ...]]
    shortfall: Mapping[int, Shortfall]
    means: Mapping[int, float]
    certificate: Certificate
