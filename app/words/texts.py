"""One reader's language: texts, plural forms, digits and numbers.

English stands in the code; the other languages stand in ``locale/<language>``. Catalogues are
read from their sources, so that no built file can be older than its text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

from app.words.catalogue import ENGLISH, Catalogue, read_catalogue
from app.words.stored import is_number, recognise
from config.errors import Refused

Language = Literal["en", "ar"]
LANGUAGES: Final[dict[Language, str]] = {"en": "English", "ar": "العربية"}

_ARABIC_DIGITS: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_ARABIC_DECIMALS: Final = _ARABIC_DIGITS | str.maketrans({".": "٫", ",": "٬"})
# Keeps the sign before Arabic digits, which take their direction from what stands before them.
_ARABIC_LETTER_MARK: Final = "\N{ARABIC LETTER MARK}"

_ARABIC_LETTER: Final = re.compile("[\u0621-\u064a]")
_POINT: Final = re.compile(r"(?<=\d)\.(?=\d)")
_COMMA: Final = re.compile(r"(?<=\d),(?=\d\d\d)")
_PLACE: Final = re.compile(r"(%\(\w+\)s)")
_COMMAND_LINE: Final = re.compile(r"\bwarmlist\b|(^|\W)--[a-z]|\b[a-z_]+\.[a-z_]+ = ")


def is_for_command_line(advice: str) -> bool:
    """Whether what to do names a command, an option or a setting, which no page has."""
    return _COMMAND_LINE.search(advice) is not None


@cache
def _catalogue(language: Language) -> Catalogue:
    return ENGLISH if language == "en" else read_catalogue(language)


@dataclass(frozen=True)
class Texts:
    """One reader's language; ``arabic_digits`` matters to Arabic alone."""

    language: Language = "en"
    arabic_digits: bool = True
    _texts: Catalogue = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_texts", _catalogue(self.language))

    @property
    def direction(self) -> str:
        """Which way the page reads."""
        return "rtl" if self.language == "ar" else "ltr"

    @property
    def is_rtl(self) -> bool:
        """Whether the page reads from right to left."""
        return self.direction == "rtl"

    def gettext(self, message: str) -> str:
        """The text in this language."""
        return self.digits(self._texts.gettext(message))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The text in the form that ``n`` asks for; Arabic has six."""
        return self.digits(self._texts.ngettext(singular, plural, n))

    def refusal(self, error: Refused) -> str:
        """What was refused and what to do, in this language.

        Advice about the command line is left out, for it is of no use on a page. What has no words
        in this language, such as a fault of the database, is told in general ones.
        """
        said = [self._known(error.sentence, error) or self.gettext("This cannot be done as asked.")]
        if error.advice and not is_for_command_line(error.advice):
            said.append(self._known(error.advice, error))
        return " ".join(part for part in said if part)

    def _known(self, sentence: str, error: Refused) -> str:
        if self.language != "en" and self._texts.gettext(sentence) == sentence:
            # sentences that a page wrote are in its language already
            return sentence if _ARABIC_LETTER.search(sentence) else ""
        return self.filled(sentence, error.values)

    def filled(self, sentence: str, values: Mapping[str, object]) -> str:
        """A sentence in this language with its places filled; names and words stay as given."""
        if not values:
            return self.gettext(sentence)
        # a place keeps its name, whatever digits stand in it
        parts = _PLACE.split(self._texts.gettext(sentence))
        text = "".join(one if _PLACE.fullmatch(one) else self.digits(one) for one in parts)
        return text % {
            name: value if isinstance(value, str) else self.digits(str(value))
            for name, value in values.items()
        }

    def retell(self, text: str) -> str:
        """What was written down in English (``app.words.stored``), in this language.

        Anything else, such as what a person typed as a reason, stays as it stands.
        """
        found = recognise(text) if self.language != "en" else None
        if found is None:
            return text
        sentence, values = found
        told = {
            place: self.digits(value)
            if is_number(place)
            else self.retell(value)
            if place == "why"
            else value
            for place, value in values.items()
        }
        return self.filled(sentence, told)

    def digits(self, text: str) -> str:
        """Latin digits and the marks between them as this reader wants them."""
        if not self._eastern:
            return text
        return _COMMA.sub("٬", _POINT.sub("٫", text)).translate(_ARABIC_DIGITS)

    def number(self, value: float) -> str:
        """A whole number."""
        return self._figure(f"{round(value):,}")

    def decimal(self, value: float, places: int = 2) -> str:
        """A number with a fixed count of places."""
        return self._figure(f"{value:,.{places}f}")

    def points(self, hundredths: int, *, sign: bool = False) -> str:
        """Hundredths of a point with two places, so that what is shown adds up."""
        mark = ("+" if hundredths >= 0 else "\N{MINUS SIGN}") if sign else ""
        text = mark + self._figure(f"{abs(hundredths) / 100:.2f}")
        return _ARABIC_LETTER_MARK + text if sign and self._eastern else text

    def amount(self, hundredths: int) -> str:
        """Hundredths of a unit with two places and a true minus."""
        mark = "\N{MINUS SIGN}" if hundredths < 0 else ""
        text = mark + self._figure(f"{abs(hundredths) // 100:,}.{abs(hundredths) % 100:02d}")
        return _ARABIC_LETTER_MARK + text if mark and self._eastern else text

    def percent(self, share: float) -> str:
        """A share as whole per cent."""
        return self._figure(f"{100 * share:.0f}") + "\N{NO-BREAK SPACE}%"

    @property
    def _eastern(self) -> bool:
        return self.language == "ar" and self.arabic_digits

    def _figure(self, text: str) -> str:
        return text.translate(_ARABIC_DECIMALS) if self._eastern else text
