"""Job kind of the hub's check: accept self-reports together."""

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission
from surveillance.models import InvalidTransition, SelfReport
from surveillance.services import checking as services
from work.jobs import JobFailed, RunningJob, job_kind
from work.over_many import Thing, do_each


@job_kind("self_reports.accept", queue="bulk", time_limit_seconds=1800, label="Accepting self-reports")
def accept_self_reports(job: RunningJob, *, round_id: int, self_report_ids: list[int]) -> None:
    """Accept each for the person who asked, where they may still do so; running it again goes on where it was."""
    by = User.objects.filter(pk=job.job.requested_by_id or 0, is_active=True).first()
    if by is None:
        raise JobFailed("The person who asked for this has no access any more.")
    reports = list(SelfReport.objects.filter(pk__in=self_report_ids, round=round_id).for_display().order_by("pk"))
    own = set(SelfReport.objects.for_user(by, Permission.SELF_REPORT_CHECK).filter(pk__in=self_report_ids).values_list("pk", flat=True))

    def accept(self_report_id: int) -> None:
        if self_report_id not in own:
            raise InvalidTransition("You cannot check this self-report any more.")
        services.accept_checked(self_report_id=self_report_id, by=by)

    do_each(job, [_thing(report) for report in reports], accept, working="Accepting self-reports")


def _thing(report: SelfReport) -> Thing:
    label = f"{report.service.name}, {report.service.holder.name}"
    return Thing(report.pk, label[:300], reverse("surveillance:self_report_validation", args=[report.pk]))
