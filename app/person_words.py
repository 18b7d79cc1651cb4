"""What pages say of a person besides ``app.clues``: fit as a whole, why listed, proof, mistakes."""

from __future__ import annotations

from typing import Final

#: Whether somebody is whom a topic is for, by the band of fit.
BANDS: Final = {
    "band.2": "They fit",
    "band.1": "Not known",
    "band.0": "They do not fit",
}
#: Why somebody stands on a list who is not simply the warmest, and the same at length.
SOURCES: Final = {
    "source.explore": "A try",
    "source.relationship": "Back to you",
    "source.next_step": "Due today",
    "source.cover": "For a colleague",
}
SOURCES_AT_LENGTH: Final = {
    "source_why.explore": (
        "Chosen by chance, because the scorer is unsure: what comes of it teaches it."
    ),
    "source_why.relationship": "They answered you, or engaged again since you reached out.",
    "source_why.next_step": "You set this date.",
    "source_why.cover": "They wait for a colleague who is away. Once back, the colleague goes on.",
}
#: What proves that two accounts are one person's.
PROOFS: Final = {
    "proof.profile_links": "each profile links to the other",
    "proof.rel_me": "a page of theirs names both",
    "proof.consent": "they said so",
}
#: What was found on the pages of two accounts, by its name in the record.
FOUND: Final = {
    "found.first": "The first profile",
    "found.second": "The second profile",
    "found.first_seen_at": "The first names the second, seen",
    "found.second_seen_at": "The second names the first, seen",
    "found.record": "Of the consent",
}
#: What a quota counts.
ACTIVITIES: Final = {
    "activity.engaged_contact": "Engaged contacts",
    "activity.outbound_call": "Calls",
    "activity.email": "E-mails",
    "activity.message": "Messages",
    "activity.meeting": "Meetings",
    "activity.proposal": "Proposals",
}
#: What is wrong with somebody who was taken for a prospect.
WRONG: Final = {
    "wrong.seller": "They sell",
    "wrong.person": "Not a person who could need it",
    "wrong.topic": "Not about the topic",
}

PERSON_WORDS: Final = BANDS | SOURCES | SOURCES_AT_LENGTH | PROOFS | FOUND | ACTIVITIES | WRONG
