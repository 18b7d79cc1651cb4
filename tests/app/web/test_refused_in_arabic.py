"""No refusal, of pages or of what lies below them, stands in English on an Arabic page."""

from __future__ import annotations

import re

import pytest

from app.bootstrap import Workspace
from app.wording import Wording
from app.words.texts import is_for_command_line
from config.errors import Conflict, Refused
from tests.app.web.conftest import Browser
from tests.app.web.every_page import OPEN, furnish
from tests.app.web.extract_messages import refusal_sentences, refusals_put_together

_SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}")


def _words_of(page: str) -> str:
    page = re.sub(
        r"<bdi.*?</bdi>|<blockquote.*?</blockquote>|<!doctype html>", " ", page, flags=re.S
    )
    page = re.sub(
        r"<option.*?</option>|<textarea.*?</textarea>|<datalist.*?</datalist>",
        " ",
        page,
        flags=re.S,
    )
    return re.sub(r"<[^>]+>", "|", page)


def test_no_refusal_is_put_together_where_a_catalogue_cannot_hold_it() -> None:
    assert refusals_put_together() == []


def test_every_refusal_is_said_in_arabic_and_names_no_option() -> None:
    wording = Wording("ar")
    for sentence in {one for one in refusal_sentences() if not is_for_command_line(one)}:
        places = dict.fromkeys(re.findall(r"%\((\w+)\)s", sentence), "x")
        said = wording.refusal(Refused(sentence, "See: warmlist list show", **places))
        assert re.search("[\u0621-\u064a]", said), sentence
        assert not _SENTENCE.search(said), said
        assert "warmlist" not in said
        assert sentence not in said


def test_what_has_no_words_is_told_in_general_ones_and_values_stay_as_typed() -> None:
    wording = Wording("ar")
    general = "لا يمكن فعل هذا كما طُلب."
    assert wording.refusal(Conflict("The disk is full.", "Buy one.")) == general
    assert Wording("en").refusal(Refused("A of %(x)s.", "Give --b.", x="5%")) == "A of 5%."
    typed = Refused("%(text)s is not a tier.", text="12.5%(x)s")
    # a note that people typed is theirs
    assert wording.refusal(typed) == "12.5%(x)s ليست شريحة."
    assert str(typed) == "12.5%(x)s is not a tier."


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sources", {"network": "reddit", "lawful_basis": "x"}),
        ("/sources", {"network": "lemmy", "lawful_basis": "x", "url": "ftp://x"}),
        ("/sources", {"network": "nowhere", "lawful_basis": "x"}),
        ("/sources", {"network": "hackernews", "lawful_basis": ""}),
        ("/sources", {"network": "hackernews", "lawful_basis": "x", "daily_money": "-1"}),
        ("/privacy/suppression", {"names": ""}),
        ("/privacy/suppression", {"names": "nobody@example.org", "do": "remove"}),
        ("/privacy/people", {"handle": "nobody-at-all", "do": "show"}),
        ("/topics/1", {"reason": "x", "keyword": "a"}),
        ("/topics/1", {"reason": "x", "keyword": "كلمة " * 90}),
        ("/topics/999", {"reason": "x", "keyword": "pension"}),
        ("/reps", {"rep": "999"}),
        ("/touches", {"assignment": "999"}),
        ("/sources/nowhere", {"do": "resume"}),
    ],
)
def test_a_refused_form_says_in_arabic_what_to_do_on_the_page(
    browser: Browser, path: str, fields: dict[str, str]
) -> None:
    browser.open("/today?lang=ar")
    answer = browser.send(path, **fields)
    assert answer.status_code in {400, 404, 409}
    said = _words_of(answer.text)
    assert not _SENTENCE.search(said), _SENTENCE.findall(said)
    assert not is_for_command_line(said.replace("Warmlist", "")), said


def test_no_page_holds_an_english_sentence(browser: Browser, workspace: Workspace) -> None:
    with workspace.db.write() as session:
        there = furnish(session, "كلمات", workspace.settings.access)
    for path in (path for paths in OPEN.values() for path in paths):
        asked = path.format(**there)
        page = browser.open(f"{asked}{'&' if '?' in asked else '?'}lang=ar")
        assert page.status_code == 200, path
        assert not _SENTENCE.findall(_words_of(page.text)), path
        # figures in sentences take the Arabic marks, too
        assert not re.search("[٠-٩][.,][٠-٩]", _words_of(page.text)), path
