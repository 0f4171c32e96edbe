"""What the views of reports have in common: finding the report in scope, and drawing its sections."""

from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404

from accounts.access import SignedInRequest
from accounts.permissions import Permission
from reports import content
from reports.models import Report, ReportVersion
from reports.printing import file_name
from reports.views.files import stored_file


def visible_report(request: SignedInRequest, pk: int) -> Report:
    """The report in this person's scope, or 404."""
    return get_object_or_404(Report.objects.for_user(request.user, Permission.REPORT_VIEW).for_display(), pk=pk)


def page_context(report: Report, **more: Any) -> dict[str, Any]:
    """What every page of a report shows above its content."""
    services = sorted(report.review.services.all(), key=lambda service: service.pk)
    return {
        "report": report,
        "services": services,
        "service_names": ", ".join(service.name for service in services),
        "holder_names": ", ".join(dict.fromkeys(service.holder.name for service in services)),
    } | more


def sections_context(frozen: dict[str, Any]) -> dict[str, Any]:
    """A content's cover and sections for a reading page."""
    return {"cover": frozen["cover"], "cover_services": content.services_facts(frozen["cover"]), "sections": content.shown_sections(frozen)}


def pdf_response(version: ReportVersion) -> FileResponse:
    """A version's PDF as an attachment, or 404 while there is none."""
    return stored_file(version.pdf_path, file_name(version))


def etag_of(version: ReportVersion) -> str:
    """The validator of a version's file."""
    return f'"{version.pdf_sha256}"'
