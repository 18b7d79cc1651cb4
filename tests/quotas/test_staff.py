from __future__ import annotations

from datetime import datetime

import pytest

from config.errors import Conflict, NotFound, Refused
from models.database import Database
from quotas.staff import create_rep, create_team, find_rep, find_team, set_territory


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
        set_territory(session, rep, "place", ["DE", " de "])
        set_territory(session, rep, "language", ["ar"])
        assert {(p.kind, p.value) for p in rep.territory} == {("place", "de"), ("language", "ar")}
        set_territory(session, rep, "place", [])
        assert [p.kind for p in rep.territory] == ["language"]
        for kind, value in (("topic", "none such"), ("network", "")):
            with pytest.raises((Refused, NotFound)):
                set_territory(session, rep, kind, [value])
        with pytest.raises(Refused, match="Several reps"):
            find_rep(session, "Élodie")
