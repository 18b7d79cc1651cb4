"""Invented reps, their lists and how they work them: how often a projected finish holds."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from app.bench.figures import Figure
from quotas.projection import Ahead, project

_DAYS = 5  # of a week
_WEEKS = 8  # worked before the one that is projected
_EACH = 400


@dataclass(frozen=True, slots=True)
class Kind:
    """How a rep works: the share of the list done on a day, and who is there to be listed a day.

    ``share`` and ``supply`` are asked each day, with the rep's own level, 0..1.
    """

    share: Callable[[random.Random, float, int], float]
    supply: Callable[[random.Random, float], int]
    weeks: int = _WEEKS


def _plenty(_rng: random.Random, _level: float) -> int:
    return 1000


def _few(rng: random.Random, level: float) -> int:
    mean = 3 + 4 * level
    return sum(rng.random() < mean / 40 for _ in range(40))


def _drift(rng: random.Random, level: float, week: int) -> float:
    return min(0.95, max(0.15, level * 0.6 + 0.04 * (week - 4) + rng.gauss(0.1, 0.1)))


KINDS: dict[str, Kind] = {
    "steady": Kind(lambda _rng, level, _week: 0.4 + 0.4 * level, _plenty),
    "uneven": Kind(lambda rng, level, _week: rng.betavariate(1 + level, 1.5), _plenty),
    "drifting": Kind(_drift, _plenty),
    "new": Kind(lambda rng, level, _week: rng.betavariate(2 + level, 2), _plenty, weeks=1),
    "short": Kind(lambda rng, _level, _week: rng.betavariate(18, 2), _few),
    "part worked": Kind(lambda rng, level, _week: rng.betavariate(3 + 2 * level, 3), _few),
    "finishes the list": Kind(lambda rng, _level, _week: rng.betavariate(20, 1), _plenty),
}


def try_projection(kind: str, *, periods: int, seed: int) -> tuple[int, int]:
    """How often the 80 % interval held the week's finish, and of how many weeks.

    A quota of 50 a week, its misses rolled into the days left; projected before a day of the last
    week that chance chooses. What is not worked waits on the list.
    """
    rng = random.Random(f"{kind}:{seed}")  # noqa: S311 - the same weeks every time, nothing secret
    held = 0
    for _ in range(periods):
        low, finish, high = _one(KINDS[kind], rng)
        held += low <= finish <= high
    return held, periods


def _one(kind: Kind, rng: random.Random, target: int = 50) -> tuple[int, int, int]:
    level, waiting = rng.random(), 0
    asked_on = rng.randrange(1, _DAYS)
    history: list[int] = []
    brought: list[tuple[int, bool]] = []
    low = high = 0
    counted = 0
    for week in range(kind.weeks + 1):
        counted = 0
        for day in range(_DAYS):
            last = week == kind.weeks
            if last and day == asked_on:
                is_short = bool(brought) and brought[-1][1]
                ahead = Ahead(waiting, tuple(n for n, short in brought[-20:] if short),
                              _DAYS - day, is_short)  # fmt: skip
                told = project(counted, target, _DAYS - day, history, target / _DAYS, ahead)
                low, high = told.low, told.high
            wanted = ceil(max(0, target - counted) / (_DAYS - day))
            there = kind.supply(rng, level)
            new = min(max(0, wanted - waiting), there)
            brought.append((new, new < wanted - waiting))
            waiting += new
            share = kind.share(rng, level, week)
            done = sum(rng.random() < share for _ in range(waiting))
            waiting -= done
            counted += done
            history.append(done)
    return low, counted, high


def measure_projection() -> list[Figure]:
    """How often a projected finish lay in its interval, over every kind of rep and the worst."""
    shares = {}
    for kind in KINDS:
        held, tried = try_projection(kind, periods=_EACH, seed=1)
        shares[kind] = held / tried
    return [
        Figure("quotas.projection_held_share", sum(shares.values()) / len(shares),
               "of weeks whose finish lay in the 80 % interval", 0.75),
        Figure("quotas.projection_held_least", min(shares.values()), "of the worst kind of rep",
               0.75),
        Figure("quotas.projection_held_most", max(shares.values()), "of the easiest kind of rep",
               0.9, at_most=True),
    ]  # fmt: skip
