"""English sentences that remember how they were made, so that another language can say the same."""

from __future__ import annotations

from typing import Any


class Sentence(str):
    """English as it stands; ``sentence`` has places such as ``%(name)s`` for ``values``.

    Where there are values, a percent sign is doubled.
    """

    __slots__ = ("sentence", "values")

    sentence: str
    values: dict[str, Any]

    def __new__(cls, sentence: str, **values: object) -> Sentence:  # noqa: PYI034 - no child of it
        made = super().__new__(cls, sentence % values if values else sentence)
        made.sentence, made.values = sentence, values
        return made
