"""Two weeks of an invented quarter through the program itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.cli.simulating import tell
from app.simulation.quarter import Plan, prepare, simulate
from app.simulation.report import report
from app.simulation.staff import STAFF
from config.settings import load_settings

SMALL = Plan(weeks=2, per_day=130, cold_calls=10, learn=False, seed=3, warm_up=4)
SMALLER = Plan(weeks=1, per_day=25, cold_calls=4, learn=False, seed=3, warm_up=1)


def run(home: Path, plan: Plan) -> dict[str, Any]:
    settings = load_settings()
    settings.scoring.scorer = "rules"
    return report(simulate(prepare(settings, home), plan))


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(tmp_path_factory.mktemp("simulated") / "home", SMALL)


def test_lists_hold_more_need_than_the_community(quarter: dict[str, Any]) -> None:
    assert min(quarter["in_need"].values()) > quarter["plan"]["need_share"] + 0.1


def test_invented_contacts_are_voided_and_honest_reps_left_alone(quarter: dict[str, Any]) -> None:
    rows = {row["works"]: row for row in quarter["reps"]}
    assert [row["rep"] for row in quarter["reps"]] == [one.name for one in STAFF]
    assert sum(row["truth"]["honest_flagged"] for row in quarter["reps"]) == 0
    for works in ("marks in bulk", "pastes notes"):
        truth = rows[works]["truth"]
        assert truth["invented_flagged"] > 0
        assert rows[works]["voided"] == truth["invented_flagged"]
    assert all(row["audited"] > 0 for row in quarter["reps"])


def test_attainment_pay_and_supply_are_told(quarter: dict[str, Any]) -> None:
    rows = {row["rep"]: row for row in quarter["reps"]}
    assert rows["Greta"]["counted"] == rows["Greta"]["target"] == 100
    assert rows["Ada"]["target"] == 100
    assert 50 <= rows["Ada"]["counted"] <= 100
    assert rows["Deniz"]["target"] < rows["Ada"]["target"]  # new, on a ramp
    assert quarter["three_times"]["chance"] <= quarter["feasible"]["chance"]
    assert {part["network"] for part in quarter["supply"]} == {"bluesky", "reddit"}
    assert any("needed" in line for line in tell(quarter))


def test_the_same_seed_gives_the_same_quarter(tmp_path: Path) -> None:
    first, second = (run(tmp_path / name, SMALLER)["digest"] for name in ("one", "two"))
    assert first == second
