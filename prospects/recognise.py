"""Who an account is, from what it does: each clue has a code and points, and they add up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Every verdict, from what rules others out to what is left.
VERDICTS: Final = (
    "staff", "competitor", "bot", "seller", "organisation", "person", "unknown",
)  # fmt: skip
_NEEDED: Final[Mapping[str, float]] = {
    "bot": 2.5, "seller": 2.5, "organisation": 2.0, "person": 1.5,
}  # fmt: skip
_MANY: Final = 3  # posts from which a share says something
_HOURLY: Final = 12  # posts within an hour that nobody writes by hand


@dataclass(frozen=True, slots=True)
class Observed:
    """What an account did within the window of copies; counts of posts with words.

    ``copies`` repeat a text of its own, ``campaigns`` are texts that many accounts posted,
    ``seller`` the scorer's mean probability that it sells (``None`` before any score),
    ``of_self`` posts that speak of the author's own life, ``busiest_hour`` the most posts within
    an hour, ``profile`` codes of what the profile says, ``party`` the list it stands on, if any.
    """

    posts: int = 0
    with_links: int = 0
    copies: int = 0
    campaigns: int = 0
    seller: float | None = None
    of_self: int = 0
    busiest_hour: int = 0
    profile: frozenset[str] = frozenset()
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who it is, and the clues (code, points) that say so."""

    verdict: str
    reasons: tuple[tuple[str, float], ...] = ()


def recognise(seen: Observed) -> Verdict:
    """The first verdict, in the order of ``VERDICTS``, whose clues reach what it needs."""
    if seen.party is not None:
        return Verdict(seen.party, ((f"identity.on_list_{seen.party}", 1.0),))
    clues = {
        "bot": _bot(seen), "seller": _seller(seen), "organisation": _organisation(seen),
        "person": _person(seen),
    }  # fmt: skip
    for verdict, found in clues.items():
        if sum(points for _, points in found) >= _NEEDED[verdict]:
            return Verdict(verdict, tuple(found))
    return Verdict("unknown")


def _bot(seen: Observed) -> list[tuple[str, float]]:
    found = []
    if "profile.bot" in seen.profile:
        found.append(("identity.profile_bot", 2.5))
    if "profile.bot_name" in seen.profile:
        found.append(("identity.bot_name", 1.5))
    if seen.busiest_hour >= _HOURLY:
        found.append(("identity.posts_like_a_machine", 1.5))
    if seen.posts >= 2 * _MANY and seen.copies >= 0.6 * seen.posts:
        found.append(("identity.repeats_itself", 1.0))
    if found and "profile.new" in seen.profile:
        found.append(("identity.new_account", 0.5))
    return found


def _seller(seen: Observed) -> list[tuple[str, float]]:
    found = []
    if seen.seller is not None and seen.seller >= 0.5:
        found.append(("identity.sounds_like_selling", 2.5 if seen.seller >= 0.8 else 1.5))
    if seen.campaigns:
        found.append(("identity.campaign", 2.5))
    if seen.posts >= _MANY and seen.with_links >= 0.5 * seen.posts:
        found.append(("identity.mostly_links", 1.0))
    if seen.posts >= _MANY and seen.copies >= 0.3 * seen.posts:
        found.append(("identity.repeats_itself", 1.0))
    if "profile.sells" in seen.profile:
        found.append(("identity.profile_sells", 1.5))
    if found and "profile.new" in seen.profile:
        found.append(("identity.new_account", 0.5))
    return found


def _organisation(seen: Observed) -> list[tuple[str, float]]:
    return [("identity.profile_company", 2.0)] if "profile.company" in seen.profile else []


def _person(seen: Observed) -> list[tuple[str, float]]:
    found = []
    if "profile.person" in seen.profile:
        found.append(("identity.profile_person", 1.5))
    if seen.of_self:
        found.append(("identity.speaks_of_self", 1.5))
    return found
