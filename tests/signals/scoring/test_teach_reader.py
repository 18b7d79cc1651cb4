"""What a reader is taught: keyword hits of topics, and tuning that says what it lacks."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from config.errors import Refused
from signals.scoring.contract import TopicContext
from signals.scoring.reader import shapes_of, unpack_added
from signals.scoring.teach_reader import find_hits
from signals.scoring.tune_reader import Taught, tune

from .test_neural import folder as folder  # noqa: PLC0414 - the fixture, under its own name

DOGS = TopicContext("dog care", ("vet", "dog food"))


def test_hits_hold_a_whole_keyword() -> None:
    posts = {
        "a": "Which vet would you take an old dog to around here?",
        "b": "I am a veteran of many long and rainy campaigns.",
        "c": "One vet, two opinions.\nAnd one very tired cat at home.",
        "d": "vet?",
    }
    found = find_hits([("dog care", ("vet", "dog food")), ("cats", ("cat", "c#"))], posts)
    assert found[DOGS] == [posts["a"], posts["c"]]  # as listening finds them: another word is none
    assert found[TopicContext("cats", ("cat", "c#"))] == [posts["c"]]


def test_tuning_without_the_library_says_what_to_install(folder: Path) -> None:
    if importlib.util.find_spec("torch") is None:
        with pytest.raises(Refused, match="PyTorch"):
            tune(folder, "some", [], [], lambda _: None)
        return
    rows = [Taught(DOGS, text, float(row % 2)) for row, text in enumerate(["my dog", "nice"] * 8)]
    arrays = tune(folder, "some", rows, rows, lambda _: None)
    assert arrays["reader_encoder"].tobytes() == b"some"
    added = unpack_added(shapes_of(folder), arrays)
    assert any(abs(change).max() > 0 for change in added.values())
