"""Keys for programs: made once, kept as hashes, limited by scopes, revoked by a word."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.secrets import hash_token, make_token
from app.access.users import describe
from app.access.who import Who
from config.errors import NotFound, Refused
from models import ApiToken, User

#: What a token may be allowed, in the order it is offered.
SCOPES: Final = ("lists:read", "touches:write", "attainment:read")
_PREFIX: Final = "wl_"  # lets a scanner of leaked secrets recognise one
_LONGEST_NAME: Final = 80
_USED_EVERY: Final = timedelta(hours=1)  # noting every request would make each of them a write


def create_token(
    session: Session, user_id: int, *, name: str, scopes: Collection[str], now: datetime
) -> str:
    """Make a token; what is returned is shown once and cannot be read again."""
    name = " ".join(name.split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise Refused("A token needs a short name.", "Name the program that will use it.")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise Refused(
            "A token needs one or more scopes.", "Use %(known)s.", known=", ".join(SCOPES)
        )
    token = _PREFIX + make_token()
    session.add(
        ApiToken(
            user_id=user_id,
            name=name,
            token_hash=hash_token(token),
            scopes=[scope for scope in SCOPES if scope in scopes],
            created_at=now,
        )
    )
    return token


def find_token(session: Session, token: str, *, now: datetime) -> tuple[Who, int | None] | None:
    """Whose token it is, and its number where its use is worth noting; ``None``: no valid one."""
    row = session.execute(
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.token_hash == hash_token(token), ApiToken.revoked_at.is_(None), User.active)
    ).first()
    if row is None:
        return None
    found, user = row
    noted = found.used_at is not None and now - found.used_at < _USED_EVERY
    return describe(session, user, scopes=frozenset(found.scopes)), None if noted else found.id


def note_used(session: Session, token_id: int, *, now: datetime) -> None:
    """A program used it."""
    token = session.get(ApiToken, token_id)
    if token is not None:
        token.used_at = now


def list_tokens(session: Session, user_id: int) -> Sequence[ApiToken]:
    """The user's tokens that still work."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id)
    ).all()


def revoke_token(session: Session, user_id: int, token_id: int, *, now: datetime) -> None:
    """The token works no longer."""
    token = session.get(ApiToken, token_id)
    if token is None or token.user_id != user_id:
        raise NotFound("There is no such token.")
    token.revoked_at = token.revoked_at or now
