"""Warmth: evidence that halves with time, summed; its reasons are the terms of the sum. Pure.

With one half-life per topic the order of prospects does not change as time passes, so each keeps
one time-free key: ``log2(sum(points * 2**(t / half_life)))`` (DESIGN section 4).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

#: Code of the line that adds up what is too small to list.
REST = "rest"
_LARGEST = 1e6
_AGES = 900.0  # half-lives: 2 to this power still is a float
_HUNDREDTHS = 100  # shown points are whole hundredths, so that a sum of them is exact


#: What keeps a warmth from being higher, in the order that settles ties.
MISSING_CODES: Final = (
    "missing.age", "missing.intent", "missing.relevance", "missing.identity", "missing.repeat",
)  # fmt: skip


class Factors(NamedTuple):  # thousands are made for a page: a tuple costs a third of a dataclass
    """What a term's points are the product of, its weight apart: shares, 0..1."""

    intent: float = 1.0  # the probability of a live need, given that it is about the topic
    relevance: float = 1.0  # the probability that it is about the topic
    identity: float = 1.0  # what evidence by such an account counts
    repeat: float = 1.0  # what is left of a repeat


class Term(NamedTuple):
    """One signal's evidence: ``points`` when it happened, ``code`` why (translated when shown)."""

    signal_id: int
    points: float
    occurred_at: datetime
    code: str
    factors: Factors = Factors()


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A term as shown: what it is worth now, in hundredths of a point.

    ``signal_id`` is ``None`` for the line that adds up what is too small to list; ``signal_ids``
    are the signals it adds up, the largest first.
    """

    hundredths: int
    code: str
    signal_id: int | None
    factors: Factors | None = None
    signal_ids: tuple[int, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Missing:
    """What would add most if it were perfect, and how much, in hundredths of a point."""

    code: str
    hundredths: int


def split(prospect: float, relevance: float) -> tuple[float, float]:
    """Intent and relevance whose product is the probability of a prospect.

    That probability already says "a live need on this topic", so relevance is a part of it and is
    never multiplied in again (docs/decisions/0012). Nobody can have a need on a topic more surely
    than they speak of it, so relevance is at least the probability itself.
    """
    about = max(relevance, prospect)
    return (prospect / about if about > 0 else 0.0), about


def evidence(weight: float, prospect: float, identity: float = 1.0, repeat: float = 1.0) -> float:
    """Points one signal adds: weight × probability of a prospect × identity × rest of a repeat."""
    return weight * prospect * identity * repeat


def repeat_factor(share: float, ordinal: int) -> float:
    """What the ``ordinal``-th engagement of its kind counts, the first being 1."""
    return float(share ** (ordinal - 1))


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
    return float(2.0 ** min(key - now.timestamp() / half_life.total_seconds(), _AGES))


def worth(term: Term, now: datetime, half_life: timedelta) -> float:
    """What a term is worth at ``now``, in points."""
    return fade((term,), now, half_life)[0]


def fade(terms: Iterable[Term], now: datetime, half_life: timedelta) -> list[float]:
    """What each term is worth at ``now``, in points."""
    seconds = half_life.total_seconds()
    worths = []
    for term in terms:
        age = (now - term.occurred_at).total_seconds() / seconds
        if not -_AGES < age < _AGES:  # stay inside the range of floats
            age = math.copysign(_AGES, age)
        worths.append(term.points * 2.0**-age if term.points > 0 else 0.0)
    return worths


def explain(
    terms: Sequence[Term],
    now: datetime,
    half_life: timedelta,
    *,
    shown: int,
    worths: Sequence[float] | None = None,
) -> Warmth:
    """Warmth at ``now`` with its reasons, the largest first; the rest in one line.

    Every term is rounded once, and the warmth is the sum of the rounded terms, so that what is
    shown adds up. ``worths`` is what ``fade`` gave, if that is known.
    """
    if worths is None:
        worths = fade(terms, now, half_life)
    faded = [
        (round(_HUNDREDTHS * points), term.occurred_at, -term.signal_id, term)
        for points, term in zip(worths, terms, strict=True)
    ]
    faded.sort(reverse=True)
    listed = faded[:shown] if len(faded) <= shown else faded[: shown - 1]
    reasons = [
        ShownReason(hundredths, term.code, term.signal_id, term.factors)
        for hundredths, _, _, term in listed
    ]
    others = [one for one in faded[len(listed) :] if one[0]]
    if others:
        reasons.append(
            ShownReason(
                sum([hundredths for hundredths, _, _, _ in others]), REST, None,
                signal_ids=tuple([term.signal_id for _, _, _, term in others]),
            )
        )  # fmt: skip
    return Warmth(tuple(reason for reason in reasons if reason.hundredths))


def find_missing(
    terms: Sequence[Term],
    now: datetime,
    half_life: timedelta,
    *,
    worths: Sequence[float] | None = None,
) -> Missing | None:
    """Why a warmth is not higher: the factor that would add most if it alone were 1.

    ``None`` where nothing would add a hundredth. ``worths`` is what ``fade`` gave, if known.
    """
    if worths is None:
        worths = fade(terms, now, half_life)
    age = intent = relevance = identity = repeat = 0.0
    for now_worth, (_, points, _, _, factors) in zip(worths, terms, strict=True):
        if now_worth < points:
            age += points - now_worth
        if 0 < factors.intent < 1:
            intent += now_worth * (1.0 / factors.intent - 1.0)
        if 0 < factors.relevance < 1:
            relevance += now_worth * (1.0 / factors.relevance - 1.0)
        if 0 < factors.identity < 1:
            identity += now_worth * (1.0 / factors.identity - 1.0)
        if 0 < factors.repeat < 1:
            repeat += now_worth * (1.0 / factors.repeat - 1.0)
    gains = (age, intent, relevance, identity, repeat)  # as MISSING_CODES
    largest = max(gains)
    # a share near nothing would promise more than any number says
    hundredths = round(_HUNDREDTHS * min(largest, _LARGEST))
    return Missing(MISSING_CODES[gains.index(largest)], hundredths) if hundredths else None
