"""Other ways the keywords of a topic are written in the posts that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from signals.archive import split_words
from signals.function_words import FUNCTION_WORDS, LOOSE_WORDS
from signals.search import count_exactly, find_posts, find_words
from signals.spellings import find_forms, find_slips, spread_clitics

#: A slip is met this much less often than the word; what is commoner is a word of its own.
_RARER: Final = 20
_FEW: Final = 50  # posts with the word, in fewer nothing can be told
_TRIED: Final = 8  # forms of each word that are looked for within phrases, commonest first


def find_written(
    session: Session, keywords: Sequence[str], *, since: datetime
) -> list[tuple[str, str]]:
    """Phrases that are a keyword inflected or misspelled, with which; those often met first.

    ``keywords`` are folded. Of a phrase one word at a time is taken in another form. Every word of
    every indexed post since then counts.
    """
    words = {word for keyword in keywords for word in split_words(keyword)}
    forms = {word: find_forms(word) for word in words if word not in FUNCTION_WORDS}
    slips = {word: find_slips(word) - forms[word] for word in forms}
    wanted = set().union(*forms.values(), *slips.values()) - words - FUNCTION_WORDS - LOOSE_WORDS
    written = spread_clitics(wanted)
    stand = {written[word] for word in find_words(session, written, since=since)}
    met = count_exactly(session, [*forms, *sorted(stand)])
    kept = {
        word: [
            *(form for form in forms[word] if form in stand),
            *(slip for slip in slips[word] if slip in stand and _is_slip(met[slip], met[word])),
        ]
        for word in forms
    }
    found: dict[str, tuple[int, str]] = {}
    for keyword in keywords:
        for phrase, form in _vary(keyword, kept, met):
            is_new = phrase not in found and phrase not in keywords
            if is_new and (phrase == form or find_posts(session, [phrase], since=since, most=1)):
                found[phrase] = met[form], keyword
    ranked = sorted(found.items(), key=lambda pair: (-pair[1][0], pair[0]))
    return [(phrase, keyword) for phrase, (_, keyword) in ranked]


def _vary(
    keyword: str, kept: dict[str, list[str]], met: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    words = split_words(keyword)
    for place, word in enumerate(words):
        forms = sorted(kept.get(word, ()), key=lambda form: (-met[form], form))
        for form in forms[:_TRIED]:
            yield " ".join((*words[:place], form, *words[place + 1 :])), form


def _is_slip(posts: int, of: int) -> bool:
    """Whether it is rare enough beside the word to be it misspelled: "horse" is no slip of "house".

    What was met in few posts is taken for one, however rare the word.
    """
    return _RARER * posts <= max(of, _FEW)
