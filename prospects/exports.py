"""What may leave for outreach: other people's words as documents, by their networks' terms.

An export is what another program can read: CSV and JSON that hold others' words. Pages and tables
are looked at, not taken away; a person's own copy (``prospects.disclose``) is their right and no
network's terms stand against it. What is handed on for outreach also needs a way to tell people.
Source: NETWORKS section 2, requirements R6, R7, R10 and R14.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Refused
from config.settings import PrivacySettings
from models import Export, FileImport, Notice, Source, WorkspaceValue
from models.upsert import insert_ignore
from prospects.notices import due_notices, is_asked_for
from signals.policy import terms_of
from signals.spending import day_of
from signals.tombstones import chunks

TERMS: Final = "terms"  # the network lets nothing of its people leave
LIMIT: Final = "limit"  # this person's objects of the day are used up: ids and links only


@dataclass(frozen=True, slots=True)
class Paper:
    """What must go along with a person who leaves for outreach.

    ``outreach`` is whether they may be handed on at all: the network lets them leave, and
    somebody can tell them. ``notice`` is
    ``given``, ``due`` or ``not_required``. Nobody has consented to be called or
    texted, and no register of refusals was asked, until somebody says so elsewhere.
    """

    outreach: bool
    lawful_basis: str | None
    notice: str
    notice_due_at: datetime | None
    suppression_checked_at: datetime
    phone_consent: bool = False
    dnc_checked_at: datetime | None = None


def withhold(
    session: Session,
    objects: Sequence[tuple[str, int]],
    *,
    taken_by: str,
    now: datetime,
) -> dict[tuple[str, int], str]:
    """Of these objects (network, signal) those whose words stay here, each with why.

    What may leave where a network counts objects a person a day is booked on ``taken_by``; the
    same object twice a day counts once.
    """
    kept: dict[tuple[str, int], str] = {}
    for network in sorted({network for network, _ in objects}):
        terms = terms_of(network)
        mine = list(dict.fromkeys(one for one in objects if one[0] == network))
        if not terms.export:
            kept.update((one, TERMS) for one in mine)
        elif terms.export_a_day is not None:
            allowed = _book(session, network, [id_ for _, id_ in mine], taken_by=taken_by,
                            limit=terms.export_a_day, now=now)  # fmt: skip
            kept.update((one, LIMIT) for one in mine if one[1] not in allowed)
    return kept


def is_counted(networks: Iterable[str]) -> bool:
    """Whether one of these counts what is taken out, so that an export must be written down."""
    return any(terms_of(one).export and terms_of(one).export_a_day is not None for one in networks)


def _book(
    session: Session, network: str, ids: Sequence[int], *, taken_by: str, limit: int, now: datetime
) -> set[int]:
    """Those that may leave; the new ones are written down."""
    day = day_of(now)
    # on PostgreSQL two exports of one person at the same moment must not both use what is left
    session.scalars(select(WorkspaceValue).with_for_update()).all()
    taken = set(
        session.scalars(
            select(Export.signal_id).where(
                Export.taken_by == taken_by, Export.network == network, Export.exported_on == day
            )
        )
    )
    new = [one for one in ids if one not in taken][: max(0, limit - len(taken))]
    insert_ignore(
        session,
        Export,
        [
            {
                "taken_by": taken_by,
                "network": network,
                "exported_on": day,
                "signal_id": one,
                "exported_at": now,
            }
            for one in new
        ],
    )
    return taken | set(new)


#: Why people may not be handed on, and what to do about it.
NO_CHANNEL: Final = (
    "People here must be told that they are stored (privacy.place is %(place)s), and no way of"
    " telling them is set: %(names)s."
)
SET_CHANNEL: Final = (
    "Set it in warmlist.toml under [privacy]; docs/privacy.md, Telling people, says how."
)


@dataclass(frozen=True, slots=True)
class Outreach:
    """Whether people may be handed on for outreach; if not, ``NO_CHANNEL`` with these values."""

    allowed: bool
    values: Mapping[str, Any] = field(default_factory=dict)


def outreach_of(settings: PrivacySettings) -> Outreach:
    """Whether whoever must be told can be: a channel, a sender and an address are set."""
    return _channel_of(settings) if is_asked_for(settings) else Outreach(True)


def _channel_of(settings: PrivacySettings) -> Outreach:
    missing = [
        name for name in ("notice_channel", "controller", "contact")
        if not getattr(settings, name).strip()
    ]  # fmt: skip
    if not missing:
        return Outreach(True)
    names = ", ".join(f"privacy.{name}" for name in missing)
    return Outreach(False, {"place": settings.place, "names": names})


def check_notice_channel(settings: PrivacySettings) -> None:
    """Refuse to hand anybody on while those who must be told cannot be (NETWORKS R6)."""
    state = outreach_of(settings)
    if not state.allowed:
        raise Refused(NO_CHANNEL, SET_CHANNEL, **state.values)


def check_grounds(items: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a document in which anybody stands without a lawful basis."""
    without = sorted({str(item["network"]) for item in items if not item["lawful_basis"]})
    if without:
        raise Refused(
            "No lawful basis is stated for people from %(known)s.",
            "Give one with the source (warmlist source set NAME --lawful-basis TEXT), with the"
            " import (--lawful-basis), or set privacy.lawful_basis.",
            known=", ".join(without),
        )


def papers(
    session: Session, people: Sequence[tuple[int, str]], *, settings: PrivacySettings, now: datetime
) -> Mapping[tuple[int, str], Paper]:
    """What goes along with each (person, network); suppression was asked for right before."""
    grounds = _grounds(session)
    ids = sorted({person_id for person_id, _ in people})
    told: set[int] = set()
    for chunk in chunks(ids):
        told.update(session.scalars(select(Notice.person_id).where(Notice.person_id.in_(chunk))))
    due = {
        one.person_id: one.due_at
        for one in due_notices(session, settings=settings, now=now, people=ids)
    }
    found = {}
    for person_id, network in people:
        state = "given" if person_id in told else "due" if person_id in due else "not_required"
        # somebody may say that they live where it is asked for
        outreach = _channel_of(settings) if state == "due" else outreach_of(settings)
        found[person_id, network] = Paper(
            outreach=outreach.allowed and terms_of(network).export,
            lawful_basis="; ".join(grounds.get(network, ())) or settings.lawful_basis or None,
            notice=state,
            notice_due_at=due.get(person_id) if state == "due" else None,
            suppression_checked_at=now,
        )
    return found


def _grounds(session: Session) -> dict[str, list[str]]:
    """What was stated of each network: with its sources, and with files that brought it."""
    stated: list[tuple[str, str]] = [
        (network, basis)
        for network, basis in session.execute(
            select(Source.network, Source.lawful_basis).order_by(Source.id)
        )
    ]
    for networks, basis in session.execute(
        select(FileImport.networks, FileImport.lawful_basis)
        .where(FileImport.lawful_basis.is_not(None))
        .order_by(FileImport.id)
    ):
        stated += [(str(network), basis or "") for network in networks or ()]
    grounds: dict[str, list[str]] = {}
    for network, basis in stated:
        if basis and basis not in grounds.setdefault(network, []):
            grounds[network].append(basis)
    return grounds
