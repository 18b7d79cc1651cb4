"""How surely sensitive subjects are recognised, on sentences written for it.

``sensitive.tsv`` holds posts that state a sensitive circumstance and posts that only look like it,
in English and Arabic. The rules were tuned on the development part alone; the held-out part was
written apart from them, and what is missed there was never looked at. A set that was looked at
moves to the development part, and its figure from before stands in docs/benchmarks.md.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from app.bench.figures import Figure
from signals.policy import find_sensitive

_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Sentence:
    """A post and what it states; ``subject`` is ``None`` for a near miss."""

    half: str
    subject: str | None
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """Counts over one half: recall and precision of "nothing may be derived from this"."""

    found: int
    missed: int
    false: int

    @property
    def recall(self) -> float:
        """Share of the sensitive sentences that were recognised."""
        return self.found / max(1, self.found + self.missed)

    @property
    def precision(self) -> float:
        """Share of those recognised that were sensitive."""
        return self.found / max(1, self.found + self.false)


def read_sentences() -> list[Sentence]:
    """All sentences of the test set."""
    source = files("app.bench").joinpath("sensitive.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(source.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [
        Sentence(
            row["half"],
            None if row["subject"] == "-" else row["subject"],
            row["language"],
            row["text"],
        )
        for row in rows
    ]


def recognise(half: str) -> Recognition:
    """Count over ``development`` or ``held_out``."""
    found = missed = false = 0
    for sentence in read_sentences():
        if sentence.half != half:
            continue
        is_found = find_sensitive(sentence.text) is not None
        if sentence.subject is None:
            false += is_found
        elif is_found:
            found += 1
        else:
            missed += 1
    return Recognition(found, missed, false)


def measure_sensitive() -> Iterator[Figure]:
    """Recall and precision on sentences held out, on those tuned on, and speed."""
    held_out, development = recognise("held_out"), recognise("development")
    yield Figure("prospects.sensitive_recall", held_out.recall, "share", 0.95)
    yield Figure("prospects.sensitive_precision", held_out.precision, "share", 0.90)
    yield Figure("prospects.sensitive_development_recall", development.recall, "share")
    yield Figure("prospects.sensitive_development_precision", development.precision, "share")
    texts = [sentence.text for sentence in read_sentences()]
    started = time.process_time()
    for _ in range(_ROUNDS):
        for text in texts:
            find_sensitive(text)
    seconds = time.process_time() - started
    yield Figure("prospects.sensitive_posts_per_cpu_s", len(texts) * _ROUNDS / seconds, "posts")
