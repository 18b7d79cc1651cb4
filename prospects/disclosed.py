"""Words of the page that tells somebody what is held about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: What a table holds, in words for the person concerned; one that is missing goes by its name.
TITLES: Final[Mapping[str, str]] = {
    "persons": "You, as one person",
    "accounts": "Your accounts",
    "signals": "What you posted or did that matched one of our topics",
    "matches": "The words that matched",
    "scores": "How likely a need was judged, and why",
    "evidence": "What counted towards your place on our lists",
    "prospects": "Topics you were ranked for",
    "account_identities": "Who we took an account to be",
    "account_links": "Accounts said to be yours together",
    "assignments": "When you were given to one of our people",
    "touches": "When one of our people contacted you, or tried",
    "labels": "What was judged of your posts",
    "fingerprints": "Marks by which copies of a text are found",
    "post_words": "Words of a post by which it is found again",
    "visits": "When we looked whether a post still exists",
    "touch_flags": "Contacts that were looked at again",
    "touch_verdicts": "What was decided of them",
    "reassignments": "When you were handed to somebody else",
    "audit_draws": "Contacts drawn by chance for a check",
    "notices": "Notices we gave you",
    "links": "Links made for you",
    "clicks": "When such a link was followed",
    "archive": "Posts kept for a few days that matched nothing",
    "quarantine": "Items that could not be read, kept for a few days",
    "known_parties": "Lists of competitors and own staff you stand on",
}
#: What stands above and around them.
SENTENCES: Final[Mapping[str, str]] = {
    "title": "What we hold about %(names)s",
    "nobody": "somebody unknown",
    "held": "Held by %(controller)s.",
    "operator": "the operator of this installation",
    "made": "Made on %(at)s.",
    "silent": "You are not shown or contacted since %(at)s.",
}
