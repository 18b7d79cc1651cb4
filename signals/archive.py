"""The words of archived posts and signals as both databases index them.

A row of ``post_words`` holds the words of a post as the matcher sees them: folded, runs of letters
and digits parted by single spaces, each character of a script without spaces on its own. So the
index finds at least every post in which the matcher would find a phrase, and never needs to be
asked for parts of words: see ``signals.search``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from models import ArchivedPost, PostWords, Signal
from models.bulk import among
from models.upsert import insert_ignore
from signals.text import fold
from signals.topics import UNSPACED

#: Characters of a post that are indexed; the longest post a network allows has 40,000, and
#: PostgreSQL refuses a vector of words over a megabyte.
_INDEXED: Final = 200_000
#: Ids below the newest indexed one that are looked at again: PostgreSQL may commit them later.
_OVERLAP: Final = 10_000
_BATCH: Final = 2_000
_LONGEST_TOKEN: Final = 100  # characters; a longer one is no word, and PostgreSQL has a limit


def words_of(written: str) -> list[str]:
    """The words of a text as they are indexed and asked for."""
    return split_words(fold(written[:_INDEXED]))


def split_words(folded: str) -> list[str]:
    """Runs of letters and digits of a folded text, and single characters of unspaced scripts."""
    spread = "".join(
        f" {c} " if UNSPACED.match(c) else c if c.isalnum() else " " for c in folded
    )  # fmt: skip
    return [word[:_LONGEST_TOKEN] for word in spread.split()]


def index_new(session: Session, *, limit: int = _BATCH) -> int:
    """Index posts stored since; returns how many. Call it until it returns 0."""
    added = 0
    for column, table, worded in (
        (PostWords.archive_id, ArchivedPost, ()),
        (PostWords.signal_id, Signal, (Signal.text.is_not(None), Signal.deleted_at.is_(None))),
    ):
        newest = session.scalar(select(func.max(column))) or 0
        rows = session.execute(
            select(table.id, table.text, table.occurred_at)
            .outerjoin(PostWords, column == table.id)
            .where(table.id > newest - _OVERLAP, column.is_(None), *worded)
            .order_by(table.id)
            .limit(limit - added)
        ).all()
        _insert(session, column.key, [(row[0], row[1] or "", row[2]) for row in rows])
        added += len(rows)
        if added >= limit:
            break
    return added


def index_signals(session: Session, ids: Sequence[int]) -> None:
    """Index these signals anew: their words changed, or went."""
    drop_words(session, ids)
    rows = session.execute(
        select(Signal.id, Signal.text, Signal.occurred_at).where(
            among(session, Signal.id, ids), Signal.text.is_not(None), Signal.deleted_at.is_(None)
        )
    ).all()
    _insert(session, "signal_id", [(row[0], row[1] or "", row[2]) for row in rows])


def drop_words(session: Session, signal_ids: Sequence[int]) -> None:
    """Take these signals out of the index: their words are no more."""
    if signal_ids:
        # typed as a column that may be empty; the ids given never are
        column: ColumnElement[bool] = among(session, PostWords.signal_id, signal_ids)  # type: ignore[arg-type] # see above
        session.execute(delete(PostWords).where(column))


def _insert(session: Session, column: str, rows: Iterable[tuple[int, str, datetime]]) -> None:
    insert_ignore(
        session,
        PostWords,
        [
            {column: id_, "occurred_at": at, "words": " ".join(words_of(written))}
            for id_, written, at in rows
        ],
    )
