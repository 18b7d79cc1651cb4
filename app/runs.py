"""One run on its way: what it may spend, what it has brought, and how a page of it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.ears import Ears
from app.identities import rank_anew, settle_page
from prospects.tuning import load_weights
from prospects.verdicts import judge_accounts
from signals.authors import store_profiles
from signals.collection import Progress, add_cost, advance
from signals.collectors.authors import ProfileAnswer
from signals.collectors.contract import Budget, Cost, Cursor, Page, Ref
from signals.ingest import store_page
from signals.leases import Lease
from signals.listening import Counts
from signals.quarantine import keep_malformed
from signals.spending import record_spend
from signals.targets import find_parts, find_withdrawn, is_known
from signals.turns import Turn, keep_turn
from signals.visits import find_lasting, mark_checked, mark_reread

_log: Any = structlog.get_logger("collect")
_NO_IDS: Mapping[str, int] = {}
_NO_PARTS: Mapping[int, float] = {}


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run of one collection came to."""

    network: str
    outcome: str  # done, failed, paused, budget, lost
    read: int = 0
    matched: int = 0
    stored: int = 0
    suppressed: int = 0
    malformed: int = 0
    deleted: int = 0
    error: str | None = None
    source: str = ""
    task: str = "collect"
    topic: str | None = None
    scope: str = ""
    requests: int = 0
    money: float = 0.0
    gap: str | None = None


class Watched:
    """The watch set of a run; grows as the run itself stores posts."""

    def __init__(self, external_ids: set[str]) -> None:
        self._ids = external_ids

    def __contains__(self, external_id: object, /) -> bool:
        return external_id in self._ids

    def add_matched(self, external_ids: set[str]) -> None:
        """Watch these from now on."""
        self._ids |= external_ids


class Known:
    """Whether an engagement is stored: asked one by one, where a reader may stop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __contains__(self, ref: object, /) -> bool:
        if not isinstance(ref, Ref):
            return False
        with self._workspace.db.read() as session:
            return is_known(session, ref)


@dataclass
class Run:
    """One run on its way: what it may spend, what it has brought."""

    workspace: Workspace
    lease: Lease
    ears: Ears
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    total: RunReport
    budget: Budget = field(default_factory=Budget)
    keyword_ids: Mapping[str, int] = field(default_factory=lambda: _NO_IDS)
    spent: Cost = field(default_factory=Cost)
    exhausted: bool = True
    sent: Callable[[], int] = lambda: 0  # requests of its clients so far, failed ones included
    turns: Sequence[Turn] = ()  # of keywords that a plan lets be asked for one by one
    turn: Turn | None = None  # the one under way

    @property
    def is_broke(self) -> bool:
        """Whether the day's money is spent."""
        return self.budget.money is not None and self.spent.money >= self.budget.money > 0


def store(
    run: Run,
    page: Page,
    *,
    keep_cursor: bool = False,
    checked: tuple[Ref, ...] = (),
    missing: tuple[Ref, ...] = (),
) -> set[str]:
    """Store a page with everything that belongs to it; returns the ids of what matched.

    ``checked`` and ``missing`` are of a re-check.
    """
    lease = run.lease
    topics = () if lease.topic_id is None else (lease.topic_id,)
    selection = run.ears.select(page.engagements, own_topics=topics)
    selection = replace(selection, team=frozenset((lease.network, one) for one in page.team))
    if not lease.allow_person_level:
        selection = replace(selection, matched=(), dependent=(), archived=())
    for malformed in page.malformed:
        _log.warning("malformed", network=lease.network, reason=malformed.reason)
    with run.workspace.db.write() as session:
        now = run.clock()
        # before what is gone is of no topic any more
        parts = find_parts(session, (*checked, *missing))
        mark_checked(session, checked, now=now)
        lasting = find_lasting(session, missing, now=now)
        page = replace(page, deletions=(*page.deletions, *lasting))
        gone = (*page.deletions, *find_withdrawn(session, page.whole, now=now))
        counts, affected = store_page(session, selection, gone, now=now)
        counts.malformed += len(page.malformed)
        settle_page(session, run.workspace, counts, affected, now=now)
        mark_reread(session, page.reread, seen=page.engagements, now=now)
        _book(run, session, page, counts, now=now, keep_cursor=keep_cursor, parts=parts)
    _count(run, page, counts)
    return {engagement.external_id for engagement, _ in selection.matched}


def store_answer(run: Run, answer: ProfileAnswer) -> None:
    """Store what one request about authors brought, with its cost; who they are follows at once."""
    lease, settings = run.lease, run.workspace.settings
    page = Page(
        (), Cursor(""), deletions=answer.deletions, cost=answer.cost, malformed=answer.malformed,
        seen=len(answer.asked),
    )  # fmt: skip
    with run.workspace.db.write() as session:
        now = run.clock()
        stored = store_profiles(session, lease.network, answer, now=now)
        if stored.affected or stored.changed:
            weights = load_weights(session, settings.warmth)
            rank_anew(session, stored.affected, weights=weights, now=now)
            judge_accounts(
                session, stored.changed, now=now, weights=weights, duplicates=settings.duplicates
            )
        counts = Counts(
            stored=stored.renewed, suppressed=stored.kept_out, malformed=len(answer.malformed)
        )
        _book(run, session, page, counts, now=now, keep_cursor=True)
    _count(run, page, counts)


def _book(
    run: Run,
    session: Session,
    page: Page,
    counts: Counts,
    *,
    now: datetime,
    keep_cursor: bool,
    parts: Mapping[int, float] = _NO_PARTS,
) -> None:
    """What a page cost and could not be read, and how far the run is, with the data."""
    lease, settings = run.lease, run.workspace.settings.collect
    if page.malformed:
        keep_malformed(
            session, lease.network, page.malformed, collection_id=lease.collection_id,
            characters=settings.payload_characters, now=now,
        )  # fmt: skip
    asked = () if page.keywordless else page.keywords or tuple(run.keyword_ids)
    record_spend(
        session, source_id=lease.source_id, network=lease.network,
        collection_id=lease.collection_id, topic_id=lease.topic_id,
        keyword_ids=[run.keyword_ids[one] for one in asked if one in run.keyword_ids],
        cost=page.cost, now=now, parts=parts,
    )  # fmt: skip
    if run.turn is not None and not keep_cursor:
        keep_turn(session, run.turn, cursor=page.cursor.value, now=now)
    advance(
        session, lease, page,
        Progress(counts.stored, counts.matched, counts.malformed, len(page.deletions)),
        now=now, extend=timedelta(seconds=settings.lease_seconds),
        keep_cursor=keep_cursor or run.turn is not None,
    )  # fmt: skip


def book_rest(run: Run) -> None:
    """Book what was asked for and came home on no page: networks count requests that fail."""
    paid, booked = run.budget.meter.spent if run.budget.meter else Cost(), run.spent
    by_resource = {
        name: count - booked.by_resource.get(name, 0)
        for name, count in paid.by_resource.items()
        if count > booked.by_resource.get(name, 0)
    }
    rest = Cost(
        max(0, max(run.sent(), paid.requests) - booked.requests),
        max(0, paid.resources - booked.resources),
        max(0.0, round(paid.money - booked.money, 9)),
        MappingProxyType(by_resource),
    )
    if not (rest.requests or rest.resources or rest.money):
        return
    lease = run.lease
    with run.workspace.db.write() as session:
        record_spend(
            session, source_id=lease.source_id, network=lease.network,
            collection_id=lease.collection_id, topic_id=lease.topic_id, keyword_ids=(),
            cost=rest, now=run.clock(),
        )  # fmt: skip
        add_cost(session, lease, rest)
    run.spent += rest
    run.total = replace(
        run.total,
        requests=run.total.requests + rest.requests,
        money=run.total.money + rest.money,
    )


def _count(run: Run, page: Page, counts: Counts) -> None:
    run.spent += page.cost
    total = run.total
    run.total = replace(
        total,
        read=total.read + (page.seen or len(page.engagements)),
        matched=total.matched + counts.matched,
        stored=total.stored + counts.stored,
        suppressed=total.suppressed + counts.suppressed,
        malformed=total.malformed + counts.malformed,
        deleted=total.deleted + len(page.deletions),
        requests=total.requests + page.cost.requests,
        money=total.money + page.cost.money,
        gap=page.gap.reason if page.gap is not None else total.gap,
        error=page.todo or total.error,
    )
