"""Sources: what is listened to, what it costs, and who must do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.who import ADMINS
from app.bootstrap import Workspace
from app.collections import list_collections, list_sources
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_wording, render
from app.wording import Wording
from config.errors import NotFound, Refused
from signals.collectors.registry import COLLECTORS
from signals.collectors.traits import traits_of
from signals.policy import TERMS, Terms
from signals.sources import (
    SourceTerms,
    add_source,
    edit_source,
    find_source,
    pause_source,
    resume,
)

_FIELDS: Final = ("network", "lawful_basis", "approval_ref", "url", "daily_money")


@dataclass(frozen=True)
class _Mistake:
    """What was wrong with the form of a source, and what was typed."""

    text: str = ""
    typed: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(_FIELDS, ""))
    about: str = ""  # a source that is there already; else the new one


class SourcePages(Controller):
    """Every source in words a person can act on; a change takes effect at the next run."""

    path = "/sources"
    opt = {"allow": ADMINS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """The page."""
        return _render(request, workspace, clock(), _Mistake(), 200)

    @post(sync_to_thread=True)
    def add(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Switch a network on."""
        typed = {name: read_field(data, name, 400).strip() for name in _FIELDS}
        try:
            terms = SourceTerms(
                lawful_basis=typed["lawful_basis"],
                approval_ref=typed["approval_ref"] or None,
                url=typed["url"] or None,
                daily_money=_read_money(typed["daily_money"]),
            )
            with workspace.db.write() as session:
                add_source(
                    session,
                    network=typed["network"],
                    terms=terms,
                    now=clock(),
                    allow_hosts=workspace.settings.collect.allow_hosts,
                )
        except Refused as error:
            mistake = _Mistake(_explain(read_wording(request), error), typed)
            return _render(request, workspace, clock(), mistake, 400)
        return Redirect("/sources", status_code=303)

    @post("/{name:str}", sync_to_thread=True)
    def act(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        name: FromPath[str],
        data: Form,
    ) -> Response[str] | Redirect:
        """Pause a source, go on after what was asked has been done, or change what is stated."""
        do = read_field(data, "do")
        if do == "change":
            typed = {name: read_field(data, name, 400).strip() for name in _FIELDS}
            try:
                terms = SourceTerms(
                    lawful_basis=typed["lawful_basis"],
                    approval_ref=typed["approval_ref"],
                    daily_money=_read_money(typed["daily_money"]),
                )
                with workspace.db.write() as session:
                    edit_source(session, name, terms, now=clock())
            except NotFound:
                raise
            except Refused as error:
                mistake = _Mistake(_explain(read_wording(request), error), typed, about=name)
                return _render(request, workspace, clock(), mistake, 400)
            return Redirect("/sources#on-h", status_code=303)
        with workspace.db.write() as session:
            if do == "pause":
                # kept in English, as all that is stored: each reader is told in their own language
                reason = "Switched off on this page."
                pause_source(session, find_source(session, name).name, reason=reason)
            else:
                resume(session, name, now=clock())
        return Redirect("/sources", status_code=303)


def _read_money(text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace("٫", ".").translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")))
    except ValueError as error:
        raise Refused(
            "A budget of %(text)s is no number.",
            "Give US dollars, such as 2.",
            text=repr(text),
            fault="bad_budget",
        ) from error


def _explain(wording: Wording, error: Refused) -> str:
    """The refusals people meet most, in their words; others as they are."""
    _ = wording.gettext
    if error.fault == "no_approval":
        asked = _("This network must approve the use first. Give its reference.")
        where = _("Ask for it at %(address)s.") % {"address": error.values.get("approval_from", "")}
        return f"{asked} {where}"
    said = {
        "no_basis": _(
            "Say on what lawful basis, for example: legitimate interests, assessed 2026-11."
        ),
        "source_exists": _("This network is listened to already."),
        "needs_address": _("This network needs an address."),
        "bad_address": _("That is not an address this network can have."),
        "bad_budget": _("The budget is US dollars a day, 0 or more."),
    }
    return said.get(error.fault) or wording.refusal(error)


def _render(
    request: PageRequest, workspace: Workspace, now: datetime, mistake: _Mistake, status: int
) -> Response[str]:
    collections = [_read_times(one) for one in list_collections(workspace, now=now)]
    sources = [_read_times(one) for one in list_sources(workspace, now=now)]
    listening = [one for one in collections if one["task"] == "collect"]
    used = {source["network"] for source in sources}
    context = {
        "page": "sources",
        "rep": None,
        "sources": sources,
        "needs_approval": {name for name, one in _list_terms() if one.needs_approval},
        "need": [source for source in sources if source["do"]],
        "listening": listening,
        "stopped": sum(one["state"] == "paused" for one in listening),
        "items": sum(one["items"] for one in listening),
        "spent": sum(source["spent_today"] for source in sources),
        "offered": [name for name in sorted(COLLECTORS) if name not in used],
        "needs_url": {name for name in COLLECTORS if traits_of(name).needs_url},
        "terms": _list_terms(),
        "budgets": workspace.settings.budgets,
        "mistake": mistake,
        "now": now,
        "zone": UTC,
    }
    return render(request, "sources.html", context, status=status)


def _list_terms() -> list[tuple[str, Terms]]:
    return [(name, TERMS[name]) for name in sorted(COLLECTORS) if name in TERMS]


def _read_times(document: dict[str, Any]) -> dict[str, Any]:
    """Instants as such, for the page to show in words."""
    times = {
        name: datetime.fromisoformat(document[name])
        for name in ("last_run", "next_due_at")
        if document.get(name)
    }
    return document | times
