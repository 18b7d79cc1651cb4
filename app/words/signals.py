"""Signals in words: where, what was done, and why it makes somebody warm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

from app.clues import CLUES, FITS, IDENTITIES, MISSING
from app.person_words import PERSON_WORDS
from app.words.texts import Texts
from signals.scoring.cues import CODES

#: Names of networks are their own in every language; one not listed is shown as it is stored.
NETWORKS: Final = {
    "reddit": "Reddit",
    "x": "X",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "hackernews": "Hacker News",
    "stackexchange": "Stack Exchange",
    "youtube": "YouTube",
    "rss": "RSS",
    "instagram": "Instagram",
    "facebook": "Facebook",
    "linkedin": "LinkedIn",
    "discourse": "Discourse",
    "lemmy": "Lemmy",
}
#: What somebody did, as a noun beside the network: "Reddit, comment".
KINDS: Final = {
    "post": "post",
    "comment": "comment",
    "quote": "quote",
    "like": "like",
    "repost": "repost",
    "follow": "follow",
    "click": "click",
}
#: Reasons that no cue of the scorer speaks for.
REASONS: Final = {
    "kind.post": "Posted on the topic",
    "kind.comment": "Commented on the topic",
    "kind.quote": "Quoted a post on the topic",
    "kind.like": "Liked a post on the topic",
    "kind.repost": "Reposted a post on the topic",
    "kind.follow": "Followed an account on the topic",
    "kind.click": "Clicked a link on the topic",
    "own.like": "Liked your post",
    "own.repost": "Reposted your post",
    "own.quote": "Quoted your post",
    "own.comment": "Replied below your post",
    "own.mention": "Mentions you",
    "rest": "Other signals",
}
_OTHER: Final = REASONS["rest"]


class SignalWords(Texts):
    """Signals and those behind them."""

    def reason_text(self, code: str) -> str:
        """Why somebody is warm, in words."""
        text = REASONS.get(code) or CODES.get(code) or CLUES.get(code) or _OTHER
        return self.gettext(text)

    def identity(self, code: str) -> str:
        """Who somebody is."""
        return self.gettext(IDENTITIES.get(code, IDENTITIES["unknown"]))

    def fit(self, code: str) -> str:
        """A part of somebody's fit."""
        return self.gettext(FITS[code]) if code in FITS else code

    def missing(self, code: str) -> str:
        """Why a warmth is not higher."""
        return self.gettext(MISSING[code]) if code in MISSING else code

    def of_person(self, code: str, **values: str) -> str:
        """What is said of a person (``app.person_words``); an unknown code says itself."""
        text = (
            self.gettext(PERSON_WORDS[code])
            if code in PERSON_WORDS
            else code.rsplit(".", maxsplit=1)[-1]
        )
        return text % values if values else text

    def network(self, code: str) -> str:
        """The network's name."""
        return NETWORKS.get(code, code)

    def networks(self, codes: Iterable[str]) -> str:
        """Bluesky, Hacker News and Lemmy."""
        return format_list([self.network(code) for code in codes], locale=self.language)

    def kind(self, code: str) -> str:
        """What somebody did, as a noun."""
        return self.gettext(KINDS[code]) if code in KINDS else code

    def language_name(self, code: str) -> str:
        """A language, named in this reader's."""
        return str(Locale(self.language).languages.get(code, code))

    def country(self, code: str) -> str:
        """A country, named in this reader's language."""
        return str(Locale(self.language).territories.get(code, code))

    def own_name(self, code: str) -> str:
        """A language, named in itself."""
        try:
            return (Locale(code).get_display_name() or code).split(" (")[0].title()
        except (ValueError, UnknownLocaleError):
            return code
