"""However somebody is named, by address, e-mail, domain or name@host, they are left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from config.errors import Refused
from models import Account, Assignment, Person, WorkspaceValue
from models.database import Database
from prospects.blocklist import add_name, export_list, import_list, read_rows, remove_name
from prospects.erase import done_before, keep_out
from prospects.records import find_people
from signals.collectors.contract import Author
from signals.ingest import store_page
from signals.listening import Listener
from signals.topics import Matcher, TopicPhrases
from tests.factories import (
    make_assignment,
    make_engagement,
    make_prospect,
    make_rep,
    make_team,
    make_topic,
)

BOB = "https://www.reddit.com/user/bob"


def add_account(
    session: Session, network: str, id_: str, handle: str, url: str, at: datetime
) -> int:
    person = Person(created_at=at)
    session.add(person)
    session.flush()
    session.add(
        Account(
            person_id=person.id, network=network, external_id=id_, handle=handle, url=url,
            first_seen_at=at,
        )
    )  # fmt: skip
    session.flush()
    return person.id


def store(session: Session, author: Author, network: str, at: datetime, text: str = "") -> int:
    """How many of one post by that author are stored."""
    post = make_engagement(
        f"{author.external_id}-{at:%H%M%S}", text or "retirement planning?", at=at, network=network
    )
    matcher = Matcher([TopicPhrases(1, ((1, "retirement planning"),))])
    counts, _ = store_page(
        session, Listener(matcher, {}).select([replace(post, author=author)]), (), now=at
    )
    return counts.stored


@pytest.mark.parametrize(
    ("network", "id_", "handle", "url", "given"),
    [
        ("reddit", "t2_b", "bob", BOB, "https://old.reddit.com/u/Bob/"),
        ("reddit", "t2_b", "bob", BOB, BOB),
        ("youtube", "UC1", "@Ann", "https://www.youtube.com/channel/UC1", "youtube.com/@ann"),
        ("youtube", "UC1", "@Ann", "https://www.youtube.com/channel/UC1", "@ann"),
        ("bluesky", "did:plc:1", "ann.example", "https://bsky.app/profile/did:plc:1",
         "https://bsky.app/profile/ann.example"),
        ("mastodon", "1", "ann@m.example", "https://m.example/@ann", "https://m.example/@Ann"),
        ("discourse", "https://f.example/users/1", "Ann", "https://f.example/u/Ann",
         "http://f.example/u/ann/"),
    ],
)  # fmt: skip
def test_somebody_is_found_by_the_address_of_their_profile(
    db: Database, now: datetime, network: str, id_: str, handle: str, url: str, given: str
) -> None:
    with db.write() as session:
        wanted = add_account(session, network, id_, handle, url, now)
        add_account(session, "x", "9", handle.strip("@").lower() + "2", "https://x.com/z", now)
        assert [one.id for one in find_people(session, given)] == [wanted]
        assert find_people(session, "https://www.reddit.com/user/bobby") == []


@pytest.mark.parametrize(
    ("given", "network", "author"),
    [
        (BOB, "reddit", Author("t2_b", "Bob", url=BOB)),
        ("https://m.example/@ann", "mastodon", Author("1", "ann@m.example")),
        ("ann@m.example", "mastodon", Author("1", "ann@m.example")),
        ("https://f.example/u/ann", "discourse", Author("1", "ann", url="https://f.example/u/ann")),
        ("jane@acme.example", "x", Author("1", "jj", description="Write: Jane@acme.example")),
        ("acme.example", "x", Author("1", "jj", description="Founder of https://acme.example")),
        ("did:plc:1", "bluesky", Author("did:plc:1", "ann.example")),
    ],
)
def test_who_objects_by_any_name_is_not_stored(
    db: Database, now: datetime, given: str, network: str, author: Author
) -> None:
    with db.write() as session:
        make_topic(session, at=now)
        keep_out(session, given, "any", reason="objection", actor="M", now=now)
        assert store(session, author, network, now) == 0
        assert store(session, Author("t2_x", "stranger", url=f"{BOB}by"), "reddit", now) == 1
        assert len(done_before(session, given)) == 1


def test_an_address_of_no_profile_is_refused_with_what_to_give(db: Database, now: datetime) -> None:
    with db.write() as session:
        for name in ("https://reddit.com/r/investing", "https://acme.example/about", "reddit.com"):
            with pytest.raises(Refused, match="names nobody") as caught:
                keep_out(session, name, "any", reason="objection", actor="M", now=now)
            assert "address of a profile" in str(caught.value.advice)
        with pytest.raises(Refused, match="no profile on"):
            keep_out(session, BOB, "x", reason="objection", actor="M", now=now)


def test_an_e_mail_closes_whoever_wrote_it(db: Database, now: datetime) -> None:
    with db.write() as session:
        prospect = make_prospect(session, make_topic(session, at=now), "jj", (3.0, now))
        assert store(
            session, Author("jj", "jj"), "bluesky", now, "retirement planning? j@a.example"
        )
        assert keep_out(session, "J@a.example", "any", reason="objection", actor="M", now=now) == 1
        assert session.get_one(Person, prospect.person_id).suppressed_at is not None


def test_a_listed_address_closes_one_person_and_not_their_network(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        make_topic(session, at=now)
        zed = add_account(session, "reddit", "t2_z", "zed", "https://www.reddit.com/user/zed", now)
        add_account(session, "reddit", "t2_y", "yan", "https://www.reddit.com/user/yan", now)
        rows = "value\nhttps://www.reddit.com/user/zed\nreddit.com\nhttps://x.com/foo\nx.com\n"
        result = import_list(session, read_rows(rows), now=now)
        assert (result.added, result.refused_rows, result.people) == (2, [2, 4], 1)
        assert result.shared == ["reddit.com", "x.com"]
        assert session.get_one(Person, zed).suppressed_at is not None
        assert store(session, Author("t2_n", "new", url=f"{BOB}by"), "reddit", now) == 1
        assert store(session, Author("5", "foo", url="https://x.com/foo"), "x", now) == 0
        assert store(session, Author("6", "fee", url="https://x.com/fee"), "x", now) == 1
        with pytest.raises(Refused, match="Many people have a page"):
            add_name(session, "reddit.com", kind=None, network="", reason="x", now=now)


def test_a_listed_domain_closes_whose_profile_names_it_and_not_who_cites_it(
    db: Database, now: datetime
) -> None:
    later = now + timedelta(minutes=1)
    founder = Author("1", "jj", description="Founder of https://www.acme.example/team.")
    with db.write() as session:
        topic = make_topic(session, at=now)
        prospect = make_prospect(session, topic, "1", (3.0, now))
        rep = make_rep(session, make_team(session, at=now), "Rita", at=now)
        given = make_assignment(session, rep, prospect, at=now)
        import_list(session, read_rows("domain\nacme.example\n"), now=now)
        cited = "retirement planning? see https://acme.example/rates"
        assert store(session, Author("2", "kk"), "bluesky", now, cited) == 1
        assert store(session, founder, "bluesky", later) == 0
        session.expire_all()  # known before the profile told
        assert session.get_one(Person, prospect.person_id).suppressed_for == "list:seen_again"
        assert session.get_one(Assignment, given.id).closed_at == later


def test_a_listed_domain_closes_who_is_known_and_named_it_before(
    db: Database, now: datetime
) -> None:
    with db.write() as session:
        make_topic(session, at=now)
        author = Author("1", "jj", description="Founder of https://acme.example")
        assert store(session, author, "bluesky", now) == 1
        assert import_list(session, read_rows("domain\nacme.example\n"), now=now).people == 1
        assert remove_name(session, "acme.example", kind=None, network="") == 1


def test_name_at_host_on_a_list_closes_the_handle(db: Database, now: datetime) -> None:
    with db.write() as session:
        known = add_account(
            session, "mastodon", "1", "Alice@m.example", "https://m.example/@Alice", now
        )
        result = import_list(session, read_rows("alice@m.example\n"), now=now)
        assert (result.added, result.people) == (1, 1)
        assert session.get_one(Person, known).suppressed_at is not None


def test_hashes_of_another_workspace_are_refused(db: Database, now: datetime) -> None:
    with db.write() as session:
        import_list(session, read_rows("ann\n"), now=now)
        text = export_list(session)
        assert import_list(session, read_rows(text), now=now).known == 1
        session.get_one(WorkspaceValue, "salt").value = "ab" * 32
        session.flush()
        with pytest.raises(Refused, match="another workspace") as caught:
            import_list(session, read_rows(text), now=now)
        assert "names themselves" in caught.value.advice
