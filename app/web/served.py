"""What the pages of one workspace share in a process."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from litestar.config.csrf import CSRFConfig

from app.access.openid import OpenId
from app.bootstrap import Workspace
from app.mailing import is_mailing
from app.stock import Stock
from app.studio import Studio
from app.topic_scorers import load_topic_scorer
from app.web.door import Door
from app.web.guard import HostGuard, is_loopback, public_host
from app.web.kept import KeptPages
from config.errors import Refused
from models import WorkspaceValue
from models.upsert import insert_ignore


class Served:
    """All that belongs to the workspace that is served; the routes themselves belong to none.

    Whatever the pages keep in memory is kept here. Raises ``Refused`` where an open workspace would
    be served to others than this machine.
    """

    def __init__(
        self, workspace: Workspace, clock: Callable[[], datetime], host: str | None = None
    ) -> None:
        settings = workspace.settings
        bound_to = host or settings.web.host
        opened = is_open(workspace)
        if opened and not is_loopback(bound_to):
            raise Refused(
                "An open workspace may not be served on %(address)s: "
                "everybody could do everything.",
                'Set web.doors = "closed" and sign in, or serve it on 127.0.0.1.',
                address=bound_to,
            )
        self.workspace = workspace
        self.clock = clock
        self.pages = KeptPages(round(1e6 * settings.web.kept_mb))
        self.openid = _find_provider(workspace, clock)
        self.studio = Studio(workspace, partial(load_topic_scorer, workspace))
        self.stock = Stock(settings.lists)
        self.guard = HostGuard(bound_to, public_host(settings.web.public_url))
        self.door = Door(workspace, clock, opened=opened)
        self.csrf = CSRFConfig(
            secret=read_secret(workspace),
            cookie_httponly=True,
            cookie_secure=settings.web.public_url.startswith("https://"),
        )
        self.state: dict[str, Any] = {
            "sample": is_sample(workspace),
            "rows": self.pages.rows,
            "openid": self.openid.name if self.openid is not None else "",
            "mailing": is_mailing(workspace),
            "access": settings.access,
            "public_url": settings.web.public_url,
        }


def _find_provider(workspace: Workspace, clock: Callable[[], datetime]) -> OpenId | None:
    """The OpenID Connect provider that is set up, if one is."""
    settings = workspace.settings.openid
    if not settings.issuer:
        return None
    secret = workspace.settings.secrets.get("openid", {}).get("client_secret")
    return OpenId(
        settings,
        client_secret=secret.get_secret_value() if secret is not None else "",
        form_secret=read_secret(workspace),
        clock=clock,
    )


def is_open(workspace: Workspace) -> bool:
    """Whether nobody has to sign in: the sample workspace, or one that its owner left open."""
    return workspace.settings.web.doors == "open" or is_sample(workspace)


def is_sample(workspace: Workspace) -> bool:
    """Whether everybody in this workspace is invented; its pages say so."""
    with workspace.db.read() as session:
        return session.get(WorkspaceValue, "sample") is not None


def read_secret(workspace: Workspace) -> str:
    """The workspace's secret for forms; it outlives a restart, so that open pages keep working."""
    with workspace.db.read() as session:
        value = session.get(WorkspaceValue, "web_secret")
        if value is not None:
            return value.value
    with workspace.db.write() as session:
        row = {"key": "web_secret", "value": secrets.token_hex(32)}
        insert_ignore(session, WorkspaceValue, [row])
        return session.get_one(WorkspaceValue, "web_secret").value
