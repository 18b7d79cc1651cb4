"""Notices to people whose data did not come from them (GDPR article 14): whom, by when, given.

Due within a month of first storing something, and at the latest with the first contact. Where
somebody says they live decides; it hardly ever is said, and then what the workspace takes for
granted does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from config.settings import PrivacySettings
from models import Account, Notice, Person, Prospect, Touch
from models.touch import is_attempt
from models.upsert import insert_ignore
from signals.tombstones import chunks

#: Countries of the European Economic Area, and the United Kingdom, whose law asks for the same.
ASKING: Final = frozenset(
    """
    AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK GB
    """.split()
)
_TAKEN: Final = "DE"  # any of them, for whoever said nothing


@dataclass(frozen=True, slots=True)
class DueNotice:
    """One person who has to be told; ``because`` is ``stored`` or ``contacted``."""

    person_id: int
    name: str
    network: str
    due_at: datetime
    because: str
    is_overdue: bool


def due_at(stored_at: datetime, contacted_at: datetime | None, days: float) -> tuple[datetime, str]:
    """When a notice is due and which rule says so: the earlier of the two."""
    latest = stored_at + timedelta(days=days)
    if contacted_at is not None and contacted_at < latest:
        return contacted_at, "contacted"
    return latest, "stored"


def is_asked_for(settings: PrivacySettings) -> bool:
    """Whether the law of the place where people are taken to live asks for a notice."""
    return settings.place in {"eu", "uk", "unknown"}


def due_notices(
    session: Session,
    *,
    settings: PrivacySettings,
    now: datetime,
    only_overdue: bool = False,
    people: Sequence[int] | None = None,
) -> list[DueNotice]:
    """Who is stored, ranked or not, and was not told yet, soonest first; where their law asks.

    ``people`` narrows it to some, of whom a list holds at most hundreds.
    """
    stated = _stated_places(session, people)
    asked = is_asked_for(settings)
    if not asked:
        people = sorted(one for one, place in stated.items() if place in ASKING)
    if people is None:
        rows = _untold(session, None)
    else:
        rows = [row for chunk in chunks(people) for row in _untold(session, chunk)]
    found = []
    for person_id, stored_at, contacted_at, name, network in rows:
        if stated.get(person_id, _TAKEN) not in ASKING:
            continue
        at, because = due_at(stored_at, contacted_at, settings.notice_days)
        if not only_overdue or at <= now:
            found.append(DueNotice(person_id, name, network, at, because, at <= now))
    return sorted(found, key=lambda one: (one.due_at, one.person_id))


def _stated_places(session: Session, people: Sequence[int] | None) -> dict[int, str]:
    """Where people said they live, by what they said last; of those that said so."""
    said = (
        select(Prospect.person_id, Prospect.place)
        .where(Prospect.place.is_not(None))
        .order_by(Prospect.newest_at, Prospect.id)
    )
    parts = [said] if people is None else [
        said.where(Prospect.person_id.in_(chunk)) for chunk in chunks(people)
    ]  # fmt: skip
    return {
        person_id: place
        for part in parts
        for person_id, place in session.execute(part)
        if place is not None
    }


def _untold(
    session: Session, people: Sequence[int] | None
) -> list[tuple[int, datetime, datetime | None, str, str]]:
    told = select(Notice.id).where(Notice.person_id == Person.id)
    undoing = aliased(Touch)
    contacted = (
        select(func.min(Touch.occurred_at))
        .where(
            Touch.person_id == Person.id,
            is_attempt(),
            ~select(undoing.id).where(undoing.undoes_id == Touch.id).exists(),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Person.id,
            func.min(Account.first_seen_at),
            contacted,
            func.min(func.coalesce(Account.handle, Account.external_id)),
            func.min(Account.network),
        )
        .join(Account, Account.person_id == Person.id)
        .where(
            Person.suppressed_at.is_(None),
            Account.own.is_(False),
            ~told.exists(),
            *(() if people is None else (Person.id.in_(people),)),
        )
        .group_by(Person.id)
    )
    return [(one, stored, met, name, network) for one, stored, met, name, network in rows]


def mark_given(
    session: Session, person_ids: Iterable[int], *, channel: str, given_by: str, now: datetime
) -> int:
    """Note that these people were told; those told before are left alone. Returns how many."""
    wanted = sorted(set(person_ids))
    told: set[int] = set()
    for chunk in chunks(wanted):
        told.update(session.scalars(select(Notice.person_id).where(Notice.person_id.in_(chunk))))
    rows = [
        {"person_id": one, "channel": channel, "given_by": given_by, "given_at": now}
        for one in wanted
        if one not in told
    ]
    insert_ignore(session, Notice, rows)
    return len(rows)


_TEXTS = {
    "en": (
        "Hello {name},\n\n"
        "{controller} keeps public posts of yours from {network} because they speak of something we"
        " advise on. We store what you posted, when, and under which name, and estimate from it"
        " whether you may be looking for such advice. Our ground is our legitimate interest in"
        " finding people who ask for it (GDPR article 6(1)(f)). It comes from {network} alone, is"
        " given to nobody else, and is deleted when you delete the post or after its time.\n\n"
        "You may see it, have it corrected or erased, and object at any time; then we stop at once"
        " and do not contact you again. Write to {contact}. You may also complain to your data"
        " protection authority.\n"
    ),
    "ar": (
        "مرحبًا {name}،\n\n"
        "تحتفظ {controller} بمنشورات عامة لك من {network} لأنها تتحدث عن أمر نقدّم المشورة فيه."
        " نحفظ ما نشرته ووقته والاسم الذي نشرت به، ونقدّر من ذلك إن كنت تبحث عن مشورة كهذه."
        " أساسنا القانوني هو مصلحتنا المشروعة في الوصول إلى من يطلبها"
        " (المادة 6(1)(و) من اللائحة العامة لحماية البيانات)."
        " مصدر البيانات {network} وحده، ولا نعطيها لأحد، وتُحذف متى حذفت المنشور أو انقضت مدتها.\n\n"
        "يحق لك الاطلاع عليها وتصحيحها ومحوها والاعتراض في أي وقت، وعندها نتوقف فورًا ولا نتواصل معك"
        " مجددًا. اكتب إلى {contact}. ولك أيضًا أن تشتكي إلى سلطة حماية البيانات في بلدك.\n"
    ),
}


def notice_text(language: str, *, name: str, network: str, settings: PrivacySettings) -> str:
    """The notice in a language (English where there is none), to be read before it is sent."""
    template = _TEXTS.get(language, _TEXTS["en"])
    return template.format(
        name=name,
        network=network,
        controller=settings.controller or "[controller]",
        contact=settings.contact or "[contact]",
    )
