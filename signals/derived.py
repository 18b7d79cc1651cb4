"""What was made of somebody's signals, taken away: who is left alone is not profiled either.

Their words and what matched stay as long as they may be kept, so that whoever is taken off a list
again is scored anew; a person who objects or is erased loses those too (``prospects.erase``).
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import Account, AccountIdentity, Evidence, Prospect, Signal, StoredScore
from models.bulk import among
from models.signal import is_by_others
from signals.fingerprints import drop_fingerprints

_AT_ONCE = 2000  # signals


def drop_derived(session: Session, person_ids: Collection[int]) -> None:
    """Drop ranks, evidence, scores, marks of copies and derived verdicts of these people.

    Their signals wait for a score again, which nobody suppressed gets.
    """
    prospects = session.scalars(
        select(Prospect.id).where(among(session, Prospect.person_id, person_ids))
    ).all()
    accounts = session.scalars(
        select(Account.id).where(among(session, Account.person_id, person_ids))
    ).all()
    session.execute(delete(Evidence).where(among(session, Evidence.prospect_id, prospects)))
    session.execute(delete(Prospect).where(among(session, Prospect.id, prospects)))
    session.execute(
        delete(AccountIdentity).where(
            among(session, AccountIdentity.account_id, accounts),
            AccountIdentity.source == "derived",
        )
    )
    signals = session.scalars(
        select(Signal.id).where(among(session, Signal.account_id, accounts)).order_by(Signal.id)
    ).all()
    for start in range(0, len(signals), _AT_ONCE):
        chunk = signals[start : start + _AT_ONCE]
        drop_fingerprints(session, chunk)
        session.execute(delete(Evidence).where(among(session, Evidence.signal_id, chunk)))
        session.execute(delete(StoredScore).where(among(session, StoredScore.signal_id, chunk)))
        session.execute(
            update(Signal)
            .where(among(session, Signal.id, chunk), Signal.deleted_at.is_(None), is_by_others())
            .values(scored_at=None)
        )
    session.flush()
