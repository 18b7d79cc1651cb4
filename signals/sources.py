"""Sources as people switch them on: add, change, pause, resume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Conflict, NotFound, Refused
from models import Collection, Source
from signals.collectors.contract import Misconfigured
from signals.collectors.registry import COLLECTORS
from signals.collectors.traits import traits_of
from signals.policy import check_source

STREAM = "-"  # topic_key of a collection that serves every topic


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTerms:
    """What a person states about a source; ``None`` leaves a field as it is, or unset."""

    url: str | None = None
    lawful_basis: str | None = None
    tos_basis: str | None = None
    approval_ref: str | None = None
    retention_days: float | None = None
    allow_person_level: bool | None = None
    daily_money: float | None = None
    daily_requests: int | None = None
    interval_seconds: float | None = None
    options: Mapping[str, str] | None = None


def add_source(
    session: Session,
    *,
    network: str,
    name: str | None = None,
    terms: SourceTerms,
    now: datetime,
    allow_hosts: Sequence[str] = (),
) -> Source:
    """Switch a network on; refuses one that is unknown, on already, or may not be listened to.

    ``allow_hosts`` are private hosts that the operator permits.
    """
    if network not in COLLECTORS:
        raise NotFound(
            "Network %(network)s cannot be collected yet.",
            "Known: %(known)s. For others import a file: warmlist import FILE",
            network=repr(network),
            known=", ".join(sorted(COLLECTORS)),
            fault="unknown_network",
        )
    name = " ".join((name or network).split())
    if not name or len(name) > 100:
        raise Refused(
            "Source name %(name)s is empty or too long.", "Choose another.", name=repr(name[:40])
        )
    if session.scalar(select(Source.id).where(Source.name == name)) is not None:
        raise Conflict(
            "Source %(name)s is listened to already.",
            "See: warmlist source list. Another address needs another --name.",
            name=name,
            fault="source_exists",
        )
    source = Source(
        name=name, network=network, lawful_basis="", allow_person_level=True, options={},
        created_at=now, updated_at=now,
    )  # fmt: skip
    _apply(source, terms, allow_hosts)
    session.add(source)
    session.flush()
    return source


def edit_source(
    session: Session,
    name: str,
    terms: SourceTerms,
    *,
    now: datetime,
    allow_hosts: Sequence[str] = (),
) -> Source:
    """Change what is stated about a source; takes effect at its next run.

    One that is paused for want of what is stated now, such as an approval, goes on; one that a
    person paused stays so.
    """
    source = find_source(session, name)
    lacked = _find_lack(source)
    _apply(source, terms, allow_hosts)
    source.updated_at = now
    if lacked and lacked in (source.paused_reason or ""):
        resume(session, name, now=now)  # paused for what has just been given
    if terms.interval_seconds is not None:
        for collection in _collections(session, source):
            collection.interval_seconds = terms.interval_seconds
    return source


def _apply(source: Source, terms: SourceTerms, allow_hosts: Sequence[str]) -> None:
    for field in ("tos_basis", "approval_ref", "lawful_basis"):
        value = getattr(terms, field)
        if value is not None:
            setattr(source, field, value.strip())
    for field in ("retention_days", "allow_person_level", "daily_money", "daily_requests",
                  "interval_seconds"):  # fmt: skip
        value = getattr(terms, field)
        if value is not None:
            setattr(source, field, value)
    for value, what in ((source.daily_money, "budget"), (source.daily_requests, "request budget")):
        if value is not None and not value >= 0:
            raise Refused(
                "A %(kind)s of %(value)s cannot be.",
                "Give 0 or more.",
                kind=what,
                value=value,
                fault="bad_budget",
            )
    if source.interval_seconds is not None:
        fastest = traits_of(source.network).fastest
        if not source.interval_seconds >= fastest:
            raise Refused(
                "%(network)s must not be asked every %(interval_seconds)s seconds.",
                "Give at least %(fastest)s.",
                network=source.network,
                interval_seconds=f"{source.interval_seconds:g}",
                fastest=f"{fastest:g}",
            )
    if terms.url is not None:
        source.url = check_url(source.network, terms.url, allow_hosts=allow_hosts)
    if terms.options is not None:
        check_options(source.network, terms.options)
        together = {**source.options, **terms.options}
        source.options = {name: value for name, value in together.items() if value != ""}
    if traits_of(source.network).needs_url and not source.url:
        raise Refused(
            "Source %(network)s needs an address.",
            "Give it with --url.",
            network=source.network,
            fault="needs_address",
        )
    check_source(
        source.network,
        lawful_basis=source.lawful_basis,
        approval_ref=source.approval_ref,
        # one from before the terms were shortened must not stand in the way of everything else
        retention_days=terms.retention_days,
    )


def _find_lack(source: Source) -> str:
    """Why a source may not run as it is stated, as its pause says it; empty where it may."""
    try:
        check_source(
            source.network, lawful_basis=source.lawful_basis, approval_ref=source.approval_ref
        )
    except Refused as error:
        return str(error)
    return ""


def check_options(network: str, options: Mapping[str, str]) -> None:
    """Refuse a setting that nobody would read, or with a value it cannot have; empty forgets it."""
    known = traits_of(network).options
    for name, value in options.items():
        option = known.get(name)
        if option is None:
            takes = f"It takes: {', '.join(sorted(known))}." if known else "It takes none."
            raise Refused(
                "%(network)s has no option %(name)s.",
                "%(takes)s",
                takes=takes,
                network=network,
                name=repr(name),
            )
        if value == "":
            continue
        if option.choices and value not in option.choices:
            raise Refused(
                "Option %(name)s of %(network)s cannot be %(value)s.",
                "Give %(known)s.",
                name=name,
                network=network,
                value=repr(value),
                known=" or ".join(option.choices),
            )
        if option.is_number and not _is_count(value):
            raise Refused(
                "Option %(name)s of %(network)s cannot be %(value)s.",
                "Give a number from 0 on.",
                name=name,
                network=network,
                value=repr(value),
            )


def _is_count(value: str) -> bool:
    try:
        return 0 <= float(value) < float("inf")
    except ValueError:
        return False


def check_url(network: str, url: str, *, allow_hosts: Sequence[str] = ()) -> str | None:
    """The address, or several with commas, of a scheme this network speaks; empty: its own.

    Refuses what could never be asked, such as a private address nobody permitted.
    """
    from signals.collectors.addresses import check_address, check_stream  # their client is heavy

    schemes = traits_of(network).schemes
    for part in filter(None, (part.strip() for part in url.split(","))):
        if not part.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise Refused(
                "%(part)s is not an address of %(network)s.",
                "It begins with %(known)s.",
                part=repr(part),
                network=network,
                known=" or ".join(f"{scheme}://" for scheme in schemes),
                fault="bad_address",
            )
        check = check_address if part.startswith(("https://", "http://")) else check_stream
        try:
            check(part, allow_hosts=allow_hosts)
        except Misconfigured as error:
            raise Refused(
                "%(address)s may not be asked: %(why)s",
                "Give a public address, or name a host of your own in [collect] allow_hosts.",
                address=repr(part[:80]),
                why=error,
                fault="closed_address",
            ) from None
    return url.strip() or None


def find_source(session: Session, name: str) -> Source:
    """The source of that name."""
    source = session.scalar(select(Source).where(Source.name == name))
    if source is None:
        raise NotFound("There is no source %(name)s.", "See: warmlist source list", name=repr(name))
    return source


def is_source(session: Session, name: str) -> bool:
    """Whether there is a source of that name or network."""
    named = (Source.name == name) | (Source.network == name)
    return session.scalar(select(Source.id).where(named).limit(1)) is not None


def resume(session: Session, name: str, *, now: datetime) -> None:
    """A person did what was asked: due again at once, all of it."""
    source = find_source(session, name)
    source.paused_reason = None
    for collection in _collections(session, source):
        collection.paused_reason = None
        collection.failures = 0
        collection.next_due_at = now


def pause_source(session: Session, name: str, *, reason: str) -> None:
    """Nothing of this source runs until it is resumed; a running page is finished."""
    find_source(session, name).paused_reason = reason


def _collections(session: Session, source: Source) -> list[Collection]:
    return list(session.scalars(select(Collection).where(Collection.source_id == source.id)))


def describe_source(source: Source) -> dict[str, Any]:
    """A source as a document; secrets stand elsewhere and never here."""
    return {
        "name": source.name,
        "network": source.network,
        "url": source.url,
        "lawful_basis": source.lawful_basis,
        "tos_basis": source.tos_basis,
        "approval_ref": source.approval_ref,
        "retention_days": source.retention_days,
        "allow_person_level": source.allow_person_level,
        "daily_money": source.daily_money,
        "daily_requests": source.daily_requests,
        "interval_seconds": source.interval_seconds,
        "options": dict(source.options),
        "paused": source.paused_reason,
    }
