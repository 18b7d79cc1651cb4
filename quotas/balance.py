"""Which prospects each rep gets, their number given: so that mean values come out alike. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

_CLOSE = 0.002  # means this close to each other are left alone; the promise is 0.02
_FEW = 16  # among so few hands every pair is tried at every step
_ROUNDS = 200
_PARTNERS = 10  # tried for each, the furthest first
_GAIN = 1e-12
_DRIFT = 0.8  # a place is passed on only while nobody comes to be owed more than this


@dataclass(slots=True)
class Hand:
    """What one rep was dealt: candidates by number with value and class, on top of the ledger.

    ``debt``: places owed once these are given; ``room``: the most the rep may be dealt.
    """

    group: int
    debt: float
    room: int
    before: int  # prospects of the ledger
    total: float  # value of the ledger's and of today's
    items: list[tuple[float, int, int]]  # value, class, candidate

    @property
    def count(self) -> int:
        """Prospects of the ledger and of today."""
        return self.before + len(self.items)

    @property
    def mean(self) -> float:
        """Their mean value."""
        return self.total / self.count if self.count else 0.0


def deal(items: Sequence[int], counts: Sequence[int]) -> list[list[int]]:
    """Deal items, best first, so that everybody's share is spread evenly over the ranking."""
    turns = sorted(
        ((j + 0.5) / count, who) for who, count in enumerate(counts) for j in range(count)
    )
    hands: list[list[int]] = [[] for _ in counts]
    for item, (_, who) in zip(items, turns, strict=True):
        hands[who].append(item)
    return hands


def even_out(hands: Sequence[Hand], suits: Callable[[int, int], bool]) -> None:
    """Swap and pass on prospects until nothing brings the mean values closer together.

    ``suits(class, group)`` says whether a group of reps may receive a class. One is passed on only
    where both stay within a place of what they are owed. Every step makes the sum of the squared
    distances from the common mean smaller.
    """
    dealt = [hand for hand in hands if hand.count]
    weight = sum(hand.count for hand in dealt)
    if len(dealt) < 2 or not weight:
        return
    common = sum(hand.total for hand in dealt) / weight
    if len(dealt) <= _FEW:
        _search_all(dealt, common, suits)
    else:
        _pair_up(dealt, common, suits)


def _search_all(hands: Sequence[Hand], common: float, suits: Callable[[int, int], bool]) -> None:
    for _ in range(50 * len(hands)):
        best: _Step | None = None
        for first, second in combinations(hands, 2):
            step = _best_step(first, second, common, suits)
            if step is not None and (best is None or step.change < best.change - 1e-12):
                best = step
        if best is None:
            return
        best.take()


def _pair_up(hands: Sequence[Hand], common: float, suits: Callable[[int, int], bool]) -> None:
    """The furthest above with the furthest below, the next with the next, in rounds."""
    for _ in range(_ROUNDS):
        ranked = sorted(hands, key=lambda hand: hand.mean)
        taken = False
        for place in range(len(ranked) // 2):
            low = ranked[place]
            for other in range(_PARTNERS):
                high = ranked[-1 - (place + other) % len(ranked)]
                if high.mean - low.mean < _CLOSE:
                    break
                step = _best_step(low, high, common, suits)
                if step is not None:
                    step.take()
                    taken = True
                    break
        if not taken:
            return


@dataclass(frozen=True, slots=True)
class _Step:
    """One swap, or with ``theirs`` of ``None`` one prospect passed on; ``change`` is negative."""

    change: float
    first: Hand
    mine: int
    second: Hand
    theirs: int | None

    def take(self) -> None:
        first, second = self.first, self.second
        item = first.items.pop(self.mine)
        first.total -= item[0]
        second.total += item[0]
        if self.theirs is None:
            first.debt += 1.0
            second.debt -= 1.0
        else:
            back = second.items.pop(self.theirs)
            first.items.append(back)
            first.total += back[0]
            second.total -= back[0]
        second.items.append(item)


def _best_step(
    first: Hand, second: Hand, common: float, suits: Callable[[int, int], bool]
) -> _Step | None:
    """The best of a swap and of passing one on, in either direction."""
    steps = (
        _best_swap(first, second, common, suits),
        _best_pass(first, second, common, suits),
        _best_pass(second, first, common, suits),
    )
    return min((s for s in steps if s is not None), key=lambda step: step.change, default=None)


def _best_pass(
    first: Hand, second: Hand, common: float, suits: Callable[[int, int], bool]
) -> _Step | None:
    """The prospect whose passing on shrinks the squared distances most."""
    n, m = first.count, second.count
    if (
        first.debt + 1.0 > _DRIFT
        or second.debt - 1.0 < -_DRIFT
        or len(second.items) >= second.room
        or n < 2
    ):
        return None
    now = (first.mean - common) ** 2 + (second.mean - common) ** 2
    best: _Step | None = None
    for i, (value, kind, _) in enumerate(first.items):
        if first.group == second.group or suits(kind, second.group):
            then = ((first.total - value) / (n - 1) - common) ** 2 + (
                (second.total + value) / (m + 1) - common
            ) ** 2
            if then - now < -_GAIN and (best is None or then - now < best.change):
                best = _Step(then - now, first, i, second, None)
    return best


def _best_swap(
    first: Hand, second: Hand, common: float, suits: Callable[[int, int], bool]
) -> _Step | None:
    """The swap that shrinks the squared distances most."""
    n, m = first.count, second.count
    away, other_away = first.mean - common, second.mean - common
    # a value d more for the first: (away + d/n)² + (other - d/m)² is least at
    wanted = (other_away / m - away / n) / (1 / n**2 + 1 / m**2)
    same = first.group == second.group
    take = sorted(
        (value, j) for j, (value, kind, _) in enumerate(second.items)
        if same or suits(kind, first.group)
    )  # fmt: skip
    best: _Step | None = None
    for i, (value, kind, _) in enumerate(first.items):
        if not (same or suits(kind, second.group)):
            continue
        at = bisect_left(take, (value + wanted, -1))
        for other, j in take[max(0, at - 1) : at + 1]:
            d = other - value
            change = (2 * away + d / n) * d / n - (2 * other_away - d / m) * d / m
            if change < -_GAIN and (best is None or change < best.change):
                best = _Step(change, first, i, second, j)
    return best
