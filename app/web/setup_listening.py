"""The first steps that say what is listened for, where, and what reps will owe."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.who import ADMINS, MANAGERS
from app.bootstrap import Workspace
from app.first_steps import NETWORK, QUOTA, TOPIC
from app.starters import find_starter, list_starters, suggest_start
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_wording
from app.web.quota_form import draft, explain, find_owner, read_typed
from app.web.quotas import Preview, preview_typed
from app.web.setup_forms import (
    NetworkForm,
    Slip,
    TopicForm,
    explain_network,
    list_keyless,
    read_network,
    read_topic,
)
from app.web.setup_pages import find_team, go_on, render_step
from app.web.topic_words import KEYWORD_FAULTS, LANGUAGES, explain_topic
from app.wording import Wording
from config.errors import NotFound, Refused
from models import Quota, Source, Topic
from quotas.periods import Period
from quotas.templates import TEMPLATES
from signals.catalog import create_topic, edit_topic
from signals.collectors.traits import Shape, traits_of
from signals.sources import SourceTerms, add_source


class SetupListeningPages(Controller):
    """Topic, network and quota."""

    path = "/setup"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get("/topic", sync_to_thread=True)
    def show_topic(self, request: PageRequest, workspace: GivenWorkspace) -> Response[str]:
        """The topic's form, filled from a starting point where the address names one."""
        with workspace.db.read() as session:
            team = find_team(session, require_who(request), {})
            usual = (team.language if team else None) or read_wording(request).language
            form = TopicForm(language=usual)
            starter = find_starter(request.query_params.get("like", ""), usual)
            if starter is not None:
                form = TopicForm(
                    starter.name, starter.language, starter.keywords, starter.keywords,
                    exclusions=starter.exclusions,
                )  # fmt: skip
            return _render_topic(request, session, form, Slip(), 200)

    @post("/topic/suggest", sync_to_thread=True)
    def suggest(self, request: PageRequest, workspace: GivenWorkspace, data: Form) -> Response[str]:
        """The same form with keywords for the name typed; what was ticked off stays off."""
        form = read_topic(data)
        dropped = set(form.offered) - set(form.ticked)
        offered = suggest_start(form.name, form.language)
        kept = [one for one in form.ticked if one not in offered]
        ticked = [one for one in [*offered, *kept] if one not in dropped]
        form = replace(form, offered=[*offered, *kept], ticked=ticked)
        slip = Slip() if offered else Slip(
            "name", read_wording(request).gettext("Write a short name first.")
        )  # fmt: skip
        with workspace.db.read() as session:
            return _render_topic(request, session, form, slip, 200 if offered else 400)

    @post("/topic", sync_to_thread=True)
    def save_topic(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Make the topic; without keywords it is refused, with suggestions at hand."""
        who, form = require_who(request), read_topic(data)
        try:
            with workspace.db.write() as session:
                create_topic(
                    session, name=form.name, keywords=form.keywords, exclusions=form.exclusions,
                    languages=[form.language] if form.language else [],
                    defaults=workspace.settings.topic, now=clock(), author=who.name,
                )  # fmt: skip
        except Refused as error:
            text = explain_topic(read_wording(request), error)
            about = "keywords" if form.name and error.fault in KEYWORD_FAULTS else "name"
            if not form.offered:
                form = replace(form, offered=suggest_start(form.name, form.language))
            with workspace.db.read() as session:
                return _render_topic(request, session, form, Slip(about, text), 400)
        with workspace.db.read() as session:
            return go_on(session, who, after=TOPIC)

    @get("/network", opt={"allow": ADMINS}, sync_to_thread=True)
    def show_network(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """Networks without a key."""
        form = NetworkForm(lawful_basis=_usual_basis(request, clock()))
        with workspace.db.read() as session:
            return _render_network(request, session, workspace, form, Slip(), 200)

    @post("/network", opt={"allow": ADMINS}, sync_to_thread=True)
    def save_network(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Switch a network on, on the lawful basis somebody names."""
        who, form, wording = require_who(request), read_network(data), read_wording(request)
        slip = _check_network(wording, form)
        if not slip.text:
            try:
                with workspace.db.write() as session:
                    terms = SourceTerms(lawful_basis=form.lawful_basis, url=form.url or None)
                    add_source(
                        session,
                        network=form.network,
                        terms=terms,
                        now=clock(),
                        allow_hosts=workspace.settings.collect.allow_hosts,
                    )
                    if form.place:
                        for topic in session.scalars(select(Topic).where(Topic.active)).all():
                            place = f"{form.network}:{form.place}"
                            why = wording.gettext("Setting up: %(network)s.") % {
                                "network": wording.network(form.network)
                            }
                            edit_topic(
                                session, topic, add_communities=[place], now=clock(),
                                author=who.name, reason=why,
                                allow_hosts=workspace.settings.collect.allow_hosts,
                            )  # fmt: skip
            except Refused as error:
                slip = explain_network(wording, error, form)
        with workspace.db.read() as session:
            if slip.text:
                return _render_network(request, session, workspace, form, slip, 400)
            return go_on(session, who, after=NETWORK)

    @get("/quota", sync_to_thread=True)
    def show_quota(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """The quota's form with what the first template comes to."""
        with workspace.db.read() as session:
            typed = read_typed({}) | {"template": next(iter(TEMPLATES))}
            return _render_quota(request, session, workspace, typed, clock(), 200)

    @post("/quota/preview", sync_to_thread=True, status_code=200)
    def preview_quota(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str]:
        """The same page with what was typed; nothing is stored."""
        with workspace.db.read() as session:
            return _render_quota(request, session, workspace, read_typed(data), clock(), 200)

    @post("/quota", sync_to_thread=True)
    def save_quota(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Set it for the whole team."""
        who, now, typed = require_who(request), clock(), read_typed(data)
        try:
            with workspace.db.write() as session:
                owner = find_owner(session, who, typed["whose"])
                threshold = workspace.settings.lists.threshold
                session.add_all(draft(session, owner, typed, threshold=threshold, now=now))
        except NotFound:
            raise
        except Refused as error:
            text = explain(read_wording(request), error)
            with workspace.db.read() as session:
                return _render_quota(request, session, workspace, typed, now, 400, text)
        with workspace.db.read() as session:
            return go_on(session, who, after=QUOTA)


def _usual_basis(request: PageRequest, now: datetime) -> str:
    wording = read_wording(request)
    text = wording.gettext("legitimate interests, assessed on %(day)s")
    return text % {"day": wording.full_date(now.date())}


def _check_network(wording: Wording, form: NetworkForm) -> Slip:
    _ = wording.gettext
    if form.network not in list_keyless():
        return Slip("network", _("Choose a network."))
    if not form.weighed:
        return Slip("weighed", _("Tick that you weighed it: without, nothing is listened to."))
    traits = traits_of(form.network)
    is_placed = bool(form.place or (traits.url_is_place and form.url))
    if traits.shape is Shape.PLACE and not is_placed:
        return Slip("place", _("This network needs a place to listen in: name it."))
    return Slip()


def _render_topic(
    request: PageRequest, session: Session, form: TopicForm, slip: Slip, status: int
) -> Response[str]:
    context = {
        "form": form,
        "slip": slip,
        "topics": session.scalars(select(Topic).order_by(Topic.id)).all(),
        "starters": list_starters(form.language or read_wording(request).language),
        "offered_languages": LANGUAGES,
    }
    return render_step(request, session, TOPIC, context, status=status)


def _render_network(
    request: PageRequest,
    session: Session,
    workspace: Workspace,
    form: NetworkForm,
    slip: Slip,
    status: int,
) -> Response[str]:
    sources = session.scalars(select(Source).order_by(Source.id)).all()
    used = {source.name for source in sources}
    context = {
        "form": form,
        "slip": slip,
        "sources": sources,
        "offered": [name for name in list_keyless() if name not in used],
        "controller": workspace.settings.privacy.controller,
    }
    return render_step(request, session, NETWORK, context, status=status)


def _render_quota(
    request: PageRequest,
    session: Session,
    workspace: Workspace,
    typed: dict[str, str],
    now: datetime,
    status: int,
    text: str = "",
) -> Response[str]:
    who = require_who(request)
    team = find_team(session, who, {})
    if team is not None and not typed["whose"]:
        typed = typed | {"whose": f"team:{team.id}"}
    preview = None
    if text:
        preview = Preview(typed["whose"], slip=text)
    elif team is not None:
        preview = preview_typed(request, workspace, session, typed, now)
        status = 400 if preview.slip else status
    context = {
        "team": team,
        "typed": typed,
        "preview": preview,
        "templates": TEMPLATES,
        "periods": [period.value for period in Period],
        "set_before": session.scalar(
            select(Quota.id).where(Quota.team_id == (team.id if team else 0)).limit(1)
        ),
        "save_at": "/setup/quota",
        "today": now.date(),
    }
    return render_step(request, session, QUOTA, context, status=status)
