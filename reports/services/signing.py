"""Sign-off: a second person's name under one exact version; with it the findings open and the report is issued."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.services.reviews import begin_follow_up
from reports import content
from reports.models import Receipt, Report, ReportVersion, SignOff
from reports.queries.people import people_to_issue
from reports.queries.rights import why_not_sign
from reports.services.documents import request_pdf
from reports.services.versions import freeze, locked_report
from work import jobs
from work.status import InvalidTransition
from work.working_days import add_working_days

Status = Report.Status
PUBLICATION_DAYS = 10


def _check_ready(report: Report) -> None:
    """Raises InvalidTransition unless every item of the accuracy check is closed."""
    report.check_may_become(Status.SIGNED_OFF)
    still_open = sum(1 for point in report.accuracy_points.all() if not point.is_closed)
    if still_open:
        raise InvalidTransition(
            f"{still_open} accuracy {'item is' if still_open == 1 else 'items are'} still open. Close them before sign-off."
        )


@transaction.atomic
def prepare_final(*, report_id: int, by: User) -> ReportVersion:
    """Freeze the version that is to be signed; the same content again gives the same version.

    The signer's PDF to read is a draft with the same content hash: a file without the mark is made at sign-off.
    Raises InvalidTransition.
    """
    report = locked_report(report_id)
    _check_ready(report)
    draft = freeze(report, purpose=ReportVersion.Purpose.DRAFT, by=by)
    if not draft.pdf_path:
        request_pdf(version_id=draft.pk, by=by)
    return freeze(report, purpose=ReportVersion.Purpose.FINAL, by=by)


@transaction.atomic
def sign_off_report(*, report_id: int, version_number: int, by: User) -> SignOff:
    """Sign off one exact version: its hash must be that of the report as it stands.

    The findings open, the review goes on to follow-up, places on the team end, and those concerned are issued the report.
    Raises InvalidTransition.
    """
    report = locked_report(report_id)
    _check_ready(report)
    if sentence := why_not_sign(by, report):
        raise InvalidTransition(sentence)
    newest = report.versions.filter(purpose=ReportVersion.Purpose.FINAL).order_by("-number").first()
    if newest is None:
        raise InvalidTransition("Prepare the final version first.")
    if newest.number != version_number:
        raise InvalidTransition(f"There is a newer version. Sign off version {newest.number}.")
    if not content.is_whole(newest) or newest.hash != content.content_hash(content.live_content(report)):
        raise InvalidTransition(
            f"The report changed after version {newest.number} was prepared. Prepare it again and sign off that version."
        )
    signed = SignOff.objects.create(report=report, version=newest, content_hash=newest.hash, signed_by=by)
    report.status, report.version = Status.SIGNED_OFF, report.version + 1
    procedure = report.review.procedure
    days = procedure.working_days("PUBLICATION") if procedure.has_milestone("PUBLICATION") else PUBLICATION_DAYS
    report.publication_due_date = add_working_days(timezone.localdate(), days)
    report.save(update_fields=["status", "version", "publication_due_date"])
    begin_follow_up(review_id=report.review_id, by=by)
    for person, organisation in people_to_issue(report):
        Receipt.objects.get_or_create(version=newest, user=person, defaults={"report": report, "organisation": organisation})
    audit.record("report.signed_off", target=report, by=by)
    if not newest.pdf_path:
        request_pdf(version_id=newest.pk, by=by)
    jobs.enqueue("mail.report_issued", report_id=report.pk, requested_by=by)
    return signed


@transaction.atomic
def record_opened(*, report_id: int, by: User) -> None:
    """Note the first time that somebody to whom the report was issued opens it."""
    Receipt.objects.filter(report=report_id, user=by, opened_at=None).update(opened_at=timezone.now())
