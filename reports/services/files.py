"""Documents made of one frozen version for the person who asks, and the public summary that stands beside a published report."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from reports.models import ReportVersion, VersionFile
from reports.services.stored import StoredPdf
from work import jobs
from work.jobs import Lease
from work.models import Job

# What can be asked for, by the word in the form.
KINDS = {"summary": "report_summary.pdf", "findings": "report_findings.xlsx", "word": "report.docx"}
PUBLIC_SUMMARY = "report_summary.public"


@transaction.atomic
def request_file(*, version_id: int, kind: str, by: User) -> Job:
    """Ask for a document of a version; while one is being made for this person, that one. Raises KeyError for an unknown kind."""
    version = ReportVersion.objects.get(pk=version_id)
    audit.record("report.file_requested", target=version, by=by)
    return jobs.enqueue(KINDS[kind], key=file_key(version, by), version_id=version.pk, requested_by=by)


def file_key(version: ReportVersion, user: User) -> str:
    """The key of a person's jobs for one version: nobody sees the files of another."""
    return f"{version.pk}-{user.pk}"


@transaction.atomic
def request_public_summary(*, version_id: int, by: User | None) -> Job:
    """Ask for the summary that anyone may download while the report is published."""
    return jobs.enqueue(PUBLIC_SUMMARY, key=str(version_id), version_id=version_id, requested_by=by)


@transaction.atomic
def record_public_summary(*, version_id: int, stored: StoredPdf, lease: Lease) -> bool:
    """Write down the public summary in the transaction that completes the job; whether this file is the one that counts.

    Raises LeaseLost when another worker holds the job.
    """
    lease.complete(sentence="The summary is ready.")
    version = ReportVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    if VersionFile.objects.filter(version=version, kind=VersionFile.Kind.SUMMARY).exists():
        return False
    VersionFile.objects.create(
        version=version, kind=VersionFile.Kind.SUMMARY, path=stored.path, sha256=stored.sha256, page_count=stored.page_count,
        size_bytes=stored.size_bytes, made_at=timezone.now(),
    )  # fmt: skip
    audit.record("report.summary_made", target=version, by=None)
    return True
