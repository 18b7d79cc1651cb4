"""Accounts judged: in slices, each in a transaction of its own, or with a page that was stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from config.settings import WarmthSettings
from models import Prospect
from prospects.corrections import revive
from prospects.duplicates import find_unmasked
from prospects.refresh import Pending
from prospects.tuning import load_weights
from prospects.verdicts import judge_accounts
from quotas.release import release_gone
from signals.listening import Counts
from signals.tombstones import chunks

_SLICE = 1000  # accounts


def judge_anew(
    workspace: Workspace, account_ids: Collection[int], *, clock: Callable[[], datetime]
) -> int:
    """Judge these accounts by what they did; returns how many are somebody else now."""
    changed = 0
    for chunk in chunks(sorted(account_ids), _SLICE):
        with workspace.db.write() as session:
            changed += len(
                judge_accounts(
                    session,
                    chunk,
                    now=clock(),
                    weights=load_weights(session, workspace.settings.warmth),
                    duplicates=workspace.settings.duplicates,
                )
            )
    return changed


def judge_authors(
    workspace: Workspace, pending: Sequence[Pending], *, clock: Callable[[], datetime]
) -> int:
    """Judge who wrote what was just scored, and who wrote the same before it was a campaign."""
    with workspace.db.read() as session:
        unmasked = find_unmasked(
            session,
            {one.signal_id for one in pending},
            least=workspace.settings.duplicates.campaign_accounts,
        )
    accounts = {one.account_id for one in pending if one.account_id} | unmasked
    return judge_anew(workspace, accounts, clock=clock)


def rank_anew(
    session: Session, prospect_ids: Sequence[int], *, weights: WarmthSettings, now: datetime
) -> None:
    """Rank anew who lost evidence; whoever has none left is taken off today's list as well."""
    people = {
        person_id
        for chunk in chunks(prospect_ids)
        for person_id in session.scalars(select(Prospect.person_id).where(Prospect.id.in_(chunk)))
    }
    revive(session, prospect_ids, weights=weights)  # a copy takes a deleted one's place
    release_gone(session, people, as_of=now)


def settle_page(
    session: Session,
    workspace: Workspace,
    counts: Counts,
    affected: Sequence[int],
    *,
    now: datetime,
) -> None:
    """Rank anew who lost evidence by a page, and judge accounts it showed to be the team's own."""
    if not (affected or counts.own_accounts):
        return
    settings = workspace.settings
    weights = load_weights(session, settings.warmth)
    rank_anew(session, affected, weights=weights, now=now)
    judge_accounts(
        session, counts.own_accounts, now=now, weights=weights, duplicates=settings.duplicates
    )
