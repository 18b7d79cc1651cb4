"""Contacts beside the daily list: a cold call, an e-mail, a proposal, a follow-up."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound
from models import Person, Rep, Touch
from prospects.suppress import suppress_person
from quotas.attainment import standing_touches
from quotas.touches import check_next, check_touch, clean_words, read_extra


def record_contact(
    session: Session,
    rep: Rep,
    *,
    channel: str,
    disposition: str,
    idempotency_key: str,
    now: datetime,
    reference: str | None = None,
    control: bool = False,
    activity: str | None = None,
    note: str | None = None,
    next_step: str | None = None,
    next_on: date | None = None,
) -> Touch:
    """Record an attempt on somebody who is on no list, and of whom nothing need be kept.

    ``reference`` is a hashed reference (``quotas.exchange.hash_reference``), ``control`` says that
    chance chose them, ``activity`` what else it counts for. The same key again returns the first.
    """
    return _record(
        session, rep, None, idempotency_key=idempotency_key, channel=channel,
        disposition=disposition, now=now, reference=reference, control=control, activity=activity,
        note=note, next_step=next_step, next_on=next_on,
    )  # fmt: skip


def record_follow_up(
    session: Session,
    touch_id: int,
    *,
    channel: str,
    disposition: str,
    idempotency_key: str,
    now: datetime,
    activity: str | None = None,
    note: str | None = None,
    next_step: str | None = None,
    next_on: date | None = None,
) -> Touch:
    """Record another attempt on the person of an earlier touch by the same rep.

    It counts as a call, message or meeting, never as a second engaged contact.
    """
    earlier = session.get(Touch, touch_id) if 0 < touch_id < 2**63 else None
    if earlier is None or earlier.undoes_id is not None:
        raise NotFound(
            "There is no touch %(touch_id)s.",
            "See: warmlist list show --rep NAME",
            touch_id=touch_id,
        )
    return _record(
        session, session.get_one(Rep, earlier.rep_id), earlier, idempotency_key=idempotency_key,
        channel=channel, disposition=disposition, now=now, reference=earlier.reference,
        control=earlier.control, activity=activity, note=note, next_step=next_step, next_on=next_on,
    )  # fmt: skip


def _record(
    session: Session,
    rep: Rep,
    earlier: Touch | None,
    *,
    channel: str,
    disposition: str,
    idempotency_key: str,
    now: datetime,
    reference: str | None,
    control: bool,
    activity: str | None,
    note: str | None,
    next_step: str | None,
    next_on: date | None,
) -> Touch:
    check_touch(channel, disposition, idempotency_key)
    code = read_extra(activity)
    # The rep's row is held, so that of two clicks at once the second finds the first's touch.
    session.get_one(Rep, rep.id, with_for_update=True)
    first = session.scalar(select(Touch).where(Touch.idempotency_key == idempotency_key))
    if first is not None:
        if first.rep_id != rep.id or first.assignment_id is not None:
            raise Conflict("This form was used for another contact.", "Load the page again.")
        return first
    person = None
    if earlier is not None and earlier.person_id is not None:
        person = session.get_one(Person, earlier.person_id)
        if person.suppressed_at is not None:
            raise Conflict(
                "The person of touch %(id)s must not be contacted.",
                "They asked to be left alone.",
                id=earlier.id,
            )
    touch = Touch(
        rep_id=rep.id,
        person_id=person.id if person else None,
        reference=reference,
        control=control,
        activity=code,
        channel=channel,
        disposition=disposition,
        note=clean_words(note),
        next_step=clean_words(next_step),
        next_on=check_next(next_on, disposition, now),
        occurred_at=now,
        recorded_at=now,
        idempotency_key=idempotency_key,
    )
    session.add(touch)
    session.flush()
    if disposition == "do_not_contact" and person is not None:
        suppress_person(session, person, reason=f"touch:{touch.id}", now=now)
    return touch


def load_next_steps(session: Session, rep: Rep, until: date) -> list[Touch]:
    """The rep's next steps due up to ``until``, oldest first; done ones and refusals are gone.

    A step is done once the same person was contacted again.
    """
    steps = session.scalars(
        standing_touches()
        .where(Touch.rep_id == rep.id, Touch.next_on.is_not(None), Touch.next_on <= until)
        .order_by(Touch.next_on, Touch.id)
    ).all()
    people = [touch.person_id for touch in steps if touch.person_id is not None]
    references = [touch.reference for touch in steps if touch.reference is not None]
    last: dict[object, int] = {}
    for column, wanted in ((Touch.person_id, people), (Touch.reference, references)):
        again = standing_touches().with_only_columns(column, Touch.id).where(column.in_(wanted))
        last.update(
            (subject, number) for subject, number in session.execute(again.order_by(Touch.id))
        )
    suppressed = set(
        session.scalars(
            select(Person.id).where(Person.id.in_(people), Person.suppressed_at.is_not(None))
        )
    )
    return [
        touch
        for touch in steps
        if last.get(touch.person_id or touch.reference, touch.id) == touch.id
        and touch.person_id not in suppressed
    ]
