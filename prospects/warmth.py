"""Warmth: evidence that halves with time, summed; its reasons are the terms of the sum. Pure.

With one half-life per topic the order of prospects does not change as time passes, so each keeps
one time-free key: ``log2(sum(points * 2**(t / half_life)))`` (DESIGN section 4).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Code of the line that adds up what is too small to list.
REST = "rest"
_HUNDREDTHS = 100  # shown points are whole hundredths, so that a sum of them is exact


@dataclass(frozen=True, slots=True)
class Term:
    """One signal's evidence: ``points`` when it happened, ``code`` why (translated when shown)."""

    signal_id: int
    points: float
    occurred_at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A term as shown: what it is worth now, in hundredths of a point.

    ``signal_id`` is ``None`` for the line that adds up what is too small to list.
    """

    hundredths: int
    code: str
    signal_id: int | None

    @property
    def points(self) -> float:
        """Points, two decimals."""
        return self.hundredths / _HUNDREDTHS


@dataclass(frozen=True, slots=True)
class Warmth:
    """A warmth and the reasons that add up to it, both in hundredths."""

    reasons: tuple[ShownReason, ...]

    @property
    def hundredths(self) -> int:
        """Exactly the sum of the reasons."""
        return sum(reason.hundredths for reason in self.reasons)

    @property
    def value(self) -> float:
        """Points, two decimals."""
        return self.hundredths / _HUNDREDTHS


def evidence(weight: float, prospect: float) -> float:
    """Points one signal adds: the weight of its kind × the probability of a prospect."""
    return weight * prospect


def key_of(points: float, occurred_at: datetime, half_life: timedelta) -> float:
    """The key of one piece of evidence; minus infinity for none."""
    if points <= 0:
        return -math.inf
    return math.log2(points) + occurred_at.timestamp() / half_life.total_seconds()


def add_keys(keys: Iterable[float]) -> float:
    """The key of evidence taken together; the order of adding moves only the last bits."""
    known = [key for key in keys if key > -math.inf]
    if not known:
        return -math.inf
    top = max(known)
    return top + math.log2(math.fsum(2.0 ** (key - top) for key in known))


def value_of(key: float, now: datetime, half_life: timedelta) -> float:
    """Warmth at ``now``, in points."""
    # Evidence years ahead of the clock at a short half-life would leave the range of floats.
    return float(2.0 ** min(key - now.timestamp() / half_life.total_seconds(), 900.0))


def explain(terms: Sequence[Term], now: datetime, half_life: timedelta, *, shown: int) -> Warmth:
    """Warmth at ``now`` with its reasons, the largest first; the rest in one line.

    Every term is rounded once, and the warmth is the sum of the rounded terms, so that what is
    shown adds up.
    """
    faded = sorted(
        (
            (
                round(
                    _HUNDREDTHS
                    * value_of(key_of(term.points, term.occurred_at, half_life), now, half_life)
                ),
                term,
            )
            for term in terms
        ),
        key=lambda pair: (-pair[0], -pair[1].occurred_at.timestamp(), pair[1].signal_id),
    )
    listed = faded[:shown] if len(faded) <= shown else faded[: shown - 1]
    reasons = [ShownReason(hundredths, term.code, term.signal_id) for hundredths, term in listed]
    others = sum(hundredths for hundredths, _ in faded[len(listed) :])
    if others:
        reasons.append(ShownReason(others, REST, None))
    return Warmth(tuple(reason for reason in reasons if reason.hundredths))
