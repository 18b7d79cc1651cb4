"""How long until a collection runs again: busy ones sooner, all affordable. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """Bounds of an interval, in seconds, and what a run must bring to count as busy."""

    fastest: float
    slowest: float
    page_size: int = 100


def next_interval(
    current: float,
    pace: Pace,
    *,
    found: int,
    exhausted: bool,
    money: float = 0.0,
    money_left: float | None = None,
    day_left: timedelta = timedelta(days=1),
) -> float:
    """Seconds until the next run, given what this one found and cost.

    Half as long after a run that was cut short or brought half a page or more, longer by half after
    one that brought nothing, else as before. With a budget never so short that runs of the same
    cost would use up what is left of the day (``money_left``, ``day_left``) before it ends.
    """
    if not exhausted or found * 2 >= pace.page_size:
        wanted = current / 2
    elif found == 0:
        wanted = current * 1.5
    else:
        wanted = current
    wanted = min(pace.slowest, max(pace.fastest, wanted))
    if money_left is not None and money > 0:
        runs = money_left / money
        day = day_left.total_seconds()
        wanted = max(wanted, day / runs if runs >= 1 else day)
    return wanted


def fair_share(
    left: float,
    limit: float,
    spent: Mapping[int, float],
    own: int,
    *,
    waiting: frozenset[int],
    day_left: timedelta,
) -> float:
    """What one run of the collection ``own`` may take of what is ``left`` of a source's day.

    ``spent``: what every collection that shares it, this one included, spent of the day's
    ``limit``, in US dollars. Never more than an equal part among those ``waiting`` now, and so much
    less than is left that the others find their equal part of the limit later: all of it as the day
    begins, nothing as it ends, so that what nobody wants is not left over.
    """
    others = [money for one, money in spent.items() if one != own]
    share = limit / (len(others) + 1)
    day_part = min(1.0, max(0.0, day_left / timedelta(days=1)))
    kept = sum(max(0.0, share - money) for money in others) * day_part
    equal = left / (len(waiting - {own}) + 1)
    return max(0.0, min(left - kept, equal))


def spread_wait(wait: float, number: int, failures: int) -> float:
    """A wait lengthened by up to a fifth, differently for every collection and every failure.

    Deterministic, so that the same history gives the same instant; several that failed together
    still do not come back together.
    """
    return wait * (1 + ((number * 37 + failures * 11) % 20) / 100)
