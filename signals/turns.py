"""Whose turn it is among a topic's keywords, where a plan gives each its own share of a network.

A keyword is then asked for by itself, from its own place on: as often as its share of polls says,
and until its share of a day's money is spent. What is left out is read later from where it was
left, as far back as the network lets one go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models import Collection, KeywordTurn, Spend
from models.upsert import insert_ignore
from signals.budgets import WIDEST, plan_in_force
from signals.spending import day_end, day_of

#: A place older than this is none to go on from: the collector begins as it does the first time.
_STALE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """A keyword of a collection: where it goes on and when it is due.

    ``money``: US dollars its share has left today; ``None``: only polls are shared out.
    ``may_ask``: whether anything is left of its share today.
    """

    id: int
    keyword_id: int
    phrase: str
    cursor: str | None
    due_at: datetime
    money: float | None
    may_ask: bool = True


def take_turns(
    session: Session, collection_id: int, keywords: Mapping[str, int], *, interval: float,
    now: datetime,
) -> list[Turn]:  # fmt: skip
    """Every keyword (its row by phrase), longest due first; none where no plan gives shares.

    Makes missing rows: a keyword begins where the collection stands, if it moved lately.
    """
    collection = session.get_one(Collection, collection_id)
    if not _load_shares(session, collection):
        return []
    known = _load_rows(session, collection_id)
    begun = min((row.created_at for row in known.values()), default=now)
    insert_ignore(
        session,
        KeywordTurn,
        [
            {
                "collection_id": collection_id, "keyword_id": keyword_id, "created_at": now,
                "cursor": collection.cursor if now - begun < _STALE else None,
            }
            for keyword_id in keywords.values()
            if keyword_id not in known
        ],
    )  # fmt: skip
    return list_turns(session, collection, keywords, interval=interval, now=now)


def list_turns(
    session: Session, collection: Collection, keywords: Mapping[str, int], *, interval: float,
    now: datetime,
) -> list[Turn]:  # fmt: skip
    """The same without making anything; a keyword without a row has the number 0 and is due."""
    shares = _load_shares(session, collection)
    rows = _load_rows(session, collection.id) if shares else {}
    turns = []
    for phrase, keyword_id in keywords.items() if shares else ():
        row = rows.get(keyword_id)
        share = shares.get(keyword_id)  # none: it is newer than the plan, and asked as by itself
        factor, money = _weigh(session, share, collection, now=now)
        asked_at = row.asked_at if row is not None else None
        if factor is None:
            due_at = day_end(now)
        else:
            due_at = now if asked_at is None else asked_at + timedelta(seconds=interval * factor)
        rests = row is not None and row.rests_until is not None and row.rests_until > now
        if row is not None and row.rests_until is not None:
            due_at = max(due_at, row.rests_until)
        may_ask = factor is not None and not rests
        number, cursor = (0, None) if row is None else (row.id, row.cursor)
        turns.append(Turn(number, keyword_id, phrase, cursor, due_at, money, may_ask=may_ask))
    return sorted(turns, key=lambda turn: (turn.due_at, turn.keyword_id))


def _load_rows(session: Session, collection_id: int) -> dict[int, KeywordTurn]:
    found = session.scalars(
        select(KeywordTurn)
        .where(KeywordTurn.collection_id == collection_id)
        .execution_options(populate_existing=True)
    )
    return {row.keyword_id: row for row in found}


def _load_shares(session: Session, collection: Collection) -> dict[int, Mapping[str, Any]]:
    plan = plan_in_force(session)
    rows: Sequence[Mapping[str, Any]] = [] if plan is None else plan.shares
    return {
        int(row["keyword_id"]): row
        for row in rows
        if (row["topic"], row["network"]) == (collection.topic_id, collection.network)
    }


def _weigh(
    session: Session, share: Mapping[str, Any] | None, collection: Collection, *, now: datetime
) -> tuple[float | None, float | None]:
    """By how much a keyword waits longer than by itself, and its money; ``None``: not today."""
    if share is None:
        return 1.0, None
    amount, present = float(share["amount"]), float(share["present"])
    if share["unit"] == "money":
        spent = session.scalar(
            select(func.coalesce(func.sum(Spend.money), 0.0)).where(
                Spend.keyword_id == share["keyword_id"],
                Spend.network == collection.network,
                Spend.spent_on == day_of(now),
            )
        )
        left = amount - (spent or 0.0)
        return (1.0, left) if left > 0 else (None, 0.0)
    if amount <= 0:
        return None, None
    return min(WIDEST, max(1 / WIDEST, present / amount)) if present else 1.0, None


def keep_turn(session: Session, turn: Turn, *, cursor: str, now: datetime) -> None:
    """A page of it was read: it goes on from there. In the transaction that stores the page."""
    session.execute(
        update(KeywordTurn)
        .where(KeywordTurn.id == turn.id)
        .values(cursor=cursor, asked_at=now, rests_until=None)
    )


def rest_turn(session: Session, turn: Turn, *, now: datetime) -> None:
    """What is left of its share is too little for another request today."""
    session.execute(
        update(KeywordTurn).where(KeywordTurn.id == turn.id).values(rests_until=day_end(now))
    )


def leave_turns(session: Session, collection_id: int, *, now: datetime) -> bool:
    """Ask for all keywords together again; whether the collection's own place is forgotten.

    It stood still meanwhile: after more than a day the collection begins as it did at first, since
    what was read of each keyword would be read once more.
    """
    begun = session.scalar(
        select(func.min(KeywordTurn.created_at)).where(KeywordTurn.collection_id == collection_id)
    )
    if begun is None:
        return False
    session.execute(delete(KeywordTurn).where(KeywordTurn.collection_id == collection_id))
    if now - begun < _STALE:
        return False
    session.get_one(Collection, collection_id).cursor = None
    return True
