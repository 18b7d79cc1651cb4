"""Which of somebody's words to show: whole sentences around what matters. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_LONGEST_WORD: Final = 40  # characters; what goes on longer without a space may be cut inside
_SENTENCE_END: Final = re.compile(r"(?:[.!?؟…]+[\"'»”)\]]*\s+|\n+)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a text and the places in it to highlight, counted within ``text``.

    ``cut_before``/``cut_after`` say whether the author wrote more.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    cut_before: bool = False
    cut_after: bool = False

    def parts(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is highlighted."""
        pieces: list[tuple[str, bool]] = []
        position = 0
        for start, end in self.marks:
            if position < start:
                pieces.append((self.text[position:start], False))
            pieces.append((self.text[start:end], True))
            position = end
        if position < len(self.text):
            pieces.append((self.text[position:], False))
        return pieces


def choose_passage(text: str, spans: Iterable[tuple[int, int]], *, limit: int = 360) -> Passage:
    """Whole sentences around ``spans``, at most about ``limit`` characters.

    A text that is short enough is shown whole. A sentence longer than the limit is cut at a word.
    """
    body_end = len(text.rstrip())
    body_start = min(len(text) - len(text.lstrip()), body_end)
    marks = _merge(_trim(text, max(body_start, start), min(body_end, end)) for start, end in spans)
    if body_end - body_start <= limit:
        return _cut(text, body_start, body_end, marks, body_start, body_end)
    edges = [body_start, *(match.end() for match in _SENTENCE_END.finditer(text))]
    edges = sorted({edge for edge in edges if body_start <= edge < body_end} | {body_end})
    sentences = list(itertools.pairwise(edges))
    focus = marks[0][0] if marks else body_start
    if marks:  # the sentence with most of what matters
        focus = max(
            marks,
            key=lambda mark: sum(
                end - start for start, end in marks if abs(start - mark[0]) < limit // 2
            ),
        )[0]
    middle = next(i for i, (start, end) in enumerate(sentences) if start <= focus < end)
    first = last = middle
    while True:
        width = sentences[last][1] - sentences[first][0]
        after = sentences[last + 1][1] - sentences[last][1] if last + 1 < len(sentences) else None
        before = sentences[first][0] - sentences[first - 1][0] if first > 0 else None
        if after is not None and width + after <= limit:
            last += 1
        elif before is not None and width + before <= limit:
            first -= 1
        else:
            break
    start, end = sentences[first][0], sentences[last][1]
    if end - start > limit:
        start, end = _around(text, focus, start, end, limit)
    while end > start and text[end - 1].isspace():
        end -= 1
    return _cut(text, start, end, marks, body_start, body_end)


def _around(text: str, focus: int, start: int, end: int, limit: int) -> tuple[int, int]:
    left = max(start, focus - limit // 3)
    if left > start:
        space = text.rfind(" ", max(start, left - min(_LONGEST_WORD, limit // 6)), left)
        left = space + 1 if space >= 0 else left
    right = min(end, left + limit)
    if right < end:
        space = text.rfind(" ", focus, right)
        right = space if space > focus else right
    return left, right


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the spaces at its ends: one between two sentences belongs to the one before."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _cut(
    text: str, start: int, end: int, marks: list[tuple[int, int]], body_start: int, body_end: int
) -> Passage:
    inside = tuple(
        (max(a, start) - start, min(b, end) - start) for a, b in marks if a < end and b > start
    )
    return Passage(text[start:end], inside, start > body_start, end < body_end)
