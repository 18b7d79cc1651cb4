"""Where a topic stands in a post: in the title, in the sentence that asks, near it, in passing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from signals.scoring.contract import TopicContext
from signals.scoring.cues import Reading, plain
from signals.text import fold

_ENDINGS: Final = frozenset({"s", "es", "'s", "ed", "d", "ing", "er", "ers", "ment", "al", "ies"})
_EMPTY_WORDS: Final = frozenset(
    {"and", "or", "the", "of", "for", "to", "a", "an", "in", "on", "with", "services", "service"}
    | {"gear", "equipment", "advice", "other", "planning"}
)
_NEAR: Final = 160  # characters between a keyword and an asking sentence that still belong together


@dataclass(slots=True, frozen=True)
class CompiledTopic:
    """A topic's keywords and the words of its name, folded, each with a leading space."""

    keywords: tuple[str, ...]
    name_words: tuple[str, ...]
    named: bool


@dataclass(slots=True, frozen=True)
class Place:
    """Where the keywords of a topic were found; positions are of the folded text, -1 for none.

    ``exact``: whole-word hits; ``inside``: hits within other words; ``name_hits``: words of the
    topic's name that occur. ``distance`` is in characters from the first exact hit to the nearest
    asking sentence (0 inside it, 10,000 for none).
    """

    exact: int
    inside: int
    distinct: int
    in_title: bool
    in_asking: bool
    asking_title: bool
    distance: int
    start: int
    end: int
    first_share: float
    name_hits: int
    name_in_title: int


@lru_cache(maxsize=4096)
def compile_topic(topic: TopicContext) -> CompiledTopic:
    """Folds a topic once; a topic without keywords is listened to by its name."""
    keywords = [" " + " ".join(plain(fold(word)).split()) for word in topic.keywords]
    name = plain(fold(topic.name)).split()
    words = [f" {word}" for word in name if word not in _EMPTY_WORDS and len(word) > 1]
    if not any(keyword.strip() for keyword in keywords):
        keywords = [*([" " + " ".join(name)] if 1 < len(name) <= 4 else []), *words]
    unique = tuple(dict.fromkeys(keyword for keyword in keywords if keyword.strip()))
    stems = tuple(dict.fromkeys(_stem(word) for word in words))
    return CompiledTopic(unique, stems, bool(unique))


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 5:
        return word[:-3]
    for ending in ("ing", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 5:
            return word[: -len(ending)]
    return word


def place(reading: Reading, topic: TopicContext) -> Place:
    """Finds a topic's keywords in a text that was read."""
    compiled = compile_topic(topic)
    flat = reading.plain
    spans: list[tuple[int, int]] = []
    distinct = inside = 0
    for keyword in compiled.keywords:
        before = len(spans)
        at = flat.find(keyword[1:])
        while at >= 0 and len(spans) < 40:
            end = at + len(keyword) - 1
            tail_end = flat.find(" ", end)
            whole = flat[at - 1] in " \n" or (flat[at - 1] in "وفبلك" and flat[at - 2] == " ")
            if whole and (tail_end == end or flat[end:tail_end] in _ENDINGS):
                spans.append((at - 1, tail_end - 1))
            else:
                inside += 1
            at = flat.find(keyword[1:], end)
        distinct += len(spans) > before
    name_hits = name_in_title = 0
    for word in compiled.name_words:
        at = flat.find(word)
        if at >= 0:
            name_hits += 1
            name_in_title += at < reading.title_end
    if not spans:
        return Place(
            0, inside, 0, False, False, False, 10_000, -1, -1, 1.0, name_hits, name_in_title
        )
    spans.sort()
    start, end = spans[0]
    in_asking = asking_title = False
    nearest = 10_000
    for low, high, asks in reading.sentences:
        if not asks:
            continue
        for left, right in spans:
            gap = low - right if right <= low else left - high if left >= high else 0
            if gap <= 0:
                if not in_asking:
                    start, end = left, right
                in_asking, gap = True, 0
                asking_title = asking_title or low < reading.title_end
            nearest = min(nearest, gap)
    in_title = spans[0][0] < reading.title_end
    return Place(
        len(spans),
        inside,
        distinct,
        in_title,
        in_asking,
        asking_title,
        nearest,
        start,
        end,
        spans[0][0] / max(len(reading.folded), 1),
        name_hits,
        name_in_title,
    )


def relevance(found: Place, *, named: bool) -> tuple[float, str]:
    """A first estimate of relevance from places alone, and the code of its reason."""
    if not named:
        return 0.5, ""
    if found.exact:
        if found.in_asking and found.in_title:
            return 0.85, "topic.in_title"
        if found.in_title:
            return 0.7, "topic.in_title"
        if found.in_asking:
            return 0.65, "topic.in_asking"
        if found.distance <= _NEAR:
            return 0.45, "topic.near_asking"
        return 0.3 if found.exact < 3 else 0.5, "topic.in_passing"
    if found.inside:
        return 0.06 + 0.2 * bool(found.name_hits), "topic.other_word"
    return 0.05 + 0.35 * bool(found.name_hits), "topic.absent"
