"""England's working days: Monday to Friday without bank holidays, from the editable table."""

import datetime as dt

from django.core.cache import caches

from work.models import BankHoliday

CACHE_KEY = "bank_holidays"


def bank_holidays() -> frozenset[dt.date]:
    """Every bank holiday in the table; kept for a minute in each process."""
    days: frozenset[dt.date] | None = caches["local"].get(CACHE_KEY)
    if days is None:
        days = frozenset(BankHoliday.objects.values_list("date", flat=True))
        caches["local"].set(CACHE_KEY, days)
    return days


def is_working_day(day: dt.date) -> bool:
    """Whether people work in England on ``day``."""
    return _is_working_day(day, bank_holidays())


def _is_working_day(day: dt.date, holidays: frozenset[dt.date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def add_working_days(start: dt.date, count: int) -> dt.date:
    """The day ``count`` working days after ``start`` (before it when negative); ``start`` itself never counts."""
    step, day, left, holidays = dt.timedelta(days=1 if count >= 0 else -1), start, abs(count), bank_holidays()
    while left:
        day += step
        left -= _is_working_day(day, holidays)
    return day


def working_days_between(start: dt.date, end: dt.date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` is before ``start``."""
    if end < start:
        return -working_days_between(end, start)
    weeks, rest = divmod((end - start).days, 7)
    weekdays = 5 * weeks + sum((end - dt.timedelta(days=n)).weekday() < 5 for n in range(rest))
    return weekdays - sum(start < holiday <= end and holiday.weekday() < 5 for holiday in bank_holidays())
