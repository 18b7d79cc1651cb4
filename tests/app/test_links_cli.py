"""Short links on the command line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.app.program import Program


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
