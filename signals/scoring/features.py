"""The columns of the prospect stage: what is known of a post beside its words, each with a name.

Columns are few, named and independent of any topic, so that what is learned on some topics serves
others. A column's group says under which reason its contribution is shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring.cues import CUES, Reading
from signals.scoring.space import SIMILARITIES
from signals.scoring.topic import Place

_FIRST_PERSON: Final = frozenset({"i", "my", "me", "im", "i'm", "we", "our"})
BRIEF: Final = 330  # characters; longer posts have room to explain themselves
_ASKING_CUES: Final = 4  # the first four cues ask

HEADS: Final = ("head_asking", "head_stream", "head_offering")
PLACES: Final = (
    "place_exact",
    "place_inside",
    "place_distinct",
    "place_title",
    "place_asking",
    "place_asking_title",
    "place_distance",
    "place_first",
    "place_name",
    "place_name_title",
    "place_any",
)
FORM: Final = (
    "form_length",
    "form_tiny",
    "form_brief",
    "form_questions",
    "form_question",
    "form_question_first",
    "form_long",
    "form_link",
    "form_tag",
    "form_money",
    "form_self",
    "form_title_question",
    "form_title_asks",
)
RULES: Final = ("rules_logit",)
COLUMNS: Final[tuple[str, ...]] = (
    *HEADS,
    *PLACES,
    *FORM,
    *(f"rate_{cue}" for cue in CUES),
    *(f"has_{cue}" for cue in CUES),
    *RULES,
    *(f"like_{name}" for name in SIMILARITIES),
    "like_agreement",
    *(f"mean_{name}" for name in SIMILARITIES),
    "mean_agreement",
)
_PLAIN_CUES: Final = ("settled", "asks_everyone", "gives_advice", "reports_news", "offers_service")
#: Columns of the stage without a topic: few, because few posts were labelled for it.
TOPICLESS: Final[NDArray[np.int64]] = np.array(
    [
        i
        for i, name in enumerate(COLUMNS)
        if name.startswith("form_")
        or name in {"head_asking", "head_stream", "rate_speaks_of_self", "has_speaks_of_self"}
        or name in {"has_chats", "has_plans_to_buy", "has_asks_advice"}
        or name.removeprefix("has_") in _PLAIN_CUES
    ]
)
#: Columns of the form and the cues alone, also used by the intent heads.
SHAPE: Final[NDArray[np.int64]] = np.array(
    [i for i, name in enumerate(COLUMNS) if name.startswith(("form_", "rate_", "has_"))]
)

#: Columns that say whether the topic is the object of the need.
RELEVANCE: Final[NDArray[np.int64]] = np.array(
    [i for i, name in enumerate(COLUMNS) if name.startswith(("place_", "like_", "mean_"))]
)

_NAMED: Final = [COLUMNS.index("place_any"), COLUMNS.index("place_inside")]


def reason_of(column: str) -> str:
    """The reason under which a column's contribution is shown."""
    kind, _, rest = column.partition("_")
    if kind in {"rate", "has"}:
        return f"cue.{rest}"
    if kind in {"like", "mean"}:
        return "topic.close"
    if kind == "place":
        return "topic.keyword"
    if column == "head_offering":
        return "intent.seller"
    if kind == "head":
        return "intent.seeking"
    if column in {"form_question", "form_questions", "form_question_first", "form_title_question"}:
        return "cue.question"
    if kind == "rules":
        return "intent.prospect"
    return "style.length"


def unnamed(columns: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which posts hold no keyword of their topic, not even within another word."""
    nothing: NDArray[np.bool_] = (columns[:, _NAMED] == 0).all(1)
    return nothing


def shape(reading: Reading) -> list[float]:
    """Form and cues of one text, in the order of ``COLUMNS``."""
    words = reading.words
    count = len(words)
    folded = reading.folded
    damp = max(1.0, math.sqrt(count / 100))
    counts = reading.counts
    title = reading.title_end
    return [
        min(math.log1p(count), 7.0) / 3,
        float(count < 12),
        float(count < 30),
        float(min(reading.questions, 4)),
        float(reading.questions > 0),
        float("?" in folded[:120]),
        float(len(folded) > 300),
        float("http" in folded),
        float("[" in folded[:60]),
        float("$" in folded),
        sum(word in _FIRST_PERSON for word in words) / max(count, 5),
        float("?" in folded[:title]),
        float(sum(hit.cue < _ASKING_CUES and hit.start < title for hit in reading.hits)),
        *[min(counts.get(cue, 0), 3) / damp for cue in range(len(CUES))],
        *[float(cue in counts) for cue in range(len(CUES))],
    ]


def placing(place: Place) -> list[float]:
    """Where the topic stands, in the order of ``PLACES``."""
    return [
        float(min(place.exact, 5)),
        float(min(place.inside, 3)),
        float(place.distinct),
        float(place.in_title),
        float(place.in_asking),
        float(place.asking_title),
        math.log1p(min(place.distance, 1000)),
        place.first_share,
        float(place.name_hits > 0),
        float(place.name_in_title > 0),
        float(place.exact > 0),
    ]


def assemble(
    heads: NDArray[np.float32],
    places: Sequence[Sequence[float]],
    shapes: NDArray[np.float32],
    rules: Sequence[float],
    likes: Sequence[NDArray[np.float32]],
) -> NDArray[np.float32]:
    """One row per text, one column per name of ``COLUMNS``.

    ``likes``: per space the similarities and, as a column, how well the topic agrees with itself.
    """
    return np.hstack(
        [
            heads,
            np.array(places, np.float32),
            shapes,
            np.array(rules, np.float32)[:, None],
            *likes,
        ]
    ).astype(np.float32)


def brevity(text: str) -> float:
    """How far a text is a brief post without a title: 0, 0.5 where both can be meant, or 1."""
    if len(text) > BRIEF:
        return 0.0
    title, _, rest = text.partition("\n")
    if not rest and len(title) == len(text):
        return 1.0
    return 0.5 if rest.strip() else 0.0  # a title alone keeps its line break
