"""Runs Warmlist as a user does: a process of its own, judged by its output and exit code."""

from __future__ import annotations

import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.app.starter import shared_starter

ROOT = Path(__file__).resolve().parents[2]
_START = "from app.cli import main; main()"
# Several commands one after the other in one process: what is judged is what each says, and the
# start-up, which takes most of a short command's time, is paid once.
_START_EACH = """
import io, json, os, sys
from app.cli import main
real, outcomes = (sys.stdout, sys.stderr), []
for words, settings in json.loads(sys.argv[1]):
    sys.argv = ["warmlist", *words]
    kept = dict(os.environ)
    os.environ.update(settings)
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.BytesIO(), "utf-8", errors) for errors in ("strict", "backslashreplace")
    )
    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    os.environ.clear()
    os.environ.update(kept)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    texts = [stream.buffer.getvalue().decode() for stream in (sys.stdout, sys.stderr)]
    outcomes.append([code, *texts])
sys.stdout, sys.stderr = real
print(json.dumps(outcomes))
"""

#: Root may read and write everything; without these rights it is bound by the bits like everybody.
WITHOUT_RIGHTS = """
import ctypes, os, sys
if os.geteuid() == 0 and not os.environ.get("WITHOUT_RIGHTS"):
    drop = ctypes.CDLL(None, use_errno=True).prctl
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        assert drop(24, right, 0, 0, 0) == 0, "PR_CAPBSET_DROP failed"
    os.environ["WITHOUT_RIGHTS"] = "1"
    os.execv(sys.executable, sys.orig_argv)
"""


@dataclass(frozen=True)
class Outcome:
    """What a finished process left."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output; fails when anything else is there."""
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The one line on standard error; fails when there are more or fewer."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("warmlist: "), self.err
        return lines[0]


@dataclass
class Program:
    """The program with a home of its own.

    ``before``: statements that the process runs first, to take a right or a resource away from it.
    """

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    before: str = ""

    def run(
        self,
        *words: str,
        feed: bytes | str | None = None,
        code: int | None = 0,
        timeout: float = 90,
    ) -> Outcome:
        """Run to the end; the exit code must be ``code`` (``None``: any). Never a traceback."""
        data = (feed.encode() if isinstance(feed, str) else feed) or b""
        if self.before or "PYTHONIOENCODING" in self.environment:  # takes place before any import
            done = subprocess.run(
                self.command(words), input=data, capture_output=True, env=self.variables(),
                cwd=self.home.parent, timeout=timeout, check=False,
            )  # fmt: skip
            found = (done.returncode, done.stdout, done.stderr)
        else:
            found = shared_starter().run(words, data, self.variables(), self.home.parent, timeout)
        outcome = Outcome(found[0], found[1].decode(), found[2].decode())
        assert "Traceback" not in outcome.out + outcome.err, outcome.err
        if code is not None:
            assert outcome.code == code, (words, outcome)
        return outcome

    def run_each(
        self,
        commands: Sequence[Sequence[str]],
        settings: Sequence[Mapping[str, str]] = (),
    ) -> list[Outcome]:
        """Run several commands in one process, each with its own settings; never a traceback."""
        given = settings or [{}] * len(commands)
        done = subprocess.run(
            [sys.executable, "-c", f"{self.before}\n{_START_EACH}",
             json.dumps([*zip(commands, given, strict=True)])],
            capture_output=True, env=self.variables(), cwd=self.home.parent, timeout=90, check=True,
        )  # fmt: skip
        assert b"Traceback" not in done.stdout + done.stderr, done.stdout
        outcomes = [Outcome(*outcome) for outcome in json.loads(done.stdout)]
        assert len(outcomes) == len(commands)
        return outcomes

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start and return at once; the caller ends it."""
        return subprocess.Popen(
            self.command(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.variables(),
            cwd=self.home.parent,
            text=True,
        )

    def command(self, words: Sequence[str]) -> list[str]:
        return [sys.executable, "-c", f"{self.before}\n{_START}", *words]

    def variables(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "WARMLIST_HOME": str(self.home),
            "WARMLIST_LANG": "en",  # whatever the terminal of who tests is set to
            **self.environment,
        }


def wait_until(happened: Callable[[], object], *, seconds: float = 30) -> None:
    """Return once something is the case; fail when it is not in time."""
    ends_at = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < ends_at, "it did not happen in time"
        time.sleep(0.01)


def ask(program: Program, statement: str) -> list[tuple[Any, ...]]:
    """What the workspace's SQLite file answers, past the program."""
    with contextlib.closing(
        sqlite3.connect(f"file:{program.home / 'warmlist.db'}?mode=ro", uri=True, timeout=10)
    ) as connection:
        return connection.execute(statement).fetchall()


def count_rows(program: Program, table: str) -> int:
    """Rows of a table."""
    number: int = ask(program, f"SELECT count(*) FROM {table}")[0][0]
    return number


_WORDS = (
    "morning garden window kettle bridge river ladder market winter copper engine basket harbour "
    "pencil meadow bottle castle candle forest island jacket kitchen lantern mirror needle orchard "
    "pepper quarry ribbon saddle temple valley wagon yellow anchor barrel canyon desert elbow"
).split()


def own_words(number: int, count: int = 30) -> str:
    """A tail of words that nobody else's post has: many accounts' same words are a campaign."""
    chosen = random.Random(number)
    return " ".join(chosen.choice(_WORDS) for _ in range(count)) + "."


def post(number: int, text: str, **more: Any) -> str:
    """A line of Warmlist's own format: one post, a few hours old."""
    return json.dumps(
        {
            "network": "file",
            "external_id": f"post-{number}",
            "kind": "post",
            "author": {"external_id": f"author-{number}", "handle": f"person{number}"},
            "text": text,
            "language": "en",
            "minutes_ago": 60 + number,
            **more,
        },
        ensure_ascii=False,
    )
