"""Prospects measured: ranking and refreshing at any size, and what is recognised how surely."""

from __future__ import annotations

from pathlib import Path

from app.bench.copies import measure_copies
from app.bench.figures import Figure
from app.bench.scale import measure_scale
from app.bench.sensitive import measure_sensitive

_SIGNALS = 10_000_000


def measure(data: Path | None, *, url: str | None, size: int | None) -> list[Figure]:
    """Every figure of prospects; ``data``: posts to make copies of, made up if left out."""
    return [
        *measure_sensitive(),
        *measure_copies(data),
        *measure_scale(signals=size or _SIGNALS, url=url),
    ]
