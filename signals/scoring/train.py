"""Trains the bundle from a folder of public posts; the same folder gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring import arabic, corpora, sieve
from signals.scoring.classifier import BundleScorer
from signals.scoring.contract import Scorer, ScorerInput
from signals.scoring.corpora import Example
from signals.scoring.cues import read
from signals.scoring.encoder import Encoder
from signals.scoring.engine import Engine
from signals.scoring.evaluate import average_precision, draw_stream, found_among
from signals.scoring.fit_neural import PATH as NEURAL
from signals.scoring.fit_neural import fit_neural, fit_reading
from signals.scoring.learn_meaning import PATH as MEANING
from signals.scoring.learn_meaning import choose_titles, learn_meaning, load_meaning
from signals.scoring.learn_space import learn_space
from signals.scoring.neural import Comparison
from signals.scoring.reader import PATH as READER
from signals.scoring.reader import Reader
from signals.scoring.stack import Say
from signals.scoring.storage import Arrays, read_arrays, words_to_array, write_arrays
from signals.scoring.topic import place
from signals.scoring.train_heads import fit_heads
from signals.scoring.train_stages import fit_general, fit_prospects, fit_relevance

#: Followed by a digest of the arrays wherever a version is written.
VERSION: Final = "bundle.v2"
#: Posts from here on must pass the sieve: well below the working threshold of the exact stage.
_WANTED: Final = -0.4
_NOISE_WEIGHT: Final = 0.5
#: Random posts that the heads learn from, then those that the prospect stage may see.
_HEADS_NOISE: Final = 5_000
_STREAM_NOISE: Final = 2_000
_ELSEWHERE_WEIGHT: Final = 0.5
_SHARE: Final = 0.02
#: An encoder is slow: of other sets than ``topic_prospects`` it reads every fifth post.
_READ_AGAIN: Final = 5


def train(data: Path, say: Say, *, derived: Path = corpora.SEEDS) -> tuple[Arrays, dict[str, Any]]:
    """Arrays of the bundle and what the card says of its making.

    ``derived``: the folder of the two files that ``distil`` writes.
    """
    posts: dict[str, str] = {}
    communities: list[tuple[str, str]] = []
    for identity, community, title, text in corpora.bulk_posts(data):
        posts[identity] = f"{title}\n{text}"
        communities.append((community, f"{title} {text}"))
    say(f"read {len(posts):,} posts")
    space = learn_space(communities)
    arrays: Arrays = {
        "vocabulary": words_to_array(space["vocabulary"]),
        "common": words_to_array(space["common"]),
        **{name: space[name] for name in ("vectors", "scale", "idf", "plain")},
    }
    arrays |= load_meaning(space["vocabulary"], derived / MEANING.name)
    say(f"topic space: {len(space['vocabulary']):,} words")
    examples = prospect_examples(data, posts)
    away = elsewhere(examples, corpora.read_corpus(data, "stream_noise"))
    heads, head_figures = fit_heads(data, arrays, {one.source for one in examples}, say)
    arrays |= heads
    fitted, figures = fit_prospects(Engine(arrays), examples, away, say)
    arrays |= fitted
    arrays |= fit_sieve(data, examples, figures["honest"])
    arrays |= fit_general(Engine(arrays), data, corpora.finance_posts(posts), say)
    arrays |= fit_relevance(Engine(arrays), data, examples)
    arrays |= arabic.fit([*corpora.seeds("arabic"), *corpora.seeds("arabic_requests")])
    say("arabic heads fitted")
    arrays |= read_arrays(derived / NEURAL.name) | read_arrays(derived / READER.name)
    noise = corpora.read_corpus(data, "stream_noise")[_HEADS_NOISE + _STREAM_NOISE :]
    figures |= {
        "examples": examples,
        "heads": head_figures,
        "at_two_per_cent": judge_at_two_per_cent(
            BundleScorer(arrays, VERSION), examples, figures["honest"], noise
        ),
    }
    return arrays, figures


def judge_at_two_per_cent(
    scorer: Scorer,
    examples: Sequence[Example],
    honest: NDArray[np.float64],
    noise: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Precision among the first 50 where two posts in a hundred are prospects, the rest a stream.

    Prospects are those of ``topic_prospects`` with the logit they got on their topic left out; the
    stream is random posts nothing was fitted on, each with topics drawn for it.
    """
    prospects = [row for row, one in enumerate(examples) if one.label_set == "hand" and one.label]
    wanted = round(len(prospects) * (1 - _SHARE) / _SHARE)
    stream = draw_stream(
        [row["text"] for row in noise], [examples[row].topic for row in prospects], wanted
    )
    if not stream:
        return {}
    found = np.array([score.prospect for score in scorer.score(stream)])
    return found_among(1.0 / (1.0 + np.exp(-honest[prospects])), found)


def distil(
    data: Path,
    encoder: Encoder,
    say: Say,
    *,
    out: Path = corpora.SEEDS,
    reader: Reader | None = None,
) -> None:
    """Writes the two files of the seeds that need an encoder: meaning, and the neural stage.

    Minutes of a core; training needs them but not the encoder. ``reader``: the tuned one over this
    encoder, if there is one.
    """
    posts = sorted(corpora.bulk_posts(data))
    space = learn_space((community, f"{title} {text}") for _, community, title, text in posts)
    titles = choose_titles([title for _, _, title, _ in posts])
    say(f"reading {len(titles):,} titles")
    learned = learn_meaning(titles, space["vocabulary"], space["idf"], encoder)
    out.mkdir(parents=True, exist_ok=True)
    write_arrays(out / MEANING.name, learned)
    _, figures = train(data, say, derived=out)
    stage = fit_over(figures, encoder, reader, say)
    write_arrays(out / NEURAL.name, stage)
    say(f"wrote {out / MEANING.name} and {out / NEURAL.name}; now train")


def fit_over(
    figures: Mapping[str, Any], encoder: Encoder, reader: Reader | None, say: Say
) -> Arrays:
    """The neural stage over what ``train`` found: for any encoder, and for a tuned reader."""
    hand_or_nth = [
        row
        for row, one in enumerate(figures["examples"])
        if one.label_set == "hand" or row % _READ_AGAIN == 0
    ]
    examples: list[Example] = [figures["examples"][row] for row in hand_or_nth]
    honest = np.asarray(figures["honest"])[hand_or_nth]
    inputs = [ScorerInput(one.text, "en", "post", one.topic) for one in examples]
    say(f"reading {len(inputs):,} posts")
    cosines, saying = Comparison(encoder).compare(inputs)
    labels = np.array([one.label for one in examples])
    weights = np.array([one.weight for one in examples])
    groups = [one.group for one in examples]
    stage, logits = fit_neural(honest, cosines, saying, labels, weights, groups, encoder.name)
    hand = np.array([one.label_set == "hand" for one in examples])
    reached = {"bundle": honest[hand], "with encoder": logits[hand]}
    if reader is not None:
        # Only on posts it was not tuned on can be seen what the reader's word is worth.
        rows = np.flatnonzero(hand)
        reading = reader.logits([inputs[row] for row in rows])
        more, reached["with reader"] = fit_reading(
            honest[rows],
            cosines[rows],
            reading,
            labels[rows],
            weights[rows],
            [groups[row] for row in rows],
        )
        stage |= more
    for what, values in reached.items():
        found = average_precision(labels[hand].astype(float), values)
        say(f"topics left out, {what}: AP {found:.4f}")
    return stage


def elsewhere(examples: Sequence[Example], noise: Sequence[Mapping[str, Any]]) -> list[Example]:
    """Posts that are no prospect of a topic because they do not touch it.

    Needs of other topics and random posts, each with a topic drawn for it whose keywords it does
    not name. Without them a need of any kind reads as a need of every topic.
    """
    random = np.random.default_rng(0)
    topics = sorted(
        {(one.group, one.topic) for one in examples},
        key=lambda pair: (pair[0], pair[1].name, pair[1].keywords),
    )
    brief = [pair for pair in topics if pair[0].startswith("brief ")]
    long = [pair for pair in topics if not pair[0].startswith("brief ")]
    needs = [one for one in examples if one.label]
    others = [row["text"] for row in noise[_HEADS_NOISE : _HEADS_NOISE + _STREAM_NOISE]]
    drawn = [(one.text, brief if one.label_set == "brief" else long) for one in needs * 2]
    drawn += [(text, long) for text in others]
    found = []
    for text, choice in drawn:
        if not choice:
            continue
        group, topic = choice[int(random.integers(len(choice)))]
        found_at = place(read(text), topic)
        if not found_at.exact and not found_at.inside:
            found.append(Example(text, topic, 0, _ELSEWHERE_WEIGHT, "", group, "elsewhere"))
    return found


def fit_sieve(data: Path, examples: list[Example], honest: NDArray[np.float64]) -> Arrays:
    """The first stage, taught by the exact one on posts it was not fitted on."""
    noise = [row["text"] for row in corpora.read_corpus(data, "stream_noise")]
    wanted = np.array([int(logit > _WANTED) for logit in honest] + [0] * len(noise))
    weights = np.array([1.0] * len(examples) + [_NOISE_WEIGHT] * len(noise))
    groups = [one.group for one in examples] + [f"noise {i % 5}" for i in range(len(noise))]
    return sieve.fit([*(one.text for one in examples), *noise], wanted, weights, groups)


def prospect_examples(data: Path, posts: dict[str, str]) -> list[Example]:
    """Rows labelled for the prospect question, each with its topic."""
    found = [
        Example(
            row["text"],
            corpora.context_of(row),
            int(row["label"]),
            1.0 if row.get("conf") == "high" else 0.7,
            corpora.identity(row),
            row["topic"],
            "hand",
        )
        for row in corpora.read_corpus(data, "topic_prospects")
    ]
    return [*found, *corpora.labelled_posts(posts), *corpora.brief_posts()]
