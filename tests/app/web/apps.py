"""Applications lent to one test after the other: putting the routes together is what takes time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from litestar import Litestar

from app.bootstrap import Workspace
from app.web.application import assemble
from app.web.served import Served

_FREE: list[tuple[Served, Litestar]] = []


class Apps:
    """Gives a test as many as it asks for; what was lent is free for the next test afterwards."""

    def __init__(self) -> None:
        self._lent: list[tuple[Served, Litestar]] = []

    def lend(self, workspace: Workspace, clock: Callable[[], datetime]) -> Litestar:
        """The application of a workspace, as ``create_app`` makes it."""
        fresh = Served(workspace, clock)
        served, app = _FREE.pop() if _FREE else (fresh, assemble(fresh))
        self._lent.append((served, app))
        if served is not fresh:
            vars(served.csrf).update(vars(fresh.csrf))  # the routes hold that one
            vars(served).update(vars(fresh) | {"csrf": served.csrf})
            app.state.clear()
            app.state.update(served.state)
        return app

    def take_back(self) -> None:
        """Everything lent is free again."""
        _FREE.extend(self._lent)
        self._lent.clear()
