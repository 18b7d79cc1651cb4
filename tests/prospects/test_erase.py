"""Everything about a person is found, shown, and gone when they ask; nothing else is touched."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import (
    Account,
    AccountIdentity,
    AccountLink,
    ArchivedPost,
    Assignment,
    AuditDraw,
    Base,
    Click,
    Evidence,
    KnownParty,
    Link,
    Notice,
    Person,
    PostWords,
    PrivacyEntry,
    Prospect,
    QuarantinedItem,
    Reassignment,
    Signal,
    Suppression,
    TouchFlag,
    TouchVerdict,
    Visit,
)
from models.database import Database
from prospects.corrections import apply_label
from prospects.disclose import as_document, as_html
from prospects.disclosed import TITLES
from prospects.erase import (
    DELETED,
    EMPTIED,
    ROOTS,
    done_before,
    erase_person,
    object_to_profiling,
)
from prospects.records import collect, find_one, reachable_tables
from quotas.touches import record_touch
from signals.tombstones import Hashes
from tests.factories import (
    make_assignment,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)

NAME = "zaphod_beeblebrox"


def dump(session: Session) -> dict[str, str]:
    """Every row of every table as text."""
    return {
        table.name: json.dumps([list(map(str, row)) for row in session.execute(select(table))])
        for table in Base.metadata.sorted_tables
    }


def fill(session: Session, now: datetime) -> Person:
    """A person with a row in every table that may hold one, and somebody who likes and replies."""
    topic = make_topic(session, at=now)
    team = make_team(session, at=now)
    rep, other = make_rep(session, team, "Rita", at=now), make_rep(session, team, "Omar", at=now)
    prospect = make_prospect(session, topic, NAME, (3.0, now), (2.0, now - timedelta(days=1)))
    fan = make_prospect(session, topic, "fan", (1.0, now), (1.0, now))
    account = session.scalars(select(Account).where(Account.external_id == NAME)).one()
    account.url = f"https://{NAME}.example"
    first = session.scalars(select(Signal).where(Signal.account_id == account.id)).first()
    assert first is not None
    fans = session.scalars(select(Signal).where(Signal.external_id.startswith("fan"))).all()
    fans[0].kind, fans[0].external_id = "like", f"{first.external_id}:fan"
    fans[0].target_external_id, fans[0].text = first.external_id, None
    fans[1].kind, fans[1].parent_external_id = "comment", first.external_id
    fans[1].target_external_id = first.external_id
    fans[1].text = f"I agree with @{NAME.upper()}, retirement planning matters"
    session.flush()
    _score(session, first.id, topic.id, now)
    apply_label(session, first.id, topic.id, 1, "manager", now, weights=warmth_settings())
    assignment = make_assignment(session, rep, prospect, at=now)
    touch = record_touch(
        session, assignment.id, channel="call", disposition="contacted", idempotency_key=NAME,
        now=now, note=f"{NAME} likes bonds", weights=warmth_settings(),
    )  # fmt: skip
    touch.next_step, touch.reference = f"ring {NAME}", "0" * 64
    moved = make_assignment(session, other, prospect, at=now, on=now.date() + timedelta(days=1))
    hashes = Hashes(session)
    session.add_all(
        [
            Reassignment(
                from_id=assignment.id, to_id=moved.id, reason=f"{NAME} asked", decided_by="M",
                decided_at=now,
            ),
            TouchFlag(touch_id=touch.id, rule="rapid", why=f"{NAME} too quick", flagged_at=now),
            TouchVerdict(
                touch_id=touch.id, verdict="accept", reason=f"I know {NAME}", decided_by="M",
                decided_at=now,
            ),
            AuditDraw(
                rep_id=rep.id, touch_id=touch.id, starts_on=now.date(), population=1, size=1,
                seed=1, drawn_at=now,
            ),
            AccountIdentity(
                account_id=account.id, verdict="person", source="derived", reasons=[], author=None,
                decided_at=now,
            ),
            AccountLink(
                first_id=account.id, second_id=fans[0].account_id, proof="consent",
                evidence={"record": f"letter of {NAME}"}, proposed_by="Rita", proposed_at=now,
                moved={},
            ),
            Visit(signal_id=first.id, checked_at=now),
            PostWords(signal_id=first.id, occurred_at=now, words="retirement planning"),
            Notice(person_id=prospect.person_id, channel="message", given_by="Rita", given_at=now),
            ArchivedPost(
                network="bluesky", external_id="a1", author_hash=hashes.of("bluesky", NAME),
                text="passing words", language="en", occurred_at=now,
            ),
            QuarantinedItem(
                network="bluesky", collection_id=None, reason="odd", payload=f'{{"by": "{NAME}"}}',
                seen_at=now,
            ),
            KnownParty(
                verdict="staff", scope="handle", network=None, value=NAME, author="M",
                created_at=now,
            ),
        ]
    )  # fmt: skip
    session.flush()
    link = Link(
        code="abc", url="https://shop.example", topic_id=topic.id, person_id=prospect.person_id,
        signal_id=first.id, created_at=now,
    )  # fmt: skip
    session.add(link)
    session.flush()
    session.add(Click(link_id=link.id, clicked_at=now))
    session.flush()
    fingerprints = Base.metadata.tables["fingerprints"]
    session.execute(
        insert(fingerprints).values(
            signal_id=first.id, account_id=account.id, group_id=first.id, keys=b"", occurred_at=now
        )
    )
    assert fan.person_id != prospect.person_id
    return session.get_one(Person, prospect.person_id)


def _score(session: Session, signal_id: int, topic_id: int, now: datetime) -> None:
    session.execute(
        insert(Base.metadata.tables["scores"]).values(
            signal_id=signal_id, topic_id=topic_id, scorer_version="t", intents={}, relevance=1.0,
            prospect=0.9, reasons=[], scored_at=now,
        )
    )  # fmt: skip


def test_every_table_that_refers_to_people_is_spoken_for() -> None:
    """A new table that refers to persons, accounts or signals has to say what becomes of it."""
    assert set(reachable_tables()) == {*DELETED, *EMPTIED, *ROOTS}
    assert set(reachable_tables()) <= set(TITLES)


def test_all_that_is_stored_is_found_and_shown(db: Database, now: datetime) -> None:
    with db.write() as session:
        found = collect(session, fill(session, now))
        assert set(found.counts) == {
            *reachable_tables(), "archive", "quarantine", "known_parties",
        }  # fmt: skip
        document = as_document(found, controller="ACME <b>", now=now)
    assert json.loads(json.dumps(document))["records"]["accounts"][0]["handle"] == NAME
    page = as_html(document)
    assert NAME in page
    assert "ACME &lt;b&gt;" in page
    assert "<b>" not in page
    assert page.count("<h2>") == len(found.counts)
    other = as_html(document, language="ar", direction="rtl", say="«{}»".format)
    assert '<html lang="ar" dir="rtl">' in other
    assert f"<h2>«{TITLES['accounts']}»</h2>" in other


def test_an_erased_person_leaves_hashes_alone(db: Database, now: datetime) -> None:
    with db.write() as session:
        person = fill(session, now)
        person_id = person.id
        erase_person(session, person, actor="Maja", now=now)
    with db.write() as session:
        for table, text in dump(session).items():
            assert NAME not in text.lower(), table
            assert "passing words" not in text, table
        assert Hashes(session).has("account", "bluesky", NAME)
        assert Hashes(session).has("handle", "bluesky", NAME)
        assert session.get_one(Person, person_id).suppressed_for == "erased"
        entries = done_before(session, f"@{NAME.upper()}")
        assert [(one.action, one.actor) for one in entries] == [("erase", "Maja")]
        assert entries[0].counts["signals"] == 2


def test_an_erasure_leaves_others_and_what_reps_did(db: Database, now: datetime) -> None:
    with db.write() as session:
        erase_person(session, fill(session, now), actor="Maja", now=now)
        touches = session.execute(select(Base.metadata.tables["touches"])).mappings().all()
        assert [(t["disposition"], t["note"], t["next_step"]) for t in touches] == [
            ("contacted", None, None)
        ]
        reasons = session.scalars(select(Assignment.closed_reason).order_by(Assignment.id)).all()
        assert reasons == ["touched", "suppressed"]
        words = session.scalars(select(Signal.text)).all()
        assert len(words) == 1  # the fan's reply; the like went with what it liked
        assert (words[0] or "").startswith("I agree with @…")
        assert len(words[0] or "") == len(f"I agree with @{NAME}, retirement planning matters")
        assert session.scalar(select(Signal.target_external_id)) is None
        fan = session.scalars(select(Prospect)).one()
        points = session.scalars(select(Evidence.points)).all()
        assert points == [1.0]
        assert fan.newest_at == now


def test_an_objection_takes_what_was_derived_and_keeps_the_name(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        person = fill(session, now)
        account = session.scalars(select(Account).where(Account.external_id == NAME)).one()
        account.profile_codes = [["sells", 1.0]]
        for signal in session.scalars(select(Signal).where(Signal.account_id == account.id)):
            signal.community, signal.target_external_id = "r/retirement", "other-1"
            signal.parent_external_id = "other-1"
        session.flush()
        object_to_profiling(session, person, actor="Maja", now=now)
        found = collect(session, person)
        kept = {"persons", "accounts", "signals", "assignments", "touches", "known_parties"}
        kept |= {"touch_flags", "touch_verdicts", "reassignments", "audit_draws", "notices"}
        kept.add("account_links")
        assert set(found.counts) == kept
        assert found.suppressed_for == "objection"
        for name in ("text", "community", "target_external_id", "parent_external_id"):
            assert all(row[name] is None for row in found.rows["signals"])
        assert all(row["profile_codes"] is None for row in found.rows["accounts"])
        assert find_one(session, NAME).id == person.id


@pytest.mark.parametrize("act", [erase_person, object_to_profiling])
def test_asking_twice_is_no_fault(db: Database, now: datetime, act: Any) -> None:
    with db.write() as session:
        person = fill(session, now)
        act(session, person, actor="Maja", now=now)
        act(session, person, actor="Maja", now=now)
        assert session.scalar(select(Person.suppressed_at).where(Person.id == person.id)) == now
        assert len(session.scalars(select(PrivacyEntry)).all()) == 2
        assert session.scalars(select(Suppression.value_hash)).all()
