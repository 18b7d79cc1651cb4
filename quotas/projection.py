"""Where a rep will end up, how long it has gone well, and why something is missing. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from quotas.allocate import NO_SUPPLY
from quotas.counts import predict

NOT_WORKED: Final = "not_worked"
#: Finished working days that a projection looks back on.
LOOK_BACK: Final = 40
_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Projection:
    """Where the period ends if the rep goes on as before.

    ``low`` and ``high`` hold the finish with probability 0.8; ``chance`` is that of reaching the
    target; ``based_on`` says how many finished working days it rests on.
    """

    low: int
    expected: float
    high: int
    chance: float
    based_on: int


def project(
    counted: int, target: int, days_left: float, history: Sequence[int], plan: float
) -> Projection:
    """The finish from the rep's counts on finished working days, newest last.

    ``days_left`` are working days not yet passed, a part of today included; ``plan`` is the quota
    per working day, from which a rep without history starts. Method: ``quotas.counts.predict``.
    """
    recent = list(history[-LOOK_BACK:])
    rest = predict(recent, days_left, expected=plan)
    low, high = rest.interval(_SHARE)
    return Projection(
        low=counted + low,
        expected=round(counted + rest.mean, 1),
        high=counted + high,
        chance=round(rest.at_least(target - counted), 3),
        based_on=len(recent),
    )


@dataclass(frozen=True, slots=True)
class Finished:
    """One period as it ended or stands: what was owed and what was counted."""

    start: date
    target: int
    counted: int
    is_over: bool


def streak_of_periods(periods: Sequence[Finished]) -> int:
    """Periods met in a row up to now, oldest first.

    The running one counts once it is met and breaks nothing before; nothing was owed in a period
    of leave, which neither counts nor breaks.
    """
    streak = 0
    for period in reversed(periods):
        if period.target <= 0:
            continue
        if period.counted >= period.target:
            streak += 1
        elif period.is_over:
            break
    return streak


def streak_of_days(days: Sequence[tuple[date, int, bool]], today: date, plan: float) -> int:
    """Working days in a row, up to today, on which the plan for a day was reached.

    ``days`` are (date, counted, is working), oldest first. Days off neither count nor break; today
    counts once it is reached. The plan is rounded down: 50 in a six-day week are 8 a day.
    """
    enough = max(1, math.floor(plan))
    streak = 0
    for on, counted, working in reversed(days):
        if on > today or not working:
            continue
        if counted >= enough:
            streak += 1
        elif on < today:
            break
    return streak


@dataclass(frozen=True, slots=True)
class Missing:
    """Contacts missing by now, and why: ``no_supply``, ``territory`` or ``not_worked``."""

    count: int
    causes: Mapping[str, int]


def explain_missing(
    counted: int, pace: float, offered: int, unfilled: Mapping[str, int]
) -> Missing:
    """Part what is missing by now into what could not be given and what was not worked.

    ``offered`` are the people warm enough that the rep had on lists in the period; ``unfilled`` are
    the places that lists could not fill, per reason, which says how to part the first share.
    """
    count = max(0, math.floor(pace) - counted)
    not_given = min(count, max(0, math.floor(pace) - offered)) if unfilled else 0
    causes: dict[str, int] = {}
    places = sum(unfilled.values())
    left = not_given
    for reason, number in sorted(unfilled.items(), key=lambda item: (-item[1], item[0])):
        part = min(left, round(not_given * number / places)) if places else 0
        if part:
            causes[reason] = part
            left -= part
    if left:
        largest = next(iter(causes), NO_SUPPLY)
        causes[largest] = causes.get(largest, 0) + left
    if count > not_given:
        causes[NOT_WORKED] = count - not_given
    return Missing(count, causes)


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a period likely ends; ``low`` and ``high`` hold it with probability 0.8."""

    low: int
    expected: float
    high: int


def add_up(parts: Sequence[Projection | Ending]) -> Ending:
    """Where several reps end together, each going on as before and none because of another.

    Intervals of independent counts do not add up; the squares of their half widths do.
    """
    expected = math.fsum(one.expected for one in parts)
    below = math.sqrt(math.fsum((one.expected - one.low) ** 2 for one in parts))
    above = math.sqrt(math.fsum((one.high - one.expected) ** 2 for one in parts))
    return Ending(
        low=math.floor(expected - below),
        expected=round(expected, 1),
        high=math.ceil(expected + above),
    )
