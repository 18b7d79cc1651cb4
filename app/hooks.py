"""Deliveries of other systems: checked at the door, stored at the next tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.identities import settle_page
from app.jobs import build_listener
from config.errors import NotFound, Refused
from config.settings import HookSettings
from models import Inbox, Topic
from signals.collectors.contract import Engagement, Kind, Malformed, Ref
from signals.edits import find_stored
from signals.grounds import note_ground
from signals.inbound import linkedin, meta, own
from signals.inbound.delivery import Delivery
from signals.ingest import store_page
from signals.listening import Counts, find_opted_out
from signals.policy import check_source, find_refusal
from signals.quarantine import find_strictest, keep_malformed

_NETWORKS = {"own": "file", "linkedin": "linkedin", "meta": "facebook"}


def find_hook(workspace: Workspace, name: str) -> HookSettings:
    """The hook of that name, if it may run: with a secret and a lawful basis."""
    hook = workspace.settings.hooks.get(name)
    if hook is None:
        raise NotFound("There is no such hook.")
    if not hook.secret.get_secret_value():
        raise Refused(
            "Hook %(name)s has no secret.",
            "Set WARMLIST_HOOKS__%(upper)s__SECRET.",
            name=name,
            upper=name.upper(),
        )
    check_source(
        _NETWORKS[hook.kind], lawful_basis=hook.lawful_basis, approval_ref=hook.approval_ref
    )
    return hook


def find_topics(session: Session, hook: HookSettings | None) -> list[int]:
    """The topics of which everything is that engages with the pages a hook delivers for.

    Those that are switched off, and names that no topic has, are left out.
    """
    names = [name.strip().lower() for name in hook.topics] if hook is not None else []
    return list(
        session.scalars(
            select(Topic.id)
            .where(Topic.active, func.lower(Topic.name).in_(names))
            .order_by(Topic.id)
        )
    )


def read_delivery(
    workspace: Workspace,
    hook: HookSettings,
    body: bytes,
    headers: Mapping[str, str],
    *,
    now: datetime,
) -> Delivery:
    """What a signed body brought; raises ``Forged``, or ``Malformed`` for one that says nothing."""
    secret = hook.secret.get_secret_value().encode()
    if hook.kind == "linkedin":
        linkedin.check_signature(secret, body, headers.get(linkedin.SIGNATURE, ""))
        return linkedin.read_body(body)
    if hook.kind == "meta":
        meta.check_signature(secret, body, headers.get(meta.SIGNATURE, ""))
        return meta.read_body(body)
    tolerance = timedelta(seconds=hook.tolerance_seconds)
    own.check_signature(secret, body, headers.get(own.SIGNATURE, ""), now=now, tolerance=tolerance)
    future = timedelta(hours=workspace.settings.importing.future_hours)
    return _permit(own.read_body(body, now=now, future=future), hook)


def _permit(delivery: Delivery, hook: HookSettings) -> Delivery:
    """The same without what is of a network that the hook may not bring: it is named instead.

    Who asks there to be left alone is heard all the same.
    """
    refused: dict[str, Malformed] = {}
    for network in sorted({one.network for one in delivery.engagements}):
        try:
            check_source(network, lawful_basis=hook.lawful_basis, approval_ref=hook.approval_ref)
        except Refused as error:  # without its payload: nothing of it may be kept
            refused[network] = Malformed(str(error), network=network)
    kept = tuple(one for one in delivery.engagements if one.network not in refused)
    left = [one for one in delivery.engagements if one.network in refused]
    named = [refused[one.network] for one in left]
    return replace(
        delivery, engagements=kept, malformed=(*delivery.malformed, *named),
        lapsed=tuple(find_opted_out(left)),
    )  # fmt: skip


def keep_delivery(workspace: Workspace, name: str, delivery: Delivery, *, now: datetime) -> int:
    """Put what may be stored of a delivery in the inbox; returns how many stayed out by policy.

    Opt-outs and sensitive subjects are dropped here already, before anything is written; what is
    stored of them from before goes with the delivery's deletions. What could not be read is kept
    for inspection: the networks do not look at what we answer.
    """
    kept = [one for one in delivery.engagements if find_refusal(one) is None]
    refused = [one for one in delivery.engagements if find_refusal(one) is not None]
    lapsed = [*delivery.lapsed, *(one.ref for one in refused), *find_opted_out(refused)]
    if not (delivery.engagements or delivery.deletions or delivery.malformed):
        return 0
    with workspace.db.write() as session:
        by_network = _sort_malformed(workspace.settings.hooks[name].kind, delivery.malformed)
        for network, items in by_network.items():
            keep_malformed(
                session, network, items, collection_id=None,
                characters=workspace.settings.collect.payload_characters, now=now,
            )  # fmt: skip
        deletions = [*delivery.deletions, *find_stored(session, lapsed)]
        if kept or deletions:
            session.add(
                Inbox(
                    hook=name,
                    # metrics are a mapping proxy, which msgspec does not know
                    engagements=msgspec.json.encode(kept, enc_hook=dict).decode(),
                    deletions=[
                        [ref.network, ref.kind, ref.external_id, ref.account, ref.opted_out]
                        for ref in deletions
                    ],
                    received_at=now,
                )
            )
    return len(delivery.engagements) - len(kept)


def _sort_malformed(kind: str, items: Sequence[Malformed]) -> dict[str, list[Malformed]]:
    """What could not be read by whose it is, since networks differ in how long it may be kept.

    What has no payload says the same however often: one of each is enough.
    """
    sorted_: dict[str, list[Malformed]] = {}
    told: set[tuple[str, str]] = set()
    for item in items:
        named = item.network or (find_strictest(item.payload) if kind == "own" else "")
        network = named or _NETWORKS[kind]
        if not item.payload:
            if (network, item.reason) in told:
                continue
            told.add((network, item.reason))
        sorted_.setdefault(network, []).append(item)
    return sorted_


def drain_inbox(workspace: Workspace, *, now: datetime) -> Counts:
    """Match and store what waits, one delivery a transaction, which also removes it."""
    total = Counts()
    with workspace.db.read() as session:
        waiting = session.scalars(select(Inbox.id).order_by(Inbox.id)).all()
    if not waiting:
        return total
    listener = build_listener(workspace)
    for inbox_id in waiting:
        with workspace.db.read() as session:
            row = session.get(Inbox, inbox_id)
            if row is None:
                continue  # another process was quicker
            unread: Malformed | None = None
            try:
                brought = msgspec.json.decode(row.engagements, type=list[Engagement])
                gone = [_read_ref(parts) for parts in row.deletions]
            except (msgspec.MsgspecError, ValueError, TypeError) as error:
                # not ours, or of another version: it must not hold up what comes after it
                brought, gone, unread = [], [], Malformed(f"delivery: {error}", row.engagements)
            hook = row.hook
            topics = find_topics(session, workspace.settings.hooks.get(hook))
        selection = listener.select(brought, own_topics=topics)
        with workspace.db.write() as session:
            row = session.get(Inbox, inbox_id, with_for_update=True)
            if row is None:
                continue
            session.delete(row)
            if unread is not None:
                keep_malformed(
                    session, find_strictest(unread.payload) or hook[:40], [unread],
                    collection_id=None,
                    characters=workspace.settings.collect.payload_characters, now=now,
                )  # fmt: skip
            counts, affected = store_page(session, selection, gone, now=now)
            if counts.stored:
                stated = workspace.settings.hooks.get(hook)
                note_ground(
                    session, name=f"hook {hook}"[:200], now=now,
                    lawful_basis=stated.lawful_basis[:200] if stated is not None else "",
                    networks={one.network for one in brought},
                )  # fmt: skip
            settle_page(session, workspace, counts, affected, now=now)
        total.add(counts)
    return total


def _read_ref(parts: list[Any]) -> Ref:
    """A deletion as it was put away."""
    network, kind, external_id, account, *more = parts  # of an older version: no more
    return Ref(network, Kind(kind) if kind else None, external_id, account, bool(more and more[0]))
