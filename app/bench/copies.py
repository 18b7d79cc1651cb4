"""How surely copies are found: real texts, edited and given new titles, sent the whole way."""

from __future__ import annotations

import gzip
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
_SHORT = 1_600  # short originals beside them
_SHORT_COPIED = 800  # of them, each once
_SHORT_WORDS = (6, 16)
_BATCH = 1000
_ACCOUNTS = 5_000
_SHARES = (0.0, 0.05, 0.10, 0.15, 0.20)  # of the words are edited
_FILE_ROWS = 200_000
_ALIKE = 0.5  # of the words, as prospects.similarity asks for


def measure_copies(data: Path | None) -> list[Figure]:
    """Recall and precision of groups, and posts per CPU-second through marks and database.

    A copy is found if it joins its original's group. Everything else that joins a group counts
    against precision, also where two of the given posts happen to be copies of each other. Short
    bodies are among them: every other one names an address, every other copy is by the account of
    its original.
    """
    rng = random.Random(13)  # noqa: S311 - the same posts every time, nothing secret
    long_ones = _read(data, rng) if data is not None else _write(rng)
    words = [word for text in long_ones[:2000] for word in text.split()]
    chosen = rng.sample(range(len(long_ones)), min(_COPIED, len(long_ones) // 2))
    originals = [*long_ones, *_write_short(words, rng)]
    short = rng.sample(range(len(long_ones), len(originals)), _SHORT_COPIED)
    is_short = [False] * len(chosen) + [True] * len(short)
    chosen = [*chosen, *short]
    shares = [_SHARES[number % len(_SHARES)] for number in range(len(chosen))]
    copies = [
        _edit(originals[place], share, words, rng)
        for place, share in zip(chosen, shares, strict=True)
    ]
    accounts = [_account_of(number) for number in range(1, len(originals) + 1)]
    for number, place in enumerate(chosen):
        stranger = _account_of(len(originals) + number + 1)
        accounts.append(accounts[place] if is_short[number] and number % 2 else stranger)
    groups, spent = _run([*originals, *copies], accounts)
    found = _count(groups, chosen, len(originals))
    of_short = _count_short(groups, found, is_short, range(len(long_ones) + 1, len(originals) + 1))
    theirs, their_s = _group_with_datasketch([*originals, *copies])
    reference = _count(theirs, chosen, len(originals))
    return [
        Figure(
            "prospects.duplicate_recall", found.recall, "share", 0.95, reference=reference.recall
        ),
        Figure(
            "prospects.duplicate_precision", found.precision, "share", 0.98,
            reference=reference.precision,
        ),
        Figure(
            "prospects.duplicate_posts_per_cpu_s", len(groups) / spent, "posts", 5000,
            reference=len(theirs) / their_s,
        ),
        Figure("prospects.duplicate_short_recall", of_short.recall, "share"),
        Figure("prospects.duplicate_short_precision", of_short.precision, "share"),
        *(
            Figure(
                f"prospects.duplicate_recall_at_{round(100 * share)}",
                statistics.mean(
                    hit for hit, of in zip(found.hits, shares, strict=True) if of == share
                ),
                "share",
            )
            for share in _SHARES
        ),
    ]  # fmt: skip


def _account_of(number: int) -> int:
    return number % _ACCOUNTS + 1


@dataclass(frozen=True, slots=True)
class _Found:
    """Per copy whether it joined its original's group, and how many joined any."""

    hits: tuple[bool, ...]
    joined: int

    @property
    def recall(self) -> float:
        return sum(self.hits) / len(self.hits)

    @property
    def precision(self) -> float:
        return sum(self.hits) / max(1, self.joined)


def _count(groups: Mapping[int, int], chosen: Sequence[int], originals: int) -> _Found:
    """``groups`` by number from 1: the originals, then a copy of each of the ``chosen`` places."""
    hits = tuple(
        groups[originals + number + 1] == groups[place + 1] for number, place in enumerate(chosen)
    )
    return _Found(hits, sum(group != number for number, group in groups.items()))


def _count_short(
    groups: Mapping[int, int], found: _Found, is_short: Sequence[bool], originals: range
) -> _Found:
    """The same of short bodies alone: ``originals`` by number, and the copies of those."""
    hits = tuple(hit for hit, short in zip(found.hits, is_short, strict=True) if short)
    first = originals.stop
    copies = [first + number for number, short in enumerate(is_short) if short]
    return _Found(hits, sum(groups[number] != number for number in (*originals, *copies)))


def _write_short(words: Sequence[str], rng: random.Random) -> list[str]:
    """Short bodies under a title; every other one names an address of its own."""
    return [
        "A post\n\n"
        + " ".join(rng.choices(words, k=rng.randint(*_SHORT_WORDS)))
        + (f" t.me/channel{number}" if number % 2 else "")
        for number in range(_SHORT)
    ]


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


def _run(
    texts: Sequence[str], accounts: Sequence[int] | None = None
) -> tuple[dict[int, int], float]:
    """The group of every text by its number, and the CPU seconds of marking and recording.

    ``accounts``: whose each text is; one of many if left out.
    """
    accounts = accounts or [_account_of(number) for number in range(1, len(texts) + 1)]
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
                _add_signals(session, ids, part, accounts, at)
            started = time.process_time()
            marks = mark(part)
            marked = [
                Marked(number, accounts[number - 1], at, text, one)
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


def _add_signals(
    session: Session, ids: range, texts: Sequence[str], accounts: Sequence[int], at: datetime
) -> None:
    session.execute(
        insert(Signal),
        [
            {"id": number, "network": "file", "kind": "post", "external_id": f"s{number}",
             "account_id": accounts[number - 1], "text": text, "metrics": {},
             "occurred_at": at, "observed_at": at}
            for number, text in zip(ids, texts, strict=True)
        ],
    )  # fmt: skip


def _group_with_datasketch(texts: Sequence[str]) -> tuple[dict[int, int], float]:
    """The same by datasketch alone, in memory: the same words, bands and rows, nothing stored.

    Of what a text meets in a band it joins the group of the likest by their sketches, if half of
    the words are estimated to be the same: datasketch keeps no words to compare.
    """
    from datasketch import MinHash, MinHashLSH

    from prospects.similarity import BANDS, ROWS, tell, words_of

    index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
    groups: dict[int, int] = {}
    sketches: dict[int, MinHash] = {}
    started = time.process_time()
    for number, text in enumerate(texts, start=1):
        sketch = MinHash(num_perm=BANDS * ROWS)
        sketch.update_batch([word.encode() for word in tell(words_of(text))])
        alike = max(((sketch.jaccard(sketches[one]), -one) for one in index.query(sketch)),
                    default=(0.0, 0))  # fmt: skip
        groups[number] = groups[-alike[1]] if alike[0] >= _ALIKE else number
        sketches[number] = sketch
        index.insert(number, sketch)
    return groups, time.process_time() - started
