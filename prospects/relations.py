"""Whose somebody is: who was contacted and answers, or engages again, comes back to their rep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from config.settings import ListSettings
from models import COVER, Assignment, Evidence, Prospect, Rep, Touch
from models.honesty import is_voided
from models.touch import is_attempt
from signals.tombstones import chunks

#: After these the person is nobody's: they said no, or were not who we thought.
_ENDING = frozenset({"not_interested", "not_relevant", "wrong_person", "do_not_contact"})
#: After these the person stays the rep's, for as long as a relationship lasts.
_BINDING = frozenset({"replied", "meeting", "proposal", "won"})

REPLIED = "replied"
ENGAGED_AGAIN = "engaged_again"
KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Relation:
    """A person's rep: never for the pool while it lasts.

    ``why``: ``replied`` (their answer waits for the rep), ``engaged_again`` (new evidence since
    the rep's touch), or ``known`` (nothing new: the rep's, but not due). ``since`` is when the
    last touch was.
    """

    rep_id: int
    why: str
    since: datetime

    @property
    def is_due(self) -> bool:
        """Whether they belong on the rep's next list, cool-down or not."""
        return self.why != KNOWN


def relationships(
    session: Session,
    *,
    as_of: datetime,
    settings: ListSettings,
    person_ids: Sequence[int] | None = None,
    with_gone: bool = False,
) -> dict[int, Relation]:
    """Each related person's rep, by the last standing touch of the person up to ``as_of``.

    An active rep's touch binds for ``relationship_days``, unless it ended in a refusal. Whoever was
    only tried (contacted, no answer) is related once they engage again, else nobody's. What a
    colleague did for a rep who was away (``COVER``) tells how it stands, not whose they are.
    ``with_gone``: also those of reps who left.
    """
    parts = [None] if person_ids is None else list(chunks(sorted(set(person_ids))))
    found: dict[int, Relation] = {}
    for part in parts:
        found.update(_read(session, as_of, settings, part, with_gone=with_gone))
    return found


def _read(
    session: Session,
    as_of: datetime,
    settings: ListSettings,
    person_ids: Sequence[int] | None,
    *,
    with_gone: bool,
) -> dict[int, Relation]:
    undoing = aliased(Touch)
    standing = (
        select(
            Touch.person_id, Touch.rep_id, Touch.disposition, Touch.occurred_at, Assignment.source
        )
        .join(Rep, Rep.id == Touch.rep_id)
        .outerjoin(Assignment, Assignment.id == Touch.assignment_id)
        .where(
            *([] if with_gone else [Rep.active]),
            Touch.person_id.is_not(None),
            is_attempt(),
            Touch.occurred_at <= as_of,
            Touch.occurred_at > as_of - timedelta(days=settings.relationship_days),
            ~select(undoing.id).where(undoing.undoes_id == Touch.id).exists(),
            ~is_voided(),
        )
        .order_by(Touch.occurred_at, Touch.id)
    )
    if person_ids is not None:
        standing = standing.where(Touch.person_id.in_(person_ids))
    last: dict[int, tuple[int, str, datetime]] = {}
    for person_id, rep_id, disposition, at, source in session.execute(standing):
        if person_id is not None:
            whose = last[person_id][0] if source == COVER and person_id in last else rep_id
            last[person_id] = (whose, disposition, at)
    last = {person_id: one for person_id, one in last.items() if one[1] not in _ENDING}
    newest = _newest_evidence(session, sorted(last), as_of)
    relations: dict[int, Relation] = {}
    for person_id, (rep_id, disposition, at) in last.items():
        if person_id in newest and newest[person_id] > at:
            relations[person_id] = Relation(rep_id, ENGAGED_AGAIN, at)
        elif disposition == REPLIED:
            relations[person_id] = Relation(rep_id, REPLIED, at)
        elif disposition in _BINDING:
            relations[person_id] = Relation(rep_id, KNOWN, at)
    return relations


def _newest_evidence(
    session: Session, person_ids: Sequence[int], as_of: datetime
) -> dict[int, datetime]:
    newest: dict[int, datetime] = {}
    for chunk in chunks(person_ids):
        rows = session.execute(
            select(Prospect.person_id, func.max(Evidence.occurred_at))
            .join(Evidence, Evidence.prospect_id == Prospect.id)
            .where(Prospect.person_id.in_(chunk), Evidence.occurred_at <= as_of)
            .group_by(Prospect.person_id)
        )
        newest.update(dict(rows.all()))
    return newest
