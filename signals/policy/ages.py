"""Ages and school years that say the writer is a minor, and numbers that are neither. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_WORDS: Final = (
    "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
)  # fmt: skip
_WORDS_AR: Final = (
    "عشر سنين", "احدعش", "حداشر", "اثنا عشر", "اتناشر", "ثلاثه عشر", "تلتاشر", "ثلطعش",
    "اربعه عشر", "اربعتاشر", "اربعطعش", "خمسه عشر", "خمستاشر", "خمسطعش", "سته عشر", "ستاشر",
    "سطعش", "سبعه عشر", "سبعتاشر", "سبعطعش", "ستطعش", "اطنعش", "اتنعش", "ثلاثطعش",
)  # fmt: skip
_NUMBERS: Final = tuple(str(n) for n in range(9, 18))


# {n}: the age in digits or words.
_SAID: Final = """
    i'm {n} / im {n} / i am {n} / i'm only {n} / im only {n} / i am only {n} / i'm just {n} /
    im just {n} / i turn {n} / i turned {n} / i just turned {n} / just turned {n} / i'll be {n} /
    i'm turning {n} / im turning {n} /
    i'm still {n} / i'm about to turn {n} / i'm almost {n} /
    im almost {n} / i'm nearly {n} / turning {n} / i just hit {n} /
    {n} year old here / {n} yo here /
    {n} y/o here / {n} years old here / {n} yr old here / i'm a {n} year old / im a {n} year old /
    i am a {n} year old / as a {n} year old / i'm a {n} yo / can a {n} year old /
    for a {n} year old like me / {n} yo / {n}yo / {n} y/o / age {n} / aged {n}
"""
# {s}: m or f.
_MARKED: Final = "({n}{s} / [{n}{s} / ({n} {s}) / ({s}{n} / [{s}{n} / {s}{n} / {n}{s}"
_SAID_AR: Final = """
    عمري {n} / انا عمري {n} / في عمري {n} / سني {n} / عمري الان {n} / عمري الحين {n} / عمري لسه {n}
    / عندي {n} سنه / عندي {n} سنين / عندي {n} عام / انا بنت {n} / انا ولد {n} / انا شاب {n} /
    انا بنت عمري {n} / انا ولد عمري {n} / انا شاب عمري {n}
"""
# {o}: the year in words or digits.
_YEARS: Final = """
    in {o} grade / {o} grader / before {o} grade / starting {o} grade / start {o} grade /
    into {o} grade
"""
_ORDINALS: Final = (
    "5th", "6th", "7th", "8th", "9th", "10th", "11th", "12th", "fifth", "sixth", "seventh",
    "eighth", "ninth", "tenth", "eleventh", "twelfth",
)  # fmt: skip
_SCHOOL: Final = """
    in grade {g} / grade {g} student / in year {g} at school / in year {g} and
"""
_SCHOOLS: Final = """
    freshman in high school / sophomore in high school / junior in high school /
    senior in high school / high school freshman / high school sophomore / high school junior /
    high school senior / freshman year of high school / sophomore year of high school /
    junior year of high school / senior year of high school / in middle school /
    finished middle school / middle schooler / in high school / high schooler /
    high school student / in secondary school / in year 9 / in year 10 / in year 11 /
    in junior high / sitting my gcses / my gcses / doing my gcses / homeschooled kid /
    مرحله المتوسطه / طالب ثانوي / طالبه ثانوي / طالب متوسط / طالبه متوسط / طالب اعدادي / طالب ثانويه
    / في الاعداديه / في الاعدادي / سنه باك / نقرا في الكوليج
"""
_ORDERS_AR: Final = (
    "اول", "اولي", "ثاني", "تاني", "ثانيه", "تانيه", "ثالث", "تالت", "ثالثه", "تالته", "رابع",
    "رابعه", "خامس", "خامسه", "سادس", "سادسه",
)  # fmt: skip
_CLASSES_AR: Final = ("سادس", "سابع", "ثامن", "تاسع", "عاشر", "حادي عشر", "ثاني عشر")


def _ages() -> Iterator[str]:
    for number in (*_NUMBERS, *_WORDS):
        yield from _fill(_SAID, n=number)
    for number in _NUMBERS:
        yield from _fill(_MARKED, n=number, s="m")
        yield from _fill(_MARKED, n=number, s="f")
    for number in (*_NUMBERS, *_WORDS_AR):
        yield from _fill(_SAID_AR, n=number)


def _grades() -> Iterator[str]:
    for ordinal in _ORDINALS:
        yield from _fill(_YEARS, o=ordinal)
    for grade in range(7, 13):
        yield from _fill(_SCHOOL, g=str(grade))
    yield from _fill(_SCHOOLS)
    for stage in ("متوسط", "اعدادي", "ابتدائي", "ثانوي"):
        yield from (f"{order} {stage}" for order in _ORDERS_AR)
    for order in _CLASSES_AR:
        yield from (f"صف {order}", f"الصف {order}")


def _fill(templates: str, **words: str) -> Iterator[str]:
    for template in " ".join(templates.split()).split(" / "):
        phrase = template
        for name, word in words.items():
            phrase = phrase.replace("{" + name + "}", word)
        yield phrase


AGES: Final = tuple(dict.fromkeys(_ages()))
GRADES: Final = tuple(dict.fromkeys(_grades()))

# «I'm 15 years from retirement», «$15M», «عندي 13 سنة خبرة»: a number that is nobody's age.
_NO_AGE_BEFORE: Final = frozenset("$€£¥~#.,")
_NO_AGE_AFTER: Final = re.compile(
    r"[%.,:/]\d|%|'|k\b|"
    r" (?:percent|or|of|out|points?|mins?|minutes?|miles?|km|k|grand|million|hours?|hrs?|days?|"
    r"weeks?|months?|inch(?:es)?|cm|kg|lbs?|pounds?|feet|ft|stone|gb|tb|th|pm|am|episodes?|chapters?|games?|levels?|"
    r"pages?|users?|reps?|sets?|people|followers|subscribers|payments|steps|shares|credits)\b|"
    r" (?:years?|yrs?)(?! old\b| of age\b)\b|"
    r" (?:خبره|علي|في مجال|في نفس|في هال|في شرك|في هذ|مع|موظف|شغل|عمل|في الشغل|في السوق|وانا)"
)
# What may follow "I'm 15"; anything else is what there are 15 of.
_AFTER_AGE: Final = frozenset(
    """
    and but so with year years yr yrs yo now here who looking i im i'm my from female male
    because or this next old trying living girl boy what which can how where is do should want
    wanting need needing saving in on at as m f the a to going currently almost still just
    turning not than then if when it tomorrow today soon also would could please any but y/o
    student kid years' working making last yesterday recently
    """.split()
)
_LETTERED: Final = re.compile(r"^(?:\d+[mf]|[mf]\d+)$")
_AFTER_LETTERED: Final = re.compile(
    r"\)|\]|,| (?:here|looking|need|needing|asking|from|and|in|seeking|trying|who|student|"
    r"wanting|with|wants)\b"
)
_CHILDREN: Final = frozenset(
    """
    son sons daughter daughters kid kids child children grandson granddaughter nephew niece
    brother sister sisters brothers teacher teach teaches teaching coach tutor tutoring
    grandkids grandchild stepson stepdaughter cousin son's daughter's kids' kid's principal
    ابني بنتي ولدي ابنتي بناتي اولادي عيالي لبنتي لولدي لابني اخوي اختي اخويا حفيدي معلم معلمه
    مدرس مدرسه استاذ استاذه طلاب ولادي ابنه
    """.split()
)
_SINCE: Final = frozenset(
    (
        "since",
        "when",
        "was",
        "from",
        "until",
        "at",
        "under",
        "over",
        "before",
        "version",
        "ios",
        "android",
        "iphone",
        "windows",
        "son",
        "daughter",
    )
)


def is_age(folded: str, start: int, end: int, before: Sequence[str]) -> bool:
    """Whether the number found is the writer's age now."""
    previous = folded[start - 1] if start > 0 else " "
    phrase = folded[start:end]
    if previous in _NO_AGE_BEFORE:
        return False
    if _LETTERED.match(phrase):
        alone = start == 0 or before[-1:] in (["i"], ["me"], ["am"], ["i'm"])
        return alone and _AFTER_LETTERED.match(folded, end) is not None
    if phrase.startswith(("(", "[")):
        return folded[end : end + 1] in {")", "]", "/", ",", " "}
    if _NO_AGE_AFTER.match(folded, end):
        return False
    if phrase.startswith("age"):
        return not before or before[-1] in {"i", "i'm", "me", "my", ",", "(", "am"}
    if phrase[-1].isdigit() and folded[end : end + 1] == " ":
        following = folded[end + 1 : end + 16].partition(" ")[0].strip(".,;:!?)")
        if following.isascii() and following.isalpha() and following not in _AFTER_AGE:
            return False
    if phrase[0].isdigit() or phrase.startswith(_WORDS):
        return not any(word in _CHILDREN or word in _SINCE for word in before[-5:])
    return True


def is_own_grade(before: Sequence[str]) -> bool:
    """Whether a school year is the writer's: no child and no teacher stands before it."""
    return not any(word in _CHILDREN or word == "my" for word in before[-12:])
