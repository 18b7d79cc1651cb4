"""Two accounts, one person? A rep proposes it, whoever answers for the reps concerned decides."""

from __future__ import annotations

from typing import Final

from litestar import Controller, Response, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import MANAGERS, SIGNED_IN, Who
from app.linking import decide, may_know, propose, undo
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording
from app.web.prospects import find_person, render_person
from config.errors import Conflict, NotFound, Refused
from models import Account, AccountLink
from prospects.resolve import PROOFS

_FIELDS: Final = ("account", "other", "proof", "record")
_LONGEST: Final = 400


class PersonLinkPages(Controller):
    """What is said on a person's page of their other accounts."""

    path = "/prospects/{person_id:int}/links"
    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @post(sync_to_thread=True)
    def propose(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        person_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Another account is theirs, and what shows it; it waits for a decision."""
        who, now = require_who(request), clock()
        typed = {name: read_field(data, name, _LONGEST).strip() for name in _FIELDS}
        with workspace.db.read() as session:
            find_person(session, who, person_id)
            account = _find_account(session, person_id, read_number(typed["account"]))
            name = f"{account.network}:{account.external_id}"
        try:
            if typed["proof"] not in PROOFS:
                raise Refused("Say what shows it.")
            propose(
                workspace, who, name, typed["other"], proof=typed["proof"],
                record=typed["record"], now=now,
            )  # fmt: skip
        except Refused as error:
            text = read_wording(request).refusal(error)
            with workspace.db.read() as session:
                person = find_person(session, who, person_id)
                return render_person(request, workspace, session, person, now, text, 400, typed)
        return Redirect(f"/prospects/{person_id}#acc-h", status_code=303)

    @post("/{link_id:int}/undo", sync_to_thread=True, opt={"allow": MANAGERS})
    def part(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        person_id: FromPath[int],
        link_id: FromPath[int],
    ) -> Response[str] | Redirect:
        """Two accounts are two people after all; everything goes back where it was."""
        who, now = require_who(request), clock()
        try:
            with workspace.db.write() as session:
                find_person(session, who, person_id)
                _check_link(session, person_id, link_id)
                undo(session, who, link_id, now=now)
        except Conflict:
            text = read_wording(request).gettext(
                "A later link builds upon this one: undo that one first."
            )
            with workspace.db.read() as session:
                person = find_person(session, who, person_id)
                return render_person(request, workspace, session, person, now, text, 409)
        return Redirect(f"/prospects/{person_id}", status_code=303)


class LinkPages(Controller):
    """What a manager decides of proposed links, from the team's page or the person's."""

    path = "/team/links"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @post("/{link_id:int}", sync_to_thread=True)
    def judge(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        link_id: FromPath[int],
        data: Form,
    ) -> Redirect:
        """Join the two, or say that they are two people; with a reason the rep can read."""
        who, verdict = require_who(request), read_field(data, "verdict", 20)
        if verdict not in {"accept", "refuse"}:
            raise NotFound("There is no such verdict.")
        with workspace.db.write() as session:
            link = decide(
                session, who, link_id, accept=verdict == "accept",
                reason=read_field(data, "reason", _LONGEST), workspace=workspace, now=clock(),
            )  # fmt: skip
            back = _way_back(session, who, link, data)
        return Redirect(back, status_code=303)


def _way_back(session: Session, who: Who, link: AccountLink, data: Form) -> str:
    """The page the form stood on; a person who was joined to another has the other's."""
    team_id = read_number(read_field(data, "team"))
    if team_id is not None:
        return f"/team?team={team_id}#links"
    person_id = session.get_one(Account, link.first_id).person_id
    if link.decision != "accepted":
        person_id = read_number(read_field(data, "person")) or person_id
    return f"/prospects/{person_id}#acc-h" if may_know(session, who, person_id) else "/team"


def _find_account(session: Session, person_id: int, account_id: int | None) -> Account:
    account = session.get(Account, account_id) if account_id is not None else None
    if account is None or account.person_id != person_id:
        raise NotFound("There is no such account.")
    return account


def _check_link(session: Session, person_id: int, link_id: int) -> None:
    """Refuse a link that is not about this person."""
    link = session.get(AccountLink, link_id) if link_id < 2**63 else None
    if link is None or person_id not in {
        session.get_one(Account, id_).person_id for id_ in (link.first_id, link.second_id)
    }:
        raise NotFound("There is no such link.")
