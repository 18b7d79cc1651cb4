"""One reader's language: texts, plural forms, digits and numbers.

English stands in the code; the other languages stand in ``locale/<language>``. Catalogues are
compiled in memory from their sources, so that no built file can be older than its text.
"""

from __future__ import annotations

import gettext as gettext_module
import io
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["en", "ar"]
LANGUAGES: Final[dict[Language, str]] = {"en": "English", "ar": "العربية"}

_ARABIC_DIGITS: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_ARABIC_DECIMALS: Final = _ARABIC_DIGITS | str.maketrans({".": "٫", ",": "٬"})
# Keeps the sign before Arabic digits, which take their direction from what stands before them.
_ARABIC_LETTER_MARK: Final = "\N{ARABIC LETTER MARK}"


@cache
def _catalogue(language: Language) -> gettext_module.NullTranslations:
    if language == "en":
        return gettext_module.NullTranslations()
    source = files("app").joinpath("locale", language, "LC_MESSAGES", "messages.po")
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext_module.GNUTranslations(compiled)


@dataclass(frozen=True)
class Texts:
    """One reader's language; ``arabic_digits`` matters to Arabic alone."""

    language: Language = "en"
    arabic_digits: bool = True
    _texts: gettext_module.NullTranslations = field(init=False, repr=False, compare=False)

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

    def digits(self, text: str) -> str:
        """Latin digits as this reader wants them."""
        return text.translate(_ARABIC_DIGITS) if self._eastern else text

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
