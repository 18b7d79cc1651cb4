"""Names of communities, read as words: "r/DebtRelief_UK", "mastodon:#debtfree". Pure.

A name hides what it is about in one word. It is taken apart only where a part of it is a word from
which nothing may be derived; a text's own words are never taken apart.
"""

from __future__ import annotations

import re
from typing import Final

from signals.policy.sensitive import sensitive_words
from signals.text import fold

_WORDS: Final = re.compile(r"[A-Z]?[^\W_A-Z\d]+|[A-Z]+(?![^\W_A-Z\d])|\d+")
#: So long a word stands at the edge of another by chance hardly ever.
_LONG: Final = 7
_REST: Final = 3  # letters left beside a long one
_LONGEST: Final = 60
#: What communities put beside the word they are about; beside a short one nothing else may stand.
_BESIDE: Final = frozenset(
    """
    adults advice advocacy advocates african after against america anonymous answers arab asian
    ask asks attorney attorneys australia awareness black blood bowel brain breast bros buyers
    canada care cervical chat chronic circle club collection collectors colon community
    confessions consolidation counseling counselling couples credit dads daily dating diaspora
    divorce ex families family fighters finance financial folks forum free freedom friends fund
    funds gamers girls group groups guys health help helpers helpline home homeowners homes
    house humor humour husbands india ireland jobs journal journey kids law lawyer lawyers life
    living loan loans london love lung management marriage marriages meetup meetups memes men
    mental moms money mortgage mothers mums my network news nurses online ovarian over owners
    parenting parents partners payoff people post professionals prostate questions real recovery
    reform relationships relief retirees retirement review reviews scotland settlement singles
    skin snowball social spouses stories story students stuff subs support survivor survivors
    talk teachers teen teenager teenagers teens texas tips today toronto uk usa victims wales
    warriors wives women workers world years young youth
    """.split()
)
#: Said of a text it is good news or a subject; a community of that name is of those concerned.
_MEANT: Final = {"debt free": "debt", "mental health": "mental illness"}


def spread_place(place: str) -> str:
    """The words of a community's name, sensitive ones that others are joined to among them."""
    words = " ".join(_take_apart(word) for word in _WORDS.findall(place))
    for said, meant in _MEANT.items():
        words = re.sub(rf"\b{said}\b", meant, words, flags=re.IGNORECASE)
    return words


def _take_apart(word: str) -> str:
    folded = fold(word)
    if len(folded) > _LONGEST or folded in sensitive_words():
        return word
    parts = _split(folded)
    if parts:
        return " ".join(parts)
    for length in range(len(folded) - _REST, _LONG - 1, -1):
        if folded[:length] in sensitive_words():
            return f"{folded[:length]} {folded[length:]}"
        if folded[-length:] in sensitive_words():
            return f"{folded[:-length]} {folded[-length:]}"
    return word


def _split(folded: str) -> tuple[str, ...]:
    """Sensitive words and such as stand beside them, with nothing between; none if it is not so.

    Of several ways one with a sensitive word, else the one with the longest words.
    """
    ways: list[tuple[bool, tuple[str, ...]] | None] = [None] * len(folded) + [(False, ())]
    for start in range(len(folded) - 1, -1, -1):
        for end in range(len(folded), start, -1):
            rest, part = ways[end], folded[start:end]
            is_sensitive = part in sensitive_words()
            if rest is None or not (is_sensitive or part in _BESIDE):
                continue
            way = (is_sensitive or rest[0], (part, *rest[1]))
            before = ways[start]
            if before is None or (way[0] and not before[0]):
                ways[start] = way
    found = ways[0]
    return found[1] if found is not None else ()
