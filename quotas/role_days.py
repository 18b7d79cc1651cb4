"""A rep's role on each day, from what is written down of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from models import Rep


def role_changes(rep: Rep) -> list[tuple[date, str | None]]:
    """Roles that ended, oldest first: the day it ended on (exclusive), and which it was."""
    return [(date.fromisoformat(until), role) for until, role in rep.earlier_roles or ()]


def role_on(rep: Rep, on: date) -> str | None:
    """The rep's role on a day."""
    return next((role for until, role in role_changes(rep) if on < until), rep.role)


def had_role(rep: Rep, role: str) -> bool:
    """Whether the rep has, had or will have a role."""
    return rep.role == role or any(one == role for _, one in rep.earlier_roles or ())


def split_by_role(rep: Rep, start: date, end: date) -> Iterator[tuple[date, date, str | None]]:
    """The stretches of [start, end) in which the role stays the same, with it."""
    for until, role in role_changes(rep):
        if start < until < end:
            yield start, until, role
            start = until
        elif until >= end:
            yield start, end, role
            return
    if start < end:
        yield start, end, rep.role
