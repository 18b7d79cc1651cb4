"""What any rule could reach in the peer's case: by proof, and by a search that knows the future."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

from app.bench.allocation import APART, DAYS, PEER, WINDOW, draw_days
from app.bench.figures import Figure

_LEVELS = (0.045, 0.04, 0.035, 0.03, 0.025, 0.02)
_KEPT = 200  # alternatives kept a day
_EVEN = 2e-6  # what debts weigh in choosing them
_FADE = 0.5  # what a window that ends a day later weighs in choosing them


def measure_possible() -> list[Figure]:
    """What the figures of gaps can be held against."""
    found = [search_with_hindsight(PEER, 5, seed, DAYS) for seed in range(3)]
    return [
        Figure("quotas.peer_case_unavoidable_gap", find_unavoidable_gap(PEER, 5), "points"),
        *(
            Figure(f"quotas.gap_unavoidable.{name}", find_unavoidable_gap(shares, supply),
                   "points, by proof, for some arrivals")
            for name, shares, supply in (
                ("4_2_2_1_1_of_10", (4, 2, 2, 1, 1), 10), ("5_1_of_6", (5, 1), 6),
                ("4_2_2_1_1_of_5", PEER, 5), ("two_territories", APART[2:], 6),
            )
        ),
        Figure("quotas.peer_case_hindsight_gap", max(found), "points"),
    ]  # fmt: skip


def find_unavoidable_gap(shares: Sequence[int], supply: int) -> float:
    """The gap of means that no division avoids, whatever is known of the days to come.

    For arrivals in which 19 days are worth nothing and on one some prospects are worth 1, as many
    as are worst. Every division of that day is tried; where places are short, with each rep's count
    in the window within two of its part, as both ends of a window may be one place off. Nobody gets
    more in a day than asked for.
    """
    places = supply * WINDOW
    parts = [places * share / sum(shares) for share in shares]
    is_full = supply >= sum(shares)
    counts = [
        [round(part)] if is_full
        else [n for n in range(int(part) - 3, int(part) + 4) if n > 0 and abs(n - part) <= 2]
        for part in parts
    ]  # fmt: skip
    sizes = [one for one in product(*counts) if sum(one) == places]
    every = list(product(*(range(n + 1) for n in shares)))
    worst = 0.0
    for ones in range(1, supply + 1):
        least = 1.0
        for best in every:
            if sum(best) != ones:
                continue
            for size in sizes:
                means = [one / count for one, count in zip(best, size, strict=True)]
                least = min(least, max(means) - min(means))
        worst = max(worst, least)
    return worst


def search_with_hindsight(shares: Sequence[int], supply: int, seed: int, days: int) -> float:
    """The smallest bound on every window's gap that a search knowing every day could keep.

    A beam: of all divisions of a day within one place, the 200 most even are carried on. Less may
    be possible: this shows what can be done, not what cannot.
    """
    kept = 1.0
    for level in _LEVELS:
        if not _survives(shares, draw_days(random.Random(seed), supply, days), level):  # noqa: S311 - the same days as the rule had
            return kept
        kept = level
    return kept


def _survives(shares: Sequence[int], days: Sequence[Sequence[float]], most: float) -> bool:
    """Whether some division of every day keeps the gap of every window."""
    import numpy as np

    reps, supply = len(shares), len(days[0])
    of_rep = np.array(shares, dtype=np.float64)
    part = supply * of_rep / of_rep.sum()
    who = np.array(list(product(range(reps), repeat=supply)))
    mine = (who[:, :, None] == np.arange(reps)).astype(np.float64)
    mine = mine[(mine.sum(axis=1) <= of_rep).all(axis=1)]
    counts = mine.sum(axis=1)
    owed = np.zeros((1, reps))
    past = np.zeros((1, WINDOW, 2, reps))  # of each alternative: count and value by day
    for number, values in enumerate(days):
        worth = np.einsum("dir,i->dr", mine, np.array(values))
        after = owed[:, None] + part - counts
        which, how = np.nonzero((np.abs(after) <= 1 + 1e-9).all(axis=2))
        ends = past[:, ::-1].cumsum(axis=1)[:, ::-1]  # what a window that begins then has so far
        size = ends[which, 1, 0] + counts[how]
        total = ends[which, 1, 1] + worth[how]
        if number >= WINDOW - 1:
            means = total / np.maximum(size, 1e-9)
            fine = means.max(axis=1) - means.min(axis=1) <= most
            which, how, size, total = which[fine], how[fine], size[fine], total[fine]
        if not len(which):
            return False
        common = (total.sum(axis=1) / size.sum(axis=1))[:, None]
        cost = _EVEN * (after[which, how] ** 2).sum(axis=1)
        for later in range(8):
            n = ends[which, 1 + later, 0] + counts[how]
            v = ends[which, 1 + later, 1] + worth[how]
            cost += _FADE**later * (((v - n * common) / (part * WINDOW)) ** 2).sum(axis=1)
        best = np.argsort(cost, kind="stable")[:_KEPT]
        which, how = which[best], how[best]
        today = np.stack([counts[how], worth[how]], axis=1)[:, None]
        past = np.concatenate([past[which, 1:], today], axis=1)
        owed = after[which, how]
    return True
