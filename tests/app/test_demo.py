"""The sample workspace: made by the real pipeline, reused, served, stopped."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
from importlib.resources import files
from typing import Any

import pytest

from tests.app.program import Outcome, Program, ask, wait_until


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, Outcome, float]:
    """A sample workspace, what making it printed and how long it took. Only to be read."""
    program = Program(tmp_path_factory.mktemp("demo") / "home")
    started = time.monotonic()
    outcome = program.run("demo", "--no-serve", "--json")
    return Program(program.home / "demo"), outcome, time.monotonic() - started


def _sample() -> list[dict[str, Any]]:
    text = files("app.sample").joinpath("community.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_three_reps_have_somebody_to_contact_within_a_minute(
    made: tuple[Program, Outcome, float],
) -> None:
    program, outcome, seconds = made
    document = outcome.document
    assert seconds < 60
    assert document["home"] == str(program.home)
    assert document["reused"] is False
    assert len(document["topics"]) == 2
    assert len(document["lists"]) == 3
    assert all(count > 0 for count in document["lists"].values())
    assert document["imported"]["malformed"] == 0


def test_the_lists_are_real_ones(made: tuple[Program, Outcome, float]) -> None:
    program, outcome, _ = made
    reps = list(outcome.document["lists"])
    shown = program.run_each([["list", "show", "--rep", rep, "--json"] for rep in reps])
    people: list[int] = []
    for one in shown:
        items = [item for item in one.document["items"] if item["state"] == "open"]
        assert items
        people += [item["person"] for item in items]
        for item in items:
            assert item["account"].lstrip("@").startswith("sample_")
            points = sum(round(reason["points"] * 100) for reason in item["reasons"])
            assert points == round(item["warmth"] * 100)
    assert len(people) == len(set(people)), "nobody goes to two reps"


def test_earlier_days_were_worked(made: tuple[Program, Outcome, float]) -> None:
    program, _, _ = made
    standings = program.run("attainment", "--json").document
    assert len(standings) == 3
    assert all(standing["counted"] > 0 for standing in standings)


def test_every_handle_is_invented(made: tuple[Program, Outcome, float]) -> None:
    program, _, _ = made
    handles = [row[0] for row in ask(program, "SELECT handle FROM accounts")]
    assert len(handles) > 50
    assert [handle for handle in handles if not handle.startswith("sample_")] == []
    assert all(row["author"]["handle"].startswith("sample_") for row in _sample())


def test_what_is_sensitive_is_not_stored(made: tuple[Program, Outcome, float]) -> None:
    program, outcome, _ = made
    assert outcome.document["imported"]["suppressed"] > 0
    stored = {row[0] for row in ask(program, "SELECT external_id FROM signals")}
    private = ("filed for bankruptcy", "My diagnosis", "إعلان إفلاس")
    ids = [
        row["external_id"]
        for row in _sample()
        if any(words in (row["text"] or "") for words in private)
    ]
    assert len(ids) == 3
    assert stored & set(ids) == set()
    assert len(stored) > 200


def test_a_second_run_uses_it_again_and_serves_until_ctrl_c(
    made: tuple[Program, Outcome, float],
) -> None:
    sample, _, _ = made
    program = Program(sample.home.parent)
    before = ask(sample, "SELECT count(*), max(id) FROM signals")
    lists = ask(sample, "SELECT rep_id, listed_on, content_hash FROM daily_lists ORDER BY id")
    process = program.start("demo", "--port", "0")
    try:
        assert process.stderr is not None
        announced = process.stderr.readline()
        address = announced.split()[3]
        assert address.startswith("http://127.0.0.1:")
        page: list[str] = []

        def opened() -> bool:
            with urllib.request.urlopen(address, timeout=10) as answer:
                page.append(answer.read().decode())
                return bool(answer.status == 200)

        wait_until(opened)
        assert "<html" in page[0]
        stopped_at = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert time.monotonic() - stopped_at < 10
    finally:
        process.kill()
    assert process.returncode == 0
    assert "used again" in out
    assert err == "Stopped.\n"
    assert ask(sample, "SELECT count(*), max(id) FROM signals") == before
    assert (
        ask(sample, "SELECT rep_id, listed_on, content_hash FROM daily_lists ORDER BY id") == lists
    )


def test_a_port_that_is_taken_is_one_line(made: tuple[Program, Outcome, float]) -> None:
    import socket

    sample, _, _ = made
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = sample.run("serve", "--port", port, code=1)
    assert f"Address 127.0.0.1:{port} cannot be used: address already in use" in refused.line


def test_the_studio_has_something_to_say_from_the_first_minute(
    made: tuple[Program, Outcome, float],
) -> None:
    program, outcome, _ = made
    english, arabic = outcome.document["topics"]
    suggested, arabic_ones, preview, judge = (
        shown.document
        for shown in program.run_each(
            [
                ["topic", "suggest", english, "--json"],
                ["topic", "suggest", arabic, "--json"],
                ["topic", "preview", english, "--keyword", "adviser", "--json"],
                ["topic", "judge", english, "--json"],
            ]
        )
    )
    phrases = {one["phrase"].lower(): one for one in suggested}
    assert phrases["adviser"]["posts"] > 2
    assert phrases["adviser"]["evidence"]
    assert phrases["anuity"]["why"] == "spelling"
    assert "مكافأة" in {one["phrase"] for one in arabic_ones}  # as people write it
    assert preview["searched"] > 400
    assert preview["gained"]["posts"] == phrases["adviser"]["posts"]
    assert preview["gained"]["prospects"] > 0
    assert preview["draft"]["precision"]["judged"] > 20
    assert len(judge["posts"]) == 20
    assert ask(program, "SELECT count(*) FROM archive")[0][0] > 200
