"""A lost password: somebody asks for a link, and learns nothing about who has an account here."""

from __future__ import annotations

from litestar import Controller, Response, get, post

from app.access.mails import ask_for_reset
from app.access.who import ANYONE
from app.mailing import is_mailing
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_wording, render
from config.errors import NotFound


class LostPages(Controller):
    """There while links go out by mail; otherwise an admin passes them on."""

    path = "/sign-in/lost"
    opt = {"allow": ANYONE}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=False)
    def show(self, request: PageRequest, workspace: GivenWorkspace) -> Response[str]:
        """The form."""
        if not is_mailing(workspace):
            raise NotFound("There is nothing at this address.")
        return _render(request, asked=False, too_many=False)

    @post(sync_to_thread=True, status_code=200)
    def ask(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str]:
        """The same answer for every address, in the same time: a job looks whose it is."""
        if not is_mailing(workspace):
            raise NotFound("There is nothing at this address.")
        with workspace.db.write() as session:
            taken = ask_for_reset(
                session, read_field(data, "email", 300),
                address=request.client.host if request.client else "",
                language=read_wording(request).language, now=clock(),
                settings=workspace.settings.access,
            )  # fmt: skip
        return _render(request, asked=taken, too_many=not taken)


def _render(request: PageRequest, *, asked: bool, too_many: bool) -> Response[str]:
    context = {"page": "", "rep": None, "asked": asked, "too_many": too_many}
    return render(request, "lost.html", context, status=429 if too_many else 200)
