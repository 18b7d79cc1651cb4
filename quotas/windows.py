"""Who gets whom of a few, so that means stay alike in every window of days. Pure.

Every division of a day is weighed, none is left out: for each rep what each set of the prospects
would make of its mean, and from these tables the best division by dynamic programming over sets.
A division counts by today's window and by what it leaves for tomorrow, when the oldest have left:
the distance of each mean that could not be mended then, on average over days like this one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations
from math import ceil, comb, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quotas.balance import Hand

MOST = 10  #: prospects of whom every division is weighed: 59,049 for each rep
_UNIT = 0.01  # points; only keeps the figures near one
_EVEN = 1e-6  # of two as good ones that which leaves smaller debts, and so more freedom
_SAMPLES = 32  # days like this one
_GRID = 41  # distances at which tomorrow is weighed; between them on a straight line
_SETS = 60  # of a rep's sets tomorrow; of more so many stand for all
_PLACE = 1.0 + 1e-9


def divide(
    hands: Sequence[Hand],
    suits: Callable[[int, int], bool],
    keepable: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]],
) -> None:
    """Give the prospects dealt to ``hands`` anew, in the best of all ways.

    ``suits(class, group)`` as in ``balance.even_out``; ``keepable(debts, rates)`` says of rows of
    debts whether everybody can be kept within a place of their part from there on. Where the best
    division cannot, the best with the counts as dealt is taken.
    """
    import numpy as np  # loads in a tenth of a second, and most commands allocate nothing

    items = sorted(item for hand in hands for item in hand.items)
    values = np.array([value for value, _, _ in items])
    bits = _bits(len(items))
    sizes = bits.sum(axis=1)
    tables = weigh_hands(hands, values)
    owed = np.array([hand.debt + len(hand.items) for hand in hands])
    rates = np.array([hand.rate for hand in hands])
    for hand, table in zip(hands, tables, strict=True):
        allowed = np.array([suits(kind, hand.group) for _, kind, _ in items])
        table[(bits[:, ~allowed].sum(axis=1) > 0) | (sizes > hand.room)] = np.inf
    chosen = _partition(
        [np.where(np.abs(owing - sizes) <= _PLACE, table, np.inf)
         for owing, table in zip(owed, tables, strict=True)]
    )  # fmt: skip
    if chosen is None or not bool(keepable((owed - sizes[chosen])[None], rates)[0]):
        chosen = _partition(
            [np.where(sizes == len(h.items), t, np.inf)
             for h, t in zip(hands, tables, strict=True)]
        )  # fmt: skip
    if chosen is None:  # not reached: how they were dealt is one of these
        return
    for hand, owing, number in zip(hands, owed, chosen, strict=True):
        mine = [item for item, bit in zip(items, bits[number], strict=True) if bit]
        hand.total += sum(v for v, _, _ in mine) - sum(v for v, _, _ in hand.items)
        hand.items = mine
        hand.debt = float(owing) - len(mine)


@cache
def _bits(count: int) -> NDArray[np.float64]:
    """A row for every set of ``count`` things: 1 for each in it."""
    import numpy as np

    return ((np.arange(1 << count)[:, None] >> np.arange(count)) & 1).astype(np.float64)


def weigh_hands(hands: Sequence[Hand], values: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """For each hand what every set of these would cost; set 5 holds the first and the third."""
    import numpy as np

    bits = _bits(len(values))
    sizes = bits.sum(axis=1)
    totals = bits @ values
    spreads = _sample_days(values)
    now = [_ledger(hand, 0) for hand in hands]
    tomorrow = [_ledger(hand, 1) for hand in hands]
    common, common_then = (
        (sum(v for _, v in of_all) + values.sum()) / (sum(n for n, _ in of_all) + len(values))
        for of_all in (now, tomorrow)
    )
    tables: list[NDArray[np.float64]] = []
    for hand, (count, value), (count_then, value_then) in zip(hands, now, tomorrow, strict=True):
        held = max(1.0, count + len(hand.items)) * _UNIT
        away = value - common * count + totals - common * sizes
        then = value_then - common_then * count_then + totals - common_then * sizes
        debt = hand.debt + len(hand.items) - sizes
        cost = (away / held) ** 2 + _foresee(then, spreads, hand, len(values), held)
        tables.append(np.round(cost + _EVEN * debt**2, 12))
    return tables


def _ledger(hand: Hand, later: int) -> tuple[float, float]:
    """Count and value of what is still in the window ``later`` days from now."""
    kept = [(n, v) for left, n, v in hand.recent if left > later]
    return float(sum(n for n, _ in kept)), float(sum(v for _, v in kept))


def _sample_days(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Days like this one: as many prospects, drawn from between today's values; the same always.

    Each row holds distances from the row's own mean.
    """
    import numpy as np

    rng = random.Random(len(values))  # noqa: S311 - the same days every time, nothing secret
    places = np.array([[rng.random() for _ in values] for _ in range(_SAMPLES)])
    known = (np.arange(len(values)) + 0.5) / len(values)
    drawn = np.interp(places, known, np.sort(values))
    away: NDArray[np.float64] = drawn - drawn.mean(axis=1, keepdims=True)
    return away


def _foresee(
    then: NDArray[np.float64],
    days: NDArray[np.float64],
    hand: Hand,
    count: int,
    held: float,
) -> NDArray[np.float64]:
    """What tomorrow would leave of each distance at best, on average over ``days``."""
    import numpy as np

    part = hand.rate * count
    most = min(hand.room, ceil(part - 1e-9))
    sets = _sets(count, min(most, floor(part + 1e-9)), most)
    reach = days @ sets.T
    low, high = float(then.min()), float(then.max())
    grid = np.linspace(low, max(high, low + 1e-9), _GRID)
    left = np.abs(grid[:, None, None] + reach).min(axis=2)
    costs = ((left / held) ** 2).mean(axis=1)
    found: NDArray[np.float64] = np.interp(then, grid, costs)
    return found


@cache
def _sets(count: int, least: int, most: int) -> NDArray[np.float64]:
    """The sets of that many of ``count`` things, a row each; an even part of very many."""
    import numpy as np

    rows: list[list[float]] = []
    for size in range(least, most + 1):
        every = max(1, comb(count, size) // _SETS)
        for number, chosen in enumerate(combinations(range(count), size)):
            if number % every == 0:
                rows.append([float(one in chosen) for one in range(count)])
    return np.array(rows)


def _partition(costs: Sequence[NDArray[np.float64]]) -> list[int] | None:
    """The cheapest way to part all things among reps, as one set each; ``None``: there is none.

    Of the sets of the first reps together the cheapest division of each is kept, and so on.
    """
    import numpy as np

    others, parts, starts = _pairs(len(costs[0]).bit_length() - 1)
    best = [costs[0]]
    for cost in costs[1:]:
        best.append(np.minimum.reduceat(best[-1][parts] + cost[others], starts))
    if not np.isfinite(best[-1][-1]):
        return None
    whole, chosen = len(costs[0]) - 1, []
    for number in range(len(costs) - 1, 0, -1):
        first = starts[whole]
        after = starts[whole + 1] if whole + 1 < len(starts) else len(parts)
        cost = best[number - 1][parts[first:after]] + costs[number][others[first:after]]
        at = first + int(np.argmin(cost))
        chosen.append(int(others[at]))
        whole = int(parts[at])
    return [whole, *reversed(chosen)]


@cache
def _pairs(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For every set each way to part it in two, and where each set's ways begin."""
    import numpy as np

    others: list[int] = []
    parts: list[int] = []
    starts: list[int] = []
    for whole in range(1 << count):
        starts.append(len(parts))
        part = whole
        while True:
            parts.append(part)
            others.append(whole ^ part)
            if not part:
                break
            part = (part - 1) & whole
    return np.array(others), np.array(parts), np.array(starts)
