"""Links that open a door once: the first admin, an invitation, a lost password."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.access.secrets import hash_token, make_token
from app.access.users import create_user, end_sessions, find_user, has_users, read_email
from config.errors import Conflict, NotFound, Refused
from config.settings import AccessSettings
from models import ROLES, OneTimeLink, User


def make_first_link(session: Session, *, now: datetime, settings: AccessSettings) -> str | None:
    """The token by which the first admin comes in; ``None`` once anybody can sign in.

    Earlier unused ones end: the address printed last is the one that works.
    """
    if has_users(session):
        return None
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.purpose == "first_admin", OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )
    return _make(session, "first_admin", now=now, settings=settings, role="admin")


def invite(
    session: Session,
    *,
    email: str,
    role: str,
    rep_id: int | None,
    team_ids: Collection[int],
    now: datetime,
    settings: AccessSettings,
) -> str:
    """The token of an invitation for that e-mail address."""
    email = read_email(email)
    if role not in ROLES:
        raise Refused(
            "Role %(role)s is not known.",
            "Use %(known)s.",
            2,
            role=repr(role),
            known=", ".join(ROLES),
        )
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
    if rep_id is not None and session.scalar(select(User.id).where(User.rep_id == rep_id)):
        raise Conflict("That rep has a user already.", "See: warmlist user list", fault="rep_taken")
    return _make(
        session, "invitation", now=now, settings=settings, email=email, role=role, rep_id=rep_id,
        team_ids=team_ids,
    )  # fmt: skip


def make_reset_link(
    session: Session, user: User, *, now: datetime, settings: AccessSettings
) -> str:
    """The token by which a user sets a new password; earlier ones end."""
    _end_reset_links(session, user.id, now=now)
    return _make(session, "reset", now=now, settings=settings, user_id=user.id)


def add_reset_link(
    session: Session, user: User, *, now: datetime, settings: AccessSettings
) -> tuple[str, int]:
    """Another such token, and its link's number. Earlier ones go on working.

    Anybody may ask for it, so it must not end what an admin passed on; using one ends all.
    """
    token = _make(session, "reset", now=now, settings=settings, user_id=user.id)
    link = session.scalars(
        select(OneTimeLink).where(OneTimeLink.token_hash == hash_token(token))
    ).one()
    return token, link.id


def renew_link(session: Session, link_id: int, *, now: datetime) -> str | None:
    """Another token for a link that was not used; the one before ends. ``None``: it is over."""
    link = session.get_one(OneTimeLink, link_id)
    if link.used_at is not None or link.expires_at <= now:
        return None
    token = make_token()
    link.token_hash = hash_token(token)
    session.flush()
    return token


def _end_reset_links(session: Session, user_id: int, *, now: datetime) -> None:
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.purpose == "reset",
            OneTimeLink.user_id == user_id,
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=now)
    )


def find_link(session: Session, token: str, *, now: datetime) -> OneTimeLink:
    """The link of that token; refuses a used, expired or unknown one alike."""
    link = session.scalar(
        select(OneTimeLink)
        .where(
            OneTimeLink.token_hash == hash_token(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .with_for_update()
    )
    if link is None or (link.purpose == "first_admin" and has_users(session)):
        raise NotFound("This link was used before or is too old. Ask for a new one.")
    return link


def use_link(
    session: Session,
    token: str,
    *,
    email: str,
    name: str,
    password_hash: str,
    now: datetime,
) -> User:
    """Come in by a link with a new password; the link is used up.

    ``email`` counts for the first admin alone: an invitation was for one address.
    """
    link = find_link(session, token, now=now)
    link.used_at = now
    if link.purpose == "reset":
        user = session.get_one(User, link.user_id)
        if not user.active:
            raise NotFound("This link was used before or is too old. Ask for a new one.")
        user.password_hash = password_hash
        end_sessions(session, user.id, now=now)
        _end_reset_links(session, user.id, now=now)
        return user
    return create_user(
        session, email=link.email or email, name=name, role=link.role or "rep",
        password_hash=password_hash, rep_id=link.rep_id, team_ids=link.team_ids, now=now,
    )  # fmt: skip


def _make(
    session: Session,
    purpose: str,
    *,
    now: datetime,
    settings: AccessSettings,
    user_id: int | None = None,
    email: str | None = None,
    role: str | None = None,
    rep_id: int | None = None,
    team_ids: Collection[int] = (),
) -> str:
    token = make_token()
    session.add(
        OneTimeLink(
            purpose=purpose,
            token_hash=hash_token(token),
            user_id=user_id,
            email=email,
            role=role,
            rep_id=rep_id,
            team_ids=sorted(set(team_ids)),
            created_at=now,
            expires_at=now + timedelta(hours=settings.link_hours),
        )
    )
    return token
