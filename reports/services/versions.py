"""Freezing: a version holds exactly what the report said at one moment, with its hash."""

from typing import Any

from django.db.models import Max

from accounts import audit
from accounts.models import User
from reports import content
from reports.models import Report, ReportVersion


def locked_report(report_id: int) -> Report:
    """The report's row, locked until the transaction ends. Raises Report.DoesNotExist."""
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("review__procedure", "review__region", "review__visit_lead", "drafter")
        .get(pk=report_id)
    )


def freeze(report: Report, *, purpose: str, by: User, frozen: dict[str, Any] | None = None) -> ReportVersion:
    """Freeze the report (or a given content of it) for a purpose; the same content for the same purpose gives the same version.

    Call it with the report locked, inside the transaction of the act.
    """
    facts = content.live_content(report) if frozen is None else frozen
    text, digest = content.as_text(facts), content.content_hash(facts)
    newest = report.versions.filter(purpose=purpose).order_by("-number").first()
    if newest and newest.hash == digest:
        return newest
    number = (report.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = ReportVersion.objects.create(report=report, number=number, purpose=purpose, content=text, hash=digest, made_by=by)
    audit.record("report.version_frozen", target=version, by=by)
    return version
