"""Once a week, propose every team's targets anew; a manager decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from app.bootstrap import Workspace
from models import Team, WorkspaceValue
from models.upsert import upsert
from quotas.proposed import coming_week, draft_proposals, store_proposals

_DONE = "targets_proposed"


def propose_when_due(workspace: Workspace, clock: Callable[[], datetime]) -> int:
    """Keep proposals for each team's coming week where none were made; returns how many.

    Reading is done outside the transaction that writes. Repeated, or by two processes at once, it
    keeps each proposal once.
    """
    now = clock()
    made = 0
    with workspace.db.read() as session:
        due = []
        for team in session.scalars(select(Team).order_by(Team.id)):
            done = session.get(WorkspaceValue, f"{_DONE}:{team.id}")
            if done is None or done.value != coming_week(team, now).isoformat():
                due.append(team.id)
    for team_id in due:
        with workspace.db.read() as session:
            team = session.get_one(Team, team_id)
            week = coming_week(team, now).isoformat()
            rows = draft_proposals(session, team, now=now, settings=workspace.settings.lists)
        with workspace.db.write() as session:
            store_proposals(session, rows)
            mark = {"key": f"{_DONE}:{team_id}", "value": week}
            upsert(session, WorkspaceValue, [mark], key=("key",), update=("value",))
        made += len(rows)
    return made
