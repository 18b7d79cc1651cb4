"""The control group: cold contacts that chance chose, to compare engaged contacts with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Refused
from models import ControlShare, Rep, Team
from quotas.exchange import draw_control, is_control


def set_control(
    session: Session, team: Team, share: float, *, seed: int, now: datetime
) -> ControlShare:
    """From now on call this share of cold contacts; 0 switches it off. The seed stays, once set."""
    if not 0 <= share <= 0.5:
        raise Refused(
            "A control share of %(share)s is not usable.",
            "Use 0 to 0.5: 0.1 is one in ten.",
            share=f"{share:g}",
        )
    before = find_control(session, team.id)
    row = ControlShare(
        team_id=team.id, share=share, seed=before.seed if before else seed, decided_at=now
    )
    session.add(row)
    session.flush()
    return row


def find_control(session: Session, team_id: int) -> ControlShare | None:
    """The team's share as set last."""
    return session.scalar(
        select(ControlShare)
        .where(ControlShare.team_id == team_id)
        .order_by(ControlShare.id.desc())
        .limit(1)
    )


def is_drawn(session: Session, team_id: int, reference: str) -> bool:
    """Whether a hashed reference is in the team's control group."""
    control = find_control(session, team_id)
    return control is not None and is_control(reference, share=control.share, seed=control.seed)


def deal_control(session: Session, team: Team, references: Sequence[str]) -> dict[str, int]:
    """Which of these hashed references belong to the control group, and which rep calls each."""
    control = find_control(session, team.id)
    if control is None or control.share == 0:
        raise Refused(
            "Team %(name)s compares with no cold contacts.",
            "Switch it on: warmlist exchange control --team TEAM --share 0.1",
            name=team.name,
        )
    reps = session.scalars(
        select(Rep.id).where(Rep.team_id == team.id, Rep.active).order_by(Rep.id)
    ).all()
    return draw_control(list(references), list(reps), share=control.share, seed=control.seed)
