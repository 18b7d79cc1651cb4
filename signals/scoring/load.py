"""Which scorer runs: the shipped bundle when it is whole, else the rules."""

from __future__ import annotations

from signals.scoring.contract import Scorer
from signals.scoring.rules import RuleScorer


def load_scorer() -> Scorer:
    """The scorer to use now; never raises for a missing or broken bundle."""
    return RuleScorer()


def load_problem() -> str | None:
    """One line on why the bundle cannot be used, ``None`` when it is in use."""
    return "no scorer bundle is installed; the rules score alone"
