"""Topics: what we listen for, and what each keyword brought."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.studio import Preview
from app.suggestions import Suggestion, decide, suggest
from app.web.door import require_who
from app.web.drafts import Draft, choose_samples, list_chips, parts_of, read_draft
from app.web.given import Clock, Form, GivenClock, GivenStudio, GivenWorkspace
from app.web.hearing import count_heard, list_topics, load_newest
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.web.reps import find_reader
from app.wording import Wording
from config.errors import Conflict, NotFound, Refused
from models import Topic
from prospects.place import list_countries
from quotas.attainment import calendar_of
from signals.catalog import create_topic, edit_topic, redefine_topic, restore_topic
from signals.quoting import choose_passage
from signals.studio import days_before
from signals.versions import Definition, compare, load_history

#: Languages offered for a topic; more can be set on the command line.
LANGUAGES: Final = (
    "ar", "de", "en", "es", "fa", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv",
    "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
#: Suggestions come from posts of the last so many days.
SUGGESTED_DAYS: Final = 28.0
#: A draft is tried on posts of the last so many days.
REPLAYED_DAYS: Final = 7.0
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
            mistake = Mistake("keywords" if named else "name", explain_topic(wording, error), typed)
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
        studio: GivenStudio,
    ) -> Response[str]:
        """One topic, or what a draft of it in the address would change."""
        given = {name: request.query_params.getall(name, []) for name in request.query_params}
        with workspace.db.read() as session:
            topic = _find(session, topic_id)
            saved = Definition.of(topic)
        draft = read_draft(saved, given)
        preview = None
        if compare(saved, draft.definition):
            preview = studio.preview(topic_id, draft.definition, days=REPLAYED_DAYS, now=clock())
        suggested: list[Suggestion] | None = None
        with workspace.db.read() as session:
            topic = _find(session, topic_id)
            if "suggest" in given:
                since = days_before(clock(), SUGGESTED_DAYS)
                suggested = suggest(session, topic, since=since)
            return _render_topic(
                request, session, topic, clock, draft, preview=preview, suggested=suggested
            )

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
            with workspace.db.read() as session:
                topic = _find(session, topic_id)
                draft = Draft(
                    Definition.of(topic), about, error, read_field(data, about) if about else ""
                )
                return _render_topic(request, session, topic, clock, draft, status=400)
        return Redirect(f"/topics/{topic_id}", status_code=303)

    @post("/{topic_id:int}/versions", sync_to_thread=True)
    def save(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        data: Form,
        topic_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """Save a draft as a new version, unless somebody saved another meanwhile."""
        given = {
            name: value if isinstance(value, list) else [value] for name, value in data.items()
        }
        try:
            with workspace.db.write() as session:
                topic = _find(session, topic_id)
                draft = read_draft(Definition.of(topic), given | {"draft": ["1"]})
                if read_number(read_field(data, "base")) != topic.version:
                    raise Conflict(
                        f"{topic.name!r} was changed by somebody else meanwhile.",
                        "Look at what it is now, then save again.",
                    )
                redefine_topic(
                    session, topic, draft.definition, now=clock(),
                    author=require_who(request).name, reason=read_field(data, "reason"),
                )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            with workspace.db.read() as session:
                topic = _find(session, topic_id)
                draft = read_draft(Definition.of(topic), given | {"draft": ["1"]})
                draft = replace(draft, about="save", error=error)
                status = 409 if isinstance(error, Conflict) else 400
                return _render_topic(request, session, topic, clock, draft, status=status)
        return Redirect(f"/topics/{topic_id}", status_code=303)

    @post("/{topic_id:int}/suggestions", sync_to_thread=True)
    def settle(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        data: Form,
        topic_id: FromPath[int],
    ) -> Redirect:
        """Accept a suggestion into the draft, or dismiss it; either is for good."""
        role, phrase = read_field(data, "role"), read_field(data, "phrase")
        accepted = read_field(data, "do") == "accept"
        with workspace.db.write() as session:
            topic = _find(session, topic_id)
            decide(
                session, topic, "exclusion" if role == "exclusion" else "keyword", phrase,
                "accepted" if accepted else "dismissed", author=require_who(request).name,
                now=clock(),
            )  # fmt: skip
            present = parts_of(Definition.of(topic))
        if not accepted:
            return Redirect(f"/topics/{topic_id}?suggest=1", status_code=303)
        given = {k: value if isinstance(value, list) else [value] for k, value in data.items()}
        held = [(k, v) for k in present for v in given.get(k, ())]
        added = ("add_x" if role == "exclusion" else "add_k", phrase)
        query = urlencode([("draft", "1"), ("suggest", "1"), *held, added])
        return Redirect(f"/topics/{topic_id}?{query}", status_code=303)

    @post("/{topic_id:int}/versions/{number:int}", sync_to_thread=True)
    def bring_back(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        topic_id: FromPath[int],
        number: FromPath[int],
    ) -> Redirect:
        """Bring an earlier version back, as a new one."""
        again = read_wording(request).gettext("Version %(n)s again.") % {"n": number}
        with workspace.db.write() as session:
            restore_topic(
                session, _find(session, topic_id), number, now=clock(),
                author=require_who(request).name, reason=again,
            )  # fmt: skip
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


def explain_topic(wording: Wording, error: Refused) -> str:
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
    if "changed by somebody else" in what:
        return _("Somebody saved this topic meanwhile. Look at it, then save again.")
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
    draft: Draft,
    *,
    status: int = 200,
    preview: Preview | None = None,
    suggested: list[Suggestion] | None = None,
) -> Response[str]:
    now = clock()
    rep = find_reader(request, session)
    wording = read_wording(request)
    heard = count_heard(session, topic.id, now)
    saved = Definition.of(topic)
    changes = compare(saved, draft.definition)
    counts: dict[str, float] = {}
    for keyword in topic.keywords:
        if keyword.role == "keyword":
            counts[keyword.folded] = heard.per_keyword.get(keyword.id, 0)
    if preview is not None:
        counts = preview.per_phrase | counts
    said = explain_topic(wording, draft.error) if draft.error else ""
    context = {
        "page": "topics",
        "rep": rep,
        "topic": topic,
        "heard": heard,
        "newest": load_newest(session, topic.id),
        "chips": list_chips(saved, draft.definition, counts),
        "parts_of_draft": parts_of(draft.definition),
        "changes": changes,
        "preview": preview,
        "suggested": suggested,
        "quoted": {
            one.phrase: [choose_passage(h.post.text, h.marks, limit=160) for h in one.evidence[:2]]
            for one in suggested or ()
        },
        "gained": choose_samples(preview.gained) if preview else [],
        "lost": choose_samples(preview.lost) if preview else [],
        "history": load_history(session, topic),
        "change_words": _name_fields(wording),
        "suggestion_words": _name_grounds(wording),
        "mistake": Mistake(draft.about, said, {draft.about: draft.typed}),
        "offered": [code for code in LANGUAGES if code not in draft.definition.languages],
        "countries": sorted(
            set(list_countries()) - {*draft.definition.places}, key=wording.country
        ),
        "now": now,
        "zone": calendar_of(rep.team).zone if rep else UTC,
    }
    return render(request, "topic.html", context, status=status)


def _name_fields(wording: Wording) -> dict[str, str]:
    _ = wording.gettext
    return {
        "keyword": _("keyword"),
        "exclusion": _("exclusion"),
        "community": _("community"),
        "language": _("language"),
        "place": _("place"),
        "name": _("another name"),
        "description": _("another description"),
        "active": _("switched on or off"),
    }


def _name_grounds(wording: Wording) -> dict[str, str]:
    _ = wording.gettext
    return {
        "learned": _("commoner there than elsewhere"),
        "spelling": _("another spelling of a keyword"),
        "pair": _("the same in another language"),
    }
