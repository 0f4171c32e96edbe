"""What runs once a day: silence in the accuracy check, its reminders, and news of ended embargoes."""

from django.utils import timezone

from reports.models import Report
from reports.services import accuracy, publication
from work import jobs
from work.working_days import working_days_between

REMINDER_DAYS = (5, 1)


def lapse_report_deadlines() -> dict[str, int]:
    """Lapse what was not answered in time, remind 5 and 1 working days before, announce reports whose embargo ended."""
    lapsed = accuracy.lapse_accuracy()
    return {"accuracy items lapsed": lapsed, "reminders": _remind(), "reports announced": publication.announce_embargoed()}


def _remind() -> int:
    today, count = timezone.localdate(), 0
    for report in Report.objects.filter(status=Report.Status.FACTUAL_ACCURACY, accuracy_due_date__gt=today):
        days_left = working_days_between(today, report.accuracy_due_date or today)
        if days_left in REMINDER_DAYS:
            jobs.enqueue("mail.report_accuracy", report_id=report.pk, days_left=days_left, requested_by=None)
            count += 1
    return count
