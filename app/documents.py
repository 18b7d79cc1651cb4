"""JSON as every command, page and file of ours writes it."""

from __future__ import annotations

import json
from datetime import date
from typing import Final

_INDENT: Final = 2


def write_json(document: object) -> str:
    """A document, readable; instants and days in ISO 8601."""
    return json.dumps(document, ensure_ascii=False, indent=_INDENT, default=spell)


def spell(value: object) -> str:
    """What JSON has no form for."""
    return value.isoformat() if isinstance(value, date) else str(value)
