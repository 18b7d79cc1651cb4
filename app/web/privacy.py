"""Privacy: what people concerned may ask for, who is left alone, and who has to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import MediaType
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import ADMINS
from app.bootstrap import Workspace
from app.documents import write_json
from app.web.audit_log import load_log, read_filter
from app.web.door import require_who
from app.web.given import FileForm, Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.wording import Wording
from config.errors import Refused
from models import PrivacyEntry
from prospects.blocklist import (
    add_name,
    count_list,
    export_list,
    import_list,
    read_rows,
    remove_name,
)
from prospects.disclose import as_document, as_html
from prospects.erase import (
    done_before,
    erase_person,
    keep_out,
    object_to_profiling,
    record,
    subject_hash,
)
from prospects.notices import due_notices, mark_given
from prospects.records import Found, collect, find_one, find_people
from signals.contact_points import ANY_NETWORK

_NOTICES_SHOWN: Final = 20
_LARGEST_FILE: Final = 8 * 1024 * 1024
_EXPORTS: Final = {"export": "json", "export_page": "html"}
_ACTIONS: Final = ("find", *_EXPORTS, "erase", "object")


@dataclass(frozen=True)
class _Answer:
    """What was looked for and found, what was done, or what was wrong."""

    handle: str = ""
    network: str = ""
    found: tuple[Found, ...] = ()
    done: str = ""
    text: str = ""
    history: tuple[PrivacyEntry, ...] = ()
    about: str = "who"  # or the list
    lines: tuple[str, ...] = ()  # what became of the names given
    names: str = ""  # those that were refused


class PrivacyPages(Controller):
    """The admin's page for rights, suppression, notices and the audit log."""

    path = "/privacy"
    opt = {"allow": ADMINS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """The page; the address filters the log and turns its pages and those of notices."""
        with workspace.db.read() as session:
            return _render(request, workspace, session, clock(), _Answer(), 200)

    @post(sync_to_thread=True)
    def act(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Response[bytes]:
        """Find, export, erase or object for one handle; sent as a form so that no log holds it."""
        now, actor = clock(), _actor(request)
        handle = read_field(data, "handle", 300).strip()
        network = read_field(data, "network", 40).strip() or None
        do = read_field(data, "do")
        if not handle or do not in _ACTIONS:
            text = read_wording(request).gettext("Write a handle first.")
            return _answer(request, workspace, now, _Answer(text=text), 400)
        try:
            if do in _EXPORTS:
                return _export(
                    workspace, read_wording(request), handle, network, _EXPORTS[do], actor, now
                )
            if do == "find":
                return _find(request, workspace, handle, network, now)
            if do == "erase" and read_field(data, "sure") != "yes":
                text = read_wording(request).gettext(
                    "An erasure cannot be undone. Tick the box if it is meant."
                )
                answer = _look(workspace, handle, network, text=text)
                return _answer(request, workspace, now, answer, 400)
            done = _carry_out(workspace, do, handle, network, actor, now)
        except Refused as error:
            answer = _Answer(
                handle=handle, network=network or "", text=read_wording(request).refusal(error)
            )
            return _answer(request, workspace, now, answer, 400)
        return _answer(request, workspace, now, _Answer(handle=handle, done=done), 200)

    @post("/suppression", sync_to_thread=True)
    def suppress(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str]:
        """Add names, one a line, or take one off the list; says what became of them."""
        now, actor, wording = clock(), _actor(request), read_wording(request)
        names = read_field(data, "names", 200_000)
        try:
            if read_field(data, "do") == "remove":
                with workspace.db.write() as session:
                    count = remove_name(session, names.strip(), kind=None, network="")
                    counts = {"removed": count}
                    record(session, "suppress_remove", actor=actor, subject=None, counts=counts,
                           now=now)  # fmt: skip
                sentence = "Removed. People who may be shown again: %(people)s."
                lines: tuple[str, ...] = (_say(wording, sentence, people=count),)
            elif "," in names or "\n" in names.strip():
                lines = _take_list(workspace, names, actor, now, wording)
            else:
                with workspace.db.write() as session:
                    people = add_name(session, names.strip(), kind=None, network="",
                                      reason="manual", now=now)  # fmt: skip
                    record(session, "suppress_add", actor=actor, subject=None,
                           counts={"added": 1, "people": people}, now=now)  # fmt: skip
                lines = (_say(wording, "Added. People known by it: %(people)s.", people=people),)
        except Refused as error:
            answer = _Answer(text=wording.refusal(error), about="list", names=names)
            return _answer(request, workspace, now, answer, 400)
        return _answer(request, workspace, now, _Answer(about="list", lines=lines), 200)

    @post("/suppression/file", sync_to_thread=True, request_max_body_size=_LARGEST_FILE)
    def suppress_file(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: FileForm
    ) -> Response[str]:
        """A list from elsewhere as a file: CSV, or one name a line; says what became of it."""
        now, actor, given = clock(), _actor(request), data.get("file")
        wording = read_wording(request)
        try:
            if not isinstance(given, UploadFile):
                raise Refused(wording.gettext("Choose a file first."))
            words = given.file.read().decode("utf-8-sig", "replace")
            lines = _take_list(workspace, words, actor, now, wording)
        except Refused as error:
            answer = _Answer(text=wording.refusal(error), about="list")
            return _answer(request, workspace, now, answer, 400)
        return _answer(request, workspace, now, _Answer(about="list", lines=lines), 200)

    @get("/suppression.csv", sync_to_thread=True)
    def export_suppression(self, workspace: GivenWorkspace) -> Response[str]:
        """The list as CSV: salted hashes, why and since when."""
        with workspace.db.read() as session:
            text = export_list(session)
        headers = {"Content-Disposition": 'attachment; filename="suppression.csv"'}
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)

    @post("/notices", sync_to_thread=True)
    def tell(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Redirect:
        """Somebody was told what is held about them."""
        person_id = read_number(read_field(data, "person"))
        now, actor = clock(), _actor(request)
        if person_id is not None:
            with workspace.db.write() as session:
                count = mark_given(session, [person_id], channel="message", given_by=actor, now=now)
                record(session, "notice", actor=actor, subject=None, counts={"notices": count},
                       now=now)  # fmt: skip
        return Redirect("/privacy#due-h", status_code=303)


def _actor(request: PageRequest) -> str:
    return require_who(request).name or "admin"


def _take_list(
    workspace: Workspace, words: str, actor: str, now: datetime, wording: Wording
) -> tuple[str, ...]:
    """Take a list over; returns what became of its rows, in sentences."""
    with workspace.db.write() as session:
        result = import_list(session, read_rows(words), now=now)
        counts = {"added": result.added, "people": result.people}
        record(session, "suppress_import", actor=actor, subject=None, counts=counts, now=now)
    rows = wording.ngettext("%(n)s row", "%(n)s rows", result.read)
    lines = [
        _say(
            wording,
            "%(read)s: %(added)s added, %(known)s known before, %(refused)s not usable. People "
            "known by one of them: %(people)s.",
            read=wording.filled(rows, {"n": wording.number(result.read)}),
            added=result.added, known=result.known, refused=result.refused, people=result.people,
        )
    ]  # fmt: skip
    if result.refused:
        sentence = "Not usable, without the header: row %(numbers)s."
        if result.refused > len(result.refused_rows):
            sentence = "Not usable, without the header: row %(numbers)s and others."
        numbers = ", ".join(map(wording.number, result.refused_rows))
        lines.append(_say(wording, sentence, numbers=numbers))
    if result.shared:
        sentence = (
            "Many people have a page or a mailbox at %(hosts)s: give handles, e-mails or the "
            "addresses of profiles."
        )
        lines.append(_say(wording, sentence, hosts=", ".join(result.shared)))
    return tuple(lines)


def _say(wording: Wording, sentence: str, **values: str | int) -> str:
    """A sentence of the catalogue with its values, numbers as the language writes them."""
    figures = {
        name: value if isinstance(value, str) else wording.number(value)
        for name, value in values.items()
    }
    return wording.filled(sentence, figures)


def _look(workspace: Workspace, handle: str, network: str | None, text: str = "") -> _Answer:
    with workspace.db.write() as session:  # the workspace's salt may have to be made
        found = tuple(collect(session, one) for one in find_people(session, handle, network))
        history = tuple(done_before(session, handle))
        session.expunge_all()
    return _Answer(handle, network or "", found, text=text, history=history)


def _find(
    request: PageRequest, workspace: Workspace, handle: str, network: str | None, now: datetime
) -> Response[str]:
    return _answer(request, workspace, now, _look(workspace, handle, network), 200)


def _export(
    workspace: Workspace, wording: Wording, handle: str, network: str | None, kind: str, actor: str,
    now: datetime,
) -> Response[bytes]:  # fmt: skip
    with workspace.db.write() as session:
        found = collect(session, find_one(session, handle, network))
        record(session, "export", actor=actor, subject=subject_hash(session, handle),
               counts=found.counts, now=now)  # fmt: skip
    document = as_document(found, controller=workspace.settings.privacy.controller, now=now)
    if kind == "html":
        body = as_html(
            document, language=wording.language, direction=wording.direction, say=wording.gettext
        )
        media, name = MediaType.HTML.value, "about.html"
    else:
        body = write_json(document)
        media, name = MediaType.JSON.value, "about.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body.encode(), media_type=media, headers=headers)


def _carry_out(
    workspace: Workspace, do: str, handle: str, network: str | None, actor: str, now: datetime
) -> str:
    act, reason = (erase_person, "erased") if do == "erase" else (object_to_profiling, "objection")
    with workspace.db.write() as session:
        if find_people(session, handle, network):
            act(session, find_one(session, handle, network), actor=actor, now=now)
        else:
            keep_out(session, handle, network or ANY_NETWORK, reason=reason, actor=actor, now=now)
            return "kept_out"
    return reason


def _answer(
    request: PageRequest, workspace: Workspace, now: datetime, answer: _Answer, status: int
) -> Response[str]:
    with workspace.db.read() as session:
        return _render(request, workspace, session, now, answer, status)


def _render(
    request: PageRequest,
    workspace: Workspace,
    session: Session,
    now: datetime,
    answer: _Answer,
    status: int,
) -> Response[str]:
    due = due_notices(session, settings=workspace.settings.privacy, now=now, only_overdue=False)
    query = dict(request.query_params) if request.method == "GET" else {}
    start = read_number(query.get("notices")) or 0
    context = {
        "page": "privacy",
        "rep": None,
        "answer": answer,
        "listed": count_list(session),
        "due": due[start : start + _NOTICES_SHOWN],
        "due_start": start,
        "due_next": start + _NOTICES_SHOWN if len(due) > start + _NOTICES_SHOWN else None,
        "due_back": max(0, start - _NOTICES_SHOWN) if start else None,
        "due_count": len(due),
        "overdue": sum(one.is_overdue for one in due),
        "log": load_log(session, read_filter(query)),
        "now": now,
        "zone": UTC,
    }
    return render(request, "privacy.html", context, status=status)
