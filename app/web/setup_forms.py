"""The forms of the first steps: what was typed, what stands there at first, what was wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

from app.web.pages import read_field
from app.web.topic_words import explain_address
from app.wording import LANGUAGES, Wording
from config.errors import Refused
from models import Team
from quotas.calendars import WEEKDAYS
from signals.collectors.registry import COLLECTORS
from signals.collectors.traits import traits_of
from signals.policy import terms_of

#: Rows for reps on one page; the page can be filled in again.
ROWS: Final = 6
_NOWHERE: Final = "001"  # "the world", as Babel places zones that belong to no country
#: In the order they are offered: those that bring people soonest first.
_ORDER: Final = ("bluesky", "hackernews", "stackexchange", "lemmy", "mastodon", "discourse", "rss")


@dataclass(frozen=True)
class Slip:
    """What was wrong with a form, beside which field."""

    about: str = ""
    text: str = ""


@dataclass(frozen=True)
class TeamForm:
    """What a team is made of; day names in English."""

    name: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    first_weekday: str = "monday"
    weekend: Sequence[str] = ("saturday", "sunday")


@dataclass(frozen=True)
class RepRow:
    """One rep as typed."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class TopicForm:
    """A topic as typed: ``offered`` keywords with those ``ticked``, and ``more`` in free lines."""

    name: str = ""
    language: str = ""
    offered: Sequence[str] = ()
    ticked: Sequence[str] = ()
    more: str = ""
    exclusions: Sequence[str] = field(default_factory=tuple)

    @property
    def keywords(self) -> list[str]:
        """What would be listened for."""
        return [*self.ticked, *split_lines(self.more)]


@dataclass(frozen=True)
class NetworkForm:
    """A network to switch on."""

    network: str = ""
    lawful_basis: str = ""
    weighed: bool = False
    url: str = ""
    place: str = ""


def read_team(data: Mapping[str, Any]) -> TeamForm:
    """A team's form."""
    language = read_field(data, "language", 10)
    return TeamForm(
        name=read_field(data, "name", 300).strip(),
        language=language if language in LANGUAGES else "en",
        time_zone=read_field(data, "time_zone", 100).strip() or "UTC",
        first_weekday=read_field(data, "first_weekday", 20),
        weekend=[day for day in WEEKDAYS if read_field(data, f"off_{day}", 10)],
    )


def form_of(team: Team) -> TeamForm:
    """A team as its form shows it."""
    return TeamForm(
        team.name, team.language or "en", team.time_zone, WEEKDAYS[team.first_weekday],
        [WEEKDAYS[day] for day in team.weekend],
    )  # fmt: skip


def first_team(wording: Wording) -> TeamForm:
    """What a new team's form starts with: the week most people of this language have."""
    if wording.language == "ar":
        return TeamForm("", "ar", "UTC", "sunday", ("friday", "saturday"))
    return TeamForm()


def read_reps(data: Mapping[str, Any]) -> list[RepRow]:
    """The rows of the reps' form, empty ones too."""
    return [
        RepRow(
            " ".join(read_field(data, f"name{n}", 300).split()),
            read_field(data, f"email{n}", 300).strip(),
        )
        for n in range(ROWS)
    ]


def read_topic(data: Mapping[str, Any]) -> TopicForm:
    """A topic's form."""
    return TopicForm(
        name=read_field(data, "name", 300).strip(),
        language=read_field(data, "language", 10),
        offered=_read_many(data, "offered"),
        ticked=_read_many(data, "keyword"),
        more=read_field(data, "more", 5000),
        exclusions=_read_many(data, "exclusion"),
    )


def read_network(data: Mapping[str, Any]) -> NetworkForm:
    """A network's form."""
    return NetworkForm(
        network=read_field(data, "network", 40),
        lawful_basis=read_field(data, "lawful_basis", 300).strip(),
        weighed=bool(read_field(data, "weighed", 10)),
        url=read_field(data, "url", 500).strip(),
        place=read_field(data, "place", 500).strip(),
    )


def _read_many(data: Mapping[str, Any], name: str) -> list[str]:
    value = data.get(name, ())
    found = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return [one[:300].replace("\x00", "") for one in found if isinstance(one, str)][:100]


def split_lines(text: str) -> list[str]:
    """Phrases given one on each line, or with commas of either script."""
    lines = text.replace("،", ",").replace(",", "\n").splitlines()
    return [part for part in (" ".join(line.split()) for line in lines) if part]


def list_keyless() -> list[str]:
    """Networks that need neither a key nor anybody's approval."""
    return [
        name
        for name in _ORDER
        if name in COLLECTORS and not traits_of(name).secrets and not terms_of(name).needs_approval
    ]


@cache
def list_zones(language: str) -> Sequence[tuple[str, str]]:
    """Every time zone with its country and city in that language, by country."""
    territories, names = get_global("zone_territories"), Locale(language).territories
    zones = []
    for zone in available_timezones():
        territory = territories.get(zone, _NOWHERE)
        if territory != _NOWHERE:
            city = get_timezone_location(zone, locale=language, return_city=True)
            zones.append((f"{names.get(territory, territory)} · {city}", zone))
    return [("UTC", "UTC"), *((zone, label) for label, zone in sorted(zones))]


def explain_team(wording: Wording, error: Refused) -> Slip:
    """A refused team in the reader's words."""
    _ = wording.gettext
    no_work = Slip("weekend", _("At least one day of the week must be a working day."))
    slips = {
        "cool_down": Slip("cool_down", wording.refusal(error)),
        "bad_zone": Slip("time_zone", _("That is not a time zone. Choose one from the list.")),
        "bad_weekday": no_work,
        "no_working_day": no_work,
        "name_taken": Slip("name", _("There is a team of this name already.")),
    }
    return slips.get(error.fault) or Slip("name", _("Give the team a short name."))


def explain_rep(wording: Wording, error: Refused, row: RepRow) -> str:
    """A refused rep in the reader's words, with who it was."""
    _ = wording.gettext
    said = {
        "name_taken": _("There is a rep of this name already."),
        "not_an_address": _("That is not an e-mail address."),
        "user_exists": _("Somebody of this address may sign in already."),
    }
    return f"{row.name or row.email}: {said.get(error.fault) or _('Give a short name.')}"


def explain_network(wording: Wording, error: Refused, form: NetworkForm) -> Slip:
    """A refused network in the reader's words."""
    _ = wording.gettext
    slips = {
        "no_basis": Slip(
            "lawful_basis", _("Name the lawful basis: nothing is listened to without one.")
        ),
        "source_exists": Slip("network", _("This network is listened to already.")),
        "needs_address": Slip("url", _("This network needs an address.")),
        "closed_address": Slip("place" if form.place else "url", explain_address(wording)),
        "bad_address": Slip("url", _("That is not an address this network can have.")),
        "unknown_network": Slip("network", _("Choose a network.")),
    }
    return slips.get(error.fault) or Slip("network", wording.refusal(error))
