"""What one delivery held, and why one is refused."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from signals.collectors.contract import Engagement, Malformed, Ref

#: What reading an item of another shape raises; a time may be out of all bounds.
UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a body brought: engagements, deletions, and what could not be read of it.

    ``lapsed`` asks to be left alone: what is stored of it goes.
    """

    engagements: tuple[Engagement, ...] = ()
    deletions: tuple[Ref, ...] = ()
    malformed: tuple[Malformed, ...] = ()
    lapsed: tuple[Ref, ...] = ()


class Forged(Exception):
    """The signature is missing, wrong or too old: nothing of the body is read."""


def sign(secret: bytes, message: bytes) -> str:
    """HMAC-SHA256 in hexadecimal digits."""
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def is_signed(secret: bytes, message: bytes, given: str) -> bool:
    """Whether ``given`` is the message's signature; takes as long for a wrong one."""
    return hmac.compare_digest(sign(secret, message), given.strip().lower())
