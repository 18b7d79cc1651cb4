"""Where a rep will end up, how long it has gone well, and why something is missing. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from quotas.counts import predict
from quotas.targets import whole_pace

NOT_WORKED: Final = "not_worked"
NO_LIST: Final = "no_list"
#: Finished working days that a projection looks back on.
LOOK_BACK: Final = 40
_SHARE = 0.8
_HALVES = 20.0  # working days after which a day says half as much of how the rep works now


@dataclass(frozen=True, slots=True)
class Projection:
    """Where the period ends if the rep goes on as before, as far as there are people for it.

    ``low`` and ``high`` hold the finish with probability 0.8; ``chance`` is that of reaching the
    target; ``based_on`` says how many finished working days it rests on; ``limited``: whether
    supply, not the rep's pace, decides.
    """

    low: int
    expected: float
    high: int
    chance: float
    based_on: int
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lists hold and will bring that can still count.

    ``waiting``: people on the list whom the rep did not touch; ``given``: how many new ones each of
    the last lists brought, newest last; ``lists``: lists still to come in the period; ``is_short``:
    whether the last lists could not be filled. Else they bring what is asked of them.
    """

    waiting: int
    given: tuple[int, ...]
    lists: float
    is_short: bool


def project(
    counted: int,
    target: int,
    days_left: float,
    history: Sequence[int],
    plan: float,
    ahead: Ahead | None = None,
) -> Projection:
    """The finish from the rep's counts on finished working days, newest last.

    ``days_left`` are working days not yet passed, a part of today included; ``plan`` is the quota
    per working day, from which a rep without history starts. Method: ``quotas.counts.predict``.
    Where lists cannot be filled the finish is the smaller of what the pace and what supply gives;
    as a rep's own counts then follow supply too, bound is held against bound, not added up.
    """
    recent = list(history[-LOOK_BACK:])
    weights = [0.5 ** (age / _HALVES) for age in range(len(recent) - 1, -1, -1)]
    rest = predict(recent, days_left, expected=plan, weights=weights)
    low, high = rest.interval(_SHARE)
    mean, chance, limited = rest.mean, rest.at_least(target - counted), False
    if ahead is not None and ahead.is_short:
        bring = predict(ahead.given, ahead.lists)
        least, most = bring.interval(_SHARE)
        limited = ahead.waiting + bring.mean < mean
        low, high = min(low, ahead.waiting + least), min(high, ahead.waiting + most)
        mean = min(mean, ahead.waiting + bring.mean)
        chance = min(chance, bring.at_least(target - counted - ahead.waiting))
    return Projection(
        low=counted + low,
        expected=round(counted + mean, 1),
        high=counted + high,
        chance=round(chance, 3),
        based_on=len(recent),
        limited=limited,
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


def streak_of_days(
    days: Sequence[tuple[date, int, bool]], today: date, plan_of: Callable[[date], float]
) -> int:
    """Working days in a row, up to today, on which the plan of that day was reached.

    ``days`` are (date, counted, is working), oldest first. Days off and days on which nothing was
    owed neither count nor break; today counts once it is reached. ``plan_of`` is what was owed on a
    day by what held then, rounded down: 50 in a six-day week are 8 a day, and any part is one.
    """
    streak = 0
    for on, counted, working in reversed(days):
        if on > today or not working:
            continue
        plan = plan_of(on)
        if plan <= 0:
            continue
        if counted >= max(1, math.floor(plan)):
            streak += 1
        elif on < today:
            break
    return streak


@dataclass(frozen=True, slots=True)
class Missing:
    """Contacts missing by now, and why.

    ``not_worked``: people who were on the list and were not contacted; ``no_supply``,
    ``territory`` or ``longest``: places the lists could not fill; ``no_list``: neither, as no list
    asked for them.
    """

    count: int
    causes: Mapping[str, int]


def explain_missing(
    counted: int, pace: float, untouched: int | None, unfilled: Mapping[str, int]
) -> Missing:
    """Part what is missing by now by what the lists show.

    ``untouched``: people who could have counted, were on the rep's lists in the period, and do not
    count; ``None`` where no list is made for the activity: all of it was not worked. No more than
    these were left undone; for the rest there was nobody on the list, for the reasons that
    ``unfilled`` gives with the places it concerned.
    """
    count = max(0, whole_pace(pace) - counted)
    not_worked = count if untouched is None else min(count, untouched)
    left = count - not_worked
    causes: dict[str, int] = {}
    places = sum(unfilled.values())
    if left and not places:
        causes[NO_LIST] = left
    elif left:
        exact = {reason: left * number / places for reason, number in unfilled.items()}
        order = sorted(exact, key=lambda name: (-unfilled[name], name))
        causes = {name: math.floor(exact[name]) for name in order}
        rest = left - sum(causes.values())
        for name in sorted(order, key=lambda name: (causes[name] - exact[name], name))[:rest]:
            causes[name] += 1
        causes = {name: number for name, number in causes.items() if number}
    if not_worked:
        causes[NOT_WORKED] = not_worked
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
