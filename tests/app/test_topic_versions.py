"""Which version of a topic tomorrow's list used, from saving it to reading the list anywhere."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from app.bootstrap import Workspace, read_clock
from app.jobs import build_all_lists
from app.web.application import create_app
from config.settings import Settings, read_defaults
from models.database import Database
from tests.app.program import Program, own_words, post
from tests.app.web.conftest import Browser, SettableClock

ASKING = "Can anyone recommend somebody who helps with a 401k rollover? We retire in March."


@pytest.fixture
def program(tmp_path: Path) -> Program:
    program = Program(tmp_path / "home")
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(post(n, f"{ASKING} {own_words(n)}") for n in range(5)) + "\n")
    outcomes = program.run_each(
        [
            ["init"],
            ["topic", "add", "Retirement", "--keyword", "401k"],
            ["team", "add", "East", "--weekend", "none"],
            ["rep", "add", "Ines", "--team", "East", "--quota", "2", "--per", "day"],
            ["import", str(file)],
            ["topic", "edit", "Retirement", "--keyword", "pension", "--reason", "asked for"],
        ]
    )
    assert [outcome.code for outcome in outcomes] == [0] * 6
    return program


def reopen(home: Path) -> Workspace:
    values: dict[str, Any] = dict(read_defaults())
    values["importing"] = values.pop("import")
    values["web"] = values["web"] | {"doors": "open"}
    return Workspace(Settings(home=home, **values), Database(f"sqlite:///{home / 'warmlist.db'}"))


def show(program: Program, on: date) -> tuple[str, dict[str, Any], str, dict[str, Any]]:
    rep = ["--rep", "Ines"]
    shown = program.run_each(
        [
            ["list", "show", "--date", str(on), *rep],
            ["list", "show", "--date", str(on), *rep, "--json"],
            ["lists", "replay", str(on), *rep],
            ["lists", "replay", str(on), *rep, "--json"],
        ]
    )
    assert [one.code for one in shown] == [0] * 4
    return shown[0].out, shown[1].document, shown[2].out, shown[3].document


def test_a_version_that_is_saved_stands_on_the_next_days_list(program: Program) -> None:
    now = read_clock()
    tomorrow = now + timedelta(days=1)
    workspace = reopen(program.home)
    clock = SettableClock(now)
    with TestClient(create_app(workspace, clock), base_url="http://127.0.0.1") as client:
        client.cookies.set("rep", "1")
        browser = Browser(client)
        browser.open("/topics/1?draft=1&k=401k&k=pension&add_k=annuity")
        browser.send(
            "/topics/1/versions", base="2", k=["401k", "pension", "annuity"], reason="more of them"
        )  # type: ignore[arg-type] # a repeated field
        build_all_lists(workspace, on=None, now=tomorrow)
        clock.at = tomorrow
        page = browser.open("/").text
    line, document, again, replayed = show(program, tomorrow.date())
    assert "Versions of topics: Retirement 3" in line
    assert document["topic_versions"] == {"Retirement": 3}
    assert {item["topic_version"] for item in document["items"]} == {3}
    assert len(document["items"]) == 2
    assert "Versions of topics: Retirement 3" in again
    assert (replayed["topic_versions"], replayed["equal"]) == ({"Retirement": 3}, True)
    assert "Versions of topics: <bdi>Retirement</bdi> 3" in " ".join(page.split())

    # the day after, one is carried over: what found whom is told apart
    outcomes = program.run_each(
        [
            ["topic", "restore", "Retirement", "1", "--reason", "as it was"],
            ["list", "show", "--rep", "Ines"],
        ]
    )
    assert outcomes[0].code == 0, outcomes[0].err
    after = tomorrow + timedelta(days=1)
    build_all_lists(workspace, on=None, now=after)
    line, document, again, replayed = show(program, after.date())
    assert document["topic_versions"] in ({"Retirement": 4}, {})
    assert replayed["topic_versions"] == {"Retirement": 4}
    workspace.db.close()


def test_a_list_with_nobody_on_it_says_what_it_was_looked_through_with(program: Program) -> None:
    program.run("topic", "edit", "Retirement", "--off", "--reason", "a pause")
    program.run("topic", "add", "Quiet", "--keyword", "stillness")
    workspace = reopen(program.home)
    tomorrow = read_clock() + timedelta(days=1)
    build_all_lists(workspace, on=None, now=tomorrow)
    line, document, _, replayed = show(program, tomorrow.date())
    assert document["items"] == []
    assert document["topic_versions"] == replayed["topic_versions"] == {"Quiet": 1}
    assert "Versions of topics: Quiet 1" in line
    workspace.db.close()
