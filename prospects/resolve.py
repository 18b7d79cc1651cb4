"""Which accounts are one person: proposed with proof, decided by a manager, undone exactly.

Only what people themselves declare counts: profiles that link to each other, ``rel="me"`` seen in
both directions, or a consent on record. Never for Reddit, whose terms forbid it, and not at all
unless the workspace asks for it. Source: NETWORKS section 2, requirement R8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Reasonless, Refused
from config.settings import PeopleSettings
from models import (
    Account,
    AccountLink,
    Assignment,
    Evidence,
    Link,
    Notice,
    Person,
    Prospect,
    Signal,
    Touch,
)
from models.upsert import insert_ignore
from prospects.refresh import recompute
from prospects.suppress import part_suppression, share_suppression
from signals.policy import terms_of
from signals.tombstones import SUPPRESSED

PROOFS: Final = ("profile_links", "rel_me", "consent")
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: What belongs to a person and moves with the accounts, by its name in ``AccountLink.moved``.
_MOVING: Final = (
    (Account, "accounts"), (Assignment, "assignments"), (Touch, "touches"), (Notice, "notices"),
    (Link, "links"),
)  # fmt: skip
LINKED: Final = "linked"  # why an assignment was closed: another rep held the same person longer


def points_to(links: Iterable[str], address: str) -> bool:
    """Whether a profile's links name an address, written in whatever way."""
    wanted = _spell(address)
    return bool(wanted) and any(_spell(link) == wanted for link in links)


def _spell(address: str) -> str:
    try:
        parts = urlsplit(address.strip().lower())
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    return f"{parts.netloc.removeprefix('www.')}/{parts.path.strip('/')}"


def propose_link(
    session: Session,
    first: Account,
    second: Account,
    *,
    proof: str,
    evidence: Mapping[str, Any],
    by: str,
    settings: PeopleSettings,
    now: datetime,
) -> AccountLink:
    """Say that two accounts are one person's, with what shows it; a manager decides.

    Refuses where linking is off or forbidden, without proof, and what is joined already. The same
    proposal again returns the one that waits.
    """
    check_allowed(first, second, settings)
    if proof not in PROOFS:
        raise Refused(
            "Proof %(proof)s is not known.",
            "Use one of: %(known)s.",
            2,
            proof=repr(proof),
            known=", ".join(PROOFS),
        )
    _check_evidence(proof, evidence)
    if first.person_id == second.person_id:
        raise Conflict("These accounts are one person already.", "See: warmlist people show")
    waiting = session.scalar(
        select(AccountLink).where(
            AccountLink.first_id.in_((first.id, second.id)),
            AccountLink.second_id.in_((first.id, second.id)),
            AccountLink.decision.is_(None),
        )
    )
    if waiting is not None:
        return waiting
    link = AccountLink(
        first_id=first.id, second_id=second.id, proof=proof, evidence=dict(evidence),
        proposed_by=by, proposed_at=now, moved={},
    )  # fmt: skip
    session.add(link)
    session.flush()
    return link


def check_allowed(first: Account, second: Account, settings: PeopleSettings) -> None:
    """Refuse to think of two accounts as one person where that is off or forbidden."""
    if not settings.link_accounts:
        raise Refused(
            "Linking accounts is off in this workspace.",
            "Set people.link_accounts = true if you have a ground for it.",
        )
    forbidden = sorted(
        network for network in (first.network, second.network) if not terms_of(network).link_people
    )
    if forbidden:
        raise Refused(
            "Accounts on %(forbidden)s are never linked: its terms forbid it.",
            "Treat them as two people.",
            forbidden=forbidden[0],
        )
    if first.id == second.id:
        raise Refused("That is one account, not two.", "Name another.", 2)


def _check_evidence(proof: str, evidence: Mapping[str, Any]) -> None:
    if proof == "consent":
        if not str(evidence.get("record", "")).strip():
            raise Refused(
                "A consent needs its record: when, how, and where it is kept.", "Say --record.", 2
            )
        return
    if not (evidence.get("first_seen_at") and evidence.get("second_seen_at")):
        raise Refused(
            "The profiles do not link to each other, so nothing is proven.",
            "Both have to link to the other; or record a consent.",
        )


def decide_link(
    session: Session,
    link_id: int,
    *,
    accept: bool,
    by: str,
    reason: str,
    settings: PeopleSettings,
    now: datetime,
) -> AccountLink:
    """Accept or reject a proposal. Accepting joins the second account's person to the first's.

    Where two reps hold the two halves, whoever was given theirs first keeps the person; the other
    assignment is closed as ``linked`` and opens again when the link is undone. Refuses without a
    reason, and pages as proof that are not the accounts' by what was collected.
    """
    if not reason.strip():
        raise Reasonless("Why are they one person, or not?", "Say --reason.", 2)
    link = _find(session, link_id)
    if link.decision is not None:
        raise Conflict(
            "Link %(link_id)s was %(decision)s by %(decided_by)s.",
            "Propose anew.",
            link_id=link_id,
            decision=link.decision,
            decided_by=link.decided_by,
        )
    if accept:
        first = session.get_one(Account, link.first_id)
        second = session.get_one(Account, link.second_id)
        check_allowed(first, second, settings)
        read = link.evidence.get("first"), link.evidence.get("second")
        if link.proof != "consent" and read != (first.url, second.url):
            raise Refused(
                "The pages that were read are not those the networks tell.",
                "Reject the proposal, and propose anew.",
            )
        if first.person_id == second.person_id:
            raise Conflict("These accounts are one person already.", "Reject the proposal.")
        keeper, joined = first.person_id, second.person_id
        link.moved = _join(session, keeper, joined, now)
        _rank_again(session, [keeper, joined])
    link.decision = "accepted" if accept else "rejected"
    link.decided_by, link.decided_at, link.reason = by, now, reason.strip()
    session.flush()
    return link


def unlink(session: Session, link_id: int, *, by: str, now: datetime) -> AccountLink:
    """Undo a link: accounts go back where they were with what is theirs, ranks follow.

    That is assignments, touches, notices given and short links.

    What happened to the joined person since stays with the one whose signal brought it, or with
    the first. Links made later on the joined person have to be undone before.
    """
    link = _find(session, link_id)
    if link.decision != "accepted" or link.undone_at is not None:
        raise Conflict(
            "Link %(link_id)s joins nobody.", "See: warmlist people show", link_id=link_id
        )
    keeper, joined = link.moved["keeper"], link.moved["joined"]
    standing = select(AccountLink).where(
        AccountLink.id != link.id,
        AccountLink.decision == "accepted",
        AccountLink.undone_at.is_(None),
        AccountLink.decided_at >= link.decided_at,
    )
    for later in session.scalars(standing):
        if {later.moved["keeper"], later.moved["joined"]} & {keeper, joined}:
            raise Conflict("Link %(id)s builds upon this one.", "Undo that one first.", id=later.id)
    _part(session, link, now)
    _rank_again(session, [keeper, joined])
    link.undone_by, link.undone_at = by, now
    session.flush()
    return link


def _find(session: Session, link_id: int) -> AccountLink:
    link = session.get(AccountLink, link_id, with_for_update=True) if 0 < link_id < 2**63 else None
    if link is None:
        raise NotFound(
            "There is no link %(link_id)s.", "See: warmlist people show", link_id=link_id
        )
    return link


def _join(session: Session, keeper: int, joined: int, now: datetime) -> dict[str, Any]:
    """Move what belongs to ``joined`` to ``keeper``; returns row numbers to move back."""
    one, other = session.get_one(Person, keeper), session.get_one(Person, joined)
    accounts = session.scalars(select(Account.id).where(Account.person_id == joined)).all()
    taken = {
        (rep_id, listed_on)
        for rep_id, listed_on in session.execute(
            select(Assignment.rep_id, Assignment.listed_on).where(Assignment.person_id == keeper)
        )
    }
    theirs = session.scalars(select(Assignment).where(Assignment.person_id == joined)).all()
    # a rep who had both on one day keeps both rows: one of them stays with the old number
    assignments = [row.id for row in theirs if (row.rep_id, row.listed_on) not in taken]
    staying = {row.id for row in theirs} - set(assignments)
    closed = _close_later(session, keeper, joined, staying, now)
    moved = {
        "keeper": keeper, "joined": joined, "accounts": list(accounts),
        "assignments": assignments, "closed": closed,
    } | {
        name: list(session.scalars(select(table.id).where(table.person_id == joined)))
        for table, name in _MOVING if name not in {"accounts", "assignments"}
    }  # fmt: skip
    _give(session, moved, keeper)
    session.flush()
    session.expire_all()
    moved |= share_suppression(session, one, other, now=now)
    return moved


def _give(session: Session, moved: Mapping[str, Any], to: int) -> None:
    for table, name in _MOVING:  # a link of before may name fewer
        session.execute(update(table).where(table.id.in_(moved.get(name, ()))).values(person_id=to))


def _close_later(
    session: Session, keeper: int, joined: int, staying: set[int], now: datetime
) -> list[int]:
    """Of two open assignments the later one is closed: nobody is two reps'.

    One that stays with a number nobody goes by any more is closed in any case.
    """
    rows = session.scalars(
        select(Assignment)
        .where(Assignment.person_id.in_((keeper, joined)), Assignment.closed_at.is_(None))
        .order_by(Assignment.assigned_at, Assignment.id)
    ).all()
    closed = []
    movable = [row for row in rows if row.id not in staying]
    for row in (*movable[1:], *(row for row in rows if row.id in staying)):
        row.closed_at, row.closed_reason = now, LINKED
        closed.append(row.id)
    session.flush()
    return closed


def _part(session: Session, link: AccountLink, now: datetime) -> None:
    moved = link.moved
    keeper, joined = moved["keeper"], moved["joined"]
    own = select(Signal.id).where(Signal.account_id.in_(moved["accounts"]))
    since = session.scalars(  # given to the joined person since, for something the second one did
        select(Assignment).where(
            Assignment.person_id == keeper,
            Assignment.id.not_in(moved["assignments"]),
            Assignment.signal_id.in_(own),
            Assignment.assigned_at >= link.decided_at,
        )
    ).all()
    assignments = [*moved["assignments"], *(row.id for row in since)]
    touches = [
        *moved["touches"],
        *session.scalars(
            select(Touch.id).where(Touch.assignment_id.in_([row.id for row in since]))
        ),
    ]
    links = [
        *moved.get("links", ()),
        *session.scalars(  # made since, for words of the second one
            select(Link.id).where(
                Link.person_id == keeper,
                Link.signal_id.in_(own),
                Link.created_at >= link.decided_at,
            )
        ),
    ]
    _give(
        session,
        {**moved, "assignments": assignments, "touches": touches, "links": links},
        joined,
    )
    session.flush()
    session.expire_all()
    one, other = session.get_one(Person, keeper), session.get_one(Person, joined)
    part_suppression(session, one, other, moved, now=now)  # before anything opens again
    closed = [(row_id, LINKED) for row_id in moved["closed"]]
    for assignment_id, why in [*closed, *((row, SUPPRESSED) for row in moved.get("dropped", ()))]:
        row = session.get(Assignment, assignment_id)
        if row is None or row.closed_reason != why:
            continue
        held = session.scalar(
            select(Assignment.id).where(
                Assignment.person_id == row.person_id, Assignment.closed_at.is_(None)
            )
        )
        person = session.get_one(Person, row.person_id)
        if held is None and person.suppressed_at is None:
            row.closed_at = row.closed_reason = None
            session.flush()


def _rank_again(session: Session, person_ids: Sequence[int]) -> None:
    """Put every piece of evidence with the person whose account it comes from now.

    The pieces themselves stay as they are, so that undoing gives back exactly what was there.
    """
    strayed = session.execute(
        select(Evidence.prospect_id, Evidence.signal_id, Prospect.topic_id, Account.person_id)
        .join(Prospect, Prospect.id == Evidence.prospect_id)
        .join(Signal, Signal.id == Evidence.signal_id)
        .join(Account, Account.id == Signal.account_id)
        .where(Prospect.person_id.in_(person_ids), Account.person_id != Prospect.person_id)
        .order_by(Evidence.signal_id)
    ).all()
    insert_ignore(
        session,
        Prospect,
        [
            # ranked below, from its evidence
            {
                "person_id": person_id,
                "topic_id": topic_id,
                "warmth_key": 0.0,
                "newest_at": _LONG_AGO,
            }
            for person_id, topic_id in sorted({(row.person_id, row.topic_id) for row in strayed})
        ],
    )
    prospects = {
        (person_id, topic_id): id_
        for id_, person_id, topic_id in session.execute(
            select(Prospect.id, Prospect.person_id, Prospect.topic_id)
            .where(Prospect.person_id.in_(person_ids))
            .with_for_update()
        )
    }
    for row in strayed:
        session.execute(
            update(Evidence)
            .where(Evidence.prospect_id == row.prospect_id, Evidence.signal_id == row.signal_id)
            .values(prospect_id=prospects[row.person_id, row.topic_id])
        )
    recompute(session, sorted(prospects.values()))


def links_of(session: Session, account_ids: Sequence[int] | None = None) -> list[AccountLink]:
    """Every proposal that names one of these accounts, oldest first; all if none are named."""
    statement = select(AccountLink).order_by(AccountLink.id)
    if account_ids is not None:
        statement = statement.where(
            or_(AccountLink.first_id.in_(account_ids), AccountLink.second_id.in_(account_ids))
        )
    return list(session.scalars(statement))


def find_account(session: Session, name: str) -> Account:
    """The account named ``network:handle`` or ``network:id``."""
    network, _, rest = name.partition(":")
    handle = rest.strip().removeprefix("@")
    rows = session.scalars(
        select(Account).where(
            Account.network == network.strip().lower(),
            or_(Account.external_id == handle, func.lower(Account.handle) == handle.lower()),
        )
    ).all()
    if not handle or not rows:
        raise NotFound(
            "There is no account %(name)s.", "Write it as network:handle.", name=repr(name)
        )
    if len(rows) > 1:
        raise Refused(
            "Several accounts are called %(name)s.", "Use the account's id.", name=repr(name)
        )
    return rows[0]
