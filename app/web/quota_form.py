"""The form in which a quota is drafted: read, checked against who may, and said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.who import Who
from app.web.pages import read_field, read_number
from app.wording import Wording
from config.errors import NotFound, Refused
from models import ENGAGED_CONTACT, Quota, Rep, Team
from quotas.history import Owner
from quotas.setting import ACTIVITIES, draft_quota, first_day
from quotas.templates import TEMPLATES, draft_template

FIELDS: Final = (
    "whose", "template", "target", "per", "activity", "own", "weight", "threshold", "fresh_days",
    "missed", "from",
)  # fmt: skip
_LARGEST: Final = 1000.0  # of a weight or a threshold
_START: Final = {"per": "week", "activity": ENGAGED_CONTACT, "missed": "roll", "target": "50"}


@dataclass(frozen=True)
class Choice:
    """Somebody for whom a quota can be set: a team, a role in it, or a rep."""

    key: str
    kind: str  # team, role, rep
    name: str


def list_teams(session: Session, who: Who) -> list[Team]:
    """The teams this person answers for, by name."""
    rows = session.scalars(select(Team).order_by(Team.name))
    return [team for team in rows if who.manages(team.id)]


def list_choices(teams: Sequence[Team]) -> list[tuple[Team, list[Choice]]]:
    """Whose quotas may be set, by team; keys are what the form sends."""
    found = []
    for team in teams:
        reps = sorted((rep for rep in team.reps if rep.active), key=lambda rep: rep.name)
        roles = sorted({rep.role for rep in reps if rep.role})
        found.append(
            (
                team,
                [
                    Choice(f"team:{team.id}", "team", team.name),
                    *(Choice(f"role:{team.id}:{role}", "role", role) for role in roles),
                    *(Choice(f"rep:{rep.id}", "rep", rep.name) for rep in reps),
                ],
            )
        )
    return found


def find_owner(session: Session, who: Who, key: str) -> Owner:
    """Whose quota ``key`` names; what others answer for is not there."""
    kind, _, rest = key.partition(":")
    number, _, role = rest.partition(":")
    row_id = read_number(number)
    if row_id is not None and kind == "rep":
        rep = session.get(Rep, row_id)
        if rep is not None and who.manages(rep.team_id):
            return Owner(rep=rep)
    elif row_id is not None and kind in {"team", "role"}:
        team = session.get(Team, row_id)
        if team is not None and who.manages(team.id):
            if kind == "team":
                return Owner(team=team)
            if role and len(role) <= 40:
                return Owner(team=team, role=role)
    raise NotFound("There is nobody like that here.")


def key_of(quota: Quota) -> str:
    """The key of a quota's owner."""
    if quota.rep_id is not None:
        return f"rep:{quota.rep_id}"
    return f"role:{quota.team_id}:{quota.role}" if quota.role else f"team:{quota.team_id}"


def reps_of(owner: Owner) -> list[Rep]:
    """The active reps an owner's quota is for."""
    if owner.rep is not None:
        return [owner.rep]
    reps = owner.team.reps if owner.team is not None else []
    return [rep for rep in reps if rep.active and owner.role in {None, rep.role}]


def read_typed(data: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, or what an empty form starts with."""
    if not data:
        return dict.fromkeys(FIELDS, "") | _START
    return {name: read_field(data, name, 100).strip() for name in FIELDS}


def draft(
    session: Session, owner: Owner, typed: Mapping[str, str], *, threshold: float, now: datetime
) -> list[Quota]:
    """The rows that saving would add. Refuses what the domain refuses, and what is no number."""
    starts_on = _read_day(typed["from"]) or first_day(session, owner, now)
    if typed["template"] in TEMPLATES:
        return draft_template(
            session, owner, typed["template"], starts_on=starts_on, threshold=threshold, now=now
        )
    fresh = typed["fresh_days"]
    return [
        draft_quota(
            session, owner, target=_read_count(typed["target"], "target"), per=typed["per"],
            activity=typed["own"] or typed["activity"], weight=_read_points(typed, "weight", 1.0),
            threshold=_read_points(typed, "threshold", threshold),
            fresh_days=_read_count(fresh, "fresh_days") if fresh else None,
            missed=typed["missed"] or "roll", starts_on=starts_on, now=now,
        )
    ]  # fmt: skip


class BadField(Refused):
    """A field that cannot be read."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not usable.", "Use a number.")
        self.field = field


def _read_count(text: str, field: str) -> int:
    latin = "".join(str(int(one)) if one.isdecimal() else one for one in text)
    number = read_number(latin)
    if number is None or number > 100_000 or (field == "fresh_days" and not 1 <= number <= 3650):
        raise BadField(field)
    return number


def _read_points(typed: Mapping[str, str], field: str, usual: float) -> float:
    if not typed[field]:
        return usual
    try:
        value = float(typed[field].replace(",", ".").replace("٫", "."))
    except ValueError as error:
        raise BadField(field) from error
    if not 0 <= value <= _LARGEST:  # and no "nan"
        raise BadField(field)
    return value


def _read_day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadField("from") from error


def list_activities(session: Session) -> list[str]:
    """What a quota may count: what has a meaning of its own, then custom ones used before."""
    used = session.scalars(select(Quota.activity).distinct().order_by(Quota.activity))
    return [*ACTIVITIES, *(code for code in used if code not in ACTIVITIES)]


def find_field(error: Refused, typed: Mapping[str, str]) -> str:
    """The field that a refusal is about, ``whose`` where it is about none in particular."""
    if isinstance(error, BadField):
        return error.field
    if error.fault == "rewrites_past":
        return "from"
    if error.fault == "bad_activity":
        return "own" if typed["own"] else "activity"
    return "per" if error.fault == "bad_period" else "whose"


def explain(wording: Wording, error: Refused) -> str:
    """A refusal in the reader's words; a rarer one as it stands."""
    _ = wording.gettext
    if isinstance(error, BadField):
        if error.field == "from":
            return _("The first day is not a date.")
        if error.field == "weight":
            return _("Use a weight from 0 to 1000.")
        if error.field == "fresh_days":
            return _("Use 1 to 3650 days.")
        return _("That is not a number that can be used here.")
    said = {
        "rewrites_past": _(
            "There is a quota already, and what was owed stays what it was. "
            "Let the new one start today or later."
        ),
        "too_little_known": _(
            "Too little is known to convert. The Team page says what is still needed."
        ),
        "no_calls": _("There is no quota of calls to convert."),
        "no_quota": _("There is no such quota to stop."),
        "bad_activity": _("Use a name in letters and digits for the activity."),
    }
    return said.get(error.fault) or wording.refusal(error)
