"""How surely copies are found: real texts, edited and given new titles, sent the whole way."""

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

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.bench.figures import Figure
from app.bootstrap import read_clock
from app.jobs import spare_collector
from models import Account, Person, Signal
from models.database import Database
from prospects.duplicates import Marked, record_marks
from prospects.similarity import mark

_ORIGINALS = 12_000
_COPIED = 4_000  # of them, each once
_LEAST = 120  # characters of a body worth copying
_BATCH = 1000
_ACCOUNTS = 5_000
_SHARES = (0.0, 0.05, 0.10, 0.15, 0.20)  # of the words are edited
_FILE_ROWS = 200_000


def measure_copies(data: Path | None) -> list[Figure]:
    """Recall and precision of groups, and posts per CPU-second through marks and database.

    A copy is found if it joins its original's group. Everything else that joins a group counts
    against precision, also where two of the given posts happen to be copies of each other.
    """
    rng = random.Random(13)  # noqa: S311 - the same posts every time, nothing secret
    originals = _read(data, rng) if data is not None else _write(rng)
    words = [word for text in originals[:2000] for word in text.split()]
    chosen = rng.sample(range(len(originals)), min(_COPIED, len(originals) // 2))
    shares = [_SHARES[number % len(_SHARES)] for number in range(len(chosen))]
    copies = [
        _edit(originals[place], share, words, rng)
        for place, share in zip(chosen, shares, strict=True)
    ]
    groups, spent = _run([*originals, *copies])
    found = {share: [0, 0] for share in _SHARES}
    joined = right = 0
    for number, (place, share) in enumerate(zip(chosen, shares, strict=True)):
        copy_id, original_id = len(originals) + number + 1, place + 1
        hit = groups[copy_id] == groups[original_id]
        found[share][0] += hit
        found[share][1] += 1
        joined += groups[copy_id] != copy_id
        right += hit
    joined += sum(groups[number] != number for number in range(1, len(originals) + 1))
    return [
        Figure(
            "prospects.duplicate_recall", right / len(chosen), "share", 0.95
        ),
        Figure("prospects.duplicate_precision", right / joined, "share", 0.98),
        Figure(
            "prospects.duplicate_posts_per_cpu_s", len(groups) / spent, "posts", 5000,
            reference=_rate_datasketch(originals[:1500]),
        ),
        *(
            Figure(f"prospects.duplicate_recall_at_{round(100 * share)}", hits / count, "share")
            for share, (hits, count) in found.items()
        ),
    ]  # fmt: skip


def _read(data: Path, rng: random.Random) -> list[str]:
    opener = gzip.open if data.suffix == ".gz" else open
    texts = []
    with opener(data, "rb") as stream:
        for line in islice(stream, _FILE_ROWS):
            row = json.loads(line)
            body = row.get("selftext") or row.get("text") or ""
            if len(body) >= _LEAST:
                texts.append(f"{row.get('title') or 'A post'}\n\n{body}")
    rng.shuffle(texts)
    return texts[:_ORIGINALS]


def _write(rng: random.Random) -> list[str]:
    """Posts of made-up words as unevenly frequent as real ones."""
    letters = ("ba", "ko", "ri", "ten", "mas", "lu", "ver", "sho", "pin", "dra", "fel", "gu")
    known = ["".join(rng.choices(letters, k=rng.randint(1, 4))) for _ in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(known))]
    return [
        "A post\n\n" + " ".join(rng.choices(known, weights, k=rng.randint(30, 150)))
        for _ in range(_ORIGINALS)
    ]


def _edit(text: str, share: float, words: Sequence[str], rng: random.Random) -> str:
    """A new title, and this share of the words replaced, dropped, added or moved."""
    body = text.partition("\n\n")[2].split()
    for place in sorted(rng.sample(range(len(body)), round(share * len(body))), reverse=True):
        kind = rng.random()
        if kind < 0.5:
            body[place] = rng.choice(words)
        elif kind < 0.7:
            del body[place]
        elif kind < 0.9:
            body.insert(place, rng.choice(words))
        elif place + 1 < len(body):
            body[place], body[place + 1] = body[place + 1], body[place]
    return " ".join(rng.choices(words, k=8)) + "\n\n" + " ".join(body)


def _run(texts: Sequence[str]) -> tuple[dict[int, int], float]:
    """The group of every text by its number, and the CPU seconds of marking and recording."""
    now = read_clock()
    groups: dict[int, int] = {}
    spent = 0.0
    spare_collector()  # as the jobs do before they score
    with tempfile.TemporaryDirectory(prefix="warmlist-bench-") as folder:
        db = Database(f"sqlite:///{folder}/copies.db")
        db.migrate()
        with db.write() as session:
            _add_accounts(session, now)
        for first, part in _batches(texts):
            ids = range(first, first + len(part))
            at = now - timedelta(seconds=len(texts) - first)
            with db.write() as session:
                _add_signals(session, ids, part, at)
            started = time.process_time()
            marks = mark(part)
            marked = [
                Marked(number, number % _ACCOUNTS + 1, at, text, one)
                for number, text, one in zip(ids, part, marks, strict=True)
            ]
            with db.write() as session:
                groups |= record_marks(session, marked)
            spent += time.process_time() - started
        db.close()
    return groups, spent


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(texts), _BATCH):
        yield start + 1, texts[start : start + _BATCH]


def _add_accounts(session: Session, now: datetime) -> None:
    numbers = range(1, _ACCOUNTS + 1)
    session.execute(insert(Person), [{"id": n, "created_at": now} for n in numbers])
    session.execute(
        insert(Account),
        [
            {"id": n, "person_id": n, "network": "file", "external_id": f"u{n}",
             "first_seen_at": now}
            for n in numbers
        ],
    )  # fmt: skip


def _add_signals(session: Session, ids: range, texts: Sequence[str], at: datetime) -> None:
    session.execute(
        insert(Signal),
        [
            {"id": number, "network": "file", "kind": "post", "external_id": f"s{number}",
             "account_id": number % _ACCOUNTS + 1, "text": text, "metrics": {},
             "occurred_at": at, "observed_at": at}
            for number, text in zip(ids, texts, strict=True)
        ],
    )  # fmt: skip


def _rate_datasketch(texts: Sequence[str]) -> float:
    """Posts per CPU-second of datasketch in memory, with the same words, bands and rows."""
    from datasketch import MinHash, MinHashLSH

    from prospects.similarity import BANDS, ROWS, tell, words_of

    index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
    started = time.process_time()
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=BANDS * ROWS)
        sketch.update_batch([word.encode() for word in tell(words_of(text))])
        index.query(sketch)
        index.insert(str(number), sketch)
    return len(texts) / (time.process_time() - started)
