"""The one HTTP client of collectors that need no library: bounded, guarded, and in our words.

How a network module uses it::

    def _mastodon(settings: CollectorSettings) -> Collector:            # registry.py
        from signals.collectors.mastodon import MastodonCollector
        client = open_http(settings, name="Mastodon", base_url="https://mastodon.social",
                           secret_headers={"Authorization": bearer})
        return MastodonCollector(client, clock=settings.clock, max_seconds=settings.max_seconds)

    answer = client.get_json("/api/v1/timelines/tag/x", {"limit": 40})  # in collect()
    answer.data, answer.headers["link"], answer.status

What goes wrong comes out as the contract's errors, see ``answers.find_fault``; a collector catches
``Gone`` where a single post was asked for. Statuses named in ``accept`` come back as an ``Answer``
instead, for networks that mean something of their own by them.
"""

from __future__ import annotations

import ssl
import weakref
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit

import httpx
from pydantic import SecretStr

from signals.collectors.addresses import (
    PinnedTransport,
    Resolve,
    check_address,
    is_allowed,
    origin_of,
    port_of,
    resolve,
)
from signals.collectors.answers import find_fault, find_words, redact
from signals.collectors.bodies import NOT_MODIFIED, Answer, Limits, decode_body, read_body
from signals.collectors.contract import CollectorError, Cost, Misconfigured, Unavailable
from signals.collectors.deadline import BoundedTransport, Deadline
from signals.collectors.settings import CollectorSettings

_MAX_REDIRECTS: Final = 5
#: How often the read timeout fits into one request with its redirects, by the wall clock.
_SLOWEST: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})

Params = Mapping[str, Any]
_NO_PARAMS: Params = MappingProxyType({})
_NO_SECRETS: Mapping[str, SecretStr] = MappingProxyType({})


@dataclass(slots=True)
class _Asked:
    """One request on its way through redirects."""

    url: str
    params: dict[str, Any]
    headers: dict[str, str]
    permanent: bool = True
    hops: int = 0
    moved_to: str | None = field(default=None)


class HttpClient:
    """Asks one network; not thread-safe in its count of requests (``sent``: ever), one per run.

    ``base_url`` may hold a path; a path asked for is appended to it, a full address is taken as it
    is. ``secret_headers`` and ``secret_params`` go to the base address's host alone, never over
    plain ``http`` (hosts of ``allow_hosts`` apart), and stand in no error. Redirects are followed
    on the same host; with ``cross_host`` (feeds) also elsewhere, without credentials and judged
    again.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        clock: Callable[[], float],
        user_agent: str,
        headers: Mapping[str, str] | None = None,
        secret_headers: Mapping[str, SecretStr] = _NO_SECRETS,
        secret_params: Mapping[str, SecretStr] = _NO_SECRETS,
        allow_hosts: Sequence[str] = (),
        cross_host: bool = False,
        limits: Limits | None = None,
        lookup: Resolve = resolve,
    ) -> None:
        self.name = name
        self.base_url = base_url.strip().rstrip("/")
        self.requests = 0
        self.sent = 0
        self._clock = clock
        self._limits = limits or Limits()
        self._allow_hosts = tuple(allow_hosts)
        self._cross_host = cross_host
        self._secret_headers = dict(secret_headers)
        self._secret_params = dict(secret_params)
        self._home = origin_of(check_address(self.base_url, allow_hosts=allow_hosts).geturl())
        self._deadline = Deadline()
        transport = PinnedTransport(
            BoundedTransport(
                self._deadline,
                context=_tls(),
                # pooled by address: another name at the same address must not get this one's line
                keepalive=0 if cross_host else 5,
            ),
            allow_hosts=allow_hosts,
            lookup=lookup,
        )
        timeout = httpx.Timeout(self._limits.read_timeout, connect=self._limits.connect_timeout)
        self._client = httpx.Client(
            transport=transport,
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,  # neither proxies nor passwords of the machine
            headers={
                "User-Agent": user_agent,
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                **(headers or {}),
            },
        )

        # A run that is broken off leaves its client behind: its connections end with it.
        weakref.finalize(self, self._client.close)

    def get_json(
        self,
        path: str,
        params: Params = _NO_PARAMS,
        *,
        headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = frozenset(),
    ) -> Answer:
        """The JSON document at a path. A parameter that is ``None`` is left out."""
        return self._ask(path, params, headers, accept, wants_json=True)

    def get_bytes(
        self,
        path: str,
        params: Params = _NO_PARAMS,
        *,
        headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = frozenset(),
    ) -> Answer:
        """Whatever stands at a path, as bytes; 304 is an answer (``is_unchanged``)."""
        return self._ask(path, params, headers, accept, wants_json=False)

    def take_cost(self) -> Cost:
        """The requests made since this was last asked, for the page they went into."""
        cost, self.requests = Cost(requests=self.requests), 0
        return cost

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(
        self,
        path: str,
        params: Params,
        headers: Mapping[str, str] | None,
        accept: frozenset[int],
        *,
        wants_json: bool,
    ) -> Answer:
        url = path if "://" in path else f"{self.base_url}/{path.lstrip('/')}".rstrip("/")
        given = {name: value for name, value in params.items() if value is not None}
        asked = _Asked(url, given, dict(headers or {}))
        self._deadline.start(self._limits.total_timeout)
        while True:
            status, found, body = self._send(asked)
            if status not in _REDIRECTS or status in accept:
                break
            self._follow(asked, status, found.get("location", ""))
        data, fault = None, None
        if wants_json or status >= 400:
            data, fault = decode_body(body)
        if status in accept or (status == NOT_MODIFIED and not wants_json):
            return Answer(status, found, data, body, asked.moved_to)
        error = find_fault(
            status,
            name=self.name,
            headers=found,
            body=data,
            now=datetime.fromtimestamp(self._clock(), UTC),
            said=self._redact(find_words(data)),
        )
        if error is not None:
            raise error
        if wants_json and fault:
            raise Unavailable(f"{self.name} answered {status} with {fault}")
        return Answer(status, found, data, body, asked.moved_to)

    def _send(self, asked: _Asked) -> tuple[int, Mapping[str, str], bytes]:
        headers, params = dict(asked.headers), dict(asked.params)
        if origin_of(asked.url) == self._home:
            self._refuse_plain(asked.url)
            headers |= {k: v.get_secret_value() for k, v in self._secret_headers.items()}
            params |= {k: v.get_secret_value() for k, v in self._secret_params.items()}
        self.requests += 1
        self.sent += 1
        try:
            request = self._client.build_request(
                "GET",
                httpx.URL(asked.url).copy_merge_params(params),  # params= would drop its own
                headers=headers,
            )
            response = self._client.send(request, stream=True)
            try:
                body = read_body(
                    response,
                    name=self.name,
                    max_bytes=self._limits.max_bytes,
                    deadline=self._deadline,
                )
            finally:
                response.close()
        except CollectorError:
            raise
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise self._bad_address("it cannot be read") from None
        except (httpx.HTTPError, zlib.error, OSError) as error:
            if self._deadline.is_over:
                raise Unavailable(f"{self.name} took too long to answer") from None
            # the library's words may quote the address with its parameters
            raise Unavailable(f"{self.name} cannot be reached: {type(error).__name__}") from None
        found = {name.lower(): value for name, value in response.headers.items()}
        return response.status_code, MappingProxyType(found), body

    def _follow(self, asked: _Asked, status: int, location: str) -> None:
        """Turn a request to where it was redirected; refuses what is not ours to follow."""
        asked.hops += 1
        target = urljoin(asked.url, location)
        if not location or asked.hops > _MAX_REDIRECTS:
            raise self._bad_address("the server sends us round in circles")
        before, after = urlsplit(asked.url), urlsplit(target)
        same = before.hostname == after.hostname and port_of(target) in {
            port_of(asked.url),
            443,
        }
        downgraded = before.scheme == "https" and after.scheme != "https"
        if downgraded or (not same and not self._cross_host):
            raise self._bad_address(f"it redirects to {(after.hostname or 'nowhere')[:100]}")
        check_address(target, allow_hosts=self._allow_hosts)
        asked.permanent = asked.permanent and status in _PERMANENT
        asked.moved_to = target if asked.permanent else None
        asked.url, asked.params = target, {}

    def _refuse_plain(self, url: str) -> None:
        if not (self._secret_headers or self._secret_params):
            return
        parts = urlsplit(url)
        port = port_of(url)
        if parts.scheme != "https" and not is_allowed(
            parts.hostname or "", port, self._allow_hosts
        ):
            raise self._bad_address("credentials are only sent over https")

    def _bad_address(self, why: str) -> Misconfigured:
        host = urlsplit(self.base_url).hostname or "no host"
        return Misconfigured(
            f"An administrator must correct the address of {self.name} ({host}): {why}."
        )

    def _redact(self, text: str) -> str:
        values = [*self._secret_headers.values(), *self._secret_params.values()]
        words = [word for value in values for word in value.get_secret_value().split()]
        return redact(text, [*(value.get_secret_value() for value in values), *words])


@cache
def _tls() -> ssl.SSLContext:
    """The one set of trusted authorities: reading it takes longer than a whole request."""
    return httpx.create_ssl_context(trust_env=False)


def open_http(
    settings: CollectorSettings,
    *,
    name: str,
    base_url: str,
    headers: Mapping[str, str] | None = None,
    secret_headers: Mapping[str, SecretStr] = _NO_SECRETS,
    secret_params: Mapping[str, SecretStr] = _NO_SECRETS,
    cross_host: bool = False,
) -> HttpClient:
    """A client as the source's settings want it; ``base_url`` is used where they name none.

    ``settings.close()`` closes it. Raises ``Misconfigured`` for an address that may not be asked.
    """
    client = HttpClient(
        settings.url or base_url,
        name=name,
        clock=settings.clock,
        user_agent=settings.user_agent,
        headers=headers,
        secret_headers=secret_headers,
        secret_params=secret_params,
        allow_hosts=settings.allow_hosts,
        cross_host=cross_host,
        limits=Limits(
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            total_timeout=_SLOWEST * settings.read_timeout,
            max_bytes=settings.max_response_bytes,
        ),
    )
    settings.closers.append(client.close)
    settings.meters.append(lambda: client.sent)
    return client
