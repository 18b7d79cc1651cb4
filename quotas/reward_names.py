"""How schemes and contests, and what they pay in, may be called."""

from __future__ import annotations

from config.errors import Refused
from quotas.touches import clean_words

_LONGEST_UNIT = 12


def read_unit(unit: str) -> str:
    """A currency or the name of points, such as EUR."""
    unit = unit.strip()
    if not unit.isalnum() or len(unit) > _LONGEST_UNIT:
        raise Refused(
            "Unit %(unit)s is not usable.",
            "Use a word such as EUR or points.",
            unit=repr(unit[:20]),
        )
    return unit


def read_name(name: str) -> str:
    """The name of a scheme or contest as it is kept."""
    words = " ".join((clean_words(name) or "").split())
    if not words or len(words) > 120 or not words.isprintable():
        raise Refused(
            "The name %(name)s is not usable.", "Use 1 to 120 characters.", name=repr(name[:40])
        )
    return words
