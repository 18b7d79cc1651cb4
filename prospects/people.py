"""Finding the person behind a handle or a number."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from models import Account, Person
from signals.text import is_storable


def find_person(session: Session, handle_or_id: str) -> Person:
    """The person of that handle, with or without ``@``, or row number; refuses an unclear name."""
    wanted = handle_or_id.strip()
    handle = wanted.removeprefix("@").lower()
    if handle and is_storable(handle):
        found = session.scalars(
            select(Account.person_id).where(func.lower(Account.handle) == handle).distinct()
        ).all()
        if len(found) > 1:
            numbers = ", ".join(str(person_id) for person_id in sorted(found))
            raise Refused(f"Several people are called {wanted!r}: {numbers}.", "Use the number.")
        if found:
            return session.get_one(Person, found[0])
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        person = session.get(Person, int(wanted))
        if person is not None:
            return person
    raise NotFound(f"Nobody here is called {wanted[:60]!r}.", "Use a handle as pages show it.")
