"""A team at work for some weeks in a workspace of its own: lists, touches, the rules each morning.

Every rep has a way of working and a topic of their own, on which new people speak up each night.
What a way of working does goes through what pages and commands call; nothing else is written.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.jobs import build_all_lists, draw_team_audits, flag_team
from models import Account, Evidence, Person, Prospect, Rep, Signal, Team, Topic, Touch
from prospects.warmth import add_keys, key_of
from quotas.attainment import list_counted, standing_touches
from quotas.audits import Audit, load_audit
from quotas.calendars import Calendar
from quotas.contacts import record_follow_up
from quotas.flags import load_flagged
from quotas.history import load_spans
from quotas.lists import load_list
from quotas.sampling import finding_chance
from quotas.standards import Standards
from quotas.touches import record_touch, undo_touch
from quotas.working_time import calendar_of
from tests.factories import make_rep, make_topic, warmth_settings

ZONE = ZoneInfo("Europe/London")
START = date(2026, 2, 2)  # a Monday; nothing about its clocks is odd until the end of March
WEEKLY = 40  # engaged contacts a rep owes
_DAILY = 12  # new people a topic brings a day
_POINTS = 3.0
_HALF_LIFE = timedelta(hours=168)


@dataclass(frozen=True, slots=True)
class Item:
    """One person to contact today."""

    assignment_id: int
    person_id: int


@dataclass
class Desk:
    """One rep on one day, as far as they know it, and what they can do about it."""

    office: Office
    session: Session
    rep: Rep
    on: date
    number: int  # of the day since the start, weekends too
    rng: random.Random
    memory: dict[str, Any]

    @cached_property
    def items(self) -> list[Item]:
        """Whom the list holds open."""
        listed = load_list(self.session, self.rep, self.on, now=self.at(5, 59))
        return [Item(one.assignment_id, one.person_id) for one in listed.open_items]

    @property
    def is_workday(self) -> bool:
        """Whether the rep works by the calendar."""
        return calendar_of(self.rep).is_working(self.on)

    def at(self, hour: float, minute: float = 0, second: float = 0) -> datetime:
        """That time by the team's clock; hours past 24 are of the next day's night."""
        midnight = datetime.combine(self.on, time(), ZONE)
        return midnight + timedelta(hours=hour, minutes=minute, seconds=second)

    def spread(self, count: int, opens: float = 9, closes: float = 16.7) -> list[datetime]:
        """So many moments over the day, at least four minutes apart."""
        moments = sorted(self.rng.uniform(opens, closes) for _ in range(count))
        found: list[datetime] = []
        for hours in moments:
            at = self.at(hours)
            if found and at - found[-1] < timedelta(minutes=4):
                at = found[-1] + timedelta(minutes=self.rng.uniform(4, 7))
            found.append(at)
        return found

    def run(self, begins: datetime, count: int, least: float, most: float) -> list[datetime]:
        """So many moments one after the other, that many seconds apart."""
        found = [begins]
        while len(found) < count:
            found.append(found[-1] + timedelta(seconds=self.rng.uniform(least, most)))
        return found[:count]

    def touch(
        self,
        item: Item,
        at: datetime,
        *,
        channel: str = "message",
        disposition: str = "contacted",
        note: str = "",
        invented: bool = False,
        next_on: date | None = None,
    ) -> Touch:
        """Mark somebody of the list."""
        self.office.clicks += 1
        touch = record_touch(
            self.session, item.assignment_id, channel=channel, disposition=disposition,
            idempotency_key=f"form:{self.office.clicks}", now=at, note=note, next_on=next_on,
            weights=warmth_settings(),
        )  # fmt: skip
        if invented:
            self.office.invented.add(touch.id)
        return touch

    def undo(self, touch: Touch, at: datetime) -> None:
        """Take a touch back."""
        undo_touch(
            self.session, touch.id, now=at, limit=timedelta(days=1), weights=warmth_settings()
        )

    def again(self, touch: Touch, at: datetime, channel: str) -> None:
        """Log a contact that never was with somebody contacted before."""
        twice = record_follow_up(
            self.session, touch.id, channel=channel, disposition="contacted",
            idempotency_key=f"again:{touch.id}:{channel}:{self.number}", now=at,
        )  # fmt: skip
        self.office.invented.add(twice.id)

    def handle(self, item: Item) -> str:
        """What somebody is called."""
        account = select(Account.handle).where(Account.person_id == item.person_id)
        return self.session.scalars(account).one() or ""

    def talk(self, item: Item, at: datetime) -> Touch:
        """What an honest rep does: some channel, some outcome, now and then words of their own."""
        channel = self.rng.choice(("message", "message", "email", "call"))
        outcome = self.rng.choices(
            ("contacted", "no_answer", "replied", "not_interested", "meeting"), (6, 3, 1, 1, 0.4)
        )[0]
        return self.touch(item, at, channel=channel, disposition=outcome, note=self.words())

    def words(self) -> str:
        """An honest note, or none."""
        if self.rng.random() < 0.5:
            return self.rng.choice(("", "left voicemail", "intro sent", "no answer", "vm"))
        return " ".join(self.rng.sample(_SAID, self.rng.randint(5, 10)))


_SAID = (
    "wife retires lump sum asked fees worried about inflation pension moved abroad mortgage ends"
    " next spring brother recommended us broker wants figures on paper state pension shortfall"
    " children at university sold house inherited flat tax office letter employer scheme closed"
    " annuity quote compared three offers prefers evenings speaks Polish doctor hospital divorce"
    " sabbatical freelance income uneven savings plan index funds gold scared of shares bonus due"
).split()

Work = Callable[[Desk], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one way of working: who counted by week, what was shown, what was drawn."""

    touches: int
    invented: int
    people: tuple[frozenset[int], ...]  # who counted, by week
    rules: Mapping[str, int]  # touches shown, by rule
    shown: int
    true: int  # of those shown, the invented ones
    audit: Audit
    drawn_invented: int

    @property
    def counted(self) -> tuple[int, ...]:
        """How many counted, by week."""
        return tuple(map(len, self.people))

    @property
    def is_caught(self) -> bool:
        """Shown something true, and at least as much true as not."""
        return self.true > 0 and 2 * self.true >= self.shown

    @property
    def audit_chance(self) -> float:
        """How likely a sample of that size holds an invented one."""
        return finding_chance(self.touches, self.invented, len(self.audit.drawn))


@dataclass
class Office:
    """The workspace, its team and what only the reps know."""

    workspace: Workspace
    weeks: int = 3
    seed: int = 0
    clicks: int = 0
    invented: set[int] = field(default_factory=set)
    handles: dict[str, Callable[[int], str]] = field(default_factory=dict)
    regulars: frozenset[str] = frozenset({"regulars"})
    memories: dict[str, dict[str, Any]] = field(default_factory=dict)

    def employ(self, works: Mapping[str, Work], *, set_up: Callable[[Session, Rep], None]) -> None:
        """Found the team: a rep for each way of working, with a topic that is theirs alone."""
        at = datetime.combine(START, time(), ZONE) - timedelta(days=1)
        with self.workspace.db.write() as session:
            team = Team(
                name="Advisers", time_zone=ZONE.key, first_weekday=0, weekend=[5, 6], created_at=at
            )
            session.add(team)
            session.flush()
            for name in works:
                topic = make_topic(session, at=at, name=name, keywords=(name,))
                rep = make_rep(
                    session, team, name, at=at, target=WEEKLY, territory={"topic": [str(topic.id)]}
                )
                set_up(session, rep)

    def go(self, works: Mapping[str, Work]) -> None:
        """Let the weeks pass."""
        with self.workspace.db.read() as session:
            team_id = session.scalars(select(Team.id)).one()
        for number in range(7 * self.weeks):
            on = START + timedelta(days=number)
            morning = datetime.combine(on, time(6), ZONE)
            with self.workspace.db.write() as session:
                self._speak_up(session, number, morning - timedelta(hours=5))
            flag_team(self.workspace, team_id, now=morning)
            draw_team_audits(self.workspace, team_id, now=morning)
            build_all_lists(self.workspace, on=on, now=morning)
            with self.workspace.db.write() as session:
                for rep in session.scalars(select(Rep).order_by(Rep.id)):
                    rng = random.Random(f"{rep.name}:{number}:{self.seed}")
                    memory = self.memories.setdefault(rep.name, {})
                    works[rep.name](Desk(self, session, rep, on, number, rng, memory))
        # the rules once more over the last day, and the rest of the sample once the quarter is over
        after = datetime.combine(date(2026, 4, 1), time(6), ZONE)
        last = datetime.combine(START + timedelta(days=7 * self.weeks), time(6), ZONE)
        flag_team(self.workspace, team_id, now=last)
        draw_team_audits(self.workspace, team_id, now=after)

    def _speak_up(self, session: Session, number: int, at: datetime) -> None:
        """New people of every topic, in a few statements; of some topics the same as before."""
        topics = session.scalars(select(Topic).order_by(Topic.id)).all()
        again = {topic.id for topic in topics if topic.name in self.regulars and number > 4}
        rows = [
            (topic, number * _DAILY + n)
            for topic in topics
            if topic.id not in again
            for n in range(_DAILY)
        ]
        people = [Person(created_at=at) for _ in rows]
        session.add_all(people)
        session.flush()
        accounts, prospects = [], []
        for (topic, n), person in zip(rows, people, strict=True):
            handle = self.handles.get(topic.name, lambda n, t=topic: f"{t.name}_person_{n}")(n)
            accounts.append(
                Account(person_id=person.id, network="bluesky", external_id=f"{topic.name}-{n}",
                        handle=handle, first_seen_at=at)
            )  # fmt: skip
            prospects.append(
                Prospect(person_id=person.id, topic_id=topic.id, newest_at=at,
                         warmth_key=key_of(_POINTS, at, _HALF_LIFE))
            )  # fmt: skip
        session.add_all([*accounts, *prospects])
        session.flush()
        spoken = list(zip(accounts, prospects, strict=True))
        for account, prospect in session.execute(
            select(Account, Prospect)
            .join(Prospect, Prospect.person_id == Account.person_id)
            .where(Prospect.topic_id.in_(again), Prospect.person_id % 4 == number % 4)
            .order_by(Prospect.id)
        ):
            prospect.newest_at = at
            prospect.warmth_key = add_keys([prospect.warmth_key, key_of(_POINTS, at, _HALF_LIFE)])
            spoken.append((account, prospect))
        signals = [
            Signal(network="bluesky", kind="post", external_id=f"{account.id}-{number}",
                   account_id=account.id, text="who can help?", language="en", metrics={},
                   url=f"https://n.example/{account.id}", occurred_at=at, observed_at=at,
                   scored_at=at)
            for account, _ in spoken
        ]  # fmt: skip
        session.add_all(signals)
        session.flush()
        session.add_all(
            Evidence(prospect_id=prospect.id, signal_id=signal.id, points=_POINTS,
                     code="cue.asks_which", occurred_at=at)
            for (_, prospect), signal in zip(spoken, signals, strict=True)
        )  # fmt: skip

    def look(self) -> dict[str, Seen]:
        """What a manager sees of every rep by now, beside the truth."""
        with self.workspace.db.read() as session:
            return {rep.name: self._look_at(session, rep) for rep in session.scalars(select(Rep))}

    def _look_at(self, session: Session, rep: Rep) -> Seen:
        calendar = calendar_of(rep)
        mine = set(
            session.scalars(
                standing_touches().with_only_columns(Touch.id).where(Touch.rep_id == rep.id)
            )
        )
        flagged = [one for one in load_flagged(session, rep.team, open_only=False)
                   if one.touch.rep_id == rep.id]  # fmt: skip
        rules: dict[str, int] = {}
        for one in flagged:
            for rule in one.rules:
                rules[rule] = rules.get(rule, 0) + 1
        audit = load_audit(session, rep, START, population=len(mine), size=0)
        drawn = set(audit.drawn)
        return Seen(
            touches=len(mine),
            invented=len(mine & self.invented),
            people=tuple(
                frozenset(person for person, _ in self._counted(session, rep, calendar, week))
                for week in range(self.weeks)
            ),
            rules=rules,
            shown=len(flagged),
            true=len({one.touch.id for one in flagged} & self.invented),
            audit=audit,
            drawn_invented=len(drawn & self.invented),
        )

    def _counted(
        self, session: Session, rep: Rep, calendar: Calendar, week: int
    ) -> list[tuple[int, datetime]]:
        start = START + timedelta(weeks=week)
        end = start + timedelta(weeks=1)
        spans = load_spans(session, [rep], start, end)[rep.id]["engaged_contact"]
        return list_counted(
            session, rep.id, "engaged_contact", Standards(spans, calendar),
            calendar.start_of(start), calendar.start_of(end),
        )  # fmt: skip


def pairs(desk: Desk, moments: list[datetime]) -> Iterator[tuple[Item, datetime]]:
    """Whom the list holds and when each is marked, as far as both go."""
    yield from zip(desk.items, moments, strict=False)
