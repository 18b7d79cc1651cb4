"""What a rep's Today says, read in one session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.web.charts import DayBar, Ticks, draw_days, draw_ticks
from config.settings import ListSettings
from models import ENGAGED_CONTACT, Rep, Touch
from prospects.ranked import RankedProspect
from quotas.attainment import Attainment, calendar_of, load_attainments
from quotas.calendars import Calendar
from quotas.later import last_day_of
from quotas.lists import DayList, ListedItem, load_list
from quotas.periods import Period
from quotas.returning import explain_everything
from quotas.setting import ACTIVITIES
from quotas.touches import undo_limit
from quotas.working_time import name_day_off

_DONE_SHOWN: Final = 2


@dataclass(frozen=True)
class Day:
    """A rep's list of a day with everything the page says about it.

    ``open_item`` is the unfolded card. ``threshold`` is the warmth from which a contact counts
    for the quota, ``None`` without a quota. ``others`` are the rep's further quotas, ``known`` what
    is known of whom the open card is about, ``put_off_to`` the last day they may wait until.
    """

    rep: Rep
    now: datetime
    on: date
    zone: ZoneInfo
    calendar: Calendar
    settings: ListSettings
    listed: DayList
    standing: Attainment | None
    threshold: float | None
    counted_people: frozenset[int]
    open_item: ListedItem | None
    all_done: bool
    others: tuple[Attainment, ...] = ()
    known: RankedProspect | None = None
    put_off_to: date | None = None

    @property
    def today(self) -> date:
        """The team's date."""
        return self.calendar.today(self.now)

    @property
    def is_past(self) -> bool:
        """A past day is read-only."""
        return self.on < self.today

    @property
    def is_day_off(self) -> bool:
        """Nothing is due today."""
        return not self.calendar.is_working(self.on)

    def off_for(self, language: str) -> tuple[str, str]:
        """Why nothing is due: ``leave``, ``holiday`` with its name, or ``weekend``."""
        return name_day_off(self.rep, self.on, language)

    @property
    def later_days(self) -> tuple[date, ...]:
        """The next working day and next week's first, as far as somebody may be put off."""
        days = {self.working_day_from(self.today + timedelta(days=1))}
        days.add(self.working_day_from(self.calendar.bounds(Period.WEEK, self.today)[1]))
        return tuple(sorted(d for d in days if self.put_off_to and d <= self.put_off_to))

    @property
    def undo_limit(self) -> timedelta:
        """How long what was done may be taken back."""
        return undo_limit(self.rep.team, timedelta(minutes=self.settings.undo_minutes))

    @property
    def handed_back(self) -> tuple[ListedItem, ...]:
        """Given back to the pool today and not long ago, so that it can be taken back."""
        limit = self.undo_limit
        return tuple(
            item
            for item in self.listed.items
            if item.state == "handed_back" and item.closed_at and self.now - item.closed_at <= limit
        )

    @property
    def next_working_day(self) -> date:
        """The first working day after this one."""
        return self.working_day_from(self.on + timedelta(days=1))

    @property
    def back_on(self) -> date:
        """When a person who did not answer may be listed again."""
        again = self.now + timedelta(days=self.settings.no_answer_days)
        return self.working_day_from(self.calendar.today(again))

    def working_day_from(self, on: date) -> date:
        """``on`` or the first working day after it."""
        days = (on + timedelta(days=offset) for offset in range(60))
        return next((day for day in days if self.calendar.is_working(day)), on)

    @property
    def shown_done(self) -> tuple[ListedItem, ...]:
        """The last few touched, or all."""
        done = self.listed.done_items
        return done if self.all_done or self.is_past else done[:_DONE_SHOWN]

    @property
    def hidden_done(self) -> int:
        """How many touched ones are folded away."""
        return len(self.listed.done_items) - len(self.shown_done)

    @property
    def unworked(self) -> tuple[ListedItem, ...]:
        """Closed without a touch: given back, expired or not to be contacted."""
        return tuple(i for i in self.listed.items if i.state != "open" and i.touch is None)

    def counts(self, item: ListedItem) -> bool:
        """Whether a touch of this person counts for the quota."""
        return self.threshold is not None and item.warmth >= self.threshold

    def can_undo(self, touch: Touch) -> bool:
        """Whether a touch is recent enough to be taken back."""
        limit = self.undo_limit
        return not self.is_past and self.now - touch.recorded_at <= limit

    @property
    def after_all(self) -> int:
        """Where the rep stands once everybody left has been contacted."""
        counted = self.standing.counted if self.standing else 0
        return counted + sum(
            self.counts(item) and item.person_id not in self.counted_people
            for item in self.listed.open_items
        )

    @property
    def quota_met(self) -> bool:
        """Whether the period's target is reached."""
        return self.standing is not None and self.standing.counted >= self.standing.target

    @property
    def own_activities(self) -> tuple[str, ...]:
        """What a contact may count for besides, by quotas of the rep's with names of their own."""
        return tuple(one.activity for one in self.others if one.activity not in ACTIVITIES)

    def ticks(self, *, rtl: bool) -> Ticks | None:
        """The quota as ticks; ``None`` where there is nothing to count towards."""
        at = self.standing
        if at is None or not at.target:
            return None
        return draw_ticks(at.target, at.counted, at.today, at.pace, rtl=rtl)

    @property
    def plan_per_day(self) -> int:
        """The target spread evenly over the period's working days."""
        at = self.standing
        working = sum(day.working for day in at.days) if at else 0
        return ceil(at.target / working) if at and working else 0

    @property
    def week(self) -> tuple[DayBar, ...]:
        """This week's working days, and days off on which somebody worked."""
        at = self.standing
        if at is None or len(at.days) < 2:
            return ()
        first, after = self.calendar.bounds(Period.WEEK, self.today)
        days = [
            (day.on, day.counted)
            for day in at.days
            if first <= day.on < after and (day.working or day.counted)
        ]
        return draw_days(days, self.today, self.plan_per_day)

    @property
    def warmest(self) -> float:
        """The top of the list, against which the others are drawn."""
        return max((item.warmth for item in self.listed.items), default=0.0)

    @property
    def usual_channel(self) -> str | None:
        """The channel this rep used last today."""
        done = self.listed.done_items
        return done[0].touch.channel if done and done[0].touch else None


def load_day(
    session: Session,
    rep: Rep,
    *,
    on: date | None,
    now: datetime,
    settings: ListSettings,
    opened: str | None = None,
    all_done: bool = False,
) -> Day:
    """The day as it stands; ``opened`` names the unfolded assignment, or ``none``."""
    calendar = calendar_of(rep)
    today = calendar.today(now)
    on = min(on or today, today)
    listed = load_list(session, rep, on, now=now)
    standings = load_attainments(session, rep, now)
    standing = next((one for one in standings if one.activity == ENGAGED_CONTACT), None)
    item = _choose(listed, opened) if on == today else None
    return Day(
        rep=rep,
        now=now,
        on=on,
        zone=calendar.zone,
        calendar=calendar,
        settings=settings,
        listed=listed,
        standing=standing,
        threshold=standing.threshold if standing else None,
        counted_people=standing.subjects if standing else frozenset(),
        open_item=item,
        all_done=all_done,
        others=tuple(one for one in standings if one is not standing),
        known=_explain(session, item, now, settings),
        put_off_to=(
            last_day_of(item.assigned_at, calendar, settings) if item and item.assigned_at else None
        ),
    )


def _explain(
    session: Session, item: ListedItem | None, now: datetime, settings: ListSettings
) -> RankedProspect | None:
    """What is known of whom the card is about, on the topic they are listed for."""
    if item is None:
        return None
    known = explain_everything(session, [item.person_id], now, settings)
    return next((one for one in known if one.topic_id == item.topic_id), None)


def _choose(listed: DayList, opened: str | None) -> ListedItem | None:
    """The item asked for if it is open, else the first; none if all are to be folded."""
    if opened == "none":
        return None
    first = next(iter(listed.open_items), None)
    return next((i for i in listed.open_items if str(i.assignment_id) == opened), first)
