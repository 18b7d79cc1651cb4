"""Search: a person by handle, among those the reader may know of."""

from __future__ import annotations

from typing import Final

from litestar import Controller, Response, get
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.access.who import SIGNED_IN, Who
from app.web.door import require_who
from app.web.given import GivenWorkspace
from app.web.pages import PageRequest, render
from app.web.reps import find_reader
from models import Account, Assignment, Person, Rep, Touch
from quotas.attainment import standing_touches

_SHOWN: Final = 20
_LONGEST: Final = 100


class SearchPages(Controller):
    """Handles that hold what is looked for."""

    path = "/search"
    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(self, request: PageRequest, workspace: GivenWorkspace) -> Response[str]:
        """The field, and whom it finds; reps find those they hold or contacted."""
        wanted = (request.query_params.get("q") or "")[:_LONGEST].strip().removeprefix("@")
        with workspace.db.read() as session:
            found = find_handles(session, require_who(request), wanted) if wanted else []
            context = {
                "page": "search",
                "rep": find_reader(request, session),
                "wanted": wanted,
                "found": found[:_SHOWN],
                "more": len(found) > _SHOWN,
            }
            return render(request, "search.html", context)


def find_handles(session: Session, who: Who, wanted: str) -> list[Account]:
    """Accounts whose handle holds ``wanted``, of people this reader may know of, by handle.

    Those who objected are found by nobody. Reads one more than is shown.
    """
    statement = (
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(
            Account.handle.icontains(wanted, autoescape=True),
            or_(
                Person.suppressed_for.is_(None),
                Person.suppressed_for == "asked",
                Person.suppressed_for.startswith("touch:"),
            ),
        )
    )
    if who.role != "admin":
        mine = Rep.id == (who.rep_id or 0)
        reps = select(Rep.id).where(or_(mine, Rep.team_id.in_(who.team_ids)))
        statement = statement.where(
            or_(
                select(Assignment.id)
                .where(
                    Assignment.person_id == Person.id,
                    Assignment.rep_id.in_(reps),
                    Assignment.closed_at.is_(None),
                )
                .exists(),
                standing_touches()
                .where(Touch.person_id == Person.id, Touch.rep_id.in_(reps))
                .exists(),
            )
        )
    return list(session.scalars(statement.order_by(Account.handle, Account.id).limit(_SHOWN + 1)))
