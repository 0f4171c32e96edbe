"""What runs once a day while reports are drafted and checked: silence of team members, reminders, checks to be made again."""

from django.utils import timezone

from reports.models import TeamReading
from reports.services import checking, readings
from work import jobs
from work.working_days import working_days_between

REMINDER_DAYS = (1,)


def lapse_team_readings() -> dict[str, int]:
    """Record silence, remind one working day before, and ask checkers again where a report changed after they passed it."""
    return {
        "team readings lapsed": readings.lapse_readings(),
        "team reminders": _remind(),
        "quality checks asked again": checking.ask_again_everywhere(),
    }


def _remind() -> int:
    today, count = timezone.localdate(), 0
    for reading in TeamReading.objects.waiting().filter(due_date__gt=today):
        days_left = working_days_between(today, reading.due_date)
        if days_left in REMINDER_DAYS:
            jobs.enqueue(
                "mail.report_team_reading", key=f"{reading.pk}:{days_left}", reading_id=reading.pk, days_left=days_left, requested_by=None
            )
            count += 1
    return count
