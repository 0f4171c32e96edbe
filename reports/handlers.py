"""Job kinds of reports: the PDF of a version, and mails."""

import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.models import User
from rendering.pdf import Metadata, PdfFailed, render_pdf
from reports import notifications as notices
from reports import printing
from reports.making import in_words
from reports.models import Publication, QualityCheck, Receipt, Report, ReportVersion, Subscription, Theme
from reports.packs import KICKER, pack_html, pack_name
from reports.queries.issuing import unopened
from reports.queries.packs import pack_regions
from reports.queries.revisions import revision_of
from reports.queries.rights import sign_off_of
from reports.services.documents import folder_of, record_pdf, remove_other_files
from reports.services.stored import StoredPdf
from reports.services.subscriptions import send_all_news
from surveillance.handlers.papers import render_paper
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
    html = in_words(lambda: printing.version_html(version))
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


@job_kind("region_pack.pdf", queue="interactive", time_limit_seconds=60, label="Regional pack (PDF)")
def make_region_pack(job: RunningJob, *, region_id: int) -> None:
    """Make the PDF of a region's pack for the person who asked, as far as they may still read it."""
    user = User.objects.filter(pk=job.job.requested_by_id or 0, is_active=True).first()
    region = pack_regions(user).filter(pk=region_id).first() if user else None
    if region is None:
        raise JobFailed("You cannot read this region's pack any more.")
    html, content_hash = pack_html(region)
    render_paper(job, html, pack_name(region), Metadata(subject=KICKER, identifier=content_hash))


@job_kind("mail.report_quality_check", time_limit_seconds=60)
def mail_quality_check(job: RunningJob, *, check_id: int) -> None:
    """Ask one named person for the quality check, unless somebody else was named meanwhile."""
    checks = QualityCheck.objects.exclude(outcome=QualityCheck.Outcome.REPLACED).select_related("report__review", "checker")
    check = checks.filter(pk=check_id).first()
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
def mail_issued(job: RunningJob, *, report_id: int, version_id: int) -> None:
    """Tell everybody who was issued a signed version, and what happens next; the team, of the first, also that its access has ended."""
    report = Report.objects.select_related("review").get(pk=report_id)
    key = f"report_issued:{report_id}:{version_id}"
    receipts = list(report.receipts.filter(version=version_id).select_related("user"))
    people = notices.not_yet_told(key, [receipt.user for receipt in receipts])
    team = {receipt.user_id for receipt in receipts if receipt.capacity == Receipt.Capacity.TEAM}
    revision = revision_of(version_id)
    notices.send_issued(report, [person for person in people if person.pk not in team], revision=revision)
    notices.send_issued_to_team(report, [person for person in people if person.pk in team], revision=revision)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.report_unopened", time_limit_seconds=60)
def mail_unopened(job: RunningJob, *, report_id: int, day: str) -> None:
    """Remind those who have still not opened the report that they were issued."""
    report = Report.objects.select_related("review").get(pk=report_id)
    key = f"report_unopened_mail:{report_id}:{day}"
    waiting = [receipt.user for receipt in unopened().filter(report=report).select_related("user")]
    people = notices.not_yet_told(key, waiting)
    signed = sign_off_of(report)
    notices.send_issued(report, people, revision=revision_of(signed.version_id) if signed else None, is_reminder=True)
    record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.report_published", time_limit_seconds=60)
def mail_published(job: RunningJob, *, publication_id: int) -> None:
    """Tell those who were issued the report that anyone can now read it; nothing when it was withdrawn meanwhile.

    A line of their daily summary, written with the note that they were told; a report for learning gets its own mail.
    """
    publication = Publication.objects.public().select_related("report__review").filter(pk=publication_id).first()
    key = f"report_published:{publication_id}"
    people = []
    if publication:
        people = notices.not_yet_told(key, [receipt.user for receipt in publication.report.receipts.select_related("user")])
    is_learning = publication is not None and publication.report.review.is_learning
    if publication and is_learning:
        notices.send_published(publication, people)
    with transaction.atomic():
        if publication and not is_learning:
            notices.note_published(publication, people)
        record_told(key=key, people=people, lease=job.lease)


@job_kind("mail.library_confirm", time_limit_seconds=60)
def mail_library_confirm(job: RunningJob, *, subscription_id: int) -> None:
    """Ask an address to confirm; nothing when it was left meanwhile. Sent twice it holds the same link."""
    row = Subscription.objects.filter(pk=subscription_id).first()
    if row:
        notices.send_subscription_confirmation(row)


@job_kind("mail.library_news", queue="bulk", time_limit_seconds=600)
def mail_library_news(job: RunningJob, *, subscription_ids: list[int]) -> None:
    """Tell a batch of addresses what was published; who was told today is left out, so it does no harm when run twice."""
    send_all_news(subscription_ids, notices.send_library_news)


@job_kind("mail.theme_offered", time_limit_seconds=60)
def mail_theme_offered(job: RunningJob, *, theme_id: int) -> None:
    """Tell the person to whom a theme is offered; nothing once they have answered."""
    theme = Theme.objects.select_related("owner").filter(pk=theme_id, status=Theme.Status.OFFERED).first()
    key = f"theme_offered:{theme_id}:{theme.version if theme else 0}"
    people = notices.not_yet_told(key, [theme.owner]) if theme and theme.owner else []
    if theme and people:
        notices.send_theme_offered(theme)
    record_told(key=key, people=people, lease=job.lease)
