"""What the settings say of sharing out a source's day."""

from __future__ import annotations

from config.settings import Settings
from signals.shares import Ration


def ration_of(settings: Settings) -> Ration:
    """Prices, daily budgets and the part that re-checks may cost, as set."""
    return Ration(settings.prices, settings.budgets, settings.collect.recheck_share)
