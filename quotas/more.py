"""More, please: people on top of a list that is done, by the same rules as the list itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from config.errors import Conflict, Refused
from config.settings import ListSettings
from models import Assignment, ExtraRequest, Rep
from quotas.assign import build_lists
from quotas.history import find_quota
from quotas.needs import read_needs
from quotas.working_time import calendar_of
from signals.text import is_storable


@dataclass(frozen=True, slots=True)
class MoreRoom:
    """What a rep may still ask for on a day: ``step`` people at a time, ``left`` in all.

    ``asked`` is what was asked for before, ``still_open`` who has to be worked first.
    """

    asked: int
    left: int
    step: int
    still_open: int

    @property
    def may_ask(self) -> bool:
        """Whether asking now brings anybody."""
        return self.left > 0 and not self.still_open


def read_more(session: Session, rep: Rep, on: date, settings: ListSettings) -> MoreRoom | None:
    """What the rep may ask for on ``on``; ``None`` without a quota of engaged contacts."""
    quota = find_quota(session, rep.id, on)
    if quota is None or not quota.target:
        return None
    asked = (
        session.scalar(
            select(func.sum(ExtraRequest.count)).where(
                ExtraRequest.rep_id == rep.id, ExtraRequest.listed_on == on
            )
        )
        or 0
    )
    still_open = session.scalar(
        select(func.count()).where(
            Assignment.rep_id == rep.id,
            Assignment.closed_at.is_(None),
            or_(Assignment.put_off_until.is_(None), Assignment.put_off_until <= on),
        )
    )
    left = max(0, settings.more_most - asked)
    return MoreRoom(asked, left, min(settings.more_step, left), still_open or 0)


def ask_for_more(
    session: Session,
    rep: Rep,
    *,
    idempotency_key: str,
    now: datetime,
    settings: ListSettings,
    count: int | None = None,
) -> ExtraRequest:
    """Open up to ``count`` places (``more_step`` if not given) on today's list, and fill them.

    They are filled as every place is: territory, cool-down, nobody else's, warm enough to count.
    Refuses while somebody is still open, over ``more_most`` a day, and where nobody else fits. The
    same key again changes nothing.
    """
    if not idempotency_key or len(idempotency_key) > 100 or not is_storable(idempotency_key):
        raise Refused("The key is not usable.", "Use 1 to 100 characters.")
    session.get(Rep, rep.id, with_for_update=True)  # two requests at once follow one another
    before = session.scalars(
        select(ExtraRequest).where(ExtraRequest.idempotency_key == idempotency_key)
    ).one_or_none()
    if before is not None:
        if before.rep_id != rep.id:
            raise Conflict("That key was used for somebody else.", "Use a key of your own.")
        return before
    if count is not None and count < 1:
        raise Refused("%(count)s more cannot be asked for.", "Ask for at least one.", count=count)
    if not rep.active:
        raise Conflict("%(rep)s is not active.", "See: warmlist rep list", rep=rep.name)
    on = calendar_of(rep.team).today(now)
    room = read_more(session, rep, on, settings)
    if room is None:
        raise Refused(
            "%(rep)s has no quota of engaged contacts.",
            "Set one: warmlist quota set --rep NAME --target 50",
            rep=rep.name,
        )
    if room.still_open:
        raise Conflict(
            "%(still_open)s people are still open on the list of %(rep)s.",
            "More come once they are worked, put off or handed back.",
            still_open=room.still_open,
            rep=rep.name,
            fault="still_open",
        )
    if not room.left:
        raise Conflict(
            "%(rep)s asked for %(asked)s more today already.",
            "The most is %(more_most)s a day: lists.more_most",
            rep=rep.name,
            asked=room.asked,
            more_most=settings.more_most,
        )
    day = read_needs(session, rep.team, on, settings=settings, seed=0, is_past=False)
    need = next(one for one in day.needs if one.rep.id == rep.id)
    wanted = min(count or settings.more_step, room.left)
    row = ExtraRequest(
        rep_id=rep.id, listed_on=on, count=wanted,
        places=wanted + max(0, need.held - need.wanted), idempotency_key=idempotency_key,
        asked_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    held = _held(session, rep, on)
    build_lists(session, rep.team, on, now=now, settings=settings)
    given = len(_held(session, rep, on)) - len(held)
    if given < 1:
        raise Conflict(
            "Nobody else is warm enough for the list of %(rep)s now.",
            "The next list looks again.",
            rep=rep.name,
            fault="nobody_left",
        )
    lacking = max(0, wanted - given)
    row.count, row.places = row.count - lacking, row.places - lacking
    session.flush()
    return row


def _held(session: Session, rep: Rep, on: date) -> Sequence[int]:
    return session.scalars(
        select(Assignment.id).where(
            Assignment.rep_id == rep.id, Assignment.listed_on == on, Assignment.source != "explore"
        )
    ).all()
