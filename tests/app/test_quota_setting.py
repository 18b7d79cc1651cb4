"""What `quota`, `rep` and `team` refuse, and what they say as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.program import Program

_REFUSED = [
    (["quota", "set", "--target", "5"], 2, "not clear whose"),
    (["quota", "set", "--rep", "Ines", "--team", "East", "--target", "5"], 2, "not clear whose"),
    (["quota", "set", "--rep", "Ines"], 2, "needs a target"),
    (["quota", "set", "--rep", "Ines", "--target", "5", "--per", "year"], 2, "--per"),
    (["quota", "set", "--rep", "Ines", "--template", "none"], 1, "no template"),
    (["quota", "set", "--rep", "Ines", "--target", "5", "--from", "2020-01-01"], 1, "the past"),
    (["quota", "set", "--rep", "Ines", "--target", "5", "--activity", "a;b"], 1, "Activity"),
    (["quota", "stop", "email", "--rep", "Ines"], 1, "no email quota"),
    (["quota", "preview", "--rep", "Bo"], 1, "no quota of engaged contacts"),
    (["rep", "leave", "Ines", "--from", "2026-12-02", "--to", "2026-12-01"], 1, "leave ends"),
    (["rep", "leave", "Ines", "--withdraw", "9"], 1, "no leave 9"),
    (["rep", "ramp", "Ines", "900"], 1, "ramp is not usable"),
    (["rep", "works", "Ines", "--day", "someday"], 2, "not a day"),
    (["rep", "employ", "Ines", "--starts", "2026-12-02", "--last", "2026-11-01"], 1, "leaves"),
    (["rep", "territory", "Ines", "--topic", "none"], 1, "no topic"),
    (["team", "holidays", "East", "--country", "XX"], 1, "are not known"),
    (["lists", "replay", "2026-11-02", "--rep", "Ines"], 1, "No list of Ines"),
    (["lists", "replay", "yesterday", "--rep", "Ines"], 2, "not a date"),
]  # fmt: skip


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    home: Path = tmp_path_factory.mktemp("setting") / "home"
    program = Program(home)
    outcomes = program.run_each(
        [
            ["init"],
            ["team", "add", "East"],
            ["rep", "add", "Ines", "--team", "East", "--quota", "4"],
            ["rep", "add", "Bo", "--team", "East", "--quota", "0"],
            ["quota", "stop", "engaged_contact", "--rep", "Bo"],
        ]
    )
    assert [outcome.code for outcome in outcomes] == [0] * 5, outcomes
    return program


def test_what_is_wrong_is_said_in_one_line(program: Program) -> None:
    outcomes = program.run_each([words for words, _, _ in _REFUSED])
    for (words, code, says), outcome in zip(_REFUSED, outcomes, strict=True):
        assert outcome.code == code, (words, outcome)
        assert says in outcome.line, (words, outcome)
        assert outcome.out == ""


def test_each_answers_in_json(program: Program) -> None:
    commands = [
        ["quota", "set", "--team", "East", "--role", "Adviser", "--template", "mixed"],
        ["quota", "list"],
        ["quota", "history", "--team", "East", "--role", "adviser"],
        ["quota", "templates"],
        ["quota", "preview", "--rep", "Ines", "--target", "20", "--per", "month"],
        ["rep", "leave", "Ines", "--from", "2026-12-01"],
        ["rep", "leave", "Ines", "--withdraw", "1"],
        ["rep", "ramp", "Ines", "50"],
        ["rep", "works", "Ines", "--percent", "80"],
        ["rep", "employ", "Ines", "--role", "Adviser"],
        ["rep", "territory", "Ines", "--place", "DE"],
        ["rep", "calendar", "Ines"],
        ["team", "holidays", "East", "--country", "sa"],
        ["team", "calendar", "East", "--year", "2026"],
        ["quota", "list", "--rep", "Ines"],
        ["quota", "stop", "engaged_contact", "--rep", "Ines"],
    ]
    outcomes = program.run_each([[*words, "--json"] for words in commands])
    for words, outcome in zip(commands, outcomes, strict=True):
        assert outcome.code == 0, (words, outcome)
        json.loads(outcome.out)
    listed = json.loads(outcomes[-2].out)
    assert [(q["activity"], q["set_for"]) for q in listed] == [
        ("engaged_contact", "own"), ("meeting", "role"), ("outbound_call", "role"),
        ("proposal", "role"),
    ]  # fmt: skip
