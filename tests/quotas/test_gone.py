from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from models import Account, Assignment, Team
from models.database import Database
from prospects.refresh import recompute
from quotas.assign import build_lists
from signals.collectors.contract import Ref
from signals.tombstones import forget
from tests.factories import list_settings, make_prospect, make_rep, make_team, make_topic


def test_a_person_whose_account_was_deleted_leaves_the_list_and_keeps_no_name(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        team = make_team(session, at=now)
        make_rep(session, team, "Ines", at=now)
        topic = make_topic(session, at=now)
        make_prospect(session, topic, "ann", (2.0, now - timedelta(hours=3)))
        team_id = team.id
    with db.write() as session:
        team = session.get_one(Team, team_id)
        build_lists(session, team, now.date(), now=now, settings=list_settings())
    with db.read() as session:
        held = session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))).one()
    with db.write() as session:
        refs = [Ref("bluesky", None, "ann", account=True)]
        recompute(session, forget(session, refs, now=now))
    later = now + timedelta(minutes=5)
    with db.write() as session:
        team = session.get_one(Team, team_id)
        build_lists(session, team, now.date(), now=later, settings=list_settings())
    with db.read() as session:
        assert session.get_one(Assignment, held.id).closed_reason == "evidence_gone"
        author = session.scalars(select(Account)).one()
        assert (author.handle, author.display_name, author.url) == (None, None, None)
        assert author.external_id == "ann"


def test_somebody_whose_evidence_grew_old_leaves_the_list_they_are_held_on(
    db: Database, now: datetime
) -> None:
    settings = list_settings(hold_days=60)
    with db.write() as session:
        team = make_team(session, at=now)
        make_rep(session, team, "Ines", at=now)
        topic = make_topic(session, at=now, window_days=10)
        make_prospect(session, topic, "ann", (200.0, now - timedelta(hours=3)))
        build_lists(session, team, now.date(), now=now, settings=settings)
        held = session.scalars(select(Assignment)).one()
        for days, reason in ((9, None), (11, "evidence_old")):
            later = now + timedelta(days=days)
            build_lists(session, team, later.date(), now=later, settings=settings)
            session.refresh(held)
            assert held.closed_reason == reason
