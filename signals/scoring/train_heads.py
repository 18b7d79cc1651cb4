"""Fits the linear heads over n-grams and calibrates them on rows left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from signals.scoring import corpora, features
from signals.scoring.cues import read
from signals.scoring.engine import HEADS, Engine, quantise
from signals.scoring.evaluate import measure
from signals.scoring.stack import Part, Say, calibrate, fit_parts, group_folds
from signals.scoring.storage import Arrays
from signals.scoring.tokens import LEXICAL_BITS, weigh

_SHAPE_WEIGHT: Final = 0.05  # what a standardised column counts beside an n-gram
_STEPS: Final = 63  # of each sign; twice as many make the bundle half a megabyte larger
_RAREST: Final = 3  # n-grams in fewer texts are noise and hash collisions
_NOISE: Final = 5_000
_STRENGTH: Final = 10.0
#: Authored short posts are as many as the trades; more weight costs the heads on longer posts
#: (sellers .963 to .955 AUC, seeking .9822 to .9805).
_SHORT_WEIGHT: Final = 0.15
_NOISE_WEIGHT: Final = 0.1
#: Heads whose rows come by topic first.
_BY_TOPIC: Final = frozenset({"asking", "stream", "seeking"})
_BRIEF_STRENGTH: Final = 6.0
_WORDS: Final = 1 << LEXICAL_BITS
#: Found on rows left out: means of regressions that err in different places.
_ASKING: Final = (Part(10.0),)
SEEKING: Final = (Part(10.0), Part(3.0, ratios=True), Part(20.0, first=_WORDS))
_OFFERING: Final = (Part(30.0, first=_WORDS), Part(30.0, ratios=True, first=_WORDS))
_SELLER: Final = (Part(10.0), Part(30.0, ratios=True, first=_WORDS))
_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Job:
    """What one head learns from: rows of the columns, labels, weights."""

    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None
    parts: tuple[Part, ...] = (Part(_STRENGTH),)

    def fit(self, columns: sparse.csr_matrix, use: Any = slice(None)) -> tuple[Any, float]:
        """Weights and bias learned from some of the rows, or from all."""
        weights = None if self.weights is None else self.weights[use]
        return fit_parts(columns[self.rows[use]], self.labels[use], weights, self.parts)


def fit_heads(
    data: Path, arrays: Arrays, leave_out: set[str], say: Say
) -> tuple[Arrays, dict[str, Any]]:
    """The linear heads over n-grams, and how each did on rows left out, whole topics where it can.

    ``leave_out``: posts that later stages are fitted on.
    """
    pairs = [
        row
        for row in corpora.read_corpus(data, "reddit_pairs")
        if corpora.identity(row) not in leave_out
    ]
    noise = corpora.read_corpus(data, "stream_noise")[:_NOISE]
    trade = corpora.read_corpus(data, "reddit_buyer_seller")
    brief = [row for row in corpora.seeds("short_en") if row["split"] == "train"]
    engine = Engine(arrays)
    rows = [*pairs, *noise, *trade, *brief]
    raw, shapes = raw_grams(engine, [row["text"] for row in rows])
    columns, mean, spread = head_columns(raw, shapes, engine)
    width = raw.shape[1]
    n_pairs, n_noise, n_trade = len(pairs), len(noise), len(trade)
    ends = np.cumsum([0, n_pairs, n_noise, n_trade, len(brief)])
    pair, random, deal, short = (np.arange(ends[i], ends[i + 1]) for i in range(4))
    asks = np.array([row["label"] for row in pairs])
    sells = np.array([1 - row["label"] for row in trade])
    nothing = np.zeros(n_noise, int)

    def judged(intent: str) -> NDArray[np.int64]:
        return np.array([int(intent in row["intents"]) for row in brief], np.int64)

    jobs = {
        "asking": _Job(pair, asks, None, _ASKING),
        "stream": _Job(np.r_[pair, random], np.r_[asks, nothing], None, _ASKING),
        "offering": _Job(deal, sells, None, _OFFERING),
        "seeking": _Job(
            np.r_[pair, short],
            np.r_[asks, judged("seeking")],
            np.r_[np.ones(n_pairs), np.full(len(brief), _SHORT_WEIGHT)],
            SEEKING,
        ),
        "seller": _Job(
            np.r_[deal, random, short],
            np.r_[sells, nothing, judged("seller")],
            np.r_[
                np.ones(n_trade),
                np.full(n_noise, _NOISE_WEIGHT),
                np.full(len(brief), _SHORT_WEIGHT),
            ],
            _SELLER,
        ),
    }
    for head in HEADS:
        jobs.setdefault(head, _Job(short, judged(head), None, (Part(_BRIEF_STRENGTH),)))
    weights, biases = [], []
    for head in HEADS:
        job = jobs[head]
        coefficients, bias = job.fit(columns)
        weights.append(coefficients)
        biases.append(bias)
        say(f"head {head}: {len(job.labels):,} texts, {int(job.labels.sum()):,} positive")
    table = np.array(weights).T
    shaped = table[width:] * _SHAPE_WEIGHT / spread[:, None]
    packed, scale = quantise(table[:width], _STEPS)
    calibrations, figures = _calibrations(columns, jobs, [row["topic"] for row in pairs])
    return {
        "gram_idf": np.round(np.asarray(engine.idf) * 20).astype(np.uint8),
        "head_weights": packed,
        "head_scale": scale,
        "head_shape": shaped.astype(np.float32),
        "head_bias": (np.array(biases) - mean @ shaped).astype(np.float32),
        "head_calibration": calibrations,
    }, figures


def raw_grams(
    engine: Engine, texts: Sequence[str]
) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
    """Counted n-grams and form columns of many texts, in batches to spare memory."""
    parts, shapes = [], []
    for start in range(0, len(texts), _BATCH):
        readings = [read(text) for text in texts[start : start + _BATCH]]
        parts.append(sparse.hstack(engine.lexicon.encode(readings).grams(), format="csr"))
        shapes += [features.shape(reading) for reading in readings]
    return sparse.vstack(parts, format="csr"), np.array(shapes, np.float32)


def head_columns(
    raw: sparse.csr_matrix, shapes: NDArray[np.float32], engine: Engine
) -> tuple[sparse.csr_matrix, NDArray[np.float32], NDArray[np.float32]]:
    """Weighted n-grams beside form columns, and the mean and spread these were standardised by.

    Sets ``engine.idf``.
    """
    seen = np.bincount(raw.indices, minlength=raw.shape[1])
    idf = np.where(seen < _RAREST, 0.0, np.log((1 + raw.shape[0]) / (1 + seen)) + 1.0)
    weights = (np.round(idf * 20) / 20).astype(np.float32)
    engine.idf = weights
    half = 1 << LEXICAL_BITS
    mean, spread = shapes.mean(0), np.maximum(shapes.std(0), 1e-6)
    standard = sparse.csr_matrix((shapes - mean) / spread * _SHAPE_WEIGHT)
    parts = [weigh(raw[:, :half], weights[:half]), weigh(raw[:, half:], weights[half:]), standard]
    return sparse.hstack(parts, format="csr"), mean, spread


def _calibrations(
    columns: sparse.csr_matrix, jobs: Mapping[str, _Job], topics: Sequence[str]
) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Slope and shift per head, from rows left out: whole topics where a head has topics."""
    figures: dict[str, Any] = {}
    by_topic = group_folds(topics, 3)
    found: dict[str, tuple[float, float]] = {}
    for head in HEADS:
        job = jobs[head]
        folds = np.arange(len(job.labels)) % 3
        if head in _BY_TOPIC:
            folds[: len(by_topic)] = by_topic
        logits = np.zeros(len(job.labels))
        for fold in range(3):
            test = folds == fold
            coefficients, bias = job.fit(columns, ~test)
            logits[test] = columns[job.rows[test]] @ coefficients + bias
        slope, shift = found[head] = calibrate(logits, job.labels, job.weights)
        honest = 1.0 / (1.0 + np.exp(-(slope * logits + shift)))
        figures[head] = measure(job.labels.astype(np.float64), honest)
    return np.array([found[head] for head in HEADS], np.float64), figures
