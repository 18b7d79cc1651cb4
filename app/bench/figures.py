"""A measured figure beside its target and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """``target`` is a bound on ``value``: a least value, or with ``at_most`` a greatest one.

    ``reference`` is what ``ratio`` compares with: a peer, or another run on this machine.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    at_most: bool = False
    reference: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the bound is kept; ``None`` without one."""
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "target": self.target,
            "reference": self.reference,
            "ratio": round(self.value / self.reference, 3) if self.reference else None,
            "met": self.met,
        }
