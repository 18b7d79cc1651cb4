"""Accounts judged: in slices, each in a transaction of its own, or with a page that was stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from prospects.corrections import revive
from prospects.tuning import load_weights
from prospects.verdicts import judge_accounts
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
    if affected:
        revive(session, affected, weights=weights)  # a copy takes a deleted one's place
    judge_accounts(
        session, counts.own_accounts, now=now, weights=weights, duplicates=settings.duplicates
    )
