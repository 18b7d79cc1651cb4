"""Quotas in words: what is counted, per what, by which template, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.words.signals import SignalWords
from models import Territory
from quotas.supply import ANY_AGE

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
EACH: Final = {
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
    "same_people": "the same people counted again",
}


class QuotaWords(SignalWords):
    """Quotas."""

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
        each = self.gettext(EACH[per])
        return each % {"what": what % {"n": self.number(target)}}

    def counted_per(self, activity: str, per: str) -> str:
        """Engaged contacts a week."""
        return self.gettext(EACH[per]) % {"what": self.activity(activity)}

    def territory(self, parts: Iterable[Territory], topics: Mapping[int, str]) -> str:
        """What a rep may receive, topics by name; without any part everything."""
        named: list[str] = []
        for part in parts:
            if part.kind == "language":
                named.append(self.language_name(part.value))
            elif part.kind == "network":
                named.append(self.network(part.value))
            elif part.kind == "topic":
                named.append(topics.get(int(part.value), part.value))
            else:
                named.append(part.value.title())
        comma = self.gettext(",") + " "
        return comma.join(named) if named else self.gettext("everything")

    def fix(self, kind: str, to: str, brings: int) -> str:
        """What would make a quota possible."""
        more = {"to": self.digits(to), "n": self.number(brings)}
        if kind == "threshold":
            text = self.gettext("A threshold of %(to)s brings about %(n)s more a week.")
        elif kind == "freshness" and to == ANY_AGE:
            text = self.gettext(
                "Counting whoever is still warm, however long ago they spoke, brings about %(n)s"
                " more a week, for four weeks."
            )
        elif kind == "freshness":
            text = self.gettext(
                "Counting who spoke up to %(to)s days ago brings about %(n)s more a week,"
                " for four weeks."
            )
        elif kind == "networks":
            code = to.partition(" ")[2]
            if to.startswith("network "):
                more["to"] = self.network(code)
            elif to.startswith("language "):
                more["to"] = self.language_name(code)
            elif to == "another place":
                more["to"] = self.gettext("another place")
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
        if code == "no_list":
            return (
                self.ngettext("%(n)s that no list asked for", "%(n)s that no list asked for", count)
                % n
            )
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
