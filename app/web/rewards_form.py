"""What is typed on the rewards page: amounts, tiers, days; refusals in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.web.pages import read_field
from app.wording import Wording
from config.errors import Refused
from quotas.tiers import Tier, hundredths, read_tiers

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")


def read_amount(text: str) -> int:
    """An amount in either digits as whole hundredths."""
    latin = text.strip().translate(_DIGITS).replace("−", "-").replace(" ", "")
    if latin.count(",") == 1 and "." not in latin:
        latin = latin.replace(",", ".")
    try:
        return hundredths(latin)
    except ValueError as error:
        raise Refused(f"{text[:40]!r} is not an amount.", "Write it as 12.50.") from error


def read_amounts(text: str) -> list[int]:
    """Amounts set apart by spaces, such as ``100 50``."""
    return [read_amount(one) for one in text.split()]


def read_typed_tiers(text: str) -> tuple[Tier, ...]:
    """Tiers such as ``100=1.0 120=1.5``."""
    return read_tiers(text.translate(_DIGITS).replace(",", " ").replace("%", "").split())


def read_typed_day(data: Mapping[str, Any], name: str) -> date | None:
    """A day of a form; ``None`` for an empty field."""
    text = read_field(data, name, 20).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused("A day is missing or is not a date.", "Give it as YYYY-MM-DD.") from error


def explain_refusal(wording: Wording, error: Refused) -> str:
    """A refusal in the reader's words; a rarer one as it stands."""
    _ = wording.gettext
    what = error.what
    for part, text in (
        ("not an amount", _("An amount is written as 12.50.")),
        ("not a date", _("A day is missing or is not a date.")),
        ("tier", _("Tiers are written as 100=1.0 120=1.5; a higher one never pays less.")),
        ("Two tiers", _("Tiers are written as 100=1.0 120=1.5; a higher one never pays less.")),
        ("rewrite the past", _("It is in force already. Let the change start today or later.")),
        ("The unit", _("The unit is a word such as EUR or points.")),
        ("Unit ", _("The unit is a word such as EUR or points.")),
        ("The name", _("Give a short name.")),
        ("ends after it starts", _("The last day lies before the first.")),
        ("over already", _("A contest ends today or later.")),
        (
            "prizes are not usable",
            _("Give the first prize first, none larger than the one before."),
        ),
        ("has a contest", _("There is a contest of that name. Choose another.")),
        ("is not over", _("That time is not over yet. It can be closed when it is.")),
        ("wait for a verdict", _("Touches wait for your verdict on the Team page. Decide first.")),
        ("no scheme or contest", _("No scheme or contest ended in that time: nothing to close.")),
        ("has a closed statement", _("That time is closed already, or a part of it.")),
        ("needs a reason", _("A correction needs a reason.")),
        ("correction of nothing", _("A correction adds or takes off an amount, such as -12.50.")),
        ("is not usable", _("That cannot be used here.")),
    ):
        if part in what:
            return text
    return what
