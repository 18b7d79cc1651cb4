"""Refusals and failures as calm sentences."""

from __future__ import annotations

import logging

from litestar import Response
from litestar.datastructures import Cookie
from litestar.exceptions import (
    HTTPException,
    NotAuthorizedException,
    PermissionDeniedException,
)
from litestar.response import Redirect

from app.web.pages import PageRequest, read_wording, render
from app.web.sign_in import ask_to_sign_in
from app.wording import Wording
from config.errors import Conflict, NotFound, Refused

_LOG = logging.getLogger("warmlist.web")


def show_refusal(request: PageRequest, error: Refused) -> Response[str]:
    """A refusal of ours: its own sentence."""
    status = 404 if isinstance(error, NotFound) else 409 if isinstance(error, Conflict) else 400
    wording = read_wording(request)
    return _show(request, status, _heading(wording, status), wording.refusal(error))


def show_http_refusal(request: PageRequest, error: HTTPException) -> Response[str] | Redirect:
    """A refusal of the web's own."""
    if isinstance(error, NotAuthorizedException):
        return ask_to_sign_in(request)
    if error.status_code >= 500:
        return show_failure(request, error)
    wording = read_wording(request)
    _ = wording.gettext
    cookies: list[Cookie] = []
    if isinstance(error, PermissionDeniedException):
        text = _(
            "This form is too old or came from elsewhere. Nothing was recorded. "
            "Go back to the list and send it again."
        )
        if "csrftoken" in request.cookies:
            # one made with an older secret would be refused for ever
            cookies = [Cookie(key="csrftoken", value="", max_age=0, path="/")]
    elif error.status_code == 404:
        text = _("There is nothing at this address.")
    elif error.status_code == 405:
        text = _("This address takes a form. Open the page that holds it.")
    elif error.status_code == 429:
        text = _("That was too much at once. Wait a minute, then go on.")
    elif error.status_code == 413:
        text = _("That is more than a form may hold. Nothing was recorded.")
    else:
        text = _("The request could not be read. Nothing was recorded.")
    answer = _show(request, error.status_code, _heading(wording, error.status_code), text, cookies)
    if error.status_code == 429:
        answer.headers["Retry-After"] = (error.headers or {}).get("Retry-After", "60")
    return answer


def show_failure(request: PageRequest, error: Exception) -> Response[str]:
    """A fault of ours: told without its innards, which go to the log."""
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    wording = read_wording(request)
    text = wording.gettext(
        "Something went wrong here. Nothing was recorded. "
        "Try again; if it stays, tell who runs this."
    )
    return _show(request, 500, wording.gettext("This did not work"), text)


def _heading(wording: Wording, status: int) -> str:
    _ = wording.gettext
    if status == 404:
        return _("Not found")
    if status == 409:
        return _("Somebody was first")
    return _("This cannot be done")


def _show(
    request: PageRequest, status: int, heading: str, text: str, cookies: list[Cookie] | None = None
) -> Response[str]:
    context = {"heading": heading, "text": text, "page": "", "rep": None}
    return render(request, "refusal.html", context, status=status, cookies=cookies or [])
