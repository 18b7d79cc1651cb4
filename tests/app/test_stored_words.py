"""What collecting and learning write down in English is read in Arabic, whatever stands in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.language import speak, told
from app.wording import Wording
from app.words.stored import STORED, is_number, recognise
from signals.collectors.guards import Stop

_ROOT: Final = Path(__file__).resolve().parents[2]
_ENGLISH: Final = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}")
#: What carries a sentence that is kept, beside the kinds of ``CollectorError``.
_CARRIERS: Final = {"Gap", "bad_address", "_bad_address", "_refusal", "Unreachable"}
_FIELDS: Final = {"why", "note", "todo", "error"}
#: Sentences of which one place holds words of ours, as they come out.
_IN_FULL: Final = {
    "7 answered 7 with 7": "7 answered 7 with a web page instead of JSON",
    "7 answered with more than 7": "7 answered with more than 7 bytes",
    "An administrator must correct the source's address7: 7.": (
        "An administrator must correct the source's address (7): it must name a host."
    ),
    "today's budget has 7 7 left, too little": "today's budget has 7 requests left, too little",
}
_LEARNING: Final = ("app/learning.py", "app/topic_scorers.py", "signals/scoring/fit_topic.py")


def _modules() -> Iterator[ast.Module]:
    """Whatever asks networks, or learns."""
    paths = [*(_ROOT / "signals/collectors").rglob("*.py"), _ROOT / "app/collecting.py"]
    paths += [_ROOT / "app/tasks.py", *(_ROOT / one for one in _LEARNING)]
    return (ast.parse(path.read_text(encoding="utf-8")) for path in sorted(paths))


def _name(node: ast.AST) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """What each name of a module may stand for."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                found.setdefault(_name(target), []).append(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name in {"_why", "_why_off"}:
            found.setdefault("why", []).extend(
                one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value
            )
    return found


def _sentences(node: ast.expr, known: dict[str, list[ast.expr]]) -> Iterator[str]:
    """The texts an expression may come to, with 7 in every place."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(one.value) if isinstance(one, ast.Constant) else "7" for one in node.values
        )
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.BoolOp):
        parts = node.values
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        parts = node.value.values
    elif isinstance(node, ast.Name | ast.Attribute):
        held, rest = known.get(_name(node), []), known | {_name(node): []}
        for one in held:
            yield from _sentences(one, rest)
    for part in parts:
        yield from _sentences(part, known)


def _written_down() -> set[str]:
    trees = list(_modules())
    carriers = {"CollectorError", *_CARRIERS}
    for _ in range(4):  # kinds of kinds
        carriers |= {
            node.name
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and {_name(base) for base in node.bases} & carriers
        }
    carriers.discard("Malformed")  # kept for inspection, shown on no page
    found: set[str] = {str(stop) for stop in Stop}
    for tree in trees:
        known = _assigned(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            carried = node.args if _name(node.func) in carriers else []
            carried = [*carried, *(one.value for one in node.keywords if one.arg in _FIELDS)]
            for part in carried:
                found.update(_sentences(part, known))
    return {_IN_FULL.get(one, one) for one in found if " " in one}


def test_whatever_is_written_down_reads_arabic() -> None:
    wording = Wording("ar", arabic_digits=False)
    written = _written_down()
    assert len(written) > 100
    english = {}
    for sentence in sorted(written):
        said = wording.retell(sentence)
        if not re.search("[\u0621-\u064a]", said) or _ENGLISH.search(said):
            english[sentence] = said
        assert said.count("7") >= sentence.count("7"), sentence
    assert english == {}


def test_places_hold_what_stood_there_and_reasons_are_told_as_well() -> None:
    arabic = Wording("ar")
    assert arabic.retell("today's budget has 1,200 items left, too little") == (
        "بقي من عناصر اليوم ١٬٢٠٠، وهذا لا يكفي"
    )
    stored = "An administrator must renew the credentials: X answered 401 (Bad token)."
    assert arabic.retell(stored) == (
        "على مشرف أن يجدد بيانات الدخول: أجاب X بالرمز ٤٠١ (Bad token)."
    )
    assert Wording().retell(stored) == stored


def test_the_command_line_tells_them_too() -> None:
    stored = "Probabilities corrected after 60 judged texts; the order stays."
    speak(["--lang", "ar"])
    try:
        assert told(stored) == "صُححت الاحتمالات بعد نصوص محكوم عليها عددها 60؛ يبقى الترتيب كما هو."
    finally:
        speak(["--lang", "en"])
    assert told(stored) == stored


@pytest.mark.parametrize("typed", ["Until the budget is agreed", "", "100%(why)s", "موقوف"])
def test_what_a_person_typed_stays(typed: str) -> None:
    assert Wording("ar").retell(typed) == typed


@given(st.sampled_from(STORED), st.text("ab%(:). \n", min_size=1, max_size=12), st.integers(0))
def test_any_value_comes_through(sentence: str, text: str, number: int) -> None:
    places = re.findall(r"%\((\w+)\)s", sentence)
    values = {place: str(number) if is_number(place) else text for place in places}
    found = recognise(sentence % values)
    assert found is not None
    assert found[0] % found[1] == sentence % values
