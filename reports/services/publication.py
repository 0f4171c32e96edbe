"""Publication by a third person: from public sections only, now or on a date; or withheld with a reason; or withdrawn."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from reports import content
from reports.models import Publication, Report, ReportVersion, SignOff
from reports.queries.rights import sign_off_of, why_not_publish
from reports.services.documents import request_pdf
from reports.services.versions import freeze, locked_report
from work import jobs
from work.status import InvalidTransition

Status = Report.Status


def _signed(report: Report, by: User) -> SignOff:
    """The sign-off behind a decision to publish, whose frozen text must be untouched. Raises InvalidTransition."""
    if report.review.is_learning:
        raise InvalidTransition("The report of a review for learning belongs to the service. It is published only with its consent.")
    if sentence := why_not_publish(by, report):
        raise InvalidTransition(sentence)
    signed = sign_off_of(report)
    if signed is None:
        raise InvalidTransition("This report is not signed off yet.")
    if signed.content_hash != signed.version.hash or not content.is_whole(signed.version):
        raise InvalidTransition(f"The report changed after sign-off. Sign off version {signed.version.number + 1}.")
    return signed


@transaction.atomic
def publish_report(*, report_id: int, by: User, public_from: dt.datetime | None = None, reason: str = "") -> Publication:
    """Publish what was signed off, public sections only, now or from a moment on; its PDF follows by a job.

    Raises InvalidTransition: also for the drafter, for the signer, and when no section is public.
    """
    report = locked_report(report_id)
    report.check_may_become(Status.PUBLISHED)
    signed = _signed(report, by)
    public = content.public_part(content.content_of(signed.version))
    if not public["sections"]:
        raise InvalidTransition("No section is marked public, so there is nothing to publish.")
    version = freeze(report, purpose=ReportVersion.Purpose.PUBLIC, by=by, frozen=public)
    starts = public_from or timezone.now()
    publication = Publication.objects.create(
        report=report, version=version, decision=Publication.Decision.PUBLISH, reason=reason.strip(),
        public_from=starts, decided_by=by, summary=content.search_text(public),
    )  # fmt: skip
    report.status, report.version = Status.PUBLISHED, report.version + 1
    report.save(update_fields=["status", "version"])
    audit.record("report.published", target=report, by=by, reason=reason.strip())
    if not version.pdf_path:
        request_pdf(version_id=version.pk, by=by)
    if starts <= timezone.now():
        jobs.enqueue("mail.report_published", publication_id=publication.pk, requested_by=by)
    return publication


@transaction.atomic
def withhold_report(*, report_id: int, reason: str, review_date: dt.date, by: User) -> Publication:
    """Withhold the report with a reason and a day on which that is looked at again. Raises InvalidTransition."""
    report = locked_report(report_id)
    report.check_may_become(Status.WITHHELD)
    _signed(report, by)
    if not reason.strip():
        raise InvalidTransition("Enter a reason for withholding the report")
    if review_date <= timezone.localdate():
        raise InvalidTransition("The review date must be in the future")
    publication = Publication.objects.create(
        report=report, decision=Publication.Decision.WITHHOLD, reason=reason.strip(), review_date=review_date, decided_by=by
    )
    report.status, report.version = Status.WITHHELD, report.version + 1
    report.publication_due_date = review_date
    report.save(update_fields=["status", "version", "publication_due_date"])
    audit.record("report.withheld", target=report, by=by, reason=reason.strip())
    return publication


@transaction.atomic
def withdraw_report(*, report_id: int, reason: str, by: User) -> Publication:
    """Take a published report away, page and PDF: its address then says that it was withdrawn, when and why.

    Raises InvalidTransition.
    """
    report = locked_report(report_id)
    report.check_may_become(Status.WITHDRAWN)
    if sentence := why_not_publish(by, report):
        raise InvalidTransition(sentence)
    if not reason.strip():
        raise InvalidTransition("Enter a reason for withdrawing the report")
    publication = report.publications.select_for_update(of=("self",)).get(decision=Publication.Decision.PUBLISH, withdrawn_at=None)
    publication.withdrawn_by, publication.withdrawn_at, publication.withdrawn_reason = by, timezone.now(), reason.strip()
    publication.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    report.status, report.version = Status.WITHDRAWN, report.version + 1
    report.save(update_fields=["status", "version"])
    audit.record("report.withdrawn", target=report, by=by, reason=reason.strip())
    return publication


@transaction.atomic
def announce_embargoed() -> int:
    """Tell those concerned of reports whose embargo has ended; gives how many. Mails know whom they told."""
    since = timezone.now() - dt.timedelta(days=2)
    due = Publication.objects.public().filter(public_from__gt=since).values_list("pk", flat=True)
    for pk in due:
        jobs.enqueue("mail.report_published", publication_id=pk, requested_by=None)
    return len(due)
