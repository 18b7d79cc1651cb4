"""The program as a user types it: the main way, JSON shapes, exit codes, wrong words."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.app.program import Outcome, Program, count_rows, own_words, post, wait_until

_ASKING = "Can anyone recommend somebody who helps with a 401k rollover? We retire in March."
_ANSWERS = (
    "Which provider should I choose for my 401k rollover? I have to decide this month.",
    "I need advice on my 401k, we are retiring early and I am stuck.",
    "Looking for a pension adviser, who would you recommend?",
    "السلام عليكم، أبحث عن مستشار للتخطيط للتقاعد، من تنصحون؟",
)


def _prepare(home: Path) -> Program:
    program = Program(home)
    words = ("401k", "pension", "retire early", "التخطيط للتقاعد")
    outcomes = program.run_each(
        [
            ["init"],
            ["topic", "add", "Retirement", *(f"--keyword={word}" for word in words),
             "--exclude", "use code"],
            ["team", "add", "East", "--weekend", "none"],
            ["rep", "add", "Ines", "--team", "East", "--quota", "3", "--per", "day"],
        ]
    )  # fmt: skip
    assert [outcome.code for outcome in outcomes] == [0, 0, 0, 0]
    return program


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, Outcome]:
    """A workspace after import and list build, and what the import printed. Only to be read."""
    home = tmp_path_factory.mktemp("way") / "home"
    program = _prepare(home)
    lines = [post(n, f"{_ASKING} {own_words(n)}") for n in range(4)]
    lines += [post(10 + n, text, language=None) for n, text in enumerate(_ANSWERS)]
    lines += [post(20, "401k fans: use code SAVE"), post(21, "The weather is fine.")]
    file = home.parent / "posts.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    imported = program.run("import", str(file), "--json")
    program.run("lists", "build")
    return program, imported


def test_the_main_way_once(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    assert "ready" in program.run("init").out
    assert "up to date" in program.run("init").out
    file = tmp_path / "posts.jsonl"
    file.write_text(post(1, _ASKING) + "\n")
    steps = [
        (("doctor",), "warmlist topic add NAME --keyword PHRASE"),
        (("topic", "add", "Retirement", "--keyword", "401k"), "listens for 1 keyword.\n"),
        (
            (
                "topic",
                "edit",
                "retirement",
                "--keyword",
                "pension",
                "--drop-keyword",
                "401k",
                "--reason",
                "asked",
            ),
            "has 1 keyword and 0 exclusions (version 2)",
        ),
        (
            ("topic", "edit", "retirement", "--keyword", "401k", "--reason", "back"),
            "has 2 keywords and 0 exclusions",
        ),
        (("topic", "list"), "401k, pension"),
        (("team", "add", "East", "--time-zone", "Asia/Riyadh", "--weekend", "none"), "Asia/Riyadh"),
        (
            ("rep", "add", "Ines", "--team", "East", "--quota", "1", "--per", "day"),
            "Ines of East owes 1 engaged contact a day.\n",
        ),
        (("team", "list"), "Ines"),
        (("import", str(file)), "1 read, 1 matched, 1 stored"),
        (("score",), "0 signals scored by "),
        (("lists", "build"), "Ines"),
    ]
    outcomes = program.run_each([words for words, _ in steps])
    for (words, says), outcome in zip(steps, outcomes, strict=True):
        assert outcome.code == (1 if words == ("doctor",) else 0), outcome
        assert says in outcome.out, words
    shown = program.run("list", "show", "--rep", "Ines").out
    assert "1 to contact" in shown
    assert "#1 " in shown
    touched = program.run("touch", "1", "--channel", "email", "--disposition", "no_answer").out
    assert touched == "Recorded: email, no answer. To take it back: warmlist undo 1\n"
    assert "[no_answer]" in program.run("list", "show", "--rep", "Ines").out
    again = program.run("touch", "1", "--channel", "email", "--disposition", "won", code=1)
    assert "was closed" in again.line
    assert "open again" in program.run("undo", "1").out
    program.run("touch", "1", "--channel", "call", "--disposition", "replied")
    assert program.run("attainment", "--team", "East", "--json").document[0]["counted"] == 1
    assert "Ines" in program.run("attainment").out
    assert program.run("doctor").err == ""


def test_an_import_prints_the_promised_numbers(way: tuple[Program, Outcome]) -> None:
    _, imported = way
    document = imported.document
    assert imported.err == ""
    numbers = ("read", "matched", "stored", "duplicate", "suppressed", "malformed")
    assert [document[name] for name in numbers] == [10, 8, 8, 0, 0, 0]
    assert document["seconds"] > 0
    assert document["cpu_seconds"] > 0
    assert 20 < document["peak_mb"] < 600


def test_a_list_has_the_promised_shape_and_its_points_add_up(way: tuple[Program, Outcome]) -> None:
    program, _ = way
    outcome = program.run("list", "show", "--rep", "ines", "--json")
    document = outcome.document
    assert outcome.err == ""
    assert document["rep"] == "Ines"
    assert len(document["date"]) == 10
    assert len(document["hash"]) == 64
    assert [item["rank"] for item in document["items"]] == [1, 2, 3]
    for item in document["items"]:
        assert {"assignment", "person", "account", "network", "quote", "url"} <= set(item)
        assert item["topic"] == "Retirement"
        assert item["state"] == "open"
        assert item["reasons"]
        assert sum(round(r["points"] * 100) for r in item["reasons"]) == round(item["warmth"] * 100)
        for reason in item["reasons"]:
            assert set(reason) == {"points", "text", "signal"}
            assert reason["text"]
    again = program.run("list", "show", "--rep", "1", "--json").document
    assert _without_clock(document) == _without_clock(again)


def _without_clock(document: dict[str, Any]) -> dict[str, Any]:
    """What a list says, but for when suppression was asked for."""
    items = [{k: v for k, v in one.items() if not k.endswith("_at")} for one in document["items"]]
    return document | {"items": items}


def test_building_again_changes_nothing(way: tuple[Program, Outcome]) -> None:
    program, _ = way
    before = program.run("list", "show", "--rep", "Ines", "--json").document
    built = program.run("lists", "build", "--json").document["lists"]
    assert [(row["rep"], row["assigned"], row["held"]) for row in built] == [("Ines", 0, 3)]
    assert built[0]["hash"] == before["hash"]
    after = program.run("list", "show", "--rep", "Ines", "--json").document
    assert _without_clock(after) == _without_clock(before)


def test_a_day_without_a_list_says_what_to_do(way: tuple[Program, Outcome]) -> None:
    program, _ = way
    empty = program.run("list", "show", "--rep", "Ines", "--date", "2020-01-06")
    assert "No list was built for Ines on 2020-01-06" in empty.out
    document = program.run(
        "list", "show", "--rep", "Ines", "--date", "2020-01-06", "--json"
    ).document
    assert document == {"rep": "Ines", "date": "2020-01-06", "hash": None, "items": []}


def test_json_is_one_document_and_nothing_else(way: tuple[Program, Outcome]) -> None:
    program, _ = way
    commands = [
        ("init",), ("doctor",), ("topic", "list"), ("team", "list"), ("source", "list"),
        ("score",), ("collect",), ("attainment",), ("lists", "build"),
    ]  # fmt: skip
    outcomes = program.run_each([(*words, "--json") for words in commands])
    for words, outcome in zip(commands, outcomes, strict=True):
        assert isinstance(outcome.document, dict | list), words
        assert (outcome.code, outcome.err) == (0, ""), words


_WRONG_WORDS = [
    (("topic", "edit", "Weather", "--keyword", "rain", "--reason", "r"), 1, "no topic 'Weather'"),
    (("topic", "add", "Retirement", "--keyword", "x"), 1, "already"),
    (("topic", "add", "Empty"), 1, "keyword"),
    (("team", "add", "East"), 1, "already"),
    (("team", "add", "West", "--time-zone", "Mars/Base"), 2, "not a time zone"),
    (("team", "add", "West", "--time-zone", "../../etc/passwd"), 2, "not a time zone"),
    (("team", "add", "West", "--first-weekday", "someday"), 2, "not a day of the week"),
    (("rep", "add", "Theo", "--team", "North", "--quota", "5"), 1, "no team 'North'"),
    (("rep", "add", "Theo", "--team", "East", "--quota", "5", "--per", "fortnight"), 2, "--per"),
    (("list", "show", "--rep", "Nobody"), 1, "no rep 'Nobody'"),
    (("list", "show", "--rep", "Ines", "--date", "tomorrow"), 2, "not a date"),
    (("lists", "build", "--date", "2026-02-30"), 2, "not a date"),
    (("attainment", "--team", "North"), 1, "no team 'North'"),
    (("touch", "999999", "--channel", "call", "--disposition", "won"), 1, "no assignment"),
    (("touch", "9" * 30, "--channel", "call", "--disposition", "won"), 1, "no assignment"),
    (("touch", "1", "--channel", "pigeon", "--disposition", "won"), 2, "Use call, email"),
    (("touch", "1", "--channel", "call", "--disposition", "happy"), 2, "Use contacted"),
    (("undo", "999999"), 1, "no touch"),
    (("undo", "9" * 30), 1, "no touch"),
    (("list", "show", "--rep", "9" * 30), 1, "no rep"),
    (("source", "add", "reddit"), 1, "lawful basis"),
    (("source", "add", "reddit", "--lawful-basis", "our interest, weighed"), 1, "approval"),
    (("source", "add", "bluesky", "--url", "http://x"), 1, "wss://"),
    (("source", "resume", "bluesky"), 1, "no source"),
    (("import", "nowhere.jsonl", "--network", "fax"), 2, "Use reddit"),
    (("import", "nowhere.jsonl", "--format", "xml"), 2, "Use auto"),
    (("import", "nowhere.jsonl"), 1, "no file"),
]


def test_a_wrong_word_is_one_line(way: tuple[Program, Outcome]) -> None:
    program, _ = way
    outcomes = program.run_each([words for words, _, _ in _WRONG_WORDS])
    for (words, code, says), outcome in zip(_WRONG_WORDS, outcomes, strict=True):
        assert (outcome.code, outcome.out) == (code, ""), (words, outcome)
        assert says in outcome.line, words


def test_wrong_usage_ends_with_two_and_says_how(way: tuple[Program, Outcome]) -> None:
    program, _ = way
    commands = [
        (),
        ("bogus",),
        ("touch", "abc", "--channel", "call", "--disposition", "won"),
        ("touch", "1"),
        ("rep", "add", "Theo", "--team", "East"),
        ("rep", "add", "Theo", "--team", "East", "--quota", "-1"),
        ("import",),
        ("import", "a", "--nothing"),
    ]
    for words, outcome in zip(commands, program.run_each(commands), strict=True):
        assert (outcome.code, outcome.out) == (2, ""), (words, outcome)
        assert outcome.err.startswith("Usage: warmlist"), (words, outcome)


def _commands() -> list[tuple[str, ...]]:
    from typer.main import get_command

    from app.cli import app

    found: list[tuple[str, ...]] = [()]
    groups = [((), get_command(app))]
    while groups:
        path, group = groups.pop()
        for name, command in getattr(group, "commands", {}).items():
            found.append((*path, name))
            groups.append(((*path, name), command))
    return found


def test_every_command_has_help(tmp_path: Path) -> None:
    commands = _commands()
    assert len(commands) > 25
    outcomes = Program(tmp_path / "home").run_each([(*words, "--help") for words in commands])
    for words, outcome in zip(commands, outcomes, strict=True):
        assert (outcome.code, outcome.err) == (0, ""), words
        assert outcome.out.startswith(" ".join(["Usage: warmlist", *words]))
        lines = [line for line in outcome.out.splitlines() if not line.startswith("Usage:")]
        assert not [line for line in lines if line.rstrip().endswith("...")], words
    assert not (tmp_path / "home").exists()  # help makes nothing


def test_output_may_be_cut_off_by_its_reader(way: tuple[Program, Outcome]) -> None:
    program, _ = way
    process = program.start("list", "show", "--rep", "Ines")
    assert process.stdout is not None
    process.stdout.close()  # as `| head -0` does
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(30), said) == (0, "")


def test_a_terminal_without_arabic_still_works(way: tuple[Program, Outcome]) -> None:
    program, _ = way
    poor = Program(program.home, {"PYTHONIOENCODING": "ascii"})
    assert "\\u0627\\u0644\\u062a" in poor.run("topic", "list").out
    assert poor.run("topic", "list", "--json").code == 0


def test_a_post_cannot_steer_the_terminal(tmp_path: Path) -> None:
    program = _prepare(tmp_path / "home")
    file = tmp_path / "posts.jsonl"
    file.write_text(
        post(1, f"{_ASKING} \x1b[2J\x1b]0;gone\x07 \x9b31m",
             author={"external_id": "a", "handle": "red\x1b[31m"}) + "\n{\x1b[2J\n"
    )  # fmt: skip
    outcomes = program.run_each(
        [["import", str(file)], ["lists", "build"], ["list", "show", "--rep", "Ines"]]
    )
    assert "401k rollover" in outcomes[2].out
    for outcome in outcomes:
        assert not set("\x1b\x07\x9b") & set(outcome.out + outcome.err)


def test_bytes_that_are_no_text_are_a_wrong_use(way: tuple[Program, Outcome]) -> None:
    program, _ = way
    for words in (
        ("topic", "add", "bad\udcff", "--keyword", "x"),
        ("list", "show", "--rep", "\udcff"),
    ):
        assert "not valid UTF-8" in program.run(*words, code=2).line


def test_stopping_says_what_stays(tmp_path: Path) -> None:
    program = _prepare(tmp_path / "home")
    process = subprocess.Popen(
        program.command(["import", "-"]), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=program.variables(), text=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(post(1, _ASKING) + "\n")
    process.stdin.flush()
    wait_until(lambda: count_rows(program, "imports"))  # it reads and waits for more
    process.send_signal(2)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert err.startswith("warmlist: Stopped. What was stored stays")
    assert "Traceback" not in err
