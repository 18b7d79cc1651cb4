"""Whom to try although the scorer is unsure: drawn by chance, with the odds kept. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def draw_number(places: int, share: float, *, seed: str) -> int:
    """How many tries come with a list of ``places``: the share, rounded up or down by chance.

    So that over many lists it is the share exactly, also of short ones.
    """
    exact = places * share
    return int(exact + _uniform(seed)) if exact > 0 else 0


def doubt(probability: float) -> float:
    """How unsure a probability is: 1 at one half, 0 at certainty."""
    return 4 * probability * (1 - probability)


def draw(weights: Sequence[float], count: int, *, seed: str) -> list[tuple[int, float]]:
    """Draw ``count`` by weight: their places in ``weights`` and how likely each was to be drawn.

    Systematic sampling: the probabilities are exact, which is what weighting what was learned by
    their inverse needs. Nobody without weight is drawn.
    """
    odds = _inclusion(weights, count)
    point = _uniform(seed)
    drawn: list[tuple[int, float]] = []
    reached = 0.0
    for place, odd in enumerate(odds):
        reached += odd
        if odd > 0 and reached > point + 1e-12:
            drawn.append((place, odd))
            point += 1
    return drawn


def _inclusion(weights: Sequence[float], count: int) -> list[float]:
    """Probabilities in proportion to the weights that add up to ``count``, none over 1."""
    odds = [0.0] * len(weights)
    left = min(count, sum(weight > 0 for weight in weights))
    open_places = [place for place, weight in enumerate(weights) if weight > 0]
    while open_places and left > 0:
        level = left / sum(weights[place] for place in open_places)
        sure = [place for place in open_places if weights[place] * level >= 1]
        if not sure:
            for place in open_places:
                odds[place] = weights[place] * level
            break
        for place in sure:
            odds[place] = 1.0
        left -= len(sure)
        open_places = [place for place in open_places if odds[place] == 0]
    return odds


def _uniform(seed: str) -> float:
    digest = hashlib.blake2b(seed.encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56
