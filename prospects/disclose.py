"""What somebody may see: everything held about them, as data and as a page (GDPR article 15)."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from prospects.disclosed import SENTENCES, TITLES
from prospects.records import Found

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


def as_html(
    document: Mapping[str, Any], *, language: str = "en", direction: str = "ltr",
    say: Callable[[str], str] = str,
) -> str:  # fmt: skip
    """The same as a page that needs nothing else: no script, no picture, no address.

    ``say`` gives a text in ``language``; names of columns stay as the data names them.
    """

    def sentence(key: str, **values: str) -> str:
        return _safe(say(SENTENCES[key]) % values)

    names = ", ".join(document["names"]) or say(SENTENCES["nobody"])
    title = sentence("title", names=names)
    held_by = document["controller"] or say(SENTENCES["operator"])
    parts = [
        "<!doctype html>",
        f'<html lang="{_safe(language)}" dir="{_safe(direction)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        f"<p>{sentence('held', controller=held_by)}</p>",
        f"<p>{sentence('made', at=document['made_at'])}</p>",
    ]
    if document["suppressed_at"]:
        parts.append(f"<p>{sentence('silent', at=document['suppressed_at'])}</p>")
    for table, rows in document["records"].items():
        parts.append(f"<h2>{_safe(say(TITLES.get(table, table)))}</h2>")
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
