"""Invented reps, honest and not, over a quarter: what the rules for touches are tried on.

Which touches were invented is known here and nowhere else, so that both kinds of error can be
counted. The honest kinds are those that a careless rule would accuse.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from quotas.honesty import Limits, TouchFact, examine
from quotas.sampling import (
    audit_size,
    draw_more,
    draw_sample,
    expect_touches,
    finding_chance,
)

_START = date(2026, 1, 5)
_WEEKS = 13
_PHRASES = ("left voicemail", "sent intro message", "no answer", "asked for a call back", "")
_TOPICS = "rollover pension fees timing spouse tax mortgage inheritance savings risk".split()
_VERBS = "asked wants compares doubts prefers mentioned rejects postponed explained needs".split()
_TEMPLATES = (
    "Spoke for {n} minutes about their plans, very interested, will call again after day {n}.",
    "Good talk with {who}, understands the product well and will decide after {n} days.",
    "Client {who} is not sure yet, we agreed to speak again when the papers are ready, case {n}.",
)
_GIVEN = "Anna Boris Clara David Emma Farid Greta Hakan Ines Jonas Karim Layla".split()
_NAMESAKES = 1 / 200  # of people: another of this rep's bears their name by chance
_MESSAGE = "Hello {who}, I read your question and have helped others with the same, may I answer?"


@dataclass
class InventedRep:
    """One rep's quarter; ``invented`` are the touches that never happened or counted twice."""

    kind: str
    honest: bool
    touches: list[TouchFact] = field(default_factory=list)
    invented: set[int] = field(default_factory=set)


@dataclass
class _Writer:
    rep: InventedRep
    rng: random.Random
    people: int = 0

    def person(self) -> str:
        self.people += 1
        return f"person:{self.people}"

    def add(
        self,
        at: datetime,
        *,
        subject: str | None = None,
        channel: str = "message",
        disposition: str = "contacted",
        note: str | None = None,
        alias: str | None = None,
        invented: bool = False,
        heard_at: datetime | None = None,
    ) -> TouchFact:
        in_hours = at.weekday() < 5 and 8 <= at.hour < 18
        on = at.date() if in_hours else (at - timedelta(hours=5)).date()
        name = alias or self._name()
        touch = TouchFact(
            touch_id=len(self.rep.touches) + 1,
            subject=subject or self.person(),
            channel=channel,
            disposition=disposition,
            note=self.note() if note is None else note,
            recorded_at=at,
            on=on,
            in_hours=in_hours,
            aliases=frozenset({name}),
            called=name,
            day_before=on if at.weekday() < 5 and 17 <= at.hour < 21 else None,
            period=on - timedelta(days=on.weekday()),
            evidence_at=heard_at,
        )
        self.rep.touches.append(touch)
        if invented:
            self.rep.invented.add(touch.touch_id)
        return touch

    def _name(self) -> str:
        """Of its own, as handles are on a network; now and then somebody's of another network."""
        if self.rep.touches and self.rng.random() < _NAMESAKES:
            return next(iter(self.rng.choice(self.rep.touches).aliases))
        return f"someone{len(self.rep.touches)}"

    def note(self) -> str:
        if self.rng.random() < 0.6:
            return self.rng.choice(_PHRASES)
        words = self.rng.sample(_TOPICS, 3), self.rng.sample(_VERBS, 3)
        return (
            " ".join(f"{verb} {topic}" for topic, verb in zip(*words, strict=True))
            + "; "
            + (" ".join(self.rng.sample(_TOPICS + _VERBS, 5)))
        )

    def talk(self, at: datetime) -> TouchFact:
        """One honest contact of a usual kind."""
        channel = self.rng.choice(("message", "message", "email", "call"))
        outcome = self.rng.choices(
            ("contacted", "no_answer", "replied", "not_interested", "meeting"), (6, 3, 2, 1, 0.5)
        )[0]
        return self.add(at, channel=channel, disposition=outcome)


def _days() -> Iterator[date]:
    for offset in range(_WEEKS * 7):
        day = _START + timedelta(days=offset)
        if day.weekday() < 5:
            yield day


def _at(day: date, hours: float) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(hours=hours)


def _spread(writer: _Writer, day: date, number: int, first: float = 9, last: float = 17) -> None:
    for hours in sorted(writer.rng.uniform(first, last) for _ in range(number)):
        # two contacts are never closer than it takes to read the first
        at = _at(day, hours)
        previous = writer.rep.touches[-1].recorded_at if writer.rep.touches else None
        if previous is not None and timedelta() <= at - previous < timedelta(seconds=20):
            at = previous + timedelta(seconds=20)
        writer.talk(at)


def _burst(writer: _Writer, start: datetime, number: int, low: float, high: float) -> None:
    at = start
    for _ in range(number):
        writer.talk(at)
        at += timedelta(seconds=writer.rng.uniform(low, high))


def _steady(writer: _Writer, day: date) -> None:
    _spread(writer, day, writer.rng.randint(6, 16))


def _fast(writer: _Writer, day: date) -> None:
    for hour in (9, 11, 14, 16):
        _burst(writer, _at(day, hour + writer.rng.random()), writer.rng.randint(6, 12), 12, 40)


def _bursty(writer: _Writer, day: date) -> None:
    for hour in (10, 15):
        _burst(writer, _at(day, hour), writer.rng.randint(8, 20), 15, 90)


def _night(writer: _Writer, day: date) -> None:
    for hour in (20, 22, 25):
        _burst(writer, _at(day, hour), writer.rng.randint(3, 12), 30, 240)


def _split_shift(writer: _Writer, day: date) -> None:
    _spread(writer, day, writer.rng.randint(3, 8), 9, 12)
    _burst(writer, _at(day, 20), writer.rng.randint(6, 14), 40, 240)


def _saturdays(writer: _Writer, day: date) -> None:
    _steady(writer, day)
    if day.weekday() == 4 and writer.rng.random() < 0.3:
        _spread(writer, day + timedelta(days=1), writer.rng.randint(5, 16), 9, 15)


def _same_message(writer: _Writer, day: date) -> None:
    at = _at(day, 9.5)
    for number in range(writer.rng.randint(8, 14)):
        writer.add(at, note=_MESSAGE.format(who=f"N{number}"))
        at += timedelta(seconds=writer.rng.uniform(40, 900))


def _evening_logger(writer: _Writer, day: date) -> None:
    """Works all day and writes it down before going home."""
    _burst(writer, _at(day, 16.5), writer.rng.randint(8, 18), 10, 40)


def _redialler(writer: _Writer, day: date) -> None:
    for hour in (9, 10, 11, 13, 14, 15):
        at = _at(day, hour + writer.rng.random() / 2)
        first = writer.add(at, channel="call", disposition="no_answer", note="no answer")
        if writer.rng.random() < 0.7:
            later = at + timedelta(minutes=writer.rng.uniform(5, 25))
            writer.add(
                later, channel="call", subject=first.subject, alias=next(iter(first.aliases))
            )


def _some_evenings(writer: _Writer, day: date) -> None:
    """Out on two days of the week, which are written down at home."""
    if day.weekday() in (1, 3):
        _burst(writer, _at(day, 18.8), writer.rng.randint(8, 14), 25, 150)
    else:
        _steady(writer, day)


def _sees_again(writer: _Writer, day: date) -> None:
    """Sees every third again a week later, as was agreed."""
    last = [one for one in writer.rep.touches if one.on == day - timedelta(days=7)]
    for place, touch in enumerate(last):
        if writer.rng.random() < 1 / 3:
            writer.add(
                _at(day, 9 + place / 4), subject=touch.subject, alias=next(iter(touch.aliases))
            )
    _spread(writer, day, writer.rng.randint(5, 8), 14)


def _regulars(writer: _Writer, day: date) -> None:
    """Has few people, who speak up again before they are seen again."""
    spoken = writer.rng.sample(range(60), writer.rng.randint(6, 10))
    for place, number in enumerate(spoken):
        at = _at(day, 9 + place / 2)
        heard_at = at - timedelta(hours=writer.rng.uniform(1, 12))
        writer.add(at, subject=f"regular:{number}", alias=f"regular{number}", heard_at=heard_at)


def _bulk_marker(writer: _Writer, day: date) -> None:
    _spread(writer, day, writer.rng.randint(4, 9), 9, 15)
    if writer.rng.random() < 0.4:
        at = _at(day, 16.5)
        for _ in range(writer.rng.randint(8, 25)):
            writer.add(at, note="", invented=True)
            at += timedelta(seconds=writer.rng.uniform(1, 6))


def _night_marker(writer: _Writer, day: date) -> None:
    _steady(writer, day)
    if writer.rng.random() < 0.25:
        at = _at(day, 21.5)
        for _ in range(writer.rng.randint(12, 30)):
            writer.add(at, invented=True)
            at += timedelta(seconds=writer.rng.uniform(10, 60))


def _note_paster(writer: _Writer, day: date) -> None:
    _spread(writer, day, writer.rng.randint(4, 9))
    for _ in range(writer.rng.randint(0, 4)):
        text = writer.rng.choice(_TEMPLATES).format(
            n=writer.rng.randint(2, 40), who=writer.rng.choice(("Ms A", "Mr B", "Dr C"))
        )
        writer.add(
            _at(day, writer.rng.uniform(9, 17)), channel="call",
            disposition=writer.rng.choice(("contacted", "not_interested")), note=text,
            invented=True,
        )  # fmt: skip


def _marker_on_end(writer: _Writer, day: date) -> None:
    """Never eight in a minute, but a whole week's rest on end."""
    _spread(writer, day, writer.rng.randint(4, 9), 9, 15)
    if day.weekday() == 4:
        at = _at(day, 16)
        for _ in range(writer.rng.randint(20, 35)):
            writer.add(at, note="", invented=True)
            at += timedelta(seconds=writer.rng.uniform(9, 11))


def _name_filler(writer: _Writer, day: date) -> None:
    """Pastes one note with the person's name in it."""
    _spread(writer, day, writer.rng.randint(4, 9))
    for place in range(writer.rng.randint(1, 3)):
        name = f"{writer.rng.choice(_GIVEN)}_{writer.people}"
        note = f"Talked to {name.partition('_')[0]} about pension, wants figures soon."
        writer.add(_at(day, 10 + place), channel="call", alias=name, note=note, invented=True)


def _same_again(writer: _Writer, day: date) -> None:
    """Lives off the people of the first week, who said nothing since."""
    heard_at = _at(_START, 0)
    for place in range(8):
        number = 8 * day.weekday() + place
        writer.add(
            _at(day, 9 + place * 0.8), subject=f"again:{number}", alias=f"again{number}",
            invented=day >= _START + timedelta(days=7), heard_at=heard_at,
        )  # fmt: skip


def _splitter(writer: _Writer, day: date) -> None:
    _steady(writer, day)
    if writer.rng.random() < 0.5:
        alias = f"twofold{writer.people}"
        at = _at(day, writer.rng.uniform(9, 16))
        writer.add(at, alias=alias)
        writer.add(at + timedelta(minutes=writer.rng.uniform(5, 60)), alias=alias, invented=True)


def _double_logger(writer: _Writer, day: date) -> None:
    for hour in (9, 10, 11, 13, 14, 15):
        at = _at(day, hour + writer.rng.random() / 2)
        call = writer.add(at, channel="call", disposition="contacted")
        if writer.rng.random() < 0.3:
            writer.add(
                at + timedelta(minutes=writer.rng.uniform(1, 20)), channel="call",
                subject=call.subject, alias=next(iter(call.aliases)), invented=True,
            )  # fmt: skip


HONEST: dict[str, Callable[[_Writer, date], None]] = {
    "steady": _steady, "fast": _fast, "bursty": _bursty, "night shift": _night,
    "split shift": _split_shift, "some Saturdays": _saturdays, "one message to many": _same_message,
    "writes down at the end": _evening_logger, "dials again": _redialler,
    "some evenings": _some_evenings, "sees some again": _sees_again, "regulars": _regulars,
}  # fmt: skip
CHEATERS: dict[str, Callable[[_Writer, date], None]] = {
    "bulk marker": _bulk_marker, "night marker": _night_marker, "note paster": _note_paster,
    "prospect splitter": _splitter, "double logger": _double_logger,
    "marker on end": _marker_on_end, "name filler": _name_filler, "same people again": _same_again,
}  # fmt: skip


def invent(kind: str, *, seed: int) -> InventedRep:
    """The quarter of one rep of a kind; the same for the same seed."""
    honest = kind in HONEST
    rep = InventedRep(kind, honest)
    writer = _Writer(rep, random.Random(f"{kind}:{seed}"))  # noqa: S311 - invented, nothing secret
    for day in _days():
        (HONEST if honest else CHEATERS)[kind](writer, day)
    return rep


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the rules did on one rep."""

    kind: str
    honest: bool
    touches: int
    flagged: int
    invented: int
    found: int

    @property
    def accused(self) -> bool:
        """Whether a manager is shown anything about this rep."""
        return self.flagged > 0

    @property
    def caught(self) -> bool:
        """Shown something that is true: an invented touch, and not mostly honest ones beside it."""
        return self.found > 0 and 2 * self.found >= self.flagged


def try_rules(limits: Limits, *, each: int, seed: int = 0) -> list[Verdict]:
    """Run the rules over ``each`` reps of every kind."""
    verdicts = []
    for kind in (*HONEST, *CHEATERS):
        for number in range(each):
            rep = invent(kind, seed=seed + number)
            flagged = {suspicion.touch_id for suspicion in examine(rep.touches, limits)}
            verdicts.append(
                Verdict(
                    kind, rep.honest, len(rep.touches), len(flagged), len(rep.invented),
                    len(flagged & rep.invented),
                )
            )  # fmt: skip
    return verdicts


def try_audit(limits: Limits, *, reps: int, seed: int = 0) -> tuple[float, float]:
    """Of careful inventors: the exact chance that a sample shows one, and the share it did here.

    The least chance over the quarters tried; 50 careful reps share a quarter's touches each.
    """
    found, least = 0, 1.0
    for number in range(reps):
        if number % 50 == 0:
            ids = [touch.touch_id for touch in invent("steady", seed=seed + number).touches]
            wanted = math.ceil(limits.audit_cheating_share * len(ids) - 1e-9)
            size = audit_size(
                len(ids),
                cheating_share=limits.audit_cheating_share,
                confidence=limits.audit_confidence,
            )
            least = min(least, finding_chance(len(ids), wanted, size))
        rng = random.Random(f"careful:{seed + number}")  # noqa: S311 - invented, nothing secret
        invented = rng.sample(ids, wanted)
        found += bool(set(invented) & set(draw_sample(ids, size, seed=seed + number)))
    return least, found / reps


def try_nights(limits: Limits, *, reps: int, seed: int = 0) -> tuple[float, float]:
    """How many touches of a steady quarter are drawn night by night, and how many are needed.

    Means over ``reps`` quarters.
    """
    sizes, needs = 0, 0
    for number in range(reps):
        touches = invent("steady", seed=seed + number).touches
        days = sorted({touch.on for touch in touches})
        drawn: set[int] = set()
        known: list[int] = []
        for place, day in enumerate(days, start=1):
            known += [touch.touch_id for touch in touches if touch.on == day]
            passed = place / len(days)
            size = audit_size(
                expect_touches(len(known), passed),
                cheating_share=limits.audit_cheating_share,
                confidence=limits.audit_confidence,
            )
            drawn.update(draw_more(known, drawn, passed=passed, size=size, seed=seed + number))
        sizes, needs = sizes + len(drawn), needs + size
    return sizes / reps, needs / reps
