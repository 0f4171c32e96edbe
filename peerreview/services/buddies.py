"""A buddy: a service that went through a review and can tell another about it."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import Review
from peerreview.queries.guide import possible_buddies
from peerreview.services.locks import locked_review
from work.status import InvalidTransition


@transaction.atomic
def choose_buddy(*, review_id: int, service_id: int | None, by: User) -> Review:
    """Name the service whose lead can be asked; None names none. Raises InvalidTransition for one that went through nothing alike."""
    review = locked_review(review_id)
    if review.status in (Review.Status.CLOSED, Review.Status.CANCELLED):
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so it needs no buddy service.")
    if service_id is not None and not possible_buddies(review, by).filter(pk=service_id).exists():
        raise InvalidTransition("Select a service that went through a review like this")
    review.buddy_service_id = service_id
    review.version += 1
    review.save(update_fields=["buddy_service", "version"])
    audit.record("review.buddy_chosen", target=review, by=by)
    return review
