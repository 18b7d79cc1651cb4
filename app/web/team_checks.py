"""Touches that wait for a manager: those that broke a rule, and those that chance drew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Team, Touch
from quotas.audits import load_drawn
from quotas.flags import FlaggedTouch, load_flagged

_SHOWN: Final = 8  # of each kind; the next come as these are decided


@dataclass(frozen=True)
class Checks:
    """The newest of both kinds, how many there are, and whom those shown were of."""

    flagged: tuple[FlaggedTouch, ...]
    flag_count: int
    drawn: tuple[tuple[Touch, str], ...]  # with the rep's name
    drawn_count: int
    contacted: Mapping[int, str]  # by the person's number


def load_checks(session: Session, team: Team) -> Checks:
    """What of a team waits for a decision; what broke a rule is not listed again as drawn."""
    flagged = load_flagged(session, team, open_only=True)
    waiting = {one.touch.id for one in flagged}
    drawn = [one for one in load_drawn(session, team) if one[0].id not in waiting]
    shown = [one.touch for one in flagged[:_SHOWN]] + [touch for touch, _ in drawn[:_SHOWN]]
    return Checks(
        flagged=tuple(flagged[:_SHOWN]),
        flag_count=len(flagged),
        drawn=tuple(drawn[:_SHOWN]),
        drawn_count=len(drawn),
        contacted=_name_contacted(session, shown),
    )


def _name_contacted(session: Session, touches: Sequence[Touch]) -> dict[int, str]:
    """How the people of these touches are called; by their oldest account."""
    rows = session.execute(
        select(Account.person_id, Account.handle, Account.external_id)
        .where(Account.person_id.in_({touch.person_id for touch in touches} - {None}))
        .order_by(Account.id.desc())
    )
    return {
        person_id: f"@{handle}" if handle else external_id
        for person_id, handle, external_id in rows
    }
