"""What the hub adds to the notice before it is sent, and the notice's PDF afterwards. Sending is a step of the review."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import Review
from peerreview.services.locks import locked_review
from surveillance.services.clash import check_version
from work.jobs import Lease
from work.status import InvalidTransition

Status = Review.Status
BEFORE_NOTICE = (Status.PROPOSED, Status.PLANNED, Status.POSTPONED)


@transaction.atomic
def save_help_needed(*, review_id: int, help_needed: str, by: User, version: int | None = None) -> Review:
    """Keep what the notice asks the chief executive to help with, until it is sent. Raises InvalidTransition, SomeoneElseChanged."""
    review = locked_review(review_id)
    check_version(review, review.version, version)
    if review.status not in BEFORE_NOTICE:
        raise InvalidTransition("The notice was sent. It does not change any more.")
    review.help_needed = help_needed.strip()
    review.version += 1
    review.save(update_fields=["help_needed", "version"])
    audit.record("review.notice_changed", target=review, by=by)
    return review


@transaction.atomic
def keep_notice_pdf(*, review_id: int, path: str, sha256: str, file_name: str, lease: Lease) -> None:
    """Note where the notice's PDF is, and complete the job. A notice that was taken back meanwhile keeps none. Raises LeaseLost."""
    review = locked_review(review_id)
    if review.notified_at:
        review.notice_pdf_path, review.notice_pdf_sha256 = path, sha256
        review.save(update_fields=["notice_pdf_path", "notice_pdf_sha256"])
    lease.complete(sentence=f"{file_name} is ready")
