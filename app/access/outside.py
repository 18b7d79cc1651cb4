"""Who somebody is here whom a provider vouched for: known before, linked by address, invited, new.

An account is never handed to another person: whoever was linked once is known by issuer and subject
alone, and an address links only an account that this issuer's other people are not linked to.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.openid import Claims
from app.access.users import create_user, find_user, read_email
from config.errors import Refused
from config.settings import OpenIdSettings
from models import OneTimeLink, OutsideIdentity, Rep, User
from quotas.staff import create_rep, find_team


class NotVerified(Refused):
    """The provider did not verify the address."""


class NotKnown(Refused):
    """Nobody here has this address."""


class KeptOut(Refused):
    """The account is closed, or its address belongs to another person of the provider."""


def find_outside_user(
    session: Session, claims: Claims, *, settings: OpenIdSettings, now: datetime
) -> User:
    """The user somebody is; refuses who is not verified, not known, or kept out."""
    if not claims.email:
        raise NotVerified("The provider has not verified the e-mail address.", "Verify it there.")
    email = read_email(claims.email)
    domain = email.rpartition("@")[2]
    domains = {one.strip().lower().removeprefix("@") for one in settings.domains}
    if domains and domain not in domains:
        raise NotKnown(f"Addresses of {domain} may not sign in here.", "Ask an admin.")
    linked = session.scalar(
        select(OutsideIdentity).where(
            OutsideIdentity.issuer == claims.issuer, OutsideIdentity.subject == claims.subject
        )
    )
    if linked is not None:
        user = session.get_one(User, linked.user_id)
    else:
        found = find_user(session, email) or _accept_invitation(session, email, claims.name, now)
        if found is None and settings.create_in and domain in domains:
            found = _create_rep_user(session, email, claims.name, settings.create_in, now)
        if found is None:
            raise NotKnown(f"Nobody here has the address {email}.", "Ask for an invitation.")
        user = found
        taken = session.scalar(
            select(OutsideIdentity.id).where(
                OutsideIdentity.issuer == claims.issuer, OutsideIdentity.user_id == user.id
            )
        )
        if taken is not None:
            raise KeptOut(
                f"{email} belongs to another person of this provider.", "Ask an admin to look."
            )
    if not user.active:
        raise KeptOut(f"{email} is kept out.", "Ask an admin.")
    if linked is None:
        session.add(
            OutsideIdentity(
                user_id=user.id, issuer=claims.issuer, subject=claims.subject, created_at=now
            )
        )
        session.flush()
    return user


def _accept_invitation(session: Session, email: str, name: str, now: datetime) -> User | None:
    """The newest invitation of that address, used up: the provider proved what its link would."""
    link = session.scalar(
        select(OneTimeLink)
        .where(
            OneTimeLink.purpose == "invitation",
            OneTimeLink.email == email,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .order_by(OneTimeLink.id.desc())
        .limit(1)
        .with_for_update()
    )
    if link is None:
        return None
    link.used_at = now
    return create_user(
        session, email=email, name=name, role=link.role or "rep", password_hash=None,
        rep_id=link.rep_id, team_ids=link.team_ids, now=now,
    )  # fmt: skip


def _create_rep_user(session: Session, email: str, name: str, team: str, now: datetime) -> User:
    """A newcomer as a rep of the team the settings name."""
    found = find_team(session, team)
    shown = " ".join(name.split())[:100] or email.partition("@")[0]
    same = session.scalars(select(Rep.name).where(Rep.team_id == found.id)).all()
    if shown.lower() in {one.lower() for one in same}:
        shown = email
    rep = create_rep(session, found, name=shown, now=now)
    return create_user(
        session, email=email, name=shown, role="rep", password_hash=None, rep_id=rep.id, now=now
    )
