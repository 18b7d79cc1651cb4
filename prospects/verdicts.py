"""Accounts judged by what they do, and corrected by people; evidence follows at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Text, case, cast, distinct, func, select, update
from sqlalchemy.orm import Session

from config.errors import NotFound, Refused
from config.settings import DuplicateSettings, WarmthSettings
from models import Account, AccountIdentity, Fingerprint, Match, Signal, StoredScore
from models.bulk import among
from prospects.corrections import settle
from prospects.duplicates import count_accounts
from prospects.fit import party_band
from prospects.identity import standing_verdicts
from prospects.parties import find_parties
from prospects.recognise import VERDICTS, Observed, Verdict, recognise
from signals.collectors.contract import WORDLESS_KINDS

_LOOKED_AT = 500  # latest posts whose rhythm is read, of an account that posts much
_MUCH = 12  # posts from which the rhythm is looked at


def judge_accounts(
    session: Session,
    account_ids: Collection[int],
    *,
    now: datetime,
    weights: WarmthSettings,
    duplicates: DuplicateSettings,
) -> dict[int, str]:
    """Judge these accounts (at most some thousands) by what they did within the window.

    A verdict that changed is written with its reasons, unless a person's word stands, and the
    account's evidence is made again by it. Returns what changed.
    """
    observed = observe(session, account_ids, now=now, duplicates=duplicates)
    standing = standing_verdicts(session, account_ids)
    derived = _latest_derived(session, account_ids)
    fresh: list[tuple[int, Verdict]] = []
    for account_id, seen in sorted(observed.items()):
        verdict = recognise(seen)
        if verdict.verdict != derived.get(account_id, "unknown"):
            fresh.append((account_id, verdict))
    session.add_all(
        AccountIdentity(
            account_id=account_id,
            verdict=verdict.verdict,
            source="derived",
            reasons=[[code, points] for code, points in verdict.reasons],
            decided_at=now,
        )
        for account_id, verdict in fresh
    )
    session.flush()
    after = standing_verdicts(session, [account_id for account_id, _ in fresh])
    changed = {
        account_id: verdict
        for account_id, verdict in after.items()
        if verdict != standing.get(account_id, "unknown")
    }
    _apply(session, standing, changed, weights)
    return changed


def _apply(
    session: Session,
    before: Mapping[int, str],
    changed: Mapping[int, str],
    weights: WarmthSettings,
) -> None:
    """Make the evidence of accounts anew whose factor or band of fit moved."""
    moved = [
        account_id
        for account_id, verdict in changed.items()
        for earlier in [before.get(account_id, "unknown")]
        if weights.factor(earlier) != weights.factor(verdict)
        or party_band(earlier) != party_band(verdict)
    ]
    if not moved:
        return
    by_topic: dict[int, set[int]] = {}
    for topic_id, signal_id in session.execute(
        select(Match.topic_id, Match.signal_id)
        .join(Signal, Signal.id == Match.signal_id)
        .where(
            among(session, Signal.account_id, moved),
            Signal.scored_at.is_not(None),
            Signal.deleted_at.is_(None),
        )
        .distinct()
    ):
        by_topic.setdefault(topic_id, set()).add(signal_id)
    for topic_id, signal_ids in sorted(by_topic.items()):
        settle(session, topic_id, sorted(signal_ids), weights=weights)


def _latest_derived(session: Session, account_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(
        select(AccountIdentity.account_id, AccountIdentity.verdict)
        .where(
            among(session, AccountIdentity.account_id, account_ids),
            AccountIdentity.source == "derived",
        )
        .order_by(AccountIdentity.id)
    )
    return dict(rows.all())


def observe(
    session: Session,
    account_ids: Collection[int],
    *,
    now: datetime,
    duplicates: DuplicateSettings,
) -> dict[int, Observed]:
    """What each account did within the window of copies, by account."""
    since = now - timedelta(days=duplicates.window_days)
    worded = (
        among(session, Signal.account_id, account_ids),
        Signal.kind.not_in([str(kind) for kind in WORDLESS_KINDS]),
        Signal.occurred_at > since,
        Signal.deleted_at.is_(None),
    )
    posts = {
        row[0]: row
        for row in session.execute(
            select(
                Signal.account_id,
                func.count(),
                func.sum(case((Signal.text.like("%http%"), 1), else_=0)),
            )
            .where(*worded)
            .group_by(Signal.account_id)
        )
    }
    tells_of_self = cast(StoredScore.reasons, Text).like("%cue.speaks_of_self%")
    scored = {
        row[0]: row
        for row in session.execute(
            select(
                Signal.account_id,
                func.avg(StoredScore.intents["seller"].as_float()),
                func.count(distinct(case((tells_of_self, Signal.id)))),
            )
            .join(StoredScore, StoredScore.signal_id == Signal.id)
            .where(*worded)
            .group_by(Signal.account_id)
        )
    }
    copies, campaigns = _count_copies(session, account_ids, duplicates)
    parties = find_parties(session, account_ids)
    rows = session.execute(
        select(Account.id, Account.profile_codes).where(among(session, Account.id, account_ids))
    ).all()
    seen = {}
    for account_id, codes in rows:
        _, count, links = posts.get(account_id, (account_id, 0, 0))
        _, seller, of_self = scored.get(account_id, (account_id, None, 0))
        seen[account_id] = Observed(
            posts=count,
            with_links=int(links or 0),
            copies=copies.get(account_id, 0),
            campaigns=campaigns.get(account_id, 0),
            seller=None if seller is None else float(seller),
            of_self=of_self,
            busiest_hour=_busiest_hour(session, account_id, since) if count >= _MUCH else count,
            profile=frozenset(codes or ()),
            party=parties.get(account_id),
        )
    return seen


def _count_copies(
    session: Session, account_ids: Collection[int], duplicates: DuplicateSettings
) -> tuple[dict[int, int], dict[int, int]]:
    groups: dict[int, list[int]] = {}
    for account_id, group_id in session.execute(
        select(Signal.account_id, Fingerprint.group_id)
        .join(Fingerprint, Fingerprint.signal_id == Signal.id)
        .where(among(session, Signal.account_id, account_ids))
    ):
        groups.setdefault(account_id, []).append(group_id)
    shared = count_accounts(session, {group for found in groups.values() for group in found})
    copies = {account_id: len(found) - len(set(found)) for account_id, found in groups.items()}
    campaigns = {
        account_id: sum(
            shared.get(group, 0) >= duplicates.campaign_accounts for group in set(found)
        )
        for account_id, found in groups.items()
    }
    return copies, campaigns


def _busiest_hour(session: Session, account_id: int, since: datetime) -> int:
    hours = Counter(
        at.replace(minute=0, second=0, microsecond=0)
        for at in session.scalars(
            select(Signal.occurred_at)
            .where(Signal.account_id == account_id, Signal.occurred_at > since)
            .order_by(Signal.id.desc())
            .limit(_LOOKED_AT)
        )
    )
    return max(hours.values(), default=0)


def correct_identity(
    session: Session,
    account_id: int,
    verdict: str,
    *,
    author: str,
    now: datetime,
    weights: WarmthSettings,
) -> AccountIdentity:
    """A person's word on who an account is; it stands whatever is derived later."""
    if verdict not in VERDICTS:
        raise Refused(
            "%(verdict)s is no verdict.",
            "Use one of: %(VERDICTS)s.",
            2,
            verdict=repr(verdict),
            VERDICTS=", ".join(VERDICTS),
        )
    return _say(session, account_id, verdict, "person", author, now, weights)


def withdraw_correction(
    session: Session, account_id: int, *, author: str, now: datetime, weights: WarmthSettings
) -> AccountIdentity:
    """Take a correction back; what was derived counts again."""
    sources = session.scalars(
        select(AccountIdentity.source)
        .where(AccountIdentity.account_id == account_id, AccountIdentity.source != "derived")
        .order_by(AccountIdentity.id)
    ).all()
    if not sources or sources[-1] != "person":
        raise NotFound("Nobody corrected who that account is.", "Nothing to take back.")
    derived = _latest_derived(session, [account_id]).get(account_id, "unknown")
    return _say(session, account_id, derived, "withdrawn", author, now, weights)


def _say(
    session: Session,
    account_id: int,
    verdict: str,
    source: str,
    author: str,
    now: datetime,
    weights: WarmthSettings,
) -> AccountIdentity:
    if not author.strip():
        raise Refused("A correction needs who makes it.", "Give --by NAME.", 2)
    if session.get(Account, account_id, with_for_update=True) is None:
        raise NotFound(
            "There is no account %(account_id)s.",
            "See: warmlist list show --rep NAME",
            account_id=account_id,
        )
    if source == "person" and verdict != "staff":  # their posts count as others' from now on
        session.execute(update(Account).where(Account.id == account_id).values(own=False))
    before = standing_verdicts(session, [account_id])
    row = AccountIdentity(
        account_id=account_id,
        verdict=verdict,
        source=source,
        reasons=[],
        author=author.strip(),
        decided_at=now,
    )
    session.add(row)
    session.flush()
    _apply(session, before, {account_id: verdict}, weights)
    return row


def identity_history(session: Session, account_id: int) -> Sequence[AccountIdentity]:
    """Every verdict on an account, oldest first."""
    return session.scalars(
        select(AccountIdentity)
        .where(AccountIdentity.account_id == account_id)
        .order_by(AccountIdentity.id)
    ).all()
