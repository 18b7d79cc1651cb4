"""What topic pages say of refusals, changes and suggestions, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.previews import Preview
from app.wording import Wording
from config.errors import Reasonless, Refused

#: Languages offered for a topic; more can be set on the command line.
LANGUAGES: Final = (
    "ar", "de", "en", "es", "fa", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv",
    "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip


#: Refusals that are about what is listened for, not about the topic's name.
KEYWORD_FAULTS: Final = frozenset({"bad_keyword", "no_keyword", "short_keyword"})


@dataclass(frozen=True)
class Mistake:
    """What was wrong with one field, and what was typed in all of them."""

    about: str = ""
    text: str = ""
    typed: dict[str, str] = field(default_factory=dict)


def explain_topic(wording: Wording, error: Refused) -> str:
    """The refusal beside the field: the usual ones in the reader's words, others as they are."""
    _ = wording.gettext
    if isinstance(error, Reasonless):
        return _("Say in a few words why. Nothing is saved without a reason.")
    said = {
        "same_phrases": _("Both phrases are the same. Give the phrase of the other language."),
        "short_keyword": _("Too short: use a word or phrase that people write."),
        "no_keyword": _("A topic needs at least one keyword."),
        "bad_name": _("Write a short name first."),
        "empty": _("Write something first."),
        "topic_exists": _("There is a topic of this name already."),
        "sensitive": _(
            "Nothing may be derived from this subject. Choose one that singles nobody out by it."
        ),
        "closed_address": explain_address(wording),
        "stale": _("Somebody saved this topic meanwhile. Look at it, then save again."),
    }
    return said.get(error.fault) or wording.refusal(error)


def explain_address(wording: Wording) -> str:
    """Why an address is refused that could never be asked, and what to do."""
    return wording.gettext(
        "This address may not be asked: it must be public, on a usual port and hold no password. A"
        " host of your own is allowed by [collect] allow_hosts in warmlist.toml."
    )


def name_fields(wording: Wording) -> dict[str, str]:
    _ = wording.gettext
    return {
        "keyword": _("keyword"),
        "exclusion": _("exclusion"),
        "community": _("community"),
        "language": _("language"),
        "place": _("place"),
        "name": _("another name"),
        "description": _("another description"),
        "active": _("switched on or off"),
    }


def name_grounds(wording: Wording) -> dict[str, str]:
    _ = wording.gettext
    return {
        "learned": _("commoner there than elsewhere"),
        "spelling": _("another spelling of a keyword"),
        "pair": _("the same in another language"),
        "twin": _("what the same prospects say in another language"),
    }


def name_intents(wording: Wording) -> dict[str, str]:
    _ = wording.gettext
    return {
        "seeking": _("asks for advice"),
        "pain": _("complains"),
        "purchase": _("plans to buy"),
        "life_event": _("tells of a change in life"),
        "seller": _("offers something"),
        "giver": _("gives advice"),
        "news": _("news or chatter"),
    }


def tell_span(wording: Wording, days: float) -> str:
    """The time that a preview looked at."""
    if days < 2:
        hours = max(1, round(24 * days))
        return wording.ngettext("In %(n)s hour", "In %(n)s hours", hours) % {
            "n": wording.number(hours)
        }
    whole = round(days)
    return wording.ngettext("In %(n)s day", "In %(n)s days", whole) % {"n": wording.number(whole)}


def tell_limits(wording: Wording, preview: Preview, now: datetime) -> list[str]:
    """What the replay of a draft does not know."""
    _ = wording.gettext
    lines = []
    if not preview.gains_known:
        lines.append(
            _("No post that matched nothing is kept yet: what a draft gains is not known.")
        )
    elif preview.unkept:
        names = f"{_(',')} ".join(wording.network(network) for network in preview.unkept)
        lines.append(
            _(
                "Posts that matched nothing are not kept of these networks, so what a draft gains"
                " there is not known: %(networks)s."
            )
            % {"networks": names}
        )
    for network, since in preview.later:
        words = (
            _("Of %(network)s no post that matched nothing is kept yet: gains there are not known.")
            if since is None
            else _("Of %(network)s posts are kept for %(n)s days only: gains there are of these.")
        )
        days = max(0.1, (now - since) / timedelta(days=1)) if since is not None else 0.0
        lines.append(words % {"network": wording.network(network), "n": wording.decimal(days, 1)})
    if "community" in preview.unreplayed:
        lines.append(_("What the changed communities bring or lose is not replayed."))
    return lines
