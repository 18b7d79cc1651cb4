"""What one rep earned: the running month, closed statements, and where they stand in contests."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from litestar import Controller, Response, get

from app.access.who import SIGNED_IN
from app.web.given import GivenClock, GivenWorkspace
from app.web.pages import PageRequest, render
from app.web.reps import find_reader
from config.errors import NotFound
from quotas.contests import list_contests, standings
from quotas.periods import Period
from quotas.rewards import find_schemes
from quotas.statements import draft_statement, load_statements
from quotas.tiers import award
from quotas.working_time import calendar_of

_SHOWN: Final = 24


class MyRewardPages(Controller):
    """A rep's own rewards; a manager may read those of the team."""

    path = "/rewards"
    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self, request: PageRequest, workspace: GivenWorkspace, clock: GivenClock
    ) -> Response[str]:
        """This month so far, the one before, what was closed; contests without others' names."""
        now = clock()
        with workspace.db.read() as session:
            rep = find_reader(request, session)
            if rep is None:
                raise NotFound("There is no such rep.", "Choose a rep first.")
            calendar = calendar_of(rep)
            today = calendar.today(now)
            start, end = calendar.bounds(Period.MONTH, today)
            before, _ = calendar.bounds(Period.MONTH, start - timedelta(days=1))
            contests = []
            for contest in list_contests(session, rep.team_id):
                if contest.starts_on <= today:
                    counts = standings(session, contest, now)
                    places = award(counts, contest.prizes)
                    mine = next((one for one in places if one.rep_id == rep.id), None)
                    contests.append(
                        (contest, contest.ends_on - timedelta(days=1), mine, len(counts))
                    )
            context = {
                "page": "rewards",
                "rep": rep,
                "today": today,
                "times": [
                    (first, last - timedelta(days=1),
                     draft_statement(session, rep, first, last, now=now))
                    for first, last in ((start, end), (before, start))
                ],
                "kept": list(reversed(load_statements(session, [rep])))[:_SHOWN],
                "schemes": find_schemes(session, rep.team_id, today),
                "contests": contests[:_SHOWN],
                "day": timedelta(days=1),
            }  # fmt: skip
            return render(request, "rewards.html", context)
