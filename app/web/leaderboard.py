"""The leaderboard as reps see it: their own team's ranks, where the team shows them."""

from __future__ import annotations

from litestar import Controller, Response, get

from app.access.who import SIGNED_IN
from app.web.given import GivenClock, GivenWorkspace
from app.web.pages import PageRequest, render
from app.web.reps import find_reader
from config.errors import NotFound
from quotas.leaderboard import load_leaderboard


class LeaderboardPages(Controller):
    """Ranks of the team whose list this browser looks at."""

    path = "/leaderboard"
    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """The ranks; where a team shows none there is no such page."""
        with workspace.db.read() as session:
            rep = find_reader(request, session)
            if rep is None or not rep.team.leaderboard:
                raise NotFound("There is no leaderboard here.")
            places = load_leaderboard(session, rep.team, clock())
            context = {"page": "leaderboard", "rep": rep, "team": rep.team, "places": places,
                       "mine": rep.id}  # fmt: skip
            return render(request, "leaderboard.html", context)
