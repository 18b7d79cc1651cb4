"""A later standard of what counts leaves the days before it as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import Rep
from models.database import Database
from quotas.attainment import load_attainment
from quotas.contests import create_contest
from quotas.outlook import load_outlook
from quotas.proposals import propose_targets
from quotas.rewards import set_scheme
from quotas.setting import set_quota
from quotas.standings import load_reps, load_standings
from quotas.statements import draft_statement
from quotas.tiers import WHOLE, read_tiers
from quotas.touches import record_touch
from tests.factories import (
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

MONDAY = datetime(2026, 11, 2, 12, tzinfo=UTC)
NOW = MONDAY + timedelta(days=16)  # the Wednesday of the third week
DAY = timedelta(days=1)


def prepare(session: Session) -> Rep:
    """Two weeks of 5 contacts, 3 of this week, each half as warm and some of older evidence."""
    topic = make_topic(session, at=MONDAY)
    rep = make_rep(session, make_team(session, at=MONDAY), "Rita", at=MONDAY, target=5)
    begins = date(2026, 11, 1)
    set_scheme(
        session, rep.team, name="Above", unit="EUR", rate=200, tiers=read_tiers(["100=1.0"]),
        mode=WHOLE, starts_on=begins, now=MONDAY,
    )  # fmt: skip
    create_contest(
        session, rep.team, name="Sprint", unit="EUR", prizes=[5000], starts_on=begins,
        ends_on=date(2026, 11, 16), now=MONDAY,
    )  # fmt: skip
    for number, day in enumerate([0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 15]):
        at = MONDAY + day * DAY + timedelta(minutes=number)
        prospect = make_prospect(session, topic, f"p{number}", (3.0, at))
        given_ = make_assignment(session, rep, prospect, at=at, warmth=0.5 + number % 3 / 4)
        given_.evidence_at = at - (number % 4) * 5 * DAY
        record_touch(
            session, given_.id, channel="message", disposition="contacted",
            idempotency_key=f"t{number}", now=at, weights=warmth_settings(),
        )  # fmt: skip
    return rep


def tell(session: Session, rep: Rep, at: datetime) -> dict[str, Any]:
    """All that is said at ``at`` of the days before."""
    today = at.date()
    of_now = load_attainment(session, rep, at)
    assert of_now is not None
    (standing,) = load_standings(session, load_reps(session), at)[rep.id]
    assert standing.attainment == of_now
    outlook = load_outlook(session, rep, of_now, at)
    assert standing.outlook == outlook
    ended = [load_attainment(session, rep, MONDAY + days * DAY) for days in (6, 13)]
    drafts = draft_statement(session, rep, date(2026, 11, 1), today, now=at)
    (proposal,) = propose_targets(session, [rep], now=at)
    return {
        "days": [(day.on, day.counted) for day in of_now.days if day.on < today],
        "streaks": (outlook.periods_met, outlook.days_met),
        "ended": [(one.counted, one.target, one.days) for one in ended if one],
        "statement": [(line.name, line.counted, line.amount) for d in drafts for line in d.lines],
        "proposed": (proposal.target, proposal.based_on),
    }


def test_a_warmer_standard_from_today_takes_nothing_back(db: Database) -> None:
    with db.write() as session:
        rep = prepare(session)
        before = tell(session, rep, NOW)
        assert before["days"] == [(date(2026, 11, 16), 1), (date(2026, 11, 17), 2)]
        assert before["streaks"][0] == 2
        assert [line[1] for line in before["statement"] if line[0] == "Above"] == [5, 5]
        assert [line[1:] for line in before["statement"] if line[0] == "Sprint"] == [(10, 5000)]
        for target in (5, 50):  # ten times as much a day from today on
            set_quota(
                session, rep, target=target, per="week", threshold=9.0, now=NOW,
                starts_on=NOW.date(),
            )  # fmt: skip
            assert tell(session, rep, NOW) == before


def test_no_later_standards_change_the_days_before_them(db: Database) -> None:
    changes = st.lists(
        st.tuples(
            st.integers(0, 4),  # days since the setting before
            st.sampled_from([0.0, 0.5, 0.75, 1.0, 9.0]),
            st.sampled_from([None, 1, 7, 12]),
        ),
        min_size=1,
        max_size=3,
    )
    with db.write() as session:
        number = prepare(session).id

    @settings(
        max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(changes)
    def check(asked: list[tuple[int, float, int | None]]) -> None:
        with db.write() as session:
            rep = session.get(Rep, number)
            assert rep is not None
            at = NOW
            for later, threshold, fresh_days in asked:
                at += later * DAY
                before = tell(session, rep, at)
                set_quota(
                    session, rep, target=5, per="week", threshold=threshold, now=at,
                    fresh_days=fresh_days, starts_on=at.date(),
                )  # fmt: skip
                assert tell(session, rep, at) == before
            session.rollback()

    check()
