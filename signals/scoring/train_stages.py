"""Fits the stages that need a topic (prospect, relevance) and the one that does without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from signals.scoring import corpora, features
from signals.scoring.contract import ScorerInput, TopicContext
from signals.scoring.corpora import Example
from signals.scoring.engine import Engine, quantise
from signals.scoring.features import brevity
from signals.scoring.stack import Say, calibrate, fit_linear, fit_sparse, group_folds
from signals.scoring.storage import Arrays
from signals.scoring.tokens import weigh
from signals.scoring.trees import Trees, fit_trees

_NONE: Final = TopicContext("")
_RAREST: Final = 5  # topical n-grams in fewer posts say nothing sure
_STACK_STRENGTH: Final = 0.01
_GENERAL_STRENGTH: Final = 0.03
_GOLD_WEIGHT: Final = 2.0  # posts judged for a need as such, without a topic
#: Strength on columns, strength on topical n-grams, share of these; found on topics left out.
_LONG: Final = (0.01, 2.0, 0.5)
_SHORT: Final = (0.03, 10.0, 2.0)
#: How much of the long posts' stage serves brief posts; found on authors left out.
_LENT: Final = 0.1
#: What the boosted trees count beside the linear parts; found on topics left out.
_TREES: Final = 0.5
_PARTS: Final = {
    "hand": "topic_prospects",
    "own": "bulk_reddit_posts (authored labels)",
    "brief": "seeds/short_en.jsonl (train part)",
}
#: Strength of the stages for posts that do not name the topic, and for topics without keywords.
_ABSENT: Final = 0.05
#: Judgements of posts that hold a need, of this topic or of another.
_NEEDS: Final = ("prospect", "elsewhere")
_FOLDS: Final = 12
_BATCH: Final = 2_000


def inputs_of(texts: Sequence[str]) -> list[ScorerInput]:
    """Texts without a topic."""
    return [ScorerInput(text, "en", "post", _NONE) for text in texts]


def fit_prospects(
    engine: Engine, examples: Sequence[Example], away: Sequence[Example], say: Say
) -> tuple[Arrays, dict[str, Any]]:
    """The prospect stages for long and for brief posts, judged on topics left out.

    ``away``: posts with a topic whose keywords they do not name, for the stage of such posts.
    """
    inputs = [ScorerInput(one.text, "en", "post", one.topic) for one in examples]
    columns, raw, meaning = prospect_columns(engine, inputs)
    labels = np.array([one.label for one in examples])
    weights = np.array([one.weight for one in examples])
    brief = np.array([one.label_set == "brief" for one in examples])
    idf = _idf(raw)
    wording = sparse.hstack([weigh(raw, idf), sparse.csr_matrix(meaning)], format="csr")
    folds = group_folds([one.group for one in examples], _FOLDS)

    def both(rows: NDArray[np.bool_]) -> tuple[_Stage, _Stage]:
        use, short = rows & ~brief, rows & brief
        trees = fit_trees(columns[use], labels[use], weights[use], "tree")
        long_stage = _fit_stage(columns[use], wording[use], labels[use], weights[use], _LONG)
        long_stage = long_stage.with_trees(trees, _TREES)
        if not 0 < labels[short].sum() < short.sum():
            return long_stage, long_stage
        own = _fit_stage(columns[short], wording[short], labels[short], weights[short], _SHORT)
        return long_stage, own.plus(long_stage, _LENT)

    bare = _View.of(engine, examples, idf, keywords=False)
    logits, bare_logits = np.zeros(len(labels)), np.zeros(len(labels))
    for fold in range(_FOLDS):
        test = folds == fold
        for stage, kind in zip(both(~test), (~brief, brief), strict=True):
            mine = test & kind
            logits[mine] = stage.logits(columns[mine], wording[mine])
            bare_logits[mine] = stage.logits(bare.columns[mine], bare.wording[mine])
    out: Arrays = {
        "topical_idf": np.round(idf * 20).astype(np.uint8),
        "prospect_mean": columns.mean(0).astype(np.float64),
    }
    honest = np.zeros(len(labels))
    packed, shares, final = [], [], []
    slope, shift = 1.0, 0.0
    for name, stage, kind in zip(
        ("long", "brief"), both(np.ones(len(labels), bool)), (~brief, brief), strict=True
    ):
        if kind.any():
            slope, shift = calibrate(logits[kind], labels[kind])
        honest[kind] = slope * logits[kind] + shift
        bare_logits[kind] = slope * bare_logits[kind] + shift
        final.append((stage, slope, shift))
        out[f"{name}_weights"] = stage.weights * slope
        out[f"{name}_bias"] = np.array([stage.bias * slope + shift])
        packed.append(stage.wording * slope)
        shares.append(stage.share * slope)
        out |= stage.trees  # the same for both
        say(f"{name} stage: {int(kind.sum()):,} posts, {int(labels[kind].sum()):,} prospects")
    table = np.array(packed).T
    width = raw.shape[1]
    out["topical_weights"], out["topical_scale"] = quantise(table[:width])
    out["meaning_weights"] = table[width:].astype(np.float32)
    out["tree_share"] = np.array(shares)
    out["topical_mean"] = np.asarray(wording @ table).mean(0)
    unnamed = features.unnamed(columns)
    short = np.array([brevity(one.text) > 0 for one in away], bool)
    no_labels, their_weights = np.zeros(len(away), int), [one.weight for one in away]
    for name, rows, view, judged in (
        ("absent", unnamed, _View(columns, wording), honest),
        ("bare", np.ones(len(labels), bool), bare, bare_logits),
    ):
        theirs = _View.of(engine, away, idf, keywords=name == "absent")
        their_logits = np.zeros(len(away))
        for (stage, slope, shift), kind in zip(final, (~short, short), strict=True):
            their_logits[kind] = (
                slope * stage.logits(theirs.columns[kind], theirs.wording[kind]) + shift
            )
        linear = fit_linear(
            np.c_[
                np.r_[judged[rows], their_logits],
                np.vstack([view.columns[rows], theirs.columns])[:, features.RELEVANCE],
            ],
            np.r_[labels[rows], no_labels],
            np.r_[weights[rows], their_weights],
            strength=_ABSENT,
        )
        out |= {f"{name}_weights": linear.weights, f"{name}_bias": np.array([linear.bias])}
    say(f"posts that do not name the topic: {len(away) + int(unnamed.sum()):,}")
    figures = {
        "logits": logits,
        "honest": honest,
        "labels": labels,
        "parts": [_PARTS[one.label_set] for one in examples],
    }
    return out, figures


def fit_alone(
    engine: Engine, examples: Sequence[Example]
) -> Callable[[Sequence[ScorerInput]], NDArray[np.float64]]:
    """The stage for long posts, fitted on these alone: from inputs to logits, uncalibrated."""
    inputs = [ScorerInput(one.text, "en", "post", one.topic) for one in examples]
    columns, raw, meaning = prospect_columns(engine, inputs)
    labels = np.array([one.label for one in examples])
    weights = np.array([one.weight for one in examples])
    idf = _idf(raw)

    def words(grams: sparse.csr_matrix, vectors: NDArray[np.float32]) -> sparse.csr_matrix:
        return sparse.hstack([weigh(grams, idf), sparse.csr_matrix(vectors)], format="csr")

    stage = _fit_stage(columns, words(raw, meaning), labels, weights, _LONG)
    stage = stage.with_trees(fit_trees(columns, labels, weights, "tree"), _TREES)

    def logits(given: Sequence[ScorerInput]) -> NDArray[np.float64]:
        found, grams, vectors = prospect_columns(engine, given)
        return stage.logits(found, words(grams, vectors))

    return logits


def _idf(raw: sparse.csr_matrix) -> NDArray[np.float32]:
    seen = np.bincount(raw.indices, minlength=raw.shape[1])
    idf = np.where(seen < _RAREST, 0.0, np.log((1 + raw.shape[0]) / (1 + seen)) + 1.0)
    found: NDArray[np.float32] = (np.round(idf * 20) / 20).astype(np.float32)
    return found


@dataclass(frozen=True, slots=True)
class _View:
    """Columns and wording of posts, their topics with keywords or by name alone."""

    columns: NDArray[np.float32]
    wording: sparse.csr_matrix

    @classmethod
    def of(
        cls, engine: Engine, examples: Sequence[Example], idf: NDArray[Any], *, keywords: bool
    ) -> _View:
        topics = [one.topic if keywords else replace(one.topic, keywords=()) for one in examples]
        columns, raw, meaning = prospect_columns(
            engine,
            [
                ScorerInput(one.text, "en", "post", topic)
                for one, topic in zip(examples, topics, strict=True)
            ],
        )
        parts = [weigh(raw, idf), sparse.csr_matrix(meaning)]
        return cls(columns, sparse.hstack(parts, format="csr"))


@dataclass(frozen=True, slots=True)
class _Stage:
    """Weights on named columns and on wording (topical n-grams, then meaning), and trees."""

    weights: NDArray[Any]
    wording: NDArray[Any]
    bias: float
    trees: Arrays = field(default_factory=dict)
    share: float = 0.0

    def with_trees(self, trees: Arrays, share: float) -> _Stage:
        """This stage with boosted trees beside it."""
        return replace(self, trees=trees, share=share)

    def plus(self, other: _Stage, share: float) -> _Stage:
        """This stage, which has no trees, with a share of another one's logit added."""
        return _Stage(
            self.weights + share * other.weights,
            self.wording + share * other.wording,
            self.bias + share * other.bias,
            other.trees,
            share * other.share,
        )

    def logits(self, columns: NDArray[Any], wording: sparse.csr_matrix) -> NDArray[Any]:
        found = columns @ self.weights + wording @ self.wording + self.bias
        out: NDArray[Any] = found + self.share * Trees(self.trees, "tree").logits(columns)
        return out


def _fit_stage(
    columns: NDArray[Any],
    wording: sparse.csr_matrix,
    labels: NDArray[Any],
    weights: NDArray[Any],
    strengths: tuple[float, float, float],
) -> _Stage:
    of_columns, of_wording, share = strengths
    linear = fit_linear(columns, labels, weights, strength=of_columns)
    topical, bias = fit_sparse(wording, labels, weights, strength=of_wording)
    return _Stage(linear.weights, share * topical, linear.bias + share * bias)


def prospect_columns(
    engine: Engine, inputs: Sequence[ScorerInput]
) -> tuple[NDArray[np.float32], sparse.csr_matrix, NDArray[np.float32]]:
    """Named columns, counted topical n-grams and meaning of many inputs."""
    columns, grams, meaning = [], [], []
    for start in range(0, max(len(inputs), 1), _BATCH):
        study = engine.study(inputs[start : start + _BATCH])
        columns.append(study.columns)
        grams.append(study.batch.topical_grams(study.marks))
        meaning.append(study.meaning)
    return np.vstack(columns), sparse.vstack(grams, format="csr"), np.vstack(meaning)


def fit_general(
    engine: Engine, data: Path, finance: Sequence[tuple[str, int, float]], say: Say
) -> Arrays:
    """The stage for posts without a topic: a live need of one's own, whatever it is about.

    ``finance``: text, label and weight of further posts about money.
    """
    rows = corpora.read_corpus(data, "topic_prospects")
    texts = [row["text"] for row in rows]
    labels = [int(row["role"] in {"buyer", "offtopic"}) for row in rows]
    for row in corpora.read_corpus(data, "reddit_fin_gold"):
        texts.append(row["text"])
        labels.append(int(row["label"]))
    gold = len(texts) - len(rows)
    texts += [text for text, _, _ in finance]
    labels += [label for _, label, _ in finance]
    study = engine.study(inputs_of(texts), topics=False)
    columns, wanted = study.columns[:, features.TOPICLESS], np.array(labels)
    weights = np.array(
        [1.0] * len(rows) + [_GOLD_WEIGHT] * gold + [weight for _, _, weight in finance]
    )
    folds = np.arange(len(wanted)) % 8
    logits = np.zeros(len(wanted))
    for fold in range(8):
        test = folds == fold
        part = fit_linear(columns[~test], wanted[~test], weights[~test], strength=_GENERAL_STRENGTH)
        logits[test] = part.logits(columns[test])
    slope, shift = calibrate(logits, wanted, weights)
    linear = fit_linear(columns, wanted, weights, strength=_GENERAL_STRENGTH)
    say(f"stage without topic: {len(wanted):,} posts")
    return {
        "general_mean": columns.mean(0).astype(np.float64),
        "general_weights": linear.weights * slope,
        "general_bias": np.array([linear.bias * slope + shift]),
    }


def fit_relevance(engine: Engine, data: Path, examples: Sequence[Example]) -> Arrays:
    """Whether the topic is the object of a need, from needs inside and outside of it."""
    rows = [
        row
        for row in corpora.read_corpus(data, "topic_prospects")
        if row["role"] in {"buyer", "offtopic"}
    ]
    inputs = [corpora.input_of(row) for row in rows]
    labels = [int(row["role"] == "buyer") for row in rows]
    weights = [1.0] * len(rows)
    for one in examples:
        if one.kind.startswith(_NEEDS):
            inputs.append(ScorerInput(one.text, "en", "post", one.topic))
            labels.append(one.label)
            weights.append(one.weight)
    columns, _, _ = prospect_columns(engine, inputs)
    linear = fit_linear(
        columns[:, features.RELEVANCE],
        np.array(labels),
        np.array(weights),
        strength=_STACK_STRENGTH,
    )
    return {"relevance_weights": linear.weights, "relevance_bias": np.array([linear.bias])}
