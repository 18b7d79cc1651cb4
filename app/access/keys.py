"""Which keys of the keyboard do what for a user. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from config.errors import Refused

#: What can be done by one key, and the usual key.
USUAL: Final[Mapping[str, str]] = {
    "next": "j", "previous": "k", "call": "c", "email": "e", "message": "m", "meeting": "t",
    "snooze": "s", "back": "h", "original": "o", "undo": "u", "search": "/", "help": "?",
}  # fmt: skip


class BadKey(Refused):
    """A key that cannot do this."""

    def __init__(self, action: str) -> None:
        super().__init__(
            f"The key for {action} is not usable.", "Use one letter or sign that nothing else has."
        )
        self.action = action


def read_keys(wanted: Mapping[str, str], *, on: bool) -> dict[str, Any]:
    """The choice as it is stored; digits stay outcomes, and no key does two things.

    An empty wish is the usual key.
    """
    letters = {
        action: (wanted.get(action, "").strip().lower() or usual) for action, usual in USUAL.items()
    }
    taken: set[str] = set()
    for action, key in letters.items():
        if len(key) != 1 or not key.isprintable() or key.isdecimal() or key in taken:
            raise BadKey(action)
        taken.add(key)
    changed = {action: key for action, key in letters.items() if key != USUAL[action]}
    return {"on": on, "letters": changed}


def keys_of(stored: Mapping[str, Any] | None) -> tuple[bool, tuple[tuple[str, str], ...]]:
    """Whether single keys work for the user, and those that are not the usual ones."""
    if stored is None:
        return True, ()
    return bool(stored.get("on", True)), tuple(sorted(dict(stored.get("letters") or {}).items()))
