"""Two weeks of an invented quarter through the program itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.cli.simulating import tell
from app.simulation.quarter import Plan, prepare, simulate
from app.simulation.report import report
from app.simulation.staff import (
    BULK,
    BURST,
    DOUBLE,
    LATE,
    NAMESAKES,
    NIGHT,
    PASTE,
    QUICK,
    SPLIT,
    STAFF,
)
from config.settings import load_settings

SMALL = Plan(weeks=2, per_day=260, cold_calls=10, learn=False, seed=3, warm_up=4)
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


def test_every_kind_of_cheater_is_caught_and_honest_reps_are_left_alone(
    quarter: dict[str, Any],
) -> None:
    rows = {row["works"]: row for row in quarter["reps"]}
    assert [row["rep"] for row in quarter["reps"]] == [one.name for one in STAFF]
    cheaters = {row["works"] for row in quarter["reps"] if not row["truth"]["honest"]}
    assert cheaters == {BULK, PASTE, NIGHT, DOUBLE, SPLIT}
    for works in cheaters:
        truth = rows[works]["truth"]
        assert truth["caught"], rows[works]
        assert truth["honest_flagged"] == 0
        assert rows[works]["voided"] == truth["invented_flagged"]
    honest = [row for row in quarter["reps"] if row["truth"]["honest"]]
    assert {QUICK, LATE, BURST, NAMESAKES} <= {row["works"] for row in honest}
    assert [row["rep"] for row in honest if row["flagged"]] == []
    assert rows[NAMESAKES]["truth"]["namesakes"] > 0  # there was something to mistake
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
