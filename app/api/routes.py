"""The addresses under ``/api``: lists, touches and attainment, as JSON.

Only a token opens them: a browser's cookie does not, so that no other site can post in its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from anyio import to_thread
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.who import ANYONE, SIGNED_IN, Who
from app.api.document import describe_api
from app.cli.attaining import attainment_rows
from app.cli.leaving import export_list
from app.web.door import require_who
from app.web.given import GivenClock, GivenWorkspace
from config.errors import Conflict, NotFound, Refused
from models import Assignment, Rep, Touch
from prospects.tuning import load_weights
from quotas.lists import load_list
from quotas.more import ask_for_more
from quotas.touches import record_touch
from quotas.working_time import calendar_of

_LONGEST_BODY: Final = 64 * 1024
ApiRequest = Request[Any, Any, State]


def show_problem(_request: ApiRequest, error: Exception) -> Response[dict[str, str]]:
    """A refusal as JSON: what is wrong and, where something can be done, what."""
    if isinstance(error, Refused):
        status = 404 if isinstance(error, NotFound) else 409 if isinstance(error, Conflict) else 400
        return Response({"error": error.what, "remedy": error.remedy}, status_code=status)
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = {401: "A token is needed.", 404: "There is nothing here for this token."}
    remedies = {401: "Send it as: Authorization: Bearer TOKEN"}
    usual = "The request could not be read." if status < 500 else "Something went wrong here."
    return Response(
        {"error": said.get(status, usual), "remedy": remedies.get(status, "")}, status_code=status
    )


class Api(Controller):
    """Programs in the name of the user whose token they carry."""

    path = "/api"
    opt = {"exclude_from_csrf": True}  # noqa: RUF012 - Litestar declares it on the instance
    exception_handlers = {  # noqa: RUF012 - Litestar declares it on the instance
        Refused: show_problem,
        HTTPException: show_problem,
    }

    @get("/openapi.json", sync_to_thread=False, opt={"allow": ANYONE})
    def document(self) -> dict[str, Any]:
        """What these addresses take and answer; it holds nothing of the workspace."""
        return describe_api()

    @get("/lists", sync_to_thread=True, opt={"allow": SIGNED_IN, "scope": "lists:read"})
    def lists(
        self,
        request: ApiRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
    ) -> dict[str, Any]:
        """A rep's list of a day, today's if none is named; one's own if no rep is."""
        who, now = _who(request), clock()
        rep, on = _read_rep(request), _read_date(request)
        with workspace.db.read() as session:
            found = _find_rep(session, who, rep)
            day = on or calendar_of(found.team).today(now)
            shown = load_list(session, found, day, now=now)
            name = f"user {who.user_id}"
            return export_list(workspace, shown, now=now, taken_by=name)

    @get("/attainment", sync_to_thread=True, opt={"allow": SIGNED_IN, "scope": "attainment:read"})
    def attainment(
        self,
        request: ApiRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
    ) -> list[dict[str, Any]]:
        """How far one rep, or everybody whom the token's user may see, has come on each quota."""
        who, now, rep = _who(request), clock(), _read_rep(request)
        with workspace.db.read() as session:
            if rep is not None:
                reps = [_find_rep(session, who, rep)]
            else:
                every = session.scalars(select(Rep).where(Rep.active).order_by(Rep.id))
                reps = [one for one in every if who.may_see_rep(one.id, one.team_id)]
            return attainment_rows(session, reps, now)

    @post(
        "/touches", request_max_body_size=_LONGEST_BODY,
        opt={"allow": SIGNED_IN, "scope": "touches:write"},
    )  # fmt: skip
    async def touches(
        self, request: ApiRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[dict[str, Any]]:
        """Record what came of a contact; the same idempotency key again answers the same."""
        who, now = _who(request), clock()
        given = _read_body(await request.body(), request.headers.get("idempotency-key", ""))

        def record() -> dict[str, Any]:
            with workspace.db.write() as session:
                assignment = session.get(Assignment, given["assignment"])
                # only in one's own name, as on the pages
                if assignment is None or not who.may_work_as(assignment.rep_id):
                    raise NotFound("There is no such assignment on your list.")
                touch = record_touch(
                    session, assignment.id, channel=given["channel"],
                    disposition=given["disposition"], idempotency_key=given["key"],
                    note=given["note"], now=now,
                    weights=load_weights(session, workspace.settings.warmth),
                )  # fmt: skip
                return _touch_document(touch)

        return Response(await to_thread.run_sync(record), status_code=201)

    @post(
        "/lists/more", request_max_body_size=_LONGEST_BODY,
        opt={"allow": SIGNED_IN, "scope": "touches:write"},
    )  # fmt: skip
    async def more(
        self, request: ApiRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[dict[str, Any]]:
        """Ask for people on top of one's own list once it is done; the same key asks once."""
        who, now = _who(request), clock()
        key = _read_key(request.headers.get("idempotency-key", ""))
        count = _read_object(await request.body() or b"{}").get("count")
        if count is not None and (isinstance(count, bool) or not isinstance(count, int)):
            raise Refused("count is not a number.", "Give a whole number or leave it out.")

        def ask() -> dict[str, Any]:
            with workspace.db.write() as session:
                rep = _find_rep(session, who, who.rep_id)
                row = ask_for_more(
                    session, rep, idempotency_key=f"api:{rep.id}:{key}"[:100], count=count,
                    now=now, settings=workspace.settings.lists,
                )  # fmt: skip
                return {"rep": rep.name, "date": row.listed_on.isoformat(), "more": row.count}

        return Response(await to_thread.run_sync(ask), status_code=201)


def _who(request: ApiRequest) -> Who:
    """Who asks, by a token and nothing else."""
    who = require_who(request)
    if who.scopes is None:
        raise NotFound("There is nothing here without a token.", "Make one on the account page.")
    return who


def _read_rep(request: ApiRequest) -> int | None:
    text = _read_once(request, "rep")
    if text is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise Refused("rep is not a number.", "Name one by ?rep=NUMBER, or leave it out.")
    return int(text)


def _read_date(request: ApiRequest) -> date | None:
    text = _read_once(request, "date")
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(
            "date is not a day.", "Give it as ?date=YYYY-MM-DD, or leave it out."
        ) from error


def _read_once(request: ApiRequest, name: str) -> str | None:
    """A value of the address; of two it is not known which is meant."""
    given = request.query_params.getall(name, [])
    if len(given) > 1:
        raise Refused(
            "%(name)s is given %(given)s times.",
            "Give it once, or leave it out.",
            name=name,
            given=len(given),
        )
    return given[0] if given else None


def _find_rep(session: Session, who: Who, rep_id: int | None) -> Rep:
    wanted = who.rep_id if rep_id is None else rep_id
    rep = session.get(Rep, wanted) if wanted is not None and 0 < wanted < 2**63 else None
    if rep is None or not who.may_see_rep(rep.id, rep.team_id):
        raise NotFound("There is no such rep.", "Name one by ?rep=NUMBER that you may see.")
    return rep


def _read_body(body: bytes, key: str) -> dict[str, Any]:
    """The body's fields, checked; ``key`` is the header's."""
    read = _read_object(body)
    assignment, note = read.get("assignment"), read.get("note")
    if isinstance(assignment, bool) or not isinstance(assignment, int):
        raise Refused("assignment is not a number.", "Take it from /api/lists.")
    if not 0 < assignment < 2**63:
        raise NotFound("There is no such assignment on your list.")
    words = {name: read.get(name) for name in ("channel", "disposition")}
    for name, word in words.items():
        if not isinstance(word, str):
            raise Refused(
                "%(name)s is missing.",
                "Give it as text.",
                name=name,
            )
    if note is not None and not isinstance(note, str):
        raise Refused("note is not text.", "Give it as text or leave it out.")
    return words | {"assignment": assignment, "note": note, "key": f"api:{_read_key(key)}"[:100]}


def _read_object(body: bytes) -> Mapping[str, Any]:
    try:
        read: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("The body is not JSON.", "Send one JSON object.") from error
    if not isinstance(read, Mapping):
        raise Refused("The body is not a JSON object.", "Send one JSON object.")
    return read


def _read_key(key: str) -> str:
    if not key or len(key) > 100:
        raise Refused(
            "There is no idempotency key.", "Send a header: Idempotency-Key, up to 100 characters."
        )
    return key


def _touch_document(touch: Touch) -> dict[str, Any]:
    return {
        "touch": touch.id,
        "assignment": touch.assignment_id,
        "channel": touch.channel,
        "disposition": touch.disposition,
        "occurred_at": touch.occurred_at.isoformat(),
    }
