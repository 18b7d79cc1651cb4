"""Asks paid networks how many posts a draft would bring there, and what those would cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.bootstrap import Workspace
from app.collecting import collector_settings
from config.errors import Refused
from models import Keyword, Source
from signals.collectors.contract import Budget, CollectorError, Query, Tallies, Tally
from signals.collectors.registry import build_collector
from signals.policy import check_source
from signals.spending import left_today, record_spend
from signals.text import fold
from signals.versions import Definition


@dataclass(frozen=True, slots=True)
class Asked:
    """A source that counts: what asking costs, and what it said, if it was asked.

    ``daily``: US dollars a day that posts as it counted would cost. ``error``: why it said nothing.
    """

    source: str
    network: str
    price: float
    tally: Tally | None = None
    daily: float | None = None
    error: str = ""


def price_tallies(
    workspace: Workspace, draft: Definition, *, clock: Callable[[], datetime]
) -> list[Asked]:
    """What asking every source that counts would cost. Asks nobody."""
    with workspace.db.read() as session:
        sources = session.scalars(select(Source).order_by(Source.id)).all()
        budgets = {
            one.id: left_today(session, one, defaults=workspace.settings.budgets, now=clock())
            for one in sources
        }
    priced = []
    for source in sources:
        try:
            with _open(workspace, source, clock) as collector:
                if collector is not None:
                    cost = collector.tally_cost(_query(draft, budgets[source.id]))
                    priced.append(Asked(source.name, source.network, cost.money))
        except (CollectorError, Refused):
            continue  # not switched on rightly: the page of sources says who must do what
    return priced


def ask_tallies(
    workspace: Workspace, topic_id: int, draft: Definition, *, clock: Callable[[], datetime]
) -> list[Asked]:
    """Ask every source that counts, within its budget of today, and book what it cost.

    No transaction is held meanwhile.
    """
    asked = []
    for priced in price_tallies(workspace, draft, clock=clock):
        with workspace.db.read() as session:
            source = session.scalars(select(Source).where(Source.name == priced.source)).one()
            budget = left_today(session, source, defaults=workspace.settings.budgets, now=clock())
            words = [fold(one) for one in draft.keywords]
            keyword_ids = session.scalars(
                select(Keyword.id).where(Keyword.topic_id == topic_id, Keyword.folded.in_(words))
            ).all()
        try:
            with _open(workspace, source, clock) as collector:
                assert collector is not None  # it was priced a moment ago
                tally = collector.tally(_query(draft, budget))
                daily = collector.post_cost(tally.posts / tally.days)
        except (CollectorError, Refused) as error:
            asked.append(replace(priced, error=str(error)))
            continue
        with workspace.db.write() as session:
            record_spend(
                session, source_id=source.id, network=source.network, collection_id=None,
                topic_id=topic_id, keyword_ids=keyword_ids, cost=tally.cost, now=clock(),
            )  # fmt: skip
        asked.append(replace(priced, tally=tally, daily=daily))
    return asked


def _query(draft: Definition, budget: Budget) -> Query:
    return Query(
        topic=draft.name, keywords=draft.keywords, exclusions=draft.exclusions,
        languages=draft.languages, budget=budget,
    )  # fmt: skip


@contextmanager
def _open(
    workspace: Workspace, source: Source, clock: Callable[[], datetime]
) -> Iterator[Tallies | None]:
    """Its collector, if its network counts."""
    if source.network not in workspace.settings.prices or source.paused_reason is not None:
        yield None
        return
    check_source(source.network, lawful_basis=source.lawful_basis, approval_ref=source.approval_ref)
    settings = collector_settings(
        workspace, source.network, url=source.url, options=source.options,
        approval_ref=source.approval_ref, clock=clock, stream=False,
    )  # fmt: skip
    with closing(settings):
        collector = build_collector(source.network, settings)
        yield collector if isinstance(collector, Tallies) else None
