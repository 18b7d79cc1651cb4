from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.wording import Wording
from app.words.contacts import CHANNELS, DISPOSITIONS, RECORDED
from models import CHANNELS as STORED_CHANNELS
from models import DISPOSITIONS as STORED_DISPOSITIONS
from signals.scoring.cues import CODES
from tests.app.web.extract_messages import extract_messages, texts_used_both_ways

_CATALOGUE = Path(__file__).parents[2] / "app/locale/ar/LC_MESSAGES/messages.po"
NOW = datetime(2026, 11, 25, 14, 36, tzinfo=UTC)


class TestCatalogue:
    def test_every_text_has_an_arabic_translation(self) -> None:
        with _CATALOGUE.open("rb") as file:
            catalogue = read_po(file)
        untranslated = []
        for message, plural in extract_messages().items():
            entry = catalogue.get(message)
            strings = entry.string if entry is not None else ""
            forms = strings if isinstance(strings, tuple | list) else (strings,)
            if not all(forms) or len(forms) != (1 if plural is None else 6):
                untranslated.append(message)
        assert untranslated == []

    def test_no_translation_outlives_its_text(self) -> None:
        with _CATALOGUE.open("rb") as file:
            ids = {e.id[0] if isinstance(e.id, tuple) else e.id for e in read_po(file) if e.id}
        assert ids - set(extract_messages()) == set()

    def test_no_text_is_used_both_with_and_without_a_plural(self) -> None:
        # gettext finds the singular of a plural entry: "one behind" for fourteen
        assert texts_used_both_ways() == set()

    def test_placeholders_are_the_same(self) -> None:
        with _CATALOGUE.open("rb") as file:
            for entry in read_po(file):
                if not entry.id:
                    continue
                wanted = entry.id[1] if isinstance(entry.id, tuple) else entry.id
                texts = entry.string if isinstance(entry.id, tuple) else (entry.string,)
                for text in texts:
                    # one and two are words in Arabic, so a plural form may leave the number out
                    extra = _places(text) - _places(wanted)
                    assert not extra, entry.id
                    if not isinstance(entry.id, tuple):
                        assert _places(text) == _places(wanted), entry.id


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


class TestTables:
    def test_every_stored_code_has_a_name(self) -> None:
        assert tuple(CHANNELS) == STORED_CHANNELS == tuple(RECORDED)
        assert tuple(DISPOSITIONS) == STORED_DISPOSITIONS

    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_reasons_never_show_a_code(self, language: str) -> None:
        wording = Wording("ar" if language == "ar" else "en")
        for code in [*CODES, "kind.like", "rest", "cue.of_a_later_version"]:
            assert "." not in wording.reason_text(code)


class TestArabic:
    @pytest.mark.parametrize(
        ("count", "text"),
        [
            (0, "لم يبقَ أحد اليوم"),
            (1, "بقي شخص واحد اليوم"),
            (2, "بقي شخصان اليوم"),
            (3, "بقي ٣ أشخاص اليوم"),
            (10, "بقي ١٠ أشخاص اليوم"),
            (11, "بقي ١١ شخصًا اليوم"),
            (99, "بقي ٩٩ شخصًا اليوم"),
            (100, "بقي ١٠٠ شخص اليوم"),
            (103, "بقي ١٠٣ أشخاص اليوم"),
        ],
    )
    def test_plural_forms(self, count: int, text: str) -> None:
        wording = Wording("ar")
        message = wording.ngettext("%(n)s person left today", "%(n)s people left today", count)
        assert message % {"n": wording.number(count)} == text

    def test_digits_are_the_readers_choice(self) -> None:
        assert Wording("ar").decimal(1234.5, 1) == "١٬٢٣٤٫٥"
        assert Wording("ar", arabic_digits=False).decimal(1234.5, 1) == "1,234.5"
        assert Wording("ar").gettext("posts in 7 days") == "منشورات ٧ أيام"
        assert Wording("en").points(-70, sign=True) == "\N{MINUS SIGN}0.70"


class TestTimes:
    @pytest.mark.parametrize(
        ("passed", "text"),
        [
            (timedelta(seconds=20), "just now"),
            (timedelta(seconds=-90), "just now"),
            (timedelta(minutes=5), "5 min ago"),
            (timedelta(hours=2, minutes=5), "2 h ago"),
            (timedelta(hours=20), "yesterday"),
            (timedelta(days=2), "2 days ago"),
            (timedelta(days=6), "19 November"),
            (timedelta(days=400), "21 October 2025"),
        ],
    )
    def test_relative_to_two_days_then_the_date(self, passed: timedelta, text: str) -> None:
        assert Wording().ago(NOW - passed, NOW, UTC) == text

    def test_just_after_midnight_an_hour_is_an_hour(self) -> None:
        night = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
        assert Wording().ago(night - timedelta(hours=1), night, UTC) == "1 h ago"

    def test_days_in_both_languages(self) -> None:
        day = date(2026, 11, 24)
        assert Wording().full_day(day) == "Tuesday 24 November"
        assert Wording("ar").full_day(day) == "الثلاثاء ٢٤ نوفمبر"
        assert Wording("ar").clock(NOW, UTC) == "١٤:٣٦"
