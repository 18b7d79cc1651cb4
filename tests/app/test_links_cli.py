"""Short links on the command line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.app.program import Program, post


def test_a_link_that_makes_nobody_s_signal_says_so(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    said = post(1, "Which annuity pays most?")
    folder = tmp_path / "posts.jsonl"
    folder.write_text(said + "\n")
    link = ["link", "create", "https://a.example/guide", "--topic"]
    *_, heard, unheard = program.run_each(
        [
            ["init"],
            ["topic", "add", "Money", "--keyword", "annuity"],
            ["topic", "add", "Houses", "--keyword", "mortgage"],
            ["import", str(folder), "--lawful-basis", "test"],
            [*link, "Money", "--prospect", "person1"],
            [*link, "Houses", "--prospect", "person1"],
        ]
    )
    assert len(heard.out.splitlines()) == 1
    assert "Nothing of person1 on Houses is stored" in unheard.out.splitlines()[1]


def test_a_topic_s_clicks_are_totalled_over_its_links(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    create = ["link", "create", "https://a.example/guide", "--topic", "Money"]
    program.run_each([["init"], ["topic", "add", "Money", "--keyword", "annuity"], create, create])
    with sqlite3.connect(program.home / "warmlist.db") as database:
        database.executemany(
            "INSERT INTO clicks (link_id, clicked_at) VALUES (?, '2026-11-25 12:00:00')",
            [(1,), (1,), (2,)],
        )
    listed, shown = program.run_each([["link", "list", "--json"], ["link", "list"]])
    assert [(d["clicks"], d["topic_clicks"]) for d in listed.document] == [(1, 3), (2, 3)]
    assert shown.out.endswith("Money: 3 clicks on all of its links\n")
