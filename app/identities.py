"""Accounts judged in slices, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from app.bootstrap import Workspace
from prospects.tuning import load_weights
from prospects.verdicts import judge_accounts
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
