"""What was written down in English while collecting, learning and sending, for any reader.

Rows keep the sentence as it was said, with its names and numbers in it, whichever version wrote it.
A reader of another language is told the same: the sentence is known again by its words, and what
stood in its places goes into the translation. A network's own words stay as the network gave them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import zip_longest
from typing import Final

#: Why a collection stopped, waits or has a gap. Places named ``n`` hold a number, ``why`` may hold
#: another of these sentences.
COLLECTING: Final = (
    # who must do what
    "An administrator must act: %(why)s",
    "An administrator must renew the credentials: %(why)s.",
    "An administrator must top up the balance or plan: %(why)s.",
    "An administrator must correct or remove the source: %(why)s.",
    "An administrator must check access to this source: %(why)s.",
    "An administrator must correct the source's query: %(why)s.",
    "An administrator must correct the source's address: %(why)s.",
    "An administrator must correct the source's address (%(host)s): %(why)s.",
    "An administrator must correct the address of %(name)s (%(host)s): %(why)s.",
    "An administrator must correct the address of %(name)s: credentials need https.",
    "An administrator must correct the topic's query for X (%(said)s).",
    "An administrator must correct the source: X has no account @%(name)s.",
    "An administrator must correct the source: Reddit has no such community.",
    "An administrator must correct the source of Stack Exchange (%(said)s).",
    "An administrator must correct the Lemmy source: %(name)s answered %(said)s.",
    "An administrator must correct the YouTube source (%(said)s).",
    "An administrator must check the YouTube source (%(said)s).",
    "An administrator must reset the YouTube collection.",
    "An administrator must renew the key of %(name)s (%(said)s).",
    "An administrator must reset the %(name)s collection: its stored cursor is unreadable.",
    "An administrator must reset the Bluesky collection: its stored cursor is not a time.",
    "An administrator must set the option %(name)s to a number.",
    "An administrator must set the option authors to matched or all.",
    (
        "An administrator must correct the source's option first_hours: %(said)s is no number"
        " of hours."
    ),
    "An administrator must set %(name)s for %(host)s.",
    "An administrator must set %(name)s for %(host)s: it shows tags to members only.",
    "An administrator must renew %(name)s: %(host)s does not accept it (%(said)s).",
    (
        "An administrator must create an access token with read:statuses at %(host)s and set "
        "%(name)s: it shows tags to members only (%(said)s)."
    ),
    "An administrator must name the feed's address as the source's scope.",
    "A manager must choose another server than %(host)s: it has switched its tag timelines off.",
    (
        "A manager must choose another server than %(host)s for this tag, or an "
        "administrator must make it a source of its own with a token: it shows tags to "
        "members only (%(said)s)."
    ),
    (
        "A manager must name a tag for Mastodon: as the source's scope, as a community of "
        "the topic, or as a keyword."
    ),
    "A manager must ask Reddit for approval and give its reference as approval_ref: %(host)s",
    "A manager must give %(topic)s a community or a keyword for Reddit.",
    "A manager must give %(topic)s a keyword: X is searched by keywords.",
    "A manager must give %(topic)s a keyword or a channel on YouTube.",
    (
        "A manager must name a Stack Exchange site among the topic's communities, such as "
        "money.stackexchange.com."
    ),
    "A manager must correct x:@%(name)s in topic %(topic)s: X has no account of that name.",
    "A manager must choose another video: comments are off.",
    (
        "Source %(network)s has no lawful basis. State one with --lawful-basis, for example "
        "'legitimate interests, assessed 2026-11'."
    ),
    (
        "Source %(network)s has no approval: %(terms)s must approve the use first. Ask at "
        "%(approval_from)s and give the reference with --approval-ref."
    ),
    "Switched off on this page.",
    "Paused by a person. Go on: warmlist source resume %(name)s",
    # what is wrong with an address
    "it must begin with https:// or http:// and name a host",
    "a user name or password must not stand in it",
    "port %(n)s is not one of %(said)s",
    "it is not an address",
    "it must name a host",
    "it is not on the public internet",
    "its name leads to an address that is not on the public internet",
    "it cannot be read",
    "the server sends us round in circles",
    "it redirects to %(host)s",
    "credentials are only sent over https",
    "it is not a ws:// or wss:// address",
    "none is set",
    "the server refused the subscription with %(said)s",
    # what goes away by itself
    "%(name)s answered %(n)s",
    "%(name)s answered %(n)s (%(said)s)",
    "%(name)s answered %(n)s with nothing",
    "%(name)s answered %(n)s with a web page instead of JSON",
    "%(name)s answered %(n)s with broken JSON",
    "%(name)s answered with more than %(n)s bytes",
    "%(name)s answered with something that is no feed",
    "%(name)s answered something that is no page",
    "%(name)s answered something that is no list",
    "%(name)s answered with something that has no name",
    "%(name)s answered %(n)s without saying what is not there",
    "%(name)s answered something that is no JSON",
    "%(name)s answered in a coding nobody asked for",
    "%(name)s broke off in the middle of its answer",
    "%(name)s took too long to answer",
    "%(name)s cannot be reached",
    "%(name)s cannot be reached: %(why)s",
    "%(name)s cannot answer now (%(said)s)",
    "the answer is too large",
    "the answer took too long",
    "rate limited",
    "unavailable",
    "unexpected %(said)s",
    "Bluesky's AppView answered without profiles",
    "Bluesky's stream is not up: %(name)s answered %(n)s",
    "Bluesky's stream cannot be reached: %(said)s",
    "Bluesky's stream broke off: %(said)s",
    "Bluesky's stream broke off %(n)s times: %(said)s",
    "Bluesky's stream refuses to begin without a cursor",
    "%(name)s asked us to slow down",
    "%(name)s asked us to wait",
    "%(name)s: slow down",
    "Reddit's limit for these minutes is used up",
    "%(name)s's quota is used up",
    "today's part of %(name)s's quota is used up",
    "today's budget is spent",
    "today's budget has %(n)s US dollars left, too little",
    "today's budget has %(n)s requests left, too little",
    "today's budget has %(n)s items left, too little",
    # what was missed
    "as many pages as one run may read",
    "as long as one run may take",
    "the network gave the same place to go on twice",
    "the network gave page after page without anything on it",
    "today's budget for X does not reach further back",
    "X's recent search looks back seven days only",
    "Reddit lists the newest 1,000 items only: listen more often or more narrowly",
    "Bluesky's stream no longer has what came after the last run",
    "Bluesky's stream replays 36 hours; we were away for longer",
    "an event too large to receive was jumped over",
    "the feed holds more than %(n)s entries: the rest is left",
    "%(n)s stretches of post ids in a row were empty",
    (
        "the words of the oldest %(n)s posts went: to ask for them every day would cost too "
        "much of the budget"
    ),
    (
        "the oldest %(n)s posts went and count no more: to ask for them every day would cost "
        "too much of the budget"
    ),
)
#: What a topic's learning came to.
LEARNING: Final = (
    "%(n)s judged texts so far; learning begins at %(n2)s.",
    "Nearly all judgements say prospect; %(n)s of either kind are needed.",
    "Nearly all judgements say no prospect; %(n)s of either kind are needed.",
    "The %(n)s judged texts follow neither the scores nor the words; nothing changes.",
    "Nothing was clearly better than the shipped scorer on %(n)s judged texts.",
    "Probabilities corrected after %(n)s judged texts; the order stays.",
    "Intents and relevance weighed anew after %(n)s judged texts.",
    "This topic's own words learned from %(n)s judged texts.",
    "Nothing was judged since number %(n)s.",
    "%(n)s judged since number %(n2)s; %(n3)s are needed to compare.",
    "Not clearly better than number %(n)s on %(n2)s judged since.",
    "Number %(n)s again.",
    "The shipped scorer alone again.",
)
#: Why a mail was not sent.
SENDING: Final = (
    "The mail server refused it: %(said)s",
    "The mail server could not be used: %(said)s",
)
STORED: Final = (*COLLECTING, *LEARNING, *SENDING)

_PLACE: Final = re.compile(r"%\((\w+)\)s")
_NUMBER: Final = re.compile(r"n\d?")
_HELD: Final = r"[\d,.]+"


def recognise(text: str) -> tuple[str, Mapping[str, str]] | None:
    """The sentence of ``STORED`` that was written down as ``text``, and what stood in its places.

    Of several that could have been it is the one with the most words of its own.
    """
    for sentence, pattern in _patterns():
        if found := pattern.fullmatch(text):
            return sentence, found.groupdict()
    return None


def is_number(place: str) -> bool:
    """Whether a place of these sentences holds a number."""
    return _NUMBER.fullmatch(place) is not None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    longest_first = sorted(STORED, key=lambda one: -len(_PLACE.sub("", one)))
    return tuple((one, re.compile(_pattern(one), re.DOTALL)) for one in longest_first)


def _pattern(sentence: str) -> str:
    parts = _PLACE.split(sentence)  # words and names of places take turns
    words, places = map(re.escape, parts[::2]), parts[1::2]
    held = [f"(?P<{one}>{_HELD if is_number(one) else '.+?'})" for one in places]
    return "".join(word + place for word, place in zip_longest(words, held, fillvalue=""))
