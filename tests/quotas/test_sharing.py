"""Competition for people follows what each quota asks of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import Rep, Topic
from models.database import Database
from quotas.allocation import Candidate, Capacity
from quotas.feasibility import check_quota, load_claims
from quotas.needs import Standard
from quotas.periods import Period
from quotas.sharing import Claim, Contactable, Sharing
from quotas.standings import load_reps
from quotas.supply import FEASIBLE, INFEASIBLE, Feasibility, judge
from quotas.supply_record import Supplies
from quotas.team_supply import weigh_supply
from tests.factories import list_settings, make_prospect, make_rep, make_team, make_topic

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)
SETTINGS = list_settings(threshold=0.5)

standards = st.builds(
    Standard, st.sampled_from([0.5, 1.0, 2.0, 4.0]), st.sampled_from([None, 3, 14])
)
territories = st.sampled_from(
    [{}, {"networks": frozenset({"x"})}, {"networks": frozenset({"y"})}, {"topics": frozenset({1})}]
)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    shares = draw(st.lists(st.floats(0.5, 60), min_size=1, max_size=6))
    return [
        Claim(Capacity(number, 0, share, **draw(territories)), draw(standards))
        for number, share in enumerate(shares)
    ]


people = st.builds(
    Contactable,
    st.builds(
        Candidate, st.just(1), st.integers(1, 2), st.just(1.0), network=st.sampled_from("xy")
    ),
    st.floats(0, 6),
    st.integers(0, 30).map(lambda days: timedelta(days=days)),
)


def part(claims: list[Claim], number: int, one: Contactable) -> float:
    others = claims[:number] + claims[number + 1 :]
    return Sharing([claims[number]], others).part_of(one)


@given(claims(), people)
def test_the_parts_of_those_who_may_have_somebody_add_up_to_one(
    claims: list[Claim], one: Contactable
) -> None:
    parts = [part(claims, n, one) for n, claim in enumerate(claims) if claim.covers(one)]
    assert sum(parts) == pytest.approx(1.0 if parts else 0.0)


@given(claims(), people)
def test_a_stricter_colleague_never_takes_more(claims: list[Claim], one: Contactable) -> None:
    alone, before = part(claims[:1], 0, one), part(claims, 0, one)
    strict = [claims[0], *(replace(claim, standard=Standard(9.0, 1)) for claim in claims[1:])]
    loose = [claims[0], *(replace(claim, standard=Standard(0.0, None)) for claim in claims[1:])]
    assert part(loose, 0, one) <= before <= alone
    assert part(strict, 0, one) == alone  # nobody is that warm
    assert Sharing(claims[:1], claims[1:]).part_if_open(one) >= before


def arrive(session: Session, topic: Topic, per_week: int, points: float) -> None:
    """So many new people a week for ten weeks."""
    for week in range(10):
        for number in range(per_week):
            at = NOW - week * WEEK - timedelta(days=3, minutes=number)
            make_prospect(session, topic, f"{points}-{week}-{number}", (points, at))


def check(session: Session, rep: Rep, target: int = 20, **standard: Any) -> Feasibility:
    return check_quota(
        session, rep, target=target, per=Period.WEEK, now=NOW, settings=SETTINGS,
        standard=Standard(**standard) if standard else None,
    )  # fmt: skip


def test_a_quota_that_asks_for_warmer_people_competes_for_these_alone(lite: Database) -> None:
    with lite.write() as session:
        topic, team = make_topic(session, at=NOW), make_team(session, at=NOW)
        easy = make_rep(session, team, "Easy", at=NOW, target=20, threshold=0.5)
        arrive(session, topic, 10, 0.9)
        arrive(session, topic, 6, 3.0)
        alone = check(session, easy).supply.expected
        strict = make_rep(session, team, "Strict", at=NOW, target=20, threshold=2.0)
        of_strict = check(session, strict).supply.expected
        beside = check(session, easy).supply.expected
        # half of the six warm ones a week and of those there now; the ten mild ones stay
        assert alone - beside == pytest.approx(of_strict, abs=1.0)
        assert 12 <= beside < alone
        make_rep(session, team, "Like", at=NOW, target=20, threshold=0.5)
        assert check(session, easy).supply.expected < beside - 3
        claims = load_claims(session, now=NOW, settings=SETTINGS)
        with_claims = check_quota(
            session, easy, target=20, per=Period.WEEK, now=NOW, settings=SETTINGS, claims=claims
        )
        assert with_claims == check(session, easy)
        (told,) = [
            one
            for one in weigh_supply(
                session, Supplies(session, now=NOW, settings=SETTINGS).of, load_reps(session),
                team.id, now=NOW, settings=SETTINGS,
            )
            if one.reps[0].name == "Strict"
        ]  # fmt: skip
        assert told.supply.supply == check(session, strict).supply


def test_a_quota_that_asks_for_fresh_people_leaves_the_stale_ones(lite: Database) -> None:
    with lite.write() as session:
        topic = make_topic(session, at=NOW, window_days=90)
        team = make_team(session, at=NOW)
        easy = make_rep(session, team, "Easy", at=NOW, target=20)
        arrive(session, topic, 2, 3.0)
        for n in range(80):  # still warm, but silent for three weeks
            make_prospect(session, topic, f"old{n}", (16.0, NOW - 3 * WEEK))
        alone = check(session, easy).supply.expected
        strict = make_rep(session, team, "Fresh", at=NOW, target=20)
        assert check(session, easy).supply.expected < alone - 5
        fresh = {"threshold": 0.5, "fresh_days": 7}
        supply = [check(session, strict, **(fresh | {"fresh_days": d})) for d in (7, 14, 28)]
        told = supply[0]
        assert told.verdict == INFEASIBLE
        fixes = {fix.kind: (fix.to, fix.brings) for fix in told.fixes}
        # twice as long brings nobody, four times as long half of the eighty, within four weeks
        assert fixes["freshness"] == ("28", 10)
        assert supply[1].supply == told.supply
        assert supply[2].supply.expected - told.supply.expected == pytest.approx(10, abs=1)
        assert "freshness" not in {fix.kind for fix in check(session, strict, 40).fixes}
        assert check(session, strict, 0, **fresh).verdict == FEASIBLE


@given(
    st.dictionaries(st.sampled_from([14, 28, None]), st.integers(0, 40), max_size=3),
    st.integers(10, 60),
)
def test_the_mildest_freshness_that_helps_is_proposed(
    at_fresh: dict[int | None, int], target: int
) -> None:
    ordered = {days: at_fresh[days] for days in (14, 28, None) if days in at_fresh}
    told = judge(target, stock=0, arrivals=[5, 5, 6, 4, 5], at_fresh=ordered)
    (fix,) = [one for one in told.fixes if one.kind == "freshness"] or [None]
    if fix is None:
        assert told.verdict == FEASIBLE or max(ordered.values(), default=0) == 0
        return
    chosen = None if fix.to == "any" else int(fix.to)
    assert fix.brings == ordered[chosen] > 0
    milder = list(ordered)[: list(ordered).index(chosen)]
    assert all(ordered[days] < told.gap for days in milder)
    if fix.brings < told.gap:
        assert fix.brings == max(ordered.values())
        assert all(ordered[days] < fix.brings for days in milder)
