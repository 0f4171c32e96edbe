"""Sign-off: a second person's name under one exact version; with it the findings open and the report is issued."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.services.reviews import begin_follow_up
from reports import content
from reports.models import Report, ReportVersion, SignOff
from reports.queries.due import publication_day
from reports.queries.rights import why_not_sign
from reports.services.documents import request_pdf
from reports.services.issuing import issue_report
from reports.services.versions import freeze, locked_report
from work.status import InvalidTransition

Status = Report.Status


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
    report.publication_due_date = publication_day(report.review, signed.signed_at)
    report.save(update_fields=["status", "version", "publication_due_date"])
    issue_report(report, signed, by=by)
    begin_follow_up(review_id=report.review_id, by=by)
    audit.record("report.signed_off", target=report, by=by)
    if not newest.pdf_path:
        request_pdf(version_id=newest.pk, by=by)
    return signed
