"""The card that lies beside the bundle: what it learned from, how well it does, where it fails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from signals.scoring.evaluate import measure
from signals.scoring.storage import Arrays

_SOURCES: Final = [
    {
        "name": "reddit_pairs",
        "licence": "PDDL 1.0",
        "source": "umbrae/reddit-top-2.5-million",
        "for": "seeking head",
    },
    {
        "name": "reddit_buyer_seller",
        "licence": "PDDL 1.0",
        "source": "umbrae/reddit-top-2.5-million",
        "for": "seller head",
    },
    {
        "name": "topic_prospects",
        "licence": "PDDL 1.0",
        "source": "umbrae/reddit-top-2.5-million",
        "for": "prospect and relevance stages",
    },
    {
        "name": "reddit_fin_gold",
        "licence": "PDDL 1.0",
        "source": "umbrae/reddit-top-2.5-million",
        "for": "stage without a topic",
    },
    {
        "name": "stream_noise",
        "licence": "PDDL 1.0",
        "source": "umbrae/reddit-top-2.5-million",
        "for": "negatives of the stream head",
    },
    {
        "name": "bulk_reddit_posts",
        "licence": "PDDL 1.0",
        "source": "umbrae/reddit-top-2.5-million",
        "for": "topic space; authored labels by id (seeds/topic_labels.jsonl, finance_labels.json)",
    },
    {
        "name": "seeds/meaning.npz, seeds/neural.npz, seeds/reader.npz",
        "licence": "derived from all-MiniLM-L6-v2 (Apache 2.0) and bulk_reddit_posts (PDDL 1.0)",
        "source": "warmlist scorer tune, warmlist scorer distil",
        "for": "second topic space; optional neural stage",
    },
    {
        "name": "seeds/short_en.jsonl",
        "licence": "MIT, written for this project",
        "source": "here",
        "for": "short posts",
    },
    {
        "name": "seeds/arabic.jsonl",
        "licence": "MIT, written for this project",
        "source": "here",
        "for": "Arabic heads",
    },
]
_FAILURES: Final = [
    "A question of technique in the topic's own subject is often taken for a need.",
    "Sarcasm and jokes phrased as requests pass as requests.",
    "Needs told as a story, without a question, are missed.",
    "Relevance knows the English of public forums of 2013; newer products have no vector.",
    "Arabic heads learned from a few hundred authored sentences, no real posts.",
    "Languages other than English and Arabic: form, links and topic words only, drawn to the base.",
]


def write_card(arrays: Arrays, figures: Mapping[str, Any]) -> dict[str, Any]:
    """The card as JSON; the figures are of topics left out of the fit."""
    labels = np.asarray(figures["labels"], float)
    found = 1.0 / (1.0 + np.exp(-np.asarray(figures["honest"], float)))
    parts: dict[str, list[int]] = defaultdict(list)
    for row, part in enumerate(figures["parts"]):
        parts[part].append(row)
    return {
        "what": "Prospect, intent and relevance scorer for public posts",
        "languages": ["en", "ar"],
        "data": _SOURCES,
        "weights_from": "No weights come from banking77, clinc150 or arbanking77.",
        "bytes": {name: int(array.nbytes) for name, array in sorted(arrays.items())},
        "prospect_on_topics_left_out": {
            part: measure(labels[rows], found[rows]) for part, rows in sorted(parts.items())
        },
        "heads_on_rows_left_out": figures["heads"],
        "first_50_at_2_percent": figures["at_two_per_cent"],
        "known_failures": _FAILURES,
    }
