"""Posts follow what was said of posts like them: towards it, within bounds, only where alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from signals.scoring.contract import ScorerInput, TopicContext
from signals.scoring.load import load_scorer
from signals.scoring.rules import RuleScorer
from signals.scoring.similar import MOST, Placing, SimilarScorer

BIKES = TopicContext("bicycles", ("bike",))
OTHER = TopicContext("cars", ("car",))


class Placed(RuleScorer):
    """Texts stand at the angle, in degrees, of their last word."""

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        angles = np.radians([float(text.split()[-1]) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def item(angle: float, topic: TopicContext = BIKES) -> ScorerInput:
    return ScorerInput(f"which bike should i buy {angle}", "en", "post", topic)


@given(
    judged=st.lists(st.tuples(st.floats(0, 360), st.integers(0, 1)), min_size=1, max_size=12),
    angle=st.floats(0, 360),
)
def test_a_move_is_bounded_and_a_reason(judged: list[tuple[float, int]], angle: float) -> None:
    scorer = SimilarScorer(
        Placed(), Placed(), {"bicycles": [(item(at), value) for at, value in judged]}
    )
    plain, found = Placed().score([item(angle)])[0], scorer.score([item(angle)])[0]
    moves = [reason.log_odds for reason in found.reasons if reason.code == "stack.similar"]
    assert len(moves) <= 1
    assert all(abs(move) <= MOST for move in moves)
    values = {value for _, value in judged}
    if moves and len(values) == 1:
        assert (moves[0] > 0) == bool(values.pop())
    logit = math.fsum(reason.log_odds for reason in found.reasons)
    assert found.prospect == pytest.approx(1 / (1 + math.exp(-logit)))
    if not moves:
        assert found == plain


def test_other_topics_and_far_posts_stay() -> None:
    scorer = SimilarScorer(Placed(), Placed(), {"bicycles": [(item(0), 0)]})
    near, far, elsewhere = scorer.score([item(5), item(120), item(0, OTHER)])
    assert near.prospect < Placed().score([item(5)])[0].prospect
    assert far == Placed().score([item(120)])[0]
    assert elsewhere == Placed().score([item(0, OTHER)])[0]
    assert scorer.version != SimilarScorer(Placed(), Placed(), {"bicycles": [(item(0), 1)]}).version
    assert SimilarScorer(Placed(), Placed(), {"bicycles": []}).version == Placed().version


def test_the_bundle_places_english_and_arabic() -> None:
    scorer = load_scorer()
    assert isinstance(scorer, Placing)
    texts = [
        "which road bike should i buy for commuting",
        "need a road bike for my commute, which one",
        "my landlord keeps the deposit",
        "أبحث عن مستشار للتقاعد في عمان",
        "محتاج مستشار تقاعد شاطر في عمان",
        "",
    ]
    cosines = scorer.vectors(texts) @ scorer.vectors(texts).T
    assert cosines[0, 1] > 0.6 > cosines[0, 2]
    assert cosines[3, 4] > 0.3 > abs(cosines[0, 3])
    assert not cosines[5].any()
    assert scorer.vectors([]).shape[0] == 0
