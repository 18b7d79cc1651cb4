"""A team's supply is what each rep's own check says, shared with those who take from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.database import Database
from quotas.feasibility import check_quota
from quotas.needs import Standard
from quotas.periods import Period
from quotas.standings import load_reps
from quotas.supply_record import Supplies
from quotas.team_supply import weigh_supply
from tests.factories import list_settings, make_prospect, make_rep, make_team, make_topic
from tests.statements import counting

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)


def test_territories_get_their_part_of_who_is_there(db: Database) -> None:
    settings = list_settings(threshold=1.0)
    with db.write() as session:
        topic = make_topic(session, at=NOW)
        team = make_team(session, at=NOW)
        other = make_team(session, at=NOW, name="South")
        make_rep(session, team, "ann", at=NOW, target=10)
        make_rep(session, team, "bea", at=NOW, target=20)
        make_rep(session, team, "cem", at=NOW, target=10, territory={"language": ["ar"]})
        make_rep(session, team, "dot", at=NOW, target=None)
        make_rep(session, other, "eve", at=NOW, target=30)
        for number in range(48):
            at = NOW - timedelta(days=number)
            for language in ("en", "ar"):
                make_prospect(session, topic, f"{language}{number}", (3.0, at), language=language)
        team_id = team.id
    with db.read() as session:
        supplies = Supplies(session, now=NOW, settings=settings)
        supplies.of(Standard(settings.threshold, None))
        everybody = load_reps(session)
        with counting(db) as sent:
            found = weigh_supply(
                session, supplies.of, everybody, team_id, now=NOW, settings=settings
            )
        assert len(sent) == 1
        by_names = {tuple(rep.name for rep in one.reps): one for one in found}
        assert set(by_names) == {("ann", "bea"), ("cem",)}
        assert by_names["ann", "bea"].need == 30
        own = check_quota(
            session, by_names["cem",].reps[0], target=10, per=Period.WEEK, now=NOW,
            settings=settings, supplies=supplies,
        )  # fmt: skip
        assert by_names["cem",].supply.supply == own.supply
        assert by_names["cem",].supply.chance == own.chance
        ahead = [one.ahead[0].expected for one in (by_names["cem",], by_names["ann", "bea"])]
        assert 0 < 3 * ahead[0] < ahead[1]  # they owe thrice as much, and may have English ones
        # a seventh of the Arabic ones is cem's; the rest and the English ones are shared by 60
        assert by_names["ann", "bea"].supply.supply.expected > own.supply.expected
    assert [one.supply.chance for one in found] == sorted(one.supply.chance for one in found)
