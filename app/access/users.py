"""Users as people manage them: add, find, deactivate, set a password."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from app.access.who import Role, Who
from config.errors import Conflict, NotFound, Refused
from models import ROLES, ManagedTeam, Rep, Team, User, UserSession
from signals.text import is_storable

_LONGEST_EMAIL = 254
_LONGEST_NAME = 120


def read_email(text: str) -> str:
    """An e-mail address as it is kept: lower case, without spaces around it."""
    email = text.strip().lower()
    name, at, host = email.rpartition("@")
    plain = is_storable(email) and email.isprintable() and not any(c.isspace() for c in email)
    if not (at and name and "." in host.strip(".") and plain and len(email) <= _LONGEST_EMAIL):
        raise Refused(
            "%(text)s is not an e-mail address.",
            "Use one such as name@host.org.",
            text=repr(text[:60]),
            fault="not_an_address",
        )
    return email


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    role: str,
    password_hash: str | None,
    rep_id: int | None = None,
    team_ids: Collection[int] = (),
    now: datetime,
) -> User:
    """A new user; refuses a second one of the same e-mail or for the same rep."""
    email = read_email(email)
    if role not in ROLES:
        raise Refused(
            "Role %(role)s is not known.",
            "Use %(known)s.",
            2,
            role=repr(role),
            known=", ".join(ROLES),
        )
    name = " ".join(name.split())[:_LONGEST_NAME] or email.partition("@")[0]
    if find_user(session, email) is not None:
        raise Conflict(
            "There is a user %(email)s already.",
            "See: warmlist user list",
            email=email,
            fault="user_exists",
        )
    if role == "rep" and rep_id is None:
        raise Refused(
            "A user with the role rep needs a rep.", "Name one with --rep.", fault="needs_rep"
        )
    if rep_id is not None:
        if session.get(Rep, rep_id) is None:
            raise NotFound("There is no such rep.")
        taken = session.scalar(select(User.email).where(User.rep_id == rep_id))
        if taken is not None:
            raise Conflict(
                "That rep has a user already.", "See: warmlist user list", fault="rep_taken"
            )
    for team_id in team_ids:
        if session.get(Team, team_id) is None:
            raise NotFound("There is no such team.")
    user = User(
        email=email, name=name, role=role, password_hash=password_hash, rep_id=rep_id,
        created_at=now,
    )  # fmt: skip
    session.add(user)
    session.flush()
    for team_id in sorted(set(team_ids)):
        session.add(ManagedTeam(user_id=user.id, team_id=team_id))
    session.flush()
    return user


def find_user(session: Session, email: str) -> User | None:
    """The user of that e-mail address."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def get_user(session: Session, email: str) -> User:
    """The user of that e-mail address; refuses an unknown one."""
    user = find_user(session, email) if is_storable(email) else None
    if user is None:
        raise NotFound("There is no user %(email)s.", "See: warmlist user list", email=repr(email))
    return user


def list_users(session: Session) -> Sequence[User]:
    """Everybody who may sign in, and who may no longer."""
    return session.scalars(select(User).order_by(User.active.desc(), User.email)).all()


def has_users(session: Session) -> bool:
    """Whether anybody can sign in at all."""
    return bool(session.scalar(select(func.count()).select_from(User)))


def set_password(session: Session, user: User, password_hash: str, *, now: datetime) -> None:
    """Set a new password and sign out every browser of the user."""
    user.password_hash = password_hash
    end_sessions(session, user.id, now=now)


def set_active(session: Session, user: User, *, active: bool, now: datetime) -> None:
    """Let a user in, or keep them out from now on; the last admin stays."""
    if not active and user.role == "admin":
        others = session.scalar(
            select(func.count())
            .select_from(User)
            .where(User.role == "admin", User.active, User.id != user.id)
        )
        if not others:
            raise Conflict("This is the last admin.", "Make another one first.", fault="last_admin")
    user.active = active
    if not active:
        end_sessions(session, user.id, now=now)


def end_sessions(session: Session, user_id: int, *, now: datetime, but: int | None = None) -> None:
    """Sign out every browser of a user, ``but`` one."""
    session.execute(
        update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.id != (but if but is not None else -1),
        )
        .values(ended_at=now)
    )


def describe(
    session: Session,
    user: User,
    *,
    session_id: int | None = None,
    scopes: frozenset[str] | None = None,
) -> Who:
    """The user as every check sees them."""
    teams = session.scalars(_select_teams(), {"user_id": user.id})
    return Who(
        role=cast("Role", user.role),
        name=user.name,
        user_id=user.id,
        session_id=session_id,
        rep_id=user.rep_id,
        team_ids=frozenset(teams),
        scopes=scopes,
    )


@cache
def _select_teams() -> Select[int]:
    return select(ManagedTeam.team_id).where(ManagedTeam.user_id == bindparam("user_id"))
