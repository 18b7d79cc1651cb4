"""A prospect put off to a later day without a contact: still the rep's, and counted nowhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from config.errors import Refused
from config.settings import ListSettings
from models import Assignment, Rep
from quotas.calendars import Calendar
from quotas.handover import check_open, find_assignment
from quotas.working_time import calendar_of

_HOLDS = 2  # so many times the usual hold may somebody be kept waiting in all


def last_day(session: Session, assignment: Assignment, settings: ListSettings) -> date:
    """The last day this prospect may be put off to, however often: nobody is kept for good."""
    calendar = calendar_of(session.get_one(Rep, assignment.rep_id).team)
    return last_day_of(assignment.assigned_at, calendar, settings)


def last_day_of(assigned_at: datetime, calendar: Calendar, settings: ListSettings) -> date:
    """The same of somebody given to a rep at ``assigned_at``, by the team's calendar."""
    return calendar.today(assigned_at) + timedelta(days=_HOLDS * settings.hold_days)


def put_off(
    session: Session, assignment_id: int, until: date, *, now: datetime, settings: ListSettings
) -> Assignment:
    """Leave a prospect off the rep's list until a day; nobody else gets them meanwhile.

    No contact is recorded. Refuses a day that is not to come or lies past ``last_day``, and a
    closed assignment.
    """
    assignment = find_assignment(session, assignment_id)
    check_open(assignment)
    rep = session.get_one(Rep, assignment.rep_id)
    last = last_day(session, assignment, settings)
    if not calendar_of(rep.team).today(now) < until <= last:
        raise Refused(
            "Nobody can be put off to %(until)s.",
            "Give a day after today and up to %(last)s, or contact them and set a next step.",
            until=until,
            last=last,
        )
    assignment.put_off_until = until
    session.flush()
    return assignment


def take_up(session: Session, assignment_id: int) -> Assignment:
    """Put a prospect that was put off back on the list; twice changes nothing."""
    assignment = find_assignment(session, assignment_id)
    check_open(assignment)
    assignment.put_off_until = None
    session.flush()
    return assignment
