"""``warmlist bench quotas``: allocation, and what else the quotas promise in figures."""

from __future__ import annotations

from app.bench.allocation import measure_allocation
from app.bench.figures import Figure


def measure() -> list[Figure]:
    """Every figure of the quotas."""
    return [*measure_allocation()]
