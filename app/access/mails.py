"""Mails with links: asked for here, sent by a job (``app.mailing``), to users and the invited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.access.links import add_reset_link, renew_link
from app.access.secrets import hash_token
from app.access.sessions import TooManyAttempts, key_of_attempt, note_attempt
from app.access.users import find_user, read_email
from config.errors import NotFound, Refused
from config.settings import AccessSettings
from models import ManagedTeam, OneTimeLink, OutgoingMail, Rep, Team, User

_LEASE: Final = timedelta(minutes=5)  # a process that dies while sending lets another try after it
_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is due now, with the token that was made for it."""

    mail_id: int
    purpose: str
    email: str
    name: str
    language: str
    token: str
    attempts: int


def ask_for_reset(
    session: Session,
    email: str,
    *,
    address: str,
    language: str,
    now: datetime,
    settings: AccessSettings,
) -> bool:
    """Let whoever has that address get a link; ``False`` where too many were asked for.

    The same is written whether anybody has it or not, and the same is answered.
    """
    try:
        email = read_email(email)
    except Refused:
        return True  # no address of anybody; said no louder than any other
    keys = (key_of_attempt("lost", email), key_of_attempt("lost from", address))
    limits = (settings.resets_per_email, settings.resets_per_address)
    try:
        note_attempt(session, keys, limits, now=now, settings=settings)
    except TooManyAttempts:
        return False
    _add(session, "reset", email, language, None, now)
    return True


def mail_reset(session: Session, user: User, *, language: str, now: datetime) -> None:
    """Let a user get a link for a new password, because an admin wants so."""
    _add(session, "reset", user.email, language, None, now)


def mail_invitation(session: Session, token: str, *, language: str, now: datetime) -> None:
    """Let somebody get the invitation that was made for them; its token is made anew then."""
    link = session.scalar(select(OneTimeLink).where(OneTimeLink.token_hash == hash_token(token)))
    if link is None or link.email is None:
        raise NotFound("There is no such invitation.")
    _add(session, "invitation", link.email, language, link.id, now)


def _add(
    session: Session, purpose: str, email: str, language: str, link_id: int | None, now: datetime
) -> None:
    session.add(
        OutgoingMail(
            purpose=purpose, email=email, language=language, link_id=link_id, created_at=now,
            due_at=now,
        )
    )  # fmt: skip
    session.flush()


def take_due(session: Session, *, now: datetime, settings: AccessSettings) -> Letter | None:
    """The mail that waits longest, taken so that nobody else sends it; ``None``: none is due.

    Its link is made here, and an earlier token of it ends: what stands in the mail is kept nowhere.
    """
    while True:
        mail = session.scalars(
            select(OutgoingMail)
            .where(OutgoingMail.ended_at.is_(None), OutgoingMail.due_at <= now)
            .order_by(OutgoingMail.due_at, OutgoingMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if mail is None:
            return None
        mail.attempts += 1
        mail.due_at = now + _LEASE
        letter = _prepare(session, mail, now, settings)
        if letter is not None:
            session.flush()
            return letter
        mail.ended_at, mail.outcome, mail.email = now, "dropped", ""
        session.flush()


def _prepare(
    session: Session, mail: OutgoingMail, now: datetime, settings: AccessSettings
) -> Letter | None:
    user = find_user(session, mail.email)
    if mail.purpose == "reset":
        if user is None or not user.active:
            return None
        if mail.link_id is None:
            token, mail.link_id = add_reset_link(session, user, now=now, settings=settings)
        else:
            renewed = renew_link(session, mail.link_id, now=now)
            if renewed is None:
                return None
            token = renewed
        language = _language_of(session, user.rep_id, _teams_of(session, user)) or mail.language
        return Letter(mail.id, "reset", user.email, user.name, language, token, mail.attempts)
    link = session.get(OneTimeLink, mail.link_id) if mail.link_id is not None else None
    renewed = renew_link(session, link.id, now=now) if link is not None else None
    if link is None or renewed is None or user is not None or link.email is None:
        return None
    language = _language_of(session, link.rep_id, link.team_ids) or mail.language
    return Letter(mail.id, "invitation", link.email, "", language, renewed, mail.attempts)


def _teams_of(session: Session, user: User) -> Sequence[int]:
    return session.scalars(select(ManagedTeam.team_id).where(ManagedTeam.user_id == user.id)).all()


def _language_of(session: Session, rep_id: int | None, team_ids: Sequence[int]) -> str | None:
    rep = session.get(Rep, rep_id) if rep_id is not None else None
    ids = [rep.team_id] if rep is not None else list(team_ids)
    return session.scalar(
        select(Team.language)
        .where(Team.id.in_(ids), Team.language.is_not(None))
        .order_by(Team.id)
        .limit(1)
    )


def note_sent(session: Session, mail_id: int, *, now: datetime) -> None:
    """The server took it."""
    mail = session.get_one(OutgoingMail, mail_id)
    mail.ended_at, mail.outcome, mail.error = now, "sent", None


def note_failed(
    session: Session, mail_id: int, error: str, *, again_at: datetime | None, now: datetime
) -> None:
    """The server did not take it; ``again_at`` says when it is tried again, ``None``: no more."""
    mail = session.get_one(OutgoingMail, mail_id)
    mail.error = error[:400]
    if again_at is None:
        mail.ended_at, mail.outcome = now, "failed"
    else:
        mail.due_at = again_at


def list_unsent(session: Session) -> Sequence[OutgoingMail]:
    """What could not be sent yet or at all, newest first; only mails somebody is to get."""
    known = select(User.email)
    return session.scalars(
        select(OutgoingMail)
        .where(
            OutgoingMail.error.is_not(None),
            or_(OutgoingMail.outcome.is_(None), OutgoingMail.outcome == "failed"),
            or_(OutgoingMail.purpose == "invitation", OutgoingMail.email.in_(known)),
        )
        .order_by(OutgoingMail.id.desc())
        .limit(20)
    ).all()


def purge_mails(session: Session, *, now: datetime) -> None:
    """Drop mails that ended more than a month ago."""
    session.execute(delete(OutgoingMail).where(OutgoingMail.ended_at < now - _KEPT))


def try_again(session: Session, mail_id: int, *, now: datetime) -> None:
    """Send at once what waits or was given up."""
    done = session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id, or_(OutgoingMail.outcome.is_(None),
                                               OutgoingMail.outcome == "failed"))
        .values(due_at=now, ended_at=None, outcome=None, attempts=0)
    )  # fmt: skip
    if not done.rowcount:  # type: ignore[attr-defined] # an update's result has it
        raise NotFound("There is no such mail.")
