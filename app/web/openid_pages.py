"""Signing in by another house's word: to the provider and back."""

from __future__ import annotations

from typing import Final

from litestar import Controller, Response, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect

from app.access.openid import Declined, NotTrusted, OpenId, StartAgain, Unreachable
from app.access.outside import KeptOut, NotKnown, NotVerified, find_outside_user
from app.access.sessions import open_session
from app.access.who import ANYONE
from app.bootstrap import Workspace
from app.web.given import GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_wording
from app.web.sign_in import Slip, is_https, read_next, render_sign_in, session_cookie
from config.errors import NotFound, Refused

GivenOpenId = NamedDependency[OpenId | None]
_COOKIE: Final = "openid"
_PATH: Final = "/sign-in/openid"


class OpenIdPages(Controller):
    """There while a provider is set up; otherwise as any address that is not there."""

    path = _PATH
    opt = {"allow": ANYONE}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def start(
        self, request: PageRequest, workspace: GivenWorkspace, openid: GivenOpenId
    ) -> Response[str] | Redirect:
        """To the provider."""
        provider = _require(openid)
        wanted = read_next(request.query_params.get("next", ""))
        try:
            begun = provider.start(redirect_uri=_back(request, workspace), wanted=wanted)
        except Refused as error:
            return _refuse(request, workspace, provider, error)
        cookie = _cookie(request, workspace, begun.cookie, 900)
        return Redirect(
            begun.url, status_code=303, cookies=[cookie], headers={"Cache-Control": "no-store"}
        )

    @get("/back", sync_to_thread=True)
    def come_back(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        openid: GivenOpenId,
    ) -> Response[str] | Redirect:
        """From the provider: in, or told why not."""
        provider, now = _require(openid), clock()
        query = {name: request.query_params[name] for name in request.query_params}
        try:
            claims, wanted = provider.finish(
                query, request.cookies.get(_COOKIE, ""), redirect_uri=_back(request, workspace)
            )
            with workspace.db.write() as session:
                user = find_outside_user(session, claims, settings=provider.settings, now=now)
                token = open_session(session, user, now=now, settings=workspace.settings.access)
        except Refused as error:
            return _refuse(request, workspace, provider, error)
        return Redirect(
            read_next(wanted),
            status_code=303,
            cookies=[
                session_cookie(request, workspace, token),
                _cookie(request, workspace, "", 0),
            ],
            headers={"Cache-Control": "no-store"},
        )


def _require(openid: OpenId | None) -> OpenId:
    if openid is None:
        raise NotFound("There is nothing at this address.")
    return openid


def _back(request: PageRequest, workspace: Workspace) -> str:
    base = workspace.settings.web.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{base}{_PATH}/back"


def _cookie(request: PageRequest, workspace: Workspace, value: str, seconds: int) -> Cookie:
    # lax: the provider's site sends the browser back, by a plain link
    return Cookie(
        key=_COOKIE, value=value, max_age=seconds, path=_PATH, httponly=True, samesite="lax",
        secure=is_https(request, workspace),
    )  # fmt: skip


def _refuse(
    request: PageRequest, workspace: Workspace, provider: OpenId, error: Refused
) -> Response[str]:
    """The sign-in page with what was wrong, in the reader's words."""
    _ = read_wording(request).gettext
    status = 400
    if isinstance(error, Unreachable):
        text, status = _("%(name)s cannot be reached now. Try again later."), 503
    elif isinstance(error, StartAgain):
        text = _("This sign-in was started elsewhere or too long ago. Start it again.")
    elif isinstance(error, Declined):
        text = _("%(name)s did not let you in.")
    elif isinstance(error, NotVerified):
        text = _("%(name)s has not verified your e-mail address. Verify it there first.")
    elif isinstance(error, NotKnown):
        text = _("Your address at %(name)s may not sign in here. Ask an admin for an invitation.")
    elif isinstance(error, KeptOut):
        text = _("This account is kept out. Ask an admin.")
    elif isinstance(error, NotTrusted):
        text = _("What %(name)s sent cannot be trusted. Nobody was signed in.")
    else:
        text = _("Signing in by %(name)s is not set up rightly. Tell who runs this.")
    slip = Slip("openid", text % {"name": provider.name} if "%(" in text else text)
    cookie = _cookie(request, workspace, "", 0)
    return render_sign_in(request, slip, status, [cookie])
