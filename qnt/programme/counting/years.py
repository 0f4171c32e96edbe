"""The bounds of a calendar year, in days and in moments of UK time."""

import datetime as dt

from django.utils import timezone


def days_of(year: int) -> tuple[dt.date, dt.date]:
    """The first day and the last day of a year."""
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def moments_of(year: int) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a year and the first of the next, UK time."""
    zone = timezone.get_default_timezone()
    return dt.datetime(year, 1, 1, tzinfo=zone), dt.datetime(year + 1, 1, 1, tzinfo=zone)


def within(column: str, year: int) -> dict[str, dt.datetime]:
    """A condition on a column of moments: within the year."""
    first, end = moments_of(year)
    return {f"{column}__gte": first, f"{column}__lt": end}


def on_days(column: str, year: int) -> dict[str, tuple[dt.date, dt.date]]:
    """A condition on a column of days: within the year."""
    return {f"{column}__range": days_of(year)}
