"""Quotas in one step: what a kind of rep usually owes, as a starting point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from config.errors import NotFound
from models import ENGAGED_CONTACT, Quota, Rep
from quotas.history import Owner, quota_history
from quotas.setting import draft_quota, draft_stop
from quotas.targets import ROLL


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One quota of a template; without ``threshold`` the workspace's own applies."""

    activity: str
    target: int
    per: str
    weight: float = 1.0
    threshold: float | None = None
    fresh_days: int | None = None
    missed: str = ROLL


@dataclass(frozen=True, slots=True)
class Template:
    """A named set of quotas."""

    name: str
    lines: tuple[TemplateLine, ...]


TEMPLATES: Final[Mapping[str, Template]] = {
    "probation-adviser": Template(
        "Probation adviser: 50 engaged contacts a week",
        (TemplateLine(ENGAGED_CONTACT, 50, "week", fresh_days=14),),
    ),
    "classic": Template("Classic: 250 calls a week", (TemplateLine("outbound_call", 250, "week"),)),
    "mixed": Template(
        "Mixed: 30 engaged contacts and 80 calls a week, 8 meetings and 4 proposals a month",
        (
            TemplateLine(ENGAGED_CONTACT, 30, "week", weight=0.5, fresh_days=14),
            TemplateLine("outbound_call", 80, "week", weight=0.2),
            TemplateLine("meeting", 8, "month", weight=0.2),
            TemplateLine("proposal", 4, "month", weight=0.1),
        ),
    ),
}

#: The calls a week that so many engaged contacts are said to stand for, until outcomes tell.
CALLS_FOR_CONTACTS: Final = (250, 50)


def find_template(key: str) -> Template:
    """The template of that key."""
    if key not in TEMPLATES:
        raise NotFound(
            "There is no template %(key)s.",
            "Known: %(known)s.",
            key=repr(key),
            known=", ".join(TEMPLATES),
        )
    return TEMPLATES[key]


def apply_template(
    session: Session,
    owner: Rep | Owner,
    key: str,
    *,
    starts_on: date,
    threshold: float,
    now: datetime,
) -> list[Quota]:
    """Give an owner a template's quotas from ``starts_on``; their own of other activities stop."""
    rows = draft_template(session, owner, key, starts_on=starts_on, threshold=threshold, now=now)
    session.add_all(rows)
    session.flush()
    return [row for row in rows if not row.stops]


def draft_template(
    session: Session,
    owner: Rep | Owner,
    key: str,
    *,
    starts_on: date,
    threshold: float,
    now: datetime,
) -> list[Quota]:
    """The rows that ``apply_template`` would add, those that stop something first; not stored."""
    template = find_template(key)
    owner = Owner(rep=owner) if isinstance(owner, Rep) else owner
    wanted = {line.activity for line in template.lines}
    stopped = [
        draft_stop(session, owner, activity=span.quota.activity, starts_on=starts_on, now=now)
        for span in quota_history(session, owner)
        if span.quota.activity not in wanted and span.starts_on <= starts_on < span.ends_on
    ]
    return stopped + [
        draft_quota(
            session, owner, target=line.target, per=line.per, activity=line.activity,
            weight=line.weight, fresh_days=line.fresh_days, missed=line.missed,
            threshold=threshold if line.threshold is None else line.threshold,
            template=key, starts_on=starts_on, now=now,
        )
        for line in template.lines
    ]  # fmt: skip
