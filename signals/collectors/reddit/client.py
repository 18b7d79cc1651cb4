"""PRAW, asked for raw JSON: within bounds, never sleeping, none of it crossing the seam.

PRAW paces and retries by sleeping, and its objects ask the network when an attribute is missing.
Here its session sees neither rate limits nor server faults: both become our errors at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import praw
import prawcore
import requests

from signals.collectors.answers import find_fault, find_words, redact
from signals.collectors.contract import CollectorError, Cost, Gone, RateLimited, Unavailable
from signals.collectors.reddit.things import NETWORK
from signals.collectors.sessions import name_failure, open_adapter, secrets_of
from signals.collectors.settings import CollectorSettings

OAUTH_URL: Final = "https://oauth.reddit.com"
SITE_URL: Final = "https://www.reddit.com"
_SECRETS: Final = ("client_id", "client_secret")
_LIMITS: Final = ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset")


class _Faulty(requests.RequestException):
    """An answer that PRAW would ask for again after a sleep."""


class RedditClient:
    """Asks Reddit for JSON by path; one for each worker, since PRAW is not safe across threads."""

    def __init__(self, settings: CollectorSettings) -> None:
        keys = {name: settings.secret(NETWORK, name).get_secret_value() for name in _SECRETS}
        self._clock = settings.clock
        self._secrets = secrets_of(settings, _SECRETS)
        self._wait_until: datetime | None = None
        self._last: requests.Response | None = None
        session, self._adapter = open_adapter(
            settings, name="Reddit", base_url=OAUTH_URL, on_answer=self._look
        )
        if not settings.url:  # tokens are given out by another host than data
            site, site_adapter = open_adapter(
                settings, name="Reddit", base_url=SITE_URL, on_answer=self._look
            )
            del site
            session.mount(SITE_URL, site_adapter)
        base = settings.url.rstrip("/")
        self._reddit = praw.Reddit(
            client_id=keys["client_id"],
            client_secret=keys["client_secret"],
            username=None,  # these four would otherwise come from praw.ini or the environment
            password=None,
            refresh_token=None,
            redirect_uri=None,
            user_agent=_name(settings),
            requestor_kwargs={"session": session},
            oauth_url=base or OAUTH_URL,
            reddit_url=base or SITE_URL,
            short_url=base or "https://redd.it",
            check_for_updates=False,
            check_for_async=False,
        )

    def get(self, path: str, **params: Any) -> Any:
        """The decoded JSON at a path. Raises the contract's errors only."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        if self._wait_until is not None and now < self._wait_until:
            raise RateLimited(self._wait_until, "Reddit's limit for these minutes is used up")
        given: dict[str, str | int] = {"raw_json": 1}
        given |= {name: value for name, value in params.items() if value is not None}
        self._last = None
        try:
            return self._reddit.request(method="GET", path=path, params=given)
        except prawcore.Redirect:
            raise Gone(
                "An administrator must correct the source: Reddit has no such community."
            ) from None
        except (prawcore.OAuthException, prawcore.InvalidToken, prawcore.InsufficientScope):
            raise self._fault(now, status=401) from None
        except prawcore.RequestException as error:
            original = error.original_exception
            if isinstance(original, _Faulty):
                raise self._fault(now) from None
            if isinstance(original, CollectorError):  # refused by us before anything was sent
                raise original from None
            raise Unavailable(f"Reddit cannot be reached: {name_failure(original)}") from None
        except (prawcore.PrawcoreException, praw.exceptions.PRAWException, ValueError, KeyError,
                TypeError, AttributeError):  # fmt: skip
            # PRAW reads bodies and headers before it raises, and fails on those it does not expect.
            raise self._fault(now) from None

    def take_cost(self) -> Cost:
        """The requests made since this was last asked."""
        return self._adapter.take_cost()

    def _look(self, response: requests.Response) -> None:
        """Keep the limits to ourselves, and stop what PRAW would repeat."""
        self._last = response
        found = {name: response.headers.pop(name, None) for name in _LIMITS}
        remaining, reset = _number(found[_LIMITS[0]]), _number(found[_LIMITS[2]])
        now = datetime.fromtimestamp(self._clock(), UTC)
        used_up = remaining is not None and remaining < 1 and reset is not None
        self._wait_until = now + timedelta(seconds=min(reset, 3600)) if used_up and reset else None
        if response.status_code == 429 and reset is not None:
            response.headers.setdefault("retry-after", str(int(reset) + 1))
        if response.status_code >= 500 or response.status_code in {408, 429}:
            raise _Faulty

    def _fault(self, now: datetime, status: int | None = None) -> CollectorError:
        last = self._last
        if status is None:
            status = last.status_code if last is not None else 0
        body: Any = None
        headers: Mapping[str, str] = {}
        if last is not None:
            headers = last.headers
            try:
                body = last.json()
            except ValueError:
                body = None
        reason = body.get("reason") if isinstance(body, dict) else None
        said = redact(str(reason or find_words(body)), self._secrets)
        fault = find_fault(status, name="Reddit", headers=headers, body=body, now=now, said=said)
        return fault or Unavailable("Reddit answered something that is no JSON")


def _name(settings: CollectorSettings) -> str:
    """The user agent in the form Reddit asks for, where the source names the account."""
    account = str(settings.options.get("account", "")).removeprefix("/").removeprefix("u/")
    if not account:
        return f"python:{settings.user_agent}"
    return f"python:{settings.user_agent} (by /u/{account})"


def _number(value: str | None) -> float | None:
    try:
        return max(0.0, float(value)) if value is not None else None
    except ValueError:
        return None
