"""Whether somebody is trained: plain Python, no database. Everything that asks "training in date on the day" asks here.

Reviewers need every required course of each reviewer's role that they hold. The day is the last day of the visit; while the
visit has no days, or when they have passed, it is today.
"""

import calendar
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from work.items import day_words

SOON_MONTHS = 3
REMIND_DAYS_BEFORE = (60, 14)  # our default, to be confirmed


class Standing(StrEnum):
    """How a person stands with a course, with the words of the pages."""

    IN_DATE = "In date"
    ENDS_SOON = f"Ends within {SOON_MONTHS} months"
    ENDED = "Training ended"
    NEVER = "No record"


@dataclass(frozen=True)
class Need:
    """A required course and the last day on which it counts for a person; None when nothing is recorded."""

    course: str
    last_date: dt.date | None

    def is_in_date(self, day: dt.date) -> bool:
        """Whether it counts on ``day``."""
        return self.last_date is not None and self.last_date >= day


@dataclass(frozen=True)
class Training:
    """Every course that a person needs to join a team."""

    needs: tuple[Need, ...] = ()

    def lacking(self, day: dt.date) -> Need | None:
        """The first course that does not count on ``day``: what was never recorded, then what ends first. None: trained."""
        lacking = [need for need in self.needs if not need.is_in_date(day)]
        return min(lacking, key=lambda need: (need.last_date or dt.date.min, need.course), default=None)

    @property
    def last_date(self) -> dt.date | None:
        """The last day on which all of them count; None when one was never recorded, or none is needed."""
        days = [need.last_date for need in self.needs]
        return None if None in days else min((day for day in days if day), default=None)


def day_of_visit(starts_date: dt.date | None, ends_date: dt.date | None, today: dt.date) -> dt.date:
    """The day on which training must be in date: the last day of the visit, or today when that is later or not set."""
    return max(today, ends_date or starts_date or today)


def joining_words(name: str, training: Training, day: dt.date, today: dt.date) -> str:
    """Why ``name`` cannot join a team on ``day``, with the course and its date; empty when they can."""
    need = training.lacking(day)
    return f"{name} cannot join: {lacking_words(need, day, today)}." if need else ""


def lacking_words(need: Need, day: dt.date, today: dt.date) -> str:
    """What a course lacks on ``day``, as the end of a sentence."""
    if need.last_date is None:
        return f"“{need.course}” is not recorded for them"
    if need.last_date < today:
        return f"“{need.course}” ended on {day_words(need.last_date)}"
    return f"“{need.course}” ends on {day_words(need.last_date)}, before the visit on {day_words(day)}"


def standing_of(last_date: dt.date | None, today: dt.date) -> Standing:
    """How somebody stands with a course whose last day is ``last_date``."""
    if last_date is None:
        return Standing.NEVER
    if last_date < today:
        return Standing.ENDED
    return Standing.ENDS_SOON if last_date <= add_months(today, SOON_MONTHS) else Standing.IN_DATE


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
