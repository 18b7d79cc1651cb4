"""Comments and likes on one's own pages, as LinkedIn and Meta deliver them: without a keyword."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.bootstrap import Workspace
from app.hooks import drain_inbox, find_topics, keep_delivery
from app.jobs import score_pending
from config.settings import HookSettings, load_settings
from models import Account, Evidence, Prospect, Signal, Topic
from models.database import Database
from signals.catalog import create_topic
from signals.inbound import linkedin, meta
from signals.inbound.delivery import Delivery
from signals.scoring.rules import RuleScorer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PAGE, FAN = "urn:li:organization:1", "urn:li:person:fan"


@pytest.fixture
def workspace(database_url: str) -> Iterator[Workspace]:
    settings = load_settings()
    basis = "legitimate interests"
    hooks = {
        "page": HookSettings(kind="linkedin", lawful_basis=basis, topics=["pensions"]),
        "fans": HookSettings(kind="meta", lawful_basis=basis, topics=["Pensions", "no such topic"]),
        "bare": HookSettings(kind="linkedin", lawful_basis=basis),
    }
    settings = settings.model_copy(update={"database_url": SecretStr(database_url), "hooks": hooks})
    made = Workspace(settings, Database(database_url))
    with made.db.write() as session:
        create_topic(
            session, name="Pensions", keywords=["pension plan"], defaults=settings.topic, now=NOW
        )
    yield made
    made.db.close()


def deliver(workspace: Workspace, hook: str, delivery: Delivery) -> None:
    assert delivery.malformed == ()
    keep_delivery(workspace, hook, delivery, now=NOW)
    drain_inbox(workspace, now=NOW)
    score_pending(workspace, RuleScorer(), clock=lambda: NOW)


def notify(action: str, **more: Any) -> Delivery:
    one = {
        "action": action, "sourcePost": "urn:li:share:10", "organizationalEntity": PAGE,
        "decoratedSourcePost": {"text": "Our guide to a calm later life"},
        "generatedActivity": "urn:li:comment:(urn:li:activity:10,77)",
        "lastModifiedAt": round((NOW - timedelta(hours=1)).timestamp() * 1000), **more,
    }  # fmt: skip
    return linkedin.read_body(json.dumps({"notifications": [one]}).encode())


def comment(text: str, owner: str = FAN, activity: str = "urn:li:comment:(a,77)") -> Delivery:
    made = {"comment": {"owner": owner, "text": text}}
    return notify("COMMENT", generatedActivity=activity, decoratedGeneratedActivity=made)


def like(owner: str) -> Delivery:
    return notify("LIKE", generatedActivity=f"urn:li:like:({owner},urn:li:activity:10)")


def change(item: str, sender: str, **value: Any) -> Delivery:
    at = int((NOW - timedelta(hours=1)).timestamp())
    fields = {"item": item, "verb": "add", "post_id": "1_10", "from": {"id": sender}}
    made = {"field": "feed", "value": fields | {"created_time": at} | value}
    entry = {"id": "1", "time": at, "changes": [made]}
    return meta.read_body(json.dumps({"object": "page", "entry": [entry]}).encode())


def standing(workspace: Workspace) -> dict[tuple[str, str], str | None]:
    with workspace.db.read() as session:
        return {
            (author, kind): own
            for author, kind, own in session.execute(
                select(Account.external_id, Signal.kind, Signal.own)
                .join(Signal, Signal.account_id == Account.id)
                .where(Signal.deleted_at.is_(None))
            )
        }


def prospects(workspace: Workspace) -> set[tuple[str, str]]:
    with workspace.db.read() as session:
        rows = session.execute(
            select(Account.external_id, Evidence.kind)
            .join(Prospect, Prospect.person_id == Account.person_id)
            .join(Evidence, Evidence.prospect_id == Prospect.id)
        )
        return {(author, kind) for author, kind in rows}


def test_who_comments_on_and_likes_the_page_is_of_the_hooks_topics(workspace: Workspace) -> None:
    deliver(workspace, "page", comment("I am looking for help, whom do I ask?"))
    deliver(workspace, "page", like("urn:li:person:reader"))
    deliver(workspace, "page", like(PAGE))  # the page likes its own post
    deliver(workspace, "page", comment("Write to us!", PAGE, "urn:li:comment:(a,78)"))
    assert standing(workspace) == {
        (PAGE, "post"): "post", (PAGE, "comment"): "post", (FAN, "comment"): "engaged",
        ("urn:li:person:reader", "like"): "engaged",
    }  # fmt: skip
    assert prospects(workspace) == {(FAN, "comment"), ("urn:li:person:reader", "like")}
    deliver(workspace, "page", notify("COMMENT_DELETE", generatedActivity="urn:li:comment:(a,77)"))
    assert (FAN, "comment") not in standing(workspace)
    assert prospects(workspace) == {("urn:li:person:reader", "like")}


def test_a_hook_that_names_no_topic_hears_keywords_alone(workspace: Workspace) -> None:
    deliver(workspace, "bare", comment("I am looking for help, whom do I ask?"))
    assert standing(workspace) == {}
    deliver(workspace, "bare", comment("Which pension plan?", activity="urn:li:comment:(a,79)"))
    assert standing(workspace) == {(FAN, "comment"): "engaged"}


def test_what_people_do_on_a_facebook_page_and_take_back(workspace: Workspace) -> None:
    deliver(workspace, "fans", change("status", "1", message="Our guide to a calm later life"))
    deliver(workspace, "fans", change("comment", "2", comment_id="c1", message="Looking for one!"))
    deliver(workspace, "fans", change("reaction", "3"))
    deliver(workspace, "fans", change("post", "4", post_id="1_11", message="Can anybody help me?"))
    deliver(workspace, "fans", change("reaction", "5", post_id="1_11"))  # of a visitor's post
    assert standing(workspace) == {
        ("1", "post"): "post", ("2", "comment"): "engaged", ("3", "like"): "engaged",
        ("4", "post"): "mention",
    }  # fmt: skip
    assert prospects(workspace) == {("2", "comment"), ("3", "like"), ("4", "post")}
    deliver(workspace, "fans", change("reaction", "3", verb="remove"))
    deliver(workspace, "fans", change("comment", "2", comment_id="c1", verb="remove"))
    assert prospects(workspace) == {("4", "post")}


def test_only_topics_that_are_switched_on_are_meant(workspace: Workspace) -> None:
    with workspace.db.write() as session:
        assert len(find_topics(session, workspace.settings.hooks["fans"])) == 1
        session.scalars(select(Topic)).one().active = False
    with workspace.db.read() as session:
        assert find_topics(session, workspace.settings.hooks["page"]) == []
        assert find_topics(session, None) == []
