"""Job kinds of reports: the PDF of a version, and mails."""

import secrets
from pathlib import Path

from django.conf import settings

from rendering.pdf import Metadata, PdfFailed, render_pdf
from reports import notifications as notices
from reports import printing
from reports.models import Publication, QualityCheck, Report, ReportVersion
from reports.services.documents import StoredPdf, folder_of, record_pdf, remove_other_files
from surveillance.services.notices import record_told
from work.jobs import JobFailed, RunningJob, job_kind


@job_kind("report.pdf", queue="interactive", time_limit_seconds=180, label="Report (PDF)")
def make_report_pdf(job: RunningJob, *, version_id: int) -> None:
    """Make the PDF of a frozen version under a random name; running it again after success does nothing."""
    version = ReportVersion.objects.select_related("report").get(pk=version_id)
    if version.pdf_path:
        remove_other_files(version.pk)
        job.lease.complete(sentence="The PDF is ready.")
        return
    html = printing.version_html(version)
    expected = printing.expected_page_count(html)
    path = folder_of(version) / f"{secrets.token_hex(16)}.pdf"
    whole_path = Path(settings.MEDIA_ROOT, path)
    kept = False

    def show(page: int) -> None:
        job.progress(min(page, expected), expected, f"Making the PDF: page {page} of about {max(page, expected)}. You can leave this page.")

    show(0)
    try:
        pdf = render_pdf(html, whole_path, metadata=Metadata(subject="Peer review report", identifier=version.hash), progress=show)
        stored = StoredPdf(str(path), pdf.sha256, pdf.page_count, pdf.byte_count)
        kept = record_pdf(version_id=version.pk, stored=stored, lease=job.lease)
    except PdfFailed as error:
        raise JobFailed(str(error)) from error
    finally:
        if not kept:
            whole_path.unlink(missing_ok=True)
    remove_other_files(version.pk)


@job_kind("mail.report_quality_check", time_limit_seconds=60)
def mail_quality_check(job: RunningJob, *, check_id: int) -> None:
    """Ask one named person for the quality check."""
    check = QualityCheck.objects.select_related("report__review", "checker").filter(pk=check_id).first()
    key = f"report_quality_check:{check_id}"
    people = notices.not_yet_told(key, [check.checker]) if check else []
    if check:
        notices.send_quality_check(check, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.report_accuracy", time_limit_seconds=60)
def mail_accuracy(job: RunningJob, *, report_id: int, days_left: int = 0) -> None:
    """Ask for the accuracy answers, or remind of them when ``days_left`` working days are left."""
    report = Report.objects.select_related("review").get(pk=report_id)
    key = f"report_accuracy:{report_id}:{report.accuracy_due_date}:{days_left}"
    people = notices.not_yet_told(key, notices.people_to_answer(report))
    notices.send_accuracy(report, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.report_accuracy_answered", time_limit_seconds=60)
def mail_accuracy_answered(job: RunningJob, *, report_id: int) -> None:
    """Tell the lead reviewer and the drafter that answers came in."""
    report = Report.objects.select_related("review", "drafter").get(pk=report_id)
    key = f"report_accuracy_answered:{job.job.key}"
    people = notices.not_yet_told(key, notices.people_who_decide(report))
    notices.send_accuracy_answered(report, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.report_issued", time_limit_seconds=60)
def mail_issued(job: RunningJob, *, report_id: int) -> None:
    """Tell everybody who was issued the signed report."""
    report = Report.objects.select_related("review").get(pk=report_id)
    key = f"report_issued:{report_id}"
    people = notices.not_yet_told(key, [receipt.user for receipt in report.receipts.select_related("user")])
    notices.send_issued(report, people)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.report_published", time_limit_seconds=60)
def mail_published(job: RunningJob, *, publication_id: int) -> None:
    """Tell those who were issued the report that anyone can now read it; nothing when it was withdrawn meanwhile."""
    publication = Publication.objects.public().select_related("report").filter(pk=publication_id).first()
    key = f"report_published:{publication_id}"
    people = []
    if publication:
        people = notices.not_yet_told(key, [receipt.user for receipt in publication.report.receipts.select_related("user")])
        notices.send_published(publication, people)
    record_told(key=key, people=people, lease=job.lease)
