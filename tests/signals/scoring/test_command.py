"""``warmlist scorer``: one JSON document, one clear line on bad input."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli.scorer import app
from config.errors import Refused
from signals.scoring.contract import TopicContext
from signals.scoring.evaluate import (
    average_precision,
    draw_stream,
    found_among,
    weighted_first,
    weighted_precision,
)

FIGURES = {
    "n",
    "base",
    "auc",
    "ap",
    "p_at_50",
    "f1",
    "brier",
    "ece",
    "per_language",
    "texts_per_cpu_second",
    "peak_mb",
}
ROWS = [
    {"text": "Which vet should I choose for my puppy?", "label": 1, "lang": "en", "topic": "pets"},
    {"text": "Vets earn more, says report", "label": 0, "lang": "en", "topic": "pets"},
    {"text": "محتاج دكتور بيطري شاطر، مين يعرف؟", "label": 1, "lang": "ar", "topic": "pets"},
    {"text": "صباح الخير يا جماعة", "label": 0, "lang": "ar", "topic": "pets"},
]


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_evaluate_prints_one_document(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, ROWS)
    result = CliRunner().invoke(app, ["evaluate", str(path), "--json", "--rules"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert set(found) == FIGURES
    assert found["n"] == 4
    assert found["base"] == 0.5
    assert set(found["per_language"]) == {"ar", "en"}


def test_precision_at_another_prevalence_counts_negatives_more() -> None:
    labels = np.array([1.0, 0.0, 1.0, 0.0, 0.0])
    found = np.array([0.9, 0.8, 0.7, 0.2, 0.1])
    same = weighted_precision(labels, found, share=0.4)
    assert same == pytest.approx(average_precision(labels, found))
    repeated = np.r_[labels, np.zeros(27)], np.r_[found, np.repeat(found[labels == 0], 9)]
    rare = weighted_precision(labels, found, share=2 / 32)
    assert rare == pytest.approx(average_precision(*repeated), abs=1e-9)
    assert rare < same


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=60),
    st.integers(1, 9),
)
def test_the_first_fifty_at_another_prevalence_are_those_of_a_file_with_more_negatives(
    rows: list[tuple[bool, int]], times: int
) -> None:
    # Values differ, so that which of two equals comes first is no question.
    labels = np.array([float(label) for label, _ in rows])
    assume(0 < labels.sum() < len(labels))
    found = np.array([value + 0.001 * at for at, (_, value) in enumerate(rows)])
    found = found[np.argsort(found)]
    negatives = labels == 0
    repeated = np.r_[labels[~negatives], np.repeat(labels[negatives], times)]
    values = np.r_[found[~negatives], np.repeat(found[negatives], times)]
    order = np.argsort(-values, kind="stable")
    share = float(labels.sum() / len(repeated))
    first = weighted_first(labels, found, share=share)
    assert first == pytest.approx(repeated[order][:50].mean(), abs=1e-9)


def test_equal_scores_are_taken_together_in_the_first_fifty() -> None:
    labels = np.r_[np.ones(50), np.zeros(50)]
    assert weighted_first(labels, np.zeros(100), share=0.02) == pytest.approx(0.02)


def test_prospects_are_sought_in_a_stream(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.jsonl", ROWS)
    stream = written(tmp_path / "stream.jsonl", [{"text": "nice day"}, {"text": "a song"}])
    words = ["evaluate", str(path), "--json", "--rules", "--among", str(stream)]
    result = CliRunner().invoke(app, [*words, "--prevalence", "0.1"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert set(found) == FIGURES | {
        "prevalence",
        "ap_at_prevalence",
        "p_at_50_at_prevalence",
        "in_a_stream",
    }
    assert found["in_a_stream"] == {"prospects": 2, "stream": 18, "p_at_50": 0.1, "ap": 1.0}
    alone = CliRunner().invoke(app, words)
    assert isinstance(alone.exception, Refused)
    assert "--prevalence" in str(alone.exception)


def test_curves_and_another_prevalence_go_together(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.jsonl", ROWS)
    words = ["evaluate", str(path), "--json", "--rules", "--prevalence", "0.1"]
    result = CliRunner().invoke(app, [*words, "--plot", str(tmp_path / "p")])
    assert result.exit_code == 0, result.output
    assert "ap_at_prevalence" in json.loads(result.stdout)
    assert (tmp_path / "p" / "reliability.svg").is_file()


def test_people_read_a_line_per_language(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.jsonl", ROWS)
    result = CliRunner().invoke(app, ["evaluate", str(path), "--rules"])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert any(line.startswith("ar: n 2, base 0.5, auc ") for line in lines)
    assert any(line.startswith("en: n 2, ") for line in lines)


@pytest.mark.parametrize(
    "switches",
    [
        ["--rules", "--cascade"],
        ["--cascade", "--neural"],
        ["--leave-one-topic-out", "--rules"],
        ["--leave-one-topic-out", "--head", "seller"],
        ["--leave-one-topic-out", "--prevalence", "0.1"],
    ],
)
def test_switches_that_contradict_each_other_are_refused(
    tmp_path: Path, switches: list[str]
) -> None:
    path = written(tmp_path / "rows.jsonl", ROWS)
    result = CliRunner().invoke(app, ["evaluate", str(path), *switches])
    assert isinstance(result.exception, Refused)
    assert result.exception.exit_code == 2


def test_nothing_is_drawn_from_nothing() -> None:
    assert draw_stream([], [TopicContext("pets")], 3) == []
    assert draw_stream(["a"], [], 3) == []
    found = found_among(np.array([0.5]), np.zeros(0))
    assert found == {"prospects": 1, "stream": 0, "p_at_50": None, "ap": None}


def test_evaluate_draws_curves(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.jsonl", ROWS)
    arguments = [
        "evaluate",
        str(path),
        "--rules",
        "--head",
        "seeking",
        "--plot",
        str(tmp_path / "p"),
    ]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    for name in ("precision_recall.svg", "reliability.svg"):
        assert (tmp_path / "p" / name).read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("content", "word"),
    [("", "no rows"), ("not json\n", "line 1"), ("[1]\n", "line 1"), ('{"text": "a"}\n', "row 1")],
)
def test_a_bad_file_gets_one_clear_line(tmp_path: Path, content: str, word: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content)
    result = CliRunner().invoke(app, ["evaluate", str(path), "--rules"])
    assert isinstance(result.exception, Refused)
    assert word in str(result.exception)


def test_a_missing_file_and_an_unknown_head_are_refused(tmp_path: Path) -> None:
    for arguments in (["evaluate", str(tmp_path / "no")], ["evaluate", "x", "--head", "mood"]):
        assert isinstance(CliRunner().invoke(app, arguments).exception, Refused)


@pytest.mark.parametrize("command", ["train", "distil"])
def test_a_folder_that_cannot_be_is_refused_before_the_work(tmp_path: Path, command: str) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    for data in (tmp_path / "no", tmp_path):
        result = CliRunner().invoke(app, [command, str(data), "--out", str(taken)])
        assert isinstance(result.exception, Refused)
    assert "taken cannot be written" in str(result.exception)


def test_score_reads_lines_and_writes_lines() -> None:
    lines = '{"id": 7, "text": "Which vet?", "topic": "pets"}\n{"no": 1}\n{"text": ""}\n'
    result = CliRunner().invoke(app, ["score"], input=lines)
    assert result.exit_code == 3
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(rows) == 2
    assert rows[0]["id"] == 7
    assert {"prospect", "relevance", "intent", "intents", "reasons", "scorer"} <= set(rows[0])
