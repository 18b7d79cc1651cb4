"""``warmlist bench scorer``: the figures the card holds, and a clear word where data is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bench import run_bench
from app.bench.scorer import _from_card
from config.errors import Refused


def test_the_card_holds_what_training_found_on_topics_left_out() -> None:
    figures = {figure.name: figure for figure in _from_card()}
    assert {
        "scorer.prospect_ap",
        "scorer.prospect_p_at_50",
        "scorer.prospect_ece",
        "scorer.seller_auc",
        "scorer.p_at_50_at_2_percent",
    } <= set(figures)
    assert all(0 <= figure.value <= 1 for figure in figures.values())
    assert figures["scorer.p_at_50_at_2_percent"].met


def test_it_needs_the_folder_of_the_training_sets(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="training folder"):
        run_bench("scorer", None)
    file = tmp_path / "posts.jsonl"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(Refused):
        run_bench("scorer", str(file))
