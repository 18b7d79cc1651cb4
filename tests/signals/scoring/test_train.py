"""Training from end to end on made-up posts: seeds from an encoder, then the bundle."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from signals.scoring import storage
from signals.scoring.card import write_card
from signals.scoring.contract import ScorerInput, TopicContext
from signals.scoring.load import load_scorer
from signals.scoring.train import VERSION, distil, train

THINGS = ["bicycle", "puppy", "mortgage", "guitar", "router", "mattress"]
ASKS = [
    "Which {0} should I buy?\nI am new to this and my old {0} broke last week.",
    "Can anyone recommend a good {0}?\nMy budget is $300 and I need a {0} before June.",
    "Need advice on a {0}\nI would like to get a {0} for my wife, is it worth it?",
]
TALKS = [
    "My {0} after ten years\nHere is a picture of the {0}, look at it in the sun.",
    "New study on the {0} released\nAccording to the report the {0} was sold a million times.",
    "Ten tips for your {0}\nYou should always clean the {0} and never leave it outside.",
]
OFFERS = ["I offer {0} repairs, my rates start at $20, message me", "{0} for sale, shipped, paypal"]
WANTS = ["looking for someone to repair my {0}, will pay", "want to buy a used {0}, around $50"]


class Counting:
    """An encoder that says how often each letter stands in a text."""

    name = "counting"

    def encode(self, texts: Any) -> NDArray[np.float32]:
        counts = [[text.count(chr(97 + at)) + 0.01 for at in range(26)] for text in texts]
        rows = np.array(counts, np.float32).reshape(len(counts), 26)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every training set, a few dozen rows each."""
    place = tmp_path_factory.mktemp("data")
    pairs, deals, hits, gold, noise, bulk = [], [], [], [], [], []
    for turn in range(4):
        for number, thing in enumerate(THINGS):
            for label, lines in ((1, ASKS), (0, TALKS)):
                text = f"{lines[turn % 3].format(thing)} It is number {turn}."
                source = f"made:{thing}:{turn}{number}{label}"
                row = {"text": text, "label": label, "lang": "en", "source": source}
                pairs.append(row | {"topic": thing})
                gold.append(row)
                role = "buyer" if label else "chatter"
                words = [thing] if turn else ["velocipede"]  # some do not name the topic
                topic = {"topic": f"{number} shop", "keywords": words, "conf": "high"}
                hits.append(row | topic | {"role": role, "source": f"{source}h"})
                title, _, rest = text.partition("\n")
                post = {"id": f"p{turn}{number}{label}", "subreddit": thing}
                bulk.append(post | {"title": title, "selftext": rest})
            other = THINGS[(number + 1) % len(THINGS)]
            topic = {"topic": f"{number + 1} shop", "keywords": [other], "conf": "low"}
            text = f"{ASKS[turn % 3].format(thing)} My {other} is fine."
            hits.append({"text": text, "label": 0, "role": "offtopic", **topic})
            deals.append({"text": WANTS[turn % 2].format(thing), "label": 1})
            deals.append({"text": OFFERS[turn % 2].format(thing), "label": 0})
            noise.append({"text": f"A fine day number {turn} at the {thing} club", "label": 0})
    sets = {
        "reddit_pairs": pairs,
        "reddit_buyer_seller": deals,
        "topic_prospects": hits,
        "reddit_fin_gold": gold,
        "stream_noise": noise,
        "bulk_reddit_posts": bulk,
    }
    for name, rows in sets.items():
        lines = "\n".join(json.dumps(row) for row in rows)
        (place / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    return place


DRAW = """
from signals.scoring.contract import TopicContext
from signals.scoring.corpora import Example
from signals.scoring.train import elsewhere
texts = [f"Which thing number {n} should I buy?" for n in range(40)]
examples = [
    Example(text, TopicContext("shop", (f"word{n % 7}", f"other{n % 5}")), 1, group="shop")
    for n, text in enumerate(texts)
]
print([(one.text, one.topic.keywords) for one in elsewhere(examples, [])])
"""


def test_what_is_drawn_does_not_follow_the_order_of_sets() -> None:
    drawn = {
        subprocess.run(
            [sys.executable, "-c", DRAW],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1
    assert "word3" in drawn.pop()


@pytest.mark.soak
def test_seeds_come_from_an_encoder_and_the_bundle_from_the_seeds(
    folder: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    distil(folder, Counting(), said.append, out=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"meaning.npz", "neural.npz"}
    assert sum(line.startswith("topics left out") for line in said) == 2
    kept = []
    for name in ("one", "two"):
        arrays, figures = train(folder, said.append, derived=tmp_path)
        storage.save(tmp_path / name, arrays, {"version": VERSION}, write_card(arrays, figures))
        files = sorted((tmp_path / name).iterdir())
        kept.append([path.read_bytes() for path in files])
    assert kept[0] == kept[1]
    assert arrays["neural_encoder"].tobytes() == b"counting"
    scorer = load_scorer(tmp_path / "one")
    assert scorer.version.startswith(VERSION)
    topic = TopicContext("piano shop", ("piano",))
    asks, talks = scorer.score(
        [ScorerInput(lines[1].format("piano"), "en", "post", topic) for lines in (ASKS, TALKS)]
    )
    assert asks.prospect > talks.prospect
