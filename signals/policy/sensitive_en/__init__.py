"""English words that speak of sensitive subjects, by how much context each needs.

``STATES``: phrases that state such a circumstance wherever they stand. ``CONCERNS``: words that
do so where a person stands in the same sentence. ``LABELS``: what somebody is, said with
"I'm a …", "as a …", "… here". ``ADJECTIVES``: labels that also describe things, so that a person
or nothing must follow. ``EXCEPTIONS``: longer phrases that hold such a word and speak of something
else. ``{my}`` stands for every possessive, ``*`` for any ending. American and British usage.
"""

from __future__ import annotations

from typing import Final

from signals.policy.sensitive_en import (
    built,
    crime,
    health,
    minors,
    money,
    origin,
    politics,
    religion,
    sexuality,
    union,
)
from signals.policy.sensitive_en.neighbours import EXCEPTIONS as _EXCEPTIONS
from signals.policy.sensitive_en.neighbours import (
    IMPERSONAL,
    JOINTS,
    RELATIVES,
    SELVES,
    THINGS,
    UNLIVING,
)
from signals.policy.subjects import Subject

__all__ = [
    "ADJECTIVES",
    "CONCERNS",
    "EXCEPTIONS",
    "IMPERSONAL",
    "JOINTS",
    "LABELS",
    "RELATIVES",
    "SELVES",
    "STATES",
    "THINGS",
    "UNLIVING",
]

EXCEPTIONS: Final = f"{_EXCEPTIONS} / {built.EXCEPTIONS}"
STATES: Final[dict[Subject, str]] = {
    Subject.HEALTH: f"{health.STATES} / {built.STATES_HEALTH}",
    Subject.NEGATIVE_FINANCE: f"{money.STATES} / {built.STATES_MONEY}",
    Subject.POLITICS: f"{politics.STATES} / {built.STATES_POLITICS}",
    Subject.RELIGION: religion.STATES,
    Subject.SEXUALITY: sexuality.STATES,
    Subject.ETHNICITY: origin.STATES,
    Subject.UNION: f"{union.STATES} / {built.STATES_UNION}",
    Subject.CRIME: crime.STATES,
    Subject.MINORS: minors.STATES,
}
CONCERNS: Final[dict[Subject, str]] = {
    Subject.HEALTH: health.CONCERNS,
    Subject.NEGATIVE_FINANCE: money.CONCERNS,
    Subject.POLITICS: politics.CONCERNS,
    Subject.RELIGION: religion.CONCERNS,
    Subject.SEXUALITY: f"{sexuality.CONCERNS} / {built.CONCERNS_SEXUALITY}",
    Subject.ETHNICITY: origin.CONCERNS,
    Subject.UNION: union.CONCERNS,
    Subject.CRIME: f"{crime.CONCERNS} / {built.CONCERNS_CRIME}",
}
LABELS: Final[dict[Subject, str]] = {
    Subject.HEALTH: health.LABELS,
    Subject.NEGATIVE_FINANCE: money.LABELS,
    Subject.POLITICS: politics.LABELS,
    Subject.RELIGION: religion.LABELS,
    Subject.SEXUALITY: sexuality.LABELS,
    Subject.ETHNICITY: origin.LABELS,
    Subject.UNION: union.LABELS,
    Subject.CRIME: crime.LABELS,
}
ADJECTIVES: Final[dict[Subject, str]] = {
    Subject.POLITICS: politics.ADJECTIVES,
    Subject.ETHNICITY: origin.ADJECTIVES,
}
