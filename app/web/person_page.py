"""Everything known of one person, read in one session: accounts, events, warmth over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import ListSettings
from models import (
    Account,
    AccountIdentity,
    AccountLink,
    Assignment,
    Evidence,
    Match,
    Person,
    Rep,
    Signal,
    Topic,
    Touch,
)
from prospects.identity import standing_verdicts
from prospects.mistakes import standing_mistakes
from prospects.ranked import RankedProspect
from prospects.refresh import how_own
from prospects.resolve import links_of
from prospects.verdicts import identity_history
from prospects.warmth import Term, worth
from quotas.attainment import standing_touches
from quotas.returning import explain_everything
from signals.collectors.contract import WORDLESS_KINDS, Own
from signals.quoting import Passage, choose_passage

_SHOWN = 60  # events; what is older is counted, and shown when asked for
_MOST = 2000


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account, who we take it to be and why, and how much of it is stored."""

    account: Account
    verdict: str
    latest: AccountIdentity | None
    signals: int


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``what`` is ``signal``, ``touch`` or ``given``.

    ``own`` is how a signal engages with the team itself, if it does.
    """

    what: str
    at: datetime
    signal: Signal | None = None
    passage: Passage | None = None
    own: str = ""
    code: str = ""
    hundredths: int | None = None
    touch: Touch | None = None
    assignment: Assignment | None = None
    rep: Rep | None = None


@dataclass(frozen=True)
class KnownPerson:
    """A person as the page shows them; ``main`` is the topic they are listed or warmest for."""

    person: Person
    accounts: tuple[KnownAccount, ...]
    links: tuple[AccountLink, ...]
    ranked: tuple[RankedProspect, ...]
    main: RankedProspect | None
    topic: Topic | None
    topics: dict[int, Topic]
    holding: Assignment | None
    holder: Rep | None
    events: tuple[Event, ...]
    more: int
    more_hundredths: int
    terms: tuple[tuple[datetime, float], ...]
    touched_at: tuple[datetime, ...]
    mistakes: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """What they are called here."""
        first = self.accounts[0].account
        return f"@{first.handle}" if first.handle else first.external_id


def load_person(
    session: Session,
    person: Person,
    *,
    now: datetime,
    settings: ListSettings,
    in_full: bool = False,
) -> KnownPerson | None:
    """Everything the page shows of a person; ``None`` if no account of theirs is left.

    ``in_full``: with what is older than the newest things that happened.
    """
    accounts = session.scalars(
        select(Account).where(Account.person_id == person.id).order_by(Account.id)
    ).all()
    if not accounts:
        return None
    ids = [account.id for account in accounts]
    holding = session.scalar(
        select(Assignment).where(Assignment.person_id == person.id, Assignment.closed_at.is_(None))
    )
    ranked = sorted(
        explain_everything(session, [person.id], now, settings, with_chances=True),
        key=lambda one: (-one.warmth.value, one.topic_id),
    )
    main = next((r for r in ranked if holding and r.topic_id == holding.topic_id), None)
    main = main or next(iter(ranked), None)
    topics = {one.topic_id: session.get_one(Topic, one.topic_id) for one in ranked}
    topic_id = main.topic_id if main else holding.topic_id if holding else None
    topic = session.get(Topic, topic_id) if topic_id is not None else None
    counts = dict(
        session.execute(
            select(Signal.account_id, func.count())
            .where(Signal.account_id.in_(ids), Signal.deleted_at.is_(None))
            .group_by(Signal.account_id)
        ).all()
    )
    verdicts = standing_verdicts(session, ids)
    evidence = _evidence(session, main)
    touches = session.scalars(
        standing_touches().where(Touch.person_id == person.id).order_by(Touch.id.desc())
    ).all()
    most = _MOST if in_full else _SHOWN
    events = _signals(session, ids, topic, evidence, now, most) + _touches(session, touches)
    events += _given(session, person.id, most)
    events.sort(key=lambda event: event.at, reverse=True)
    shown = [event.hundredths or 0 for event in events[:most]]
    signals_shown = sum(event.what == "signal" for event in events[:most])
    others = sum(counts.values()) - signals_shown
    others += sum(event.what != "signal" for event in events[most:])
    return KnownPerson(
        person=person,
        accounts=tuple(
            KnownAccount(
                account,
                verdicts.get(account.id, "unknown"),
                next(iter(reversed(identity_history(session, account.id))), None),
                counts.get(account.id, 0),
            )
            for account in accounts
        ),
        links=tuple(link for link in links_of(session, ids) if link.undone_at is None),
        ranked=tuple(ranked),
        main=main,
        topic=topic,
        topics=topics,
        holding=holding,
        holder=session.get(Rep, holding.rep_id) if holding else None,
        events=tuple(events[:most]),
        more=max(0, others),
        more_hundredths=main.warmth.hundredths - sum(shown) if main else 0,
        terms=tuple((term.occurred_at, term.points) for term in evidence.values()),
        touched_at=tuple(touch.occurred_at for touch in touches),
        mistakes=tuple(
            dict.fromkeys(
                label.source.replace("_", ".", 1) for label in standing_mistakes(session, person.id)
            )
        ),
    )


def _evidence(session: Session, main: RankedProspect | None) -> dict[int, Term]:
    if main is None:
        return {}
    return {
        row.signal_id: Term(row.signal_id, row.points, row.occurred_at, row.code)
        for row in session.scalars(select(Evidence).where(Evidence.prospect_id == main.prospect_id))
    }


def _signals(
    session: Session,
    account_ids: Sequence[int],
    topic: Topic | None,
    evidence: dict[int, Term],
    now: datetime,
    most: int,
) -> list[Event]:
    signals = session.scalars(
        select(Signal)
        .where(Signal.account_id.in_(account_ids), Signal.deleted_at.is_(None))
        .order_by(Signal.occurred_at.desc(), Signal.id.desc())
        .limit(most)
    ).all()
    marks: dict[int, list[tuple[int, int]]] = {}
    if topic is not None:
        for signal_id, start, end in session.execute(
            select(Match.signal_id, Match.start, Match.end).where(
                Match.signal_id.in_([signal.id for signal in signals]),
                Match.topic_id == topic.id,
                Match.start >= 0,
            )
        ):
            marks.setdefault(signal_id, []).append((start, end))
    liked = _load_own_posts(session, signals)
    events = []
    for signal in signals:
        term = evidence.get(signal.id)
        points = None
        if term is not None and topic is not None:
            points = round(100 * worth(term, now, timedelta(hours=topic.half_life_hours)))
        events.append(
            Event(
                "signal",
                signal.occurred_at,
                signal=signal,
                passage=choose_passage(
                    signal.text or liked.get(signal.id, ""), marks.get(signal.id, ())
                ),
                own=how_own(signal.own, signal.kind),
                code=term.code if term else code_of(signal),
                hundredths=points,
            )
        )
    return events


def _load_own_posts(session: Session, signals: Sequence[Signal]) -> dict[int, str]:
    """The words of the team's own post, by signal, of those that have none of their own."""
    wordless = [one for one in signals if one.own == Own.ENGAGED and one.kind in WORDLESS_KINDS]
    if not wordless:
        return {}
    texts = {
        (network, external_id): text or ""
        for network, external_id, text in session.execute(
            select(Signal.network, Signal.external_id, Signal.text).where(
                Signal.external_id.in_([one.target_external_id for one in wordless]),
                Signal.own == Own.POST.value,
            )
        )
    }
    return {one.id: texts.get((one.network, one.target_external_id or ""), "") for one in wordless}


def code_of(signal: Signal) -> str:
    """What a signal is where no score speaks for it."""
    own = how_own(signal.own, signal.kind)
    return f"own.{own}" if own else f"kind.{signal.kind}"


def _touches(session: Session, touches: Sequence[Touch]) -> list[Event]:
    return [
        Event("touch", one.occurred_at, touch=one, rep=session.get_one(Rep, one.rep_id))
        for one in touches
    ]


def _given(session: Session, person_id: int, most: int) -> list[Event]:
    return [
        Event("given", one.assigned_at, assignment=one, rep=rep)
        for one, rep in session.execute(
            select(Assignment, Rep)
            .join(Rep, Rep.id == Assignment.rep_id)
            .where(Assignment.person_id == person_id)
            .order_by(Assignment.id.desc())
            .limit(most)
        )
    ]
