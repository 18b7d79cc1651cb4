from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.errors import Conflict, NotFound, Refused
from models import Topic
from models.database import Database
from signals.catalog import create_topic, edit_topic, find_topic
from tests.factories import topic_settings


def create(
    db: Database, now: datetime, name: str = "Retirement", *keywords: str, **more: object
) -> int:
    with db.write() as session:
        return create_topic(
            session, name=name, keywords=keywords or ("retirement planning",),
            defaults=topic_settings(), now=now, **more,  # type: ignore[arg-type] # passed through
        ).id  # fmt: skip


def test_a_topic_is_kept_as_given_and_tidied(db: Database, now: datetime) -> None:
    number = create(
        db, now, "  My   Topic ", "401(k)", "retirement  planning", "Retirement-Planning",
        exclusions=["hiring"], languages=["EN", "en-US", "ar"],
        communities=["/r/Fire", "r/fire", "tag"],
        description=" what ",
    )  # fmt: skip
    with db.read() as session:
        topic = session.get_one(Topic, number)
        assert (topic.name, topic.description, topic.languages) == (
            "My Topic",
            "what",
            ["en", "ar"],
        )
        assert [(k.role, k.phrase, k.folded) for k in topic.keywords] == [
            ("keyword", "401(k)", "401k"),
            ("keyword", "Retirement-Planning", "retirement planning"),
            ("exclusion", "hiring", "hiring"),
        ]
        assert [(c.network, c.name) for c in topic.communities] == [
            ("reddit", "r/Fire"),
            ("any", "tag"),
        ]
        assert (topic.half_life_hours, topic.version) == (topic_settings().half_life_hours, 1)


@pytest.mark.parametrize("name", ["Épargne", "التقاعد", "Пенсия", "退休"])
def test_a_topic_is_found_by_its_name_in_any_case_or_its_number(
    db: Database, now: datetime, name: str
) -> None:
    number = create(db, now, name)
    with db.read() as session:
        for wanted in (name, name.upper(), name.lower(), f" {name} ", str(number)):
            assert find_topic(session, wanted).id == number


@pytest.mark.parametrize("wanted", ["none", "", "0", "-1", "9" * 30, "²", "a\x00", "\udcff"])
def test_an_unknown_topic_is_refused_with_those_known(
    db: Database, now: datetime, wanted: str
) -> None:
    with db.read() as session, pytest.raises(NotFound, match="warmlist topic add"):
        find_topic(session, wanted)
    create(db, now)
    with db.read() as session, pytest.raises(NotFound, match="Known topics: Retirement"):
        find_topic(session, wanted)


@pytest.mark.parametrize(
    ("name", "keywords", "more", "why"),
    [
        ("", ["pension"], {}, "name"),
        ("x" * 121, ["pension"], {}, "name"),
        ("a\x00", ["pension"], {}, "name"),
        ("\udcff", ["pension"], {}, "name"),
        ("Empty", [], {}, "no keyword"),
        ("Short", ["a"], {}, "fewer than two"),
        ("Nul", ["pens\x00ion"], {}, "cannot be kept"),
        ("Long", ["x" * 121], {}, "121 characters"),
        ("Lang", ["pension"], {"languages": ["english"]}, "Language"),
        ("Comm", ["pension"], {"communities": [" "]}, "community"),
        ("Feed", ["pension"], {"communities": ["rss:http://169.254.169.254/"]}, "may not be asked"),
        ("Debt", ["drowning in debt"], {}, "being short of money"),
        ("my cancer", ["pension"], {}, "health"),
        ("افلاس", ["pension"], {}, "being short of money"),
    ],
)
def test_what_cannot_be_a_topic_is_refused(
    db: Database, now: datetime, name: str, keywords: list[str], more: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why), db.write() as session:
        create_topic(
            session, name=name, keywords=keywords, defaults=topic_settings(), now=now, **more,  # type: ignore[arg-type] # passed through
        )  # fmt: skip
    with db.read() as session:
        assert session.scalars(select(Topic)).all() == []


def test_a_name_is_taken_in_any_case(db: Database, now: datetime) -> None:
    create(db, now, "Épargne")
    with pytest.raises(Conflict):
        create(db, now, "ÉPARGNE")


def test_edits_count_versions_and_leave_alone_what_is_not_named(
    db: Database, now: datetime
) -> None:
    number = create(db, now, languages=["en"], description="d")
    later = now + timedelta(hours=1)
    with db.write() as session:
        edit_topic(
            session, session.get_one(Topic, number), add_keywords=["annuity"],
            remove_keywords=["Retirement Planning"], add_exclusions=["jobs"],
            add_communities=["tag"], now=later, reason="heard",
        )  # fmt: skip
    with db.read() as session:
        topic = session.get_one(Topic, number)
        assert {k.phrase: k.active for k in topic.keywords} == {
            "retirement planning": False, "annuity": True, "jobs": True,
        }  # fmt: skip
        assert (topic.version, topic.updated_at, topic.languages) == (2, later, ["en"])
    with db.write() as session:
        edit_topic(
            session, session.get_one(Topic, number), add_keywords=["retirement PLANNING"],
            remove_exclusions=["jobs"], remove_communities=["TAG"], languages=[], active=False,
            name="retirement", now=later, reason="heard",
        )  # fmt: skip
    with db.read() as session:
        topic = session.get_one(Topic, number)
        assert [k.phrase for k in topic.keywords if k.active] == ["retirement PLANNING", "annuity"]
        assert (topic.communities, topic.languages, topic.active) == ([], [], False)
        assert topic.name == "retirement"


@pytest.mark.parametrize("reason", ["", " \n ", "…", "x" * 501])
def test_nothing_is_saved_without_a_reason(db: Database, now: datetime, reason: str) -> None:
    number = create(db, now)
    with db.write() as session:
        topic = session.get_one(Topic, number)
        with pytest.raises(Refused, match="reason"):
            edit_topic(session, topic, add_keywords=["annuity"], now=now, reason=reason)
    with db.read() as session:
        topic = session.get_one(Topic, number)
        assert ([k.phrase for k in topic.keywords], topic.version) == (["retirement planning"], 1)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"remove_keywords": ["retirement planning"]}, "without a keyword"),
        ({"remove_keywords": ["pension"]}, "no keyword 'pension'"),
        ({"remove_exclusions": ["pension"]}, "no exclusion 'pension'"),
        ({"remove_communities": ["tag"]}, "does not listen"),
        ({"name": "Other"}, "already"),
        ({"add_communities": ["rss:http://10.1.2.3/feed.xml"]}, "may not be asked"),
        ({"add_communities": ["http://localhost/feed.xml"]}, "may not be asked"),
        ({"add_communities": ["https://a:b@host.example/feed"]}, "may not be asked"),
        ({"add_keywords": ["my debt"]}, "being short of money"),
        ({"add_communities": ["reddit:bankruptcy"]}, "bankruptcy'.*being short of money"),
        ({"add_communities": ["reddit:diabetes"]}, "health"),
        ({"add_communities": ["r/DebtRelief_UK"]}, "being short of money"),
        ({"add_communities": ["https://www.reddit.com/r/bankruptcy"]}, "being short of money"),
        ({"add_communities": ["mastodon:#الإفلاس"]}, "being short of money"),
        ({"add_keywords": ["black homeowners"]}, "ethnic origin"),
        ({"description": "teen investing"}, "minors"),
    ],
)
def test_an_edit_that_cannot_be_changes_nothing(
    db: Database, now: datetime, changes: dict[str, object], why: str
) -> None:
    number = create(db, now)
    create(db, now, "Other")
    with pytest.raises(Refused, match=why), db.write() as session:
        edit_topic(session, session.get_one(Topic, number), now=now, reason="why", **changes)  # type: ignore[arg-type] # passed through
    with db.read() as session:
        topic = session.get_one(Topic, number)
        assert [k.phrase for k in topic.keywords if k.active] == ["retirement planning"]
        assert (topic.name, topic.version) == ("Retirement", 1)


def test_a_host_of_ones_own_is_a_place_where_the_operator_allows_it(
    db: Database, now: datetime
) -> None:
    number = create(db, now)
    with db.write() as session:
        edit_topic(
            session, session.get_one(Topic, number), now=now, reason="our own forum",
            add_communities=["rss:http://10.1.2.3/feed.xml"], allow_hosts=["10.1.2.3"],
        )  # fmt: skip
        (place,) = session.get_one(Topic, number).communities
        assert (place.network, place.name) == ("rss", "http://10.1.2.3/feed.xml")
