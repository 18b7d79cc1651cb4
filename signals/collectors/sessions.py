"""Sessions of the ``requests`` library for clients that bring no bounds of their own.

Tweepy sets no timeout and knows one host only; neither it nor prawcore limits an answer's size, and
neither asks where a name leads.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakSet

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from signals.collectors.addresses import (
    Resolve,
    check_address,
    find_public,
    is_allowed,
    resolve,
)
from signals.collectors.contract import CollectorError, Cost, Misconfigured
from signals.collectors.settings import CollectorSettings

_CHUNK: Final = 65_536
#: How often the read timeout fits into one request, by the wall clock.
_SLOWEST: Final = 3
_TOO_LONG: Final = "the answer took too long"
#: Sees every answer before the library does; may change its headers, or raise.
OnAnswer = Callable[[requests.Response], None]


class Unreachable(requests.RequestException):
    """No answer, or not a whole one; its words are a kind of failure, without any address.

    Not one of the errors that prawcore sleeps on and repeats.
    """


class BoundedAdapter(HTTPAdapter):
    """Sends everything to ``base``, within a time and a size; keeps the last answer.

    ``requests`` counts what was sent since it was last asked, ``sent`` ever. A connection goes to
    an address that was judged, under the name that was asked for (``addresses.find_public``).
    """

    def __init__(
        self,
        base: str,
        *,
        timeout: tuple[float, float],
        max_bytes: int,
        on_answer: OnAnswer | None = None,
        allow_hosts: Sequence[str] = (),
        lookup: Resolve = resolve,
    ) -> None:
        self._judge = partial(find_public, allow_hosts=tuple(allow_hosts), lookup=lookup)
        self.base = base.rstrip("/")
        self.requests = 0
        self.sent = 0
        self.last: requests.Response | None = None
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._on_answer = on_answer
        self._lines: WeakSet[socket.socket] = WeakSet()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """The library's pools, of connections that can be cut while they are waited for."""
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = _pools(self._lines, self._judge)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002 - the library's signature
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send and read the whole answer."""
        del stream, timeout, proxies
        parts = urlsplit(request.url or "")
        request.url = self.base + parts.path + (f"?{parts.query}" if parts.query else "")
        self.requests += 1
        self.sent += 1
        self.last = None
        over = threading.Event()
        # a read timeout starts anew with every byte: one that drips its headers would never end
        watch = threading.Timer(_SLOWEST * self._timeout[1], _cut, (self._lines, over))
        watch.daemon = True
        watch.start()
        try:
            response = super().send(
                request, stream=True, timeout=self._timeout, verify=verify, cert=cert, proxies={}
            )
            self._read(response)
        except (Unreachable, CollectorError):
            raise
        except requests.RequestException as error:
            why = _TOO_LONG if over.is_set() else type(error).__name__
            raise Unreachable(why) from None
        finally:
            watch.cancel()
        if over.is_set():  # what looks like the end of an answer may be our own cut
            response.close()
            raise Unreachable(_TOO_LONG)
        self.last = response
        if self._on_answer is not None:
            self._on_answer(response)
        return response

    def take_cost(self) -> Cost:
        """The requests made since this was last asked."""
        cost, self.requests = Cost(requests=self.requests), 0
        return cost

    def _read(self, response: requests.Response) -> None:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._max_bytes:
                response.close()
                raise Unreachable("the answer is too large")
        response._content = bytes(body)  # noqa: SLF001 - what ``content`` hands out


def _pools(
    lines: WeakSet[socket.socket], judge: Callable[[str, int], list[str]]
) -> dict[str, type[HTTPConnectionPool]]:
    """Pools by scheme whose connections stand in ``lines`` as long as they live.

    Each goes to the first address that ``judge`` lets through and that answers.
    """

    def dial(line: HTTPConnection, connect: Callable[[], socket.socket]) -> socket.socket:
        name = line.host
        try:
            addresses = judge(name, line.port or line.default_port)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(name, line, socket.gaierror(str(error))) from None
        failure: Exception | None = None
        for address in addresses:
            # where the library connects to, and until we say otherwise the name it verifies
            line.host = address
            try:
                return connect()
            except (NewConnectionError, ConnectTimeoutError) as error:
                failure = error
            finally:
                line.host = name
        assert failure is not None  # a name without any address was refused
        raise failure

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return dial(self, super()._new_conn)

        def connect(self) -> None:
            super().connect()
            lines.add(self.sock)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return dial(self, super()._new_conn)

        def connect(self) -> None:
            super().connect()
            lines.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _cut(lines: WeakSet[socket.socket], over: threading.Event) -> None:
    over.set()
    for line in list(lines):
        with contextlib.suppress(OSError):  # closed meanwhile
            line.shutdown(socket.SHUT_RDWR)


def open_adapter(
    settings: CollectorSettings, *, name: str, base_url: str, on_answer: OnAnswer | None = None
) -> tuple[requests.Session, BoundedAdapter]:
    """A session of which every request goes to the source's address, and what bounds it.

    Raises ``Misconfigured`` for an address that may not be asked or would show credentials.
    """
    base = (settings.url or base_url).strip()
    parts = check_address(base, allow_hosts=settings.allow_hosts)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme != "https" and not is_allowed(parts.hostname or "", port, settings.allow_hosts):
        raise Misconfigured(
            f"An administrator must correct the address of {name}: credentials need https."
        )
    adapter = BoundedAdapter(
        base,
        timeout=(settings.connect_timeout, settings.read_timeout),
        max_bytes=settings.max_response_bytes,
        on_answer=on_answer,
        allow_hosts=settings.allow_hosts,
    )
    session = requests.Session()
    session.trust_env = False  # neither proxies nor passwords of the machine
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    settings.closers.append(session.close)
    settings.meters.append(lambda: adapter.sent)
    return session, adapter


def name_failure(error: BaseException | None) -> str:
    """What went wrong in words that quote no address."""
    return str(error) if isinstance(error, Unreachable) else type(error).__name__


def secrets_of(settings: CollectorSettings, names: Sequence[str]) -> list[str]:
    """The values of these secrets that are set, to be kept out of messages."""
    found = [settings.secrets.get(name) for name in names]
    return [secret.get_secret_value() for secret in found if secret is not None]
