"""A rep's list of a day as it is read: by the page, the command line and exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DailyList, Rep, Topic, Touch
from models.bulk import pack_for
from prospects.refresh import TELLING_CODES, how_own
from quotas.attainment import calendar_of
from quotas.list_rows import (
    Listed,
    Named,
    Quoted,
    select_accounts,
    select_built,
    select_earlier,
    select_listed,
    select_matches,
    select_scored,
    select_targets,
    select_times,
    select_touches,
)
from signals.collectors.contract import WORDLESS_KINDS
from signals.quoting import Passage, choose_passage
from signals.tombstones import chunks


@dataclass(frozen=True, slots=True)
class ListedReason:
    """One line of why: points in hundredths, a translatable code, its signal and when.

    The line that adds up the small ones has no signal but ``signal_ids``.
    """

    hundredths: int
    code: str
    signal_id: int | None
    occurred_at: datetime | None
    signal_ids: tuple[int, ...] = ()


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
    assigned_at: datetime | None = None
    topic_version: int | None = None  # by which they came onto a list, today or before
    own: str = ""  # how the quoted engagement engages with the team itself, if it does


@dataclass(frozen=True, slots=True)
class DayList:
    """A rep's list of one day. ``built`` is ``None`` if no list was built for that day.

    ``topic_versions``: which version of each of its topics the day's list was built with, by name;
    of every topic that was looked through where nobody is on it. Empty where that is not known.
    """

    rep: Rep
    on: date
    built: DailyList | None
    items: tuple[ListedItem, ...]
    topic_versions: dict[str, int] = field(default_factory=dict)

    @property
    def weights(self) -> int | None:
        """Which version of the weights it was built by (``warmth history``), if that is known."""
        number: int | None = self.built.details.get("warmth_version") if self.built else None
        return number

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
    today = calendar.today(now)
    rows = session.execute(
        select_listed(on, today),
        {"rep_id": rep.id, "on": on, "start": calendar.start_of(on), "end": calendar.end_of(on)},
    ).all()
    dialect = session.get_bind().dialect.name
    touches = _touches_of(session, dialect, [row.id for row in rows])
    accounts = _accounts_of(session, dialect, [row.person_id for row in rows])
    earlier = _earlier_touches(session, dialect, [row.person_id for row in rows])
    quoted = _quoted(session, rows)
    marks = _marks(session, dialect, rows, quoted)
    when = _evidence_times(session, dialect, rows)
    first = min((row.listed_on for row in rows), default=on)
    builds = {
        one.listed_on: one
        for one in session.scalars(
            select_built(), {"rep_id": rep.id, "first": min(first, on), "on": on}
        )
    }
    items = []
    for row in rows:
        words = quoted.get(row.signal_id)
        account = accounts.get((row.person_id, row.network or ""))
        account = account or accounts.get((row.person_id, ""))
        times = when.get(row.id, {})
        items.append(
            ListedItem(
                assignment_id=row.id,
                rank=row.rank,
                person_id=row.person_id,
                handle=_name(account),
                network=row.network or (account.network if account else ""),
                community=row.community,
                kind=row.kind or "",
                topic=row.topic,
                half_life_hours=row.half_life_hours,
                language=words.language if words is not None else None,
                passage=choose_passage(
                    (words.text if words is not None else None) or "", marks.get(row.id, ())
                ),
                url=row.url or (words.url if words is not None else None),
                occurred_at=row.occurred_at,
                warmth=row.warmth,
                reasons=tuple(
                    ListedReason(
                        reason["hundredths"],
                        reason["code"],
                        reason["signal"],
                        times.get(reason["signal"]),
                        tuple(reason.get("signals", ())),
                    )
                    for reason in row.reasons
                ),
                source=row.source,
                state=_state(row, on),
                touch=touches.get(row.id),
                earlier=tuple(
                    touch
                    for touch in earlier.get(row.person_id, ())
                    if touch.occurred_at < row.assigned_at
                ),
                quoted_id=words.id if words is not None else None,
                signal_count=len(times),
                first_at=min(times.values(), default=None),
                newest_at=max(times.values(), default=None),
                topic_id=row.topic_id,
                put_off_until=row.put_off_until,
                closed_at=row.closed_at,
                assigned_at=row.assigned_at,
                topic_version=_versions_of(builds.get(row.listed_on)).get(str(row.topic_id)),
                own=how_own(row.own, row.kind or ""),
            )
        )
    items.sort(key=lambda item: (-item.warmth, item.assignment_id))
    versions = _name_versions(session, builds.get(on), items)
    return DayList(rep, on, builds.get(on), tuple(items), versions)


def _versions_of(built: DailyList | None) -> dict[str, int]:
    return built.details.get("topic_versions", {}) if built is not None else {}


def _name_versions(
    session: Session, built: DailyList | None, items: Sequence[ListedItem]
) -> dict[str, int]:
    known = _versions_of(built)
    names = {str(item.topic_id): item.topic for item in items}
    if known and not items:
        topics = session.execute(
            select(Topic.id, Topic.name).where(Topic.id.in_([int(number) for number in known]))
        )
        names = {str(topic_id): name for topic_id, name in topics}
    return {
        name: known[number]
        for number, name in sorted(names.items(), key=lambda one: one[1])
        if number in known
    }


def _state(row: Listed, on: date) -> str:
    if row.closed_at is not None:
        return row.closed_reason or ""
    until = row.put_off_until
    return "open" if until is None or until <= on else "later"


def _name(account: Named | None) -> str:
    if account is None:
        return "?"
    return f"@{account.handle}" if account.handle else str(account.external_id)


def _touches_of(session: Session, dialect: str, assignment_ids: Sequence[int]) -> dict[int, Touch]:
    numbers = pack_for(dialect, assignment_ids)
    return {
        touch.assignment_id or 0: touch
        for touch in session.scalars(select_touches(dialect), {"rows": numbers})
    }


def _accounts_of(
    session: Session, dialect: str, person_ids: Sequence[int]
) -> dict[tuple[int, str], Named]:
    """Each person's account per network, and under "" any of them."""
    found: dict[tuple[int, str], Named] = {}
    rows = {"rows": pack_for(dialect, person_ids)}
    for account in session.execute(select_accounts(dialect), rows):
        found[account.person_id, account.network] = account
        found[account.person_id, ""] = account
    return found


def _earlier_touches(
    session: Session, dialect: str, person_ids: Sequence[int]
) -> dict[int, list[EarlierTouch]]:
    found: dict[int, list[EarlierTouch]] = {}
    rows = {"rows": pack_for(dialect, person_ids)}
    for row in session.execute(select_earlier(dialect), rows):
        found.setdefault(row.person_id, []).append(
            EarlierTouch(row.name, row.channel, row.disposition, row.occurred_at)
        )
    return found


def _quoted(session: Session, rows: Sequence[Listed]) -> dict[int | None, Quoted]:
    """By signal the one whose words are shown: itself, or the target of a like."""
    quoted: dict[int | None, Quoted] = {
        row.signal_id: Quoted(row.signal_id, row.text, row.language, row.url)
        for row in rows
        if row.signal_id is not None and row.kind is not None
    }
    by_target: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if row.kind in WORDLESS_KINDS and row.target_external_id:
            by_target.setdefault((row.network, row.target_external_id), []).append(row.signal_id)
    for chunk in chunks(sorted({target for _, target in by_target})):
        for network, external_id, *words in session.execute(select_targets(), {"targets": chunk}):
            for signal_id in by_target.get((network, external_id), ()):
                quoted[signal_id] = Quoted(*words)
    return quoted


def _marks(
    session: Session, dialect: str, rows: Sequence[Listed], quoted: Mapping[int | None, Quoted]
) -> dict[int, list[tuple[int, int]]]:
    """Places worth a highlight: keywords, and the phrases that spoke for the person."""
    of_signal: dict[tuple[int, int], list[int]] = {}
    texts: dict[int, str] = {}
    for row in rows:
        words = quoted.get(row.signal_id)
        if words is not None:
            texts[words.id] = words.text or ""
            of_signal.setdefault((words.id, row.topic_id), []).append(row.id)
    numbers = pack_for(dialect, sorted(texts))
    marks: dict[int, list[tuple[int, int]]] = {}
    for signal_id, topic_id, start, end in session.execute(
        select_matches(dialect), {"rows": numbers}
    ):
        for assignment_id in of_signal.get((signal_id, topic_id), ()):
            marks.setdefault(assignment_id, []).append((start, end))
    for signal_id, topic_id, reasons in session.execute(select_scored(dialect), {"rows": numbers}):
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
    session: Session, dialect: str, rows: Sequence[Listed]
) -> dict[int, dict[int | None, datetime]]:
    """When each signal behind an assignment's person and topic happened."""
    of_prospect = {(row.person_id, row.topic_id): row.id for row in rows}
    times: dict[int, dict[int | None, datetime]] = {}
    numbers = pack_for(dialect, [row.person_id for row in rows])
    for person_id, topic_id, signal_id, occurred_at in session.execute(
        select_times(dialect), {"rows": numbers}
    ):
        assignment_id = of_prospect.get((person_id, topic_id))
        if assignment_id is not None:
            times.setdefault(assignment_id, {})[signal_id] = occurred_at
    return times
