"""What others wrote of somebody who is forgotten: the name goes, every place in the text stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from models import ArchivedPost, PostWords, Signal
from signals.archive import drop_words
from signals.contact_points import normal_handle

#: How a name is written where it is meant as one.
_MARKS: Final = r"@|\bu/|\buser/|\bprofile/|\b(?:x|twitter)\.com/|\buser\?id="
#: Not the beginning of a longer name, a domain or ``name@host``.
_END: Final = r"(?![\w-]|\.\w|@\w)"
_SHORTEST: Final = 6  # characters, of a name that stands without a mark


def name_pattern(handle: str, *, local: bool = False) -> re.Pattern[str]:
    """What matches a handle in a text, the name itself as group ``name``. Pure.

    Without «@» or «u/» only a name that is no word: with a digit or «_», or of Bluesky's own.
    ``local``: of ``name@host`` also ``@name``, as its network shows it.
    """
    spelled = normal_handle(handle)
    names = [spelled]
    if local and "@" in spelled:
        names.append(spelled.partition("@")[0])
    marked = "|".join(map(re.escape, names))
    bare = rf"|(?<![\w@.-]){re.escape(spelled)}{_END}" if _is_odd(spelled) else ""
    return re.compile(rf"(?<!\w)(?:{_MARKS})(?:{marked}){_END}{bare}", re.IGNORECASE)


def _is_odd(name: str) -> bool:
    return len(name) >= _SHORTEST and (
        name.endswith(".bsky.social")
        or "@" in name
        or (re.search(r"[\d_]", name) is not None and "." not in name and not name.isdigit())
    )


def redact(text: str, pattern: re.Pattern[str]) -> str:
    """The text with every such name taken out, as long as before. Pure."""
    return pattern.sub(lambda found: _cover(found.group()), text)


def _cover(written: str) -> str:
    mark = re.match(_MARKS, written, re.IGNORECASE)
    kept = mark.group() if mark is not None else ""
    return kept + "…" * (len(written) - len(kept))


def redact_mentions(session: Session, accounts: Iterable[Mapping[str, Any]]) -> None:
    """Others who wrote «@handle» or «u/handle» wrote about the person, archived or matched."""
    for account in accounts:
        if account["handle"]:
            _redact_one(session, account["network"], account["handle"])


def _redact_one(session: Session, network: str, handle: str) -> None:
    sought = normal_handle(handle).partition("@")[0]
    if not sought:
        return
    given = handle.strip().removeprefix("@").partition("@")[0]
    marks = ("",) if _is_odd(normal_handle(handle)) else ("@", "/", "=")
    for table in (Signal, ArchivedPost):
        rows = session.execute(
            select(table.id, table.network, table.text).where(
                or_(
                    *(
                        func.lower(table.text).contains(f"{mark}{sought}", autoescape=True)
                        for mark in marks
                    ),
                    # SQLite folds ASCII alone
                    *(table.text.contains(f"{mark}{given}", autoescape=True) for mark in marks),
                )
            )
        ).all()
        changed = []
        for id_, on, text in rows:
            # «@ann» for ann@host is what her own network shows; elsewhere it is another Ann
            redacted = redact(text or "", name_pattern(handle, local=on == network))
            if redacted != (text or ""):
                session.execute(update(table).where(table.id == id_).values(text=redacted))
                changed.append(id_)
        _drop_words(session, table, changed)


def _drop_words(session: Session, table: type[Signal | ArchivedPost], ids: Sequence[int]) -> None:
    if table is Signal:
        drop_words(session, ids)
    else:
        session.execute(delete(PostWords).where(PostWords.archive_id.in_(ids)))
