"""Touches as the rules for implausible ones see them, read from the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ENGAGED_CONTACT, Account, Assignment, Rep, Touch
from quotas.attainment import standing_touches
from quotas.calendars import Calendar
from quotas.history import load_spans
from quotas.honesty import TouchFact
from quotas.periods import Period
from quotas.working_time import calendar_of
from signals.text import fold
from signals.tombstones import chunks

_GRACE = timedelta(hours=1)  # before opening and after closing, in which nobody wonders
_EVENING = timedelta(hours=4)  # after closing, in which a day is written down
_NIGHT = timedelta(hours=5)  # after midnight, which belong to the day before
_SHORTEST = 6  # letters of a handle that tells people apart


def load_facts(session: Session, rep: Rep, since: datetime, until: datetime) -> list[TouchFact]:
    """A rep's standing touches recorded in [since, until] as the rules see them."""
    calendar = calendar_of(rep)
    touches = session.scalars(
        standing_touches()
        .where(Touch.rep_id == rep.id, Touch.recorded_at >= since, Touch.recorded_at <= until)
        .order_by(Touch.recorded_at, Touch.id)
    ).all()
    if not touches:
        return []
    names = _load_names(session, touches)
    evidence = _load_evidence(session, touches)
    days = [calendar.today(touch.recorded_at) for touch in touches]
    period_of = _periods(session, rep, calendar, min(days), max(days))
    facts = []
    for touch, on in zip(touches, days, strict=True):
        called = names.get(touch.person_id or 0, ())
        aliases = {"".join(letter for letter in name if letter.isalnum()) for name in called}
        working = calendar.hours_on(on) if calendar.is_working(on) else None
        at = touch.recorded_at
        in_hours = working is not None and working[0] - _GRACE <= at <= working[1] + _GRACE
        facts.append(
            TouchFact(
                touch_id=touch.id,
                subject=_subject(touch),
                channel=touch.channel,
                disposition=touch.disposition,
                note=touch.note or "",
                recorded_at=at,
                on=on if in_hours else calendar.today(at - _NIGHT),
                in_hours=in_hours,
                aliases=frozenset(name for name in aliases if len(name) >= _SHORTEST),
                called=" ".join(called),
                day_before=_day_before(calendar, on, at),
                period=period_of(on) if touch.assignment_id is not None else None,
                evidence_at=evidence.get(touch.assignment_id or 0),
            )
        )
    return facts


def _day_before(calendar: Calendar, on: date, at: datetime) -> date | None:
    """The working day somebody may write down then: in its evening, or on the day off after it."""
    opens, closes = calendar.hours_on(on)
    if calendar.is_working(on):
        return on if closes <= at <= closes + _EVENING else None
    yesterday = on - timedelta(days=1)
    is_by_day = opens - _GRACE <= at <= closes + _EVENING
    return yesterday if is_by_day and calendar.is_working(yesterday) else None


def _load_names(session: Session, touches: Sequence[Touch]) -> dict[int, list[str]]:
    """The folded handles of each person."""
    found: dict[int, list[str]] = {}
    people = sorted({touch.person_id for touch in touches if touch.person_id is not None})
    for chunk in chunks(people):
        for person_id, handle in session.execute(
            select(Account.person_id, Account.handle)
            .where(Account.person_id.in_(chunk), Account.handle.is_not(None))
            .order_by(Account.id)
        ):
            found.setdefault(person_id, []).append(fold(handle or ""))
    return found


def _load_evidence(session: Session, touches: Sequence[Touch]) -> dict[int, datetime | None]:
    """When the person of each assignment had last said something as they came onto the list."""
    found: dict[int, datetime | None] = {}
    listed = sorted({touch.assignment_id for touch in touches if touch.assignment_id is not None})
    for chunk in chunks(listed):
        rows = session.execute(
            select(Assignment.id, Assignment.evidence_at).where(Assignment.id.in_(chunk))
        )
        found.update((number, evidence_at) for number, evidence_at in rows)
    return found


def _periods(
    session: Session, rep: Rep, calendar: Calendar, first: date, last: date
) -> Callable[[date], date | None]:
    """Which period of the rep's quota of engaged contacts holds a day, if one was in force."""
    spans = load_spans(session, [rep], first, last + timedelta(days=1))[rep.id]

    @cache
    def begin(on: date) -> date | None:
        for span in spans.get(ENGAGED_CONTACT, ()):
            if span.starts_on <= on < span.ends_on:
                return calendar.bounds(Period(span.quota.period), on)[0]
        return None

    return begin


def _subject(touch: Touch) -> str:
    if touch.person_id is not None:
        return f"person:{touch.person_id}"
    return f"reference:{touch.reference}" if touch.reference else f"touch:{touch.id}"
