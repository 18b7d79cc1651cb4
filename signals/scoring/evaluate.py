"""How well a scorer does on a labelled file: ranking, honesty of the probabilities, speed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from config.errors import Refused
from config.memory import peak_mb
from signals.scoring.contract import Intent, Score, Scorer, ScorerInput, TopicContext
from signals.scoring.corpora import input_of, read_rows

#: What can be evaluated: every intent and the prospect probability that drives warmth.
CHOICES: Final[tuple[str, ...]] = ("prospect", *(intent.value for intent in Intent))
#: Probability from which a post counts as positive; the shipped working threshold.
THRESHOLD: Final = 0.5
_TOP: Final = 50
_BINS: Final = 10
_BATCH: Final = 512
_WARM: Final = 512

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a scorer did on a file: its figures, and each row's label and probability."""

    figures: dict[str, Any]
    labels: Array
    found: Array


def load_labelled(path: Path) -> tuple[list[ScorerInput], Array, list[str], list[str]]:
    """Inputs, labels 0/1, languages and topic names of a file; refuses rows without a 0/1 label."""
    inputs, labels, languages, topics = [], [], [], []
    for number, row in enumerate(read_rows(path), 1):
        label = row.get("label")
        if label not in (0, 1, True, False, "0", "1") or "text" not in row:
            raise Refused(
                "%(path)s, row %(number)s has no text with a label of 0 or 1.",
                "Give rows with text and label.",
                path=path,
                number=number,
            )
        item = input_of(row)
        inputs.append(item)
        labels.append(float(int(label)))
        languages.append(item.language or "unknown")
        topics.append(item.topic.name)
    if not inputs:
        raise Refused(
            "%(path)s holds no rows.",
            "Give at least one labelled text.",
            path=path,
        )
    return inputs, np.array(labels), languages, topics


def probability(score: Score, head: str) -> float:
    """The probability that a head gives."""
    return score.prospect if head == "prospect" else score.intents.get(Intent(head), 0.0)


def evaluate(
    scorer: Scorer,
    path: Path,
    head: str,
    *,
    prevalence: float | None = None,
    among: Path | None = None,
) -> Trial:
    """What ``scorer evaluate`` says of one file and head.

    ``prevalence``: also AP and P@50 as they would be with this share of positives, negatives
    alike; ``among``: a file of random posts, to find the positives of ``path`` in at that share.
    """
    inputs, labels, languages, _ = load_labelled(path)
    scorer.score(inputs[:_WARM])  # topics and words are placed at first sight
    began = time.process_time()
    scores: list[Score] = []
    for start in range(0, len(inputs), _BATCH):
        scores += scorer.score(inputs[start : start + _BATCH])
    seconds = time.process_time() - began
    found = np.array([probability(score, head) for score in scores])
    result = measure(labels, found)
    if prevalence is not None:
        both = 0 < labels.sum() < len(labels)
        result["prevalence"] = prevalence
        result["ap_at_prevalence"] = (
            round(weighted_precision(labels, found, share=prevalence), 4) if both else None
        )
        result["p_at_50_at_prevalence"] = (
            round(weighted_first(labels, found, share=prevalence), 4) if both else None
        )
        if among is not None:
            sought = [row for row, label in enumerate(labels.tolist()) if label]
            random = draw_stream(
                [str(row.get("text") or "") for row in read_rows(among)],
                [inputs[row].topic for row in sought],
                round(len(sought) * (1 - prevalence) / prevalence),
            )
            theirs = np.array([probability(score, head) for score in scorer.score(random)])
            result["in_a_stream"] = found_among(found[sought], theirs)
    result["per_language"] = {
        language: measure(labels[mine], found[mine])
        for language in sorted(set(languages))
        if (mine := np.array([one == language for one in languages])).any()
    }
    result["texts_per_cpu_second"] = round(len(inputs) / max(seconds, 1e-9), 1)
    result["peak_mb"] = round(peak_mb(), 1)
    return Trial(result, labels, found)


def leave_one_topic_out(path: Path) -> Trial:
    """The seeking head, learned from all topics of the file but one, tried on that one."""
    from signals.scoring.head_trial import try_topics  # heavy, for this command only

    inputs, labels, _, topics = load_labelled(path)
    if len(set(topics)) < 2:
        raise Refused(
            "%(path)s names fewer than two topics.",
            "Give rows with a topic each.",
            path=path,
        )
    began = time.process_time()
    logits = try_topics([item.text for item in inputs], labels, topics)
    seconds = time.process_time() - began
    found = 1.0 / (1.0 + np.exp(-logits))
    result = measure(labels, found)
    per_topic = {
        topic: measure(labels[mine], found[mine])
        for topic in sorted(set(topics))
        if (mine := np.array([one == topic for one in topics])).any()
    }
    for name in ("auc", "ap"):
        values = [figures[name] for figures in per_topic.values() if figures[name] is not None]
        result[name] = round(float(np.mean(values)), 4) if values else None
    result["per_topic"] = per_topic
    result["per_language"] = {}
    result["texts_per_cpu_second"] = round(len(inputs) / max(seconds, 1e-9), 1)
    result["peak_mb"] = round(peak_mb(), 1)
    return Trial(result, labels, found)


def measure(labels: Array, found: Array) -> dict[str, Any]:
    """n, base rate, AUC, AP, P@50, F1, Brier and ECE; ``None`` where a class is missing."""
    chosen = found >= THRESHOLD
    hits = float((labels[chosen] == 1).sum())
    f1 = 2 * hits / max(float(chosen.sum()) + float(labels.sum()), 1e-9)
    both = 0 < labels.sum() < len(labels)
    top = np.argsort(-found, kind="stable")[:_TOP]
    return {
        "n": len(labels),
        "base": round(float(labels.mean()), 4),
        "auc": round(area(labels, found), 4) if both else None,
        "ap": round(average_precision(labels, found), 4) if both else None,
        "p_at_50": round(float(labels[top].mean()), 4),
        "f1": round(f1, 4),
        "brier": round(float(((found - labels) ** 2).mean()), 4),
        "ece": round(float(expected_calibration_error(labels, found)), 4),
    }


def area(labels: Array, found: Array) -> float:
    """Area under the ROC curve: the chance that a positive stands above a negative."""
    _, inverse, counts = np.unique(found, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[inverse]
    positives = float(labels.sum())
    negatives = len(labels) - positives
    return float(
        (ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    )


def average_precision(labels: Array, found: Array) -> float:
    """Mean precision over the positives, equal scores taken together."""
    order = np.argsort(-found, kind="stable")
    ranked, values = labels[order], found[order]
    ends = np.r_[np.flatnonzero(np.diff(values)), len(values) - 1]
    hits = np.cumsum(ranked)[ends]
    precision = hits / (ends + 1)
    recall = hits / hits[-1]
    return float(np.sum(np.diff(np.r_[0.0, recall]) * precision))


def weighted_precision(labels: Array, found: Array, *, share: float) -> float:
    """Average precision as it would be if positives were ``share`` of all, negatives alike.

    Each negative counts for as many as are missing; needs both kinds of labels.
    """
    positives = float(labels.sum())
    each = positives * (1.0 - share) / share / (len(labels) - positives)
    order = np.argsort(-found, kind="stable")
    ranked, values = labels[order], found[order]
    ends = np.r_[np.flatnonzero(np.diff(values)), len(values) - 1]
    hits = np.cumsum(ranked)[ends]
    misses = each * np.cumsum(1.0 - ranked)[ends]
    recall = hits / positives
    return float(np.sum(np.diff(np.r_[0.0, recall]) * hits / (hits + misses)))


def weighted_first(labels: Array, found: Array, *, share: float) -> float:
    """Precision among the first 50 if positives were ``share`` of all; negatives as above.

    Equal scores are taken together; a file with fewer than 50 is judged whole.
    """
    positives = float(labels.sum())
    each = positives * (1.0 - share) / share / (len(labels) - positives)
    order = np.argsort(-found, kind="stable")
    ranked, values = labels[order], found[order]
    ends = np.r_[np.flatnonzero(np.diff(values)), len(values) - 1]
    hits = np.cumsum(ranked)[ends]
    seen = hits + each * np.cumsum(1.0 - ranked)[ends]
    last = min(int(np.searchsorted(seen, _TOP)), len(seen) - 1)
    before_hits, before = (hits[last - 1], seen[last - 1]) if last else (0.0, 0.0)
    room = min(float(_TOP), float(seen[-1])) - before
    within = (hits[last] - before_hits) / (seen[last] - before)
    return float((before_hits + room * within) / (before + room))


def draw_stream(
    texts: Sequence[str], topics: Sequence[TopicContext], wanted: int
) -> list[ScorerInput]:
    """``wanted`` random posts, each with one of ``topics`` drawn for it; posts may come again."""
    if not texts or not topics:
        return []
    choice = sorted(set(topics), key=lambda topic: (topic.name, topic.keywords))
    random = np.random.default_rng(0)
    return [
        ScorerInput(texts[at % len(texts)], "en", "post", choice[int(random.integers(len(choice)))])
        for at in range(wanted)
    ]


def found_among(sought: Array, stream: Array) -> dict[str, Any]:
    """How well what is sought stands out of a stream: counts, AP and P@50."""
    values = np.r_[sought, stream]
    labels = np.r_[np.ones(len(sought)), np.zeros(len(stream))]
    both = len(sought) > 0 and len(stream) > 0
    first = np.argsort(-values, kind="stable")[:_TOP]
    return {
        "prospects": len(sought),
        "stream": len(stream),
        "p_at_50": round(float(labels[first].mean()), 4) if both else None,
        "ap": round(average_precision(labels, values), 4) if both else None,
    }


def expected_calibration_error(labels: Array, found: Array) -> float:
    """Mean distance of probability and frequency over ten equal bins, weighted by their size."""
    bins = np.minimum((found * _BINS).astype(int), _BINS - 1)
    total = 0.0
    for index in range(_BINS):
        mine = bins == index
        if mine.any():
            total += mine.mean() * abs(float(found[mine].mean()) - float(labels[mine].mean()))
    return total
