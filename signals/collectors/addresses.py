"""Which addresses may be asked: no loopback, private or link-local ones behind a public name.

A name is resolved once, every address it has is judged, and the connection goes to the address that
was judged: a name that changes its mind in between (DNS rebinding) gains nothing by it.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

from signals.collectors.contract import Misconfigured

Resolve = Callable[[str, int], list[str]]

#: Addresses of one name that are tried in turn.
_TRIED: Final = 4
PORTS: Final = frozenset({80, 443, 8080, 8443})
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: Not private by the books, yet never a place for posts: Azure's host, and what embeds IPv4.
_REFUSED: Final[tuple[_Network, ...]] = (
    ipaddress.ip_network("168.63.129.16/32"),
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
)


def is_public(address: str) -> bool:
    """Whether a literal address is one of the public internet."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if any(parsed in network for network in _REFUSED if network.version == parsed.version):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def port_of(url: str) -> int:
    """The port an address is asked at; 0 for one that cannot be."""
    parts = urlsplit(url)
    try:
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return 0


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: whose an address is."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), port_of(url)


def is_allowed(host: str, port: int, allow_hosts: Sequence[str]) -> bool:
    """Whether the operator named this host, or host and port, as one of their own."""
    bare = host.strip("[]").lower()
    return any(one.lower() in {bare, f"{bare}:{port}", f"[{bare}]:{port}"} for one in allow_hosts)


def check_address(url: str, *, allow_hosts: Sequence[str] = ()) -> SplitResult:
    """The parts of an address a person typed, refused where it can never be asked.

    Looks nothing up. Raises ``Misconfigured``, which names the host and never the rest.
    """
    parts, port = _split(url)
    host = parts.hostname
    if parts.scheme not in {"http", "https"} or not host:
        raise _refusal("it must begin with https:// or http:// and name a host", host)
    if is_allowed(host, port, allow_hosts):
        return parts
    if parts.username is not None or parts.password is not None:
        raise _refusal("a user name or password must not stand in it", host)
    if port not in PORTS:
        raise _refusal(f"port {port} is not one of {', '.join(map(str, sorted(PORTS)))}", host)
    _refuse_private(host)
    return parts


def check_stream(url: str, *, allow_hosts: Sequence[str] = ()) -> None:
    """Refuse the address of a stream (``wss://``) that can never be asked; any port may serve one.

    Looks nothing up. Raises ``Misconfigured``, which names the host and never the rest.
    """
    parts, port = _split(url)
    host = parts.hostname
    if not host:
        raise _refusal("it must name a host")
    if not is_allowed(host, port, allow_hosts):
        _refuse_private(host)


def _split(url: str) -> tuple[SplitResult, int]:
    """An address's parts, and the port that is asked."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or (443 if parts.scheme in {"https", "wss"} else 80)
    except ValueError:
        raise _refusal("it is not an address") from None
    return parts, port


def _refuse_private(host: str) -> None:
    is_here = host == "localhost" or host.endswith(".localhost")
    if is_here or (_is_literal(host) and not is_public(host)):
        raise _refusal("it is not on the public internet", host)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _refusal(why: str, host: str | None = None) -> Misconfigured:
    named = f" ({host[:100]})" if host else ""
    return Misconfigured(f"An administrator must correct the source's address{named}: {why}.")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def find_public(
    host: str, port: int, *, allow_hosts: Sequence[str] = (), lookup: Resolve = resolve
) -> list[str]:
    """The addresses of a name that may be connected to, in the system's order of preference.

    Raises ``Misconfigured`` where one of them is not public and nobody allowed the host,
    ``OSError`` or ``UnicodeError`` where there is none.
    """
    addresses = lookup(host, port)
    if not is_allowed(host, port, allow_hosts) and not all(map(is_public, addresses)):
        raise _refusal("its name leads to an address that is not on the public internet", host)
    if not addresses:
        raise OSError("the name has no address")
    return addresses[:_TRIED]


class PinnedTransport(httpx.BaseTransport):
    """Connects to the address that was judged, under the name that was asked for.

    Raises ``Misconfigured`` for what may not be asked, ``httpx.ConnectError`` where a name has no
    address or none answers.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        *,
        allow_hosts: Sequence[str] = (),
        lookup: Resolve = resolve,
    ) -> None:
        self._inner = inner
        self._allow_hosts = tuple(allow_hosts)
        self._lookup = lookup

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Judge, pin, send; the next address is tried where one does not answer."""
        url = request.url
        check_address(str(url), allow_hosts=self._allow_hosts)
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = find_public(
                url.host, port, allow_hosts=self._allow_hosts, lookup=self._lookup
            )
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"the name has no address: {error}") from None
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        failure: httpx.TransportError = httpx.ConnectError("the name has no address")
        for address in addresses:
            request.url = url.copy_with(host=address)
            try:
                return self._inner.handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    def close(self) -> None:
        """Close every connection."""
        self._inner.close()
