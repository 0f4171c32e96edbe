"""The ladder of reminders: on which step of it a day stands. Plain dates; who is told stands in ``services.reminders``.

Source: the late ladder of the field guide; every number here is our default, to be confirmed. "Days" are days of the
calendar, as a deadline counts them; "working days" are England's. A step lasts until the next one begins, so that a
morning on which nothing could be sent is made good by the next, with the newest step only.
"""

import datetime as dt

from work.working_days import add_working_days

DAYS_BEFORE = (14, 7, 1)
SECTION_DAYS_BEFORE = (7, 1)
QUERY_WORKING_DAYS_BEFORE = (5, 1)
LATE_AFTER_WORKING_DAYS = 1
ESCALATE_AFTER_WORKING_DAYS = 5

LATE, ESCALATED = "late", "escalated"


def days_before(due: dt.date, today: dt.date, steps: tuple[int, ...] = DAYS_BEFORE) -> str:
    """``due_in_7`` from 7 days before ``due`` until the next of ``steps``; empty before the first and after the day."""
    left = (due - today).days
    reached = [days for days in steps if 0 <= left <= days]
    return f"due_in_{min(reached)}" if reached else ""


def working_days_before(due: dt.date, today: dt.date, steps: tuple[int, ...] = QUERY_WORKING_DAYS_BEFORE) -> str:
    """The same in working days: ``due_in_5`` from the fifth working day before ``due``."""
    reached = [days for days in steps if add_working_days(due, -days) <= today <= due]
    return f"due_in_{min(reached)}" if reached else ""


def is_late(due: dt.date, today: dt.date) -> bool:
    """Whether the late notice is due: from the next working day on."""
    return today >= add_working_days(due, LATE_AFTER_WORKING_DAYS)


def step_of(due: dt.date, today: dt.date) -> str:
    """The newest step of the self-report's ladder that ``today`` stands on; empty between the day and the late notice."""
    if today <= due:
        return days_before(due, today)
    if today >= add_working_days(due, ESCALATE_AFTER_WORKING_DAYS):
        return ESCALATED
    return LATE if is_late(due, today) else ""
