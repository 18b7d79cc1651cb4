"""Cheaters against honest reps: who is caught, who is wrongly accused, what a sample finds."""

from __future__ import annotations

from app.bench.cheaters import try_audit, try_rules
from app.bench.figures import Figure
from config.settings import HonestySettings, read_defaults
from quotas.flags import limits_of

_EACH = 30  # reps of every kind, a quarter each
_AUDITED = 5000


def measure_honesty() -> list[Figure]:
    """The rules as shipped over invented quarters; every kind of rep the same number of times.

    A cheater is caught if an invented touch is shown to the manager and at least half of what is
    shown of this rep is invented; an honest rep is accused by a single flag.
    """
    limits = limits_of(HonestySettings(**read_defaults()["honesty"]))
    verdicts = try_rules(limits, each=_EACH, seed=1000)
    cheaters = [one for one in verdicts if not one.honest]
    honest = [one for one in verdicts if one.honest]
    invented = sum(one.invented for one in cheaters)
    chance, seen = try_audit(limits, reps=_AUDITED, seed=1000)
    return [
        Figure(
            "quotas.cheaters_caught_share",
            sum(one.caught for one in cheaters) / len(cheaters),
            f"of {len(cheaters)} cheaters",
            target=1.0,
        ),
        Figure(
            "quotas.honest_flagged_share",
            sum(one.accused for one in honest) / len(honest),
            f"of {len(honest)} honest reps",
            target=0.0,
            at_most=True,
        ),
        Figure(
            "quotas.invented_flagged_share",
            sum(one.found for one in cheaters) / invented,
            "of invented touches",
        ),
        Figure(
            "quotas.audit_finds_share",
            chance,
            f"chance to show a rep who invents a tenth; reference: the share in {_AUDITED} tries",
            target=limits.audit_confidence,
            reference=seen,
        ),
    ]
