"""Passwords and tokens: made, hashed, compared. Nothing readable is ever stored."""

from __future__ import annotations

import hashlib
import secrets as random
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config.errors import Refused
from config.settings import AccessSettings

_LONGEST = 200  # a megabyte of password would be work for us, not safety
#: One hash takes 64 MB and a fifth of a second: many at once would take the machine from everybody.
_AT_ONCE = threading.BoundedSemaphore(2)


def make_token() -> str:
    """A fresh token of 256 bits, fit for an address."""
    return random.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token. One pass is enough: there is nothing to guess in 256 bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def hash_password(password: str, settings: AccessSettings) -> str:
    """What is kept of a password; refuses one that is too short or too long."""
    if len(password) < settings.shortest_password:
        raise Refused(
            "This password is too short.",
            "Use at least %(shortest_password)s characters.",
            shortest_password=settings.shortest_password,
            fault="bad_password",
        )
    if len(password) > _LONGEST:
        raise Refused(
            "This password is too long.",
            "Use at most %(longest)s characters.",
            longest=_LONGEST,
            fault="bad_password",
        )
    with _AT_ONCE:
        return _hasher(settings.argon2_kib, settings.argon2_rounds).hash(password)


def is_password(password: str, kept: str | None, settings: AccessSettings) -> bool:
    """Whether it is the password. Takes as long where there is none, so that time tells nothing."""
    hasher = _hasher(settings.argon2_kib, settings.argon2_rounds)
    try:
        with _AT_ONCE:
            hasher.verify(kept or _decoy(settings.argon2_kib, settings.argon2_rounds),
                          password[:_LONGEST])  # fmt: skip
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _hasher(kib: int, rounds: int) -> PasswordHasher:
    return PasswordHasher(time_cost=rounds, memory_cost=kib, parallelism=1)


@cache
def _decoy(kib: int, rounds: int) -> str:
    return _hasher(kib, rounds).hash(make_token())
