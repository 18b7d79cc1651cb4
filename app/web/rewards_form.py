"""What is typed on the rewards page: amounts, tiers, days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.web.pages import read_field
from config.errors import Refused
from quotas.tiers import Tier, hundredths, read_tiers

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")


def read_amount(text: str) -> int:
    """An amount in either digits as whole hundredths."""
    latin = text.strip().translate(_DIGITS).replace("−", "-").replace(" ", "")
    if latin.count(",") == 1 and "." not in latin:
        latin = latin.replace(",", ".")
    try:
        return hundredths(latin)
    except ValueError as error:
        raise Refused(
            "%(text)s is not an amount.", "Write it as 12.50.", text=repr(text[:40])
        ) from error


def read_amounts(text: str) -> list[int]:
    """Amounts set apart by spaces, such as ``100 50``."""
    return [read_amount(one) for one in text.split()]


def read_typed_tiers(text: str) -> tuple[Tier, ...]:
    """Tiers such as ``100=1.0 120=1.5``."""
    return read_tiers(text.translate(_DIGITS).replace(",", " ").replace("%", "").split())


def read_typed_day(data: Mapping[str, Any], name: str) -> date | None:
    """A day of a form; ``None`` for an empty field."""
    text = read_field(data, name, 20).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(
            "A day is missing or is not a date.", "Give it as YYYY-MM-DD.", fault="not_a_date"
        ) from error
