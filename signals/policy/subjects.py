"""The subjects from which nothing may be derived. Pure.

Source: NETWORKS section 2, requirement R2; X Developer Agreement, section on user protection; GDPR
articles 9 and 10.
"""

from __future__ import annotations

import enum
from typing import Final


class Subject(enum.StrEnum):
    """A subject from which nothing may be derived."""

    HEALTH = "health"
    NEGATIVE_FINANCE = "negative_finance"
    POLITICS = "politics"
    RELIGION = "religion"
    SEXUALITY = "sexuality"
    ETHNICITY = "ethnicity"
    UNION = "union"
    CRIME = "crime"
    MINORS = "minors"


#: What a person who made a topic reads.
SUBJECT_NAMES: Final = {
    Subject.HEALTH: "health",
    Subject.NEGATIVE_FINANCE: "being short of money",
    Subject.POLITICS: "political views",
    Subject.RELIGION: "religion",
    Subject.SEXUALITY: "sex life",
    Subject.ETHNICITY: "ethnic origin",
    Subject.UNION: "trade union membership",
    Subject.CRIME: "crime",
    Subject.MINORS: "minors",
}
