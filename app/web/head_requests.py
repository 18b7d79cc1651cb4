"""HEAD on any page: what GET would answer, without its body."""

from __future__ import annotations

from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

#: Set in the scope of what was asked by HEAD: nobody reads what is answered.
_ASKED: Final = "warmlist.asked_by_head"


def was_head(scope: Any) -> bool:
    """Whether a request that arrives as GET was sent as HEAD."""
    return bool(scope.get(_ASKED))


def answer_head(app: ASGIApp) -> ASGIApp:
    """The same application, which takes HEAD wherever it takes GET.

    Routes name GET alone, and what they answer by is found before any middleware runs.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope.get("method") != "HEAD":
            await app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        asked = dict(scope) | {"method": "GET", _ASKED: True}
        await app(asked, receive, send_head)  # type: ignore[arg-type]  # a scope with another method

    return answer
