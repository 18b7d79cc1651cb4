"""Why somebody was on a rep's list of a day: by rank, by chance, held, or given by a manager."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from config.sentences import Sentence
from models import Assignment, ListBuild, Person, Reassignment, Rep
from quotas.record import read_inputs

_SOURCES = {
    "warmth": Sentence("Their rank brought them a place."),
    "explore": Sentence("Chance chose them as a try: the scorer is unsure about them."),
    "relationship": Sentence("They answered this rep, or engaged again since."),
    "next_step": Sentence("The rep set this date."),
    "cover": Sentence("They wait for another rep, who is away: theirs until that one is back."),
}


def find_listed(
    session: Session, builds: Sequence[ListBuild], rep: Rep, on: date, person: Person
) -> Assignment | None:
    """What put the person on the rep's list of a day: given that day, or before and still held."""
    carried = and_(
        Assignment.listed_on < on,
        Assignment.assigned_at <= builds[-1].built_at,
        or_(Assignment.closed_at.is_(None), Assignment.closed_at > builds[0].built_at),
    )
    return session.scalars(
        select(Assignment)
        .where(
            Assignment.rep_id == rep.id,
            Assignment.person_id == person.id,
            or_(Assignment.listed_on == on, carried),
        )
        .order_by(Assignment.listed_on.desc(), Assignment.id.desc())
        .limit(1)
    ).one_or_none()


def _find_build(session: Session, rep: Rep, row: Assignment) -> ListBuild | None:
    """The build that gave it; an older version kept none, and a manager needs none."""
    builds = session.scalars(
        select(ListBuild)
        .where(ListBuild.team_id == rep.team_id, ListBuild.listed_on == row.listed_on)
        .order_by(ListBuild.id.desc())
    )
    mine = (rep.id, row.person_id)
    return next((b for b in builds if any((g[0], g[1]) == mine for g in b.details["given"])), None)


def why_listed(
    session: Session, rep: Rep, row: Assignment, on: date
) -> tuple[list[str], list[str]]:
    """Why what was listed was, and what would have changed it."""
    because: list[str] = []
    if row.listed_on < on:
        because.append(
            Sentence("%(rep)s holds them since %(day)s.", rep=rep.name, day=row.listed_on)
        )
    if row.put_off_until is not None and row.put_off_until > on:
        because.append(Sentence("They are put off to %(day)s.", day=row.put_off_until))
    moved = session.scalars(select(Reassignment).where(Reassignment.to_id == row.id)).one_or_none()
    if moved is not None:
        because.append(
            Sentence(
                "%(name)s gave them to %(rep)s on %(day)s: %(reason)s",
                name=moved.decided_by, rep=rep.name, day=row.listed_on, reason=moved.reason,
            )
        )  # fmt: skip
        return because, [Sentence("A manager reassigns them.")]
    because += [
        _SOURCES[row.source],
        Sentence(
            "Rank %(rank)s with a warmth of %(warmth)s: %(reasons)s.",
            rank=row.rank,
            warmth=f"{row.warmth:.2f}",
            reasons=", ".join(f"{r['hundredths'] / 100:+.2f} {r['code']}" for r in row.reasons),
        ),
    ]
    change: list[str] = []
    if row.source == "explore":
        because.append(
            Sentence("The odds of being drawn were %(odds)s.", odds=f"{row.propensity:.1%}")
        )
    build = _find_build(session, rep, row)
    if row.source == "warmth" and build is not None:
        capacities, candidates, _ = read_inputs(build)
        mine = next((c for c in capacities if c.rep_id == rep.id), None)
        suiting = sum(mine.admits(one) for one in candidates) if mine else 0
        because.append(
            Sentence(
                "%(suiting)s people suited %(places)s places of %(rep)s.",
                suiting=suiting, places=mine.count if mine else 0, rep=rep.name,
            )
        )  # fmt: skip
        threshold = build.details["standards"][mine.standard][0] if mine else 0.0
        largest = max((r["hundredths"] / 100 for r in row.reasons), default=0.0)
        rest = row.warmth - largest
        if rest < threshold:
            change.append(
                Sentence(
                    "Without what brought %(largest)s they would have %(rest)s, under the"
                    " %(threshold)s that counts.",
                    largest=f"{largest:+.2f}", rest=f"{rest:.2f}", threshold=f"{threshold:.2f}",
                )
            )  # fmt: skip
        else:
            change.append(
                Sentence(
                    "Without what brought %(largest)s they would have %(rest)s.",
                    largest=f"{largest:+.2f}", rest=f"{rest:.2f}",
                )
            )  # fmt: skip
    return because, change
