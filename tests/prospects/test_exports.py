"""What leaves for outreach and what is matched: every path asks the network's terms."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config.errors import Refused
from config.settings import PeopleSettings, PrivacySettings
from models import Account, Export, FileImport, Person
from models.database import Database
from prospects.exports import (
    LIMIT,
    check_grounds,
    check_notice_channel,
    is_counted,
    papers,
    withhold,
)
from prospects.exports import TERMS as BY_TERMS
from prospects.notices import mark_given
from prospects.resolve import check_allowed
from signals.clicks import create_link
from signals.policy import TERMS, terms_of
from signals.sources import SourceTerms, add_source
from tests.app.program import Program
from tests.factories import make_assignment, make_prospect, make_rep, make_team, make_topic

DAY = timedelta(days=1)
UNKNOWN = PrivacySettings(controller="", contact="", place="unknown", notice_days=30)
FORBIDDEN = sorted(network for network in TERMS if not TERMS[network].link_people)
ALLOWED = sorted(network for network in TERMS if TERMS[network].link_people)


def take(db: Database, now: datetime, ids: range, who: str = "rita") -> list[str | None]:
    with db.write() as session:
        objects = [("x", one) for one in ids]
        kept = withhold(session, objects, taken_by=who, now=now)
    return [kept.get(one) for one in objects]


def test_x_lets_a_person_take_out_500_a_day(db: Database, now: datetime) -> None:
    assert take(db, now, range(500)) == [None] * 500
    assert take(db, now, range(500)) == [None] * 500  # the same once more counts once
    assert take(db, now, range(490, 510)) == [None] * 10 + [LIMIT] * 10
    assert take(db, now, range(600, 605)) == [LIMIT] * 5
    assert take(db, now, range(600, 605), who="omar") == [None] * 5
    assert take(db, now + DAY, range(600, 605)) == [None] * 5
    with db.read() as session:
        counts = session.execute(
            select(Export.taken_by, Export.exported_on, func.count()).group_by(
                Export.taken_by, Export.exported_on
            )
        ).all()
    assert sorted(tuple(row) for row in counts) == [
        ("omar", now.date(), 5), ("rita", now.date(), 500), ("rita", (now + DAY).date(), 5),
    ]  # fmt: skip


@pytest.mark.parametrize("network", [*sorted(TERMS), "a forum"])
def test_every_network_s_words_leave_as_its_terms_say(
    db: Database, now: datetime, network: str
) -> None:
    terms = terms_of(network)
    with db.write() as session:
        objects = [(network, one) for one in range(1, 700)]
        kept = withhold(session, objects, taken_by="rita", now=now)
        rows = session.scalar(select(func.count()).select_from(Export))
    if not terms.export:
        assert set(kept) == set(objects)
        assert set(kept.values()) == {BY_TERMS}
    else:
        limit = terms.export_a_day
        assert len(objects) - len(kept) == (len(objects) if limit is None else limit)
    assert (rows or 0) == ((terms.export_a_day or 0) if terms.export else 0)
    assert is_counted([network]) == bool(rows)


@pytest.mark.parametrize("network", FORBIDDEN)
def test_who_must_not_be_matched_is_linked_to_nothing(
    db: Database, now: datetime, network: str
) -> None:
    """Every path that joins a person with anything from elsewhere."""
    with db.write() as session:
        topic = make_topic(session, at=now)
        make_prospect(session, topic, "ann", (2.0, now), network=network)
        make_prospect(session, topic, "ann_b", (2.0, now), network="bluesky")
        one, other = session.scalars(select(Account).order_by(Account.id)).all()
        for pair in ((one, other), (other, one)):
            with pytest.raises(Refused, match="never linked"):
                check_allowed(*pair, PeopleSettings(link_accounts=True))
        person = session.get_one(Person, one.person_id)
        with pytest.raises(Refused, match="get no link of their own"):
            create_link(session, url="https://a.example", topic=topic, person=person, now=now)
        create_link(session, url="https://a.example", topic=topic, person=None, now=now)


@pytest.mark.parametrize("network", ALLOWED)
def test_others_may_have_a_link_of_their_own(db: Database, now: datetime, network: str) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        prospect = make_prospect(session, topic, "ann", (2.0, now), network=network)
        person = session.get_one(Person, prospect.person_id)
        link = create_link(session, url="https://a.example", topic=topic, person=person, now=now)
        assert link.person_id == person.id


def test_what_goes_along_says_ground_notice_and_when_it_was_checked(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        topic = make_topic(session, at=now)
        ids = [make_prospect(session, topic, name, (2.0, now)).person_id for name in ("ann", "bob")]
        for name, basis in (("bluesky", "assessed"), ("second", "consent")):
            add_source(session, network="bluesky", name=name,
                       terms=SourceTerms(lawful_basis=basis), now=now)  # fmt: skip
        mark_given(session, ids[:1], channel="message", given_by="M", now=now)
        people = [(ids[0], "bluesky"), (ids[1], "bluesky"), (ids[1], "forum")]
        found = papers(session, people, settings=UNKNOWN, now=now)
        elsewhere = UNKNOWN.model_copy(update={"place": "elsewhere"})
        lax = papers(session, people, settings=elsewhere, now=now)
    told, due, imported = (found[one] for one in people)
    assert (told.lawful_basis, told.notice, told.notice_due_at) == (
        "assessed; consent", "given", None,
    )  # fmt: skip
    assert (due.notice, due.notice_due_at) == ("due", now + 30 * DAY)
    assert (imported.lawful_basis, imported.suppression_checked_at) == (None, now)
    assert (imported.phone_consent, imported.dnc_checked_at) == (False, None)
    assert [lax[one].notice for one in people] == ["given", "not_required", "not_required"]


def test_who_came_by_a_file_has_the_ground_that_was_stated_with_it(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        for basis, networks in (
            ("a file's", ["forum", "x"]), ("another's", ["forum"]), ("a file's", ["forum"]),
            (None, ["lemmy"]), ("before", None),
        ):  # fmt: skip
            session.add(FileImport(name="f", started_at=now, lawful_basis=basis, networks=networks))
        add_source(session, network="bluesky", terms=SourceTerms(lawful_basis="assessed"), now=now)
        people = [(1, network) for network in ("forum", "x", "bluesky", "lemmy", "web")]
        stated = UNKNOWN.model_copy(update={"lawful_basis": "the workspace's"})
        found = papers(session, people, settings=stated, now=now)
    assert [found[one].lawful_basis for one in people] == [
        "a file's; another's", "a file's", "assessed", "the workspace's", "the workspace's",
    ]  # fmt: skip
    check_grounds([{"network": "x", "lawful_basis": "a file's"}])
    assert not any(paper.outreach for paper in found.values())  # nobody can be told
    anywhere = stated.model_copy(update={"place": "elsewhere"})
    with db.read() as session:
        may = papers(session, [(1, "x"), (1, "linkedin")], settings=anywhere, now=now)
    assert [may[1, "x"].outreach, may[1, "linkedin"].outreach] == [True, False]
    with pytest.raises(Refused, match="from web, x"):
        check_grounds([{"network": one, "lawful_basis": None} for one in ("x", "web")])


@pytest.mark.parametrize("place", ["eu", "uk", "unknown"])
@pytest.mark.parametrize("missing", ["notice_channel", "controller", "contact"])
def test_nobody_is_handed_on_who_cannot_be_told(place: str, missing: str) -> None:
    whole = UNKNOWN.model_copy(
        update={"place": place, "notice_channel": "by mail", "controller": "A", "contact": "b@c.d"}
    )
    check_notice_channel(whole)
    with pytest.raises(Refused, match=f"privacy.{missing}"):
        check_notice_channel(whole.model_copy(update={missing: "  "}))
    check_notice_channel(whole.model_copy(update={missing: "", "place": "elsewhere"}))


def test_an_export_waits_for_a_way_to_tell_people(tmp_path: Path, now: datetime) -> None:
    ready = {
        "WARMLIST_PRIVACY__NOTICE_CHANNEL": "in the first message",
        "WARMLIST_PRIVACY__CONTROLLER": "Example Ltd",
        "WARMLIST_PRIVACY__CONTACT": "privacy@example.org",
    }
    program = Program(tmp_path / "home")
    program.run_each([["init"], ["topic", "add", "Money", "--keyword", "401k rollover"]])
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "network,external_id,author,text,occurred_at\n"
        f"forum,1,=cmd(),Which 401k rollover should I choose?,{now.isoformat()}\n"
    )
    out = tmp_path / "out.csv"
    order = ["list", "export", "--rep", "Rita"]
    outcomes = program.run_each(
        [
            ["team", "add", "T"], ["rep", "add", "Rita", "--team", "T", "--quota", "5"],
            ["import", str(rows), "--lawful-basis", "assessed 2026-11", "--json"],
            ["lists", "build"], order, ["doctor"], ["list", "show", "--rep", "Rita", "--json"],
            [*order, "--out", str(out)], [*order, "--format", "json"], ["doctor"],
            [*order, "--out", str(tmp_path)],
        ],
        [{}] * 7 + [ready] * 4,
    )  # fmt: skip
    imported, refused, doctor, shown, written, document, ready_doctor, nowhere = (
        outcomes[2], *outcomes[4:],
    )  # fmt: skip
    assert imported.document["networks"] == ["forum"]
    assert (refused.code, refused.out) == (1, "")
    assert "privacy.notice_channel, privacy.controller, privacy.contact" in refused.line
    assert "[privacy]" in refused.line
    assert "no way of telling them is set: privacy.notice_channel" in doctor.out
    assert shown.document["items"][0]["outreach"] is False
    assert shown.document["items"][0]["lawful_basis"] == "assessed 2026-11"
    assert written.code == 0
    text = out.read_text()
    assert "assessed 2026-11" in text
    assert ",'@=cmd()," in text  # no formula in a spreadsheet
    assert document.document["items"][0]["outreach"] is True
    [row] = csv.DictReader(io.StringIO(text))
    for spelt in (row, document.document["items"][0]):
        for column in ("notice_due_at", "suppression_checked_at"):
            assert "T" in spelt[column]
            assert datetime.fromisoformat(spelt[column]).utcoffset() == timedelta(0)
    assert "people are told in the first message" in ready_doctor.out
    assert nowhere.code == 1
    assert "cannot be written" in nowhere.line


def test_the_list_as_a_document_leaves_as_the_terms_say(tmp_path: Path, now: datetime) -> None:
    program = Program(tmp_path / "home")
    program.run("init")
    db = Database(f"sqlite:///{tmp_path / 'home' / 'warmlist.db'}")
    with db.write() as session:
        topic = make_topic(session, at=now)
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now)
        for network, count in (("x", 502), ("linkedin", 1), ("bluesky", 1)):
            for number in range(count):
                prospect = make_prospect(
                    session, topic, f"{network}{number}", (2.0, now), network=network
                )
                make_assignment(session, rep, prospect, at=now)
    shown = program.run("list", "show", "--rep", "Rita", "--date", f"{now.date()}", "--json")
    again = program.run("list", "show", "--rep", "Rita", "--date", f"{now.date()}", "--json")
    read = program.run("list", "show", "--rep", "Rita", "--date", f"{now.date()}")
    db.close()
    items = shown.document["items"]
    assert again.document == shown.document | {
        "items": [
            one | {"suppression_checked_at": other["suppression_checked_at"]}
            for one, other in zip(items, again.document["items"], strict=True)
        ]
    }
    for one in items:
        assert one["suppression_checked_at"]
        assert one["notice"] == "due"
        assert one["phone_consent"] is False
        assert one["dnc_checked_at"] is None
        assert "lawful_basis" in one
    x = [one for one in items if one["network"] == "x"]
    assert sum(bool(one["quote"]) for one in x) == 500
    assert [one["withheld"] for one in x if not one["quote"]] == ["limit", "limit"]
    assert all(one["url"] and one["account"] for one in x)
    [linkedin] = [one for one in items if one["network"] == "linkedin"]
    assert (linkedin["quote"], linkedin["account"], linkedin["url"]) == ("", None, None)
    assert linkedin["withheld"] == "terms"
    [bluesky] = [one for one in items if one["network"] == "bluesky"]
    assert bluesky["quote"]
    assert bluesky["withheld"] is None
    assert "2 quotes from X left out" in shown.err
    assert "@linkedin0" in read.out  # looked at, not taken away


def test_words_of_others_leave_the_command_line_by_one_door() -> None:
    """A command that prints somebody's words as a document belongs into this test's paths."""
    folder = Path(__file__).resolve().parents[2] / "app" / "cli"
    speaking = {
        path.name
        for path in folder.glob("*.py")
        if any(sign in path.read_text(encoding="utf-8") for sign in ("passage", "Signal.text"))
    }
    assert speaking == {"lists.py", "leaving.py"}
