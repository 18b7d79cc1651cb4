"""Authors' profiles at Bluesky's AppView, 25 to a request.

Source: docs.bsky.app, ``app.bsky.actor.getProfiles`` and ``app.bsky.actor.defs``; NETWORKS.md
section 1.4. The stream carries no profile at all: neither names nor who asked to be left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from signals.collectors.authors import Profile, ProfileAnswer
from signals.collectors.bluesky.events import KEPT_PAYLOAD, NETWORK
from signals.collectors.bluesky.views import to_author, to_labels
from signals.collectors.contract import Budget, Cost, Malformed, Plan, Ref, Unavailable
from signals.collectors.guards import Purse
from signals.collectors.http import HttpClient
from signals.collectors.instants import read_optional_iso

#: Actors of one getProfiles.
BATCH: Final = 25
_BAD_REQUEST: Final = frozenset({400, 404})
#: What the AppView calls an account that is no more. "Profile not found" may be an author who never
#: made one, so it is none of these: posts that are gone are found by their own re-check.
_GONE: Final = frozenset({"AccountTakedown", "AccountDeactivated"})
#: What nothing but a profile has beside did and handle.
_VIEWED: Final = frozenset({"labels", "viewer", "followersCount", "postsCount", "associated"})
_LISTS: Final = ("profiles", "actors")


@dataclass(slots=True)
class Profiles:
    """What an answer about actors held: profiles, and what could not be read."""

    found: list[Profile] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)


def to_profiles(answer: object, *, seen_at: datetime) -> Profiles:
    """The profiles of ``getProfiles``, ``getProfile`` or a search for actors. Never raises.

    An account said to be opened after it was seen has no date: its owner writes it.
    """
    profiles = Profiles()
    if not isinstance(answer, Mapping):
        return profiles
    views = [answer] if is_profile(answer) else []
    views += [one for name in _LISTS for one in _listed(answer, name)]
    for view in views:
        try:
            profiles.found.append(_to_profile(view, seen_at))
        except Malformed as error:
            profiles.malformed.append(error)
    return profiles


def is_profile(answer: Mapping[str, Any]) -> bool:
    """Whether an answer is one profile, not a session, a repository or an event."""
    return {"did", "handle"} <= answer.keys() and not _VIEWED.isdisjoint(answer)


def _listed(answer: Mapping[str, Any], name: str) -> list[Any]:
    listed = answer.get(name)
    return listed if isinstance(listed, list) else []


def _to_profile(view: object, seen_at: datetime) -> Profile:
    author = to_author(view) if isinstance(view, Mapping) else None
    if author is None or not isinstance(view, Mapping):
        kept = repr(view)[:KEPT_PAYLOAD]
        raise Malformed("not a profile of Bluesky: the actor has no did", kept)
    opened_at = read_optional_iso(view.get("createdAt"))
    if opened_at is not None and opened_at > seen_at:
        opened_at = None
    return Profile(author, to_labels(view), opened_at)


class ProfileReads:
    """Asks who authors are, by their did."""

    def __init__(self, client: HttpClient, *, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock

    def read_profiles(
        self, account_ids: Sequence[str], *, budget: Budget
    ) -> Iterator[ProfileAnswer]:
        """One answer for each 25; who is missing is asked for alone, to learn why."""
        purse = Purse(budget)
        dids = list(dict.fromkeys(one for one in account_ids if one.startswith("did:")))
        for start in range(0, len(dids), BATCH):
            asked = dids[start : start + BATCH]
            purse.ask(Cost(requests=1))
            answer = self._client.get_json(
                "/xrpc/app.bsky.actor.getProfiles", {"actors": asked}
            ).data
            cost = self._client.take_cost()
            purse.pay(cost)
            if not isinstance(answer, Mapping) or not isinstance(answer.get("profiles"), list):
                raise Unavailable("Bluesky's AppView answered without profiles")
            profiles = to_profiles(answer, seen_at=self._now())
            shown = [one for one in profiles.found if one.author.external_id in asked]
            there = {one.author.external_id for one in shown}
            missing = [did for did in asked if did not in there]
            yield ProfileAnswer(
                tuple(did for did in asked if did in there), tuple(shown),
                malformed=tuple(profiles.malformed), cost=cost,
            )  # fmt: skip
            for did in missing:
                purse.ask(Cost(requests=1))
                alone = self._ask_alone(did)
                purse.pay(alone.cost)
                yield alone

    @staticmethod
    def plan_profiles(count: int) -> Plan:
        """How many requests for so many authors."""
        requests = -(-count // BATCH)
        what = f"GET /xrpc/app.bsky.actor.getProfiles: {requests} requests for {count} authors"
        return Plan(
            (what,) if count else (), Cost(requests=requests),
            ("who is missing from an answer is asked for alone",) if count else
            ("every author of what matched was asked for lately",),
        )  # fmt: skip

    def _ask_alone(self, did: str) -> ProfileAnswer:
        answer = self._client.get_json(
            "/xrpc/app.bsky.actor.getProfile", {"actor": did}, accept=_BAD_REQUEST
        )
        cost = self._client.take_cost()
        if answer.status in _BAD_REQUEST:
            gone = (Ref(NETWORK, None, did, account=True),) if _is_gone(answer.data) else ()
            return ProfileAnswer((did,), deletions=gone, cost=cost)
        profiles = to_profiles(answer.data, seen_at=self._now())
        shown = tuple(one for one in profiles.found if one.author.external_id == did)
        return ProfileAnswer((did,), shown, malformed=tuple(profiles.malformed), cost=cost)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _is_gone(answer: Any) -> bool:
    return isinstance(answer, Mapping) and answer.get("error") in _GONE
