"""The door before every page: who asks, and whether this route is theirs to open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from anyio import to_thread
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from app.access.sessions import Visit, find_session, note_seen
from app.access.tokens import find_token, note_used
from app.access.who import ANYONE, OPEN, Who
from app.bootstrap import Workspace
from app.web.kept import KeptWhile, look
from app.web.turnstile import Turnstile

COOKIE: Final = "session"
_KEY: Final = "who"


class Door(ASGIMiddleware):
    """Finds out who asks. A route opens only to those its ``allow`` names; without one, to nobody.

    Somebody who is signed in but not allowed is told 404, as for an address that is not there:
    what others have is nothing to guess at.
    """

    def __init__(
        self, workspace: Workspace, clock: Callable[[], datetime], *, opened: bool
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._opened = opened
        self._turnstile = Turnstile(workspace.settings.web.requests_per_minute)
        self._visits: KeptWhile[Visit] = KeptWhile()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let in, ask to sign in, or know nothing of this address."""
        if scope["type"] == ScopeType.HTTP:
            handler: Any = scope["route_handler"]
            allow = handler.opt.get("allow", ())
            who = OPEN if self._opened else await self._find(scope)
            if not self._opened and handler.opt.get("counted", True):
                self._turnstile.check(_name(scope, who))
            scope.setdefault("state", {})[_KEY] = who
            if allow != ANYONE:
                if who is None:
                    raise NotAuthorizedException
                scope_wanted = handler.opt.get("scope")
                if who.scopes is not None and scope_wanted not in who.scopes:
                    raise NotFoundException
                if who.role not in allow:
                    raise NotFoundException
        await next_app(scope, receive, send)

    async def _find(self, scope: Scope) -> Who | None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        bearer = connection.headers.get("authorization", "")
        if bearer.lower().startswith("bearer "):
            return await to_thread.run_sync(self._by_token, bearer[7:].strip())
        token = connection.cookies.get(COOKIE, "")
        if not token:
            return None
        now = self._clock()
        state = await look(self._workspace.db.watch, scope)
        visit = self._visits.find(state, token)
        if visit is None or visit.is_worth_noting(now):
            visit = await to_thread.run_sync(self._by_cookie, token, now)
            if visit is not None:
                self._visits.keep(state, token, visit)
        return visit.who if visit is not None and visit.lasts(now) else None

    def _by_token(self, token: str) -> Who | None:
        now = self._clock()
        with self._workspace.db.read() as session:
            found = find_token(session, token, now=now)
        if found is None:
            return None
        who, noting = found
        if noting is not None:
            with self._workspace.db.write() as session:
                note_used(session, noting, now=now)
        return who

    def _by_cookie(self, token: str, now: datetime) -> Visit | None:
        settings = self._workspace.settings.access
        with self._workspace.db.read() as session:
            visit = find_session(session, token, now=now, settings=settings)
        if visit is not None and visit.is_worth_noting(now) and visit.who.session_id is not None:
            with self._workspace.db.write() as session:
                note_seen(session, visit.who.session_id, now=now)
        return visit


def _name(scope: Scope, who: Who | None) -> str:
    """Who is counted: a user, else the address the request came from."""
    if who is not None:
        return f"user {who.user_id}"
    client = scope.get("client")
    return f"address {client[0] if client else ''}"


def read_who(connection: ASGIConnection[Any, Any, Any, Any]) -> Who | None:
    """Who asks; ``None`` for somebody not signed in."""
    found: Who | None = connection.scope.get("state", {}).get(_KEY)
    return found


def require_who(connection: ASGIConnection[Any, Any, Any, Any]) -> Who:
    """Who asks, behind a door that lets nobody else in."""
    who = read_who(connection)
    if who is None:
        raise NotAuthorizedException
    return who
