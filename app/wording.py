"""What the program says to people: texts, plural forms, numbers, dates and names, per language.

The words themselves stand by noun in ``app.words``.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.clues import CLUES, FITS, IDENTITIES, MISSING
from app.person_words import PERSON_WORDS
from app.words import contacts, quotas, signals, users
from app.words.contacts import ContactWords
from app.words.days import DayWords
from app.words.letters import LetterWords
from app.words.quotas import QuotaWords
from app.words.stored import STORED
from app.words.texts import LANGUAGES as LANGUAGES  # noqa: PLC0414 - kept where others find it
from app.words.texts import Language as Language  # noqa: PLC0414 - kept where others find it
from app.words.users import UserWords
from prospects.disclosed import SENTENCES, TITLES
from signals.scoring.cues import CODES


class Wording(ContactWords, DayWords, LetterWords, QuotaWords, UserWords):
    """Everything that is said, in one reader's language."""


def table_messages() -> Iterable[str]:
    """The texts that stand in tables instead of calls; catalogues must hold these too."""
    for table in (
        contacts.CHANNELS,
        contacts.RECORDED,
        contacts.DISPOSITIONS,
        signals.KINDS,
        signals.REASONS,
        users.SCOPES,
        users.ROLES,
        users.ACTORS,
        users.PRIVACY_ACTIONS,
        users.CONTACT_KINDS,
        users.KEY_ACTIONS,
        users.LIFTS,
        quotas.STEPS,
        quotas.ACTIVITIES,
        quotas.PERIODS,
        quotas.EACH,
        quotas.TEMPLATES,
        quotas.RULES,
        CODES,
        IDENTITIES,
        CLUES,
        FITS,
        MISSING,
        PERSON_WORDS,
        TITLES,
        SENTENCES,
    ):
        yield from table.values()
    yield from STORED
