"""Subjects from which nothing may be derived, recognised in a text. Pure.

Sources: NETWORKS section 2, requirement R2; X Developer Agreement, section on user protection;
GDPR article 9. The lists err on the side of dropping: a dropped post costs one
prospect, a kept one costs somebody's privacy.
"""

from __future__ import annotations

import enum
import re
from functools import cache
from typing import Any, Final

from signals.text import fold, has_arabic


class Subject(enum.StrEnum):
    """Subjects from which nothing may be derived."""

    HEALTH = "health"
    NEGATIVE_FINANCE = "negative_finance"
    POLITICS = "politics"
    RELIGION = "religion"
    SEXUALITY = "sexuality"
    ETHNICITY = "ethnicity"
    CRIME = "crime"
    MINORS = "minors"


# Phrases that state such a circumstance of the author or somebody near; single words only where
# they hardly mean anything else.
_PHRASES: Final[dict[Subject, tuple[str, ...]]] = {
    Subject.HEALTH: (
        "diagnosed with", "my diagnosis", "chemo", "chemotherapy", "my cancer", "has cancer",
        "have cancer", "terminal illness", "terminally ill", "my depression", "am depressed",
        "antidepressants", "suicidal", "my anxiety disorder", "bipolar", "adhd diagnosis",
        "hiv positive", "miscarriage", "my pregnancy", "am pregnant", "ivf", "my disability",
        "am disabled", "disability benefits", "my addiction", "rehab clinic", "my dementia",
        "has dementia", "alzheimer's", "my diabetes", "am diabetic", "my surgery", "heart attack",
        "my therapist", "mental illness", "eating disorder",
        "شخصوني", "مصاب بالسرطان", "مصابة بالسرطان", "مرض السرطان", "العلاج الكيماوي",
        "اكتئاب", "مرضي المزمن", "اعاقتي", "انا حامل", "مرض نفسي", "السكري عندي",
    ),
    Subject.NEGATIVE_FINANCE: (
        "bankruptcy", "am bankrupt", "went bankrupt", "going bankrupt", "are bankrupt",
        "chapter 7", "chapter 13", "foreclosure", "foreclosed", "debt collector",
        "debt collectors", "debt collection", "in debt", "my debt", "my debts", "our debt",
        "drowning in debt", "debt consolidation", "payday loan", "payday loans", "repossessed",
        "evicted", "eviction notice", "missed payments", "cannot pay my", "can't pay my",
        "can't afford rent", "lost my job", "got laid off", "was laid off", "am unemployed",
        "unemployment benefits", "food stamps", "on welfare", "wage garnishment", "my bad credit",
        "bad credit score", "defaulted on",
        "افلاس", "افلست", "مديون", "ديوني", "الديون علي", "غارق في الديون", "حجز على راتبي",
        "فقدت وظيفتي", "عاطل عن العمل", "اعانة البطالة", "متعثر في السداد", "طردت من عملي",
    ),
    Subject.POLITICS: (
        "voted for", "my political", "republican party", "democratic party", "election fraud",
        "liberals", "conservatives are", "left wing", "right wing", "abortion", "trade union",
        "my union rep", "socialist party", "political prisoner",
        "حزب سياسي", "انتخبت", "المعارضة السياسية", "نقابة العمال",
    ),
    Subject.RELIGION: (
        "my church", "my mosque", "my synagogue", "as a christian", "as a muslim", "as a jew",
        "as a hindu", "atheist", "my faith", "converted to islam", "converted to christianity",
        "baptized", "my pastor", "my imam", "my rabbi",
        "كنيستي", "اسلمت حديثا", "اعتنقت", "مذهبي",
    ),
    Subject.SEXUALITY: (
        "am gay", "i'm gay", "as a gay", "lesbian", "bisexual", "transgender", "am trans",
        "i'm trans", "coming out to", "my sexuality", "queer", "sex life", "porn",
        "مثلي الجنس", "ميولي الجنسية",
    ),
    Subject.ETHNICITY: (
        "as a black man", "as a black woman", "as a white man", "as an asian", "as a latina",
        "as a latino", "my ethnicity", "my race", "undocumented immigrant", "illegal immigrant",
        "بسبب عرقي", "لون بشرتي",
    ),
    Subject.CRIME: (
        "got arrested", "was arrested", "my arrest", "my conviction", "convicted of", "felony",
        "on probation for", "on parole", "in prison", "went to jail", "in jail", "my dui",
        "domestic violence", "restraining order", "was raped", "sexual assault",
        "سجنت", "في السجن", "قضية جنائية", "حكم علي بالسجن", "اعتقلت",
    ),
    Subject.MINORS: (
        "i'm 12", "i'm 13", "i'm 14", "i'm 15", "i'm 16", "i'm 17", "i am 13", "i am 14",
        "i am 15", "i am 16", "i am 17", "im 13", "im 14", "im 15", "im 16", "im 17", "13f", "14f",
        "15f", "16f", "17f", "13m", "14m", "15m", "16m", "17m", "my middle school",
        "عمري 13", "عمري 14", "عمري 15", "عمري 16", "عمري 17",
    ),
}  # fmt: skip


# «I'm 15 years from retirement», «$15M»: a number that is nobody's age.
_NO_AGE_BEFORE: Final = frozenset("$€£¥~")
_NO_AGE_AFTER: Final = re.compile(
    r"[%.,]\d|%| ?percent\b| (?:years?|yrs?)(?! old)\b|"
    r" (?:months?|weeks?|days?|hours?|minutes?|mins?|miles?|km|k|grand|million)\b"
)


@cache
def _automaton() -> Any:
    import ahocorasick  # kept out of start-up

    automaton = ahocorasick.Automaton()
    for subject, phrases in _PHRASES.items():
        for phrase in phrases:
            folded = fold(phrase)
            automaton.add_word(folded, (folded, subject))
    automaton.make_automaton()
    return automaton


def find_sensitive(text: str) -> Subject | None:
    """The first sensitive subject the text states, ``None`` if none."""
    folded = fold(text)
    for last, (phrase, subject) in _automaton().iter(folded):
        start, end = last - len(phrase) + 1, last + 1
        if end < len(folded) and folded[end].isalnum():
            continue
        if start > 0 and folded[start - 1].isalnum() and not has_arabic(phrase):
            continue
        if subject is Subject.MINORS and _is_no_age(folded, start, end):
            continue
        found: Subject = subject
        return found
    return None


def _is_no_age(folded: str, start: int, end: int) -> bool:
    before = folded[start - 1] if start > 0 else " "
    return before in _NO_AGE_BEFORE or _NO_AGE_AFTER.match(folded, end) is not None
