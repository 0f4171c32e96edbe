"""PDF files of frozen versions: asked for here, made by a job, written down exactly once."""

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from reports.models import ReportVersion, SignOff
from reports.papers.frozen import checked_content
from reports.services.files import request_public_summary
from reports.services.stored import StoredPdf
from reports.services.versions import freeze, locked_report
from work import jobs
from work.jobs import Lease
from work.models import Job
from work.status import InvalidTransition

FOLDER = "reports"


def folder_of(version: ReportVersion) -> Path:
    """Where the files of one version lie, relative to MEDIA_ROOT; each attempt has a random name of its own in it."""
    return Path(FOLDER, f"{version.pk}-{version.hash[:12]}")


@transaction.atomic
def request_pdf(*, version_id: int, by: User | None) -> Job:
    """Ask for the PDF of a version; while one is being made, that one. A public version gets its summary too.

    Raises InvalidTransition for a final version that nobody has signed: its file would carry no mark; and, so that nothing is
    published of it, for a public one with a section that is not marked public or whose source holds an unknown mark.
    """
    version = ReportVersion.objects.get(pk=version_id)
    if version.purpose == ReportVersion.Purpose.FINAL and not SignOff.objects.filter(version=version).exists():
        raise InvalidTransition("The PDF of a final version is made when it is signed off.")
    if version.purpose == ReportVersion.Purpose.PUBLIC:
        checked_content(version)
        request_public_summary(version_id=version_id, by=by)
    return jobs.enqueue("report.pdf", key=str(version_id), version_id=version_id, requested_by=by)


@transaction.atomic
def make_draft(*, report_id: int, by: User) -> ReportVersion:
    """Freeze the report as it stands as a draft to read, and ask for its PDF."""
    report = locked_report(report_id)
    version = freeze(report, purpose=ReportVersion.Purpose.DRAFT, by=by)
    if not version.pdf_path:
        request_pdf(version_id=version.pk, by=by)
    return version


@transaction.atomic
def record_pdf(*, version_id: int, stored: StoredPdf, lease: Lease) -> bool:
    """Write down a version's file in the transaction that completes the job; whether this file is the one that counts.

    A version that has its file keeps it.
    Raises LeaseLost when another worker holds the job.
    """
    lease.complete(sentence="The PDF is ready.")
    version = ReportVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    if version.pdf_path:
        return False
    version.pdf_path, version.pdf_sha256 = stored.path, stored.sha256
    version.pdf_page_count, version.pdf_size_bytes, version.pdf_made_at = stored.page_count, stored.size_bytes, timezone.now()
    version.save(update_fields=["pdf_path", "pdf_sha256", "pdf_page_count", "pdf_size_bytes", "pdf_made_at"])
    audit.record("report.pdf_made", target=version, by=None)
    return True


def remove_other_files(version_id: int) -> None:
    """Delete what attempts that were killed, or came second, left beside the version's own file."""
    version = ReportVersion.objects.get(pk=version_id)
    folder = Path(settings.MEDIA_ROOT, folder_of(version))
    for path in folder.glob("*"):
        if str(path.relative_to(settings.MEDIA_ROOT)) != version.pdf_path:
            path.unlink(missing_ok=True)
