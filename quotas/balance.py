"""Which prospects each rep gets, their number given: so that mean values come out alike. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import ceil
from typing import TYPE_CHECKING

from quotas.windows import MOST, divide

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CLOSE = 0.002  # means this close to each other are left alone; the promise is 0.02
_FEW = 16  # among so few hands every pair is tried at every step
_EVERY = 5000  # and where there are no more divisions than this, each of them
_EVEN = 1e-5  # of two as good ones that which leaves smaller debts, and so more freedom
_ROUNDS = 200
_PARTNERS = 10  # tried for each, the furthest first
_GAIN = 1e-12
_DRIFT = 0.8  # among many, a place is passed on only while nobody comes to be owed more than this
_PLACE = 1.0 + 1e-9  # among few, up to the whole place that is promised, while it can be kept
_AHEAD = 500  # places looked ahead whether it can


@dataclass(slots=True)
class Hand:
    """What one rep was dealt: candidates by number with value and class, on top of the ledger.

    ``debt``: places owed once these are given; ``rate``: the part of every place that falls to the
    rep; ``room``: the most the rep may be dealt.
    """

    group: int
    debt: float
    rate: float
    room: int
    before: float  # prospects of the ledger, those about to leave it counted for less
    total: float  # value of the ledger's and of today's
    items: list[tuple[float, int, int]]  # value, class, candidate
    recent: tuple[tuple[int, int, float], ...] = ()  # the ledger by days left in it: count, value

    @property
    def count(self) -> float:
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
    where both stay within a place of what they are owed, and everybody can be kept there. Every
    step makes the sum of the squared distances from the common mean smaller. Of a few prospects,
    where the ledger is known by day, every division is weighed instead (``windows.divide``).
    """
    if any(hand.recent for hand in hands):
        for part in _split(hands, suits):
            mine = {id(hand) for hand in part}
            _even_out(part, suits, [hand for hand in hands if id(hand) not in mine])
    else:
        _even_out(hands, suits, ())


def _split(hands: Sequence[Hand], suits: Callable[[int, int], bool]) -> list[list[Hand]]:
    """Hands between which a prospect of today could be passed on, directly or through others.

    Means are compared inside a part: nothing given today could bring two parts closer together.
    """
    part_of = {hand.group: hand.group for hand in hands}
    kinds = {kind for hand in hands for _, kind, _ in hand.items}
    for kind in sorted(kinds):
        joined = sorted({part_of[group] for group in part_of if suits(kind, group)})
        for group, part in part_of.items():
            if part in joined:
                part_of[group] = joined[0]
    parts: dict[int, list[Hand]] = {}
    for hand in hands:
        parts.setdefault(part_of[hand.group], []).append(hand)
    return list(parts.values())


def _even_out(
    hands: Sequence[Hand], suits: Callable[[int, int], bool], others: Sequence[Hand]
) -> None:
    items = sum(len(hand.items) for hand in hands)
    # Where every place is filled, counts are settled and only values are left to choose. Where they
    # are free too, few divisions are tried below, each with whether its counts can be kept.
    is_full = items == sum(hand.room for hand in hands)
    known = any(hand.recent for hand in hands) and (is_full or len(hands) ** items > _EVERY)
    if known and 0 < items <= MOST and 2 <= len(hands) <= _FEW:
        divide(hands, suits, lambda debts, rates: _keepable_beside(debts, rates, others))
        return
    dealt = [hand for hand in hands if hand.count]
    weight = sum(hand.count for hand in dealt)
    if len(dealt) < 2 or not weight:
        return
    common = sum(hand.total for hand in dealt) / weight
    if len(dealt) <= _FEW:
        _search_all(dealt, common, suits)
        if items > 0 and len(hands) ** items <= _EVERY:
            _try_every(hands, suits)
    else:
        _pair_up(dealt, common, suits)


def _keepable_beside(
    debts: NDArray[np.float64], rates: NDArray[np.float64], others: Sequence[Hand]
) -> NDArray[np.bool_]:
    """``_keepable`` together with others, whose debts stay as they are."""
    import numpy as np

    theirs = np.array([hand.debt for hand in others])
    beside = np.tile(theirs, (len(debts), 1))
    return _keepable(
        np.hstack([debts, beside]), np.hstack([rates, np.array([hand.rate for hand in others])])
    )


def _search_all(hands: Sequence[Hand], common: float, suits: Callable[[int, int], bool]) -> None:
    for _ in range(50 * len(hands)):
        allowed: dict[tuple[int, int], bool] = {}

        def may_pass(
            giver: Hand, taker: Hand, known: dict[tuple[int, int], bool] = allowed
        ) -> bool:
            pair = (id(giver), id(taker))
            if pair not in known:
                known[pair] = _can_keep(hands, giver, taker)
            return known[pair]

        best: _Step | None = None
        for first, second in combinations(hands, 2):
            step = _best_step(first, second, common, suits, may_pass)
            if step is not None and (best is None or step.change < best.change - 1e-12):
                best = step
        if best is None:
            return
        best.take()


def _can_keep(hands: Sequence[Hand], giver: Hand, taker: Hand) -> bool:
    """Whether after a pass everybody can be kept within a place of their part from here on."""
    if giver.debt + 1.0 > _PLACE or taker.debt - 1.0 < -_PLACE:
        return False
    import numpy as np  # loads in a tenth of a second, and most commands allocate nothing

    debts = np.array([hand.debt + (hand is giver) - (hand is taker) for hand in hands])
    return bool(_keepable(debts[None], np.array([hand.rate for hand in hands]))[0])


def _keepable(debts: NDArray[np.float64], rates: NDArray[np.float64]) -> NDArray[np.bool_]:
    """For each row of debts: whether all can stay within a place, if parts stay what they are.

    Of the next m places, whoever would otherwise come to be owed more than one needs theirs: for
    no m may that be more than m (unit jobs with release times and deadlines; nothing else can fail,
    as the bounds lie two places apart). Once nobody is ahead any more it cannot be.
    """
    import numpy as np

    behind = np.maximum(0.0, -debts) / np.maximum(rates, 1e-12)
    longest = min(_AHEAD, ceil(float(behind.max(initial=0.0))))
    kept: NDArray[np.bool_] = np.abs(debts).max(axis=1, initial=0.0) <= _PLACE
    step = max(1, 20_000 // max(1, debts.size))  # so many at a time
    for first in range(1, longest + 1, step):
        m = np.arange(first, min(first + step, longest + 1))
        due = np.maximum(0.0, np.ceil(debts[:, None] + rates * m[:, None] - _PLACE)).sum(axis=2)
        kept &= (due <= m).all(axis=1)
    return kept


def _within_drift(giver: Hand, taker: Hand) -> bool:
    return giver.debt + 1.0 <= _DRIFT and taker.debt - 1.0 >= -_DRIFT


def _try_every(hands: Sequence[Hand], suits: Callable[[int, int], bool]) -> None:
    """Take the best of all divisions of a few prospects: steps one by one miss some of them."""
    import numpy as np

    items = sorted(item for hand in hands for item in hand.items)
    who = np.array(list(product(range(len(hands)), repeat=len(items))), dtype=np.int64)
    allowed = np.array([[suits(kind, hand.group) for hand in hands] for _, kind, _ in items])
    mine = who[:, :, None] == np.arange(len(hands))
    have = np.array([len(hand.items) for hand in hands])
    owed, rates = np.array([(hand.debt, hand.rate) for hand in hands]).T
    counts = mine.sum(axis=1)
    fits = (~mine | allowed).all(axis=(1, 2))
    fits &= (counts <= np.array([hand.room for hand in hands])).all(axis=1)
    fits &= (np.abs(owed + have - counts) <= _PLACE).all(axis=1) | (counts == have).all(axis=1)
    who, mine, counts = who[fits], mine[fits], counts[fits]
    debts = owed + have - counts
    may = _keepable(debts, rates) | (counts == have).all(axis=1)
    values = np.array([value for value, _, _ in items])
    before = [(h.before, h.total - sum(value for value, _, _ in h.items)) for h in hands]
    sizes = counts + np.array([count for count, _ in before])
    totals = (mine * values[:, None]).sum(axis=1) + np.array([total for _, total in before])
    common = totals[0].sum() / sizes[0].sum()
    apart = np.where(sizes > 0, totals / np.maximum(sizes, 1e-12) - common, 0.0)
    cost = (apart**2).sum(axis=1) + _EVEN * (debts**2).sum(axis=1)
    chosen = int(np.argmin(np.where(may, np.round(cost, 12), np.inf)))
    for number, hand in enumerate(hands):
        hand.debt = float(debts[chosen, number])
        hand.items = [item for item, to in zip(items, who[chosen], strict=True) if to == number]
        hand.total = float(totals[chosen, number])


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
                step = _best_step(low, high, common, suits, _within_drift)
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
    first: Hand,
    second: Hand,
    common: float,
    suits: Callable[[int, int], bool],
    may_pass: Callable[[Hand, Hand], bool],
) -> _Step | None:
    """The best of a swap and of passing one on, in either direction."""
    steps = (
        _best_swap(first, second, common, suits),
        _best_pass(first, second, common, suits, may_pass),
        _best_pass(second, first, common, suits, may_pass),
    )
    return min((s for s in steps if s is not None), key=lambda step: step.change, default=None)


def _best_pass(
    first: Hand,
    second: Hand,
    common: float,
    suits: Callable[[int, int], bool],
    may_pass: Callable[[Hand, Hand], bool],
) -> _Step | None:
    """The prospect whose passing on shrinks the squared distances most."""
    n, m = first.count, second.count
    if len(second.items) >= second.room or n < 2:
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
    return best if best is not None and may_pass(first, second) else None


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
