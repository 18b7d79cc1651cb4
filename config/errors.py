"""The one error that is meant for people."""

from __future__ import annotations


class Refused(Exception):
    """Something a person asked for cannot be done.

    ``what`` names the input and what is wrong with it, ``remedy`` what to do. The command line
    prints both on one line and ends with ``exit_code``; pages answer with a 4xx.
    """

    def __init__(self, what: str, remedy: str = "", exit_code: int = 1) -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy
        self.exit_code = exit_code


class Reasonless(Refused):
    """A change that must say why does not; nothing is stored."""


class NotFound(Refused):
    """The thing named does not exist."""


class Conflict(Refused):
    """Somebody else changed it first, or it is already done."""
