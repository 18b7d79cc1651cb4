"""Asking paid networks how many posts a draft would bring: only when somebody presses."""

from __future__ import annotations

from litestar import Controller, Response, post
from litestar.params import FromPath

from app.access.who import MANAGERS
from app.tallies import ask_tallies
from app.web.drafts import read_draft
from app.web.given import Form, GivenClock, GivenStudio, GivenWorkspace
from app.web.pages import PageRequest
from app.web.topic_page import find_topic, render_topic
from app.web.topic_studio import REPLAYED_DAYS
from signals.versions import Definition


class CountPages(Controller):
    """The draft again, with what paid networks count for it."""

    path = "/topics/{topic_id:int}/counts"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @post(sync_to_thread=True, status_code=200)
    def ask(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        data: Form,
        topic_id: FromPath[int],
        studio: GivenStudio,
    ) -> Response[str]:
        """Ask now; the price stood on the button."""
        given = {k: value if isinstance(value, list) else [value] for k, value in data.items()}
        with workspace.db.read() as session:
            saved = Definition.of(find_topic(session, topic_id))
        draft = read_draft(saved, given | {"draft": ["1"]})
        asked = ask_tallies(workspace, topic_id, draft.definition, clock=clock)
        preview = studio.preview(topic_id, draft.definition, days=REPLAYED_DAYS, now=clock())
        with workspace.db.read() as session:
            topic = find_topic(session, topic_id)
            return render_topic(request, session, topic, clock, draft, preview=preview, asked=asked)
