"""What runs once a day: silence in the accuracy check, its reminders, news of ended embargoes, mails about the library."""

from django.utils import timezone

from reports.models import Report
from reports.services import accuracy, publication, subscriptions, themes
from reports.services.library import index_all
from work import jobs
from work.working_days import working_days_between

REMINDER_DAYS = (5, 1)


def lapse_report_deadlines() -> dict[str, int]:
    """Lapse what was not answered in time, remind 5 and 1 working days before, announce reports whose embargo ended."""
    lapsed = accuracy.lapse_accuracy()
    return {"accuracy items lapsed": lapsed, "reminders": _remind(), "reports announced": publication.announce_embargoed(),
            "themes without an answer": themes.lapse_offers()}  # fmt: skip


def _remind() -> int:
    today, count = timezone.localdate(), 0
    for report in Report.objects.filter(status=Report.Status.FACTUAL_ACCURACY, accuracy_due_date__gt=today):
        days_left = working_days_between(today, report.accuracy_due_date or today)
        if days_left in REMINDER_DAYS:
            jobs.enqueue("mail.report_accuracy", report_id=report.pk, days_left=days_left, requested_by=None)
            count += 1
    return count


def send_library_news() -> dict[str, int]:
    """Bring the library's index in step, ask for today's mails about new reports, forget addresses that never confirmed."""
    counts = index_all()
    batches = subscriptions.ask_for_news(timezone.localdate())
    return counts | {"batches of library mails": batches, "unconfirmed addresses": subscriptions.forget_unconfirmed()}
