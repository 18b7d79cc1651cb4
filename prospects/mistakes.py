"""People taken for prospects who are none: what somebody says of them teaches the scorer."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from config.errors import Refused
from config.settings import WarmthSettings
from models import Account, Evidence, Label, Prospect, Signal, StoredScore
from prospects.corrections import apply_label, revoke_label
from prospects.identity import standing_verdicts
from prospects.verdicts import correct_identity, identity_history, withdraw_correction

#: They sell; they are nobody who could need it; what they said is not about the topic.
MISTAKES: Final = ("seller", "person", "topic")
_SELLER: Final = "seller"


def mark_mistake(
    session: Session,
    person_id: int,
    topic_id: int,
    what: str,
    *,
    author: str,
    now: datetime,
    weights: WarmthSettings,
) -> int:
    """Say that somebody is no prospect for a topic, and why; their evidence for it goes at once.

    Every judged signal behind it is labelled; a seller's accounts are corrected too. Returns how
    many signals were labelled. Refuses an unknown reason, and where nothing is left to judge.
    """
    if what not in MISTAKES:
        raise Refused(
            "%(kind)s is no reason.",
            "Use one of: %(known)s.",
            2,
            kind=repr(what[:40]),
            known=", ".join(MISTAKES),
        )
    judged = select(StoredScore.id).where(
        StoredScore.signal_id == Evidence.signal_id, StoredScore.topic_id == topic_id
    )
    signal_ids = session.scalars(
        select(Evidence.signal_id)
        .join(Prospect, Prospect.id == Evidence.prospect_id)
        .where(Prospect.person_id == person_id, Prospect.topic_id == topic_id, judged.exists())
        .order_by(Evidence.signal_id)
    ).all()
    if not signal_ids:
        raise Refused("Nothing is left to judge of this person on that topic.")
    for signal_id in signal_ids:
        apply_label(
            session, signal_id, topic_id, 0, f"wrong_{what}", now, weights=weights, author=author
        )
    if what == _SELLER:
        for account_id in _accounts(session, person_id):
            correct_identity(session, account_id, _SELLER, author=author, now=now, weights=weights)
    return len(signal_ids)


def correct_person(
    session: Session,
    person_id: int,
    verdict: str,
    *,
    author: str,
    now: datetime,
    weights: WarmthSettings,
) -> int:
    """Say who somebody is: the word stands for each of their accounts. Returns how many."""
    accounts = _accounts(session, person_id)
    for account_id in accounts:
        correct_identity(session, account_id, verdict, author=author, now=now, weights=weights)
    return len(accounts)


def standing_mistakes(session: Session, person_id: int) -> list[Label]:
    """What was said of a person so far and not taken back, oldest first."""
    revoking = aliased(Label)
    return list(
        session.scalars(
            select(Label)
            .join(Signal, Signal.id == Label.signal_id)
            .join(Account, Account.id == Signal.account_id)
            .where(
                Account.person_id == person_id,
                Label.source.in_([f"wrong_{what}" for what in MISTAKES]),
                Label.revokes_id.is_(None),
                ~select(revoking.id).where(revoking.revokes_id == Label.id).exists(),
            )
            .order_by(Label.id)
        )
    )


def take_mistakes_back(
    session: Session, person_id: int, *, author: str, now: datetime, weights: WarmthSettings
) -> int:
    """They are a prospect after all: every label goes, and so does a seller's correction.

    Returns how many labels were taken back; twice changes nothing.
    """
    standing = standing_mistakes(session, person_id)
    for label in standing:
        revoke_label(session, label.id, now, weights=weights, author=author)
    if any(label.source == f"wrong_{_SELLER}" for label in standing):
        accounts = _accounts(session, person_id)
        verdicts = standing_verdicts(session, accounts)
        for account_id in accounts:
            said = [one for one in identity_history(session, account_id) if one.source != "derived"]
            if verdicts.get(account_id) == _SELLER and said and said[-1].source == "person":
                withdraw_correction(session, account_id, author=author, now=now, weights=weights)
    return len(standing)


def _accounts(session: Session, person_id: int) -> list[int]:
    found = select(Account.id).where(Account.person_id == person_id).order_by(Account.id)
    return list(session.scalars(found))
