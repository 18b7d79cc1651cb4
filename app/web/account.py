"""A user's own page: password, where they are signed in, keys for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.keys import USUAL, BadKey, keys_of, read_keys
from app.access.secrets import hash_password, is_password
from app.access.sessions import (
    Attempt,
    TooManyAttempts,
    forget_attempt,
    key_of_attempt,
    list_sessions,
    note_attempt,
)
from app.access.tokens import SCOPES, create_token, list_tokens, revoke_token
from app.access.users import end_sessions, set_password
from app.access.who import SIGNED_IN, Who
from app.web.door import require_who
from app.web.given import Clock, Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_wording, render
from app.web.sign_in import Slip
from config.errors import NotFound, Refused
from models import User


class AccountPages(Controller):
    """One's own account; an open workspace has none."""

    path = "/account"
    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """The page."""
        with workspace.db.read() as session:
            return _render(request, session, clock, Slip(), 200)

    @post("/password", sync_to_thread=True)
    def change_password(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """A new password for the old one; every other browser is signed out."""
        who = require_who(request)
        settings, now = workspace.settings.access, clock()
        wording = read_wording(request)
        _ = wording.gettext
        key = key_of_attempt("password of", str(who.user_id))
        try:
            with workspace.db.write() as session:
                kept = _find(session, who).password_hash
                limits = (settings.failures_per_email,)
                rows = note_attempt(session, (key,), limits, now=now, settings=settings)
        except TooManyAttempts:
            text = _("There were too many attempts. Wait a quarter of an hour, then try again.")
            with workspace.db.read() as session:
                return _render(request, session, clock, Slip("old", text), 429)
        slip = Slip("old", _("That is not your present password."))
        if is_password(read_field(data, "old", 1000), kept, settings):
            try:
                made = hash_password(read_field(data, "new", 1000), settings)
            except Refused:
                text = _("Use at least %(n)s characters, at most 200.") % {
                    "n": wording.number(settings.shortest_password)
                }
                slip = Slip("new", text)
            else:
                with workspace.db.write() as session:
                    forget_attempt(session, Attempt(key, rows, who.user_id, None))
                    set_password(session, _find(session, who), made, now=now)
                return Redirect("/sign-in", status_code=303)
        with workspace.db.read() as session:
            return _render(request, session, clock, slip, 400)

    @post("/elsewhere", sync_to_thread=True)
    def sign_out_elsewhere(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Redirect:
        """End every other session."""
        who = require_who(request)
        with workspace.db.write() as session:
            user = _find(session, who)
            end_sessions(session, user.id, now=clock(), but=who.session_id)
        return Redirect("/account", status_code=303)

    @post("/keys", sync_to_thread=True)
    def choose_keys(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Which keys do what on Today, or that none does anything."""
        who = require_who(request)
        wanted = {action: read_field(data, action, 8) for action in USUAL}
        try:
            keys = read_keys(wanted, on=read_field(data, "on") == "yes")
        except BadKey as error:
            _ = read_wording(request).gettext
            text = _("Use one letter or sign for each, that nothing else has. Digits are outcomes.")
            slip = Slip(f"key-{error.action}", text)
            with workspace.db.read() as session:
                return _render(request, session, clock, slip, 400, wanted=wanted)
        with workspace.db.write() as session:
            _find(session, who).keys = keys
        return Redirect("/account#keys", status_code=303)

    @post("/keys/switch", sync_to_thread=True)
    def switch_keys(self, request: PageRequest, workspace: GivenWorkspace, data: Form) -> Redirect:
        """Single keys on or off; which ones they are stays."""
        who, on = require_who(request), read_field(data, "on") == "yes"
        with workspace.db.write() as session:
            user = _find(session, who)
            user.keys = {**(user.keys or {"letters": {}}), "on": on}
        return Redirect("/account#keys", status_code=303)

    @post("/tokens", sync_to_thread=True)
    def make_token(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str]:
        """A new token, shown this once."""
        who = require_who(request)
        scopes = [scope for scope in SCOPES if read_field(data, scope)]
        name = read_field(data, "name", 200)
        made, slip = "", Slip()
        try:
            with workspace.db.write() as session:
                user = _find(session, who)
                made = create_token(session, user.id, name=name, scopes=scopes, now=clock())
        except NotFound:
            raise
        except Refused:
            text = read_wording(request).gettext("Give a name and tick what the program may do.")
            slip = Slip("token", text, name=name)
        with workspace.db.read() as session:
            return _render(request, session, clock, slip, 400 if slip.text else 200, made)

    @post("/tokens/{token_id:int}/revoke", sync_to_thread=True)
    def revoke(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        token_id: FromPath[int],
    ) -> Redirect:
        """A token of one's own works no longer."""
        who = require_who(request)
        with workspace.db.write() as session:
            revoke_token(session, _find(session, who).id, token_id, now=clock())
        return Redirect("/account", status_code=303)


def _find(session: Session, who: Who) -> User:
    user = session.get(User, who.user_id) if who.user_id is not None else None
    if user is None:
        raise NotFound("This workspace has no accounts.")
    return user


def _render(
    request: PageRequest,
    session: Session,
    clock: Clock,
    slip: Slip,
    status: int,
    made: str = "",
    wanted: Mapping[str, str] | None = None,
) -> Response[str]:
    user = _find(session, require_who(request))
    keys_on, letters = keys_of(user.keys)
    settings = request.app.state["access"]
    context = {
        "page": "account",
        "rep": None,
        "user": user,
        "browsers": list_sessions(session, user.id, now=clock(), settings=settings),
        "this_session": require_who(request).session_id,
        "tokens": list_tokens(session, user.id),
        "scopes": SCOPES,
        "slip": slip,
        "made": made,
        "keys_on": keys_on,
        "wanted": wanted or {**USUAL, **dict(letters)},
        "now": clock(),
        "zone": UTC,
    }
    return render(request, "account.html", context, status=status)
