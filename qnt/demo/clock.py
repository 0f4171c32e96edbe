"""Moving Django's clock while the demonstration's past is told.

The services take the time from ``django.utils.timezone``; a story over two years needs yesterday's decisions to carry
yesterday's dates. Only the seeding command uses this, in a process of its own.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.utils import timezone

from work.working_days import add_working_days, is_working_day


@contextmanager
def moment(day: dt.date, hour: int = 10, minute: int = 0) -> Iterator[dt.datetime]:
    """Make it ``hour`` o'clock (UK time) on ``day`` for what runs inside."""
    then = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=timezone.get_default_timezone()).astimezone(dt.UTC)
    with patch.object(timezone, "now", lambda: then):
        yield then


def working_day(day: dt.date) -> dt.date:
    """``day`` itself when England works on it, else the next day on which it does."""
    return day if is_working_day(day) else add_working_days(day, 1)
