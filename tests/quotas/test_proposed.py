"""Targets proposed week by week, and what a manager makes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.errors import Conflict, Refused
from models import ProposalVerdict, Quota, Rep, TargetProposal, Team
from models.database import Database
from quotas.history import find_quota
from quotas.proposed import (
    accept_proposal,
    dismiss_proposal,
    draft_proposals,
    list_proposals,
    store_proposals,
)
from quotas.setting import set_quota
from quotas.touches import record_touch
from tests.factories import (
    list_settings,
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday
NEXT_MONDAY = date(2026, 11, 30)
WEEK = timedelta(days=7)


def work(session: Session, rep: Rep, weeks: list[int]) -> None:
    """So many contacts in each of the last weeks, newest last."""
    topic = make_topic(session, at=NOW, name=f"Topic {rep.name}")
    for back, count in enumerate(reversed(weeks), start=1):
        for n in range(count):
            at = NOW - back * WEEK + timedelta(minutes=n)
            prospect = make_prospect(session, topic, f"{rep.name}{back}-{n}", (3.0, at))
            assignment = make_assignment(session, rep, prospect, at=at)
            record_touch(
                session, assignment.id, channel="call", disposition="contacted",
                idempotency_key=f"t{assignment.id}", now=at, weights=warmth_settings(),
            )  # fmt: skip


def propose(session: Session, team: Team, now: datetime) -> None:
    store_proposals(session, draft_proposals(session, team, now=now, settings=list_settings()))


def staffed(session: Session) -> Team:
    team = make_team(session, at=NOW)
    ann = make_rep(session, team, "Ann", at=NOW, target=5, threshold=0.7)
    make_rep(session, team, "Neu", at=NOW, target=None)  # owes nothing yet
    work(session, ann, [4, 5, 5, 6, 8, 9])
    return team


def test_a_proposal_waits_until_a_manager_decides(db: Database) -> None:
    with db.write() as session:
        team = staffed(session)
        propose(session, team, NOW)
        propose(session, team, NOW)  # of a week the first one stays
        found = {one.rep.name: one for one in list_proposals(session, team, NOW)}
        assert session.scalar(select(func.count()).select_from(TargetProposal)) == len(found)
        ann = found["Ann"]
        assert (ann.current, ann.target, ann.week_on) == (5, 8, NEXT_MONDAY)
        assert ann.verdict in {"feasible", "tight", "infeasible", "unknown"}
        # nothing applies itself, not even once its week has come
        for now in (NOW, NOW + WEEK):
            quota = find_quota(session, ann.rep.id, now.date())
            assert quota is not None
            assert quota.target == 5


def test_accepting_makes_a_new_version_from_its_week_on(db: Database) -> None:
    with db.write() as session:
        team = staffed(session)
        propose(session, team, NOW)
        one = next(p for p in list_proposals(session, team, NOW) if p.rep.name == "Ann")
        words = {"by": "Mona", "now": NOW, "threshold": 0.5}
        with pytest.raises(Refused, match="for the week from 2026-11-30"):
            accept_proposal(session, one.number, starts_on=NOW.date(), **words)
        quota = accept_proposal(session, one.number, **words)
        assert (quota.starts_on, quota.target, quota.threshold) == (NEXT_MONDAY, 8, 0.7)
        assert quota.basis is not None
        assert quota.basis["decided_by"] == "Mona"
        assert quota.basis["from_target"] == 5
        owed = [
            found.target
            for day in (NEXT_MONDAY - timedelta(days=1), NEXT_MONDAY)
            if (found := find_quota(session, one.rep.id, day)) is not None
        ]
        assert owed == [5, 8]
        assert "Ann" not in [p.rep.name for p in list_proposals(session, team, NOW)]
        for decide in (accept_proposal, dismiss_proposal):
            with pytest.raises(Conflict, match="decided already"):
                decide(session, one.number, **(words if decide is accept_proposal else
                                               {"by": "Mona", "now": NOW}))  # fmt: skip
        assert session.scalar(select(func.count()).select_from(ProposalVerdict)) == 1


def test_a_dismissed_one_changes_nothing_and_next_week_brings_another(db: Database) -> None:
    with db.write() as session:
        team = staffed(session)
        propose(session, team, NOW)
        before = session.scalar(select(func.count()).select_from(Quota))
        for one in list_proposals(session, team, NOW):
            dismiss_proposal(session, one.number, by="Mona", now=NOW)
        assert list_proposals(session, team, NOW) == []
        assert session.scalar(select(func.count()).select_from(Quota)) == before
        propose(session, team, NOW + WEEK)
        later = [one.week_on for one in list_proposals(session, team, NOW + WEEK)]
        assert set(later) == {NEXT_MONDAY + WEEK}


def test_what_is_owed_already_is_not_proposed(db: Database) -> None:
    with db.write() as session:
        team = staffed(session)
        propose(session, team, NOW)
        one = next(p for p in list_proposals(session, team, NOW) if p.rep.name == "Ann")
        set_quota(
            session, one.rep, target=8, per="week", threshold=0.7, now=NOW, starts_on=NEXT_MONDAY
        )
        assert "Ann" not in [p.rep.name for p in list_proposals(session, team, NOW)]
