"""A rep proposes that two accounts are one person's, a manager decides: who may do what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.access.users import describe, get_user, has_users
from app.access.who import OPEN, Role, Who
from app.bootstrap import Workspace
from app.profiles import check_profiles, profile_address
from config.errors import NotFound, Refused
from models import Account, AccountLink, Person
from prospects.resolve import check_allowed, decide_link, find_account, propose_link, unlink
from quotas.linking import Proposal, get_proposal, is_known, list_involved, list_proposals

_NOBODY: Final = "open workspace"


def find_answering(
    session: Session, by: str | None, roles: Collection[Role], *, system_name: str
) -> Who:
    """The user who answers for a command, named by e-mail address; they need one of the roles.

    Where nobody signs in there are no roles either: it is whoever may open the database.
    """
    if not has_users(session):
        return replace(OPEN, name=(by or system_name)[:200])
    if by is None:
        raise Refused(
            "Who asks for it?", "Say --by with the e-mail address of a user: warmlist user list", 2
        )
    user = get_user(session, by)
    if not user.active:
        raise Refused("%(email)s is kept out.", "Name another user with --by.", email=user.email)
    if user.role not in roles:
        raise Refused(
            "%(email)s is a %(role)s, who may not do this.",
            "Name a user with --by who is %(roles)s.",
            email=user.email,
            role=user.role,
            roles=" or ".join(roles),
        )
    return describe(session, user)


def propose(
    workspace: Workspace,
    who: Who,
    first: str,
    second: str,
    *,
    proof: str,
    record: str = "",
    now: datetime,
) -> AccountLink:
    """Propose a link between accounts named ``network:handle``, with what shows it.

    Unless it is a consent on ``record``, both profile pages are read, outside any transaction:
    those that came with what was collected. An address that somebody names would prove nothing,
    whoever they are: two pages of one's own name each other. Refuses as ``propose_link`` does, and
    whoever the one who asks may not know of.
    """
    settings = workspace.settings
    evidence: dict[str, Any] = {"record": record}
    addresses: tuple[str, str] | None = None
    with workspace.db.read() as session:
        one = find_known(session, who, first)
        other = find_known(session, who, second, or_free=True)
        check_allowed(one, other, settings.people)
        if proof != "consent":
            addresses = profile_address(one), profile_address(other)
    if addresses is not None:
        evidence = check_profiles(
            *addresses, proof=proof, settings=settings, now=now,
            allow_hosts=settings.collect.allow_hosts,
        )  # fmt: skip
    with workspace.db.write() as session:
        return propose_link(
            session, find_known(session, who, first),
            find_known(session, who, second, or_free=True), proof=proof, evidence=evidence,
            by=who.name or _NOBODY, settings=settings.people, now=now,
        )  # fmt: skip


def find_known(session: Session, who: Who, name: str, *, or_free: bool = False) -> Account:
    """The account of that name, if this person may know of whose it is.

    ``or_free``: or it is nobody's so far. Others' and those of people who objected are not there.
    """
    account = find_account(session, name)
    if not may_know(session, who, account.person_id, or_free=or_free):
        raise NotFound(
            "There is no account %(name)s.", "Write it as network:handle.", name=repr(name)
        )
    return account


def may_know(session: Session, who: Who, person_id: int, *, or_free: bool = False) -> bool:
    """Whether this person may know of the other; ``or_free``: also of one who is nobody's."""
    if not is_known(session.get_one(Person, person_id).suppressed_for):
        return False
    if who.role == "admin":
        return True
    involved = list_involved(session, person_id)
    return any(who.may_see_rep(*one) for one in involved) or (or_free and not involved)


def may_decide(who: Who, proposal: Proposal) -> bool:
    """Whether this person answers for every rep the link concerns; for nobody's people an admin."""
    if who.role == "rep":
        return False
    return who.role == "admin" or (
        bool(proposal.teams) and all(who.manages(team_id) for team_id in proposal.teams)
    )


def list_waiting(session: Session, who: Who, team_id: int) -> list[Proposal]:
    """What this person may decide of a team; an admin sees what concerns no team with each."""
    return [
        proposal
        for proposal in list_proposals(session)
        if may_decide(who, proposal) and (team_id in proposal.teams or not proposal.teams)
    ]


def decide(
    session: Session,
    who: Who,
    link_id: int,
    *,
    accept: bool,
    reason: str,
    workspace: Workspace,
    now: datetime,
) -> AccountLink:
    """Accept or refuse a proposal; to whoever does not answer for it, it is not there."""
    if not answers_for(session, who, link_id):
        raise NotFound(
            "There is no link %(link_id)s.", "See: warmlist people show", link_id=link_id
        )
    return decide_link(
        session, link_id, accept=accept, by=who.name or _NOBODY, reason=reason,
        settings=workspace.settings.people, now=now,
    )  # fmt: skip


def undo(session: Session, who: Who, link_id: int, *, now: datetime) -> AccountLink:
    """Undo a link; to whoever does not answer for it, it is not there.

    An admin undoes any: also that of somebody who objected since, and is known to nobody.
    """
    if who.role != "admin" and not answers_for(session, who, link_id):
        raise NotFound(
            "There is no link %(link_id)s.", "See: warmlist people show", link_id=link_id
        )
    return unlink(session, link_id, by=who.name or _NOBODY, now=now)


def answers_for(session: Session, who: Who, link_id: int) -> bool:
    """Whether this person may decide the link, or undo it."""
    try:
        return may_decide(who, get_proposal(session, link_id))
    except NotFound:
        return False
