"""Who of a team is how far, as ranks, where the team wants to see that at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.errors import Refused
from models import Team
from quotas.activities import scorecard
from quotas.standings import Standing, load_reps, load_standings


@dataclass(frozen=True, slots=True)
class Place:
    """One rep's rank, 1 the furthest; ``share`` is attainment over all quotas by their weights."""

    rank: int
    rep_id: int
    rep: str
    share: float


def rank_reps(standings: Mapping[int, Sequence[Standing]]) -> list[Place]:
    """The furthest first; who is as far to the per cent shares a rank. Without a quota: none."""
    shares: list[tuple[int, str, int]] = []
    for rep_id, of_rep in standings.items():
        parts = [
            (one.attainment.weight, one.attainment.counted, one.attainment.target) for one in of_rep
        ]
        share = scorecard(parts)
        if share is not None:
            shares.append((round(100 * share), of_rep[0].rep.name, rep_id))
    shares.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [
        Place(1 + sum(other > share for other, _, _ in shares), rep_id, name, share / 100)
        for share, name, rep_id in shares
    ]


def load_leaderboard(session: Session, team: Team, now: datetime) -> list[Place]:
    """The team's ranks at ``now``; refused where the team's leaderboard is switched off."""
    if not team.leaderboard:
        raise Refused(
            "The leaderboard of %(team)s is switched off.",
            "Switch it on: warmlist team leaderboard %(team2)s --on",
            team=team.name,
            team2=repr(team.name),
        )
    return rank_reps(load_standings(session, load_reps(session, team.id), now))
