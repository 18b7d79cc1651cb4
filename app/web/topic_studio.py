"""The studio of one topic: a draft is tried, compared, saved with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.suggestions import Suggestion, add_pair, decide, suggest
from app.tallies import price_tallies
from app.turns import Superseded
from app.web.door import require_who
from app.web.drafts import FIELDS, Draft, Taken, parts_of, read_draft
from app.web.given import Clock, Form, GivenClock, GivenStudio, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording
from app.web.topic_page import Between, find_topic, render_topic
from config.errors import Conflict, NotFound, Reasonless, Refused
from models import Topic
from signals.catalog import edit_topic, redefine_topic
from signals.studio import days_before
from signals.versions import (
    Definition,
    compare,
    compare_versions,
    load_version,
    require_reason,
)

#: Suggestions come from posts of the last so many days.
SUGGESTED_DAYS: Final = 28.0
#: A draft is tried on posts of the last so many days.
REPLAYED_DAYS: Final = 7.0
#: What a form that changes one thing may name, and what it is to a draft.
_EDITS: Final = {
    "keyword": "add_k", "exclusion": "add_x", "community": "add_c", "language": "add_l",
    "remove_keyword": "drop_k", "remove_exclusion": "drop_x", "remove_community": "drop_c",
    "remove_language": "drop_l",
}  # fmt: skip


class StudioPages(Controller):
    """One topic; nothing of it changes before a form with a reason is sent."""

    path = "/topics/{topic_id:int}"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
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
            topic = find_topic(session, topic_id)
            saved = Definition.of(topic)
            number = read_number(request.query_params.get("version"))
            tried = None
            if number is not None:  # a topic from before versions keeps its present one later
                tried = load_version(session, topic, number)
        if tried is None:
            draft = read_draft(saved, given)
        else:  # an earlier version as a draft: what it holds is seen before it is saved again
            draft = Draft(replace(tried, name=saved.name, active=saved.active))
        preview = None
        if compare(saved, draft.definition):
            # of one browser's keys the last alone is waited for; a form that is sent is no key
            place = request.headers.get("hx-target", "")
            check = studio.turns.begin((topic_id, request.cookies.get("csrftoken"), place))
            try:
                preview = studio.preview(
                    topic_id, draft.definition, days=REPLAYED_DAYS, now=clock(), check=check
                )
            except Superseded:
                return Response("", status_code=204)
        priced = price_tallies(workspace, draft.definition, clock=clock) if preview else []
        suggested: list[Suggestion] | None = None
        with workspace.db.read() as session:
            topic = find_topic(session, topic_id)
            if "suggest" in given:
                since = days_before(clock(), SUGGESTED_DAYS)
                found = suggest(
                    session, topic, since=since,
                    old_share=workspace.settings.collect.archive_share,
                )  # fmt: skip
                suggested = [one for one in found if not draft.holds(one.role, one.phrase)]
            first, second = (read_number(request.query_params.get(name)) for name in ("from", "to"))
            between = None
            if first is not None and second is not None:
                changes = compare_versions(session, topic, first, second)
                between = Between(first, second, changes)
            again = ""
            if number is not None:
                again = read_wording(request).gettext("Version %(n)s again.") % {"n": number}
            return render_topic(
                request, session, topic, clock, draft, preview=preview, suggested=suggested,
                reason=again, asked=priced, between=between,
            )  # fmt: skip

    @get("/ready", sync_to_thread=True, status_code=204)
    def prepare(
        self,
        workspace: GivenWorkspace,
        clock: GivenClock,
        topic_id: FromPath[int],
        studio: GivenStudio,
    ) -> None:
        """Asked when a manager first enters the draft: previews answer at once from then on."""
        with workspace.db.read() as session:
            find_topic(session, topic_id)
        studio.prepare(topic_id, days=REPLAYED_DAYS, now=clock())

    @post(sync_to_thread=True)
    def edit(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        data: Form,
        topic_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """One change with its reason; without one it becomes a draft, and nothing is saved."""
        reason = read_field(data, "reason")
        try:
            with workspace.db.write() as session:
                _apply(session, find_topic(session, topic_id), data, clock,
                       author=require_who(request).name, reason=reason,
                       allow_hosts=workspace.settings.collect.allow_hosts)  # fmt: skip
        except NotFound:
            with workspace.db.read() as session:
                find_topic(session, topic_id)  # a topic that is gone stays a 404
            # removed in another tab already: what was asked for is so
        except Refused as error:
            with workspace.db.read() as session:
                topic = find_topic(session, topic_id)
                draft = _draft_of(Definition.of(topic), data)
                if draft.error is None:
                    switched = "active" in data and isinstance(error, Reasonless)
                    draft = replace(draft, about="switch" if switched else "save", error=error)
                return render_topic(
                    request, session, topic, clock, draft, status=400, reason=reason
                )
        return Redirect(f"/topics/{topic_id}", status_code=303)

    @post("/versions", sync_to_thread=True)
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
                topic = find_topic(session, topic_id)
                draft = read_draft(Definition.of(topic), given | {"draft": ["1"]})
                if read_number(read_field(data, "base")) != topic.version:
                    raise Conflict(
                        "%(topic)s was changed by somebody else meanwhile.",
                        "Look at what it is now, then save again.",
                        topic=repr(topic.name),
                        fault="stale",
                    )
                author, now = require_who(request).name, clock()
                redefine_topic(
                    session, topic, draft.definition, now=now, author=author,
                    reason=read_field(data, "reason"),
                    allow_hosts=workspace.settings.collect.allow_hosts,
                )  # fmt: skip
                for one in draft.taken:
                    with suppress(Conflict):  # decided in another tab meanwhile
                        decide(
                            session, topic, one.role, one.phrase, "accepted", author=author,
                            now=now, same_as=one.same_as,
                        )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            with workspace.db.read() as session:
                topic = find_topic(session, topic_id)
                draft = read_draft(Definition.of(topic), given | {"draft": ["1"]})
                draft = replace(draft, about="save", error=error)
                status = 409 if isinstance(error, Conflict) else 400
                return render_topic(
                    request, session, topic, clock, draft, status=status,
                    reason=read_field(data, "reason"),
                )  # fmt: skip
        return Redirect(f"/topics/{topic_id}", status_code=303)

    @post("/suggestions", sync_to_thread=True)
    def settle(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        data: Form,
        topic_id: FromPath[int],
    ) -> Redirect:
        """Accept a suggestion into the draft, or dismiss it for good; the draft stays."""
        role = "exclusion" if read_field(data, "role") == "exclusion" else "keyword"
        phrase, same_as = (read_field(data, name, 300) for name in ("phrase", "same_as"))
        with workspace.db.write() as session:
            topic = find_topic(session, topic_id)
            draft = read_draft(Definition.of(topic), _held(data))
            if read_field(data, "do") != "accept":
                decide(
                    session, topic, role, phrase, "dismissed", author=require_who(request).name,
                    now=clock(),
                )  # fmt: skip
                return Redirect(_suggesting(topic_id, draft), status_code=303)
            given = draft.held()
            added = "add_x" if role == "exclusion" else "add_k"
            took = (*given["took"], Taken(role, phrase, same_as).spell())
            # decided when it is saved: a draft that is given up loses nothing
            draft = read_draft(
                Definition.of(topic), {**given, "took": took, added: [phrase], "draft": ["1"]}
            )
            if draft.error is not None:
                raise draft.error
        return Redirect(_suggesting(topic_id, draft), status_code=303)

    @post("/pairs", sync_to_thread=True)
    def pair(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        data: Form,
        topic_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """Keep that two phrases say the same in two languages, with the reason."""
        reason = read_field(data, "reason", 500)
        try:
            with workspace.db.write() as session:
                topic = find_topic(session, topic_id)
                draft = read_draft(Definition.of(topic), _held(data))
                reason = require_reason(reason)
                add_pair(
                    session, read_field(data, "phrase", 300), read_field(data, "other", 300),
                    author=require_who(request).name, now=clock(), reason=reason,
                )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            with workspace.db.read() as session:
                topic = find_topic(session, topic_id)
                draft = read_draft(Definition.of(topic), _held(data))
                draft = replace(draft, about="pair", error=error)
                return render_topic(
                    request, session, topic, clock, draft, status=400, reason=reason,
                    pair=(read_field(data, "phrase", 300), read_field(data, "other", 300)),
                )  # fmt: skip
        return Redirect(_suggesting(topic_id, draft), status_code=303)


def _held(data: dict[str, Any]) -> dict[str, list[str]]:
    """The draft that a form carries; none where it carries no part of one."""
    given = {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    parts = {name: values for name, values in given.items() if name in {*FIELDS, "took"}}
    return parts | {"draft": ["1"]} if parts else {}


def _suggesting(topic_id: int, draft: Draft) -> str:
    """The page of a draft with what is suggested."""
    return f"/topics/{topic_id}?{draft.address()}&suggest=1"


def _draft_of(saved: Definition, data: dict[str, Any]) -> Draft:
    """What a form that changes one thing would make of the topic."""
    given = {name: list(values) for name, values in parts_of(saved).items()}
    for name, done in _EDITS.items():
        if value := read_field(data, name):
            given[done] = [value]
    return read_draft(saved, given | {"draft": ["1"]})


def _apply(
    session: Session,
    topic: Topic,
    data: dict[str, Any],
    clock: Clock,
    *,
    author: str,
    reason: str,
    allow_hosts: Sequence[str],
) -> None:
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
        reason=reason,
        allow_hosts=allow_hosts,
    )


def _given(data: dict[str, Any], name: str) -> list[str]:
    return [read_field(data, name)] if name in data else []
