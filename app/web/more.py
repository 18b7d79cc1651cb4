"""The button at the end of a list that is done: more, please."""

from __future__ import annotations

from litestar import Controller, Response, post
from litestar.response import Redirect

from app.access.who import SIGNED_IN
from app.web.day_page import read_worker, render_day
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.outcomes import Trouble
from app.web.pages import PageRequest, read_field, read_wording
from config.errors import Conflict, NotFound, Refused
from models import Rep
from quotas.more import ask_for_more


class MorePages(Controller):
    """A rep asks in their own name alone."""

    path = "/today/more"
    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @post(sync_to_thread=True)
    def ask(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Some people more on today's list; where nobody comes, the list says why."""
        now, rep_id = clock(), read_worker(request)
        key = f"page:{rep_id}:{read_field(data, 'key', 60)}"
        try:
            with workspace.db.write() as session:
                rep = session.get(Rep, rep_id) if rep_id is not None else None
                if rep is None:
                    raise NotFound("There is no such rep.")
                ask_for_more(
                    session, rep, idempotency_key=key, now=now, settings=workspace.settings.lists
                )
        except NotFound:
            raise
        except Refused as error:
            _ = read_wording(request).gettext
            text = _("Nobody more can be given today.")
            if error.fault == "still_open":
                text = _("More come once everybody on the list is worked, put off or handed back.")
            elif error.fault == "nobody_left":
                text = _("Nobody else is warm enough for your list now. The next list looks again.")
            with workspace.db.read() as session:
                found = session.get_one(Rep, rep_id)
                status = 409 if isinstance(error, Conflict) else 400
                return render_day(request, workspace, session, found, now, Trouble(text), status)
        return Redirect("/today#work", status_code=303)
