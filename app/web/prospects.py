"""A person's page: what is known and where from, and what may be said back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from app.access.who import ADMINS, SIGNED_IN, Who
from app.bootstrap import Workspace
from app.linking import answers_for, may_know
from app.web.curve import Curve, draw_curve
from app.web.door import require_who
from app.web.given import Form, GivenClock, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.web.person_page import KnownPerson, load_person
from app.web.reps import find_reader
from config.errors import NotFound, Refused
from models import Account, Person, Quota
from prospects.erase import record, subject_hash
from prospects.mistakes import MISTAKES, correct_person, mark_mistake, take_mistakes_back
from prospects.recognise import VERDICTS
from prospects.resolve import PROOFS
from prospects.suppress import LIFTS, lift_person, suppress_person
from prospects.tuning import load_weights
from quotas.attainment import calendar_of, find_quota
from signals.policy import terms_of

_ASKED = "asked"  # on the page, without a contact


class ProspectPages(Controller):
    """One person; open to the rep who holds or contacted them, the team's manager and admins."""

    path = "/prospects/{person_id:int}"
    opt = {"allow": SIGNED_IN}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        person_id: FromPath[int],
    ) -> Response[str]:
        """Everything known, newest first."""
        with workspace.db.read() as session:
            person = find_person(session, require_who(request), person_id)
            return render_person(request, workspace, session, person, clock())

    @post("/mistake", sync_to_thread=True)
    def mistake(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        person_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """Not a prospect, and why; the scorer learns from it."""
        who, now = require_who(request), clock()
        what, topic_id = read_field(data, "what", 20), read_number(read_field(data, "topic"))
        if what not in MISTAKES or topic_id is None:
            raise NotFound("There is no such reason.")
        try:
            with workspace.db.write() as session:
                find_person(session, who, person_id)
                mark_mistake(
                    session, person_id, topic_id, what, author=name_of(who), now=now,
                    weights=load_weights(session, workspace.settings.warmth),
                )  # fmt: skip
        except NotFound:
            raise
        except Refused:
            text = read_wording(request).gettext(
                "Nothing is left to judge of this person on that topic."
            )
            with workspace.db.read() as session:
                person = find_person(session, who, person_id)
                return render_person(request, workspace, session, person, now, text, 400)
        return Redirect(f"/prospects/{person_id}", status_code=303)

    @post("/identity", sync_to_thread=True)
    def identify(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        person_id: FromPath[int],
        data: Form,
    ) -> Redirect:
        """Who it is, whatever their posts look like; their evidence counts by it at once."""
        who, verdict = require_who(request), read_field(data, "verdict", 20)
        if verdict not in VERDICTS:
            raise NotFound("There is no such verdict.")
        with workspace.db.write() as session:
            if find_person(session, who, person_id).suppressed_at is None:
                correct_person(
                    session, person_id, verdict, author=name_of(who), now=clock(),
                    weights=load_weights(session, workspace.settings.warmth),
                )  # fmt: skip
        return Redirect(f"/prospects/{person_id}", status_code=303)

    @post("/mistake/undo", sync_to_thread=True)
    def take_back(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        person_id: FromPath[int],
    ) -> Redirect:
        """A prospect after all."""
        who = require_who(request)
        with workspace.db.write() as session:
            find_person(session, who, person_id)
            weights = load_weights(session, workspace.settings.warmth)
            take_mistakes_back(
                session, person_id, author=name_of(who), now=clock(), weights=weights
            )
        return Redirect(f"/prospects/{person_id}", status_code=303)

    @post("/leave-alone", sync_to_thread=True)
    def leave_alone(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        person_id: FromPath[int],
    ) -> Redirect:
        """They leave every list now, and nobody is given them again."""
        who, now = require_who(request), clock()
        with workspace.db.write() as session:
            person = find_person(session, who, person_id)
            known = load_person(session, person, now=now, settings=workspace.settings.lists)
            if person.suppressed_at is None and known is not None:
                suppress_person(session, person, reason=_ASKED, now=now)
                subject = subject_hash(session, known.name.removeprefix("@"))
                record(
                    session, "suppress_add", actor=name_of(who), subject=subject,
                    counts={"people": 1}, now=now,
                )  # fmt: skip
        return Redirect(f"/prospects/{person_id}", status_code=303)

    @post("/leave-alone/undo", sync_to_thread=True, opt={"allow": ADMINS})
    def lift(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        person_id: FromPath[int],
        data: Form,
    ) -> Response[str] | Redirect:
        """They may be contacted again, for a reason that stands in the log; an admin's word."""
        who, now, reason = require_who(request), clock(), read_field(data, "reason", 20)
        _ = read_wording(request).gettext
        try:
            if reason not in LIFTS:
                raise Refused(_("Say why they may be contacted again."))
            with workspace.db.write() as session:
                person = find_person(session, who, person_id)
                known = load_person(session, person, now=now, settings=workspace.settings.lists)
                if person.suppressed_at is not None and known is not None:
                    lift_person(session, person)
                    record(
                        session, "suppress_remove", actor=name_of(who),
                        subject=subject_hash(session, known.name.removeprefix("@")),
                        counts={"people": 1}, now=now, reason=reason,
                    )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            text = read_wording(request).refusal(error)
            if error.fault == "on_list":
                text = _("A name of theirs stands on the suppression list: take it off there.")
            with workspace.db.read() as session:
                person = find_person(session, who, person_id)
                return render_person(request, workspace, session, person, now, text, 400)
        return Redirect(f"/prospects/{person_id}", status_code=303)


def name_of(who: Who) -> str:
    """What stands in the record for this reader."""
    return who.name or "open workspace"


def find_person(session: Session, who: Who, person_id: int) -> Person:
    """The person, if this reader may know of them; those who objected are known to nobody."""
    person = session.get(Person, person_id) if person_id < 2**63 else None
    if person is None:
        raise NotFound("There is no such person.")
    if not may_know(session, who, person_id):
        raise NotFound("There is no such person.")
    return person


def render_person(
    request: PageRequest,
    workspace: Workspace,
    session: Session,
    person: Person,
    now: datetime,
    trouble: str = "",
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> Response[str]:
    """The page; with ``trouble`` where a form could not be taken, and what was ``typed`` in it."""
    known = load_person(
        session, person, now=now, settings=workspace.settings.lists,
        in_full=request.query_params.get("all") == "yes",
    )  # fmt: skip
    if known is None:
        raise NotFound("There is no such person.")
    who, wording = require_who(request), read_wording(request)
    reader = find_reader(request, session)
    whose = known.holder or reader
    calendar = calendar_of(whose.team) if whose else None
    zone: tzinfo = calendar.zone if calendar is not None else UTC
    quota = None
    if known.holder is not None and calendar is not None:
        quota = find_quota(session, known.holder.id, calendar.today(now))
    context = {
        "known": known,
        "page": "prospect",
        "rep": reader if who.is_open else None,
        "now": now,
        "zone": zone,
        "today": calendar.today(now) if calendar else now.date(),
        "quota": quota,
        "curve": _draw(known, now, zone, quota, rtl=wording.is_rtl),
        "may_work": known.holder is not None and who.may_work_as(known.holder.id),
        "may_read": lambda rep: who.may_read_notes(rep.id, rep.team_id),
        "trouble": trouble,
        "mistakes": MISTAKES,
        "verdicts": VERDICTS,
        "lifts": LIFTS if person.suppressed_at and who.role == "admin" else (),
        "proofs": PROOFS,
        "joining": _load_joining(session, workspace, who, known, typed),
    }
    return render(request, "prospect.html", context, status=status)


@dataclass(frozen=True)
class _Joining:
    """What may be said and decided here about links to other accounts.

    ``others``: by account, of those this reader may know of. ``open_to``: the accounts here that
    may be linked at all. ``deciding`` and ``parting``: the links this reader answers for.
    """

    others: Mapping[int, Account]
    open_to: tuple[Account, ...]
    deciding: frozenset[int]
    parting: frozenset[int]
    typed: Mapping[str, str]


def _load_joining(
    session: Session,
    workspace: Workspace,
    who: Who,
    known: KnownPerson,
    typed: Mapping[str, str] | None,
) -> _Joining:
    own = {one.account.id: one.account for one in known.accounts}
    others = {}
    for link in known.links:
        for account_id in {link.first_id, link.second_id} - set(own):
            account = session.get_one(Account, account_id)
            if may_know(session, who, account.person_id, or_free=True):
                others[account_id] = account
    mine = {link.id for link in known.links if answers_for(session, who, link.id)}
    waiting = {link.id for link in known.links if link.decision is None}
    standing = {link.id for link in known.links if link.decision == "accepted"}
    is_on = workspace.settings.people.link_accounts and known.person.suppressed_at is None
    return _Joining(
        others=own | others,
        open_to=tuple(
            account for account in own.values() if is_on and terms_of(account.network).link_people
        ),
        deciding=frozenset(mine & waiting) if is_on else frozenset(),
        parting=frozenset(mine & standing),
        typed=typed or {},
    )


def _draw(
    known: KnownPerson, now: datetime, zone: tzinfo, quota: Quota | None, *, rtl: bool
) -> Curve | None:
    if known.topic is None:
        return None
    return draw_curve(
        known.terms,
        known.touched_at,
        now=now,
        half_life=timedelta(hours=known.topic.half_life_hours),
        longest=timedelta(days=known.topic.window_days),
        zone=zone,
        threshold=quota.threshold if quota else None,
        rtl=rtl,
    )
