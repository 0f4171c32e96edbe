"""Jobs that send mail about self-reports. A crash after sending and before the job ends sends twice: the better mistake."""

import datetime as dt
from collections.abc import Callable

from django.db.models import QuerySet

from accounts.models import User
from surveillance.models import SelfReport
from surveillance.notifications import self_reports as notices
from surveillance.services.reminders import OPEN
from work.jobs import RunningJob, job_kind

NOTICES: dict[str, Callable[[SelfReport], int]] = {
    "mail.self_report_sent": notices.tell_executive,
    "mail.self_report_declared": notices.send_receipt,
    "mail.self_report_sent_back": notices.tell_sent_back,
    "mail.self_report_queried": notices.tell_queried,
    "mail.self_report_reopened": notices.tell_reopened,
}


def _report(self_report_id: int) -> SelfReport:
    return SelfReport.objects.for_display().select_related("executive", "sent_by", "declared_by").get(pk=self_report_id)


def _register(kind: str, notice: Callable[[SelfReport], int]) -> None:
    @job_kind(kind, time_limit_seconds=60)
    def send(job: RunningJob, *, self_report_id: int) -> None:
        notice(_report(self_report_id))


for _kind, _notice in NOTICES.items():
    _register(_kind, _notice)


@job_kind("mail.self_report_reminder", time_limit_seconds=60)
def send_reminder(job: RunningJob, *, self_report_id: int, user_ids: list[int], step: str) -> None:
    """Remind people of a deadline, unless the self-report was declared or closed meanwhile."""
    report = _report(self_report_id)
    if report.declared_at is None and report.status in OPEN:
        notices.remind(report, _people(user_ids), step=step)


@job_kind("mail.query_reminder", time_limit_seconds=60)
def send_query_reminder(job: RunningJob, *, self_report_id: int, user_ids: list[int], due: str, step: str) -> None:
    """Remind people of the hub's questions, unless it was declared again meanwhile."""
    report = _report(self_report_id)
    if report.status in {SelfReport.Status.QUERIED, SelfReport.Status.WITH_EXECUTIVE}:
        notices.remind_of_query(report, _people(user_ids), due=dt.date.fromisoformat(due), step=step)


@job_kind("mail.section_reminder", time_limit_seconds=60)
def send_section_reminder(job: RunningJob, *, self_report_id: int, user_ids: list[int], due: str) -> None:
    """Remind people of their sections, unless the self-report was sent meanwhile."""
    report = _report(self_report_id)
    if report.is_editable:
        notices.remind_of_sections(report, _people(user_ids), due=dt.date.fromisoformat(due))


def _people(user_ids: list[int]) -> QuerySet[User]:
    return User.objects.filter(pk__in=user_ids).order_by("pk")
