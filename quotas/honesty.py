"""Which touches are implausible. Pure.

Nothing here drops a touch: a rule names it, a manager decides. Each rule is about what an honest
rep, however fast, cannot do, and about the rep's own habits rather than somebody else's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from quotas.noted import likeness_of, words_of

RAPID: Final = "rapid"
OFF_HOURS: Final = "off_hours"
SAME_NOTE: Final = "same_note"
SPLIT_PERSON: Final = "split_person"
DOUBLE_LOGGED: Final = "double_logged"
SAME_PEOPLE: Final = "same_people"
_TALKS = frozenset({"call", "meeting"})
_ANSWERED = frozenset({"replied", "meeting", "proposal", "won", "not_interested"})
_SOME = 3  # touches outside working time that make a day one on which the rep works then
_LEAST_BULK = 5  # of a rep with short lists too
_MOST_OF_A_DAY = 0.75
RULES: Final = (RAPID, OFF_HOURS, SAME_NOTE, SPLIT_PERSON, DOUBLE_LOGGED, SAME_PEOPLE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is implausible; units and sources stand in ``defaults.toml``."""

    rapid_count: int
    rapid_seconds: float
    lasting_count: int
    lasting_seconds: float
    off_hours_count: int
    off_hours_minutes: float
    off_hours_usual_share: float
    look_back_days: int
    note_length: int
    note_count: int
    note_days: int
    note_likeness: float
    repeat_minutes: float
    split_share: float
    split_chance: float
    again_count: int
    again_share: float
    audit_cheating_share: float
    audit_confidence: float


@dataclass(frozen=True, slots=True)
class TouchFact:
    """One standing touch of a rep as the rules see it.

    ``subject`` is the person or hashed reference; ``aliases`` are names under which that human is
    known (folded handles), ``called`` all of them as one text; ``on`` is the team's date (a
    night's is that of its evening), ``in_hours`` whether it lies in working time, ``day_before``
    the working day that may be written down then, in its evening or on a day off after it.
    ``period`` begins the one in which it may count as an engaged contact, if it may, and
    ``evidence_at`` is when that person had last said something as they came onto the list.
    """

    touch_id: int
    subject: str
    channel: str
    disposition: str
    note: str
    recorded_at: datetime
    on: date
    in_hours: bool
    aliases: frozenset[str] = frozenset()
    called: str = ""
    day_before: date | None = None
    period: date | None = None
    evidence_at: datetime | None = None


@dataclass(frozen=True, slots=True, order=True)
class Suspicion:
    """A touch and the rule it broke; ``why`` is one sentence for the manager."""

    touch_id: int
    rule: str
    why: str


def examine(touches: Sequence[TouchFact], limits: Limits) -> list[Suspicion]:
    """Every implausible touch of one rep, by touch and rule; the order given does not matter."""
    ordered = sorted(touches, key=lambda touch: (touch.recorded_at, touch.touch_id))
    rules: tuple[Callable[[Sequence[TouchFact], Limits], Iterable[Suspicion]], ...] = (
        find_rapid, find_off_hours, find_same_notes, find_split_people, find_double_logged,
        find_same_people,
    )  # fmt: skip
    return sorted({suspicion for rule in rules for suspicion in rule(ordered, limits)})


def find_rapid(ordered: Sequence[TouchFact], limits: Limits) -> Iterable[Suspicion]:
    """Touches of a run in which nobody could have read, contacted and marked so many.

    Or so many on end at a pace that somebody may reach, but nobody keeps up.
    """
    marked: dict[int, tuple[int, int]] = {}
    for size, seconds in (
        (limits.rapid_count, limits.rapid_seconds),
        (limits.lasting_count, limits.lasting_seconds),
    ):
        for run in _runs(ordered, size, timedelta(seconds=seconds)):
            took = round((run[-1].recorded_at - run[0].recorded_at).total_seconds())
            for touch in run:
                marked[touch.touch_id] = min((size, took), marked.get(touch.touch_id, (size, took)))
    for touch_id, (size, took) in marked.items():
        yield Suspicion(touch_id, RAPID, f"{size} contacts were marked within {took} seconds.")


def _runs(
    ordered: Sequence[TouchFact], size: int, width: timedelta
) -> Iterable[Sequence[TouchFact]]:
    for index in range(len(ordered) - size + 1):
        run = ordered[index : index + size]
        if run[-1].recorded_at - run[0].recorded_at <= width:
            yield run


def find_off_hours(ordered: Sequence[TouchFact], limits: Limits) -> Iterable[Suspicion]:
    """Touches in bulk outside working time, where this rep does not usually work then.

    Who works nights or a split shift does so on most days: the share of the rep's own days with
    such touches decides, not the clock alone. In bulk: so many at that pace, or most of what the
    rep does in a day, as marking does and a Saturday of real work does not. Whoever records next
    to nothing by day may write the day down in the evening, or on the day off that follows.
    """
    per_day: dict[date, list[TouchFact]] = {}
    outside_on: dict[date, list[TouchFact]] = {}
    for touch in ordered:
        per_day.setdefault(touch.on, []).append(touch)
        outside = outside_on.setdefault(touch.on, [])
        if not touch.in_hours:
            outside.append(touch)
    for on, outside in outside_on.items():
        if len(outside) < _LEAST_BULK or all(
            one.day_before is not None
            and sum(by_day.in_hours for by_day in per_day.get(one.day_before, ())) < _SOME
            for one in outside
        ):
            continue
        since = on - timedelta(days=limits.look_back_days)
        active = [day for day in per_day if since <= day <= on]
        usual = sum(len(outside_on[day]) >= _SOME for day in active) / len(active)
        if usual >= limits.off_hours_usual_share:
            continue
        own = math.ceil(_MOST_OF_A_DAY * median(len(per_day[day]) for day in active))
        size = min(limits.off_hours_count, max(_LEAST_BULK, own))
        width = timedelta(minutes=limits.off_hours_minutes * size / limits.off_hours_count)
        bulk = {touch.touch_id for run in _runs(outside, size, width) for touch in run}
        for touch_id in bulk:
            yield Suspicion(
                touch_id,
                OFF_HOURS,
                f"{len(bulk)} contacts were marked together outside working time on {on};"
                " this rep does not usually work then.",
            )


def find_same_notes(ordered: Sequence[TouchFact], limits: Limits) -> Iterable[Suspicion]:
    """Long notes that say the same of talks with several people.

    Short notes are set phrases, and a message sent to many may be noted as it was sent; what two
    people said to each other is not the same each time.
    """
    noted = [
        (touch, words)
        for touch in ordered
        if (touch.channel in _TALKS or touch.disposition in _ANSWERED)
        and touch.disposition != "no_answer"
        and len(touch.note.strip()) >= limits.note_length
        and len(words := words_of(touch.note)) >= 5
    ]
    window = timedelta(days=limits.note_days)
    first = 0
    alike: dict[int, set[str]] = {touch.touch_id: {touch.subject} for touch, _ in noted}
    for index, (touch, words) in enumerate(noted):
        while touch.recorded_at - noted[first][0].recorded_at > window:
            first += 1
        for other, theirs in noted[first:index]:
            if likeness_of(words, theirs, touch.called, other.called) >= limits.note_likeness:
                alike[touch.touch_id].add(other.subject)
                alike[other.touch_id].add(touch.subject)
    for touch_id, people in alike.items():
        if len(people) >= limits.note_count:
            yield Suspicion(touch_id, SAME_NOTE, f"The same note stands with {len(people)} people.")


def find_split_people(ordered: Sequence[TouchFact], limits: Limits) -> Iterable[Suspicion]:
    """Touches of one human counted as several: another of the rep's people bears the same name.

    Two may bear one name by chance. That accuses nobody: only more such names do than chance would
    bring among so many people, but for one in ``1 / split_chance`` reps.
    """
    bearers: dict[str, dict[str, list[TouchFact]]] = {}
    for touch in ordered:
        for alias in touch.aliases:
            bearers.setdefault(alias, {}).setdefault(touch.subject, []).append(touch)
    shared = [subjects for subjects in bearers.values() if len(subjects) > 1]
    people = len({touch.subject for touch in ordered})
    if _poisson_tail(len(shared), limits.split_share * people) > limits.split_chance:
        return
    for subjects in shared:
        first = next(iter(subjects))
        for subject, touches in subjects.items():
            if subject != first:
                for touch in touches:
                    yield Suspicion(
                        touch.touch_id,
                        SPLIT_PERSON,
                        "Another contact of this rep goes by the same name; it may be one person.",
                    )


def _poisson_tail(least: int, mean: float) -> float:
    """Probability of ``least`` or more where ``mean`` are expected."""
    below = term = math.exp(-mean)
    if least < 1:
        return 1.0
    for number in range(1, least):
        term *= mean / number
        below += term
    return max(0.0, 1.0 - below)


def find_double_logged(ordered: Sequence[TouchFact], limits: Limits) -> Iterable[Suspicion]:
    """Touches of the same person by the same channel again at once.

    Dialling again after nobody answered is work; a second time within the hour it is not.
    """
    window = timedelta(minutes=limits.repeat_minutes)
    earlier: dict[tuple[str, str], list[TouchFact]] = {}
    for touch in ordered:
        before = earlier.setdefault((touch.subject, touch.channel), [])
        recent = [one for one in before if touch.recorded_at - one.recorded_at <= window]
        answered = any(one.disposition != "no_answer" for one in recent)
        if answered or len(recent) >= 2:
            yield Suspicion(
                touch.touch_id,
                DOUBLE_LOGGED,
                f"The same person was contacted by {touch.channel}"
                f" {len(recent)} times within {limits.repeat_minutes:g} minutes before.",
            )
        before.append(touch)


def find_same_people(ordered: Sequence[TouchFact], limits: Limits) -> Iterable[Suspicion]:
    """Touches of people who counted in an earlier period and have said nothing since, when many.

    Seeing somebody again is work. A quota that is met by the same people period after period is
    what saying that all replied, or a next step with everybody, comes to. Who did not answer
    is contacted again by right.
    """
    last: dict[str, TouchFact] = {}
    of_period: dict[tuple[str, date], list[int]] = {}  # the touches of each person and period
    recent: list[tuple[TouchFact, bool]] = []  # the first of each, and whether it is one again
    first = agains = 0
    window = timedelta(days=limits.look_back_days)
    shown: dict[tuple[str, date], str] = {}
    for touch in ordered:
        if touch.period is None:
            continue
        before, last[touch.subject] = last.get(touch.subject), touch
        key = touch.subject, touch.period
        of_period.setdefault(key, []).append(touch.touch_id)
        if len(of_period[key]) > 1:
            continue
        is_again = (
            before is not None
            and before.disposition != "no_answer"
            and (touch.evidence_at is None or touch.evidence_at <= before.recorded_at)
        )
        recent.append((touch, is_again))
        agains += is_again
        while touch.recorded_at - recent[first][0].recorded_at > window:
            agains -= recent[first][1]
            first += 1
        if agains >= max(limits.again_count, limits.again_share * (len(recent) - first)):
            why = (
                f"{agains} of {len(recent) - first} contacts in {limits.look_back_days} days were"
                " people who had counted before and had said nothing since."
            )
            for one, again in recent[first:]:
                if again and one.period is not None:
                    shown.setdefault((one.subject, one.period), why)
    for key, why in shown.items():
        for touch_id in of_period[key]:  # without the first the second would count
            yield Suspicion(touch_id, SAME_PEOPLE, why)
