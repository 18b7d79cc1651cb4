from __future__ import annotations

from datetime import date, datetime

import pytest

from config.errors import Conflict, NotFound, Refused
from models.database import Database
from quotas.attainment import find_quota
from quotas.staff import create_rep, create_team, find_rep, find_team, set_quota


def test_teams_and_reps_are_found_by_name_in_any_case_or_number(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        team = create_team(
            session, name="Équipe  Nord", time_zone="Asia/Riyadh", first_weekday="sun",
            weekend=["friday", "saturday"], now=now,
        )  # fmt: skip
        rep = create_rep(session, team, name="Élodie", languages=["FR", "fr", "ar"], now=now)
        assert (team.name, team.first_weekday, team.weekend) == ("Équipe Nord", 6, [4, 5])
        assert [part.value for part in rep.territory] == ["fr", "ar"]
        for wanted in ("équipe nord", " ÉQUIPE NORD ", str(team.id)):
            assert find_team(session, wanted) is team
        for wanted in ("élodie", "ÉLODIE", str(rep.id)):
            assert find_rep(session, wanted) is rep
        for wanted in ("", "9" * 30, "²", "a\x00", "\udcff", "nobody"):
            with pytest.raises(NotFound, match="Known teams: Équipe Nord"):
                find_team(session, wanted)
            with pytest.raises(NotFound, match="Known reps: Élodie"):
                find_rep(session, wanted)
        with pytest.raises(Conflict):
            create_team(
                session, name="ÉQUIPE NORD", time_zone="UTC", first_weekday="mon", weekend=[],
                now=now,
            )  # fmt: skip
        with pytest.raises(Conflict):
            create_rep(session, team, name="élodie", now=now)
        for name in ("", "x" * 121, "a\x00"):
            with pytest.raises(Refused, match="name"):
                create_rep(session, team, name=name, now=now)
        with pytest.raises(Refused, match="Language"):
            create_rep(session, team, name="Bo", languages=["french"], now=now)
        other = create_team(
            session, name="South", time_zone="UTC", first_weekday="mon", weekend=[], now=now
        )  # fmt: skip
        create_rep(session, other, name="Élodie", now=now)
        with pytest.raises(Refused, match="Several reps"):
            find_rep(session, "Élodie")


def test_a_new_quota_ends_the_old_one_on_its_first_day(db: Database, now: datetime) -> None:
    with db.write() as session:
        team = create_team(
            session, name="T", time_zone="UTC", first_weekday="mon", weekend=["sun"], now=now
        )  # fmt: skip
        rep = create_rep(session, team, name="Rita", now=now)
        set_quota(session, rep, target=50, per="Week", threshold=0.5, now=now)
        change = date(2026, 12, 1)
        set_quota(session, rep, target=9, per="day", threshold=0.5, now=now, starts_on=change)
        found = [find_quota(session, rep.id, change.replace(day=d)) for d in (1, 2)]
        before = find_quota(session, rep.id, date(2026, 11, 30))
        assert before is not None
        assert (before.target, before.period, before.ends_on) == (50, "week", change)
        assert [one.target for one in found if one] == [9, 9]
        with pytest.raises(Conflict, match="already"):
            set_quota(session, rep, target=5, per="day", threshold=0.5, now=now, starts_on=change)
        for target, per in ((-1, "day"), (100_001, "day"), (5, "fortnight")):
            with pytest.raises(Refused):
                set_quota(
                    session, rep, target=target, per=per, threshold=0.5, now=now,
                    starts_on=date(2027, 1, 1),
                )  # fmt: skip
