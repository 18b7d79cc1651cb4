"""A new workspace's way from nothing to a first list: which of its five steps are behind it.

What is done is read from the data itself, so that a step taken on the command line or in another
browser counts; only what somebody passed over is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.who import Who
from models import Assignment, Quota, Rep, Source, Team, Topic, WorkspaceValue
from models.upsert import upsert

TEAM, REPS, TOPIC, NETWORK, QUOTA = "team", "reps", "topic", "network", "quota"
#: In the order they are walked.
STEPS: Final = (TEAM, REPS, TOPIC, NETWORK, QUOTA)
#: Steps that an admin alone may take.
OF_ADMINS: Final = frozenset({TEAM, NETWORK})
_SKIPPED: Final = "setup_skipped"
_LIST: Final = "setup_list"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a workspace stands: steps ``done`` by what is there, and ``skipped`` by somebody."""

    done: frozenset[str]
    skipped: frozenset[str]

    def next_step(self, who: Who) -> str | None:
        """The first step that waits for this person; ``None``: on to the first list."""
        for step in STEPS:
            theirs = step not in OF_ADMINS or who.role == "admin"
            if theirs and step not in self.done and step not in self.skipped:
                return step
        return None


def find_own_teams(session: Session, who: Who) -> list[Team]:
    """The teams this person answers for, the oldest first."""
    return [
        team for team in session.scalars(select(Team).order_by(Team.id)) if who.manages(team.id)
    ]


def read_way(session: Session, who: Who) -> Way:
    """Where the workspace stands, as far as this person answers for it."""
    teams = [team.id for team in find_own_teams(session, who)]
    reps = session.scalars(select(Rep.id).where(Rep.team_id.in_(teams), Rep.active)).all()
    there = {
        TEAM: bool(teams),
        REPS: bool(reps),
        TOPIC: session.scalar(select(Topic.id).where(Topic.active).limit(1)) is not None,
        NETWORK: session.scalar(select(Source.id).limit(1)) is not None,
        QUOTA: session.scalar(
            select(Quota.id)
            .where(Quota.team_id.in_(teams) | Quota.rep_id.in_(reps), ~Quota.stops)
            .limit(1)
        )
        is not None,
    }
    return Way(
        frozenset(step for step, is_there in there.items() if is_there),
        frozenset(_read_skipped(session)),
    )


def is_new(session: Session) -> bool:
    """Whether the workspace is on its way to a first list: nothing is there, or only a part.

    Once anybody was listed, or everything is there by other means, it is not new.
    """
    if session.scalar(select(Assignment.id).limit(1)) is not None:
        return False
    if read_first_list(session).built_at is not None:
        return False
    there = [
        session.scalar(select(table.id).limit(1)) is not None
        for table in (Team, Rep, Topic, Source, Quota)
    ]
    return not all(there)


def skip_step(session: Session, step: str) -> None:
    """Pass over a step; it may be taken later all the same."""
    skipped = [*_read_skipped(session), step]
    value = ",".join(one for one in STEPS if one in skipped)
    _keep(session, _SKIPPED, value)


@dataclass(frozen=True, slots=True)
class FirstList:
    """When the first list was asked for, and when it was built; ``None``: not yet."""

    asked_at: datetime | None = None
    built_at: datetime | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for it."""
        return self.asked_at is not None and self.built_at is None


def read_first_list(session: Session) -> FirstList:
    """What was asked and done about the first list."""
    row = session.get(WorkspaceValue, _LIST)
    if row is None:
        return FirstList()
    asked, _, built = row.value.partition(" ")
    return FirstList(
        datetime.fromisoformat(asked), datetime.fromisoformat(built) if built else None
    )


def ask_for_list(session: Session, *, now: datetime) -> None:
    """Let the first list be built at the next tick, as soon as the networks brought a little."""
    if not read_first_list(session).is_awaited:
        _keep(session, _LIST, now.isoformat())


def note_built(session: Session, *, now: datetime) -> None:
    """The list that was asked for is built."""
    asked = read_first_list(session).asked_at
    if asked is not None:
        _keep(session, _LIST, f"{asked.isoformat()} {now.isoformat()}")


def _read_skipped(session: Session) -> list[str]:
    row = session.get(WorkspaceValue, _SKIPPED)
    return [one for one in (row.value if row is not None else "").split(",") if one]


def _keep(session: Session, key: str, value: str) -> None:
    upsert(session, WorkspaceValue, [{"key": key, "value": value}], key=("key",), update=("value",))
    session.expire_all()
