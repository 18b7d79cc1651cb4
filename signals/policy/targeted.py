"""People a topic would single out by their origin or their age, in English and Arabic. Pure.

A post may speak of "black homeowners"; a topic of these words looks for them. Nationalities and
places alone are none: "UK homeowners", "Nigerian mortgages".
"""

from __future__ import annotations

import re
from typing import Final

from signals.policy.subjects import Subject

_ORIGINS: Final = r"(?:black|white|brown|asian|arab|indigenous|african|minority|ethnic)"
_PEOPLE: Final = (
    r"(?:people|persons?|folks?|m[ea]n|wom[ea]n|famil(?:y|ies)|households?|communit(?:y|ies)"
    r"|diasporas?|parents?|mothers?|moms?|mums?|fathers?|dads?|couples?|students?|graduates?"
    r"|professionals?|entrepreneurs?|founders?|home ?owners?|home ?buyers?|buyers?|owners?"
    r"|investors?|borrowers?|renters?|tenants?|savers?|shoppers?|consumers?|customers?|clients?"
    r"|workers?|employees?|retirees?|pensioners?|millionaires?|americans?|britons?|brits?"
    r"|canadians?|australians?|minorit(?:y|ies))"
)
_ORIGIN: Final = re.compile(
    rf"\b(?:{_ORIGINS}(?:(?: first time)? {_PEOPLE}|[ -]owned)|diasporas?|ethnic minorit(?:y|ies)"
    r"|ethnic groups?|people of (?:african|asian|arab) (?:descent|origin))\b"
    r"|(?<!\w)(?:[وفبلك]?(?:ال)?جالي(?:ه|ات)|لل?جالي(?:ه|ات)|(?:ال)?سود البشره|(?:ال)?بيض البشره"
    r"|(?:ال)?سمر البشره|(?:ذوي|ذوو|اصحاب) البشره|(?:ال)?اقلي(?:ه|ات) (?:ال)?(?:عرقيه|اثنيه))(?!\w)"
)
_YOUNG: Final = re.compile(
    r"\b(?:teens?|teenagers?|teenaged?|tweens?|adolescents?|preteens?|underage|under[ -]1[0-8]s"
    r"|under[ -]eighteens?|high schoolers?|middle schoolers?|school ?children|school ?kids)\b"
    r"|(?<!\w)[وفبك]?(?:ال|لل?)?(?:مراهق(?:ين|ون|ات|ه)?|قاصر(?:ين|ون|ات)?"
    r"|اطفال القصر|ابناء القصر)(?!\w)"
)
# Those who then are looked for are the parents.
_PARENTS: Final = re.compile(
    r"\b(?:parents?|parenting|famil(?:y|ies)|mothers?|moms?|mums?|fathers?|dads?"
    r"|(?:my|your|our|their|his|her) (?:\w+ )?(?:teens?|teenagers?))\b"
    r"|(?<!\w)[وفبلك]?(?:ال|لل?)?(?:اباء|امهات|اهل|اهالي|عائل(?:ه|ات)|والدين|اسر|اسره)(?!\w)"
)


def find_targeted(folded: str) -> Subject | None:
    """The subject by which folded words of a topic name whom it looks for, ``None`` if none."""
    if _ORIGIN.search(folded):
        return Subject.ETHNICITY
    if _YOUNG.search(folded) and not _PARENTS.search(folded):
        return Subject.MINORS
    return None
