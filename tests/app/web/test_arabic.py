from __future__ import annotations

import re

from tests.app.web.conftest import Browser


def test_the_page_turns_and_speaks_arabic(browser: Browser) -> None:
    page = browser.open("/today?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in page
    assert re.search(r'value="5">٥</data>\s*من ١٠ هذا الأسبوع', page)
    assert "بقي ٦ أشخاص اليوم" in page
    assert "٤٫٢٠" in page
    assert "\u061c+٢٫١٠" in page
    assert '<kbd aria-hidden="true">١</kbd>' in page


def test_who_chooses_a_rep_first_keeps_the_language_of_the_link(browser: Browser) -> None:
    browser.client.cookies.clear()
    page = browser.open("/today?lang=ar&digits=latn")
    assert str(page.url).endswith("/reps?lang=ar&digits=latn")
    assert '<html lang="ar"' in page.text
    assert browser.open("/?lang=ar").url.query == b"lang=ar"


def test_amounts_in_sentences_take_the_arabic_decimal_sign(browser: Browser) -> None:
    browser.open("/team/rewards?lang=ar")
    page = browser.send("/team/rewards/schemes", rate="x", name="x", unit="EUR").text
    assert "١٢٫٥٠" in page
    assert "١٢.٥٠" not in page


def test_the_choice_of_language_and_digits_is_remembered(browser: Browser) -> None:
    browser.open("/today?lang=ar&digits=latn")
    page = browser.open("/today").text
    assert '<html lang="ar"' in page
    assert "4.20" in page
    assert "بقي 6 أشخاص اليوم" in page
    assert '<html lang="en"' in browser.open("/today?lang=en").text
    assert '<html lang="en"' in browser.open("/today").text


def test_the_browsers_language_is_the_first_guess(browser: Browser) -> None:
    assert 'lang="ar"' in browser.open("/today", **{"accept-language": "ar-EG,en;q=0.5"}).text
    browser.client.cookies.clear()


def test_charts_run_from_the_right(browser: Browser) -> None:
    def first_tick(page: str) -> float:
        found = re.search(r'<rect class="before" x="([\d.]+)%"', page)
        assert found
        return float(found.group(1))

    assert first_tick(browser.open("/today").text) < 10
    assert first_tick(browser.open("/today?lang=ar").text) > 85


def test_marking_and_refusals_in_arabic(browser: Browser) -> None:
    browser.open("/today?lang=ar")
    opened = browser.opened
    page = browser.mark(opened).text
    assert "سُجّلت الرسالة إلى <bdi>@sample_harborlight</bdi>." in page
    assert "صار العدد ٦." in page
    answer = browser.mark(opened, key="other")
    assert answer.status_code == 409
    assert "لم يُسجّل" in answer.text
    browser.open("/topics/1")
    assert "قصير جدًّا" in browser.send("/topics/1", reason="r", keyword="a").text
    assert "لا شيء في هذا العنوان." in browser.open("/nothing").text


def test_no_english_sentence_is_left(browser: Browser) -> None:
    allowed = {"Warmlist", "Reddit", "Bluesky", "Hacker", "News", "Enter", "Esc", "English", "IRA"}
    for path in ("/today", "/reps", "/topics", "/today?date=2026-11-24", "/nothing"):
        page = browser.open(f"{path}{'&' if '?' in path else '?'}lang=ar").text
        page = re.sub(
            r"<bdi>.*?</bdi>|<blockquote.*?</blockquote>|<!doctype html>", " ", page, flags=re.S
        )
        words = set(re.findall(r"[A-Za-zÀ-ÿ]{3,}", re.sub(r"<[^>]+>", " ", page)))
        people = {"Noor", "Ines", "Sample", "team", "America", "New", "York", "rollover"}
        languages = {w for w in words if w[0].isupper()} if path == "/topics" else set()
        assert words <= allowed | people | languages, path
