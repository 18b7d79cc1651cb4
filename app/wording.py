"""What the program says to people: texts, plural forms, numbers, dates and names, per language.

English stands in the code; the other languages stand in ``locale/<language>``. Catalogues are
compiled in memory from their sources, so that no built file can be older than its text.
"""

from __future__ import annotations

import gettext as gettext_module
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.clues import CLUES, FITS, IDENTITIES, MISSING
from app.person_words import PERSON_WORDS
from signals.scoring.cues import CODES

Language = Literal["en", "ar"]
LANGUAGES: Final[dict[Language, str]] = {"en": "English", "ar": "العربية"}

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
CHANNELS: Final = {
    "call": "Call",
    "email": "E-mail",
    "message": "Message",
    "meeting": "Meeting",
}
RECORDED: Final = {
    "call": "Call to %(who)s recorded.",
    "email": "E-mail to %(who)s recorded.",
    "message": "Message to %(who)s recorded.",
    "meeting": "Meeting with %(who)s recorded.",
}
DISPOSITIONS: Final = {
    "contacted": "Contacted",
    "replied": "Replied",
    "meeting": "Meeting agreed",
    "proposal": "Proposal",
    "won": "Won",
    "no_answer": "No answer",
    "not_interested": "Not interested",
    "not_relevant": "Not relevant",
    "wrong_person": "Wrong person",
    "do_not_contact": "Do not contact",
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
    "rest": "Other signals",
}
#: What a program with a key may do.
SCOPES: Final = {
    "lists:read": "read lists",
    "touches:write": "record contacts",
    "attainment:read": "read attainment",
}
#: Steps of the funnel.
STEPS: Final = {
    "signals": "Signals",
    "prospects": "Prospects",
    "contacted": "Contacted",
    "replied": "Replied",
    "meeting": "Meetings",
    "won": "Won",
}
#: What a quota counts, as its name.
ACTIVITIES: Final = {
    "engaged_contact": "engaged contacts",
    "outbound_call": "calls",
    "email": "e-mails",
    "message": "messages",
    "meeting": "meetings",
    "proposal": "proposals",
}
PERIODS: Final = {"day": "day", "week": "week", "month": "month", "quarter": "quarter"}
_EACH: Final = {
    "day": "%(what)s a day",
    "week": "%(what)s a week",
    "month": "%(what)s a month",
    "quarter": "%(what)s a quarter",
}
#: Quotas in one step.
TEMPLATES: Final = {
    "probation-adviser": "Probation adviser: 50 engaged contacts a week",
    "classic": "Classic: 250 calls a week",
    "mixed": "Mixed: 30 engaged contacts and 80 calls a week, 8 meetings and 4 proposals a month",
}
#: Rules that an implausible touch broke.
RULES: Final = {
    "rapid": "many within seconds",
    "off_hours": "many outside working time",
    "same_note": "the same note for many people",
    "split_person": "one person counted twice",
    "double_logged": "the same contact logged twice",
}
#: Roles of users.
ROLES: Final = {"rep": "rep", "manager": "manager", "admin": "admin"}
#: What was done to somebody's data.
PRIVACY_ACTIONS: Final = {
    "export": "export",
    "erase": "erasure",
    "object": "objection",
    "keep_out": "kept out",
    "notice": "notice",
    "suppress_add": "left alone",
    "suppress_import": "list imported",
    "suppress_remove": "taken off the list",
}
#: Kinds of names on the suppression list.
CONTACT_KINDS: Final = {
    "account": "accounts",
    "handle": "handles",
    "email": "e-mails",
    "phone": "phone numbers",
    "domain": "domains",
}
_OTHER: Final = REASONS["rest"]
_ARABIC_DIGITS: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_ARABIC_DECIMALS: Final = _ARABIC_DIGITS | str.maketrans({".": "٫", ",": "٬"})
# Keeps the sign before Arabic digits, which take their direction from what stands before them.
_ARABIC_LETTER_MARK: Final = "\N{ARABIC LETTER MARK}"


def table_messages() -> Iterable[str]:
    """The texts that stand in tables instead of calls; catalogues must hold these too."""
    for table in (
        CHANNELS,
        RECORDED,
        DISPOSITIONS,
        KINDS,
        REASONS,
        SCOPES,
        STEPS,
        ACTIVITIES,
        PERIODS,
        _EACH,
        TEMPLATES,
        RULES,
        ROLES,
        PRIVACY_ACTIONS,
        CONTACT_KINDS,
        CODES,
        IDENTITIES,
        CLUES,
        FITS,
        MISSING,
        PERSON_WORDS,
    ):
        yield from table.values()


@cache
def _catalogue(language: Language) -> gettext_module.NullTranslations:
    if language == "en":
        return gettext_module.NullTranslations()
    source = files("app").joinpath("locale", language, "LC_MESSAGES", "messages.po")
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext_module.GNUTranslations(compiled)


@dataclass(frozen=True)
class Wording:
    """One reader's language; ``arabic_digits`` matters to Arabic alone."""

    language: Language = "en"
    arabic_digits: bool = True
    _texts: gettext_module.NullTranslations = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_texts", _catalogue(self.language))

    @property
    def direction(self) -> str:
        """Which way the page reads."""
        return "rtl" if self.language == "ar" else "ltr"

    @property
    def is_rtl(self) -> bool:
        """Whether the page reads from right to left."""
        return self.direction == "rtl"

    def gettext(self, message: str) -> str:
        """The text in this language."""
        return self.digits(self._texts.gettext(message))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The text in the form that ``n`` asks for; Arabic has six."""
        return self.digits(self._texts.ngettext(singular, plural, n))

    # ---- numbers ----

    def digits(self, text: str) -> str:
        """Latin digits as this reader wants them."""
        return text.translate(_ARABIC_DIGITS) if self._eastern else text

    def number(self, value: float) -> str:
        """A whole number."""
        return self._figure(f"{round(value):,}")

    def decimal(self, value: float, places: int = 2) -> str:
        """A number with a fixed count of places."""
        return self._figure(f"{value:,.{places}f}")

    def points(self, hundredths: int, *, sign: bool = False) -> str:
        """Hundredths of a point with two places, so that what is shown adds up."""
        mark = ("+" if hundredths >= 0 else "\N{MINUS SIGN}") if sign else ""
        text = mark + self._figure(f"{abs(hundredths) / 100:.2f}")
        return _ARABIC_LETTER_MARK + text if sign and self._eastern else text

    @property
    def _eastern(self) -> bool:
        return self.language == "ar" and self.arabic_digits

    def _figure(self, text: str) -> str:
        return text.translate(_ARABIC_DECIMALS) if self._eastern else text

    # ---- days and times ----

    def weekday(self, on: date) -> str:
        """Friday."""
        return self._date(on, "EEEE")

    def short_weekday(self, on: date) -> str:
        """Fri; Arabic does not shorten its days."""
        return self._date(on, "EEEE" if self.language == "ar" else "EEE")

    def day(self, on: date, today: date | None = None) -> str:
        """25 November, with the year where ``today`` is in another one."""
        other_year = today is not None and today.year != on.year
        return self._date(on, "d MMMM y" if other_year else "d MMMM")

    def full_day(self, on: date) -> str:
        """Wednesday 25 November."""
        return self._date(on, "EEEE d MMMM")

    def clock(self, at: datetime, zone: tzinfo) -> str:
        """14:34."""
        return self.digits(f"{at.astimezone(zone):%H:%M}")

    def hour(self, hour: int) -> str:
        """06:00."""
        return self.digits(f"{hour:02d}:00")

    def exact(self, at: datetime, zone: tzinfo) -> str:
        """25 November 2026, 12:31."""
        separator = "، " if self.language == "ar" else ", "
        day = self._date(at.astimezone(zone).date(), "d MMMM y")
        return f"{day}{separator}{self.clock(at, zone)}"

    def ago(self, at: datetime, now: datetime, zone: tzinfo) -> str:
        """2 h ago, yesterday, 2 days ago, then the date."""
        passed = now - at
        minutes = int(passed.total_seconds() // 60)
        today, on = now.astimezone(zone).date(), at.astimezone(zone).date()
        days = (today - on).days
        if minutes < 1:
            return self.gettext("just now")
        if minutes < 60:
            text = self.ngettext("%(n)s min ago", "%(n)s min ago", minutes)
            return text % {"n": self.number(minutes)}
        # two hours past midnight "yesterday" would hide that it was an hour ago
        if days == 0 or passed < timedelta(hours=6):
            hours = minutes // 60
            return self.ngettext("%(n)s h ago", "%(n)s h ago", hours) % {"n": self.number(hours)}
        if days == 1:
            return self.gettext("yesterday")
        if days == 2:
            return self.gettext("2 days ago")
        return self.day(on, today)

    def _date(self, on: date, pattern: str) -> str:
        return self.digits(format_date(on, pattern, locale=self.language))

    # ---- names ----

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

    def channel(self, code: str) -> str:
        """How somebody is reached."""
        return self.gettext(CHANNELS[code]) if code in CHANNELS else code

    def recorded(self, channel: str) -> str:
        """That a contact was recorded; takes ``who``."""
        return self.gettext(RECORDED[channel])

    def disposition(self, code: str) -> str:
        """What came of it."""
        return self.gettext(DISPOSITIONS[code]) if code in DISPOSITIONS else code

    def role(self, code: str) -> str:
        """What a user may do."""
        return self.gettext(ROLES[code]) if code in ROLES else code

    def privacy_action(self, code: str) -> str:
        """What was done to somebody's data."""
        return self.gettext(PRIVACY_ACTIONS[code]) if code in PRIVACY_ACTIONS else code

    def contact_kind(self, code: str) -> str:
        """A kind of name, in the plural."""
        return self.gettext(CONTACT_KINDS[code]) if code in CONTACT_KINDS else code

    def step(self, code: str) -> str:
        """A step of the funnel."""
        return self.gettext(STEPS[code]) if code in STEPS else code

    def rule(self, code: str) -> str:
        """What made a touch implausible."""
        return self.gettext(RULES[code]) if code in RULES else code

    def activity(self, code: str) -> str:
        """What a quota counts; one's own name stands as it was given."""
        return self.gettext(ACTIVITIES[code]) if code in ACTIVITIES else code.replace("_", " ")

    def period(self, code: str) -> str:
        """How often a quota starts anew."""
        return self.gettext(PERIODS[code]) if code in PERIODS else code

    def template(self, code: str) -> str:
        """A template of quotas."""
        return self.gettext(TEMPLATES[code]) if code in TEMPLATES else code

    def owes(self, activity: str, target: int, per: str) -> str:
        """50 engaged contacts a week."""
        if activity == "engaged_contact":
            what = self.ngettext("%(n)s engaged contact", "%(n)s engaged contacts", target)
        elif activity == "outbound_call":
            what = self.ngettext("%(n)s call", "%(n)s calls", target)
        elif activity == "email":
            what = self.ngettext("%(n)s e-mail", "%(n)s e-mails", target)
        elif activity == "message":
            what = self.ngettext("%(n)s message", "%(n)s messages", target)
        elif activity == "meeting":
            what = self.ngettext("%(n)s meeting", "%(n)s meetings", target)
        elif activity == "proposal":
            what = self.ngettext("%(n)s proposal", "%(n)s proposals", target)
        else:
            what = "%(n)s × " + activity.replace("_", " ").replace("%", "")
        each = self.gettext(_EACH[per])
        return each % {"what": what % {"n": self.number(target)}}

    def fix(self, kind: str, to: str, brings: int) -> str:
        """What would make a quota possible."""
        more = {"to": self.digits(to), "n": self.number(brings)}
        if kind == "threshold":
            text = self.gettext("A threshold of %(to)s brings about %(n)s more a week.")
        elif kind == "networks":
            code = to.partition(" ")[2]
            if to.startswith("network "):
                more["to"] = self.network(code)
            elif to.startswith("language "):
                more["to"] = self.language_name(code)
            else:
                more["to"] = self.gettext("another topic")
            text = self.gettext("Opening the territory to %(to)s brings about %(n)s more a week.")
        elif kind == "keywords":
            text = self.gettext(
                "%(to)s more keywords as productive as these bring about %(n)s more a week."
            )
        else:
            text = self.gettext("A target of %(to)s a week can be met.")
        return text % more

    def cause(self, code: str, count: int) -> str:
        """Why so many places are missing."""
        n = {"n": self.number(count)}
        if code == "not_worked":
            return self.ngettext("%(n)s not worked", "%(n)s not worked", count) % n
        if code == "territory":
            return (
                self.ngettext(
                    "%(n)s place without anybody in the territory",
                    "%(n)s places without anybody in the territory",
                    count,
                )
                % n
            )
        return (
            self.ngettext(
                "%(n)s place the supply could not fill",
                "%(n)s places the supply could not fill",
                count,
            )
            % n
        )

    def percent(self, share: float) -> str:
        """A share as whole per cent."""
        return self._figure(f"{100 * share:.0f}") + "\N{NO-BREAK SPACE}%"

    def scope(self, code: str) -> str:
        """What a key allows."""
        return self.gettext(SCOPES[code]) if code in SCOPES else code

    def network(self, code: str) -> str:
        """The network's name."""
        return NETWORKS.get(code, code)

    def kind(self, code: str) -> str:
        """What somebody did, as a noun."""
        return self.gettext(KINDS[code]) if code in KINDS else code

    def language_name(self, code: str) -> str:
        """A language, named in this reader's."""
        return str(Locale(self.language).languages.get(code, code))

    def own_name(self, code: str) -> str:
        """A language, named in itself."""
        try:
            return (Locale(code).get_display_name() or code).split(" (")[0].title()
        except (ValueError, UnknownLocaleError):
            return code
