"""Every address that shows a page, by its route, and why the other GET routes show none."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.links import invite
from app.access.secrets import hash_password
from app.bootstrap import Workspace
from config.settings import AccessSettings
from models import (
    Account,
    AccountLink,
    ApiToken,
    Assignment,
    BudgetPlan,
    Contest,
    Leave,
    PrivacyEntry,
    RewardScheme,
    Source,
    Statement,
    TeamHoliday,
    Topic,
    TopicVersion,
    Touch,
    TouchFlag,
    User,
)
from signals.versions import Definition
from tests.app.web.small_workspace import NOW, TODAY

#: Who may sign in once a workspace is furnished: an admin.
EMAIL: Final = "mara@example.org"
PASSWORD: Final = "a long enough one"

#: Of a workspace whose doors are open; ``held`` is on the list, ``touched`` was contacted.
OPEN: Final[dict[str, tuple[str, ...]]] = {
    "/today": (
        "/today", "/today?date=2026-11-24", "/today?done=all", "/today?open=none",
    ),
    "/prospects/{person_id:int}": ("/prospects/{held}", "/prospects/{touched}"),
    "/reps": ("/reps",),
    "/team": ("/team", "/team?table=all"),
    "/team/calendar": ("/team/calendar",),
    "/team/rewards": ("/team/rewards", "/team/rewards?per=week&date=2026-11-10"),
    "/rewards": ("/rewards",),
    "/leaderboard": ("/leaderboard",),
    "/search": ("/search", "/search?q=sample", "/search?q=nobody-at-all"),
    "/quotas": ("/quotas",),
    "/quotas/reps/{rep_id:int}": ("/quotas/reps/1",),
    "/setup/team": ("/setup/team",),
    "/setup/reps": ("/setup/reps",),
    "/setup/topic": ("/setup/topic", "/setup/topic?like=retirement"),
    "/setup/network": ("/setup/network",),
    "/setup/quota": ("/setup/quota",),
    "/setup/list": ("/setup/list",),
    "/topics": ("/topics",),
    "/topics/{topic_id:int}": (
        "/topics/1", "/topics/1?draft=1&k=which&add_k=annuity", "/topics/1?suggest=1",
    ),
    "/topics/{topic_id:int}/judge": ("/topics/1/judge", "/topics/1/judge?post=s1"),
    "/topics/{topic_id:int}/yield": ("/topics/1/yield",),
    "/topics/budget": ("/topics/budget",),
    "/topics/weights": ("/topics/weights",),
    "/sources": ("/sources",),
    "/people": ("/people",),
    "/people/teams": tuple(
        f"/people/teams{asked}"
        for asked in ("", "?edit=r1", "?edit=stop1", "?edit=change1", "?edit=new")
    ),
    "/privacy": ("/privacy",),
}  # fmt: skip

#: Of a workspace whose doors are closed, for somebody who is signed in or for a stranger.
BEHIND_DOORS: Final[dict[str, str]] = {"/account": "/account"}
FOR_STRANGERS: Final[dict[str, str]] = {
    "/sign-in": "/sign-in",
    "/sign-in/lost": "/sign-in/lost",
    "/welcome/{token:str}": "/welcome/{token}",
}

NO_PAGE: Final[dict[str, str]] = {
    "/": "leads on to the page of who asks",
    "/setup": "leads on to the step that is next",
    "/sign-in/openid": "leads on to the provider; what is refused shows the sign-in page",
    "/sign-in/openid/back": "leads on from the provider; what is refused shows the sign-in page",
    "/c/{code:str}": "leads on to where the short link goes",
    "/topics/{topic_id:int}/ready": "answers nothing but 204",
    "/privacy/suppression.csv": "a file to download",
    "/team/rewards/statements.csv": "a file to download",
    "/api/openapi.json": "JSON for programs",
    "/api/lists": "JSON for programs",
    "/api/attainment": "JSON for programs",
    "/hooks/{name:str}": "plain text for other systems",
    "/static/{file_path:path}": "files of the pages",
}


def furnish(session: Session, typed: str, settings: AccessSettings) -> dict[str, int | str]:
    """Something on every page; where people write it reads ``typed``. Returns what addresses need.

    ``held`` and ``touched`` are people, ``token`` opens an invitation.
    """
    touch = session.scalars(select(Touch).order_by(Touch.id.desc())).first()
    topic = session.get_one(Topic, 1)
    held = session.scalars(
        select(Assignment.person_id).where(Assignment.closed_at.is_(None))
    ).first()
    assert touch is not None
    user = User(
        email=EMAIL, name=typed, role="admin", created_at=NOW,
        password_hash=hash_password(PASSWORD, settings),
    )  # fmt: skip
    session.add(user)
    session.flush()
    token = invite(
        session, email="new@example.org", role="manager", rep_id=None, team_ids=(1,), now=NOW,
        settings=settings,
    )  # fmt: skip
    accounts = session.scalars(
        select(Account).order_by(Account.person_id != held, Account.id).limit(3)
    ).all()
    for other, decided in zip(accounts[1:], (None, "rejected"), strict=True):
        session.add(
            AccountLink(
                first_id=accounts[0].id, second_id=other.id, proof="consent", moved={},
                evidence={"record": typed, "first": "https://a.example/"}, proposed_by=typed,
                proposed_at=NOW, decision=decided, decided_by=typed if decided else None,
                decided_at=NOW if decided else None, reason=typed if decided else None,
            )
        )  # fmt: skip
    month = {"starts_on": TODAY.replace(month=10, day=1), "ends_on": TODAY.replace(day=1)}
    session.add_all([
        ApiToken(user_id=user.id, name=typed, token_hash="0" * 64, scopes=["lists:read"],
                 created_at=NOW),
        TouchFlag(touch_id=touch.id, rule="rapid", why="x", flagged_at=NOW),
        RewardScheme(team_id=1, name=typed, activity="engaged_contact", unit="EUR", rate=250,
                     mode="whole", tiers=[[100, 100]], starts_on=TODAY - timedelta(days=20),
                     created_at=NOW),
        Contest(team_id=1, name=typed, activity="engaged_contact", unit="EUR", prizes=[100, 50],
                starts_on=TODAY - timedelta(days=2), ends_on=TODAY + timedelta(days=5),
                created_at=NOW),
        Statement(rep_id=1, unit="EUR", amount=1250, lines=[], note=typed, closed_by=typed,
                  closed_at=NOW, **month),
        TeamHoliday(team_id=1, held_on=TODAY + timedelta(days=2), name=typed, created_at=NOW),
        Leave(rep_id=1, starts_on=TODAY + timedelta(days=5), ends_on=TODAY + timedelta(days=8),
              reason=typed, created_at=NOW),
        TopicVersion(topic_id=1, number=1, definition=Definition.of(topic).as_json(), author=typed,
                     reason=typed, created_at=NOW),
        BudgetPlan(state="on", shares=[], seed=1, author=typed, reason=typed, created_at=NOW),
        Source(name=typed, network="bluesky", lawful_basis=typed, approval_ref=typed,
               paused_reason=typed, created_at=NOW, updated_at=NOW),
        Source(name="hackernews", network="hackernews", lawful_basis=typed, created_at=NOW,
               updated_at=NOW),
        PrivacyEntry(action="export", actor=typed, counts={}, done_at=NOW),
    ])  # fmt: skip
    session.flush()
    return {"held": held or 0, "touched": touch.person_id or 0, "token": token}


def with_mail(workspace: Workspace) -> Workspace:
    """The workspace with a mail server named, so that lost passwords have their page."""
    mail = workspace.settings.mail.model_copy(update={"host": "127.0.0.1"})
    return Workspace(workspace.settings.model_copy(update={"mail": mail}), workspace.db)
