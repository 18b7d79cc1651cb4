"""What the forms of a team's calendar hold, read, and what is said of what they must not."""

from __future__ import annotations

from datetime import date, time

from app.web.pages import read_number
from app.wording import Wording
from config.errors import Refused


def read_day(text: str) -> date:
    """A day as the browser sends it."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(
            "A day is missing or is not a date.", "Give it as YYYY-MM-DD.", fault="not_a_date"
        ) from error


def read_percent(text: str) -> int:
    """A percentage in either digits; an empty one is all."""
    latin = _write_latin(text.strip())
    number = read_number(latin) if latin else 100
    if number is None:
        raise Refused(
            "A share is not a whole number.", "Give per cent, such as 50.", fault="bad_share"
        )
    return number


def read_time(text: str) -> time:
    """A time of day, to the minute."""
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise Refused("%(text)s is not a time of day.", "Use 09:00.", text=repr(text)) from error


def read_minutes(text: str) -> int:
    """A number of minutes in either digits."""
    number = read_number(_write_latin(text))
    if number is None:
        raise Refused("%(text)s is not a number of minutes.", "Use 60.", text=repr(text))
    return number


def _write_latin(text: str) -> str:
    return "".join(str(int(one)) if one.isdecimal() else one for one in text)


def explain(wording: Wording, error: Refused) -> str:
    """What the page says of a refusal."""
    _ = wording.gettext
    said = {
        "not_a_date": _("A day is missing or is not a date."),
        "ends_before": _("The last day lies before the first."),
        "unknown_country": _(
            "The holidays of that country are not known. Use its two letters, such as DE."
        ),
        "bad_ramp": _("Give the ramp as per cent by week, such as 20 40 60 80."),
        "bad_share": _("Give a share of a day as whole per cent, at most 100."),
        "bad_words": _("Give a short name."),
    }
    return said.get(error.fault) or wording.refusal(error)
