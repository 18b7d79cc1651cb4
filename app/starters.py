"""Starting points for a first topic: keywords that are suggested before anything was heard."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from signals.archive import words_of
from signals.policy import find_sensitive_topic
from signals.text import fold

_SHORTEST: Final = 3  # letters of a word that two texts may share
_MOST: Final = 16
_ARTICLES: Final = ("وال", "بال", "لل", "ال")


@dataclass(frozen=True, slots=True)
class Starter:
    """A kind of need in one language: its name, and what people write who have it."""

    key: str
    language: str
    name: str
    keywords: tuple[str, ...]
    exclusions: tuple[str, ...]


@cache
def load_starters() -> Sequence[Starter]:
    """All starting points in every language they are written in."""
    text = files("app").joinpath("starters.toml").read_text(encoding="utf-8")
    return tuple(
        Starter(
            row["key"], language, said["name"], tuple(said["keywords"]), tuple(said["exclusions"])
        )
        for row in tomllib.loads(text)["starter"]
        for language, said in row.items()
        if isinstance(said, Mapping)
    )


def list_starters(language: str) -> list[Starter]:
    """The starting points in a language; in English where there are none."""
    found = [one for one in load_starters() if one.language == language]
    return found or [one for one in load_starters() if one.language == "en"]


def find_starter(key: str, language: str) -> Starter | None:
    """One starting point by its key."""
    return next((one for one in list_starters(language) if one.key == key), None)


def suggest_start(name: str, language: str, *, known: Collection[str] = ()) -> list[str]:
    """Keywords for a topic of that name, surest first: the name itself, then those of its kind.

    ``language``: a code, or empty for any. What stands in ``known`` is left out, and so is what
    touches a subject nothing may be derived from.
    """
    wanted = _stems(name)
    found = _spell(name)
    scored = []
    for place, one in enumerate(load_starters()):
        if language and one.language != language:
            continue
        shared = len(wanted & _stems(one.name))
        near = sum(bool(wanted & _stems(keyword)) for keyword in one.keywords)
        if shared or near:
            scored.append((-2 * shared - near, place, one))
    for _, _, one in sorted(scored)[:2]:
        # those that share a word come first
        found += sorted(one.keywords, key=lambda keyword: not wanted & _stems(keyword))
    seen = {fold(one) for one in known}
    kept: list[str] = []
    for phrase in found:
        if fold(phrase) not in seen and find_sensitive_topic(phrase) is None:
            seen.add(fold(phrase))
            kept.append(phrase)
    return kept[:_MOST]


def _spell(name: str) -> list[str]:
    """The name as people may write it: as it is, in the singular or plural."""
    plain = " ".join(name.split())
    if len(plain) < _SHORTEST:
        return []
    found = [plain]
    if plain.isascii():
        low = plain if any(letter.isupper() for letter in plain[1:]) else plain.lower()
        found = [low]
        if low.endswith("s") and not low.endswith("ss"):
            found.append(low[:-1])
        elif low[-1].isalpha() and not low.endswith(("s", "y", "ing")):
            found.append(f"{low}s")
    return found


def _stems(text: str) -> frozenset[str]:
    """Its words without endings and articles, as far as two texts have to be held together."""
    stems = set()
    for word in words_of(text):
        bare = next((word[len(one) :] for one in _ARTICLES if word.startswith(one)), word)
        bare = bare.removesuffix("s")
        if len(bare) >= _SHORTEST:
            stems.add(bare)
    return frozenset(stems - _TOO_COMMON)


_TOO_COMMON: Final = frozenset({"plan", "company", "quote", "and", "for", "small", "software"})
