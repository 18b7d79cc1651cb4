"""The scorer that needs no training: cues, places and plain addition of log-odds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from signals.scoring.contract import (
    WARM_INTENTS,
    Intent,
    Reason,
    Score,
    ScorerInput,
    TopicContext,
)
from signals.scoring.cues import CUES, Reading, read
from signals.scoring.topic import Place, compile_topic, place, relevance

#: Kinds of engagement that have no words of their own; their text is the target's.
WORDLESS: Final[frozenset[str]] = frozenset({"like", "repost", "follow", "click"})

_INTENT_BASE: Final[Mapping[Intent, float]] = {
    Intent.SEEKING: -1.6,
    Intent.PAIN: -2.6,
    Intent.PURCHASE: -2.6,
    Intent.LIFE_EVENT: -3.2,
    Intent.SELLER: -3.0,
    Intent.GIVER: -2.6,
    Intent.NEWS: -0.8,
}
#: What a like alone says: a modest interest, hardly a need.
_WORDLESS_INTENTS: Final[Mapping[Intent, float]] = {
    Intent.SEEKING: 0.12,
    Intent.PAIN: 0.04,
    Intent.PURCHASE: 0.08,
    Intent.LIFE_EVENT: 0.02,
    Intent.SELLER: 0.03,
    Intent.GIVER: 0.03,
    Intent.NEWS: 0.30,
}
#: cue -> what it adds to the prospect logit and to the logits of the intents it speaks for.
_WEIGHTS: Final[Mapping[str, tuple[float, Mapping[Intent, float]]]] = {
    "asks_which": (0.9, {Intent.SEEKING: 1.5, Intent.PURCHASE: 0.5, Intent.NEWS: -0.7}),
    "asks_recommendation": (0.8, {Intent.SEEKING: 1.5, Intent.NEWS: -0.7}),
    "asks_advice": (0.8, {Intent.SEEKING: 1.2, Intent.NEWS: -0.6}),
    "looking_for": (0.6, {Intent.SEEKING: 0.9, Intent.PURCHASE: 0.7, Intent.NEWS: -0.5}),
    "complains": (0.2, {Intent.PAIN: 2.2}),
    "reports_problem": (0.3, {Intent.PAIN: 1.7}),
    "switching": (0.5, {Intent.PAIN: 1.5, Intent.PURCHASE: 0.5, Intent.SEEKING: 0.3}),
    "plans_to_buy": (0.6, {Intent.PURCHASE: 2.0, Intent.SEEKING: 0.4, Intent.NEWS: -0.4}),
    "names_budget": (0.4, {Intent.PURCHASE: 1.2}),
    "leaves_employer": (0.3, {Intent.LIFE_EVENT: 2.6}),
    "retires": (0.3, {Intent.LIFE_EVENT: 2.6}),
    "moves": (0.3, {Intent.LIFE_EVENT: 2.4}),
    "family_event": (0.2, {Intent.LIFE_EVENT: 2.4}),
    "speaks_of_self": (0.4, {Intent.SEEKING: 0.3, Intent.NEWS: -0.3}),
    "offers_service": (-0.9, {Intent.SELLER: 2.0, Intent.SEEKING: -0.5}),
    "gives_advice": (-0.4, {Intent.GIVER: 1.8, Intent.SEEKING: -0.3}),
    "reports_news": (-0.5, {Intent.NEWS: 0.9, Intent.SEEKING: -0.3}),
    "chats": (-0.5, {Intent.NEWS: 0.9, Intent.SEEKING: -0.3}),
    "settled": (-0.6, {Intent.SEEKING: -0.3}),
    "asks_everyone": (-0.7, {Intent.NEWS: 0.6}),
    "wants_free": (-0.5, {}),
}
_PROSPECT: Final = tuple(_WEIGHTS[cue][0] for cue in CUES)
_INTENTS: Final = tuple(tuple(_WEIGHTS[cue][1].items()) for cue in CUES)
_CUE_CODES: Final = tuple(f"cue.{cue}" for cue in CUES)
_INTERCEPT: Final = -2.9
_QUESTION: Final = 0.5
_NO_QUESTION: Final = -0.9
_LINK_ONLY: Final = -1.5
_TOPIC: Final[Mapping[str, float]] = {
    "topic.in_title": 1.1,
    "topic.in_asking": 1.0,
    "topic.near_asking": 0.3,
    "topic.in_passing": -0.7,
    "topic.other_word": -2.2,
    "topic.absent": -1.8,
}
_KIND: Final = -1.2
_DIMINISHING: Final = 0.35  # what each further hit of one cue adds, as a share of the first
_MAX_REPEATS: Final = 2


def logistic(logit: float) -> float:
    """Probability of a logit, without overflow."""
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-min(logit, 700.0)))
    power = math.exp(max(logit, -700.0))
    return power / (1.0 + power)


class RuleScorer:
    """Fulfils the ``Scorer`` contract from cues alone; takes over when no bundle can be loaded."""

    @property
    def version(self) -> str:
        """Name and version."""
        return "rules.v1"

    def score(self, inputs: Sequence[ScorerInput]) -> Sequence[Score]:
        """Scores of the same length and order as ``inputs``."""
        return [score_reading(read(item.text), item) for item in inputs]


def rule_reasons(
    reading: Reading, topic: TopicContext, found: Place, kind: str, *, located: bool = False
) -> list[Reason]:
    """The rules' contributions; with ``located`` each names the author's words and their place."""
    reasons = [Reason("intercept", _INTERCEPT)]
    if kind in WORDLESS:
        reasons.append(Reason("kind.interest", _KIND))
    else:
        for cue, hit in reading.first.items():
            points = _PROSPECT[cue] * _repeated(reading.counts[cue])
            words = reading.locate(hit.start, hit.end) if located else ("", -1, -1)
            reasons.append(Reason(_CUE_CODES[cue], points, *words))
        if reading.questions:
            reasons.append(Reason("cue.question", _QUESTION))
        else:
            reasons.append(Reason("cue.no_question", _NO_QUESTION))
        if not reading.words or reading.words[0].startswith("http"):
            reasons.append(Reason("cue.link_only", _LINK_ONLY))
    _, code = relevance(found, named=compile_topic(topic).named)
    if code:
        words = ("", -1, -1)
        if located and found.start >= 0:
            words = reading.locate(found.start, found.end)
        reasons.append(Reason(code, _TOPIC[code], *words))
    return reasons


def rule_intents(reading: Reading, kind: str) -> dict[Intent, float]:
    """Logit of every intent by the rules."""
    if kind in WORDLESS:
        return {intent: math.log(p / (1 - p)) for intent, p in _WORDLESS_INTENTS.items()}
    logits = dict(_INTENT_BASE)
    for cue, count in reading.counts.items():
        for intent, gain in _INTENTS[cue]:
            logits[intent] += gain * _repeated(count)
    if reading.questions:
        logits[Intent.SEEKING] += 1.0
        logits[Intent.NEWS] -= 0.5
    else:
        logits[Intent.SEEKING] -= 0.5
    return logits


def score_reading(reading: Reading, item: ScorerInput) -> Score:
    """The rules' judgement of a text that was read; never raises."""
    found = place(reading, item.topic)
    reasons = rule_reasons(reading, item.topic, found, item.kind, located=True)
    share, _ = relevance(found, named=compile_topic(item.topic).named)
    logit = math.fsum(reason.log_odds for reason in reasons)
    intents = {
        intent: logistic(value) for intent, value in rule_intents(reading, item.kind).items()
    }
    return Score(intents, share, logistic(logit), tuple(reasons))


def _repeated(count: int) -> float:
    return 1.0 + _DIMINISHING * min(count - 1, _MAX_REPEATS)


def warm_strength(score: Score) -> float:
    """The strongest of the intents that speak for a prospect, 0..1."""
    return max(score.intents.get(intent, 0.0) for intent in WARM_INTENTS)
