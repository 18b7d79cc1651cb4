"""A workspace with one topic whose collections may ask servers of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from app.bootstrap import Workspace, read_clock
from config.settings import load_settings
from models.database import Database
from signals.catalog import create_topic


@contextmanager
def open_listening(database_url: str) -> Iterator[Workspace]:
    """Open on that database, with the topic Money: 401k, and #pension on Mastodon."""
    settings = load_settings()
    collect = settings.collect.model_copy(update={"allow_hosts": ["127.0.0.1"]})
    settings = settings.model_copy(
        update={"database_url": SecretStr(database_url), "collect": collect}
    )
    made = Workspace(settings, Database(database_url))
    with made.db.write() as session:
        create_topic(
            session, name="Money", keywords=["401k"], exclusions=[], languages=[],
            communities=["mastodon:#pension"], description="", defaults=settings.topic,
            now=read_clock(),
        )  # fmt: skip
    yield made
    made.db.close()
