"""How many places each rep gets of too few: proportional, within one, over days. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_EPS = 1e-9


def entitle(total: int, shares: Sequence[float], caps: Sequence[int]) -> list[float]:
    """Each rep's part of ``total`` places: proportional to shares, nobody over their cap.

    What a cap cuts off goes to the others. Adds up to ``total``, or to all caps if they are less.
    """
    parts = [0.0] * len(shares)
    open_reps = [i for i, cap in enumerate(caps) if cap > 0 and shares[i] > 0]
    left = float(min(total, sum(caps)))
    while open_reps and left > _EPS:
        level = left / sum(shares[i] for i in open_reps)
        full = [i for i in open_reps if level * shares[i] >= caps[i] - _EPS]
        if not full:
            for i in open_reps:
                parts[i] = level * shares[i]
            return parts
        for i in full:
            parts[i] = float(caps[i])
            left -= caps[i]
        open_reps = [i for i in open_reps if not parts[i]]
    # Reps without a share come last: they are owed nothing, but no place is left open for that.
    for i, cap in enumerate(caps):
        if shares[i] <= 0 and left > _EPS:
            parts[i] = min(float(cap), left)
            left -= parts[i]
    return parts


def apportion(
    total: int, entitled: Sequence[float], owed: Sequence[float], caps: Sequence[int]
) -> list[int]:
    """Whole places that follow what each rep is entitled to, with what is still owed from before.

    The places are handed out one by one while entitlement accrues evenly: of the reps who are due
    the one whose debt would first reach a whole place is served (Tijdeman's rule for the chairman
    assignment problem, Discrete Mathematics 32, 1980). With steady shares nobody is ever more than
    a place from their part, over any number of days.
    """
    margin = 1.0 / (2 * len(entitled) - 2) if len(entitled) > 1 else 0.0
    given = _serve(total, entitled, owed, caps, margin)
    after = [o + e - n for o, e, n in zip(owed, entitled, given, strict=True)]
    if margin and any(abs(debt) > 1.0 + _EPS for debt in after):
        # Passing on to even out means uses up what the rule keeps in hand: then the soonest due.
        return _serve(total, entitled, owed, caps, 0.0)
    return given


def _serve(
    total: int, entitled: Sequence[float], owed: Sequence[float], caps: Sequence[int], margin: float
) -> list[int]:
    import numpy as np  # loads in a tenth of a second, and most commands allocate nothing

    n = len(entitled)
    given = np.zeros(n, dtype=np.int64)
    if not total or not n:
        return [0] * n
    cap = np.asarray(caps, dtype=np.int64)
    rate = np.asarray(entitled, dtype=np.float64) / total
    before = np.asarray(owed, dtype=np.float64)
    safe_rate = np.maximum(rate, 1e-12)
    for step in range(1, total + 1):
        debt = before + rate * step - given
        room = given < cap
        deadline = (1.0 - margin - debt) / safe_rate
        ready = room & (debt >= margin - _EPS)
        if not ready.any():  # caps or changed shares left nobody due: the furthest behind
            best = int(np.argmax(np.where(room, debt, -np.inf)))
        else:
            best = int(np.argmin(np.where(ready, deadline, np.inf)))
        if not room[best]:
            break
        given[best] += 1
    return [int(count) for count in given]
