"""Topics: what we listen for, and what each keyword brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.web.door import require_who
from app.web.given import Clock, Form, GivenClock, GivenWorkspace
from app.web.hearing import count_heard, list_topics, load_newest
from app.web.pages import PageRequest, read_field, read_wording, render
from app.web.reps import find_reader
from app.wording import Wording
from config.errors import NotFound, Refused
from models import Topic
from quotas.attainment import calendar_of
from signals.catalog import create_topic, edit_topic

#: Languages offered for a topic; more can be set on the command line.
LANGUAGES: Final = (
    "ar", "de", "en", "es", "fa", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv",
    "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
_PHRASE_FIELDS: Final = ("keyword", "exclusion", "community", "language")


@dataclass(frozen=True)
class Mistake:
    """What was wrong with one field, and what was typed in all of them."""

    about: str = ""
    text: str = ""
    typed: dict[str, str] = field(default_factory=dict)


class TopicPages(Controller):
    """Lists and edits topics; a change is saved at once and heard from the next collection on."""

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
            named = bool(typed["name"].strip()) and "keyword" in error.what.lower()
            mistake = Mistake("keywords" if named else "name", _say(wording, error), typed)
            with workspace.db.read() as session:
                return _render_list(request, session, clock, mistake, 400)
        return Redirect(f"/topics/{topic_id}", status_code=303)

    @get("/{topic_id:int}", sync_to_thread=True)
    def show(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        topic_id: FromPath[int],
    ) -> Response[str]:
        """One topic."""
        with workspace.db.read() as session:
            topic = _find(session, topic_id)
            return _render_topic(request, session, topic, clock, Mistake(), 200)

    @post("/{topic_id:int}", sync_to_thread=True)
    def edit(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        data: Form,
        topic_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """One change: add or remove a phrase, community or language, or switch listening."""
        try:
            with workspace.db.write() as session:
                _apply(session, _find(session, topic_id), data, clock, require_who(request).name)
        except NotFound:
            with workspace.db.read() as session:
                _find(session, topic_id)  # a topic that is gone stays a 404
            # removed in another tab already: what was asked for is so
        except Refused as error:
            about = next((n for n in _PHRASE_FIELDS if n in data or f"remove_{n}" in data), "")
            typed = {about: read_field(data, about)} if about else {}
            wording = read_wording(request)
            mistake = Mistake(about, _say(wording, error), typed)
            with workspace.db.read() as session:
                topic = _find(session, topic_id)
                return _render_topic(request, session, topic, clock, mistake, 400)
        return Redirect(f"/topics/{topic_id}", status_code=303)


def _apply(session: Session, topic: Topic, data: dict[str, Any], clock: Clock, author: str) -> None:
    languages = list(topic.languages)
    if added := read_field(data, "language"):
        languages.append(added)
    if removed := read_field(data, "remove_language"):
        languages = [code for code in languages if code != removed]
    active = read_field(data, "active")
    edit_topic(
        session,
        topic,
        add_keywords=_given(data, "keyword"),
        remove_keywords=_given(data, "remove_keyword"),
        add_exclusions=_given(data, "exclusion"),
        remove_exclusions=_given(data, "remove_exclusion"),
        languages=languages if languages != topic.languages else None,
        add_communities=_given(data, "community"),
        remove_communities=_given(data, "remove_community"),
        active=active == "yes" if active else None,
        now=clock(),
        author=author,
    )


def _given(data: dict[str, Any], name: str) -> list[str]:
    return [read_field(data, name)] if name in data else []


def _find(session: Session, topic_id: int) -> Topic:
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise NotFound("There is no such topic.")
    return topic


def _say(wording: Wording, error: Refused) -> str:
    """The refusal beside the field: the usual ones in the reader's words, others as they are."""
    _ = wording.gettext
    what = error.what
    if "fewer than two letters" in what:
        return _("Too short: use a word or phrase that people write.")
    if "without a keyword" in what or "has no keyword" in what:
        return _("A topic needs at least one keyword.")
    if "empty" in what:
        return (
            _("Write a short name first.") if "Topic name" in what else _("Write something first.")
        )
    if what.startswith("There is a topic"):
        return _("There is a topic of this name already.")
    if "touches a subject" in what:
        return _(
            "Nothing may be derived from this subject. Choose one that singles nobody out by it."
        )
    # a remedy that names an option of the command line is of no use here
    return what if "warmlist" in error.remedy or "--" in error.remedy else f"{what} {error.remedy}"


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


def _render_topic(
    request: PageRequest,
    session: Session,
    topic: Topic,
    clock: Clock,
    mistake: Mistake,
    status: int,
) -> Response[str]:
    now = clock()
    rep = find_reader(request, session)
    context = {
        "page": "topics",
        "rep": rep,
        "topic": topic,
        "heard": count_heard(session, topic.id, now),
        "newest": load_newest(session, topic.id),
        "mistake": mistake,
        "offered": [code for code in LANGUAGES if code not in topic.languages],
        "now": now,
        "zone": calendar_of(rep.team).zone if rep else UTC,
    }
    return render(request, "topic.html", context, status=status)
