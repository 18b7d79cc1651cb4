"""Full-text search over archived posts and signals: one function, both databases.

A row of ``post_words`` holds the words of a post as the matcher sees them: folded, runs of letters
and digits parted by single spaces, each character of a script without spaces on its own. So the
index finds at least every post in which the matcher would find a phrase, and never needs to be
asked for parts of words. What is asked is split the same way: no quote, operator or wildcard is
left that a database could take for its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, bindparam, delete, func, select, text
from sqlalchemy.orm import Session

from models import ArchivedPost, PostWords, Signal
from models.base import UtcDateTime
from models.bulk import among
from models.upsert import insert_ignore
from signals.text import fold, has_arabic
from signals.topics import UNSPACED, clitics, spellings

#: Characters of a post that are indexed; the longest post a network allows has 40,000, and
#: PostgreSQL refuses a vector of words over a megabyte.
_INDEXED: Final = 200_000
#: Ids below the newest indexed one that are looked at again: PostgreSQL may commit them later.
_OVERLAP: Final = 10_000
_BATCH: Final = 2_000
_ASKED: Final = 200  # characters of a query that are read
_LONGEST_TOKEN: Final = 100  # characters; a longer one is no word, and PostgreSQL has a limit


@dataclass(frozen=True, slots=True)
class Found:
    """Newest posts in which all of a phrase's words stand, and whether there are more."""

    archive_ids: tuple[int, ...]
    signal_ids: tuple[int, ...]
    more: bool


def words_of(written: str) -> list[str]:
    """The words of a text as they are indexed and asked for."""
    return _split(fold(written[:_INDEXED]))


def _split(folded: str) -> list[str]:
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


def find_posts(session: Session, phrases: Sequence[str], *, since: datetime, limit: int) -> Found:
    """At least every post since then in which the matcher would find one of the phrases.

    Some more may be found: what is found is to be held against the matcher.
    """
    wanted = _read(phrases)
    if not wanted:
        return Found((), (), more=False)
    asked = _write(session, wanted)
    if session.get_bind().dialect.name == "sqlite":
        statement = text(
            "SELECT w.archive_id, w.signal_id FROM post_words_index AS i"
            " JOIN post_words AS w ON w.id = i.rowid"
            " WHERE post_words_index MATCH :asked AND w.occurred_at >= :since"
            " ORDER BY i.rowid DESC LIMIT :limit"
        )
    else:
        statement = text(
            "SELECT archive_id, signal_id FROM post_words"
            " WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :asked)"
            " AND occurred_at >= :since ORDER BY id + 0 DESC LIMIT :limit"
        )
    rows = session.execute(
        statement.bindparams(bindparam("since", since, UtcDateTime())),
        {"asked": asked, "limit": limit + 1},
    ).all()
    kept = rows[:limit]
    return Found(
        tuple(row[0] for row in kept if row[0] is not None),
        tuple(row[1] for row in kept if row[1] is not None),
        len(rows) > limit,
    )


def count_posts(session: Session, phrases: Sequence[str], *, since: datetime) -> int:
    """About how many posts ``find_posts`` would find without a limit, in all that is indexed."""
    wanted = _read(phrases)
    if not wanted:
        return 0
    if session.get_bind().dialect.name == "sqlite":
        statement = text(
            "SELECT count(*) FROM post_words_index WHERE post_words_index MATCH :asked"
        )
        return int(session.execute(statement, {"asked": _write(session, wanted)}).scalar_one())
    statement = text(
        "SELECT count(*) FROM post_words"
        " WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :asked)"
        " AND occurred_at >= :since"
    ).bindparams(bindparam("since", since, UtcDateTime()))
    return int(session.execute(statement, {"asked": _write(session, wanted)}).scalar_one())


def _read(phrases: Sequence[str]) -> list[_Query]:
    return [query for query in (_Query.of(phrase[:_ASKED]) for phrase in phrases) if query.groups]


def _write(session: Session, wanted: Sequence[_Query]) -> str:
    if session.get_bind().dialect.name == "sqlite":
        return " OR ".join(query.for_sqlite() for query in wanted)
    return " | ".join(query.for_postgresql() for query in wanted)


@dataclass(frozen=True, slots=True)
class _Query:
    """One phrase: groups of words that all stand in a post, of each group at least one spelling.

    A spelling is several words in a row. Every word is letters and digits only.
    """

    groups: tuple[tuple[tuple[str, ...], ...], ...]

    @classmethod
    def of(cls, phrase: str) -> _Query:
        folded = fold(phrase)
        if has_arabic(folded):  # every word with what may stand before it, in any order
            return cls(
                tuple(
                    tuple((prefix + word,) for prefix in (clitics() if has_arabic(word) else ("",)))
                    for word in _split(folded)
                )
            )
        options = []
        for spelling in spellings(folded):
            words = _split(spelling)
            if UNSPACED.search(spelling):  # found anywhere: what it begins with may go on before
                words = words[0 if UNSPACED.match(words[0]) else 1 :]
                words = words if UNSPACED.match(words[-1]) else words[:-1]
            if words:
                options.append(tuple(words))
        return cls((tuple(dict.fromkeys(options)),) if options else ())

    def for_sqlite(self) -> str:
        return self._write(lambda words: f'"{" ".join(words)}"', " OR ", " AND ")

    def for_postgresql(self) -> str:
        # side by side is left to the matcher: the index knows no places
        return self._write(
            lambda words: "(" + " & ".join(f"'{word}'" for word in words) + ")", " | ", " & "
        )

    def _write(self, spell: Callable[[tuple[str, ...]], str], either: str, both: str) -> str:
        parts = [f"({either.join(spell(words) for words in group)})" for group in self.groups]
        return f"({both.join(parts)})"
