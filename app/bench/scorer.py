"""The scorer measured: what its card holds of topics left out, and on this machine what it costs.

Figures of quality on sets that the bundle learned from would flatter it, so those come from the
card, where training put what it found on rows and topics left out. Held parts of the authored sets,
speed, loading and memory are measured here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.bench.figures import Figure
from config.errors import Refused
from signals.scoring import corpora, storage
from signals.scoring.contract import Intent, Scorer, ScorerInput, TopicContext
from signals.scoring.evaluate import area, average_precision, weighted_precision
from signals.scoring.head_trial import try_topics
from signals.scoring.load import load_cascade, load_scorer
from signals.scoring.train_heads import SEEKING

_SHORT_SHARE = 0.07  # of posts a keyword listener returns at tweet length
_REQUESTS = 1_500
_EXACT = 4_000
_STREAM = 20_000
_WARM = 512
_WORKING = 0.5
_STREAM_TOPICS = (
    TopicContext("dog training and pet care", ("puppy", "dog trainer", "vet", "dog food")),
    TopicContext("retirement planning", ("retirement", "401k", "pension", "roth ira")),
)
_PROBE = """
import json, time
import numpy, scipy.sparse, ahocorasick, skops.io
import signals.scoring.classifier
from signals.scoring.head_trial import try_topics
from config.memory import peak_mb
from signals.scoring.load import load_scorer
began = time.process_time()
load_scorer()
took = time.process_time() - began
print(json.dumps([took, peak_mb()]))
"""


def measure(data: Path | None) -> list[Figure]:
    """Every figure of the scorer; ``data`` is the folder of the training sets, for text."""
    if data is None or not data.is_dir():
        raise Refused("The scorer is measured on the training folder.", "Give it: --data FOLDER.")
    return [*_from_card(), *_seeking_anew(data), *_authored(data), *_costs(data)]


def _from_card() -> Iterable[Figure]:
    card = json.loads((storage.BUNDLE / storage.CARD).read_text(encoding="utf-8"))
    hits = card["prospect_on_topics_left_out"]["topic_prospects"]
    yield Figure("scorer.prospect_ap", hits["ap"], "AP", 0.75)
    yield Figure("scorer.prospect_p_at_50", hits["p_at_50"], "share", 0.80)
    yield Figure("scorer.prospect_ece", hits["ece"], "ECE", 0.06, at_most=True)
    own = card["prospect_on_topics_left_out"]["bulk_reddit_posts (authored labels)"]
    yield Figure("scorer.prospect_own_labels_ap", own["ap"], "AP")
    heads = card["heads_on_rows_left_out"]
    yield Figure("scorer.seeking_ece", heads["seeking"]["ece"], "ECE", 0.06, at_most=True)
    yield Figure("scorer.seller_auc", heads["offering"]["auc"], "AUC", 0.98)
    yield Figure(
        "scorer.p_at_50_at_2_percent", card["first_50_at_2_percent"]["p_at_50"], "share", 0.92
    )


def _seeking_anew(data: Path) -> Iterable[Figure]:
    """The seeking head learned anew with a tenth of the posts left out, then with a topic."""
    rows = corpora.read_corpus(data, "reddit_pairs")
    texts = [row["text"] for row in rows]
    labels = np.array([float(row["label"]) for row in rows])
    tenths = [str(one) for one in np.random.default_rng(0).integers(0, 10, len(rows))]
    found = try_topics(texts, labels, tenths, parts=SEEKING)
    yield Figure("scorer.seeking_auc", area(labels, found), "AUC", 0.982)
    yield Figure("scorer.seeking_ap", average_precision(labels, found), "AP", 0.963)
    topics = np.array([row["topic"] for row in rows])
    found = try_topics(texts, labels, topics.tolist())
    parts = [topics == topic for topic in sorted(set(topics.tolist()))]
    for name, figure, target in (("auc", area, 0.950), ("ap", average_precision, 0.875)):
        mean = float(np.mean([figure(labels[part], found[part]) for part in parts]))
        yield Figure(f"scorer.seeking_topic_left_out_{name}", mean, name.upper(), target)


def _authored(data: Path) -> Iterable[Figure]:
    scorer = load_scorer()
    brief = corpora.seeds("short_en")
    learned = {row["sitting"] for row in brief if row["split"] == "train"}
    # Posts of a sitting that was learned from are too alike to say how others would fare.
    short = [row for row in brief if row["sitting"] not in learned and row["prospect"] is not None]
    labels = np.array([float(row["prospect"]) for row in short])
    found = _prospects(scorer, [corpora.input_of(row) for row in short])
    yield Figure(
        "scorer.short_ap_at_7_percent",
        weighted_precision(labels, found, share=_SHORT_SHARE),
        "AP",
        0.50,
    )
    yield Figure("scorer.short_ap", average_precision(labels, found), "AP")
    held = [row for row in corpora.seeds("arabic") if row["split"] == "held"]
    seeking = _seeking(scorer, [corpora.input_of(row) for row in held])
    asks = np.array([float("seeking" in row["intents"]) for row in held])
    yield Figure("scorer.arabic_seeking_auc", area(asks, seeking), "AUC", 0.93)
    requests = corpora.read_corpus(data, "arbanking77")
    order = np.random.default_rng(0).permutation(len(requests))[:_REQUESTS]
    warm = {Intent.SEEKING, Intent.PAIN, Intent.PURCHASE, Intent.LIFE_EVENT}
    chatter = [row for row in held if not warm & set(row["intents"])]
    both = np.r_[
        _seeking(scorer, [corpora.input_of({"text": requests[at]["text"]}) for at in order]),
        _seeking(scorer, [corpora.input_of(row) for row in chatter]),
    ]
    truth = np.r_[np.ones(len(order)), np.zeros(len(chatter))]
    yield Figure("scorer.arbanking77_auc", area(truth, both), "AUC", 0.93)


def _costs(data: Path) -> Iterable[Figure]:
    scorer, cascade = load_scorer(), load_cascade()
    rows = corpora.read_corpus(data, "topic_prospects")
    inputs = [corpora.input_of(row) for row in rows]
    while len(inputs) < _EXACT:
        inputs += [  # other text each time: nothing is remembered of a post
            ScorerInput(f"{item.text} ", item.language, item.kind, item.topic) for item in inputs
        ]
    yield Figure("scorer.exact_posts_per_cpu_s", _speed(scorer, inputs[:_EXACT]), "1/s", 2_000)
    posts = [f"{title}\n{text}" for _, _, title, text in corpora.bulk_posts(data)][::12][:_STREAM]
    stream = [
        ScorerInput(text, None, "post", _STREAM_TOPICS[at % 2]) for at, text in enumerate(posts)
    ]
    yield Figure("scorer.cascade_posts_per_cpu_s", _speed(cascade, stream), "1/s", 12_000)
    exact, sieved = (
        _prospects(scorer, inputs[: len(rows)]),
        _prospects(cascade, inputs[: len(rows)]),
    )
    over = exact >= _WORKING
    yield Figure("scorer.sieve_recall", float((sieved >= exact - 1e-3)[over].mean()), "share", 0.99)
    ran = subprocess.run(  # noqa: S603 - this interpreter, a program of ours
        [sys.executable, "-c", _PROBE], capture_output=True, text=True, check=True
    )
    took, peak = json.loads(ran.stdout)
    yield Figure("scorer.load_cpu_s", took, "s", 0.5, at_most=True)
    yield Figure("scorer.loaded_mb", peak, "MB", 450, at_most=True)


def _speed(scorer: Scorer, inputs: Sequence[ScorerInput]) -> float:
    scorer.score(inputs[:_WARM])
    began = time.process_time()
    for start in range(0, len(inputs), _WARM):
        scorer.score(inputs[start : start + _WARM])
    return len(inputs) / (time.process_time() - began)


def _prospects(scorer: Scorer, inputs: Sequence[ScorerInput]) -> np.ndarray[Any, Any]:
    return np.array([score.prospect for score in scorer.score(inputs)])


def _seeking(scorer: Scorer, inputs: Sequence[ScorerInput]) -> np.ndarray[Any, Any]:
    return np.array([score.intents[Intent.SEEKING] for score in scorer.score(inputs)])
