"""What somebody may see: everything held about them, as data and as a page (GDPR article 15)."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from prospects.records import Found

#: What a table holds, in words for the person concerned; one that is missing goes by its name.
TITLES: Final[Mapping[str, str]] = {
    "persons": "You, as one person",
    "accounts": "Your accounts",
    "signals": "What you posted or did that matched one of our topics",
    "matches": "The words that matched",
    "scores": "How likely a need was judged, and why",
    "evidence": "What counted towards your place on our lists",
    "prospects": "Topics you were ranked for",
    "account_identities": "Who we took an account to be",
    "account_links": "Accounts said to be yours together",
    "assignments": "When you were given to one of our people",
    "touches": "When one of our people contacted you, or tried",
    "labels": "What was judged of your posts",
    "fingerprints": "Marks by which copies of a text are found",
    "post_words": "Words of a post by which it is found again",
    "visits": "When we looked whether a post still exists",
    "touch_flags": "Contacts that were looked at again",
    "touch_verdicts": "What was decided of them",
    "reassignments": "When you were handed to somebody else",
    "audit_draws": "Contacts drawn by chance for a check",
    "notices": "Notices we gave you",
    "links": "Links made for you",
    "clicks": "When such a link was followed",
    "archive": "Posts kept for a few days that matched nothing",
    "quarantine": "Items that could not be read, kept for a few days",
    "known_parties": "Lists of competitors and own staff you stand on",
}
_HIDDEN: Final = frozenset({"author_hash", "idempotency_key", "keys"})
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;display:block;overflow-x:auto;margin-bottom:2rem}"
    "th,td{text-align:start;vertical-align:top;padding:.3rem .8rem;border-bottom:1px solid #ccc}"
    "td{max-width:40rem;overflow-wrap:anywhere}"
)


def as_document(found: Found, *, controller: str, now: datetime) -> dict[str, Any]:
    """Everything as plain values: numbers, words, lists; times as ISO 8601 in UTC."""
    return {
        "names": list(found.names),
        "controller": controller,
        "made_at": now.isoformat(timespec="seconds"),
        "suppressed_at": _plain(found.suppressed_at),
        "suppressed_for": found.suppressed_for,
        "records": {
            table: [
                {name: _plain(value) for name, value in row.items() if name not in _HIDDEN}
                for row in rows
            ]
            for table, rows in found.rows.items()
            if rows
        },
    }


def as_html(document: Mapping[str, Any]) -> str:
    """The same as a page that needs nothing else: no script, no picture, no address."""
    names = ", ".join(document["names"]) or "somebody unknown"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>What we hold about {_safe(names)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>What we hold about {_safe(names)}</h1>",
        f"<p>Held by {_safe(document['controller'] or 'the operator of this installation')}.</p>",
        f"<p>Made on {_safe(document['made_at'])}.</p>",
    ]
    if document["suppressed_at"]:
        parts.append(
            f"<p>You are not shown or contacted since {_safe(document['suppressed_at'])}.</p>"
        )
    for table, rows in document["records"].items():
        parts.append(f"<h2>{_safe(TITLES.get(table, table))}</h2>")
        parts.append(_table(rows))
    parts.append("</body></html>")
    return "\n".join(parts) + "\n"


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    columns = list(rows[0])
    head = "".join(f"<th>{_safe(column.replace('_', ' '))}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f'<td dir="auto">{_safe(_words(row[c]))}</td>' for c in columns) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _words(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_words(one)}" for key, one in value.items()) or "-"
    if isinstance(value, list):
        return "; ".join(map(_words, value)) or "-"
    return str(value)


def _safe(value: object) -> str:
    return html.escape(str(value))


def _plain(value: object) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value
