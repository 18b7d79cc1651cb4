"""Who may sign in: users, what they manage, their browsers, one-time links and API tokens.

Only hashes of secrets are kept: whoever reads this database can open no door with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Code, Id, Instant, JsonList, JsonValue, Name, UtcDateTime

ROLES = ("rep", "manager", "admin")
_ROLE_NAMES = ", ".join(f"'{role}'" for role in ROLES)


class User(Base):
    """Somebody who may sign in. ``email`` is lower case; no password: only by link or OpenID."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint(f"role IN ({_ROLE_NAMES})", name="role"),)

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[Name]
    role: Mapped[Code]
    password_hash: Mapped[str | None] = mapped_column(String(300))
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("reps.id"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    keys: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)  # of the keyboard; null: usual
    created_at: Mapped[Instant]


class ManagedTeam(Base):
    """A team a manager answers for."""

    __tablename__ = "managed_teams"

    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(BigId, ForeignKey("teams.id"), primary_key=True)


class UserSession(Base):
    """One browser that is signed in, until ``ended_at``, too long idle, or ``expires_at``."""

    __tablename__ = "user_sessions"
    __table_args__ = (Index("ix_user_sessions_user_id", "user_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OneTimeLink(Base):
    """A link that opens a door once: for the first admin, somebody invited, or a lost password."""

    __tablename__ = "one_time_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('first_admin', 'invitation', 'reset')", name="purpose"),
        CheckConstraint(f"role IS NULL OR role IN ({_ROLE_NAMES})", name="role"),
    )

    id: Mapped[Id]
    purpose: Mapped[Code]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    email: Mapped[str | None] = mapped_column(String(254))
    role: Mapped[str | None] = mapped_column(String(40))
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("reps.id"))
    team_ids: Mapped[JsonList]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A key for a program, with scopes; shown once when it is made."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_user_id", "user_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[Name]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[JsonList]
    created_at: Mapped[Instant]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FailedSignIn(Base):
    """A wrong password, by hash of the e-mail tried and of the address it came from."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index("ix_failed_sign_ins_key_hash", "key_hash", "failed_at"),)

    id: Mapped[Id]
    key_hash: Mapped[str] = mapped_column(String(64))
    failed_at: Mapped[Instant]


class OutsideIdentity(Base):
    """A user as an OpenID Connect provider names them."""

    __tablename__ = "outside_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[Instant]
