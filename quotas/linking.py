"""Who answers for a proposed link: those who answer for the reps whose people it would join."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound
from models import Account, AccountLink, Assignment, Person, Rep, Touch
from prospects.suppress import is_said_here
from quotas.attainment import standing_touches

_MOST: Final = 500  # proposals looked at, oldest first: what a page shows of them are a few


@dataclass(frozen=True, slots=True)
class Proposal:
    """A link, both accounts, and the teams whose reps it concerns; of nobody's people none."""

    link: AccountLink
    first: Account
    second: Account
    teams: frozenset[int]


def list_involved(session: Session, person_id: int) -> list[tuple[int, int]]:
    """Reps who hold the person or contacted them, each with the team."""
    held = select(Assignment.rep_id).where(
        Assignment.person_id == person_id, Assignment.closed_at.is_(None)
    )
    touched = standing_touches().with_only_columns(Touch.rep_id).where(Touch.person_id == person_id)
    rows = session.execute(
        select(Rep.id, Rep.team_id).where(Rep.id.in_(held) | Rep.id.in_(touched)).order_by(Rep.id)
    )
    return [(rep_id, team_id) for rep_id, team_id in rows]


def list_proposals(session: Session) -> list[Proposal]:
    """The links that nobody decided yet, oldest first.

    Without those of people who objected: they are known to nobody.
    """
    links = session.scalars(
        select(AccountLink)
        .where(AccountLink.decision.is_(None))
        .order_by(AccountLink.id)
        .limit(_MOST)
    ).all()
    return _load(session, links)


def get_proposal(session: Session, link_id: int) -> Proposal:
    """A link, decided or not, with who answers for it; refuses one that is not there."""
    link = session.get(AccountLink, link_id) if 0 < link_id < 2**63 else None
    found = _load(session, [link]) if link is not None else []
    if not found:
        raise NotFound(
            "There is no link %(link_id)s.", "See: warmlist people show", link_id=link_id
        )
    return found[0]


def is_known(suppressed_for: str | None) -> bool:
    """Whether anybody may know of a person left alone for this: not of those who objected."""
    return suppressed_for is None or is_said_here(suppressed_for)


def _load(session: Session, links: Sequence[AccountLink]) -> list[Proposal]:
    ids = {id_ for link in links for id_ in (link.first_id, link.second_id)}
    accounts: dict[int, Account] = {}
    for account, suppressed_for in session.execute(
        select(Account, Person.suppressed_for)
        .join(Person, Person.id == Account.person_id)
        .where(Account.id.in_(ids))
    ):
        if is_known(suppressed_for):
            accounts[account.id] = account
    teams = _teams_of(session, {account.person_id for account in accounts.values()})
    return [
        Proposal(link, first, second, teams[first.person_id] | teams[second.person_id])
        for link in links
        if (first := accounts.get(link.first_id)) and (second := accounts.get(link.second_id))
    ]


def _teams_of(session: Session, person_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """By person the teams of those who hold or contacted them, else of who was given them last.

    What a rep proposed would otherwise be nobody's to decide once the person left the list.
    """
    current: dict[int, set[int]] = {person_id: set() for person_id in person_ids}
    latest: dict[int, int] = {}
    for person_id, team_id, closed_at in session.execute(
        select(Assignment.person_id, Rep.team_id, Assignment.closed_at)
        .join(Rep, Rep.id == Assignment.rep_id)
        .where(Assignment.person_id.in_(person_ids))
        .order_by(Assignment.id)
    ):
        latest[person_id] = team_id
        if closed_at is None:
            current[person_id].add(team_id)
    for touched_id, team_id in session.execute(
        standing_touches()
        .join(Rep, Rep.id == Touch.rep_id)
        .where(Touch.person_id.in_(person_ids))
        .with_only_columns(Touch.person_id, Rep.team_id)
    ):
        if touched_id is not None:
            current[touched_id].add(team_id)
    return {
        person_id: frozenset(teams or ({latest[person_id]} if person_id in latest else ()))
        for person_id, teams in current.items()
    }
