"""Kill collecting again and again: afterwards every item of the network is there once."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.hackernews import HackerNews, hit
from tests.fakes.web_server import Asked, Reply, WebServer

ITEMS, KILLS = 20_000, 100
PROGRAM = [sys.executable, "-c", "from app.cli import main; main()"]


@pytest.fixture
def server() -> Iterator[WebServer]:
    now = int(time.time())
    # one every four seconds: 22 hours, of which the search shows a thousand at a time
    hits = [hit(n, now - 4 * n, f"which annuity, {n}?") for n in range(1, ITEMS + 1)]
    network = HackerNews(hits)

    def speak(asked: Asked) -> Reply:
        reply = network(asked)
        return Reply(reply.status, reply.document, wait=0.1)

    with WebServer(speak) as running:
        yield running


@pytest.mark.soak
def test_every_item_is_stored_once_however_often_collecting_is_killed(
    server: WebServer, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    environment = os.environ | {
        "WARMLIST_HOME": str(home),
        "WARMLIST_COLLECT__ALLOW_HOSTS": '["127.0.0.1"]',
        "WARMLIST_COLLECT__RUN_ITEMS": "1000",
        "WARMLIST_SCORING__SCORER": "rules",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    run("init")
    run("topic", "add", "annuities", "--keyword", "annuity")
    run("source", "add", "hackernews", "--lawful-basis", "test", "--url", server.url,
        "--option", f"items_url={server.url}")  # fmt: skip
    collect = ["collect", "--network", "hackernews", "--once"]
    rng = random.Random(3)
    killed = hit_running = 0
    while killed < KILLS:
        # So many requests on, and a little: on a slow machine a moment alone would always fall into
        # the first of them. What comes before is start-up, which has nothing to lose.
        until = len(server.asked) + rng.randint(1, 3)
        process = subprocess.Popen(
            [*PROGRAM, *collect],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while process.poll() is None and len(server.asked) < until:
            time.sleep(0.01)
        time.sleep(rng.uniform(0.0, 0.4))
        hit_running += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed += 1
    assert hit_running >= KILLS * 0.8, "too few kills hit a run to show anything"

    database = home / "warmlist.db"

    def count() -> tuple[int, int]:
        with sqlite3.connect(database) as connection:
            found: tuple[int, int] = connection.execute(
                "SELECT count(*), count(DISTINCT external_id) FROM signals"
            ).fetchone()
        return found

    in_between = count()
    assert 0 < in_between[0] < ITEMS, "the kills came before all of it or after: they show nothing"
    for _ in range(200):
        runs = json.loads(run(*collect, "--json"))["runs"]
        assert [r["outcome"] for r in runs if r["task"] == "collect"] == ["done"]
        if count()[0] >= ITEMS:
            break
    print(
        f"{hit_running} of {killed} kills hit a run; {in_between[0]} items had been stored by then"
    )
    assert count() == (ITEMS, ITEMS)
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        waiting = connection.execute(
            "SELECT count(*) FROM signals WHERE scored_at IS NULL"
        ).fetchone()
        lost = connection.execute(
            "SELECT count(*) FROM collection_runs WHERE outcome = 'lost'"
        ).fetchone()
    assert waiting == (0,)
    assert lost[0] >= KILLS * 0.5
