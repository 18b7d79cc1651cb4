"""Recognises subjects from which nothing may be derived, in English and Arabic. Pure.

A phrase counts by what stands around it: some state a circumstance of somebody wherever they
stand, others need a person in the same sentence, labels need "I'm a …" before them, and longer
phrases ("debt fund", "race day") take a word out. Where in doubt a post is dropped: that costs one
prospect, a kept one costs somebody's privacy. One automaton finds all phrases in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from signals.policy import ages, sensitive_ar, sensitive_en
from signals.policy.subjects import Subject
from signals.policy.targeted import find_targeted
from signals.text import fold, has_arabic

_STATE, _CONCERN, _LABEL, _ADJECTIVE, _AGE, _GRADE, _SCORE, _OWING, _EXCEPTION = range(9)
_OWNED: Final = ("my ", "our ", "his ", "her ", "their ")
_POSSESSIVES: Final = ("my", "our", "his", "her", "their")
_TOKEN: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.!?؟;\n]+|[,،:()\[\]/&+$%]")
_ENDS: Final = frozenset(".!?؟;")
_BREAKS: Final = frozenset(",،:()[]/&+")
_LONGEST_ENDING: Final = 7  # letters a stem may be followed by
_PREFIXES: Final = frozenset("وفبلك")

# Under 600 lenders call a score poor.
_LOW_SCORE: Final = re.compile(r"(?: [a-z]\w*){0,3},? (?:[345]\d\d)\b(?![,.]\d)")

_LOW_SCORE_BEFORE: Final = re.compile(r"(?<![\d,.$])[345]\d\d (?:credit )?$")

# "owe the hospital 40k": from a thousand on.
_LARGE_SUM: Final = re.compile(
    r"(?: [a-z]+){0,4}? [$€£]?\d[\d,.]*(?:k\b| ?grand| ?thousand|(?<=,\d{3})|(?<=\d{4}))"
)

# Between "I'm" and a label: "I'm a practising", "we're both", "I'm five months".
_FILLERS: Final = frozenset(
    """
    a an the so very just also proud practicing practising devout only pretty hardcore really
    both young old lifelong first half part quite from of actually openly basically currently
    still now legally two one five six seven eight nine three four months month weeks years
    year single married fully mostly totally completely born raised identify considered self
    proudly strict strictly conservative liberal reform ultra very deeply culturally lapsed
    former ex retired been being cis straight white black gen generation and kind sort bit
    little clinically recently newly early late not ashkenazi sephardic roman greek russian
    eastern orthodox evangelical second fellow fairly registered staunch moderate democratic
    in out up grew jamaican british english irish nigerian american african canadian trans
    male female and guy person
    """.split()
)
_COPULAS: Final = frozenset(
    """
    i'm im am as we're he's she's they're is are was were been being identify identifies
    turned became become
    """.split()
)
#: What is taken from those who cannot pay, and what those who take it are doing.
_TAKEN: Final = (["car"], ["truck"], ["bike"], ["van"], ["house"], ["laptop"])
_TAKING: Final = ("foreclosing", "repossessing", "evicting", "garnishing")
_SUBJECTS: Final = sensitive_en.SELVES | sensitive_en.RELATIVES
_NEGATIONS: Final = frozenset(
    """
    not no never don't doesn't didn't isn't aren't wasn't haven't hasn't won't without avoid
    nobody none nor neither
    """.split()
)
_NEGATIONS_AR: Final = frozenset("ما مش مو لا بدون ليس غير بلا مب ماني لست ليست لم".split())
_ANY_AR: Final = frozenset("اي ايه حتي ولا".split())
_LINKING: Final = frozenset("is are was were has had have got went goes".split())
_VERBS: Final = frozenset(
    "is are was makes make has have got took came keeps keep runs means ruined".split()
)
#: Words that open a sentence whose subject is left out, which then is the writer.
_OMITTING: Final = frozenset(
    """
    recovering living dealing struggling going still just got been had suffering battling
    fighting coping being having getting haven't can't couldn't lost survived diagnosed raised
    born married recently currently trying finally just grew owe owing leaving left joined
    taking took out off quit stopped struggled unemployed homeless anyone anybody
    """.split()
)
#: Subjects of which a denial says nothing: "never been arrested", "not in debt".
_DENIABLE: Final = frozenset((Subject.NEGATIVE_FINANCE, Subject.CRIME, Subject.HEALTH))


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    role: int
    subject: Subject | None


def find_sensitive(text: str) -> Subject | None:
    """The first sensitive subject the text states of somebody, ``None`` if none."""
    folded = fold(text)
    hits = _hits(folded)
    if not hits:
        return None
    return next((hit.subject for hit in hits if _states(folded, hit)), None)


def find_sensitive_topic(text: str) -> Subject | None:
    """The sensitive subject that a topic of these words would single people out by.

    A topic names a subject without a person: "bankruptcy help" is one, "debt funds" is none. It
    also may name whom it looks for, which a post that speaks of them does not.
    """
    folded = fold(text)
    for hit in _hits(folded):
        if hit.role in {_STATE, _CONCERN, _LABEL, _GRADE} or _states(folded, hit):
            return hit.subject
    return find_targeted(folded)


def _hits(folded: str) -> list[_Hit]:
    """Phrases found as whole words outside exceptions, by place."""
    found: list[_Hit] = []
    exceptions: list[tuple[int, int]] = []
    for last, (length, arabic, uses) in _automaton().iter(folded):
        start, end = last + 1 - length, _word_end(folded, last + 1)
        if end - last > _LONGEST_ENDING:
            continue
        if start > 0 and folded[start - 1].isalnum() and not (arabic and _prefixed(folded, start)):
            continue
        for role, subject, is_stem in uses:
            if end > last + 1 and not is_stem:
                continue
            if role == _EXCEPTION:
                exceptions.append((start, end))
            else:
                found.append(_Hit(start, end, role, subject))
    if exceptions:
        found = [
            hit for hit in found if not any(start < hit.end <= end for start, end in exceptions)
        ]
    found.sort(key=lambda hit: (hit.start, -hit.end))
    return found


def _word_end(folded: str, place: int) -> int:
    while place < len(folded) and folded[place].isalnum():
        place += 1
    return place


def _prefixed(folded: str, start: int) -> bool:
    """Whether only «و», «ف», «ب», «ل» or «ك» stand between the word's start and this place."""
    first = start
    while first > 0 and folded[first - 1].isalnum():
        first -= 1
        if start - first > 2 or folded[first] not in _PREFIXES:
            return False
    return True


def _states(folded: str, hit: _Hit) -> bool:
    before, after = _around(folded, hit.start, hit.end)
    if hit.role == _AGE:
        return ages.is_age(folded, hit.start, hit.end, before)
    if hit.role == _GRADE:
        return ages.is_own_grade(before)
    if hit.role == _SCORE:
        return (
            _LOW_SCORE.match(folded, hit.end) is not None
            or _LOW_SCORE_BEFORE.search(folded, max(0, hit.start - 12), hit.start) is not None
        )
    if hit.role == _OWING:
        return _LARGE_SUM.match(folded, hit.end) is not None and _concerns(before, after)
    if hit.subject in _DENIABLE and _denied(before):
        return False
    if _is_unliving(folded, hit, before):
        return False
    if hit.role == _STATE:
        owned = folded.startswith(_OWNED, hit.start)  # "my cancer", not "our cancer charity"
        if after and _stem(after[0]) in sensitive_ar.IMPERSONAL:  # «ديون حكومية»
            return False
        return not (owned and after and after[0] in sensitive_en.IMPERSONAL)
    if has_arabic(folded[hit.start : hit.end]):
        return _states_arabic(hit.role, before, after)
    if hit.role == _CONCERN:
        if after and after[0] in sensitive_en.IMPERSONAL:
            return False
        # "Evicted last month, where …", "Still recovering from …": the writer leaves out "I"
        first = (*before, *folded[hit.start : hit.end].split())[0]
        if hit.subject is Subject.HEALTH and not before and after and after[0] in _VERBS:
            return True  # "Panic attacks make driving hard"
        omitted = first in _OMITTING or (not before and first.endswith("ed"))
        return omitted or _concerns(before, after)
    if hit.role == _ADJECTIVE and after and after[0] not in _BREAKS:
        has_article = before[-1:] in (["a"], ["an"]) or before[-2:-1] in (["a"], ["an"])
        if after[0] in sensitive_en.THINGS or not (has_article or after[0] in sensitive_en.JOINTS):
            return False
    if "here" in after[:2] or (before[-1:] == ["only"] and after):  # "… guy here", "the only …"
        return True
    if before[-1:] and before[-1] in _POSSESSIVES and after and after[0] in sensitive_en.RELATIVES:
        return True  # "my autistic son"
    return _is_said_of_somebody(before)


def _states_arabic(role: int, before: Sequence[str], after: Sequence[str]) -> bool:
    if role == _CONCERN:
        # Arabic verbs carry their person: only what is about things is left out.
        near = (*before[-2:], *after[:1])
        return not any(_stem(word) in sensitive_ar.IMPERSONAL for word in near)
    for word in reversed(before[-4:]):
        bare = _bare(word)
        if bare in sensitive_ar.OPENERS:
            return True
        if bare not in sensitive_ar.FILLERS and word not in sensitive_ar.FILLERS:
            return False
    return False


def _stem(word: str) -> str:
    """The word without «و» and «ف», «ل» and «ب» before it."""
    bare = _bare(word)
    return bare[1:] if len(bare) > 4 and bare[0] in "لب" else bare


def _bare(word: str) -> str:
    return word[1:] if len(word) > 3 and word[0] in "وف" else word


def _denied(before: Sequence[str]) -> bool:
    # "no debt of any kind", «ما عندي أي ديون»: what counts out stands between
    arabic = [word for word in before if word not in _ANY_AR]
    return any(word in _NEGATIONS for word in before[-3:]) or any(
        _bare(word) in _NEGATIONS_AR for word in arabic[-2:]
    )


def _is_unliving(folded: str, hit: _Hit, before: Sequence[str]) -> bool:
    """Whether a thing is what it is said of: "the market had a heart attack".

    Not where the thing does it to somebody ("the bank repossessed my truck", "is foreclosing on"),
    or is what was taken: "my car was repossessed".
    """
    words = list(before[-3:])
    if folded[hit.start : hit.end].split(maxsplit=1)[0] not in _LINKING:
        if not words or words[-1] not in _LINKING:
            return hit.subject is Subject.HEALTH and any(
                word in sensitive_ar.UNLIVING for word in words[-2:]
            )
        words.pop()
    if hit.subject is Subject.NEGATIVE_FINANCE and (
        words[-1:] in _TAKEN or folded.startswith(_TAKING, hit.start)
    ):
        return False
    return bool(words) and words[-1] in sensitive_en.UNLIVING


def _concerns(before: Sequence[str], after: Sequence[str]) -> bool:
    return any(word.removesuffix("'s") in _SUBJECTS for word in (*before[-12:], *after[:7]))


def _is_said_of_somebody(before: Sequence[str]) -> bool:
    """Whether "I'm a …", "as a …", "my husband is a …" stands right before."""
    for place in range(len(before) - 1, max(-1, len(before) - 8), -1):
        word = before[place]
        if word in {"is", "are", "was", "were", "been", "being", "became", "become", "turned"}:
            # "my husband is", not "my portfolio is"
            return any(
                one.removesuffix("'s") in _SUBJECTS and one not in _POSSESSIVES
                for one in before[max(0, place - 4) : place]
            )
        if word in _COPULAS:
            return True
        if word.endswith("'s") and word[:-2] in sensitive_en.RELATIVES:
            return True
        if word not in _FILLERS and not word.isdecimal():
            return False
    return False


def _around(folded: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """The words of the same sentence before and after a place, at most a dozen or so each."""
    before: list[str] = []
    for match in _TOKEN.finditer(folded, max(0, start - 120), start):
        token = match.group()
        if token[0] in _ENDS and _ends(folded, match.end()):
            before.clear()
        else:
            before.append(token)
    after: list[str] = []
    for match in _TOKEN.finditer(folded, end, min(len(folded), end + 80)):
        token = match.group()
        if token[0] in _ENDS and _ends(folded, match.end()):
            break
        after.append(token)
    return before, after


def _ends(folded: str, end: int) -> bool:
    return end >= len(folded) or folded[end] == " "


#: Role, subject, and whether the phrase is the beginning of a word.
_Use = tuple[int, Subject | None, bool]


@cache
def _automaton() -> Any:
    import ahocorasick  # kept out of start-up

    uses: dict[str, tuple[_Use, ...]] = {}
    same: dict[Any, Any] = {}  # of 20,000 phrases most mean the same: kept once they save 6 MB
    for role, phrase, subject in _entries():
        use = role, subject, phrase.endswith("*")
        folded = fold(phrase.removesuffix("*"))
        known = uses.get(folded, ())
        if use not in known:
            together = (*known, use)
            uses[folded] = same.setdefault(together, together)
    automaton = ahocorasick.Automaton()
    for folded, of in uses.items():
        meaning = len(folded), has_arabic(folded), of
        automaton.add_word(folded, same.setdefault(meaning, meaning))
    automaton.make_automaton()
    return automaton


def _entries() -> Iterator[tuple[int, str, Subject | None]]:
    for lexicon in (sensitive_en, sensitive_ar):
        tables: tuple[tuple[int, Mapping[Subject, str]], ...] = (
            (_STATE, lexicon.STATES),
            (_CONCERN, lexicon.CONCERNS),
            (_LABEL, lexicon.LABELS),
        )
        for role, table in tables:
            for subject, phrases in table.items():
                for phrase in split_phrases(phrases):
                    yield role, phrase, subject
        for phrase in split_phrases(lexicon.EXCEPTIONS):
            yield _EXCEPTION, phrase, None
    for subject, phrases in sensitive_en.ADJECTIVES.items():
        for phrase in split_phrases(phrases):
            yield _ADJECTIVE, phrase, subject
    for phrase in ("credit score", "fico", "fico score"):
        yield _SCORE, phrase, Subject.NEGATIVE_FINANCE
    for phrase in ("owe", "owes", "owed"):
        yield _OWING, phrase, Subject.NEGATIVE_FINANCE
    for phrase in ages.AGES:
        yield _AGE, phrase, Subject.MINORS
    for phrase in ages.GRADES:
        yield _GRADE, phrase, Subject.MINORS


@cache
def sensitive_words() -> frozenset[str]:
    """Single words, folded, that name a subject from which nothing may be derived."""
    return frozenset(
        word
        for role, phrase, _ in _entries()
        if role in {_STATE, _CONCERN, _LABEL, _ADJECTIVE}
        and (word := fold(phrase.removesuffix("*"))).isalpha()
        and len(word) > 2
    )


def split_phrases(phrases: str) -> Iterator[str]:
    """The phrases of a table's entry, ``{my}`` spelled out."""
    for phrase in phrases.split("/"):
        words = " ".join(phrase.split())
        if "{my}" in words:
            yield from (words.replace("{my}", possessive) for possessive in _POSSESSIVES)
        elif words:
            yield words
