"""How long a manager waits for a preview after a keystroke, on a million stored posts."""

from __future__ import annotations

import gzip
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.bench.figures import Figure
from app.bench.keystrokes import measure_keystrokes
from app.bench.keywords import measure_recall
from app.bench.stream import make_texts
from app.bootstrap import Workspace, read_clock
from app.jobs import index_posts
from app.studio import Studio
from app.topic_scorers import load_topic_scorer
from config.settings import TopicSettings, load_settings, read_defaults
from models import Account, ArchivedPost, Match, Person, PostWords, Signal
from models.database import Database
from signals.catalog import create_topic
from signals.studio import days_before, replay
from signals.versions import Definition

_POSTS: Final = 1_000_000
_BATCH: Final = 10_000
_DAYS: Final = 7
_ACCOUNTS: Final = 50_000
_ROUNDS: Final = 2  # every phrase is typed so often in the browser
_WORDS: Final = 400  # characters of a post that are kept for the measurement, as of a short post
#: What is typed, word by word as a manager would: common words, phrases, exclusions, Arabic.
_REAL: Final = (
    "looking for advice", "recommend", "which one", "mortgage", "credit card", "help me choose",
    "new laptop", "first house", "wedding", "personal trainer", "what should i buy", "anyone else",
    "student loan", "التقاعد", "car insurance", "moving to", "language course", "job offer",
    "the", "help", "what", "money", "need a",
)  # fmt: skip


def measure(data: Path | None, *, url: str | None = None, size: int | None = None) -> list[Figure]:
    """Fill a workspace, then preview one change after another.

    ``url``: an empty database to fill; a SQLite file that is thrown away if not given.
    """
    with tempfile.TemporaryDirectory(prefix="warmlist-bench-") as folder:
        db = Database(url or f"sqlite:///{folder}/studio.db")
        db.migrate()
        settings = load_settings()
        workspace = Workspace(settings, db)
        figures = _measure(workspace, data, size or _POSTS, Path(folder))
        if data is not None:
            figures += measure_recall(data)
        db.close()
    return figures


def _measure(workspace: Workspace, data: Path | None, size: int, folder: Path) -> list[Figure]:
    rng = random.Random(7)  # noqa: S311 - the same posts every time, nothing secret
    texts = list(_read(data)) if data is not None else make_texts(size // 5, rng)
    now = read_clock()
    asked = list(_REAL) if data is not None else _choose(texts, rng)
    topic_id = _fill(workspace.db, texts, size, now, asked[:4])
    started = time.process_time()
    index_posts(workspace)
    indexing = time.process_time() - started
    with workspace.db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")  # as either database does by itself in time
        connection.commit()
    scorer = load_topic_scorer(workspace)
    studio = Studio(workspace, lambda: scorer)
    with workspace.db.read() as session:
        saved = _definition(asked[:4])
        counts = session.scalar(select(func.count()).select_from(PostWords)) or 0
    drafts = _type(saved, asked[4:])
    studio.prepare(topic_id, days=_DAYS, now=now)  # as when a manager enters the draft
    later = now + timedelta(minutes=6)
    started = time.perf_counter()
    studio.preview(topic_id, saved, days=_DAYS, now=later)
    first = 1000 * (time.perf_counter() - started)
    waits, replays, spent = [], [], []
    for draft in drafts:
        started = time.perf_counter()
        with workspace.db.read() as session:
            replay(session, saved, draft, since=days_before(later, _DAYS))
        replays.append(1000 * (time.perf_counter() - started))
        started, busy = time.perf_counter(), time.process_time()
        studio.preview(topic_id, draft, days=_DAYS, now=later)
        waits.append(1000 * (time.perf_counter() - started))
        spent.append(1000 * (time.process_time() - busy))
    keystrokes = measure_keystrokes(
        folder, workspace.db.engine.url.render_as_string(hide_password=False), topic_id,
        asked[4:] * _ROUNDS, asked[4:8] * _ROUNDS, asked[:4],
    )  # fmt: skip
    return [
        *keystrokes,
        Figure("studio.replay_ms", max(waits), "ms, the slowest", 300, at_most=True),
        Figure("studio.replay_cpu_ms", max(spent), "ms of this process, the dearest"),
        Figure("studio.replay_median_ms", sorted(waits)[len(waits) // 2], "ms"),
        Figure("studio.replay_unscored_ms", max(replays), "ms, the slowest"),
        Figure("studio.replay_first_ms", first, "ms, the saved topic anew, every five minutes"),
        Figure("studio.posts", counts, "posts"),
        Figure("studio.indexed_per_cpu_s", counts / max(indexing, 0.001), "posts"),
    ]


def _definition(keywords: Sequence[str]) -> Definition:
    return Definition("Bench", keywords=tuple(keywords))


def _type(saved: Definition, asked: Sequence[str]) -> list[Definition]:
    """One draft after another: a keyword more, an exclusion more, a keyword less."""
    drafts = [_definition((*saved.keywords, phrase)) for phrase in asked]
    drafts += [
        Definition("Bench", keywords=saved.keywords, exclusions=(phrase,)) for phrase in asked[:4]
    ]
    drafts += [
        _definition([k for k in saved.keywords if k != dropped]) for dropped in saved.keywords
    ]
    return drafts


def _choose(texts: Sequence[str], rng: random.Random) -> list[str]:
    """Phrases of one and two words, common and rare as they come."""
    chosen: list[str] = []
    while len(chosen) < 18:
        words = rng.choice(texts).split()
        start = rng.randrange(len(words))
        phrase = " ".join(words[start : start + rng.randint(1, 2)])
        if len(phrase) > 3 and phrase not in chosen:
            chosen.append(phrase)
    return chosen


def _read(data: Path) -> Iterator[str]:
    opener = gzip.open if data.suffix == ".gz" else open
    with opener(data, "rb") as stream:
        for line in islice(stream, 250_000):
            row = json.loads(line)
            written = f"{row.get('title') or ''}\n\n{row.get('selftext') or row.get('text') or ''}"
            yield written[:_WORDS]


def _fill(
    db: Database, texts: Sequence[str], size: int, now: datetime, asked: Sequence[str]
) -> int:
    """Half the posts in the archive, half as signals of another topic; returns the topic's row."""
    with db.write() as session:
        defaults = TopicSettings(**read_defaults()["topic"])
        _accounts(session, now)
        other = create_topic(session, name="Other", keywords=["other"], defaults=defaults, now=now)
        keyword_id, other_id = other.keywords[0].id, other.id
    step = timedelta(days=_DAYS) / (size + 1)
    for start in range(0, size, _BATCH):
        numbers = range(start, min(start + _BATCH, size))
        archived = [n for n in numbers if n % 2]
        heard = [n for n in numbers if not n % 2]
        with db.write() as session:
            session.execute(
                insert(ArchivedPost),
                [
                    {"network": "bluesky", "external_id": f"a{n}", "language": "en",
                     "author_hash": f"{n % _ACCOUNTS:064x}", "text": texts[n % len(texts)],
                     "occurred_at": now - step * (size - n)}
                    for n in archived
                ],
            )  # fmt: skip
            session.execute(
                insert(Signal),
                [
                    {"id": n + 1, "network": "bluesky", "kind": "post", "external_id": f"s{n}",
                     "account_id": n % _ACCOUNTS + 1, "text": texts[n % len(texts)], "metrics": {},
                     "language": "en", "occurred_at": now - step * (size - n),
                     "observed_at": now, "scored_at": now}
                    for n in heard
                ],
            )  # fmt: skip
            session.execute(
                insert(Match),
                [
                    {"signal_id": n + 1, "keyword_id": keyword_id, "topic_id": other_id}
                    for n in heard
                ],
            )
    with db.write() as session:
        return create_topic(
            session, name="Bench", keywords=asked, defaults=defaults, now=now
        ).id  # fmt: skip


def _accounts(session: Session, now: datetime) -> None:
    numbers = range(1, _ACCOUNTS + 1)
    session.execute(insert(Person), [{"id": n, "created_at": now} for n in numbers])
    session.execute(
        insert(Account),
        [
            {"id": n, "person_id": n, "network": "bluesky", "external_id": f"u{n}",
             "first_seen_at": now}
            for n in numbers
        ],
    )  # fmt: skip
