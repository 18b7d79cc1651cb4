"""What stands before and around every page: whose host it is, and headers for the browser."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.exceptions import ClientException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; frame-ancestors 'none'; "
    "base-uri 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def is_loopback(bound_to: str) -> bool:
    """Whether only this machine reaches that address."""
    return bound_to in _LOOPBACK | {"::1"}


def public_host(public_url: str) -> str:
    """The host of the address that people use; empty without one."""
    return (urlsplit(public_url).hostname or "").lower()


class HostGuard(ASGIMiddleware):
    """Bound to loopback, answer only to loopback's names.

    Otherwise a page elsewhere could point its own name at 127.0.0.1 (DNS rebinding) and read ours.
    """

    def __init__(self, bound_to: str, public_host: str = "") -> None:
        self._closed = is_loopback(bound_to)
        # a proxy on this machine passes on the name that people use
        self._names = _LOOPBACK | ({public_host} if public_host else set())

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Refuse another site's name."""
        if self._closed and scope["type"] == ScopeType.HTTP:
            host = Headers.from_scope(scope).get("host", "")
            name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
            if name.lower() not in self._names:
                raise ClientException("host")
        await next_app(scope, receive, send)


def add_security_headers(message: Message, *, is_https: bool = False) -> None:
    """The same strict headers on every answer; over https, that it stays so."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        if is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
