"""What makes a touch an engaged contact: by the quota in force on the day of the touch. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from quotas.calendars import Calendar
from quotas.history import QuotaSpan


@dataclass(frozen=True, slots=True)
class Standards:
    """The quotas of one activity over days, oldest first, and the calendar that cuts the days.

    A day without a quota goes by the one before it, else by the first after: another standard set
    later leaves it as it was.
    """

    spans: Sequence[QuotaSpan]
    calendar: Calendar

    @property
    def lowest(self) -> float:
        """Points of warmth under which nothing counts on any of the days."""
        return lowest_of([self])

    def admits(
        self, at: datetime, warmth: float, evidence_at: datetime | None, assigned_at: datetime
    ) -> bool:
        """Whether a touch at ``at`` counts, of somebody assigned with that warmth and evidence."""
        if not self.spans:
            return False
        found = self.spans[0].quota
        if len(self.spans) > 1:
            on = self.calendar.today(at)
            for span in self.spans[1:]:
                if span.starts_on <= on:
                    found = span.quota
        if warmth < found.threshold:
            return False
        if found.fresh_days is None:
            return True
        limit = timedelta(days=found.fresh_days)
        return evidence_at is not None and assigned_at - evidence_at <= limit


def lowest_of(several: Iterable[Standards]) -> float:
    """Points of warmth under which nothing counts by any of them; 0 without any quota."""
    return min((span.quota.threshold for one in several for span in one.spans), default=0.0)
