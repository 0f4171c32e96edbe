"""The ladder of reminders: 14, 7 and 1 days before the day, the next working day after it, and 5 working days after.

Source: the late ladder of the field guide, our defaults. Each step reaches each person once (``ReminderSent``).
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from surveillance.models import SelfReport
from surveillance.notifications.self_reports import people_reminded
from work import jobs
from work.models import ReminderSent
from work.working_days import add_working_days, is_working_day

DAYS_BEFORE = (14, 7, 1)
ESCALATE_AFTER_WORKING_DAYS = 5


def step_of(due: dt.date, today: dt.date) -> str:
    """The step of the ladder that ``today`` stands on; empty between steps. A step stays until the next begins."""
    days_left = (due - today).days
    if days_left >= 0:
        reached = [days for days in DAYS_BEFORE if days_left <= days]
        return f"due_in_{min(reached)}" if reached else ""
    if not is_working_day(today) and today < add_working_days(due, 1):
        return ""
    return "escalated" if today >= add_working_days(due, ESCALATE_AFTER_WORKING_DAYS) else "late"


def send_reminders(*, at: dt.datetime | None = None) -> dict[str, int]:
    """Ask for the mails of every step reached today by self-reports that are not declared; gives counts."""
    today = timezone.localdate(at)
    counts = {"self_reports": 0, "reminders": 0}
    status = SelfReport.Status
    waiting = SelfReport.objects.for_display().filter(
        declared_at=None, status__in=[status.NOT_STARTED, status.IN_PROGRESS, status.WITH_EXECUTIVE],
        round__opens_date__lte=today, round__closed_at=None, due_date__lte=today + dt.timedelta(days=max(DAYS_BEFORE)),
    )  # fmt: skip
    for report in waiting:
        step = step_of(report.due_date, today)
        sent = remind_once(report, step, people_reminded(report, step)) if step else 0
        counts["self_reports"] += bool(sent)
        counts["reminders"] += sent
    return counts


@transaction.atomic
def remind_once(report: SelfReport, step: str, people: list[User]) -> int:
    """Note the reminder for those who have not had this step, and ask for its mail; gives how many."""
    key = f"self_report:{report.pk}:{report.due_date.isoformat()}:{step}"
    reminded = set(ReminderSent.objects.filter(key=key).values_list("user", flat=True))
    fresh = [person.pk for person in people if person.pk not in reminded]
    if not fresh:
        return 0
    ReminderSent.objects.bulk_create([ReminderSent(key=key, user_id=pk) for pk in fresh], ignore_conflicts=True)
    jobs.enqueue("mail.self_report_reminder", self_report_id=report.pk, user_ids=fresh, is_late=step in {"late", "escalated"})
    return len(fresh)
