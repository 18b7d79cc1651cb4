"""Why an engagement may not be stored: an opt-out, or a sensitive subject. Pure.

Source: NETWORKS section 2, requirements R2 and R4.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from signals.collectors.contract import Engagement, Flag
from signals.policy.place_names import spread_place
from signals.policy.sensitive import find_sensitive, find_sensitive_topic
from signals.policy.subjects import Subject

#: Flags with which an author or a post asks machines to keep away, or that name a machine.
OPT_OUTS: Final = frozenset(
    {Flag.NO_BOT, Flag.NO_INDEX, Flag.NO_UNAUTHENTICATED, Flag.PROTECTED, Flag.BOT}
)

#: Those that are of a whole account wherever they are given.
_AUTHORS: Final = frozenset({Flag.NO_BOT, Flag.NO_UNAUTHENTICATED})

#: Words in a profile with which people ask machines to keep away; Mastodon's, used elsewhere too.
_ASKED: Final = re.compile(r"#(nobots?|nobridge|noindex|noarchive)\b", re.IGNORECASE)


def find_author_refusal(flags: frozenset[Flag]) -> str | None:
    """Why nothing by an account with these flags may be stored; else ``None``."""
    opted_out = flags & OPT_OUTS
    if opted_out:
        return f"opt-out:{min(opted_out)}"
    return "sensitive:flagged" if Flag.SENSITIVE in flags else None


def has_opted_out(engagement: Engagement) -> bool:
    """Whether the post or its author asks machines to keep away; nothing of it may be kept."""
    return bool(engagement.flags & OPT_OUTS) or _asked_in(engagement) is not None


def is_author_out(engagement: Engagement) -> bool:
    """Whether the author asks it for all they do; other flags may be of the one post alone."""
    return bool(engagement.flags & _AUTHORS) or _asked_in(engagement) is not None


def _asked_in(engagement: Engagement) -> str | None:
    about = engagement.author.description
    asked = _ASKED.search(about) if about else None
    return None if asked is None else asked.group(1).lower()


def find_refusal(engagement: Engagement) -> str | None:
    """Why this engagement may not be stored, an opt-out or a sensitive subject; else ``None``.

    The community it stands in tells of its author what the words may not.
    """
    flagged = find_author_refusal(engagement.flags)
    if flagged is not None:
        return flagged
    asked = _asked_in(engagement)
    if asked is not None:
        return f"opt-out:{asked}"
    if engagement.text:
        subject = find_sensitive(engagement.text)
        if subject is not None:
            return f"sensitive:{subject}"
    place = _subject_of_place(engagement.community) if engagement.community else None
    return None if place is None else f"sensitive:{place}"


@lru_cache(maxsize=4096)
def _subject_of_place(community: str) -> Subject | None:
    return find_sensitive_topic(spread_place(community))
