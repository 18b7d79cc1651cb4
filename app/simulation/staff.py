"""The reps of a simulated quarter: what they owe and how they work, honestly or not."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.simulation.world import MOVING, RETIREMENT, SCHOOLS

STEADY = "steady"
QUICK = "quick"
LATE = "late"
BULK = "marks in bulk"
PASTE = "pastes notes"
COLD = "cold calls"
BURST = "works in bursts"
NIGHT = "marks at night"
DOUBLE = "logs twice"
SPLIT = "splits people"
NAMESAKES = "meets namesakes"

_PASTED = "Spoke at length about their plans and wishes, they will think it over until day {n}."
_WORDS = "fees spouse mortgage timing tax broker move children form bank pension risk".split()


@dataclass(frozen=True, slots=True)
class SimulatedRep:
    """One rep: name, how they work, contacts a week, the ramp's percents if new, a leave (week).

    ``topic``: the one the rep's territory is, where it is not everybody's.
    """

    name: str
    works: str
    target: int
    ramp: tuple[int, ...] = ()
    away_in: int | None = None
    topic: str = RETIREMENT

    @property
    def is_honest(self) -> bool:
        """Whether every touch really happened."""
        return self.works not in {BULK, PASTE, NIGHT, DOUBLE, SPLIT}


STAFF = (
    SimulatedRep("Ada", STEADY, 50),
    SimulatedRep("Ben", QUICK, 50, away_in=6),
    SimulatedRep("Chiara", LATE, 40),
    SimulatedRep("Deniz", STEADY, 50, ramp=(25, 50, 75)),
    SimulatedRep("Erik", BULK, 50),
    SimulatedRep("Fatou", PASTE, 40),
    SimulatedRep("Greta", COLD, 0),
    SimulatedRep("Hugo", BURST, 50),
    SimulatedRep("Ivan", NIGHT, 75),
    SimulatedRep("Jana", DOUBLE, 40),
    # Two people of one name meet the same rep where a topic is that rep's alone.
    SimulatedRep("Kofi", SPLIT, 40, topic=SCHOOLS),
    SimulatedRep("Lena", NAMESAKES, 40, topic=MOVING),
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One touch to be: which item of the list, when, how; ``invented`` if it never happens.

    ``again``: when the same contact is logged a second time, if it is.
    """

    index: int
    at: datetime
    channel: str
    note: str
    invented: bool = False
    again: datetime | None = None


def plan_day(rep: SimulatedRep, items: int, opens: datetime, rng: random.Random) -> list[Attempt]:
    """When and how a rep works through a list of that length; ``opens`` is nine o'clock."""
    worked = [index for index in range(items) if rng.random() < 0.94]
    if rep.works in _RUNS:
        return _work_in_runs(worked, *_RUNS[rep.works], opens, rng)
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
    if rep.works == NIGHT and len(plan) > 11 and rng.random() < 0.3:
        real = rng.randint(0, len(plan) - 12)
        at = opens + timedelta(hours=12, minutes=30)
        plan = plan[:real]
        for index in worked[real:]:
            plan.append(Attempt(index, at, "message", "intro sent", invented=True))
            at += timedelta(seconds=rng.uniform(10, 60))
    if rep.works == DOUBLE:
        plan = [
            replace(a, again=a.at + timedelta(minutes=rng.uniform(1, 20)))
            if rng.random() < 0.3
            else a
            for a in plan
        ]
    if rep.works == PASTE:
        plan = [
            Attempt(a.index, a.at, "call", _PASTED.format(n=rng.randint(2, 30)), invented=True)
            if rng.random() < 0.3
            else a
            for a in plan
        ]
    return plan


# Hours after opening at which a run begins, and the seconds between two contacts of it.
_RUNS: dict[str, tuple[tuple[float, ...], float, float]] = {
    QUICK: ((0.5,), 14, 60),
    LATE: ((7.0,), 12, 45),  # writes the day down before going home
    BURST: ((1.0, 6.0), 15, 90),
}


def _work_in_runs(
    worked: list[int],
    hours: tuple[float, ...],
    least: float,
    most: float,
    opens: datetime,
    rng: random.Random,
) -> list[Attempt]:
    plan = []
    size = -(-len(worked) // len(hours))
    for run, hour in enumerate(hours):
        at = opens + timedelta(hours=hour)
        for index in worked[run * size : (run + 1) * size]:
            plan.append(_attempt(index, at, rng))
            at += timedelta(seconds=rng.uniform(least, most))
    return plan


def _attempt(index: int, at: datetime, rng: random.Random) -> Attempt:
    channel = rng.choice(("message", "message", "email", "call"))
    words = " ".join(rng.sample(_WORDS, rng.randint(4, 7))) if rng.random() < 0.4 else ""
    return Attempt(index, at, channel, words or rng.choice(("", "left voicemail", "intro sent")))
