"""A draft of a topic as its form sends it: nothing of it is kept on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.previews import Judged
from config.errors import Refused
from prospects.place import read_places
from signals.catalog import check_languages, read_place
from signals.quoting import Passage, choose_passage
from signals.text import fold
from signals.topics import check_phrase
from signals.versions import Definition, spell_place

_SHOWN: Final = 6  # posts gained and lost that are shown
#: The form's name of each part of a definition.
FIELDS: Final = {"k": "keyword", "x": "exclusion", "c": "community", "l": "language", "p": "place"}
_MOST: Final = 300  # phrases of one kind that are read
_LONGEST: Final = 300  # characters of one


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form says, and what was wrong with a phrase that was typed."""

    definition: Definition
    about: str = ""
    error: Refused | None = None
    typed: str = ""


def read_draft(saved: Definition, given: Mapping[str, Sequence[str]]) -> Draft:
    """The draft in ``given``: without ``draft`` the saved definition as it is.

    ``k``, ``x``, ``c``, ``l``, ``p`` are what the form holds, ``add_…`` and ``drop_…`` what is done
    to it. A phrase that cannot be is left out and told.
    """
    if not given.get("draft"):
        return Draft(saved)
    kept: dict[str, tuple[str, ...]] = {}
    about, error, wrong = "", None, ""
    for field, name in FIELDS.items():
        dropped = {fold(one) for one in given.get(f"drop_{field}", ())}
        values = [one for one in _read(given, field) if fold(one) not in dropped]
        for typed in _read(given, f"add_{field}"):
            try:
                _check(field, typed)
            except Refused as refused:
                about, error, wrong = name, refused, typed
                continue
            values.append(typed)
        by_fold = {fold(one): one for one in reversed(values)}
        kept[field] = tuple(one for one in values if by_fold.pop(fold(one), None) is not None)
    definition = replace(
        saved,
        keywords=kept["k"],
        exclusions=kept["x"],
        communities=tuple(read_place(one) for one in kept["c"]),
        languages=tuple(check_languages(kept["l"])),
        places=tuple(read_places(kept["p"])),
    )
    return Draft(definition, about, error, wrong)


def parts_of(definition: Definition) -> dict[str, tuple[str, ...]]:
    """Every value of a definition by the form's names."""
    return {
        "k": definition.keywords,
        "x": definition.exclusions,
        "c": tuple(spell_place(place) for place in definition.communities),
        "l": definition.languages,
        "p": definition.places,
    }


def _read(given: Mapping[str, Sequence[str]], name: str) -> list[str]:
    tidy = (" ".join(one.replace("\x00", "").split())[:_LONGEST] for one in given.get(name, ()))
    return [one for one in tidy if one][:_MOST]


def _check(field: str, typed: str) -> None:
    if field == "l":
        check_languages([typed])
    elif field == "p":
        read_places([typed])
    elif field != "c":
        check_phrase(typed)


@dataclass(frozen=True, slots=True)
class Chip:
    """One phrase, place or language of a draft: ``state`` is kept, added or removed."""

    value: str
    state: str
    count: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A post gained or lost, as a manager reads it."""

    judged: Judged
    passage: Passage


def list_chips(
    saved: Definition, draft: Definition, counts: Mapping[str, float]
) -> dict[str, list[Chip]]:
    """What the draft holds and what it took away, in the order of the saved topic."""
    before, after = parts_of(saved), parts_of(draft)
    chips: dict[str, list[Chip]] = {}
    for field in FIELDS:
        had, has = {fold(v) for v in before[field]}, {fold(v) for v in after[field]}
        kept = [
            Chip(v, "kept" if fold(v) in has else "removed", counts.get(fold(v), 0.0))
            for v in before[field]
        ]
        new = [
            Chip(v, "added", counts.get(fold(v), 0.0)) for v in after[field] if fold(v) not in had
        ]
        chips[field] = kept + new
    return chips


def choose_samples(posts: Sequence[Judged]) -> list[Sample]:
    """The first posts, those that were scored before those that were not."""
    ordered = sorted(posts, key=lambda one: one.prospect is None)[:_SHOWN]
    return [
        Sample(one, choose_passage(one.heard.post.text, one.heard.marks, limit=220))
        for one in ordered
    ]
