"""A draft of a topic as its form sends it: nothing of it is kept on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qs, urlencode

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
class Taken:
    """A suggestion accepted into a draft: decided once the draft is saved, and not before."""

    role: str
    phrase: str
    same_as: str = ""

    def spell(self) -> str:
        """As one value of a form."""
        return urlencode({"role": self.role, "phrase": self.phrase, "same_as": self.same_as})


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form says, and what was wrong with a phrase that was typed.

    ``taken``: suggestions among its phrases.
    """

    definition: Definition
    about: str = ""
    error: Refused | None = None
    typed: str = ""
    taken: tuple[Taken, ...] = ()

    def held(self) -> dict[str, tuple[str, ...]]:
        """What a form or an address carries, so that the draft is there again."""
        return {**parts_of(self.definition), "took": tuple(one.spell() for one in self.taken)}

    def address(self) -> str:
        """The query of an address that shows it."""
        values = [(name, one) for name, of in self.held().items() for one in of]
        return urlencode([("draft", "1"), *values])

    def holds(self, role: str, phrase: str) -> bool:
        """Whether a phrase is one of its keywords or exclusions."""
        definition = self.definition
        phrases = definition.exclusions if role == "exclusion" else definition.keywords
        return fold(phrase) in {fold(one) for one in phrases}


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
    draft = Draft(definition, about, error, wrong)
    taken = dict.fromkeys(one for one in _read_taken(given) if draft.holds(one.role, one.phrase))
    return replace(draft, taken=tuple(taken))


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


def _read_taken(given: Mapping[str, Sequence[str]]) -> list[Taken]:
    found = []
    for value in [*given.get("took", ())][:_MOST]:
        said = parse_qs(value[: 9 * _LONGEST])  # a letter of another script takes six characters
        role, phrase, same_as = (
            next(iter(_read(said, name)), "") for name in ("role", "phrase", "same_as")
        )
        if role in {"keyword", "exclusion"} and phrase:
            found.append(Taken(role, phrase, same_as))
    return found


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
