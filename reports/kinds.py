"""Whether a refused person sees the report behind a route at all: then 403, else 404."""

from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from reports.models import Publication, Report


def sees_report(user: User, route: dict[str, Any]) -> bool:
    """Whether the report is in the person's scope."""
    return Report.objects.for_user(user, Permission.REPORT_VIEW).filter(pk=route["pk"]).exists()


def sees_library_report(user: User, route: dict[str, Any]) -> bool:
    """Whether the address holds a report that is public, or was."""
    return Publication.objects.filter(decision="PUBLISH", report__address=route["address"]).exists()


REPORT_KINDS = {"report": sees_report, "library_report": sees_library_report}
