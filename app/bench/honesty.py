"""Cheaters against honest reps: who is caught, who is wrongly accused, what a sample finds."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.bench.cheaters import try_audit, try_nights, try_rules
from app.bench.figures import Figure
from app.simulation.quarter import Plan, prepare, simulate
from app.simulation.report import report
from config.settings import HonestySettings, load_settings, read_defaults
from quotas.flags import limits_of

_EACH = 30  # reps of every kind, a quarter each
_AUDITED = 5000
_NIGHTLY = 100  # quarters
_DRIVEN = Plan(weeks=4, per_day=260, cold_calls=10, learn=False, seed=11, warm_up=7)


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
    drawn, needed = try_nights(limits, reps=_NIGHTLY, seed=1000)
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
        Figure(
            "quotas.audit_drawn",
            drawn,
            "touches of a quarter drawn night by night; reference: of one drawn at its end",
            reference=needed,
        ),
    ]


def measure_driven() -> list[Figure]:
    """The same through the program itself: lists, touches, the nightly rules, a manager's verdicts.

    Four weeks of twelve invented reps in a workspace of their own, five of whom cheat, each in a
    way of their own; judged as above.
    """
    settings = load_settings()
    settings.scoring.scorer = "rules"
    with tempfile.TemporaryDirectory() as home:
        workspace = prepare(settings, Path(home) / "home")
        rows = report(simulate(workspace, _DRIVEN))["reps"]
        workspace.db.close()
    cheaters = [row for row in rows if not row["truth"]["honest"]]
    honest = [row for row in rows if row["truth"]["honest"]]
    return [
        Figure(
            "quotas.driven_cheaters_caught_share",
            sum(row["truth"]["caught"] for row in cheaters) / len(cheaters),
            f"of {len(cheaters)} cheaters",
            target=1.0,
        ),
        Figure(
            "quotas.driven_honest_flagged_share",
            sum(row["flagged"] > 0 for row in honest) / len(honest),
            f"of {len(honest)} honest reps",
            target=0.0,
            at_most=True,
        ),
    ]
