"""The reps of a simulated quarter: what they owe and how they work, honestly or not."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

STEADY = "steady"
QUICK = "quick"
LATE = "late"
BULK = "marks in bulk"
PASTE = "pastes notes"
COLD = "cold calls"

_PASTED = "Spoke at length about their plans and wishes, they will think it over until day {n}."
_WORDS = "fees spouse mortgage timing tax broker move children form bank pension risk".split()


@dataclass(frozen=True, slots=True)
class SimulatedRep:
    """One rep: name, how they work, contacts a week, the ramp's percents if new, a leave (week)."""

    name: str
    works: str
    target: int
    ramp: tuple[int, ...] = ()
    away_in: int | None = None

    @property
    def is_honest(self) -> bool:
        """Whether every touch really happened."""
        return self.works not in {BULK, PASTE}


STAFF = (
    SimulatedRep("Ada", STEADY, 50),
    SimulatedRep("Ben", QUICK, 50, away_in=6),
    SimulatedRep("Chiara", LATE, 40),
    SimulatedRep("Deniz", STEADY, 50, ramp=(25, 50, 75)),
    SimulatedRep("Erik", BULK, 50),
    SimulatedRep("Fatou", PASTE, 40),
    SimulatedRep("Greta", COLD, 0),
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One touch to be: which item of the list, when, how; ``invented`` if it never happens."""

    index: int
    at: datetime
    channel: str
    note: str
    invented: bool = False


def plan_day(rep: SimulatedRep, items: int, opens: datetime, rng: random.Random) -> list[Attempt]:
    """When and how a rep works through a list of that length; ``opens`` is nine o'clock."""
    worked = [index for index in range(items) if rng.random() < 0.94]
    if rep.works == QUICK:
        at = opens + timedelta(minutes=rng.uniform(5, 60))
        plan = []
        for index in worked:
            plan.append(_attempt(index, at, rng))
            at += timedelta(seconds=rng.uniform(14, 60))
        return plan
    if rep.works == LATE:  # writes the day down before going home
        at = opens + timedelta(hours=7)
        plan = []
        for index in worked:
            plan.append(_attempt(index, at, rng))
            at += timedelta(seconds=rng.uniform(12, 45))
        return plan
    moments = sorted(rng.uniform(0.1, 7.4) for _ in worked)
    plan = []
    previous = opens
    for index, hours in zip(worked, moments, strict=True):
        at = max(opens + timedelta(hours=hours), previous + timedelta(seconds=25))
        previous = at
        plan.append(_attempt(index, at, rng))
    if rep.works == BULK and len(plan) > 2 and rng.random() < 0.5:
        # works the first few, then marks the rest without contacting anybody
        real = rng.randint(0, 2)
        at = opens + timedelta(hours=7, minutes=35)
        plan = plan[:real]
        for index in worked[real:]:
            plan.append(Attempt(index, at, "message", "", invented=True))
            at += timedelta(seconds=rng.uniform(1, 4))
    if rep.works == PASTE:
        plan = [
            Attempt(a.index, a.at, "call", _PASTED.format(n=rng.randint(2, 30)), invented=True)
            if rng.random() < 0.3
            else a
            for a in plan
        ]
    return plan


def _attempt(index: int, at: datetime, rng: random.Random) -> Attempt:
    channel = rng.choice(("message", "message", "email", "call"))
    words = " ".join(rng.sample(_WORDS, rng.randint(4, 7))) if rng.random() < 0.4 else ""
    return Attempt(index, at, channel, words or rng.choice(("", "left voicemail", "intro sent")))
