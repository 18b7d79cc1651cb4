"""Engagement with the team itself: it is about the topic whatever words it holds. Pure.

A like of the team's own post has no words, and those of the post are the team's: they say nothing
of who liked it. What its author probably wants is then a setting. Words of their own are scored as
all words are; only whether they are about the topic is known already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from signals.scoring.contract import Intent, Reason, Score, Scorer, ScorerInput
from signals.scoring.rules import WORDLESS, logistic, warm_strength
from signals.scoring.topic_stack import prior_logit

_EDGE = 1e-6  # a probability nearer to 0 or 1 counts as this near


def judge(scorer: Scorer, inputs: Sequence[ScorerInput], *, interest: float) -> list[Score]:
    """Scores of the same length and order as ``inputs``.

    ``interest`` (0..1) is the probability of a live need behind a wordless engagement with the
    team's own post.
    """
    return [
        judge_own(score, item, interest) if item.own else score
        for item, score in zip(inputs, scorer.score(inputs), strict=True)
    ]


def judge_own(score: Score, item: ScorerInput, interest: float) -> Score:
    """The score of an engagement with the team; one more reason makes up the difference."""
    if item.kind in WORDLESS:
        prospect = interest
    else:
        sells = score.intents.get(Intent.SELLER, 0.0)
        prospect = max(score.prospect, warm_strength(score) * (1.0 - sells))
    within = min(max(prospect, _EDGE), 1 - _EDGE)
    added = math.log(within / (1 - within)) - prior_logit(score)
    base = score.reasons or (Reason("stack.prior", prior_logit(score)),)
    reasons = (*base, Reason(f"own.{item.own}", added))
    logit = math.fsum(reason.log_odds for reason in reasons)
    return Score(score.intents, 1.0, logistic(logit), reasons)
