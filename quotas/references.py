"""Contacts known elsewhere, kept as keyed hashes alone."""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Session

from config.errors import Refused
from models import WorkspaceValue
from models.upsert import insert_ignore
from quotas.exchange import hash_reference

#: Where the workspace keeps its key.
KEY_NAME = "reference_key"


def load_key(session: Session) -> bytes:
    """The workspace's own key for references, made when it is first asked for; in a write."""
    row = session.get(WorkspaceValue, KEY_NAME)
    if row is None:
        insert_ignore(session, WorkspaceValue, [{"key": KEY_NAME, "value": secrets.token_hex(32)}])
        row = session.get_one(WorkspaceValue, KEY_NAME)
    return bytes.fromhex(row.value)


def read_reference(session: Session, text: str) -> str:
    """The hash of a number, address or customer number as somebody typed it."""
    if not any(letter.isalnum() for letter in text):
        raise Refused(
            "Reference %(text)s names nobody.", "Give a number or name.", text=repr(text[:40])
        )
    return hash_reference(text, load_key(session))
