"""What the service alone decides about its review for learning: to leave it, and to release it to its hub."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Review
from peerreview.queries.sides import hosts
from peerreview.services.locks import locked_review
from peerreview.services.places import end_open_places
from peerreview.services.session_invitations import withdraw_invitations
from work import jobs
from work.status import InvalidTransition

Status = Review.Status
LEFT = "The service left the review."
# There is something to release when the visit is over; a review that was left stays with its people.
RELEASING = (Status.REPORTING, Status.FOLLOW_UP, Status.CLOSED)


@transaction.atomic
def leave_review(*, review_id: int, by: User, reason: str = "") -> Review:
    """End a review for learning for its service, at any time before it is closed; the places of the team end at once.

    Everybody who was on it is told. Nobody has to give a reason. Raises InvalidTransition.
    """
    review = locked_review(review_id)
    _check_own(review, by)
    review.check_may_become(Status.CANCELLED)
    review.status, review.status_reason = Status.CANCELLED, reason.strip() or LEFT
    review.version += 1
    review.save(update_fields=["status", "status_reason", "version"])
    end_open_places(review, reason=LEFT)
    withdraw_invitations(review, by=by)
    audit.record("review.left", target=review, by=by)
    jobs.enqueue("mail.review_left", review_id=review.pk, requested_by=by)
    return review


@transaction.atomic
def release_review(*, review_id: int, by: User) -> Review:
    """Let the region's hub and the national team read a review for learning. It cannot be taken back. Raises InvalidTransition."""
    review = locked_review(review_id)
    _check_own(review, by)
    if review.released_at:
        raise InvalidTransition("This review is released already. You do not need to do anything.")
    if review.status not in RELEASING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}. It can be released when the visit has ended.")
    review.released_at, review.released_by = timezone.now(), by
    review.version += 1
    review.save(update_fields=["released_at", "released_by", "version"])
    audit.record("review.released", target=review, by=by)
    jobs.enqueue("mail.review_released", review_id=review.pk, requested_by=by)
    return review


def _check_own(review: Review, by: User) -> None:
    if not review.is_learning:
        raise InvalidTransition("This is a compliance review. Its service can neither leave nor release it.")
    if not hosts(review, by):
        raise InvalidTransition("Only the service under review can do this.")
