"""Full-text search over archived posts and signals: all, or an even sample of them; both databases.

Where a phrase stands in very many posts, a sample is read: every second, fourth, eighth … row
by number, so that it is spread over the whole time. Steps are powers of two: a post that several
phrases name is in the sample of the rarer one whenever it is in that of the commoner, so the
smallest step it was found by says for how many posts it stands.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from models.base import UtcDateTime
from signals.queries import Query

#: Rows of PostgreSQL's two small indexes: every 16th and every 256th post; see the migrations.
_SOME, _FEW = 16, 256
_SEEN_OFTEN: Final = 100  # in the fewest posts: enough to plan by
_ROUNDS: Final = 3  # steps are planned by estimates, which may be too coarse


@dataclass(frozen=True, slots=True)
class Named:
    """A row of the index. ``step``: for how many posts it stands, itself included."""

    archive_id: int | None
    signal_id: int | None
    step: int


def find_posts(
    session: Session, phrases: Sequence[str], *, since: datetime, most: int
) -> list[Named]:
    """Every post since then in which the matcher would find one of the phrases, or a sample.

    About ``most`` are named at most, phrases that few posts hold before all others. Some more may
    be found: what is found is to be held against the matcher. Newest rows first.
    """
    wanted = {one: query for one in phrases if (query := Query.of(one)).groups}
    counts = count_posts(session, list(wanted))
    steps = _plan(counts, most)
    for _ in range(_ROUNDS):
        found = _find(session, wanted, steps, since)
        room = most // max(1, sum(len(rows) for rows in found.values()))
        if room < 2 or max(steps.values(), default=1) == 1:
            break
        narrower = 1 << (room.bit_length() - 1)  # far fewer than they seemed
        steps = {one: max(1, step // narrower) for one, step in steps.items()}
    best: dict[int, Named] = {}
    for step, rows in sorted(_thin(found, most).items(), reverse=True):
        best |= {row[0]: Named(row[1], row[2], step) for row in rows}
    return [best[id_] for id_ in sorted(best, reverse=True)]


def _plan(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """A step for each phrase, so that the samples together are about ``most``."""
    steps = dict.fromkeys(counts, 1)
    while sum(counts[one] // step for one, step in steps.items()) > most:
        widest = max(counts, key=lambda one: (counts[one] // steps[one], one))
        steps[widest] *= 2
    return steps


_Rows = Sequence[tuple[int, int | None, int | None]]


def _thin(found: Mapping[int, _Rows], most: int) -> dict[int, _Rows]:
    """With wider steps where far more was found than planned."""
    thinned = dict(found)
    while sum(map(len, thinned.values())) > 2 * most:
        step = max(thinned, key=lambda one: len(thinned[one]))
        rows = [row for row in thinned.pop(step) if row[0] % (2 * step) == 0]
        thinned[2 * step] = [*thinned.get(2 * step, ()), *rows]
    return thinned


def _find(
    session: Session, wanted: Mapping[str, Query], steps: Mapping[str, int], since: datetime
) -> dict[int, _Rows]:
    """Rows by step: of every phrase those whose number its step divides."""
    by_step: dict[int, list[Query]] = {}
    for one, step in steps.items():
        by_step.setdefault(step, []).append(wanted[one])
    found: dict[int, _Rows] = {}
    for step, queries in by_step.items():
        if session.get_bind().dialect.name == "sqlite":
            statement = text(
                "SELECT w.id, w.archive_id, w.signal_id FROM post_words_index AS i"
                " JOIN post_words AS w ON w.id = i.rowid"
                " WHERE post_words_index MATCH :asked AND i.rowid % :step = 0"
                " AND w.occurred_at >= :since"
            )
            given: dict[str, Any] = {"asked": _ask_sqlite(queries)}
        else:
            written, given = _in_a_row(queries)
            statement = text(
                "SELECT id, archive_id, signal_id FROM post_words"  # noqa: S608 - our own words
                " WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :asked)"
                f"{_part(step)} AND id % :step = 0 AND occurred_at >= :since{written}"
            )
        rows = session.execute(
            statement.bindparams(bindparam("since", since, UtcDateTime())), given | {"step": step}
        )
        found[step] = [(row[0], row[1], row[2]) for row in rows]
    return found


def find_words(session: Session, wanted: Collection[str], *, since: datetime) -> set[str]:
    """Which of these folded words, letters and digits only, stand in any post since then.

    Each is one look into the index, so that thousands may be asked for.
    """
    sqlite = session.get_bind().dialect.name == "sqlite"
    statement = text(
        "SELECT a.value FROM json_each(:asked) AS a WHERE EXISTS (SELECT 1"
        " FROM post_words_index AS i JOIN post_words AS w ON w.id = i.rowid"
        " WHERE post_words_index MATCH '\"' || a.value || '\"' AND w.occurred_at >= :since)"
        if sqlite
        else "SELECT a.value FROM jsonb_array_elements_text(CAST(:asked AS jsonb)) AS a"
        " WHERE EXISTS (SELECT 1 FROM post_words WHERE to_tsvector('simple', words)"
        " @@ to_tsquery('simple', a.value) AND occurred_at >= :since)"
    ).bindparams(bindparam("since", since, UtcDateTime()))
    return set(session.scalars(statement, {"asked": json.dumps(sorted(wanted))}))


def count_exactly(session: Session, phrases: Sequence[str]) -> dict[str, int]:
    """As ``count_posts``, and to the post where a phrase stands in few."""
    counts = count_posts(session, phrases)
    if session.get_bind().dialect.name != "sqlite":
        for one, count in counts.items():
            if count < _SEEN_OFTEN * _SOME:
                counts[one] = _count_part(session, Query.of(one), 1)
    return counts


def count_posts(session: Session, phrases: Sequence[str]) -> dict[str, int]:
    """About in how many posts of all that are indexed each phrase stands.

    SQLite counts; PostgreSQL would have to read them, and counts every 16th or 256th.
    """
    queries = {one: Query.of(one) for one in phrases}
    queries = {one: query for one, query in queries.items() if query.groups}
    if session.get_bind().dialect.name == "sqlite":
        statement = text(
            "SELECT count(*) FROM post_words_index WHERE post_words_index MATCH :asked"
        )
        return {
            one: int(session.execute(statement, {"asked": _ask_sqlite([query])}).scalar_one())
            for one, query in queries.items()
        }
    few = {one: _count_part(session, query, _FEW) for one, query in queries.items()}
    return {
        one: count * _FEW
        if count >= _SEEN_OFTEN
        else _count_part(session, queries[one], _SOME) * _SOME
        for one, count in few.items()
    }


def _count_part(session: Session, query: Query, step: int) -> int:
    statement = text(
        "SELECT count(*) FROM post_words"  # noqa: S608 - our own words
        f" WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :asked){_part(step)}"
    )
    return int(session.execute(statement, {"asked": query.for_postgresql()}).scalar_one())


def _part(step: int) -> str:
    """As the small indexes say it, word for word: only so are they used."""
    if step % _FEW == 0:
        return f" AND id % {_FEW} = 0"
    return f" AND id % {_SOME} = 0" if step % _SOME == 0 else ""


def _ask_sqlite(queries: Sequence[Query]) -> str:
    return " OR ".join(query.for_sqlite() for query in queries)


def _in_a_row(queries: Sequence[Query]) -> tuple[str, dict[str, Any]]:
    """A condition that words stand as they are asked for, with what it names."""
    given: dict[str, Any] = {"asked": " | ".join(query.for_postgresql() for query in queries)}
    if all(query.patterns() is None for query in queries):
        return "", given
    phrases = []
    for query in queries:
        groups = query.patterns() or [
            [f"% {' '.join(words)} %" for words in group] for group in query.groups
        ]
        written = []
        for group in groups:
            names = []
            for pattern in group:
                names.append(f"' ' || words || ' ' LIKE :p{len(given)}")
                given[f"p{len(given)}"] = pattern
            written.append(f"({' OR '.join(names)})")
        phrases.append(f"({' AND '.join(written)})")
    return f" AND ({' OR '.join(phrases)})", given
