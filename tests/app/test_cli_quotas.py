"""Touches, honesty and rewards as a manager types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.program import Outcome, Program, own_words, post

_ASKING = "Can anyone recommend somebody who helps with a 401k rollover? We retire in March."


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A workspace with four prospects on a list."""
    home: Path = tmp_path_factory.mktemp("quotas") / "home"
    program = Program(home, {"WARMLIST_SCORING__SCORER": "rules"})
    file = home.parent / "posts.jsonl"
    file.write_text("\n".join(post(n, f"{_ASKING} {own_words(n)}") for n in range(4)) + "\n")
    outcomes = program.run_each(
        [
            ["init"],
            ["topic", "add", "Retirement", "--keyword=401k"],
            ["team", "add", "East", "--weekend", "none"],
            ["rep", "add", "Ines", "--team", "East", "--quota", "4", "--per", "day"],
            ["rep", "add", "Omar", "--team", "East", "--quota", "0", "--per", "day"],
            ["import", str(file)],
            ["lists", "build"],
        ]
    )
    assert [outcome.code for outcome in outcomes] == [0] * 7, outcomes
    return program


def say(program: Program, *commands: list[str]) -> list[Outcome]:
    return program.run_each(commands)


def test_a_reps_day_and_a_managers_look_at_it(program: Program) -> None:
    (listed,) = say(program, ["list", "show", "--rep", "Ines", "--json"])
    numbers = [str(item["assignment"]) for item in listed.document["items"]]
    assert len(numbers) == 4
    touch = ["--channel", "message", "--disposition", "contacted"]
    outcomes = say(
        program,
        ["touch", numbers[0], *touch, "--next-on", "2099-01-01"],
        ["touch", numbers[0], *touch, "--key", "k", "--json"],
        ["touch", numbers[0], *touch, "--key", "k", "--json"],
        ["touch", numbers[0], *touch],
        ["contact", "--rep", "Ines", *touch, "--reference", "+1 555 0100", "--json"],
        ["contact", *touch],
        ["contact", "--after", "1", "--channel", "call", "--disposition", "replied"],
        ["hand-back", numbers[1]],
        ["reassign", numbers[2], "--to", "Omar", "--reason", "language", "--by", "Mona", "--json"],
        ["reassign", numbers[1], "--to", "Omar", "--reason", "r", "--by", "Mona"],
        ["next-steps", "--rep", "Ines"],
    )
    assert [outcome.code for outcome in outcomes] == [1, 0, 0, 1, 0, 2, 0, 0, 0, 1, 0], outcomes
    assert "within two years" in outcomes[0].line
    assert outcomes[1].document == outcomes[2].document
    assert outcomes[4].document["assignment"] is None
    assert "--rep or --after" in outcomes[5].line
    assert "handed_back" in outcomes[9].line
    assert "no next step" in outcomes[10].out
    (table, document) = say(program, ["attainment"], ["attainment", "--rep", "Ines", "--json"])
    assert "engaged contact" in table.out
    (row,) = document.document
    assert (row["counted"], row["target"]) == (1, 4)
    assert row["projection"]["low"] <= row["projection"]["high"]
    assert row["streak"] == {"periods": 0, "days": 0}
    (ranks, off, gone, _, again) = say(
        program,
        ["team", "leaderboard", "East"],
        ["team", "leaderboard", "East", "--off"],
        ["team", "leaderboard", "East", "--json"],
        ["attainment"],
        ["team", "leaderboard", "East", "--on", "--json"],
    )
    assert (ranks.code, off.code, gone.code) == (0, 0, 1)
    assert "--on" in gone.err
    assert again.document["places"][0]["rank"] == 1


def test_verdicts_and_samples(program: Program) -> None:
    outcomes = say(
        program,
        ["honesty", "check", "--json"],
        ["honesty", "list"],
        ["honesty", "decide", "1", "--verdict", "drop", "--reason", "r", "--by", "Mona"],
        ["honesty", "decide", "1", "--verdict", "accept", "--reason", "r", "--by", "Mona"],
        ["honesty", "decide", "999", "--verdict", "void", "--reason", "r", "--by", "Mona"],
        ["honesty", "audit", "--team", "East", "--json"],
        ["honesty", "audit", "--date", "yesterday"],
    )
    assert [outcome.code for outcome in outcomes] == [0, 0, 2, 0, 1, 0, 2], outcomes
    assert set(outcomes[0].document) == {"new", "waiting"}
    sample = {row["rep"]: row["sample"] for row in outcomes[5].document}
    assert sample["Ines"] >= 1


def test_schemes_contests_and_statements(program: Program) -> None:
    scheme = ["rewards", "scheme", "Above", "--team", "East", "--unit", "EUR", "--rate"]
    outcomes = say(
        program,
        [*scheme, "2.50", "--tier", "100=1.0", "--tier", "120=1.5"],
        [*scheme, "2,50"],
        [*scheme, "1", "--tier", "120=2", "--tier", "150=1"],
        ["rewards", "contest", "Sprint", "--team", "East", "--unit", "EUR", "--prize", "50",
         "--from", "2026-01-01", "--to", "2099-01-31"],
        ["rewards", "schemes", "--team", "East", "--json"],
        ["rewards", "schemes", "--team", "East"],
        ["rewards", "statement", "--team", "East"],
        ["rewards", "statement", "--team", "East", "--close"],
        ["rewards", "statement", "--team", "East", "--close", "--by", "Mona", "--json"],
        ["rewards", "statements", "--team", "East", "--json"],
        ["rewards", "correct", "9", "--amount=-1.50", "--reason", "r", "--by", "Mona"],
        ["rewards", "export", "--team", "East"],
    )  # fmt: skip
    codes = [outcome.code for outcome in outcomes]
    assert codes == [0, 2, 2, 0, 0, 0, 0, 2, 0, 0, 1, 0], outcomes
    assert "Write it as 12.50" in outcomes[1].line
    document = outcomes[4].document
    assert document["schemes"][0]["rate"] == "2.50"
    assert document["contests"][0]["to"] == "2099-01-31"
    assert outcomes[8].document == []  # nothing ended since the scheme began today
    assert outcomes[9].document == {"statements": [], "differ": []}
    assert outcomes[11].out.startswith("statement,rep,from,to,unit,amount")


def test_a_quota_beyond_supply_is_told_when_it_is_set(tmp_path: Path) -> None:
    program = Program(tmp_path / "home", {"WARMLIST_SCORING__SCORER": "rules"})
    file = tmp_path / "posts.jsonl"
    week = 7 * 24 * 60
    file.write_text(
        "\n".join(
            post(n, f"{_ASKING} {own_words(n)}", minutes_ago=60 + n * week // 6) for n in range(60)
        )
        + "\n"
    )
    outcomes = program.run_each(
        [
            ["init"],
            ["topic", "add", "Retirement", "--keyword=401k"],
            ["team", "add", "East"],
            ["import", str(file)],
            ["rep", "add", "Ines", "--team", "East", "--quota", "2"],
            ["rep", "add", "Omar", "--team", "East", "--quota", "90"],
            ["rep", "add", "Rita", "--team", "East", "--quota", "90", "--json"],
            ["quota", "set", "--rep", "Ines", "--target", "95"],
            ["quota", "set", "--rep", "Ines", "--target", "250", "--activity", "outbound_call"],
            ["rep", "employ", "Ines", "--role", "adviser"],
            ["rep", "employ", "Omar", "--role", "adviser"],
            ["quota", "stop", "engaged_contact", "--rep", "Ines"],
            ["quota", "set", "--role", "adviser", "--target", "95"],
        ]
    )
    assert [outcome.code for outcome in outcomes] == [0] * 13, outcomes
    assert "infeasible" not in outcomes[4].out
    assert "90 a week is infeasible; supply is" in outcomes[5].out
    assert "can be met" in outcomes[5].out
    told = outcomes[6].document["feasibility"]
    assert told["verdict"] == "infeasible"
    assert {"keywords", "target"} <= {fix["kind"] for fix in told["fixes"]}
    assert "Ines: 95 a week is infeasible" in outcomes[7].out
    assert "infeasible" not in outcomes[8].out
    assert " from " in outcomes[12].out  # something was owed before: from today
    assert "Ines: 95 a week is infeasible" in outcomes[12].out  # no team was named
    assert "Omar" not in outcomes[12].out  # who has a quota of their own


def test_supply_and_what_calls_are_worth(program: Program, tmp_path: Path) -> None:
    customers = tmp_path / "customers.txt"
    customers.write_text("\n".join([*(f"+1 555 {n:04d}" for n in range(40)), "---"]) + "\n")
    outcomes = say(
        program,
        ["supply", "forecast", "--json"],
        ["supply", "check", "--rep", "Ines", "--quota", "50"],
        ["supply", "check", "--rep", "Ines", "--quota", "50", "--per", "decade"],
        ["supply", "propose", "--team", "East", "--json"],
        ["exchange", "show", "--team", "East"],
        ["exchange", "draw", str(customers), "--team", "East"],
        ["exchange", "control", "--team", "East", "--share", "0.5"],
        ["exchange", "draw", str(customers), "--team", "East", "--json"],
        ["exchange", "draw", str(tmp_path), "--team", "East"],
        ["exchange", "convert", "--rep", "Ines", "--by", "Mona"],
        ["exchange", "show", "--team", "East", "--json"],
    )
    codes = [outcome.code for outcome in outcomes]
    assert codes == [0, 0, 2, 0, 0, 1, 0, 3, 1, 1, 0], outcomes
    assert "can be met is not known yet: " in outcomes[1].out
    assert "Still needed" in outcomes[4].out
    assert "warmlist exchange control" in outcomes[5].line
    drawn = outcomes[7].document["drawn"]
    assert 8 <= len(drawn) <= 32
    assert {row["rep"] for row in drawn} == {"Ines", "Omar"}
    assert outcomes[7].document["refused"] == 1
    assert outcomes[10].document["enough"] is False
    assert "worth" not in outcomes[10].document


def test_a_rep_leaves_and_returns_and_a_team_is_changed_later(program: Program) -> None:
    unreasoned, left, again, back, changed, day, refused, wrong, rests, usual, long = say(
        program,
        ["rep", "deactivate", "Ines", "--to", "Omar", "--json"],
        ["rep", "deactivate", "Ines", "--json"],
        ["rep", "deactivate", "Ines"],
        ["rep", "return", "Ines"],
        ["team", "change", "East", "--time-zone", "Asia/Riyadh", "--weekend", "friday", "--json"],
        ["team", "change", "East", "--opens", "08:00", "--undo-minutes", "60", "--json"],
        ["team", "change", "East", "--closes", "07:00"],
        ["team", "change", "East", "--weekend", "someday"],
        ["team", "change", "East", "--cool-down", "14", "--json"],
        ["team", "change", "East", "--cool-down", "usual"],
        ["team", "change", "East", "--cool-down", "soon"],
    )
    assert (unreasoned.code, "needs a reason" in unreasoned.line) == (1, True)
    assert left.document["active"] is False
    assert left.document["given"] == 0
    assert "0 prospects given on, 0 back in the pool" in again.out
    assert "lists again" in back.out
    assert (changed.document["weekend"], changed.document["time_zone"]) == (
        ["friday"], "Asia/Riyadh",
    )  # fmt: skip
    assert len(changed.document["begins"]) == 10
    assert [day.document[name] for name in ("opens", "closes", "undo_minutes")] == [
        "08:00", "17:00", 60,
    ]  # fmt: skip
    assert (refused.code, "before it begins" in refused.line) == (1, True)
    assert wrong.code == 2
    assert rests.document["cool_down_days"] == 14
    assert "left alone for 30 days" in usual.out
    assert (long.code, "no number of days" in long.err) == (2, True)
