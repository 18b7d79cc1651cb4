"""What came of a contact: the choices, what is said afterwards, and why a mark was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from app.web.day import Day
from app.web.pages import read_field
from app.wording import Wording
from config.errors import Conflict, Refused
from models import CHANNELS, DISPOSITIONS, Assignment, Rep, Touch
from quotas.attainment import calendar_of, standing_touches

#: Outcomes by consequence; the place of each is its digit on the keyboard, the tenth is 0.
COUNTS: Final = ("contacted", "replied", "meeting", "proposal", "won")
COMES_BACK: Final = ("no_answer",)
CLOSES: Final = ("not_interested", "not_relevant", "wrong_person", "do_not_contact")
LONGEST_NOTE: Final = 2000


@dataclass(frozen=True)
class Trouble:
    """Why a mark was not recorded, and what was typed."""

    text: str
    assignment_id: int | None = None
    channel: str = ""
    note: str = ""


def name_outcomes(wording: Wording, day: Day) -> list[tuple[str, list[tuple[str, int]]]]:
    """Groups of outcomes named by their consequence, each with its digit."""
    _ = wording.gettext
    weekday = wording.weekday(day.back_on)
    if day.open_item is not None and day.counts(day.open_item):
        names = (_("Counts"), _("Counts, back on %(weekday)s"), _("Counts, and closes"))
    else:
        names = (_("Recorded"), _("Recorded, back on %(weekday)s"), _("Recorded, and closes"))
    groups = []
    digit = 0
    for name, codes in zip(names, (COUNTS, COMES_BACK, CLOSES), strict=True):
        numbered = []
        for code in codes:
            digit += 1
            numbered.append((code, digit % 10))
        groups.append((name % {"weekday": weekday}, numbered))
    return groups


def explain_refusal(
    session: Session,
    wording: Wording,
    error: Refused,
    assignment_id: int,
    data: Mapping[str, Any],
) -> Trouble:
    """The refusal in the reader's words, with both versions where somebody was first."""
    _ = wording.gettext
    channel, disposition = read_field(data, "channel"), read_field(data, "disposition")
    note = read_field(data, "note", LONGEST_NOTE)
    if not isinstance(error, Conflict):
        if channel in CHANNELS and disposition in DISPOSITIONS:
            text = _(
                "The day to see them again cannot be used: give one from today on, within two "
                "years, and none for whom not to contact. Nothing was recorded yet."
            )
            return Trouble(text, assignment_id, channel, note)
        return Trouble(
            _("Choose how you reached out, then what came of it. Nothing was recorded yet."),
            assignment_id,
            channel if channel in CHANNELS else "",
            note,
        )
    standing = session.scalar(
        standing_touches().where(Touch.assignment_id == assignment_id).order_by(Touch.id.desc())
    )
    if standing is None:
        assignment = session.get(Assignment, assignment_id)
        if assignment is not None and assignment.closed_at is None:
            text = _("This form was used before. Nothing was recorded; the card is open again.")
            return Trouble(text, assignment_id, channel if channel in CHANNELS else "", note)
        text = _("This person is no longer on your list. Nothing was recorded.")
        return Trouble(text, note=note)
    zone = calendar_of(session.get_one(Rep, standing.rep_id).team).zone
    text = _(
        "%(rep)s recorded this at %(time)s: %(first)s. "
        "What was sent now (%(second)s) was not recorded."
    ) % {
        "rep": session.get_one(Rep, standing.rep_id).name,
        "time": wording.clock(standing.recorded_at, zone),
        "first": _pair(wording, standing.channel, standing.disposition),
        "second": _pair(wording, channel, disposition),
    }
    return Trouble(text, note=note)


def _pair(wording: Wording, channel: str, disposition: str) -> str:
    comma = "، " if wording.language == "ar" else ", "
    return f"{wording.channel(channel)}{comma}{wording.disposition(disposition)}".lower()


def explain_undo(
    wording: Wording, touch: Touch | None, now: datetime, limit: timedelta, error: Conflict
) -> str:
    if touch is not None and now - touch.recorded_at > limit:
        hours = round(limit.total_seconds() / 3600)
        text = wording.ngettext(
            "That is more than %(n)s hour ago and cannot be taken back here.",
            "That is more than %(n)s hours ago and cannot be taken back here.",
            hours,
        )
        return text % {"n": wording.number(hours)}
    if touch is not None:
        return wording.gettext(
            "It cannot be taken back: the person is on somebody's list again. Correct it there."
        )
    return wording.refusal(error)
