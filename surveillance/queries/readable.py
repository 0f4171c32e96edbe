"""Which of some self-reports a person may read, worked out along with them: no further statement."""

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.models import SelfReport


def with_readable(reports: QuerySet[SelfReport], reader: User | None) -> QuerySet[SelfReport]:
    """The same self-reports with ``is_readable``; without a reader all of them are."""
    condition = Q(pk__isnull=False)
    if reader is not None:
        accepted = Q(status=SelfReport.Status.ACCEPTED)
        condition = reach.reach_of(reader, Permission.SELF_REPORT_VIEW).of_services("service__", commissioned_only=accepted)
    return reports.annotate(is_readable=ExpressionWrapper(condition, output_field=BooleanField()))
