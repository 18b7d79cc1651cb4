"""How each network is listened to: what one collection covers, how often, at what price.

One line per network of the registry. Pure and light: the command line reads it at start.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from config.sentences import Sentence

Place = Callable[[str], str | None]


class Shape(enum.StrEnum):
    """What one collection of a network covers."""

    STREAM = "stream"  # everything; topics are told apart at ingest
    TOPIC = "topic"  # one topic's keywords, network-wide
    PLACE = "place"  # one topic in one of the places it names; nothing without a place
    BOTH = "both"  # each place a topic names, or network-wide where it names none


def _nowhere(name: str) -> str | None:  # noqa: ARG001 - a place finder of networks without places
    return None


def _pattern(*expressions: str) -> Place:
    """Reads a community's name by the first expression that fits; its first group is the scope."""
    compiled = [re.compile(one, re.IGNORECASE) for one in expressions]

    def find(name: str) -> str | None:
        for expression in compiled:
            found = expression.fullmatch(name.strip())
            if found:
                return found.group(1)
        return None

    return find


@dataclass(frozen=True, slots=True)
class Option:
    """What a setting of one network may be: a number from 0 on, one of some words, or any."""

    is_number: bool = False
    choices: tuple[str, ...] = ()


_NUMBER: Final = Option(is_number=True)
_WORDS: Final = Option()
_NO_OPTIONS: Final[Mapping[str, Option]] = MappingProxyType({})
_FIRST: Final = MappingProxyType({"first_hours": _NUMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """``place`` turns a community's name into this network's scope, or ``None`` if it is another's.

    A community may name its network (``mastodon:#pension``); ``place`` sees what follows the colon,
    ``named`` says how such a name is read, by default as it is. ``every``, ``fastest`` and
    ``slowest`` are seconds between two runs: at first, and the bounds it adapts within.
    ``reread_every``: seconds until a matched post's engagements are read again, 0 for never.
    ``settles_after``: seconds until what was just heard can be asked for: what a network's stream
    brings, its other servers may not know yet, and would call it gone.
    ``names_late``: whether authors get their names when a post is read again, not when it is found.
    ``profiles_every``: seconds between two rounds over the profiles of authors, 0 for never.
    ``day_zone``: where midnight is that renews the network's own daily buckets, which all
    collections of a network share; ``None``: it has none.
    ``place_named``: how a person names a place, where nothing is read without one.
    ``url_is_place``: whether the source's own address is such a place.
    ``apart``: whether a topic's keywords can be asked for one by one, network-wide, at no greater
    price; ``beside`` finds the names among its communities that are read along with them.
    ``secrets``: names that must be set (``WARMLIST_SECRETS__<NETWORK>__<NAME>``). ``options``: what
    ``--option`` may name, each with the values it takes; none: any words.
    """

    shape: Shape
    place: Place = _nowhere
    every: float = 300.0
    fastest: float = 60.0
    slowest: float = 3600.0
    reread_every: float = 0.0
    settles_after: float = 0.0
    names_late: bool = False
    profiles_every: float = 0.0
    needs_url: bool = False
    place_named: str = ""
    url_is_place: bool = False
    schemes: tuple[str, ...] = ("https", "http")
    secrets: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=lambda: _NO_OPTIONS)
    day_zone: str | None = None
    page_size: int = 100  # items a run must bring to count as busy
    apart: bool = False
    beside: Place = _nowhere


_DOMAIN: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"

TRAITS: Final[Mapping[str, Traits]] = MappingProxyType(
    {
        "bluesky": Traits(
            shape=Shape.STREAM, every=5, fastest=5, slowest=5, reread_every=21_600,
            settles_after=600, profiles_every=900, schemes=("wss", "ws"),
            options={"appview_url": _WORDS},
        ),
        "x": Traits(
            shape=Shape.TOPIC, every=900, fastest=120, slowest=21_600, reread_every=86_400,
            names_late=True, secrets=("bearer_token",), apart=True, beside=_pattern(r"(@.+)"),
            options={**_FIRST, "authors": Option(choices=("matched", "all")),
                     "lang": Option(choices=("yes", "no"))},
        ),
        "reddit": Traits(
            shape=Shape.BOTH, place=_pattern(r"/?r/([a-z0-9_]{2,21})/?"), every=180, fastest=60,
            slowest=1800, reread_every=43_200, secrets=("client_id", "client_secret"), apart=True,
            options={**_FIRST, "search_hours": _NUMBER, "account": _WORDS},
        ),
        "mastodon": Traits(
            shape=Shape.PLACE, place=_pattern(r"(#\w{1,100}(?:@" + _DOMAIN + r")?)"), every=180,
            fastest=60, slowest=3600, reread_every=43_200, page_size=40, options=_FIRST,
            place_named=Sentence("a tag as a community of the topic (mastodon:#pension)"),
        ),
        "hackernews": Traits(shape=Shape.TOPIC, every=180, fastest=60, slowest=1800,
                             reread_every=7200, apart=True,
                             options={**_FIRST, "items_url": _WORDS}),
        "stackexchange": Traits(
            shape=Shape.BOTH,
            place=_pattern(r"((?:[a-z0-9-]+\.)?stackexchange\.com|stackoverflow\.com)"),
            every=1800, fastest=600, slowest=21_600, reread_every=43_200,
            options={"by": Option(choices=("place", "search"))},
        ),
        "lemmy": Traits(
            shape=Shape.BOTH, place=_pattern(r"(!?[a-z0-9_]+@" + _DOMAIN + r")"), every=300,
            fastest=120, slowest=3600, reread_every=43_200, page_size=50, options=_FIRST,
        ),
        "discourse": Traits(shape=Shape.TOPIC, every=300, fastest=120, slowest=3600,
                            reread_every=43_200, needs_url=True, page_size=50,
                            options={**_FIRST, "by": Option(choices=("posts", "search"))}),
        "rss": Traits(shape=Shape.PLACE, place=_pattern(r"(https?://\S{4,500})"), every=900,
                      fastest=300, slowest=21_600, page_size=20, url_is_place=True,
                      place_named=Sentence(
                          "a feed as the source's --url or as a community of the topic"
                          " (rss:https://host/feed.xml)")),
        "youtube": Traits(
            shape=Shape.BOTH,
            place=_pattern(r"(UC[\w-]{22})", r"https://www\.youtube\.com/channel/(UC[\w-]{22})"),
            every=3600, fastest=1800, slowest=43_200, reread_every=86_400, secrets=("key",),
            day_zone="America/Los_Angeles",
            options={"searches_a_day": _NUMBER, "units_a_day": _NUMBER},
        ),
    }
)  # fmt: skip
_ANY: Final = Traits(shape=Shape.TOPIC)


def traits_of(network: str) -> Traits:
    """How a network is listened to."""
    return TRAITS.get(network, _ANY)


def asks_apart(network: str, scope: str, options: Mapping[str, object]) -> bool:
    """Whether a collection can ask for each keyword by itself, so that each has its own share.

    Not where a place is read whole, whatever the keywords, nor on YouTube, where a search is dear
    and asks for all of them.
    """
    traits = traits_of(network)
    if "by" in traits.options:
        return options.get("by") == "search"
    return traits.apart and not scope


def find_scopes(
    network: str, communities: list[tuple[str, str]], url: str | None = None
) -> list[str]:
    """The scopes of one topic's collections at a network; empty: none.

    ``communities`` are (network or "any", name) as the topic has them, ``url`` the source's own.
    """
    traits = traits_of(network)
    if traits.shape is Shape.STREAM:
        return []
    if traits.shape is Shape.TOPIC:
        return [""]
    scopes: list[str] = []
    for owner, name in communities:
        if owner not in {"any", network}:
            continue
        scope = traits.place(name)
        if scope is None and owner == network:
            scope = name
        if scope is not None and scope not in scopes:
            scopes.append(scope)
    if traits.url_is_place and url and url not in scopes:
        return [*scopes, ""]
    return scopes or ([""] if traits.shape is Shape.BOTH else [])
