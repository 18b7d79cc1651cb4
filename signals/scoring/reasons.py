"""Reasons: contributions to the prospect logit, named, placed in the text, adding up exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring.contract import Reason
from signals.scoring.cues import CUES, Reading
from signals.scoring.features import reason_of
from signals.scoring.topic import Place

#: Reasons smaller than this are shown as one.
_SMALLEST: Final = 0.05
_OTHER_CODES: Final = (
    "intent.seeking",
    "intent.seller",
    "topic.keyword",
    "topic.close",
    "intent.prospect",
    "cue.question",
    "style.length",
)
CODES: Final[tuple[str, ...]] = (*(f"cue.{cue}" for cue in CUES), *_OTHER_CODES)
_PLACED: Final = len(CUES)


@lru_cache(maxsize=4)
def _grouped(columns: tuple[str, ...]) -> NDArray[np.float64]:
    matrix = np.zeros((len(columns), len(CODES)))
    for row, column in enumerate(columns):
        matrix[row, CODES.index(reason_of(column))] = 1.0
    return matrix


def grouped(columns: Sequence[str]) -> NDArray[np.float64]:
    """Sums columns under their reasons: shape (columns, CODES)."""
    return _grouped(tuple(columns))


def largest_first(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The intercept, then the reasons by size; equal sizes by code."""
    return tuple(
        sorted(reasons, key=lambda one: (one.code != "intercept", -abs(one.log_odds), one.code))
    )


class Shown:
    """Turns the sums of one text into reasons."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def reasons(
        self, base: float, sums: NDArray[np.float64], topical: float, place: Place | None
    ) -> tuple[Reason, ...]:
        """``base``: where every post starts; ``sums``: one per code; ``topical``: the n-grams'."""
        out = [Reason("intercept", base)]
        absent = rest = 0.0
        first = self._reading.first
        for position, summed in enumerate(sums.tolist()):
            code = CODES[position]
            value = summed + topical if code == "intent.prospect" else summed
            if position < _PLACED:
                hit = first.get(position)
                if hit is None:
                    absent += value
                elif abs(value) < _SMALLEST:
                    rest += value
                else:
                    out.append(Reason(code, value, *self._reading.locate(hit.start, hit.end)))
            elif abs(value) < _SMALLEST:
                rest += value
            elif code == "topic.keyword" and place is not None and place.start >= 0:
                words = self._reading.locate(place.start, place.end)
                out.append(Reason(_keyword_code(place), value, *words))
            elif code == "topic.close" and value < 0:
                out.append(Reason("topic.far", value))
            else:
                out.append(Reason(code, value))
        out.append(Reason("cue.absent", absent))
        if rest:
            out.append(Reason("rest", rest))
        return largest_first(out)

    def arabic(self, logit: float, rules: Sequence[Reason]) -> tuple[Reason, ...]:
        """Shares the logit among the rules' reasons; what they leave is the wording."""
        out: list[Reason] = []
        for reason in rules:
            if not reason.code.startswith("cue."):
                out.append(reason)
                continue
            name = reason.code.removeprefix("cue.")
            hit = self._reading.first.get(CUES.index(name)) if name in CUES else None
            words = self._reading.locate(hit.start, hit.end) if hit else ("", -1, -1)
            out.append(Reason(reason.code, reason.log_odds, *words))
        wording = logit - math.fsum(reason.log_odds for reason in out)
        return largest_first([*out, Reason("intent.prospect", wording)])


def _keyword_code(place: Place) -> str:
    if place.in_title:
        return "topic.in_title"
    return "topic.in_asking" if place.in_asking else "topic.in_passing"
