"""How many events of a Jetstream a second one core keeps up with, matched and stored."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from app.bench.figures import Figure
from app.bench.stream import choose_keywords, make_frames, make_texts
from app.bootstrap import Workspace, read_clock
from config.errors import Refused
from config.memory import peak_mb
from config.settings import load_settings
from models.database import Database

_EVENTS: Final = 400_000
_TEXTS: Final = 40_000
_TOPICS: Final = 100
_KEYWORDS: Final = 1_000
#: Of a real stream about one post in a hundred matches.
_SHARE: Final = 0.01
_TARGET: Final = 5_000.0
#: A run is broken off after this; slower than 2,000 events a second it did not keep up anyway.
_LONGEST_S: Final = 200


def measure(data: Path | None) -> list[Figure]:
    """The figures of collecting; without ``data`` on posts of made-up words.

    The server replays as fast as it is read; the consumer runs on one core, from the socket to the
    stored rows, its topics loaded and its matcher built. Scoring comes after and is measured by
    ``pipeline``.
    """
    rng = random.Random(7)  # noqa: S311 - the same events every time, nothing secret
    texts = make_texts(_TEXTS, rng) if data is None else _read_texts(data)
    keywords = choose_keywords(texts, _KEYWORDS, share=_SHARE, rng=rng)
    with tempfile.TemporaryDirectory(prefix="warmlist-bench-") as folder:
        home = Path(folder)
        now = read_clock()
        end_us = int((now - timedelta(minutes=1)).timestamp() * 1_000_000)
        frames = make_frames(texts, _EVENTS, end_us=end_us, rng=rng)
        (home / "frames").write_bytes(frames)
        start_us = end_us - (_EVENTS + 1) * 200
        with _replay(home / "frames") as port:
            _prepare(home, keywords, f"ws://127.0.0.1:{port}", start_us)
            result = _consume(home)
    if result["outcome"] != "done" or result["read"] < _EVENTS:
        raise Refused(
            f"The run ended as {result['outcome']} after {result['read']:,} of {_EVENTS:,} "
            f"events: {result['error']}", "",
        )  # fmt: skip
    return [
        Figure("collect.jetstream_events_per_s", result["read"] / result["seconds"], "events",
               _TARGET),
        Figure("collect.jetstream_events_per_cpu_s", result["read"] / result["cpu_seconds"],
               "events", _TARGET),
        Figure("collect.jetstream_matched_share", result["matched"] / result["read"], "share"),
        Figure("collect.jetstream_stored", result["stored"], "signals"),
        Figure("collect.jetstream_peak_mb", result["peak_mb"], "MB", 600, at_most=True),
    ]  # fmt: skip


def _read_texts(data: Path) -> list[str]:
    opener = gzip.open if data.suffix == ".gz" else open
    texts = []
    with opener(data, "rb") as stream:
        for line in stream:
            row = json.loads(line)
            text = row.get("text") or f"{row.get('title', '')} {row.get('selftext', '')}"
            if text.strip():
                texts.append(text[:300])
            if len(texts) >= _TEXTS:
                break
    if len(texts) < 1_000:
        raise Refused(f"{data} holds {len(texts)} posts.", "Give a file of at least 1,000.")
    return texts


@contextmanager
def _replay(frames: Path) -> Iterator[int]:
    """The port of a server in a process of its own."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "app.bench.replay", str(frames)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


def _open(home: Path) -> Workspace:
    settings = load_settings().model_copy(update={"home": home, "database_url": None})
    collect = settings.collect.model_copy(
        update={"stream_seconds": _LONGEST_S, "allow_hosts": ["127.0.0.1"]}
    )
    settings = settings.model_copy(update={"collect": collect})
    return Workspace(settings, Database(settings.url))


def _prepare(home: Path, keywords: list[str], url: str, start_us: int) -> None:
    """A workspace with the topics and the one source, its cursor before the first event."""
    from sqlalchemy import update

    from models import Collection
    from signals.catalog import create_topic
    from signals.schedule import synchronise
    from signals.sources import SourceTerms, add_source

    workspace = _open(home)
    workspace.db.migrate()
    now = read_clock()
    with workspace.db.write() as session:
        for number in range(_TOPICS):
            create_topic(
                session,
                name=f"topic {number}",
                keywords=keywords[number::_TOPICS],
                defaults=workspace.settings.topic,
                now=now,
            )
        terms = SourceTerms(url=url, lawful_basis="measurement on made-up people")
        add_source(session, network="bluesky", terms=terms, now=now, allow_hosts=["127.0.0.1"])
        session.flush()
        synchronise(session, now=now)
        session.execute(update(Collection).values(cursor=str(start_us)))
    workspace.db.close()


def _consume(home: Path) -> dict[str, Any]:
    """Run the collection in a process of its own on one core."""
    code = f"from app.bench.collect import consume; consume({str(home)!r})"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(f"The measured run failed: {done.stderr.strip()[-300:]}", "")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def consume(home: str) -> None:
    """Collect once and print what it took as one JSON line. Called in the measured process."""
    from app.crew import collect_due

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    workspace = _open(Path(home))
    started, cpu = time.perf_counter(), time.process_time()
    reports = [one for one in collect_due(workspace, clock=read_clock) if one.task == "collect"]
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    report = reports[0]
    sys.stdout.write(
        json.dumps(
            {
                "outcome": report.outcome, "error": report.error, "read": report.read,
                "matched": report.matched, "stored": report.stored, "seconds": seconds,
                "cpu_seconds": cpu_seconds,
                "peak_mb": peak_mb(),
            }
        )
        + "\n"
    )  # fmt: skip
