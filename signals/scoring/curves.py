"""Draws precision-recall and reliability curves as SVG, without a plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from config.errors import Refused

_SIDE: Final = 420
_EDGE: Final = 56
_BINS: Final = 10


def draw(folder: Path, labels: NDArray[Any], found: NDArray[Any], *, title: str) -> list[Path]:
    """Writes precision_recall.svg and reliability.svg into ``folder``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        curves = (
            ("precision_recall", "recall", "precision", _precision_recall(labels, found)),
            (
                "reliability",
                "probability given",
                "share that was true",
                _reliability(labels, found),
            ),
        )
        written = []
        for name, across, up, points in curves:
            path = folder / f"{name}.svg"
            text = _svg(
                points, f"{title}: {name.replace('_', ' ')}", across, up, name == "reliability"
            )
            path.write_text(text, encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise Refused(
            "%(folder)s cannot be written: %(strerror)s.",
            "Give another folder.",
            folder=folder,
            strerror=error.strerror,
        ) from None
    return written


def _precision_recall(labels: NDArray[Any], found: NDArray[Any]) -> list[tuple[float, float]]:
    ranked = labels[np.argsort(-found, kind="stable")]
    hits = np.cumsum(ranked)
    positives = max(float(hits[-1]), 1.0)
    step = max(1, len(ranked) // 400)
    places = range(0, len(ranked), step)
    return [(float(hits[i]) / positives, float(hits[i]) / (i + 1)) for i in places]


def _reliability(labels: NDArray[Any], found: NDArray[Any]) -> list[tuple[float, float]]:
    bins = np.minimum((found * _BINS).astype(int), _BINS - 1)
    return [
        (float(found[mine].mean()), float(labels[mine].mean()))
        for index in range(_BINS)
        if (mine := bins == index).any()
    ]


def _svg(
    points: Sequence[tuple[float, float]],
    title: str,
    across: str,
    up: str,
    diagonal: bool,  # noqa: FBT001 - private, one caller
) -> str:
    total = _SIDE + 2 * _EDGE

    def place(x: float, y: float) -> str:
        return f"{_EDGE + x * _SIDE:.1f},{_EDGE + (1 - y) * _SIDE:.1f}"

    low = _EDGE + _SIDE
    ticks = "".join(
        f'<text x="{_EDGE + t * _SIDE:.0f}" y="{low + 18}" text-anchor="middle">{t:.1f}</text>'
        f'<text x="{_EDGE - 8}" y="{low - t * _SIDE + 4:.0f}" text-anchor="end">{t:.1f}</text>'
        for t in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    )
    line = " ".join(place(x, y) for x, y in points)
    extra = ""
    if diagonal:
        ends = f"{place(0, 0)} {place(1, 1)}"
        extra = f'<polyline points="{ends}" stroke="#999" stroke-dasharray="4 4" fill="none"/>'
        for x, y in points:
            left, top = place(x, y).split(",")
            extra += f'<circle cx="{left}" cy="{top}" r="3"/>'
    middle = total / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{total}" '
        f'font-family="sans-serif" font-size="12">'
        f'<rect width="{total}" height="{total}" fill="#fff"/>'
        f'<text x="{_EDGE}" y="28" font-size="14">{escape(title)}</text>'
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{_SIDE}" height="{_SIDE}" fill="none" '
        f'stroke="#333"/>{ticks}'
        f'<text x="{middle}" y="{total - 12}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">{up}</text>'
        f'<polyline points="{line}" stroke="#0b57d0" stroke-width="2" fill="none"/>{extra}</svg>\n'
    )
