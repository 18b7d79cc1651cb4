"""Days and times as a reader says them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from babel.dates import format_date, get_day_names

from app.words.texts import Texts


class DayWords(Texts):
    """Days and times."""

    def weekday(self, on: date) -> str:
        """Friday."""
        return self._date(on, "EEEE")

    def day_name(self, weekday: int) -> str:
        """The name of a day of the week by its number, Monday = 0."""
        return str(get_day_names("wide", locale=self.language)[weekday])

    def short_weekday(self, on: date) -> str:
        """Fri; Arabic does not shorten its days."""
        return self._date(on, "EEEE" if self.language == "ar" else "EEE")

    def day(self, on: date, today: date | None = None) -> str:
        """25 November, with the year where ``today`` is in another one."""
        other_year = today is not None and today.year != on.year
        return self._date(on, "d MMMM y" if other_year else "d MMMM")

    def full_date(self, on: date) -> str:
        """25 November 2026."""
        return self._date(on, "d MMMM y")

    def full_day(self, on: date) -> str:
        """Wednesday 25 November."""
        return self._date(on, "EEEE d MMMM")

    def clock(self, at: datetime, zone: tzinfo) -> str:
        """14:34."""
        return self.digits(f"{at.astimezone(zone):%H:%M}")

    def hour(self, hour: int) -> str:
        """06:00."""
        return self.digits(f"{hour:02d}:00")

    def exact(self, at: datetime, zone: tzinfo) -> str:
        """25 November 2026, 12:31."""
        separator = "، " if self.language == "ar" else ", "
        day = self._date(at.astimezone(zone).date(), "d MMMM y")
        return f"{day}{separator}{self.clock(at, zone)}"

    def ago(self, at: datetime, now: datetime, zone: tzinfo) -> str:
        """2 h ago, yesterday, 2 days ago, then the date."""
        passed = now - at
        minutes = int(passed.total_seconds() // 60)
        today, on = now.astimezone(zone).date(), at.astimezone(zone).date()
        days = (today - on).days
        if minutes < 1:
            return self.gettext("just now")
        if minutes < 60:
            text = self.ngettext("%(n)s min ago", "%(n)s min ago", minutes)
            return text % {"n": self.number(minutes)}
        # two hours past midnight "yesterday" would hide that it was an hour ago
        if days == 0 or passed < timedelta(hours=6):
            hours = minutes // 60
            return self.ngettext("%(n)s h ago", "%(n)s h ago", hours) % {"n": self.number(hours)}
        if days == 1:
            return self.gettext("yesterday")
        if days == 2:
            return self.gettext("2 days ago")
        return self.day(on, today)

    def _date(self, on: date, pattern: str) -> str:
        return self.digits(format_date(on, pattern, locale=self.language))
