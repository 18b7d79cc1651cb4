from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.sensitive import read_sentences, recognise
from signals.policy import Subject, find_sensitive, find_sensitive_topic


def test_the_test_set_covers_every_subject_in_both_languages() -> None:
    sentences = read_sentences()
    assert len({sentence.text for sentence in sentences}) == len(sentences)
    subjects = Counter((s.subject, s.language) for s in sentences if s.subject)
    assert {subject for subject, _ in subjects} == {subject.value for subject in Subject}
    assert all(
        subjects[subject.value, language] >= 8 for subject in Subject for language in ("en", "ar")
    )
    for half in ("development", "held_out"):
        kinds = Counter(s.subject is not None for s in sentences if s.half == half)
        assert min(kinds.values()) >= 100


@pytest.mark.parametrize("half", ["development", "held_out"])
def test_subjects_are_recognised_and_near_misses_kept(half: str) -> None:
    """The target: held out is what no rule was made or changed by."""
    counts = recognise(half)
    assert counts.recall >= 0.95
    assert counts.precision >= 0.93


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("I am not in debt, where do I invest?", None),
        ("I am in debt, where do I start?", Subject.NEGATIVE_FINANCE),
        ("I've never been arrested, do I need that form?", None),
        ("I was arrested once, do I need that form?", Subject.CRIME),
        ("الحمد لله ما علي ديون", None),
        ("صار علي ديون", Subject.NEGATIVE_FINANCE),
        ("Is the cancer research fund any good?", None),
        ("My cancer is back, is the fund any good?", Subject.HEALTH),
        ("Muslim-friendly holidays: is there a market?", None),
        ("As a Muslim I wonder if there is a market", Subject.RELIGION),
        ("I'm getting a black sofa", None),
        ("I'm black, which lender is fair?", Subject.ETHNICITY),
        ("The market had a stroke today", None),
        ("My father had a stroke today", Subject.HEALTH),
        ("My savings plan is diabetic", None),
        ("My youngest is diabetic", Subject.HEALTH),
        ("The retailer went bankrupt, is the fund safe?", None),
        ("The bank repossessed my van", Subject.NEGATIVE_FINANCE),
        ("I rejoined the Lib Dems in spring", Subject.POLITICS),
        ("Labour costs rose, is the index safe?", None),
        ("Ten years inside the industry taught me to save", None),
        ("He spent ten years inside and has no savings", Subject.CRIME),
        ("ما عندي أي ديون", None),
        ("ديون حكومية أم سندات شركات؟", None),
        ("البورصة جاتها جلطة", None),
        ("حجزوا على حسابي بالبنك", Subject.NEGATIVE_FINANCE),
        ("لا أستطيع سداد القرض", Subject.NEGATIVE_FINANCE),
        ("لم أعد أستطيع دفع الأقساط", Subject.NEGATIVE_FINANCE),
        ("ما راح أقدر أسدد القرض", Subject.NEGATIVE_FINANCE),
        ("زوجي لا يستطيع سداد القرض", Subject.NEGATIVE_FINANCE),
        ("هل أستطيع سداد القرض مبكرًا؟", None),
        ("لا أستطيع سداد القرض مبكرًا لأن البنك يأخذ رسوما", None),
        ("لا أستطيع دفع الرسوم بالتطبيق", None),
        ("I can't repay my loan", Subject.NEGATIVE_FINANCE),
        ("we can no longer afford our mortgage", Subject.NEGATIVE_FINANCE),
        ("I can't pay off my mortgage early without a fee", None),
        ("my wife and I are expecting in May", Subject.HEALTH),
        ("we're expecting our first, which plan?", Subject.HEALTH),
        ("We have a baby on the way", Subject.HEALTH),
        ("ننتظر مولودنا الأول", Subject.HEALTH),
        ("what are you expecting in May?", None),
        ("we're expecting rates to fall", None),
        ("We are expecting in May a rate cut", None),
        ("I'm expecting a refund in May", None),
        ("ننتظر قرار البنك", None),
        ("my daughter is in 8th grade", None),
        ("I'm in 8th grade", Subject.MINORS),
    ],
)
def test_who_is_concerned_denial_and_compounds_decide(text: str, subject: Subject | None) -> None:
    assert find_sensitive(text) is subject


@pytest.mark.parametrize(
    "text",
    [
        "retirement planning", "mortgage", "first time home buyers", "debt funds", "credit union",
        "disability insurance", "student loans", "social security", "race bikes", "party supplies",
        "kids bank account", "التخطيط للتقاعد", "قرض عقاري", "تأمين صحي",
        "Helps people plan their retirement and choose a pension.", "UK homeowners",
        "Nigerian mortgages", "Asian equities", "Black Friday shoppers", "white label banking",
        "parents of teenagers", "Savings for your teen", "تمويل المغتربين", "قصر في الريف",
    ],
)  # fmt: skip
def test_ordinary_topics_are_welcome(text: str) -> None:
    assert find_sensitive_topic(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "bankruptcy help", "debt relief", "addiction treatment", "cancer patients", "gay dating",
        "muslim matrimony", "union members", "expungement", "payday loans", "سداد الديون",
        "علاج الإدمان", "People who lost their job and need money",
        "Nigerian diaspora mortgages", "Black homeowners", "Asian-owned businesses",
        "black first time buyers", "teen investing", "under-18s saving", "قروض الجالية النيجيرية",
        "استثمار المراهقين", "ادخار القاصرين",
    ],
)  # fmt: skip
def test_topics_that_single_people_out_are_named(text: str) -> None:
    assert find_sensitive_topic(text) is not None


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert find_sensitive(text) in {None, *Subject}
    find_sensitive_topic(text)
