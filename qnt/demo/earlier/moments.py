"""Moments of earlier days."""

import datetime as dt

from django.utils import timezone

from work.working_days import add_working_days


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    """``hour`` o'clock (UK time) on ``day``."""
    return dt.datetime.combine(day, dt.time(hour), tzinfo=timezone.get_default_timezone()).astimezone(dt.UTC)


def later(day: dt.date, working_days: int, *, most: dt.date) -> dt.date:
    """So many working days after ``day``, but not after ``most``."""
    return min(add_working_days(day, working_days), most)
