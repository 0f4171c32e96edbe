"""Impact evidence: what changed at a service after a visit, under one of the eight impact domains."""

import uuid
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import ImpactEvidence, Review
from peerreview.queries.speaking import speaks_for
from peerreview.services.locks import locked_review
from peerreview.services.once import kept_before
from surveillance.models import EvidenceItem, ImpactDomain
from work.status import InvalidTransition

FILED_IN = (Review.Status.REPORTING, Review.Status.FOLLOW_UP, Review.Status.CLOSED)


@transaction.atomic
def file_impact_evidence(
    *, review_id: int, service_id: int, domain: str, what_changed: str, by: User, client_id: uuid.UUID | None = None,
    attach: Callable[[], int | None] | None = None,
) -> ImpactEvidence:  # fmt: skip
    """File for a service what changed after the visit, with a document of that service or without.

    ``attach`` files the document that comes with it and gives its id; it is called once all else is in order, and not when the
    same form was sent before. Raises InvalidTransition, and what ``attach`` raises.
    """
    review = locked_review(review_id)
    if kept := kept_before(ImpactEvidence, client_id, review=review, filed_by=by):
        return kept
    service = review.services.select_related("provider", "network").filter(pk=service_id).first()
    if service is None or not speaks_for(by, service):
        raise InvalidTransition("Only the service itself says what changed.")
    if review.status not in FILED_IN:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}. What changed is filed after the visit.")
    if domain not in ImpactDomain.values:
        raise InvalidTransition("Select an impact domain")
    if not what_changed.strip():
        raise InvalidTransition("Enter what changed")
    item_id = attach() if attach else None
    item = EvidenceItem.objects.kept().filter(pk=item_id, service=service).first() if item_id else None
    filed = ImpactEvidence.objects.create(
        review=review, service=service, domain=domain, what_changed=what_changed.strip(), item=item, filed_by=by,
        filed_at=timezone.now(), client_id=client_id,
    )  # fmt: skip
    audit.record("review.impact_filed", target=review, by=by)
    return filed
