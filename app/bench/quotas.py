"""``warmlist bench quotas``: allocation, and what else the quotas promise in figures."""

from __future__ import annotations

from app.bench.allocation import measure_allocation
from app.bench.figures import Figure
from app.bench.finishes import measure_projection
from app.bench.honesty import measure_driven, measure_honesty
from app.bench.possible import measure_possible


def measure() -> list[Figure]:
    """Every figure of the quotas."""
    return [
        *measure_allocation(),
        *measure_possible(),
        *measure_projection(),
        *measure_honesty(),
        *measure_driven(),
    ]
