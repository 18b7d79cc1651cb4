"""What each keyword, community and network of a topic brought, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from litestar import Controller, Response, get
from litestar.params import FromPath

from app.access.who import MANAGERS
from app.web.given import GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_number, read_wording, render
from app.web.reps import find_reader
from app.web.topic_page import find_topic, zone_of
from app.wording import Wording
from app.yields import Yield, count_yield
from signals.studio import days_before

#: Periods offered, in days.
PERIODS: Final = (7, 28, 90, 365)


class YieldPages(Controller):
    """The yield of one topic over a period."""

    path = "/topics/{topic_id:int}/yield"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        topic_id: FromPath[int],
    ) -> Response[str]:
        """Rows by keyword, community and network; the period is in the address."""
        asked = read_number(request.query_params.get("days"))
        days = asked if asked in PERIODS else PERIODS[1]
        now = clock()
        with workspace.db.read() as session:
            topic = find_topic(session, topic_id)
            rep = find_reader(request, session)
            rows = count_yield(session, topic, since=days_before(now, days))
            context = {
                "page": "topics",
                "rep": rep,
                "topic": topic,
                "kinds": _group(read_wording(request), rows),
                "rules": _tell_rules(read_wording(request), rows),
                "verdicts": [row for row in rows if row.verdict],
                "days": days,
                "periods": PERIODS,
                "now": now,
                "zone": zone_of(rep),
            }
            return render(request, "topic-yield.html", context)


def _group(wording: Wording, rows: Sequence[Yield]) -> list[tuple[str, str, list[Yield]]]:
    """Rows by what they are of, with the heading; a network by its name."""
    _ = wording.gettext
    headings = {
        "keyword": _("By keyword"), "community": _("By community"), "network": _("By network")
    }  # fmt: skip
    grouped = [(by, title, [row for row in rows if row.by == by]) for by, title in headings.items()]
    # where no network has communities there is nothing to compare
    return [(by, title, of) for by, title, of in grouped if any(row.what for row in of)]


def _tell_rules(wording: Wording, rows: Sequence[Yield]) -> dict[str, str]:
    """By what rule costs were shared out, where any was."""
    _ = wording.gettext
    rules = {
        "keyword": _(
            "Cost booked for no keyword is shared by the posts that each of them found there."
        ),
        "community": _(
            "Cost of asking a whole network is shared by the posts that each community brought."
        ),
        "network": _("Cost of all topics at once is shared by the posts heard for each of them."),
    }
    shared = {row.by for row in rows if row.shared > 0}
    return {by: rule if by in shared else "" for by, rule in rules.items()}
