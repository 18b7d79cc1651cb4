"""The whole way measured: import end to end, memory, list building, start-up."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.bench.figures import Figure
from app.bench.supply import build_supply
from app.bootstrap import Workspace, read_clock
from app.jobs import build_all_lists
from config.errors import Refused
from config.settings import load_settings
from models import Assignment, DailyList, Signal, StoredScore
from models.database import Database
from signals.topics import Matcher, TopicPhrases

# 3 topics with 60 keywords that about 1 % of real posts match.
_RARE = {
    "retirement planning": (
        "retirement", "retire early", "roth ira", "401k", "pension", "annuity", "social security",
        "financial advisor", "financial planner", "index fund", "mortgage", "refinance",
        "home loan", "credit score", "life insurance", "car insurance", "estate planning",
        "savings account", "mutual fund", "stock broker",
    ),
    "computers": (
        "new laptop", "which laptop", "laptop recommendation", "gaming pc", "build a pc",
        "graphics card", "macbook", "ssd upgrade", "monitor", "mechanical keyboard", "headphones",
        "router", "nas", "web hosting", "vps", "tablet", "chromebook", "thinkpad",
        "docking station", "webcam",
    ),
    "services": (
        "wedding photographer", "wedding venue", "engagement ring", "honeymoon", "florist",
        "camera lens", "dslr", "tripod", "photo editing", "guitar lessons", "guitar amp",
        "used car", "buy a car", "car dealer", "personal trainer", "gym membership",
        "moving company", "apartment hunting", "rental agreement", "house hunting",
    ),
}  # fmt: skip
# 60 everyday words; only posts that hold one of them go into the file where every post matches.
_COMMON = {
    "one": (
        "anyone", "best", "help", "new", "game", "looking", "know", "people", "time", "way",
        "good", "love", "work", "today", "first", "make", "think", "year", "day", "need",
    ),
    "two": (
        "want", "thing", "found", "made", "great", "old", "better", "really", "right", "back",
        "long", "little", "last", "next", "life", "world", "friend", "home", "house", "car",
    ),
    "three": (
        "money", "job", "school", "music", "video", "book", "movie", "phone", "computer",
        "picture", "question", "problem", "story", "idea", "guy", "girl", "man", "woman", "photo",
        "post",
    ),
}  # fmt: skip
# The same with most everyday words in one topic, so that a post is scored about once. Topics a post
# matches are measured beside both, since the scorer judges every pair.
_ONE_TOPIC = {
    "everyday": (
        "anyone", "best", "help", "new", "game", "looking", "know", "people", "time", "way",
        "good", "love", "work", "today", "first", "make", "think", "year", "day", "need",
        "want", "thing", "found", "made", "great", "old", "better", "really", "right", "back",
        "long", "little", "last", "next", "life", "world", "friend", "home", "house", "car",
    ),
    "money": (
        "mortgage", "roth ira", "401k", "pension", "annuity", "insurance", "index fund",
        "refinance", "credit score", "savings account",
    ),
    "machines": (
        "new laptop", "graphics card", "gaming pc", "macbook", "thinkpad", "ssd", "router",
        "web hosting", "headphones", "mechanical keyboard",
    ),
}  # fmt: skip
_ALL_MATCH_POSTS = 60_000
_REPEATS = 5
_REPS = 20
_SMALL, _LARGE = 30_000, 300_000  # signals: the second has ten times the first
# The nearest peers' known rates, ingest and store only, pre-score only; not measured here.
_PEER_STORE, _PEER_PRESCORE = 352.0, 9_900.0


def measure(data: Path | None) -> list[Figure]:
    """Every figure of the pipeline; without ``data`` on posts made from the sample community."""
    with tempfile.TemporaryDirectory(prefix="warmlist-bench-") as folder:
        home = Path(folder)
        posts = data or _write_posts(home / "posts.jsonl")
        rare = _import(home / "rare", posts, _RARE)
        short = _import(
            home / "short", _head(posts, home / "short.jsonl", rare["read"] // 4), _RARE
        )
        every = _every_match(home / "every", posts, _COMMON)
        single = _every_match(home / "single", posts, _ONE_TOPIC)
        small, large = _build_times(home / "small", _SMALL), _build_times(home / "large", _LARGE)
        rate = rare["read"] / rare["cpu_seconds"]
        return [
            Figure("pipeline.import_posts_per_cpu_s", rate, "posts", 5000, False, _PEER_PRESCORE),
            Figure("pipeline.import_matched_share", rare["matched"] / rare["read"], "share"),
            *every.figures("import_all_match"),
            *single.figures("import_all_match_one_topic"),
            Figure(
                "pipeline.peak_mb", max(rare["peak_mb"], every.peak_mb, single.peak_mb), "MB", 600,
                at_most=True, reference=short["peak_mb"],
            ),
            Figure("pipeline.lists_build_s", large, "s", 1.0, at_most=True),
            Figure(
                "pipeline.lists_build_growth", large / small, "ratio", 1.25, at_most=True,
                reference=1.0,
            ),
            Figure("pipeline.help_s", _help_seconds(), "s", 0.5, at_most=True),
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _EveryMatch:
    """Posts per CPU-second with the scorer as shipped and with the rules, and how they match."""

    shipped: float
    rules: float
    topics_per_post: float
    peak_mb: float

    def figures(self, name: str) -> list[Figure]:
        return [
            Figure(
                f"pipeline.{name}_posts_per_cpu_s", self.shipped, "posts", 1500,
                reference=_PEER_STORE,
            ),
            Figure(
                f"pipeline.{name}_rules_posts_per_cpu_s", self.rules, "posts", 1500,
                reference=_PEER_STORE,
            ),
            Figure(f"pipeline.{name}_topics_per_post", self.topics_per_post, "topics"),
        ]  # fmt: skip


def _every_match(home: Path, posts: Path, topics: Mapping[str, tuple[str, ...]]) -> _EveryMatch:
    home.mkdir()
    matching = _matching(posts, home / "posts.jsonl", topics)
    shipped = _import(home / "shipped", matching, topics)
    rules = _import(home / "rules", matching, topics, WARMLIST_SCORING__SCORER="rules")
    if shipped["matched"] != shipped["read"]:
        raise Refused("A post of the file where every post matches did not.", "")
    return _EveryMatch(
        shipped["read"] / shipped["cpu_seconds"],
        rules["read"] / rules["cpu_seconds"],
        _topics_per_post(home / "shipped"),
        shipped["peak_mb"],
    )


def _topics_per_post(home: Path) -> float:
    db = Database(f"sqlite:///{home / 'warmlist.db'}")
    with db.read() as session:
        scored = session.scalar(select(func.count()).select_from(StoredScore)) or 0
        posts = session.scalar(select(func.count()).select_from(Signal)) or 1
    db.close()
    return scored / posts


def _run(home: Path, *arguments: str, **changes: str) -> str:
    environment = {
        key: value for key, value in os.environ.items() if key != "WARMLIST_DATABASE_URL"
    }
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", "from app.cli import main; main()", *arguments],
        env=environment | changes | {"WARMLIST_HOME": str(home)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode not in {0, 3}:
        raise Refused(f"The measured command failed: {done.stderr.strip()[-300:]}", "")
    return done.stdout


def _import(
    home: Path, posts: Path, topics: Mapping[str, tuple[str, ...]], **changes: str
) -> dict[str, Any]:
    """One import in a process of its own; CPU seconds are the whole process's, start included."""
    _run(home, "init")
    for name, keywords in topics.items():
        options = [part for keyword in keywords for part in ("--keyword", keyword)]
        _run(home, "topic", "add", name, *options)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result: dict[str, Any] = json.loads(
        _run(home, "import", str(posts), "--shift-dates", "--json", **changes)
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result["cpu_seconds"] = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return result


def _open(path: Path) -> Iterator[bytes]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as stream:
        yield from stream


def _head(posts: Path, to: Path, count: int) -> Path:
    with to.open("wb") as out:
        for _, line in zip(range(count), _open(posts), strict=False):
            out.write(line)
    return to


def _matching(posts: Path, to: Path, topics: Mapping[str, tuple[str, ...]]) -> Path:
    """The first posts that match one of the keywords, up to a number."""
    matcher = Matcher(
        TopicPhrases(topic, tuple((topic * 100 + i, word) for i, word in enumerate(words)))
        for topic, words in enumerate(topics.values())
    )
    kept = 0
    with to.open("wb") as out:
        for line in _open(posts):
            row = json.loads(line)
            text = row.get("text") or f"{row.get('title', '')}\n\n{row.get('selftext', '')}"
            if matcher.match_one(text):
                out.write(line)
                kept += 1
                if kept >= _ALL_MATCH_POSTS:
                    break
    return to


def _build_times(home: Path, signals: int) -> float:
    """Median seconds to build the lists of 20 reps over that many signals."""
    home.mkdir()
    settings = load_settings().model_copy(update={"home": home, "database_url": None})
    workspace = Workspace(settings, Database(settings.url))
    workspace.db.migrate()
    now = read_clock()
    build_supply(workspace, signals=signals, reps=_REPS, now=now)
    seconds = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        builds = build_all_lists(workspace, on=None, now=now)
        seconds.append(time.perf_counter() - started)
        if not all(built.assigned for build in builds for built in build.lists):
            raise Refused("A list stayed empty, so the time would mean nothing.", "")
        with workspace.db.write() as session:
            session.query(Assignment).delete()
            session.query(DailyList).delete()
    workspace.db.close()
    return statistics.median(seconds)


def _help_seconds() -> float:
    seconds = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        _run(Path(tempfile.gettempdir()), "--help")
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _write_posts(to: Path, count: int = 100_000) -> Path:
    """Posts recombined from the sample community's sentences, for a machine without real ones."""
    rng = random.Random(7)  # noqa: S311 - the same posts every time, nothing secret
    lines = files("app.sample").joinpath("community.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [
        row["text"] for row in map(json.loads, lines) if row["text"] and row["language"] == "en"
    ]
    filler = [word for text in texts for word in text.split() if word.isalpha() and len(word) > 3]
    now = read_clock()
    with to.open("w", encoding="utf-8") as out:
        for number in range(count):
            text = " ".join(rng.choices(filler, k=rng.randint(8, 60)))
            if number % 100 == 0:
                text = f"{rng.choice(texts)} {text}"
            out.write(
                json.dumps(
                    {
                        "external_id": f"p{number}",
                        "kind": "post",
                        "author": {"external_id": f"u{rng.randint(1, count // 3)}"},
                        "text": text,
                        "occurred_at": (now - timedelta(minutes=number / 10)).isoformat(),
                    }
                )
                + "\n"
            )
    return to
