"""Jobs that send mail about self-reports. A crash after sending and before the job ends sends twice: the better mistake."""

from collections.abc import Callable

from accounts.models import User
from surveillance.models import SelfReport
from surveillance.notifications import self_reports as notices
from work.jobs import RunningJob, job_kind

NOTICES: dict[str, Callable[[SelfReport], int]] = {
    "mail.self_report_sent": notices.tell_executive,
    "mail.self_report_declared": notices.send_receipt,
    "mail.self_report_sent_back": notices.tell_sent_back,
    "mail.self_report_queried": notices.tell_queried,
    "mail.self_report_accepted": notices.tell_accepted,
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
def send_reminder(job: RunningJob, *, self_report_id: int, user_ids: list[int], is_late: bool) -> None:
    """Remind people of a deadline, unless the self-report was declared meanwhile."""
    report = _report(self_report_id)
    if report.declared_at is None:
        notices.remind(report, User.objects.filter(pk__in=user_ids), is_late=is_late)
