"""Signing in and out, and the links by which people come in for the first time or again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from litestar import Controller, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.links import find_link, use_link
from app.access.secrets import hash_password, is_password
from app.access.sessions import (
    TooManyAttempts,
    begin_attempt,
    end_session,
    forget_attempt,
    open_session,
)
from app.access.users import end_sessions, read_email
from app.access.who import ANYONE, SIGNED_IN
from app.bootstrap import Workspace
from app.web.door import COOKIE, read_who, require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_wording, render
from app.wording import Wording
from config.errors import Refused
from models import OneTimeLink, User

_LONGEST: Final = 1000


@dataclass(frozen=True)
class Slip:
    """What was wrong on a form, beside which field, and what had been typed."""

    about: str = ""
    text: str = ""
    email: str = ""
    name: str = ""


class SignInPages(Controller):
    """The one page that somebody not signed in may see."""

    @get("/sign-in", opt={"allow": ANYONE}, sync_to_thread=False)
    def show(self, request: PageRequest) -> Response[str] | Redirect:
        """The form; on to the pages for somebody signed in."""
        if read_who(request) is not None:
            return Redirect("/", status_code=303)
        return render_sign_in(request, Slip(), 200)

    @post("/sign-in", opt={"allow": ANYONE}, sync_to_thread=True)
    def enter(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Check the password and open a session; the refusal does not say what was wrong."""
        wording = read_wording(request)
        _ = wording.gettext
        email = read_field(data, "email", _LONGEST)
        now, settings = clock(), workspace.settings.access
        address = request.client.host if request.client else ""
        try:
            with workspace.db.write() as session:
                attempt = begin_attempt(
                    session, email=email, address=address, now=now, settings=settings
                )
        except TooManyAttempts:
            text = _("There were too many attempts. Wait a quarter of an hour, then try again.")
            return render_sign_in(request, Slip("password", text, email), 429)
        fits = is_password(read_field(data, "password", _LONGEST), attempt.kept, settings)
        if not fits or attempt.user_id is None:
            text = _("E-mail and password do not belong together.")
            return render_sign_in(request, Slip("password", text, email), 400)
        with workspace.db.write() as session:
            forget_attempt(session, attempt)
            user = session.get_one(User, attempt.user_id)
            token = open_session(session, user, now=now, settings=settings)
        return Redirect(
            read_next(read_field(data, "next")),
            status_code=303,
            cookies=[session_cookie(request, workspace, token)],
        )

    @post("/sign-out", opt={"allow": SIGNED_IN}, sync_to_thread=True)
    def leave(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Redirect:
        """End this session, or with ``everywhere`` every session of this user."""
        who = require_who(request)
        with workspace.db.write() as session:
            if read_field(data, "everywhere") and who.user_id is not None:
                end_sessions(session, who.user_id, now=clock())
            elif who.session_id is not None:
                end_session(session, who.session_id, now=clock())
        return Redirect("/sign-in", status_code=303, cookies=[_drop(COOKIE)])

    @get("/welcome/{token:str}", opt={"allow": ANYONE}, sync_to_thread=True)
    def welcome(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        token: FromPath[str],
    ) -> Response[str]:
        """What a link is for, and the form to use it."""
        with workspace.db.read() as session:
            link = find_link(session, token, now=clock())
            return _render_welcome(request, workspace, link, Slip(), 200)

    @post("/welcome/{token:str}", opt={"allow": ANYONE}, sync_to_thread=True)
    def come_in(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        token: FromPath[str],
        data: Form,
    ) -> Response[str] | Redirect:
        """Use the link: a password, and for somebody new a name."""
        now, settings = clock(), workspace.settings.access
        email, name = read_field(data, "email", _LONGEST), read_field(data, "name", _LONGEST)
        with workspace.db.read() as session:
            link = find_link(session, token, now=now)
        try:
            if link.purpose == "first_admin":
                read_email(email)
            kept = hash_password(read_field(data, "password", _LONGEST), settings)
            with workspace.db.write() as session:
                user = use_link(session, token, email=email, name=name, password_hash=kept, now=now)
                cookie = open_session(session, user, now=now, settings=settings)
        except Refused as error:
            slip = _explain(read_wording(request), error, settings.shortest_password, email, name)
            if slip is None:
                raise
            return _render_welcome(request, workspace, link, slip, 400)
        return Redirect("/", status_code=303, cookies=[session_cookie(request, workspace, cookie)])


def ask_to_sign_in(request: PageRequest) -> Response[str] | Redirect:
    """To the sign-in page and back to where somebody wanted to go; forms are not sent again."""
    wanted = request.url.path if request.method == "GET" else "/"
    if request.url.query and request.method == "GET":
        wanted += f"?{request.url.query}"
    gone = [_drop(COOKIE)] if COOKIE in request.cookies else []
    if request.method == "GET" and "hx-request" not in request.headers:
        from urllib.parse import quote

        where = "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"
        return Redirect(where, status_code=303, cookies=gone)
    wording = read_wording(request)
    context = {
        "heading": wording.gettext("You are signed out"),
        "text": wording.gettext("Nothing was recorded. Sign in, then send it again."),
        "page": "",
        "rep": None,
    }
    return render(request, "refusal.html", context, status=401, cookies=gone)


def read_next(text: str) -> str:
    """Where to go after signing in: a page of ours, never another site's."""
    if not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return "/"
    return text


def welcome_address(request: PageRequest, workspace: Workspace, token: str) -> str:
    """The address of a one-time link, for whoever asked for it to pass on."""
    base = workspace.settings.web.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{base}/welcome/{token}"


def session_cookie(request: PageRequest, workspace: Workspace, token: str) -> Cookie:
    """The cookie of a session: not for scripts, and over https alone where the pages are."""
    return Cookie(
        key=COOKIE,
        value=token,
        max_age=round(workspace.settings.access.session_days * 86_400),
        httponly=True,
        samesite="lax",
        path="/",
        secure=is_https(request, workspace),
    )


def is_https(request: PageRequest, workspace: Workspace) -> bool:
    """Whether people reach these pages over https, perhaps through a proxy in front."""
    return request.url.scheme == "https" or workspace.settings.web.public_url.startswith("https://")


def _drop(name: str) -> Cookie:
    return Cookie(key=name, value="", max_age=0, path="/", httponly=True, samesite="lax")


def _explain(wording: Wording, error: Refused, shortest: int, email: str, name: str) -> Slip | None:
    _ = wording.gettext
    if error.fault == "bad_password":
        text = _("Use at least %(n)s characters, at most 200.") % {"n": wording.number(shortest)}
        return Slip("password", text, email, name)
    if error.fault == "not_an_address":
        return Slip("email", _("That is not an e-mail address."), email, name)
    return None


def render_sign_in(
    request: PageRequest, slip: Slip, status: int, cookies: Sequence[Cookie] = ()
) -> Response[str]:
    """The sign-in page, with what was wrong."""
    after = request.query_params.get("next", "")
    context = {
        "page": "",
        "rep": None,
        "slip": slip,
        "next": read_next(after) if after else "",
        "openid": request.app.state.get("openid"),
        "mailing": request.app.state.get("mailing"),
    }
    return render(request, "sign-in.html", context, status=status, cookies=cookies)


def _render_welcome(
    request: PageRequest, workspace: Workspace, link: OneTimeLink, slip: Slip, status: int
) -> Response[str]:
    context = {
        "page": "",
        "rep": None,
        "link": link,
        "slip": slip,
        "shortest": workspace.settings.access.shortest_password,
    }
    return render(request, "welcome.html", context, status=status)
