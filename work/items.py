"""What waits for a person: each app registers a function that lists it; home, reminders and the calendar loop over the same items."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from work.working_days import working_days_between


def counted(count: int, noun: str) -> str:
    """``count`` with its noun, in the plural unless it is 1."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def day_words(day: dt.date) -> str:
    """A day as people say it: Saturday 31 July 2027; of a moment, the day that it was in the United Kingdom."""
    return date_format(timezone.localdate(day) if isinstance(day, dt.datetime) else day, "l j F Y")


def clock_words(due: dt.date, *, today: dt.date | None = None) -> str:
    """How long is left until ``due``, in the words of every page (ux rule 4)."""
    today = today or timezone.localdate()
    if due == today:
        return "Due today, by 11:59pm"
    if due < today:
        return f"Due {day_words(due)}, {counted(max(1, working_days_between(due, today)), 'working day')} late"
    return f"Due {day_words(due)}, {counted(working_days_between(today, due), 'working day')} left"


@dataclass(frozen=True)
class WorkItem:
    """One thing that somebody must do by a day. ``holder`` is who: name, role, organisation.

    ``reference`` names the thing: the same for everybody who sees it, whatever its date, and once in a person's list.
    ``holder_ids`` are the people for whom ``user`` waits, where they are known: they can be sent a reminder.
    ``outside`` says the task and its service in words that may leave the site (mail, calendar): nothing of findings,
    answers, what an action says, or other people. Empty: the task and the service as they stand.
    """

    kind: str
    task: str
    url: str
    service: str
    due: dt.date | None
    status: str = ""
    holder: str = ""
    is_mine: bool = True
    is_learning: bool = False
    plural: str = ""
    list_url: str = ""
    reference: str = ""
    holder_ids: tuple[int, ...] = ()
    outside: str = ""

    def is_late(self, today: dt.date) -> bool:
        """Whether the day has passed."""
        return self.due is not None and self.due < today

    @property
    def clock(self) -> str:
        """The due date with its clock, or that nothing is due."""
        return clock_words(self.due) if self.due else "No date is set"

    @property
    def status_words(self) -> str:
        """The status to show: its own, else whether its day has passed."""
        return self.status or ("Late" if self.is_late(timezone.localdate()) else "Not yet started")

    @property
    def outside_words(self) -> str:
        """What a mail or a calendar says of it; of a review for learning only that there is one."""
        if self.is_learning:
            return "A review for learning"
        return self.outside or f"{self.task}: {self.service}"


@dataclass(frozen=True)
class NextStep:
    """What happens next on a page of the cycle, who holds it (name, role, organisation), and by when."""

    what: str
    holder: str
    due: dt.date | None = None
    note: str = ""

    @property
    def clock_words(self) -> str:
        """The day with its clock; or the note (done, stopped) where no clock runs."""
        return self.note or (clock_words(self.due) if self.due else "No date is set")

    @property
    def is_late(self) -> bool:
        """Whether the day has passed while the clock runs."""
        return not self.note and self.due is not None and self.due < timezone.localdate()


WorkItemSource = Callable[[User], list[WorkItem]]
_SOURCES: list[WorkItemSource] = []


def register_work_items(source: WorkItemSource) -> None:
    """Add an app's function ``work_items(user)`` to what home, reminders and the calendar read."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def work_items(user: User) -> list[WorkItem]:
    """Everything that waits for ``user`` or that they wait for, soonest first; what has no date comes last."""
    items = [item for source in _SOURCES for item in source(user)]
    return sorted(items, key=lambda item: (item.due or dt.date.max, item.task))
