"""Jobs of the annual programme report: its PDF, the PDF of a draft, and mails to those whose turn it is."""

import secrets
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from qnt.programme.annual import notifications
from qnt.programme.annual.models import AnnualPublication, AnnualReport
from qnt.programme.annual.paper import KICKER, draft_html, draft_name, paper_html
from qnt.programme.annual.people import national_team, writers_of
from qnt.programme.annual.services import DRAFT_KIND, KIND, MAIL_READY, content_of, record_file
from qnt.programme.services import MAIL_TO_WRITE
from rendering.pdf import Metadata, render_pdf
from reports.making import in_words, remove_others
from reports.notifications import not_yet_told
from reports.services.stored import StoredPdf
from surveillance.canonical import sha256_of
from surveillance.handlers.papers import render_paper
from surveillance.services.notices import record_told
from work.jobs import JobFailed, RunningJob, job_kind

FOLDER = "programme"


@job_kind(KIND, queue="interactive", time_limit_seconds=300, label="Annual programme report (PDF)")
def make_report(job: RunningJob, *, publication_id: int) -> None:
    """Make the PDF of a published report from what was frozen; running it again after success does nothing."""
    publication = AnnualPublication.objects.get(pk=publication_id)
    if publication.path:
        return
    if sha256_of(publication.content) != publication.hash:
        raise JobFailed("The content of this report is not the one that was published, so nothing was made of it.")
    path = Path(FOLDER, f"{publication.pk}-{secrets.token_hex(16)}.pdf")
    whole_path, kept = Path(settings.MEDIA_ROOT, path), False
    job.progress(0, 1, "Making the PDF. You can leave this page.")
    try:
        html = paper_html(publication)
        pdf = in_words(lambda: render_pdf(html, whole_path, metadata=Metadata(subject=KICKER, identifier=publication.hash)))
        stored = StoredPdf(str(path), pdf.sha256, pdf.page_count, pdf.byte_count)
        kept = record_file(publication_id=publication.pk, stored=stored, lease=job.lease)
    finally:
        if not kept:
            whole_path.unlink(missing_ok=True)
    if kept:
        remove_others(whole_path.parent, f"{publication.pk}-*", kept=whole_path)


@job_kind(DRAFT_KIND, queue="interactive", time_limit_seconds=300, label="Draft of the annual programme report (PDF)")
def make_draft(job: RunningJob, *, report_id: int) -> None:
    """Make the PDF of a report as it stands for the person who asked, marked as a draft; of a report that is published none."""
    user = User.objects.filter(pk=job.job.requested_by_id or 0, is_active=True).first()
    report = AnnualReport.objects.select_related("year").get(pk=report_id)
    if user is None or not user.has_permission(Permission.PROGRAMME_MANAGE):
        raise JobFailed("You cannot read drafts of this report any more.")
    if report.status != AnnualReport.Status.DRAFT:
        raise JobFailed(f"This report is {report.get_status_display().lower()}, so there is no draft of it.")
    html, content_hash = draft_html(content_of(report), day=timezone.localdate())
    render_paper(job, html, draft_name(report.year.year), Metadata(subject=KICKER, identifier=content_hash))


@job_kind(MAIL_TO_WRITE, time_limit_seconds=60)
def mail_to_write(job: RunningJob, *, year: int) -> None:
    """Ask the national team for the report on a year whose figures were published, unless it is begun."""
    key = f"programme_report_to_write:{year}"
    is_begun = AnnualReport.objects.filter(year__year=year).exists()
    people = [] if is_begun else not_yet_told(key, national_team())
    notifications.send_to_write(year, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind(MAIL_READY, time_limit_seconds=60)
def mail_ready(job: RunningJob, *, report_id: int, version: int) -> None:
    """Ask those who wrote nothing in a report to publish it, while it is as it was when it was called ready."""
    waiting = AnnualReport.objects.filter(status=AnnualReport.Status.DRAFT, version=version, offered_at__isnull=False)
    report = waiting.select_related("year").filter(pk=report_id).first()
    key = f"programme_report_ready:{report_id}:{version}"
    people = not_yet_told(key, national_team().exclude(pk__in=writers_of(report))) if report else []
    if report:
        notifications.send_ready(report, people)
    record_told(key=key, people=people, lease=job.lease)
