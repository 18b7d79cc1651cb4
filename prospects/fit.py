"""Fit: whether somebody is the kind of prospect a topic is for, whatever they did. Pure.

Fit and engagement stay two values. Lists go by the band of fit first and by warmth inside a band,
so that neither can buy itself the other's place.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

#: Bands of fit, best first: they fit, it is not known, they do not.
FITS, UNSURE, UNFIT = 2, 1, 0
BANDS: Final = (FITS, UNSURE, UNFIT)
_FITS_FROM: Final = 0.7
_UNSURE_FROM: Final = 0.4
_UNKNOWN: Final = 0.5  # a part nobody knows of speaks neither for nor against
# Whom a topic is for, unless it says otherwise: people, then the organisations they speak for.
_PARTY: Final = {
    "person": 1.0, "unknown": 0.8, "organisation": 0.5, "seller": 0.0, "competitor": 0.0,
    "staff": 0.0, "bot": 0.0,
}  # fmt: skip


_PARTY_CODES: Final = {identity: f"fit.{identity}" for identity in _PARTY}


class Fit(NamedTuple):
    """``value`` 0..1, the least of its parts; ``reasons`` name what lowers it, else what is good.

    The least and not a mean: a fluent bot and a person in another language are both of no use.
    """

    value: float
    reasons: tuple[str, ...]

    @property
    def band(self) -> int:
        """``FITS``, ``UNSURE`` or ``UNFIT``."""
        return band_of(self.value)


def band_of(value: float) -> int:
    """The band of a fit."""
    if value >= _FITS_FROM:
        return FITS
    return UNSURE if value >= _UNSURE_FROM else UNFIT


def party_band(identity: str) -> int:
    """The best band somebody of this identity can reach."""
    return band_of(_PARTY[identity])


def judge_fit(
    *,
    language: str | None,
    languages: Collection[str],
    relevance: float | None,
    identity: str,
    place: str | None = None,
    places: Collection[str] = (),
) -> Fit:
    """Fit of one person for one topic.

    ``languages`` and ``places`` are the topic's, empty for any; ``relevance`` is 0..1, how much
    what they said is about the topic, ``None`` if nobody judged it; ``place`` only if stated.
    """
    parts: list[tuple[float, str]] = [(_PARTY[identity], _PARTY_CODES[identity])]
    if languages:
        if language is None:
            parts.append((_UNKNOWN, "fit.language_unknown"))
        elif language in languages:
            parts.append((1.0, "fit.language"))
        else:
            parts.append((0.0, "fit.language_other"))
    if relevance is not None:
        # a topic named in passing leaves it open, one that is the object of the need settles it
        share = min(1.0, 0.4 + 0.6 * min(1.0, relevance / 0.6))
        parts.append((share, "fit.topic" if share >= _FITS_FROM else "fit.topic_aside"))
    if place is not None and places:
        parts.append((1.0, "fit.place") if place in places else (0.0, "fit.place_other"))
    value = min(parts)[0]
    low = [code for part, code in parts if part < _FITS_FROM]
    return Fit(round(value, 4), tuple(low or [code for _, code in parts]))
