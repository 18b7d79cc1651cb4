"""A rep's list of a day as it is read: by the page, the command line and exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models import (
    Account,
    Assignment,
    DailyList,
    Evidence,
    Match,
    Person,
    Prospect,
    Rep,
    Signal,
    StoredScore,
    Topic,
    Touch,
)
from prospects.refresh import TELLING_CODES
from quotas.attainment import calendar_of, standing_touches
from signals.collectors.contract import WORDLESS_KINDS
from signals.quoting import Passage, choose_passage
from signals.tombstones import chunks


@dataclass(frozen=True, slots=True)
class ListedReason:
    """One line of why: points in hundredths, a translatable code, its signal and when."""

    hundredths: int
    code: str
    signal_id: int | None
    occurred_at: datetime | None


@dataclass(frozen=True, slots=True)
class EarlierTouch:
    """A touch of the same person before this assignment, by anyone."""

    rep: str
    channel: str
    disposition: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One person on a list, with what a rep needs to decide in fifteen seconds.

    ``kind`` is the quoted engagement's; for a like or repost ``passage`` quotes its target.
    ``source`` is why they are on the list, one of ``models.SOURCES``.
    ``state`` is ``open``, ``later`` (put off) or how it was closed; of a touched one ``touch``
    tells the rest.
    ``signal_count``, ``first_at`` and ``newest_at`` describe the evidence as it stands.
    """

    assignment_id: int
    rank: int
    person_id: int
    handle: str
    network: str
    community: str | None
    kind: str
    topic: str
    half_life_hours: float
    language: str | None
    passage: Passage
    url: str | None
    occurred_at: datetime | None
    warmth: float
    reasons: tuple[ListedReason, ...]
    state: str
    source: str
    touch: Touch | None
    earlier: tuple[EarlierTouch, ...]
    quoted_id: int | None  # whose words they are, for what counts as taking them out
    signal_count: int
    first_at: datetime | None
    newest_at: datetime | None
    topic_id: int = 0
    put_off_until: date | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayList:
    """A rep's list of one day. ``built`` is ``None`` if no list was built for that day."""

    rep: Rep
    on: date
    built: DailyList | None
    items: tuple[ListedItem, ...]

    @property
    def open_items(self) -> tuple[ListedItem, ...]:
        """Those still to be worked, best first."""
        return tuple(item for item in self.items if item.state == "open")

    @property
    def later_items(self) -> tuple[ListedItem, ...]:
        """Those put off to a day to come, the nearest day first."""
        later = [(item.put_off_until, item) for item in self.items if item.state == "later"]
        return tuple(item for _, item in sorted(later, key=lambda pair: str(pair[0])))

    @property
    def done_items(self) -> tuple[ListedItem, ...]:
        """Those touched, latest first."""
        done = [(item.touch.id, item) for item in self.items if item.touch is not None]
        return tuple(item for _, item in sorted(done, key=lambda pair: -pair[0]))


def load_list(session: Session, rep: Rep, on: date, *, now: datetime) -> DayList:
    """The list of a day: what was assigned that day, and on the running day what is carried over.

    A fixed number of queries, whatever the length.
    """
    calendar = calendar_of(rep.team)
    start, end = calendar.start_of(on), calendar.end_of(on)
    touched_that_day = standing_touches().where(
        Touch.assignment_id == Assignment.id, Touch.occurred_at >= start, Touch.occurred_at < end
    )
    wanted = [Assignment.listed_on == on]
    if on <= calendar.today(now):
        wanted.append(and_(Assignment.listed_on < on, touched_that_day.exists()))
    if on == calendar.today(now):
        wanted.append(and_(Assignment.listed_on < on, Assignment.closed_at.is_(None)))
        wanted.append(
            and_(Assignment.closed_reason == "handed_back", Assignment.closed_at >= start)
        )
    rows = session.execute(
        select(Assignment, Topic.name, Topic.half_life_hours, Signal)
        .join(Topic, Topic.id == Assignment.topic_id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Signal, Signal.id == Assignment.signal_id)
        .where(
            Assignment.rep_id == rep.id,
            or_(*wanted),
            # Once more at the last step: nobody suppressed is ever shown as open, and whom a touch
            # suppressed is shown as done, so that a mis-click can be undone. Others are not shown.
            or_(
                Person.suppressed_at.is_(None),
                and_(
                    Assignment.closed_at.is_not(None),
                    func.coalesce(Person.suppressed_for, "touch:").startswith("touch:"),
                ),
            ),
        )
        .order_by(Assignment.listed_on, Assignment.rank, Assignment.id)
    ).all()
    assignments = [row[0] for row in rows]
    touches = _touches_of(session, [assignment.id for assignment in assignments])
    accounts = _accounts_of(session, [assignment.person_id for assignment in assignments])
    earlier = _earlier_touches(session, assignments)
    quoted = _quoted(session, [signal for _, _, _, signal in rows if signal is not None])
    marks = _marks(session, assignments, quoted)
    when = _evidence_times(session, assignments)
    items = []
    for assignment, topic, half_life, signal in rows:
        words = quoted.get(signal.id) if signal is not None else None
        text = (words.text if words is not None else None) or ""
        account = accounts.get((assignment.person_id, signal.network if signal else ""))
        account = account or accounts.get((assignment.person_id, ""))
        times = when.get(assignment.id, {})
        items.append(
            ListedItem(
                assignment_id=assignment.id,
                rank=assignment.rank,
                person_id=assignment.person_id,
                handle=_name(account),
                network=signal.network if signal else (account.network if account else ""),
                community=signal.community if signal else None,
                kind=signal.kind if signal else "",
                topic=topic,
                half_life_hours=half_life,
                language=(words.language if words is not None else None),
                passage=choose_passage(text, marks.get(assignment.id, ())),
                url=(signal.url or (words.url if words is not None else None)) if signal else None,
                occurred_at=signal.occurred_at if signal else None,
                warmth=assignment.warmth,
                reasons=tuple(
                    ListedReason(
                        reason["hundredths"],
                        reason["code"],
                        reason["signal"],
                        times.get(reason["signal"]),
                    )
                    for reason in assignment.reasons
                ),
                source=assignment.source,
                state=_state(assignment, on),
                touch=touches.get(assignment.id),
                earlier=tuple(
                    touch
                    for touch in earlier.get(assignment.person_id, ())
                    if touch.occurred_at < assignment.assigned_at
                ),
                quoted_id=words.id if words is not None else None,
                signal_count=len(times),
                first_at=min(times.values(), default=None),
                newest_at=max(times.values(), default=None),
                topic_id=assignment.topic_id,
                put_off_until=assignment.put_off_until,
                closed_at=assignment.closed_at,
            )
        )
    built = session.scalar(
        select(DailyList).where(DailyList.rep_id == rep.id, DailyList.listed_on == on)
    )
    return DayList(rep, on, built, tuple(sorted(items, key=lambda i: (-i.warmth, i.assignment_id))))


def _state(assignment: Assignment, on: date) -> str:
    if assignment.closed_at is not None:
        return assignment.closed_reason or ""
    until = assignment.put_off_until
    return "open" if until is None or until <= on else "later"


def _name(account: Account | None) -> str:
    if account is None:
        return "?"
    return f"@{account.handle}" if account.handle else account.external_id


def _touches_of(session: Session, assignment_ids: Sequence[int]) -> dict[int, Touch]:
    found: dict[int, Touch] = {}
    for chunk in chunks(assignment_ids):
        for touch in session.scalars(
            standing_touches().where(Touch.assignment_id.in_(chunk)).order_by(Touch.id)
        ):
            found[touch.assignment_id or 0] = touch
    return found


def _accounts_of(session: Session, person_ids: Sequence[int]) -> dict[tuple[int, str], Account]:
    """Each person's account per network, and under "" any of them."""
    found: dict[tuple[int, str], Account] = {}
    for chunk in chunks(person_ids):
        for account in session.scalars(
            select(Account).where(Account.person_id.in_(chunk)).order_by(Account.id.desc())
        ):
            found[account.person_id, account.network] = account
            found[account.person_id, ""] = account
    return found


def _earlier_touches(
    session: Session, assignments: Sequence[Assignment]
) -> dict[int, list[EarlierTouch]]:
    found: dict[int, list[EarlierTouch]] = {}
    for chunk in chunks([assignment.person_id for assignment in assignments]):
        for row in session.execute(
            standing_touches()
            .join(Rep, Rep.id == Touch.rep_id)
            .with_only_columns(
                Touch.person_id, Touch.channel, Touch.disposition, Touch.occurred_at, Rep.name
            )
            .where(Touch.person_id.in_(chunk))
            .order_by(Touch.occurred_at)
        ):
            found.setdefault(row.person_id, []).append(
                EarlierTouch(row.name, row.channel, row.disposition, row.occurred_at)
            )
    return found


def _quoted(session: Session, signals: Sequence[Signal]) -> dict[int, Signal]:
    """The signal whose words are shown: itself, or the target of a like."""
    quoted = {signal.id: signal for signal in signals}
    wordless = [s for s in signals if s.kind in WORDLESS_KINDS and s.target_external_id]
    by_target: dict[tuple[str, str], list[int]] = {}
    for signal in wordless:
        by_target.setdefault((signal.network, signal.target_external_id or ""), []).append(
            signal.id
        )
    for chunk in chunks(sorted({target for _, target in by_target})):
        for target in session.scalars(
            select(Signal).where(Signal.external_id.in_(chunk), Signal.text.is_not(None))
        ):
            for signal_id in by_target.get((target.network, target.external_id), ()):
                quoted[signal_id] = target
    return quoted


def _marks(
    session: Session, assignments: Sequence[Assignment], quoted: dict[int, Signal]
) -> dict[int, list[tuple[int, int]]]:
    """Places worth a highlight: keywords, and the phrases that spoke for the person."""
    of_signal: dict[tuple[int, int], list[int]] = {}
    for assignment in assignments:
        if assignment.signal_id in quoted:
            key = (quoted[assignment.signal_id].id, assignment.topic_id)
            of_signal.setdefault(key, []).append(assignment.id)
    texts = {signal.id: signal.text or "" for signal in quoted.values()}
    marks: dict[int, list[tuple[int, int]]] = {}
    for chunk in chunks(sorted({signal_id for signal_id, _ in of_signal})):
        for signal_id, topic_id, start, end in session.execute(
            select(Match.signal_id, Match.topic_id, Match.start, Match.end).where(
                Match.signal_id.in_(chunk), Match.start >= 0
            )
        ):
            for assignment_id in of_signal.get((signal_id, topic_id), ()):
                marks.setdefault(assignment_id, []).append((start, end))
        for signal_id, topic_id, reasons in session.execute(
            select(StoredScore.signal_id, StoredScore.topic_id, StoredScore.reasons)
            .where(StoredScore.signal_id.in_(chunk))
            .order_by(StoredScore.id)
        ):
            for assignment_id in of_signal.get((signal_id, topic_id), ()):
                text = texts[signal_id]
                marks.setdefault(assignment_id, []).extend(
                    (start, end)
                    for code, _, start, end in reasons
                    # a lone "need" or "recommend" says little where it stands
                    if code in TELLING_CODES and start >= 0 and " " in text[start:end].strip()
                )
    return marks


def _evidence_times(
    session: Session, assignments: Sequence[Assignment]
) -> dict[int, dict[int | None, datetime]]:
    """When each signal behind an assignment's person and topic happened."""
    of_prospect = {(a.person_id, a.topic_id): a.id for a in assignments}
    times: dict[int, dict[int | None, datetime]] = {}
    for chunk in chunks([assignment.person_id for assignment in assignments]):
        for person_id, topic_id, signal_id, occurred_at in session.execute(
            select(Prospect.person_id, Prospect.topic_id, Evidence.signal_id, Evidence.occurred_at)
            .join(Evidence, Evidence.prospect_id == Prospect.id)
            .where(Prospect.person_id.in_(chunk))
        ):
            assignment_id = of_prospect.get((person_id, topic_id))
            if assignment_id is not None:
                times.setdefault(assignment_id, {})[signal_id] = occurred_at
    return times
