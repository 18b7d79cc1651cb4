"""Schemes, contests and statements in real databases; what is closed stays."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Refused
from config.settings import HonestySettings, read_defaults
from models import Rep, Statement, Team, Topic, TouchFlag
from models.database import Database
from quotas.contacts import record_contact
from quotas.contests import Places, create_contest, list_contests, standings
from quotas.flags import decide, limits_of, load_flagged
from quotas.rewards import find_schemes, set_scheme, stop_scheme
from quotas.setting import set_quota
from quotas.sheet import defuse, write_sheet
from quotas.statements import (
    close_statement,
    correct_statement,
    draft_statement,
    export_statements,
    find_drift,
    load_statements,
)
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
from tests.statements import counting

MONDAY = datetime(2026, 11, 2, 12, tzinfo=UTC)
LIMITS = limits_of(HonestySettings(**read_defaults()["honesty"]))
START, END = date(2026, 11, 1), date(2026, 12, 1)
AFTER = datetime(2026, 12, 2, 12, tzinfo=UTC)


def work(session: Session, rep: Rep, topic: Topic, at: datetime, number: int) -> list[int]:
    made = []
    for n in range(number):
        prospect = make_prospect(session, topic, f"{at:%m%d}-{rep.id}-{n}", (3.0, at))
        assignment = make_assignment(session, rep, prospect, at=at)
        made.append(
            record_touch(
                session, assignment.id, channel="message", disposition="contacted",
                idempotency_key=f"t{assignment.id}", now=at + timedelta(minutes=n),
                weights=warmth_settings(),
            ).id
        )  # fmt: skip
    return made


def prepare(session: Session) -> tuple[Rep, Rep, list[int]]:
    topic = make_topic(session, at=MONDAY)
    team = make_team(session, at=MONDAY)
    rita = make_rep(session, team, "Rita", at=MONDAY, target=5)
    omar = make_rep(session, team, "=Omar()", at=MONDAY, target=5)
    set_scheme(
        session, team, name="Above", unit="EUR", rate=200, tiers=read_tiers(["100=1.0", "120=1.5"]),
        mode=WHOLE, starts_on=START, now=MONDAY,
    )  # fmt: skip
    create_contest(
        session, team, name="Sprint", unit="EUR", prizes=[5000, 2000], starts_on=START,
        ends_on=date(2026, 11, 16), now=MONDAY,
    )  # fmt: skip
    touches = work(session, rita, topic, MONDAY, 7)  # 140 %: 2 × 2.00 × 1.5
    work(session, rita, topic, MONDAY + timedelta(days=7), 5)  # just met
    work(session, omar, topic, MONDAY + timedelta(days=1), 4)
    return rita, omar, touches


def test_a_month_pays_what_ended_in_it(db: Database) -> None:
    with db.write() as session:
        rita, omar, _ = prepare(session)
        (draft,) = draft_statement(session, rita, START, END, now=AFTER)
        assert [(line.kind, line.counted, line.amount) for line in draft.lines] == [
            ("tier", 7, 600), ("tier", 5, 0), ("tier", 0, 0), ("tier", 0, 0),
            ("contest", 12, 5000),
        ]  # fmt: skip
        # the week that began in October had no scheme yet; the one of the 30th is not over
        assert [line.starts_on for line in draft.lines[:2]] == ["2026-11-02", "2026-11-09"]
        assert (draft.unit, draft.amount) == ("EUR", 5600)
        assert draft_statement(session, omar, START, END, now=AFTER)[0].amount == 2000
        early = draft_statement(session, rita, START, END, now=MONDAY + timedelta(days=8))
        assert early[0].amount == 600  # the contest still runs


@pytest.mark.parametrize(
    ("changes", "pieces"),
    [
        # weekly, then monthly: the month has the days that no week had
        (((9, 4, "month"),), [(2, 9, 3, 1), (9, 31, 4, 3)]),
        # monthly, then weekly from a Wednesday: each has its own days
        (((2, 21, "month"), (11, 5, "week")), [(2, 11, 5, 7), (11, 16, 2, 3), (16, 23, 0, 5)]),
    ],
)
def test_each_contact_is_paid_once_where_the_period_changes(
    db: Database, changes: tuple[tuple[int, int, str], ...], pieces: list[tuple[int, ...]]
) -> None:
    with db.write() as session:
        topic = make_topic(session, at=MONDAY)
        team = make_team(session, at=MONDAY)
        rep = make_rep(session, team, "Rita", at=MONDAY, target=1)
        set_scheme(
            session, team, name="Above", unit="EUR", rate=100, tiers=read_tiers(["100=1.0"]),
            mode=WHOLE, starts_on=START, now=MONDAY,
        )  # fmt: skip
        for day, target, per in changes:
            set_quota(
                session, rep, target=target, per=per, threshold=0.1, now=MONDAY,
                starts_on=date(2026, 11, day),
            )  # fmt: skip
        work(session, rep, topic, MONDAY, 3)
        work(session, rep, topic, MONDAY + timedelta(days=8), 2)
        work(session, rep, topic, MONDAY + timedelta(days=9), 2)
        lines = draft_statement(session, rep, date(2026, 11, 2), END, now=AFTER)[0].lines
        found = [
            (line.first_day.day, line.last_day.day + 1, line.counted, line.target) for line in lines
        ]
        assert found[: len(pieces)] == pieces
        assert sum(line.counted for line in lines) == 7


def test_a_contest_counts_who_owes_something_else_and_by_one_standard(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=MONDAY)
        team = make_team(session, at=MONDAY)
        strict = make_rep(session, team, "Strict", at=MONDAY, target=None)
        mild = make_rep(session, team, "Mild", at=MONDAY, target=5)
        caller = make_rep(session, team, "Caller", at=MONDAY, target=None)
        set_quota(session, strict, target=5, per="week", threshold=5.0, now=MONDAY)
        for rep, number in ((strict, 4), (mild, 2), (caller, 3)):
            work(session, rep, topic, MONDAY, number)
        record_contact(
            session, caller, channel="meeting", disposition="contacted", reference="r1",
            idempotency_key="m", now=MONDAY,
        )  # fmt: skip
        words = {
            "unit": "EUR", "prizes": [1], "starts_on": START, "ends_on": END, "now": MONDAY,
        }  # fmt: skip
        engaged = create_contest(session, team, name="Engaged", **words)
        meeting = create_contest(session, team, name="Meetings", activity="meeting", **words)
        assert standings(session, engaged, AFTER) == {strict.id: 4, mild.id: 2, caller.id: 3}
        assert standings(session, meeting, AFTER) == {strict.id: 0, mild.id: 0, caller.id: 1}


def test_a_milder_quota_set_during_a_contest_counts_from_its_day_on(db: Database) -> None:
    with db.write() as session:
        topic = make_topic(session, at=MONDAY)
        team = make_team(session, at=MONDAY)
        rep = make_rep(session, team, "Rita", at=MONDAY, target=None)
        set_quota(session, rep, target=5, per="week", threshold=5.0, now=MONDAY)
        contest = create_contest(
            session, team, name="Sprint", unit="EUR", prizes=[1], starts_on=START, ends_on=END,
            now=MONDAY,
        )  # fmt: skip
        later = MONDAY + timedelta(days=2)
        work(session, rep, topic, MONDAY, 4)
        assert standings(session, contest, later) == {rep.id: 0}
        set_quota(
            session, rep, target=5, per="week", threshold=0.5, now=later, starts_on=later.date()
        )
        work(session, rep, topic, later, 2)
        assert standings(session, contest, AFTER) == {rep.id: 2}


def test_what_is_closed_stays_and_is_corrected_by_new_rows(db: Database) -> None:
    with db.write() as session:
        rita, omar, touches = prepare(session)
        with pytest.raises(Conflict, match="is not over"):
            close_statement(session, rita, START, END, by="Mona", now=MONDAY, limits=LIMITS)
        with pytest.raises(Refused, match="name of who"):
            close_statement(session, rita, START, END, by=" ", now=AFTER, limits=LIMITS)
        session.add(TouchFlag(touch_id=touches[0], rule="rapid", why="w.", flagged_at=AFTER))
        session.flush()
        with pytest.raises(Conflict, match="1 contacts of Rita wait"):
            close_statement(session, rita, START, END, by="Mona", now=AFTER, limits=LIMITS)
        decide(
            session,
            touches[0],
            "accept",
            reason="seen",
            by="Mona",
            now=AFTER,
            weights=warmth_settings(),
        )
        (closed,) = close_statement(session, rita, START, END, by="Mona", now=AFTER, limits=LIMITS)
        close_statement(session, omar, START, END, by="Mona", now=AFTER, limits=LIMITS)
        for start, end in ((START, END), (date(2026, 11, 2), date(2026, 11, 9))):
            with pytest.raises(Conflict, match="closed statement within"):
                close_statement(session, rita, start, end, by="Mona", now=AFTER, limits=LIMITS)
        assert find_drift(session, [rita, omar], now=AFTER) == []
        decide(
            session,
            touches[0],
            "void",
            reason="never happened",
            by="Mona",
            now=AFTER,
            weights=warmth_settings(),
        )
        (drift,) = find_drift(session, [rita, omar], now=AFTER)
        # 6 of 5 are 120 %: 2.00 × 1.5
        assert (drift.statement_id, drift.paid, drift.now_worth) == (closed.id, 5600, 5300)
        with pytest.raises(Refused, match="of nothing"):
            correct_statement(session, closed.id, amount=0, note="n", by="Mona", now=AFTER)
        with pytest.raises(NotFound):
            correct_statement(session, 999, amount=1, note="n", by="Mona", now=AFTER)
        fix = correct_statement(
            session, closed.id, amount=drift.difference, note="voided", by="Mona", now=AFTER
        )
        again = correct_statement(session, fix.id, amount=5, note="more", by="Mona", now=AFTER)
        assert (fix.corrects_id, again.corrects_id) == (closed.id, closed.id)
        assert [one.difference for one in find_drift(session, [rita], now=AFTER)] == [-5]
        assert len(load_statements(session, [rita, omar])) == 4
        words = {"unit": "EUR", "rate": 100, "tiers": read_tiers(["100=1.0"]), "mode": WHOLE}
        with pytest.raises(Refused, match="closed for days before 2026-12-01"):
            set_scheme(session, rita.team, name="New", starts_on=START, now=AFTER, **words)
        set_scheme(session, rita.team, name="New", starts_on=END, now=AFTER, **words)
        assert load_statements(session, [rita], date(2026, 12, 1)) == []
        assert session.get_one(Statement, closed.id).amount == 5600


def test_closing_looks_at_touches_that_no_night_has_looked_at(db: Database) -> None:
    with db.write() as session:
        rita, _, _ = prepare(session)
        topic = make_topic(session, at=MONDAY, name="Late")
        late = datetime(2026, 11, 29, 23, tzinfo=UTC)  # Sunday
        for n in range(40):
            prospect = make_prospect(session, topic, f"late{n}", (3.0, late))
            assignment = make_assignment(session, rita, prospect, at=late)
            record_touch(
                session, assignment.id, channel="message", disposition="contacted",
                idempotency_key=f"late{n}", now=late + timedelta(seconds=n),
                weights=warmth_settings(),
            )  # fmt: skip
        with pytest.raises(Conflict, match="40 contacts of Rita wait"):
            close_statement(
                session, rita, date(2026, 11, 23), date(2026, 11, 30), by="Mona",
                now=datetime(2026, 11, 30, 4, tzinfo=UTC), limits=LIMITS,
            )  # fmt: skip
        assert len(load_flagged(session, rita.team, open_only=True)) == 40


@pytest.mark.parametrize(
    "statement", ["UPDATE statements SET amount = amount + 1", "DELETE FROM statements"]
)
def test_the_database_itself_keeps_closed_statements(db: Database, statement: str) -> None:
    with db.write() as session:
        rita, _, _ = prepare(session)
        close_statement(session, rita, START, END, by="Mona", now=AFTER, limits=LIMITS)
    with pytest.raises(DatabaseError, match="stays as it is"), db.write() as session:
        session.execute(text(statement))
    with db.read() as session:
        assert [row.amount for row in load_statements(session, [rita])] == [5600]


def test_a_contest_is_read_once_however_many_reps_ask(db: Database) -> None:
    def read(team_id: int, names: list[str]) -> int:
        with db.write() as session:
            team = session.get_one(Team, team_id)
            for name in names:
                make_rep(session, team, name, at=MONDAY, target=5)
        with db.read() as session:
            team = session.get_one(Team, team_id)
            reps = list(team.reps)
            with counting(db) as sent:
                places = Places(session, AFTER)
                for rep in reps:
                    draft_statement(session, rep, START, END, now=AFTER, places=places)
                for contest in list_contests(session, team.id):
                    assert len(places.of(contest)) == 2
                find_drift(session, reps, now=AFTER, places=places)
        return len(sent)

    with db.write() as session:
        team_id = prepare(session)[0].team_id
    few = read(team_id, [])
    more = read(team_id, [f"r{n}" for n in range(9)])
    many = read(team_id, [f"s{n}" for n in range(9)])
    assert many - more == more - few  # 2, 11 and 20 reps: a rep more costs the same everywhere


def test_a_contest_reads_the_touches_of_its_reps_and_days_by_index(db: Database) -> None:
    if db.engine.dialect.name != "sqlite":
        return  # what PostgreSQL chooses depends on how much there is
    with db.write() as session:
        team_id = prepare(session)[0].team_id
    with db.read() as session, counting(db) as sent:
        for contest in list_contests(session, team_id):
            Places(session, AFTER).of(contest)
    asked = [sql for sql in sent if "FROM touches" in sql]
    assert asked
    for sql in asked:
        with db.read() as session:
            plan = session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?")
            )
            steps = [str(row[3]) for row in plan]
        assert any("ix_touches_rep_id_occurred_at (rep_id=? AND occurred_at>" in s for s in steps)
        assert not any(step.startswith("SCAN") for step in steps), steps


def test_a_scheme_holds_from_its_day_on(db: Database) -> None:
    with db.write() as session:
        rita, _, _ = prepare(session)
        team = rita.team
        words = {"unit": "EUR", "tiers": read_tiers(["100=1"]), "mode": WHOLE, "now": MONDAY}
        with pytest.raises(Refused, match="rewrite the past"):
            set_scheme(session, team, name="above", rate=1, starts_on=START, **words)
        set_scheme(session, team, name="above", rate=100, starts_on=date(2026, 11, 9), **words)
        stop_scheme(session, team, name="Above", starts_on=date(2026, 11, 16), now=MONDAY)
        rates = [
            [row.rate for row in find_schemes(session, team.id, date(2026, 11, day))]
            for day in (8, 9, 16)
        ]
        assert rates == [[200], [100], []]
        with pytest.raises(NotFound):
            stop_scheme(session, team, name="Other", starts_on=END, now=MONDAY)
        for prizes, ends_on in (([], END), ([1, 2], END), ([1], START)):
            with pytest.raises(Refused):
                create_contest(
                    session, team, name="C", unit="EUR", prizes=prizes, starts_on=START,
                    ends_on=ends_on, now=MONDAY,
                )  # fmt: skip


def test_an_export_runs_nothing(db: Database) -> None:
    with db.write() as session:
        rita, omar, _ = prepare(session)
        close_statement(session, omar, START, END, by="@Mona", now=AFTER, limits=LIMITS)
        rows = load_statements(session, [omar])
        correct_statement(
            session, rows[0].id, amount=-250, note="=HYPERLINK(1)", by="Mona", now=AFTER
        )
        names = {rep.id: rep.name for rep in (rita, omar)}
        out = export_statements(load_statements(session, [omar]), names)
    every = list(csv.DictReader(io.StringIO(out)))
    assert {row["rep"] for row in every} == {"'=Omar()"}
    read = [row for row in every if row["amount"]]
    assert [row["amount"] for row in read] == ["20.00", "-2.50"]
    assert read[0]["closed_by"] == "'@Mona"
    assert read[1]["note"] == "'=HYPERLINK(1)"


def test_an_export_shows_what_each_amount_is_made_of(db: Database) -> None:
    with db.write() as session:
        rita, _, _ = prepare(session)
        close_statement(session, rita, START, END, by="Mona", now=AFTER, limits=LIMITS)
        out = export_statements(load_statements(session, [rita]), {rita.id: "Rita"})
    head, *lines = csv.DictReader(io.StringIO(out))
    assert (head["amount"], head["line_amount"]) == ("56.00", "")
    columns = ("rep", "line", "line_from", "counted", "target", "place", "tier", "line_amount")
    assert [tuple(row[name] for name in columns) for row in lines] == [
        ("Rita", "Above", "2026-11-02", "7", "5", "", "120", "6.00"),
        ("Rita", "Above", "2026-11-09", "5", "5", "", "100", "0.00"),
        ("Rita", "Above", "2026-11-16", "0", "5", "", "", "0.00"),
        ("Rita", "Above", "2026-11-23", "0", "5", "", "", "0.00"),
        ("Rita", "Sprint", "2026-11-01", "12", "", "1", "", "50.00"),
    ]
    assert {row["amount"] for row in lines} == {""}


@given(st.lists(st.lists(st.one_of(st.text(), st.integers(), st.none()), min_size=2, max_size=2)))
def test_any_text_comes_back_as_text(rows: list[list[str | int | None]]) -> None:
    out = write_sheet(["a", "b"], rows)
    read = list(csv.reader(io.StringIO(out, newline="")))
    assert len(read) == len(rows) + 1
    for row in read[1:]:
        for cell in row:
            number = cell.removeprefix("-").isdigit()
            assert number or not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_words_are_defused_and_amounts_left() -> None:
    assert [defuse(cell) for cell in ("-1.50", "-1+1", " =1", "a=1", None, -3, "+49")] == [
        "-1.50", "'-1+1", "' =1", "a=1", "", "-3", "'+49",
    ]  # fmt: skip
