"""What every scorer promises. No SQL, no I/O, no clock."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Intent(enum.StrEnum):
    """Classes a signal carries side by side, each with its own calibrated probability."""

    SEEKING = "seeking"  # asks for advice, a recommendation, a comparison, a decision
    PAIN = "pain"  # a complaint, or wanting to switch
    PURCHASE = "purchase"  # plans to buy, hire or sign up
    LIFE_EVENT = "life_event"  # retiring, moving, a birth, a new job
    SELLER = "seller"  # offers or promotes
    GIVER = "giver"  # gives advice to others
    NEWS = "news"  # news, chatter, jokes


#: The intents that speak for a prospect; the others speak against one.
WARM_INTENTS: frozenset[Intent] = frozenset(
    {Intent.SEEKING, Intent.PAIN, Intent.PURCHASE, Intent.LIFE_EVENT}
)


@dataclass(frozen=True, slots=True)
class TopicContext:
    """What a scorer may know of a topic: its name, keywords (as typed) and description."""

    name: str
    keywords: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class ScorerInput:
    """One text with its circumstances.

    ``text`` is as the network gave it; a title stands on the first line, before a line break.
    ``kind`` is the engagement kind ("post", "comment", "like", ...); for kinds without words of
    their own (like, repost, follow, click) ``text`` is the text of the target. ``own`` says how it
    engages with the team itself, if it does: mention, or its kind. A scorer need not look at it.
    """

    text: str
    language: str | None
    kind: str
    topic: TopicContext
    own: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that moved the score.

    ``code`` is stable and translatable (``cue.asks_which``), ``phrase`` the author's own words
    (may be empty), ``start``/``end`` their place in the text (``-1`` when nowhere in particular),
    ``log_odds`` the contribution to the prospect logit. The contributions of a score, its
    intercept included, add up to the logit.
    """

    code: str
    log_odds: float
    phrase: str = ""
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Score:
    """The judgement of one scorer version on one text for one topic.

    ``intents``: probability per class, 0..1, not summing to one. ``relevance``: 0..1, whether the
    topic is the object of the need. ``prospect``: 0..1, the probability that the author has a
    live, personal need that a rep in this topic could help with; it drives warmth.
    """

    intents: Mapping[Intent, float]
    relevance: float
    prospect: float
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def strongest(self) -> tuple[Intent, float]:
        """The intent shown to people: the most probable, ties by declaration order."""
        best = max(Intent, key=lambda intent: self.intents.get(intent, 0.0))
        return best, self.intents.get(best, 0.0)


class Scorer(Protocol):
    """Deterministic, batch in and out, calibrated; never raises for odd text."""

    @property
    def version(self) -> str:
        """Name and version, for example ``rules.v1``."""
        ...

    def score(self, inputs: Sequence[ScorerInput]) -> Sequence[Score]:
        """Scores of the same length and order as ``inputs``."""
        ...
