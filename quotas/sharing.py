"""Who shares the people there are: by territory, and by what each quota asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from quotas.allocation import Candidate, Capacity
from quotas.needs import Standard

_Kind = tuple[int, str, str | None, str | None, tuple[bool, ...]]


@dataclass(frozen=True, slots=True)
class Contactable:
    """Somebody who may be contacted: how warm, and how long ago they last said something.

    Of somebody there, that is now; of an arrival ``weeks_ago``, as they became contactable.
    """

    candidate: Candidate
    warmth: float
    age: timedelta = timedelta()
    weeks_ago: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rep takes part in: territory and share of a week, and what their quota asks for."""

    capacity: Capacity
    standard: Standard

    def covers(self, one: Contactable) -> bool:
        """Whether the rep could be given that person, and they would count."""
        return self.standard.allows(one.warmth, one.age) and self.capacity.admits(one.candidate)


class Sharing:
    """The part of some reps of one territory in each person, the others' claims set beside theirs.

    Who may go to several is shared by their quotas. Nobody takes part in somebody who is not warm
    or fresh enough for their own; ``mine`` are asked for their territory alone, as the people they
    are held against are those of their standard, or of one that is tried out.
    """

    def __init__(self, mine: Sequence[Claim], others: Sequence[Claim]) -> None:
        self._mine = mine[0].capacity
        self._share = sum(claim.capacity.share for claim in mine)
        self._others = others
        self._standards = sorted(
            {claim.standard for claim in others},
            key=lambda one: (one.threshold, one.fresh_days or 0),
        )
        self._known: dict[_Kind, float] = {}

    def part_of(self, one: Contactable) -> float:
        """How much of that person is theirs, 0..1; 0 outside their territory."""
        return self.part_if_open(one) if self._mine.admits(one.candidate) else 0.0

    def part_if_open(self, one: Contactable) -> float:
        """How much of that person would be theirs if their territory held everybody."""
        candidate = one.candidate
        met = tuple(standard.allows(one.warmth, one.age) for standard in self._standards)
        kind = candidate.topic_id, candidate.network, candidate.language, candidate.place, met
        if kind not in self._known:
            taken = sum(claim.capacity.share for claim in self._others if claim.covers(one))
            self._known[kind] = self._share / (self._share + taken) if self._share > 0 else 0.0
        return self._known[kind]
