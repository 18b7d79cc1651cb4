"""Who asks, and what they may do. Pure: every row is held against this on the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["rep", "manager", "admin"]

#: Who may open a route; a route that names nobody is closed to everybody.
ANYONE: Final = "anyone"  # signed in or not
SIGNED_IN: Final[tuple[Role, ...]] = ("rep", "manager", "admin")
MANAGERS: Final[tuple[Role, ...]] = ("manager", "admin")
ADMINS: Final[tuple[Role, ...]] = ("admin",)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody signed in, by browser or by token.

    ``rep_id``: whose list they work. ``team_ids``: what a manager answers for. ``is_open``: the
    workspace has no doors, and whoever is there may do everything. ``scopes``: of a token;
    ``None`` for a browser. ``keys_on``: whether single keys of the keyboard do something, and
    ``letters`` those that are not the usual ones.
    """

    role: Role
    name: str = ""
    user_id: int | None = None
    session_id: int | None = None
    rep_id: int | None = None
    team_ids: frozenset[int] = frozenset()
    is_open: bool = False
    scopes: frozenset[str] | None = None
    keys_on: bool = True
    letters: tuple[tuple[str, str], ...] = ()

    def manages(self, team_id: int) -> bool:
        """Whether this person answers for the team."""
        return self.is_open or self.role == "admin" or team_id in self.team_ids

    def may_see_rep(self, rep_id: int, team_id: int) -> bool:
        """Whether this person may read a rep's list and numbers."""
        return rep_id == self.rep_id or (self.role != "rep" and self.manages(team_id))

    def may_work_as(self, rep_id: int) -> bool:
        """Whether touches of that rep may be recorded by this person: only one's own."""
        return self.is_open or rep_id == self.rep_id

    def may_read_notes(self, rep_id: int, team_id: int) -> bool:
        """Notes are for those who work with the person: the rep and the team's manager."""
        if self.is_open or rep_id == self.rep_id:
            return True
        return self.role == "manager" and team_id in self.team_ids


#: The one person of a workspace without doors.
OPEN: Final = Who(role="admin", is_open=True)
