"""Job kinds of documents: those made of one frozen version, a service's annual report, the overview of a programme."""

import json
import secrets
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from rendering.pdf import Limits, Metadata, PdfFailed, RenderedPdf, render_pdf
from reports.making import in_words, keep_file, remove_others
from reports.models import PackIssue, Report, ReportVersion, VersionFile
from reports.papers import annual, issue, overview
from reports.papers.summary import KICKER, MEASURES, PAGE_COUNT, summary_html, summary_name
from reports.papers.whole import save_whole, word_name
from reports.papers.workbook import save_findings, workbook_name
from reports.queries.annual import annual_facts, annual_services, annual_years
from reports.queries.overview import overview_facts
from reports.queries.rights import may_read_version
from reports.services.files import KINDS, PUBLIC_SUMMARY, record_public_summary
from reports.services.issues import KIND, record_pack_file
from reports.services.stored import StoredPdf
from reports.services.yearly import ANNUAL, OVERVIEW
from surveillance.canonical import sha256_of
from surveillance.handlers.papers import render_paper
from surveillance.models import ProgrammeOfCare
from work.jobs import JobFailed, RunningJob, job_kind

SUMMARIES, PACKS = "summaries", "packs"
TOO_LONG = "The summary does not fit on two pages. Shorten the title or the names of the services."


@job_kind(KINDS["summary"], queue="interactive", time_limit_seconds=180, label="Plain-English summary (PDF)")
def make_summary(job: RunningJob, *, version_id: int) -> None:
    """Make the two-page summary of a version for the person who asked."""
    version = _readable(job, version_id)
    keep_file(job, summary_name(version), lambda path: _render_summary(job, version, path))


@job_kind(KINDS["findings"], queue="interactive", time_limit_seconds=180, label="Findings and plan (Excel)")
def make_findings(job: RunningJob, *, version_id: int) -> None:
    """Make the workbook of a version for the person who asked."""
    version = _readable(job, version_id)
    keep_file(job, workbook_name(version), lambda path: save_findings(version, path))


@job_kind(KINDS["word"], queue="interactive", time_limit_seconds=180, label="Full report (Word)")
def make_word(job: RunningJob, *, version_id: int) -> None:
    """Make the Word file of a version for the person who asked."""
    version = _readable(job, version_id)
    keep_file(job, word_name(version), lambda path: save_whole(version, path))


@job_kind(PUBLIC_SUMMARY, queue="bulk", time_limit_seconds=180, label="Published summary (PDF)")
def make_public_summary(job: RunningJob, *, version_id: int) -> None:
    """Make the summary that stands beside a published report; running it again after success does nothing."""
    version = ReportVersion.objects.select_related("report").get(pk=version_id)
    if VersionFile.objects.filter(version=version, kind=VersionFile.Kind.SUMMARY).exists():
        return
    path = Path(SUMMARIES, f"{version.pk}-{secrets.token_hex(16)}.pdf")
    whole_path, kept = Path(settings.MEDIA_ROOT, path), False
    try:
        pdf = in_words(lambda: _render_summary(job, version, whole_path))
        stored = StoredPdf(str(path), pdf.sha256, pdf.page_count, pdf.byte_count)
        kept = record_public_summary(version_id=version.pk, stored=stored, lease=job.lease)
    finally:
        if not kept:
            whole_path.unlink(missing_ok=True)
    if kept:
        remove_others(whole_path.parent, f"{version.pk}-*", kept=whole_path)


def _readable(job: RunningJob, version_id: int) -> ReportVersion:
    """The version, if the person who asked may still read it when the job runs."""
    user = _person(job)
    version = ReportVersion.objects.select_related("report__review").get(pk=version_id)
    visible = Report.objects.for_user(user, Permission.REPORT_VIEW).filter(pk=version.report_id).first() if user else None
    if user is None or visible is None or not may_read_version(user, visible, version):
        raise JobFailed("You cannot read this version any more.")
    return version


def _render_summary(job: RunningJob, version: ReportVersion, path: Path) -> RenderedPdf:
    """The first measure that gives two pages. Raises PdfFailed when none does, NotPublishable."""
    metadata = Metadata(subject=KICKER, identifier=version.hash)
    for number, measure in enumerate(MEASURES):
        job.progress(number, len(MEASURES), "Making the summary. You can leave this page.")
        try:
            return render_pdf(summary_html(version, measure), path, metadata=metadata, limits=Limits(page_count=PAGE_COUNT))
        except PdfFailed as error:
            if error.detail != "TooManyPages":
                raise
    raise PdfFailed(TOO_LONG)


# Over a year, over many reviews ---------------------------------------------------------------------------------------
@job_kind(ANNUAL, queue="interactive", time_limit_seconds=180, label="Annual report of a service (PDF)")
def make_annual(job: RunningJob, *, service_id: int, year: int) -> None:
    """Make a service's annual report for the person who asked, as far as they may still read what is in it."""
    user = _person(job)
    service = annual_services(user).for_display().filter(pk=service_id).first() if user else None
    if user is None or service is None or year not in annual_years(service):
        raise JobFailed("You cannot read this annual report any more.")
    html, content_hash = annual.annual_html(annual_facts(service, year, user), day=timezone.localdate())
    render_paper(job, html, annual.name_of(service, year), Metadata(subject=annual.KICKER, identifier=content_hash))


@job_kind(OVERVIEW, queue="interactive", time_limit_seconds=180, label="Programme overview (PDF)")
def make_overview(job: RunningJob, *, programme_id: int, first_year: int, last_year: int) -> None:
    """Make a programme overview for the person who asked, from reports in their scope when the job runs."""
    user = _person(job)
    if user is None or not user.has_permission(Permission.REPORT_DRAFT):
        raise JobFailed("You cannot make programme overviews any more.")
    programme = ProgrammeOfCare.objects.get(pk=programme_id)
    facts = in_words(lambda: overview_facts(user, programme, first_year, last_year))
    html, content_hash = overview.overview_html(facts, day=timezone.localdate())
    name = overview.overview_name(programme.name, [first_year, last_year])
    render_paper(job, html, name, Metadata(subject=overview.KICKER, identifier=content_hash))


@job_kind(KIND, queue="interactive", time_limit_seconds=180, label="Pack for a regulator (PDF)")
def make_pack(job: RunningJob, *, issue_id: int) -> None:
    """Make the file of an issued pack from what was frozen with it; running it again after success does nothing."""
    issued = PackIssue.objects.select_related("issued_to", "region").get(pk=issue_id)
    if issued.path:
        return
    if sha256_of(issued.content) != issued.hash:
        raise JobFailed("The content of this pack is not the one that was issued, so nothing was made of it.")
    html = issue.issue_html(
        json.loads(issued.content),
        number=issued.pk,
        issued_to=issued.issued_to.name,
        issued_on=timezone.localdate(issued.issued_at),
        content_hash=issued.hash,
    )
    path = Path(PACKS, f"{issued.pk}-{secrets.token_hex(16)}.pdf")
    whole_path, kept = Path(settings.MEDIA_ROOT, path), False
    job.progress(0, 1, "Making the pack. You can leave this page.")
    try:
        pdf = in_words(lambda: render_pdf(html, whole_path, metadata=Metadata(subject=issue.KICKER, identifier=issued.hash)))
        stored = StoredPdf(str(path), pdf.sha256, pdf.page_count, pdf.byte_count)
        kept = record_pack_file(issue_id=issued.pk, stored=stored, lease=job.lease)
    finally:
        if not kept:
            whole_path.unlink(missing_ok=True)
    if kept:
        remove_others(whole_path.parent, f"{issued.pk}-*", kept=whole_path)


def _person(job: RunningJob) -> User | None:
    """The person who asked, while they have access."""
    return User.objects.filter(pk=job.job.requested_by_id or 0, is_active=True).first()
