"""The one error that is meant for people."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Something a person asked for cannot be done.

    ``what`` names the input and what is wrong with it, ``remedy`` what to do. The command line
    prints both on one line and ends with ``exit_code``; pages answer with a 4xx. Both are whole
    English sentences with places such as ``%(name)s`` for ``values``, never f-strings where a page
    may show them: pages look the sentence up in a catalogue (``sentence``, ``advice``) and fill
    in the values afterwards. A percent sign is doubled where there are values. ``within``
    names the file it is about, where what is refused does not know it. ``fault`` is a short code
    for whoever tells kinds of refusals apart, such as a form that says it beside a field.
    """

    def __init__(
        self,
        what: str,
        remedy: str = "",
        exit_code: int = 1,
        within: str = "",
        *,
        fault: str = "",
        **values: object,
    ) -> None:
        self.sentence, self.advice, self.within, self.fault = what, remedy, within, fault
        self.values: dict[str, Any] = values
        self.what = (f"{within}: " if within else "") + (what % values if values else what)
        self.remedy = remedy % values if values else remedy
        self.exit_code = exit_code
        super().__init__(f"{self.what} {self.remedy}".strip())


class Reasonless(Refused):
    """A change that must say why does not; nothing is stored."""


class NotFound(Refused):
    """The thing named does not exist."""


class Conflict(Refused):
    """Somebody else changed it first, or it is already done."""
