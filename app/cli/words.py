"""Words that the command line shows for stored codes; catalogues hold them like sentences."""

from __future__ import annotations

from typing import Final

#: Why a place on a list stayed empty.
SHORTFALLS: Final = {
    "no_supply": "nobody else is warm enough",
    "territory": "nobody warm enough in the territory",
    "longest": "as many are held as may be",
}

#: Why a target was missed.
CAUSES: Final = {
    "no_supply": "nobody else warm enough",
    "territory": "nobody in the territory",
    "not_worked": "not worked",
    "longest": "held already, as many as may be",
    "no_list": "asked for by no list",
}

#: Why somebody is on a list, behind the place.
SOURCES: Final = {
    "warmth": "",
    "explore": "(a try: the scorer is unsure)",
    "relationship": "(answered, or engaged again)",
    "next_step": "(due today)",
    "cover": "(for a colleague who is away)",
}

#: Why a keyword gets its share of polls and money.
SHARES: Final = {
    "best": "brought most",
    "promising": "may bring more, little was seen",
    "floor": "kept for exploring",
    "capped": "as much as can be asked",
}

#: What would make a quota possible.
FIXES: Final = {
    "threshold": "A threshold of %(to)s brings about %(brings)s more a week.",
    "freshness": (
        "Counting who spoke up to %(to)s days ago brings about %(brings)s more a week,"
        " for four weeks."
    ),
    "any_age": (
        "Counting whoever is still warm, however long ago they spoke, brings about %(brings)s"
        " more a week, for four weeks."
    ),
    "networks": "Opening the territory to %(to)s brings about %(brings)s more a week.",
    "keywords": ("%(to)s more keywords as productive as these bring about %(brings)s more a week."),
    "target": "A target of %(to)s a week can be met.",
}

#: Heads of columns by what is summed up.
HEADS: Final = {"day": "Day", "network": "Network", "topic": "Topic", "keyword": "Keyword"}

#: What a wrong use of the program is answered with, by what its parser says.
WRONG_USES: Final = {
    r"No such option: (?P<name>\S+)": "There is no option %(name)s.",
    r"Missing option '(?P<name>[^']*)'": "Option %(name)s is missing.",
    r"Missing argument '(?P<name>[^']*)'": "Argument %(name)s is missing.",
    r"No such command '(?P<name>[^']*)'": "There is no command %(name)s.",
    r"Got unexpected extra argument\S* \((?P<name>.*)\)": "%(name)s is more than this takes.",
    r"Missing command": "Name a command.",
    r"Option '(?P<name>[^']*)' requires": "Option %(name)s needs a value.",
    r"Invalid value for (?P<name>.*?): (?P<why>.*)": "%(name)s cannot be that: %(why)s",
}

#: Stored codes that are words once their underscores are gone: activities, periods, channels,
#: outcomes, states, verdicts, kinds.
CODES: Final = (
    "engaged contact", "outbound call", "outbound email", "outbound message", "call", "email",
    "message", "meeting", "first meeting", "qualified meeting", "proposal", "new business",
    "day", "week", "month", "quarter",
    "contacted", "replied", "won", "no answer", "not interested", "not relevant", "wrong person",
    "do not contact",
    "open", "worked", "handed back", "reassigned", "expired", "suppressed", "later", "gone",
    "rep away", "rep back", "rep left",
    "accept", "void", "feasible", "tight", "infeasible", "unknown",
    "person", "organisation", "seller", "bot", "competitor", "staff",
    "network", "topic", "keyword", "exclusion", "community", "language", "place", "role", "team",
    "own", "rep", "manager", "admin",
    "listening", "waiting", "running", "paused", "budget", "done", "failed", "ok",
    "dead", "noisy", "redundant", "empty",
    "collect", "recheck", "reread", "profiles",
    "stored", "proposed", "accepted", "rejected", "undone",
    "tried", "in force", "retired", "whole", "marginal", "on", "off",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "learned", "spelling", "pair",
    "export", "erase", "object", "keep out", "notice", "suppress add", "suppress import",
    "suppress remove", "handle", "phone", "domain", "account", "name", "description", "active",
)  # fmt: skip

#: Nouns that follow a number and come from a stored code.
COUNTED: Final = (
    "engaged contact", "outbound call", "email", "message", "meeting", "proposal",
)  # fmt: skip
