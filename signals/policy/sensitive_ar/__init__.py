"""Arabic words that speak of sensitive subjects: standard, Gulf, Egyptian, Levantine, Maghrebi.

The same tables as in ``sensitive_en``. Verbs carry their person in Arabic, so that most entries of
``STATES`` are whole forms; a word may stand with و ف ب ل ك before it. Written for this project.
"""

from __future__ import annotations

from typing import Final

from signals.policy.sensitive_ar import (
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
from signals.policy.sensitive_ar.neighbours import EXCEPTIONS as _EXCEPTIONS
from signals.policy.sensitive_ar.neighbours import (
    FILLERS,
    IMPERSONAL,
    OPENERS,
    PERSONS,
    UNLIVING,
)
from signals.policy.subjects import Subject

__all__ = [
    "CONCERNS",
    "EXCEPTIONS",
    "FILLERS",
    "IMPERSONAL",
    "LABELS",
    "OPENERS",
    "PERSONS",
    "STATES",
    "UNLIVING",
]

EXCEPTIONS: Final = f"{_EXCEPTIONS} / {built.EXCEPTIONS}"
STATES: Final[dict[Subject, str]] = {
    Subject.HEALTH: f"{health.STATES} / {built.STATES_HEALTH}",
    Subject.NEGATIVE_FINANCE: f"{money.STATES} / {built.STATES_MONEY}",
    Subject.POLITICS: f"{politics.STATES} / {built.STATES_POLITICS}",
    Subject.RELIGION: religion.STATES,
    Subject.SEXUALITY: sexuality.STATES,
    Subject.ETHNICITY: f"{origin.STATES} / {built.STATES_ETHNICITY}",
    Subject.UNION: union.STATES,
    Subject.CRIME: crime.STATES,
    Subject.MINORS: minors.STATES,
}
CONCERNS: Final[dict[Subject, str]] = {
    Subject.HEALTH: health.CONCERNS,
    Subject.NEGATIVE_FINANCE: money.CONCERNS,
    Subject.POLITICS: politics.CONCERNS,
    Subject.RELIGION: religion.CONCERNS,
    Subject.UNION: union.CONCERNS,
    Subject.CRIME: crime.CONCERNS,
    Subject.ETHNICITY: origin.CONCERNS,
    Subject.SEXUALITY: sexuality.CONCERNS,
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
    Subject.MINORS: minors.LABELS,
}
