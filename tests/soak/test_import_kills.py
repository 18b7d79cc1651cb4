"""Kill an import again and again: what is stored is stored, nothing is lost, nothing is twice."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.database import Database
from prospects.refresh import recompute

POSTS, KILLS = 20_000, 25
PROGRAM = [sys.executable, "-c", "from app.cli import main; main()"]


def write_posts(path: Path) -> None:
    rng = random.Random(5)
    start = datetime.now(UTC) - timedelta(days=6)  # noqa: TID251 - the import reads the same clock
    with path.open("w", encoding="utf-8") as out:
        for number in range(POSTS):
            post = {
                "external_id": f"p{number}",
                "kind": "post",
                "author": {"external_id": f"u{rng.randrange(4000)}"},
                "text": f"Which annuity should I choose, offer {number}?",
                "occurred_at": (start + timedelta(seconds=number * 20)).isoformat(),
            }
            out.write(json.dumps(post) + "\n")


@pytest.mark.soak
def test_every_post_is_stored_once_however_often_the_import_is_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = os.environ | {"WARMLIST_HOME": str(home), "WARMLIST_IMPORTING__PAGE_ROWS": "200"}

    def run(*arguments: str, where: Path = home) -> str:
        done = subprocess.run(
            [*PROGRAM, *arguments], env=environment | {"WARMLIST_HOME": str(where)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    posts = tmp_path / "posts.jsonl"
    write_posts(posts)
    run("init")
    run("topic", "add", "annuities", "--keyword", "annuity")
    rng = random.Random(9)
    killed = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [*PROGRAM, "import", str(posts)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(rng.uniform(1.0, 9.0))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
    assert killed >= KILLS // 3, "too few kills hit a running import to show anything"

    result = json.loads(run("import", str(posts), "--json"))
    assert result["stored"] + result["duplicate"] == POSTS

    database = home / "warmlist.db"
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        counted = connection.execute(
            "SELECT count(*), count(DISTINCT external_id), count(scored_at) FROM signals"
        ).fetchone()
        keys = connection.execute("SELECT id, warmth_key FROM prospects ORDER BY id").fetchall()
    assert counted == (POSTS, POSTS, POSTS)
    # the same people with the same posts behind them as an import that nobody disturbed
    calm = tmp_path / "calm"
    run("init", where=calm)
    run("topic", "add", "annuities", "--keyword", "annuity", where=calm)
    run("import", str(posts), where=calm)
    assert _evidence(database) == _evidence(calm / "warmlist.db")

    db = Database(f"sqlite:///{database}")
    with db.write() as session:
        recompute(session, [prospect_id for prospect_id, _ in keys])
    db.close()
    with sqlite3.connect(database) as connection:
        again = connection.execute("SELECT id, warmth_key FROM prospects ORDER BY id").fetchall()
    assert [i for i, _ in again] == [i for i, _ in keys]
    for (_, stored), (_, computed) in zip(keys, again, strict=True):
        assert abs(stored - computed) < 1e-6


def _evidence(database: Path) -> list[tuple[str, str]]:
    """Who is a prospect because of which post."""
    with sqlite3.connect(database) as connection:
        rows: list[tuple[str, str]] = connection.execute(
            "SELECT accounts.external_id, signals.external_id FROM evidence"
            " JOIN signals ON signals.id = evidence.signal_id"
            " JOIN accounts ON accounts.id = signals.account_id ORDER BY 1, 2"
        ).fetchall()
    assert rows
    return rows
