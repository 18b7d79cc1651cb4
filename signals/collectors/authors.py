"""Authors asked for again: what a profile says, in the words of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from signals.collectors.contract import Author, Budget, Cost, Flag, Malformed, Plan, Ref


@dataclass(frozen=True, slots=True)
class Profile:
    """What a network shows of an account; ``opened_at`` is aware UTC, ``None`` where unknown.

    ``flags`` are its labels and what its own words ask of machines: policy decides what follows.
    """

    author: Author
    flags: frozenset[Flag] = frozenset()
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProfileAnswer:
    """What one request brought. ``asked`` are all accounts that need not be asked for again soon.

    An account that is plainly gone is a deletion; one that is merely absent is only in ``asked``.
    """

    asked: tuple[str, ...]
    profiles: tuple[Profile, ...] = ()
    deletions: tuple[Ref, ...] = ()
    malformed: tuple[Malformed, ...] = ()
    cost: Cost = field(default_factory=Cost)


@runtime_checkable
class ReadsProfiles(Protocol):
    """A collector that can read the profiles of authors by their ids."""

    def read_profiles(
        self, account_ids: Sequence[str], *, budget: Budget
    ) -> Iterator[ProfileAnswer]:
        """Ask for these accounts, in batches of what one request can hold. Raises as ``collect``.

        An answer stands for itself: it is stored before the next one is asked for, so that a run
        that ends anywhere loses none and asks for none twice.
        """
        ...

    def plan_profiles(self, count: int) -> Plan:
        """What asking for so many accounts would take. Touches no network."""
        ...
