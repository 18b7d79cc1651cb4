"""The command line in Arabic: help, results, refusals; JSON is the same in every language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.cli.language import read_language
from app.words.catalogue import read_catalogue
from tests.app.cli_messages import cli_messages, put_together, sentence_calls
from tests.app.program import Outcome, Program, post

_PO = Path(__file__).parents[2] / "app/locale/ar/LC_MESSAGES/messages.po"
_ARABIC = {"WARMLIST_LANG": "ar"}
_ASKING = "Can anyone recommend somebody who helps with a 401k rollover? We retire in March."


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, dict[str, Outcome]]:
    """A workspace made and worked in Arabic, and what each command said. Only to be read."""
    home = tmp_path_factory.mktemp("arabic") / "home"
    file = home.parent / "posts.jsonl"
    file.write_text(post(1, _ASKING) + "\n", encoding="utf-8")
    program = Program(home, _ARABIC)
    commands = {
        "init": ["init"],
        "empty": ["topic", "list"],
        "topic": ["topic", "add", "Retirement", "--keyword", "401k"],
        "team": ["team", "add", "Riyadh", "--first-weekday", "sunday", "--weekend", "none"],
        "rep": ["rep", "add", "Ines", "--team", "Riyadh", "--quota", "3", "--per", "day"],
        "import": ["import", str(file)],
        "build": ["lists", "build"],
        "show": ["list", "show", "--rep", "Ines"],
        "touch": ["touch", "1", "--channel", "email", "--disposition", "no_answer"],
        "shown": ["--digits", "arab", "list", "show", "--rep", "Ines"],
        "attainment": ["attainment"],
        "doctor": ["doctor"],
        "no topic": ["topic", "yield", "Nothing"],
        "no option": ["list", "show"],
        "no command": ["list", "shw"],
        "bad date": ["list", "show", "--rep", "Ines", "--date", "soon"],
        "help": ["list", "show", "--help"],
        "all help": ["--help"],
    }  # fmt: skip
    outcomes = program.run_each(list(commands.values()))
    return program, dict(zip(commands, outcomes, strict=True))


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        ([], {}, "en"),
        (["--lang", "ar", "list"], {"LANG": "en_US.UTF-8"}, "ar"),
        (["--digits", "arab", "--lang=ar"], {}, "ar"),
        (["rep", "add", "Ines", "--lang", "ar"], {}, "en"),
        ([], {"LANG": "ar_EG.UTF-8"}, "ar"),
        ([], {"LANG": "ar_EG.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ([], {"LANG": "en_GB", "LC_MESSAGES": "ar"}, "ar"),
        ([], {"LC_ALL": "en_GB.UTF-8", "WARMLIST_LANG": "ar"}, "ar"),
        (["--lang", "en"], {"WARMLIST_LANG": "ar"}, "en"),
        ([], {"LANG": "arn_CL.UTF-8"}, "en"),
    ],
)
def test_the_language_is_what_is_asked_for_else_the_terminals(
    words: list[str], environment: dict[str, str], language: str
) -> None:
    assert read_language(words, environment) == language


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("init", "مساحة العمل جاهزة: "),
        ("empty", "للإضافة: warmlist topic add NAME --keyword PHRASE\n"),
        ("topic", "الموضوع Retirement يستمع إلى كلمة مفتاحية واحدة.\n"),
        ("team", "ويبدأ أسبوعه يوم الأحد.\n"),
        ("rep", "المطلوب من Ines في Riyadh 3 تواصلات مهتمّة كل يوم.\n"),
        ("import", "قُرئ 1، طابق 1، حُفظ 1"),
        ("build", "المندوب"),
        ("show", "للتواصل 1"),
        ("show", "طلب"),
        ("touch", "سُجّل: بريد إلكتروني، لا جواب. للتراجع: warmlist undo 1\n"),
        ("shown", "للتواصل ٠"),
        ("shown", "[لا جواب]"),
        ("attainment", "تواصل مهتمّ"),
        ("doctor", "الإعدادات: مقروءة"),
        ("help", "الخيارات:"),
        ("help", "اسم المندوب أو رقمه.  [لازم]"),
        ("all help", "الأوامر:"),
    ],
)
def test_results_and_help_are_arabic(
    worked: tuple[Program, dict[str, Outcome]], command: str, says: str
) -> None:
    assert says in worked[1][command].out


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("no topic", 1, "warmlist: لا يوجد موضوع 'Nothing'. المواضيع المعروفة: Retirement.\n"),
        ("no option", 2, "ينقص الخيار --rep."),
        ("no command", 2, "لا يوجد أمر shw."),
        ("bad date", 2, "warmlist: 'soon' ليس تاريخًا. يُكتب هكذا: 2026-11-25.\n"),
    ],
)
def test_refusals_and_wrong_uses_are_arabic(
    worked: tuple[Program, dict[str, Outcome]], command: str, code: int, says: str
) -> None:
    outcome = worked[1][command]
    assert (outcome.code, outcome.out) == (code, "")
    assert says in outcome.err


def test_json_is_the_same_in_every_language(
    worked: tuple[Program, dict[str, Outcome]],
) -> None:
    program, _ = worked
    commands = [
        ["list", "show", "--rep", "Ines", "--json"], ["attainment", "--json"],
        ["quota", "list", "--json"], ["why", "person1", "--json"], ["team", "list", "--json"],
        ["doctor", "--json"], ["identity", "show", "person1", "--json"],
    ]  # fmt: skip
    both = program.run_each(
        [words for words in commands for _ in range(2)],
        [{"WARMLIST_LANG": language} for _ in commands for language in ("en", "ar")],
    )
    for english, arabic in zip(both[::2], both[1::2], strict=True):
        assert _without_clock(english.out) == _without_clock(arabic.out)
        assert english.document


def _without_clock(document: str) -> str:
    return re.sub(r"T\d\d:\d\d:\d\d\.\d+", "", document)


def test_nothing_in_a_line_turns_what_is_copied(
    worked: tuple[Program, dict[str, Outcome]],
) -> None:
    for outcome in worked[1].values():
        for mark in "\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e":
            assert mark not in outcome.out + outcome.err


def test_every_text_of_the_command_line_stands_in_a_catalogue() -> None:
    assert put_together() == []
    assert len(dict(cli_messages())) > 900


def test_the_fast_reader_reads_what_babel_reads() -> None:
    ours = read_catalogue("ar")
    with _PO.open("rb") as file:
        theirs = [one for one in read_po(file, locale="ar") if one.id]
    for one in theirs:
        if isinstance(one.id, tuple):
            assert ours.plurals[one.id[0]] == list(one.string)
        else:
            assert ours.texts[one.id] == one.string
    assert len(theirs) == len(ours.texts) + len(ours.plurals)
    assert [ours.form_of(n) for n in (0, 1, 2, 3, 11, 100, 103)] == [0, 1, 2, 3, 4, 5, 3]


def test_every_place_in_a_sentence_has_its_value() -> None:
    wrong = []
    for module, call in sentence_calls():
        given = {one.arg for one in call.keywords} - {"exit_code", "within"}
        if None in given:
            continue  # values as a mapping, known only when it runs
        text = "".join(
            part.value
            for argument in call.args
            for part in ast.walk(argument)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        )
        if set(re.findall(r"%\((\w+)\)s", text)) - given:
            wrong.append(f"{module}:{call.lineno}")
        elif given and re.search(r"%(?!\()", text.replace("%%", "")):
            wrong.append(f"{module}:{call.lineno} has a bare percent sign")
    assert wrong == []
