"""Why an engagement may not be stored: an opt-out, or a sensitive subject. Pure.

Source: NETWORKS section 2, requirements R2 and R4.
"""

from __future__ import annotations

import re
from typing import Final

from signals.collectors.contract import Engagement, Flag
from signals.policy.sensitive import find_sensitive

#: Flags with which an author or a post asks machines to keep away, or that name a machine.
OPT_OUTS: Final = frozenset(
    {Flag.NO_BOT, Flag.NO_INDEX, Flag.NO_UNAUTHENTICATED, Flag.PROTECTED, Flag.BOT}
)


#: Words in a profile with which people ask machines to keep away; Mastodon's, used elsewhere too.
_ASKED: Final = re.compile(r"#(nobots?|nobridge|noindex|noarchive)\b", re.IGNORECASE)


def find_author_refusal(flags: frozenset[Flag]) -> str | None:
    """Why nothing by an account with these flags may be stored; else ``None``."""
    opted_out = flags & OPT_OUTS
    if opted_out:
        return f"opt-out:{min(opted_out)}"
    return "sensitive:flagged" if Flag.SENSITIVE in flags else None


def find_refusal(engagement: Engagement) -> str | None:
    """Why this engagement may not be stored, an opt-out or a sensitive subject; else ``None``."""
    flagged = find_author_refusal(engagement.flags)
    if flagged is not None:
        return flagged
    about = engagement.author.description
    asked = _ASKED.search(about) if about else None
    if asked is not None:
        return f"opt-out:{asked.group(1).lower()}"
    if engagement.text:
        subject = find_sensitive(engagement.text)
        if subject is not None:
            return f"sensitive:{subject}"
    return None
