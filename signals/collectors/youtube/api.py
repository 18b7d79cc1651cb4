"""The YouTube Data API v3: one method asked for, its two daily buckets, and what its errors mean.

Source: developers.google.com/youtube/v3/determine_quota_cost: search has a bucket of its own, every
other list costs a unit; both begin anew at midnight Pacific time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from signals.collectors.contract import (
    CollectorError,
    Cost,
    Forbidden,
    Gone,
    Misconfigured,
    OverBudget,
    RateLimited,
    Unavailable,
)
from signals.collectors.guards import Purse
from signals.collectors.http import HttpClient

#: What a day's bucket holds where the project was granted no more.
SEARCHES_A_DAY: Final = 100
UNITS_A_DAY: Final = 10_000
_PACIFIC: Final = "America/Los_Angeles"
_SEARCH: Final = "search"
_JUDGED: Final = frozenset({400, 403, 404})
_USED_UP: Final = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_FAST: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_KEY: Final = frozenset({"keyInvalid", "badRequest", "accessNotConfigured", "keyExpired"})
_NO_REASON: Final = "no reason given"
_LATER: Final = frozenset({"processingFailure", "backendError", "internalError"})


class CommentsDisabled(Forbidden):
    """A video's comments are switched off: that video is passed over."""


class TokenExpired(Misconfigured):
    """A page's token is not known any more: the list is read anew."""


class Spent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was asked for on one Pacific day, kept in the cursor where nothing else counts it."""

    day: str = ""
    searches: int = 0
    units: int = 0


@dataclass(slots=True)
class YouTubeApi:
    """Asks lists through ``client``, which holds the key, and counts both buckets in ``spent``."""

    client: HttpClient
    clock: Callable[[], float]
    searches_a_day: int = SEARCHES_A_DAY
    units_a_day: int = UNITS_A_DAY
    spent: Spent = field(default_factory=Spent)

    def begin(self, used: Mapping[str, float], spent: Spent | None = None) -> None:
        """Count on from what all collections used today, or from what a cursor knows of."""
        day = self._day()
        known = spent if spent is not None and spent.day == day else Spent(day)
        self.spent = Spent(
            day,
            max(known.searches, round(used.get("search", 0))),
            max(known.units, round(used.get("unit", 0))),
        )

    def may_search(self) -> bool:
        """Whether the day's searches are not used up."""
        return self._today().searches < self.searches_a_day

    def ask(self, what: str, purse: Purse, **params: Any) -> tuple[Mapping[str, Any], Cost]:
        """A page of a list and its cost. Raises the contract's errors."""
        today = self._today()
        is_search = what == _SEARCH
        used_up = (
            today.searches >= self.searches_a_day if is_search else today.units >= self.units_a_day
        )
        if used_up:
            raise OverBudget(self._renewed_at(), "today's part of YouTube's quota is used up")
        bucket = "search" if is_search else "unit"
        most = Cost(1, 1, by_resource=MappingProxyType({bucket: 1}))
        purse.ask(most)
        # a request that fails takes its unit as well
        self.spent = Spent(today.day, today.searches + is_search, today.units + (not is_search))
        purse.pay(most)
        answer = self.client.get_json(f"/youtube/v3/{what}", params, accept=_JUDGED)
        self.client.take_cost()
        if answer.status in _JUDGED:
            raise self._fault(answer.status, answer.data)
        if not isinstance(answer.data, Mapping):
            raise Unavailable("YouTube answered something that is no page")
        return answer.data, most

    def _today(self) -> Spent:
        day = self._day()
        return self.spent if self.spent.day == day else Spent(day)

    def _day(self) -> str:
        return datetime.fromtimestamp(self.clock(), ZoneInfo(_PACIFIC)).date().isoformat()

    def _renewed_at(self) -> datetime:
        now = datetime.fromtimestamp(self.clock(), ZoneInfo(_PACIFIC))
        tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return tomorrow.astimezone(UTC)

    def _fault(self, status: int, data: object) -> CollectorError:
        reason = _reason(data)
        if reason in _USED_UP:
            return OverBudget(self._renewed_at(), "YouTube's quota is used up")
        if reason in _TOO_FAST:
            return RateLimited(None, "YouTube asked us to slow down")
        if reason in _LATER:
            return Unavailable(f"YouTube cannot answer now ({reason})")
        if reason == "commentsDisabled":
            return CommentsDisabled("A manager must choose another video: comments are off.")
        if reason in {"invalidPageToken", "pageTokenInvalid"}:
            return TokenExpired("An administrator must reset the YouTube collection.")
        if reason in _KEY:
            return Misconfigured(f"An administrator must renew the key of YouTube ({reason}).")
        if status == 404 and reason == _NO_REASON:  # not YouTube's words: it says what is not there
            return Unavailable("YouTube answered 404 without saying what is not there")
        if status == 404:
            return Gone(f"An administrator must correct the YouTube source ({reason}).")
        if status == 403:
            return Forbidden(f"An administrator must check the YouTube source ({reason}).")
        return Misconfigured(f"An administrator must correct the YouTube source ({reason}).")


def _reason(data: object) -> str:
    """The word YouTube has for what went wrong; its sentences change."""
    error = data.get("error") if isinstance(data, Mapping) else None
    errors = error.get("errors") if isinstance(error, Mapping) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    reason = first.get("reason") if isinstance(first, Mapping) else None
    return reason[:60] if isinstance(reason, str) and reason.isalnum() else _NO_REASON
