"""Which touches are implausible. Pure.

Nothing here drops a touch: a rule names it, a manager decides. Each rule is about what an honest
rep, however fast, cannot do, and about the rep's own habits rather than somebody else's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

RAPID: Final = "rapid"
OFF_HOURS: Final = "off_hours"
SAME_NOTE: Final = "same_note"
SPLIT_PERSON: Final = "split_person"
DOUBLE_LOGGED: Final = "double_logged"
_TALKS = frozenset({"call", "meeting"})
_ANSWERED = frozenset({"replied", "meeting", "proposal", "won", "not_interested"})
_SOME = 3  # touches outside working time that make a day one on which the rep works then
RULES: Final = (RAPID, OFF_HOURS, SAME_NOTE, SPLIT_PERSON, DOUBLE_LOGGED)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is implausible; units and sources stand in ``defaults.toml``."""

    rapid_count: int
    rapid_seconds: float
    off_hours_count: int
    off_hours_usual_share: float
    look_back_days: int
    note_length: int
    note_count: int
    note_days: int
    note_likeness: float
    repeat_minutes: float
    split_share: float
    split_chance: float
    audit_cheating_share: float
    audit_confidence: float


@dataclass(frozen=True, slots=True)
class TouchFact:
    """One standing touch of a rep as the rules see it.

    ``subject`` is the person or hashed reference; ``aliases`` are names under which that human is
    known (folded handles), ``on`` is the team's date, ``in_hours`` whether it lies in working time.
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
    )  # fmt: skip
    return sorted({suspicion for rule in rules for suspicion in rule(ordered, limits)})


def find_rapid(ordered: Sequence[TouchFact], limits: Limits) -> Iterable[Suspicion]:
    """Touches of a run in which nobody could have read, contacted and marked so many."""
    size, width = limits.rapid_count, timedelta(seconds=limits.rapid_seconds)
    marked: dict[int, int] = {}
    for index in range(len(ordered) - size + 1):
        run = ordered[index : index + size]
        if run[-1].recorded_at - run[0].recorded_at <= width:
            took = round((run[-1].recorded_at - run[0].recorded_at).total_seconds())
            for touch in run:
                marked[touch.touch_id] = min(took, marked.get(touch.touch_id, took))
    for touch_id, took in marked.items():
        yield Suspicion(touch_id, RAPID, f"{size} contacts were marked within {took} seconds.")


def find_off_hours(ordered: Sequence[TouchFact], limits: Limits) -> Iterable[Suspicion]:
    """Touches in bulk outside working time, where this rep does not usually work then.

    Who works nights or a split shift does so on most days: the share of the rep's own days with
    such touches decides, not the clock alone. In bulk: so many within an hour, as marking does and
    a Saturday of real work does not.
    """
    per_day: dict[date, list[TouchFact]] = {}
    for touch in ordered:
        outside = per_day.setdefault(touch.on, [])
        if not touch.in_hours:
            outside.append(touch)
    hour = timedelta(hours=1)
    for on, outside in per_day.items():
        bulk: dict[int, TouchFact] = {}
        for index in range(len(outside) - limits.off_hours_count + 1):
            run = outside[index : index + limits.off_hours_count]
            if run[-1].recorded_at - run[0].recorded_at <= hour:
                bulk.update((touch.touch_id, touch) for touch in run)
        if not bulk:
            continue
        since = on - timedelta(days=limits.look_back_days)
        active = [day for day in per_day if since <= day <= on]
        usual = sum(len(per_day[day]) >= _SOME for day in active) / len(active)
        if usual < limits.off_hours_usual_share:
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
        and len(words := _words(touch.note)) >= 5
    ]
    window = timedelta(days=limits.note_days)
    first = 0
    alike: dict[int, set[str]] = {touch.touch_id: {touch.subject} for touch, _ in noted}
    for index, (touch, words) in enumerate(noted):
        while touch.recorded_at - noted[first][0].recorded_at > window:
            first += 1
        for other, theirs in noted[first:index]:
            if _likeness(words, theirs) >= limits.note_likeness:
                alike[touch.touch_id].add(other.subject)
                alike[other.touch_id].add(touch.subject)
    for touch_id, people in alike.items():
        if len(people) >= limits.note_count:
            yield Suspicion(touch_id, SAME_NOTE, f"The same note stands with {len(people)} people.")


def _words(note: str) -> frozenset[str]:
    """The words of a note without numbers and what else a template fills in."""
    return frozenset(word for word in re.findall(r"[^\W\d_]+", note.casefold()) if len(word) > 2)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


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
