"""Tweepy, asked for raw JSON: within bounds, and with nothing of it crossing the seam.

Tweepy's own waiting is off: without a reset header it asks again at once, until it breaks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import requests
import tweepy

from signals.collectors.answers import find_fault, find_words, redact
from signals.collectors.contract import CollectorError, Cost, Misconfigured, Unavailable
from signals.collectors.sessions import name_failure, open_adapter, secrets_of
from signals.collectors.settings import CollectorSettings
from signals.collectors.x.posts import NETWORK

BASE_URL: Final = "https://api.x.com"
#: What is asked of a post; all of it comes without a price of its own.
POST_FIELDS: Final = (
    "author_id,community_id,conversation_id,created_at,edit_history_tweet_ids,lang,note_tweet,"
    "possibly_sensitive,public_metrics,referenced_tweets"
)
USER_FIELDS: Final = "description,name,protected,username"
_OAUTH1: Final = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
_RESET: Final = "x-rate-limit-reset"
_ALL: Final = ("bearer_token", "user_token", *_OAUTH1)
# Tweepy writes every request's headers, the token among them, at the level DEBUG.
logging.getLogger("tweepy").setLevel(logging.INFO)


class BadRequest(Misconfigured):
    """X could not use parameters of a request; ``parameters`` are their names."""

    def __init__(self, who_must_do_what: str, parameters: frozenset[str]) -> None:
        super().__init__(who_must_do_what)
        self.parameters = parameters


class XClient:
    """The few questions asked of X, each answered by one JSON object.

    With a user's token (``user_token`` of OAuth 2.0, or the four of OAuth 1.0a) also who liked.
    """

    def __init__(self, settings: CollectorSettings) -> None:
        token = settings.secret(NETWORK, "bearer_token").get_secret_value()
        session, self._adapter = open_adapter(
            settings, name="X", base_url=BASE_URL, on_answer=_prepare
        )
        self._clock = settings.clock
        self._secrets = secrets_of(settings, _ALL)
        self._app = _open(session, settings.user_agent, bearer_token=token)
        self._user, self._is_oauth1 = self._open_user(session, settings)

    @property
    def may_see_likes(self) -> bool:
        """Whether a user's token is there: X shows who liked to nobody else."""
        return self._user is not None

    def search(self, query: str, **params: Any) -> dict[str, Any]:
        """A page of recent search, newest first."""
        return self._ask(self._app.search_recent_tweets, query, sort_order="recency",
                         tweet_fields=POST_FIELDS, **params)  # fmt: skip

    def count(self, query: str, **params: Any) -> dict[str, Any]:
        """How many posts a search would find, hour by hour."""
        return self._ask(self._app.get_recent_tweets_count, query, granularity="hour", **params)

    def lookup(self, ids: Sequence[str], **params: Any) -> dict[str, Any]:
        """Up to 100 posts by id; the missing ones stand in ``errors``."""
        return self._ask(self._app.get_tweets, list(ids), tweet_fields=POST_FIELDS, **params)

    def quotes(self, post_id: str, **params: Any) -> dict[str, Any]:
        """A page of posts that quote one."""
        return self._ask(self._app.get_quote_tweets, post_id, tweet_fields=POST_FIELDS, **params)

    def reposters(self, post_id: str, **params: Any) -> dict[str, Any]:
        """A page of people who reposted one."""
        return self._ask(self._app.get_retweeters, post_id, user_fields=USER_FIELDS, **params)

    def likers(self, post_id: str, **params: Any) -> dict[str, Any]:
        """A page of people who liked one: at most 100 for all time, by X's rule."""
        assert self._user is not None
        return self._ask(self._user.get_liking_users, post_id, user_auth=self._is_oauth1,
                         user_fields=USER_FIELDS, **params)  # fmt: skip

    def mentions(self, user_id: str, **params: Any) -> dict[str, Any]:
        """A page of posts that mention an account, newest first."""
        return self._ask(self._app.get_users_mentions, user_id, tweet_fields=POST_FIELDS, **params)

    def timeline(self, user_id: str, **params: Any) -> dict[str, Any]:
        """A page of an account's own posts, newest first."""
        return self._ask(self._app.get_users_tweets, user_id, tweet_fields=POST_FIELDS, **params)

    def user(self, username: str) -> dict[str, Any]:
        """One account by its handle."""
        return self._ask(self._app.get_user, username=username, user_fields=USER_FIELDS)

    def take_cost(self) -> Cost:
        """The requests made since this was last asked."""
        return self._adapter.take_cost()

    def _ask(self, question: Callable[..., Any], *args: Any, **params: Any) -> dict[str, Any]:
        given = {name: value for name, value in params.items() if value is not None}
        self._adapter.last = None
        try:
            answer = question(*args, **given)
        except requests.JSONDecodeError:
            raise Unavailable("X answered something that is no JSON") from None
        except requests.RequestException as error:
            raise Unavailable(f"X cannot be reached: {name_failure(error)}") from None
        except (tweepy.TweepyException, ValueError, TypeError, AttributeError, KeyError):
            # Tweepy reads an error's body before it raises, and fails on bodies it does not expect.
            raise self._fault() from None
        if not isinstance(answer, dict):
            raise Unavailable("X answered something that is no page")
        return answer

    def _fault(self) -> CollectorError:
        last = self._adapter.last
        if last is None:
            return Unavailable("X cannot be reached")
        try:
            body: Any = last.json()
        except ValueError:
            body = None
        said = redact(find_words(body), self._secrets)
        if last.status_code == 400:
            return BadRequest(
                f"An administrator must correct the topic's query for X ({said[:160]}).",
                _bad_parameters(body),
            )
        now = datetime.fromtimestamp(self._clock(), UTC)
        fault = find_fault(
            last.status_code, name="X", headers=last.headers, body=body, now=now, said=said
        )
        return fault or Unavailable(f"X answered {last.status_code}")

    def _open_user(
        self, session: requests.Session, settings: CollectorSettings
    ) -> tuple[Any | None, bool]:
        values = {name: secrets_of(settings, [name]) for name in ("user_token", *_OAUTH1)}
        if values["user_token"]:
            token = values["user_token"][0]
            return _open(session, settings.user_agent, bearer_token=token), False
        if all(values[name] for name in _OAUTH1):
            keys = {name: values[name][0] for name in _OAUTH1}
            return _open(session, settings.user_agent, **keys), True
        return None, False


def _prepare(response: requests.Response) -> None:
    """Take away what tweepy fails on, and where ``requests`` would follow a redirect to."""
    if not response.headers.get(_RESET, "0").isdigit():
        del response.headers[_RESET]
    if 300 <= response.status_code < 400:
        response.headers.pop("location", None)


def _open(session: requests.Session, user_agent: str, **keys: str) -> Any:
    client = tweepy.Client(**keys, return_type=dict, wait_on_rate_limit=False)
    client.session = session
    client.user_agent = user_agent
    return client


def _bad_parameters(body: object) -> frozenset[str]:
    """The names of the parameters X complains of; its words change, their place does not."""
    errors = body.get("errors") if isinstance(body, dict) else None
    names: set[str] = set()
    for error in errors if isinstance(errors, list) else ():
        parameters = error.get("parameters") if isinstance(error, dict) else None
        if isinstance(parameters, dict):
            names.update(str(name) for name in parameters)
    return frozenset(names)
