"""How long a team leaves whoever was contacted alone: its own time, or the workspace's."""

from __future__ import annotations

from typing import Final

from config.errors import Refused
from config.settings import ListSettings
from models import Team

_LONGEST: Final = 3650  # days


def by_team(settings: ListSettings, team: Team) -> ListSettings:
    """The settings as they hold for a team."""
    if team.cool_down_days is None:
        return settings
    return settings.model_copy(update={"cool_down_days": team.cool_down_days})


def set_cool_down(team: Team, days: int | None) -> None:
    """Leave contacted people alone for so many days on this team's lists; ``None``: as usual.

    Refuses what is below 0 or over ten years.
    """
    if days is not None and not 0 <= days <= _LONGEST:
        raise Refused(
            "A cool-down of %(days)s days is out of range.",
            "Give 0 to %(longest)s days.",
            fault="cool_down",
            days=days,
            longest=_LONGEST,
        )
    team.cool_down_days = days


def read_cool_down(text: str) -> int | None:
    """Days as somebody typed them, in Arabic digits too; ``None`` for nothing: as usual."""
    typed = text.strip()
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 5:
        raise Refused(
            "%(text)s is no number of days.",
            "Give whole days, such as 30.",
            fault="cool_down",
            text=repr(typed[:40]),
        )
    return int(typed)
