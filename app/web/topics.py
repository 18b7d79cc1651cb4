"""Topics: what we listen for; one of them is the studio's."""

from __future__ import annotations

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.web.door import require_who
from app.web.given import Clock, Form, GivenClock, GivenWorkspace
from app.web.hearing import list_topics
from app.web.pages import PageRequest, read_field, read_wording, render
from app.web.reps import find_reader
from app.web.topic_words import KEYWORD_FAULTS, LANGUAGES, Mistake, explain_topic
from config.errors import Refused
from signals.catalog import create_topic


class TopicPages(Controller):
    """Lists topics and adds one, heard from the next collection on."""

    path = "/topics"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show_all(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """Every topic with what it brought in a week."""
        with workspace.db.read() as session:
            return _render_list(request, session, clock, Mistake(), 200)

    @post(sync_to_thread=True)
    def add(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """A new topic from its name and keywords."""
        typed = {name: read_field(data, name) for name in ("name", "keywords", "language")}
        keywords = [k.strip() for k in typed["keywords"].replace("،", ",").splitlines()]
        keywords = [part.strip() for line in keywords for part in line.split(",") if part.strip()]
        try:
            with workspace.db.write() as session:
                topic = create_topic(
                    session,
                    name=typed["name"],
                    keywords=keywords,
                    languages=[typed["language"]] if typed["language"] else [],
                    defaults=workspace.settings.topic,
                    now=clock(),
                    author=require_who(request).name,
                )
                topic_id = topic.id
        except Refused as error:
            wording = read_wording(request)
            named = bool(typed["name"].strip()) and error.fault in KEYWORD_FAULTS
            mistake = Mistake("keywords" if named else "name", explain_topic(wording, error), typed)
            with workspace.db.read() as session:
                return _render_list(request, session, clock, mistake, 400)
        return Redirect(f"/topics/{topic_id}", status_code=303)


def _render_list(
    request: PageRequest, session: Session, clock: Clock, mistake: Mistake, status: int
) -> Response[str]:
    context = {
        "page": "topics",
        "rep": find_reader(request, session),
        "topics": list_topics(session, clock()),
        "mistake": mistake,
        "offered": LANGUAGES,
    }
    return render(request, "topics.html", context, status=status)
