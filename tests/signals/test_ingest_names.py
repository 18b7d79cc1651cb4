"""Names that come after their posts: some networks charge for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from models import Account
from models.database import Database
from signals.collectors.contract import Author, Engagement
from signals.ingest import store_page
from signals.listening import Counts, Listener, load_languages, load_phrases
from signals.topics import Matcher
from tests.factories import make_engagement, make_topic


@pytest.fixture(autouse=True)
def _topic(db: Database, now: datetime) -> None:
    with db.write() as session:
        make_topic(session, at=now)


def store(db: Database, engagement: Engagement, now: datetime) -> Counts:
    with db.read() as session:
        listener = Listener(Matcher(load_phrases(session)), load_languages(session))
    with db.write() as session:
        counts, _ = store_page(session, listener.select([engagement]), (), now=now)
    return counts


def handles(db: Database) -> list[str | None]:
    with db.read() as session:
        return [*session.scalars(select(Account.handle))]


def test_a_post_that_comes_again_names_its_author(db: Database, now: datetime) -> None:
    post = make_engagement("1", "Help with retirement planning?", at=now)
    nameless = replace(post, author=Author("7"))
    assert store(db, nameless, now).stored == 1
    assert handles(db) == [None]
    named = replace(post, author=Author("7", "ana", "Ana", "https://x.com/ana"))
    assert store(db, named, now).duplicate == 1
    assert handles(db) == ["ana"]
    store(db, replace(post, author=Author("7", "eve")), now)
    assert handles(db) == ["ana"]
