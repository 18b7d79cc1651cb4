"""Browsers that are signed in: kept on the server, ended by idleness, age or a word."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from app.access.keys import keys_of
from app.access.secrets import hash_token, make_token
from app.access.users import find_user
from app.access.who import Who
from config.errors import Refused
from config.settings import AccessSettings
from models import FailedSignIn, ManagedTeam, User, UserSession

_SEEN_EVERY = timedelta(minutes=1)  # noting every request would make every page a write


class TooManyAttempts(Refused):
    """Too many wrong passwords lately."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A password about to be tried: noted before it is, so that many at once count too.

    ``user_id`` and ``kept`` are empty where nobody has the e-mail or no password is set.
    """

    key: str
    rows: tuple[int, ...]
    user_id: int | None
    kept: str | None


def begin_attempt(
    session: Session, *, email: str, address: str, now: datetime, settings: AccessSettings
) -> Attempt:
    """Note an attempt for that e-mail from that address; refuses while there were too many.

    The password is then held against ``kept`` outside of any transaction: a hash takes a fifth of a
    second, in which nobody else could write.
    """
    keys = (key_of_attempt("email", email.strip().lower()), key_of_attempt("address", address))
    limits = (settings.failures_per_email, settings.failures_per_address)
    rows = note_attempt(session, keys, limits, now=now, settings=settings)
    user = find_user(session, email)
    if user is None or not user.active:
        return Attempt(keys[0], rows, None, None)
    return Attempt(keys[0], rows, user.id, user.password_hash)


def note_attempt(
    session: Session,
    keys: Sequence[str],
    limits: Sequence[int],
    *,
    now: datetime,
    settings: AccessSettings,
) -> tuple[int, ...]:
    """Count one more under each key, unless one is at its limit: refused. Returns the rows."""
    since = now - timedelta(minutes=settings.failure_minutes)
    for key, limit in zip(keys, limits, strict=True):
        failed = session.scalar(
            select(func.count())
            .select_from(FailedSignIn)
            .where(FailedSignIn.key_hash == key, FailedSignIn.failed_at > since)
        )
        if (failed or 0) >= limit:
            raise TooManyAttempts("There were too many attempts. Wait a quarter of an hour.")
    session.execute(delete(FailedSignIn).where(FailedSignIn.failed_at < since))
    noted = [FailedSignIn(key_hash=key, failed_at=now) for key in keys]
    session.add_all(noted)
    session.flush()
    return tuple(row.id for row in noted)


def forget_attempt(session: Session, attempt: Attempt) -> None:
    """It was the right password: neither it nor earlier wrong ones for this e-mail count."""
    session.execute(
        delete(FailedSignIn).where(
            or_(FailedSignIn.key_hash == attempt.key, FailedSignIn.id.in_(attempt.rows))
        )
    )


def key_of_attempt(kind: str, value: str) -> str:
    """What is kept of an e-mail or an address that something was tried for or from."""
    return hashlib.sha256(f"{kind}\x1f{value}".encode("utf-8", "surrogatepass")).hexdigest()


def open_session(session: Session, user: User, *, now: datetime, settings: AccessSettings) -> str:
    """Sign a browser in; returns the token for its cookie."""
    token = make_token()
    session.add(
        UserSession(
            user_id=user.id,
            token_hash=hash_token(token),
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=settings.session_days),
        )
    )
    return token


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser that is signed in: whose it is, when it was noted last, and until when it may."""

    who: Who
    seen_at: datetime
    until: datetime

    def lasts(self, now: datetime) -> bool:
        """Whether it is neither too long idle nor expired."""
        return now < self.until

    def is_worth_noting(self, now: datetime) -> bool:
        """Whether it was not noted for a while."""
        return now - self.seen_at > _SEEN_EVERY


def find_session(
    session: Session, token: str, *, now: datetime, settings: AccessSettings
) -> Visit | None:
    """Whose browser it is; ``None`` if signed out."""
    rows = session.execute(_select_visit(), {"token_hash": hash_token(token)}).all()
    if not rows:
        return None
    found = rows[0]
    keys_on, letters = keys_of(found.chosen_keys)
    who = Who(
        role=found.role,
        name=found.name,
        user_id=found.user_id,
        session_id=found.id,
        rep_id=found.rep_id,
        team_ids=frozenset(row.team_id for row in rows if row.team_id is not None),
        keys_on=keys_on,
        letters=letters,
    )
    until = min(found.expires_at, found.seen_at + timedelta(hours=settings.idle_hours))
    return Visit(who, found.seen_at, until) if now < until else None


@cache  # asked before every page: one statement, and no mapped objects
def _select_visit() -> Select[*tuple[Any, ...]]:
    opened, user, managed = (
        cast("Table", one.__table__) for one in (UserSession, User, ManagedTeam)
    )
    return (
        select(
            opened.c.id, opened.c.seen_at, opened.c.expires_at, opened.c.user_id, user.c.role,
            user.c.name, user.c.rep_id, user.c["keys"].label("chosen_keys"), managed.c.team_id,
        )
        .join_from(opened, user, user.c.id == opened.c.user_id)
        .outerjoin(managed, managed.c.user_id == user.c.id)
        .where(
            opened.c.token_hash == bindparam("token_hash"), opened.c.ended_at.is_(None),
            user.c.active,
        )
    )  # fmt: skip


def list_sessions(
    session: Session, user_id: int, *, now: datetime, settings: AccessSettings
) -> Sequence[UserSession]:
    """The browsers a user is signed in with, seen last first."""
    return session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            UserSession.seen_at > now - timedelta(hours=settings.idle_hours),
        )
        .order_by(UserSession.seen_at.desc())
        .limit(20)
    ).all()


def note_seen(session: Session, session_id: int, *, now: datetime) -> None:
    """The browser is not idle."""
    opened = session.get(UserSession, session_id)
    if opened is not None:
        opened.seen_at = now


def end_session(session: Session, session_id: int, *, now: datetime) -> None:
    """Sign one browser out."""
    opened = session.get(UserSession, session_id)
    if opened is not None and opened.ended_at is None:
        opened.ended_at = now


def purge_sessions(session: Session, *, now: datetime, settings: AccessSettings) -> None:
    """Drop sessions that ended or expired more than a month ago, and old failures."""
    old = now - timedelta(days=30)
    session.execute(
        delete(UserSession).where(or_(UserSession.ended_at < old, UserSession.expires_at < old))
    )
    since = now - timedelta(minutes=settings.failure_minutes)
    session.execute(delete(FailedSignIn).where(FailedSignIn.failed_at < since))
