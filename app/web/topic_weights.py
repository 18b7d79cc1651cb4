"""What evidence counts and how fast it fades, as a page: the present weights and every version."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.who import MANAGERS
from app.bootstrap import Workspace
from app.web.door import require_who
from app.web.given import Clock, Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_wording, render
from app.web.reps import find_reader
from app.web.topic_page import zone_of
from config.errors import Refused
from models import Topic, WarmthVersion
from prospects.tuning import history, in_force, load_weights, tune

_KINDS: Final = ("post", "comment", "quote", "click", "repost", "follow", "like")
_SHOWN: Final = 50  # versions


class WeightPages(Controller):
    """The weights in force, a form that changes them with a reason, and their history."""

    path = "/topics/weights"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """What counts how much now, and who set it."""
        with workspace.db.read() as session:
            return _render(request, session, workspace, clock)

    @post(sync_to_thread=True)
    def change(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock, data: Form
    ) -> Response[str] | Redirect:
        """Append a version with what differs; evidence is made again by it within minutes."""
        who, reason = require_who(request), read_field(data, "reason", 500)
        try:
            with workspace.db.write() as session:
                present = _present(session, workspace)
                typed = {
                    name: read_field(data, name, 40)
                    for name in present
                    if data.get(name) is not None
                }
                changes = {
                    name: value
                    for name, value in _read(typed).items()
                    if abs(value - present[name]) > 1e-9
                }
                _check(request, session, changes, reason, read_field(data, "version", 20))
                tune(
                    session, _name_topics(session, changes), author=who.name or "open workspace",
                    why=reason, configured=workspace.settings.warmth, now=clock(),
                )  # fmt: skip
        except Refused as error:
            said = {name: read_field(data, name, 40) for name in data}
            mistake = _explain(request, error)
            with workspace.db.read() as session:
                return _render(request, session, workspace, clock, mistake=mistake, typed=said)
        return Redirect("/topics/weights", status_code=303)


def _present(session: Session, workspace: Workspace) -> dict[str, float]:
    """Every weight by the name ``tune`` knows, and half-lives in hours by topic."""
    weights = load_weights(session, workspace.settings.warmth)
    values = {name: weights.weight(name) for name in _KINDS}
    values |= {"repeat": weights.repeat, "floor": weights.floor}
    values |= {
        f"identity.{name}": float(value) for name, value in weights.identity.model_dump().items()
    }
    topics = session.scalars(select(Topic).where(Topic.active).order_by(Topic.name, Topic.id))
    return values | {f"half_life.{topic.id}": topic.half_life_hours for topic in topics}


def _read(typed: Mapping[str, str]) -> dict[str, float]:
    values = {}
    for name, text in typed.items():
        try:
            # as Arabic writes it, too
            values[name] = float(text.replace("٫", ".").replace(",", "."))
        except ValueError as error:
            raise _Mistyped(name) from error
        if not math.isfinite(values[name]):
            raise _Mistyped(name)
    return values


class _Mistyped(Refused):
    """A field holds no number."""

    def __init__(self, name: str) -> None:
        super().__init__("%(name)s is no number.", "Write it as 0.4.", name=name)


def _check(
    request: PageRequest, session: Session, changes: Mapping[str, float], reason: str, seen: str
) -> None:
    """Refuse what is no change, what nobody gave a reason for, and a form that is out of date."""
    _ = read_wording(request).gettext
    if not reason.strip():
        raise Refused(_("Say in a few words why. Nothing is saved without a reason."))
    if seen != _number(in_force(session)):
        raise Refused(_("Somebody changed the weights meanwhile. Look at them, then save again."))
    if not changes:
        raise Refused(_("Nothing would change."))


def _number(version: WarmthVersion | None) -> str:
    return str(version.number) if version else ""


def _name_topics(session: Session, changes: Mapping[str, float]) -> dict[str, float]:
    """The changes as ``tune`` reads them: topics by name."""
    named = {}
    for name, value in changes.items():
        group, _, number = name.partition(".")
        if group == "half_life":
            named[f"half_life.{session.get_one(Topic, int(number)).name}"] = value
        else:
            named[name] = value
    return named


def _explain(request: PageRequest, error: Refused) -> str:
    _ = read_wording(request).gettext
    if isinstance(error, _Mistyped):
        return _("Write every weight as a number, such as 0.4.")
    if error.fault == "out_of_range":
        return _("Weights are 0 or more, shares up to 1, and half-lives over 0 hours.")
    return read_wording(request).refusal(error)


def _render(
    request: PageRequest,
    session: Session,
    workspace: Workspace,
    clock: Clock,
    *,
    mistake: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response[str]:
    rep = find_reader(request, session)
    present, newest = _present(session, workspace), in_force(session)
    topics = {
        f"half_life.{topic.id}": topic.name
        for topic in session.scalars(select(Topic).where(Topic.active))
    }
    context = {
        "page": "topics",
        "rep": rep,
        "kinds": _KINDS,
        "identities": [name for name in present if name.startswith("identity.")],
        "halves": {name: topics[name] for name in present if name in topics},
        "values": {name: f"{value:.12g}" for name, value in present.items()} | dict(typed or {}),
        "version": _number(newest),
        "versions": history(session)[:_SHOWN],
        "mistake": mistake,
        "now": clock(),
        "zone": zone_of(rep),
    }
    return render(request, "topic-weights.html", context, status=400 if mistake else 200)
