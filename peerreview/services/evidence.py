"""Impact domains on the documents of a review, each with one line saying what the document shows."""

from collections.abc import Mapping

from django.db import transaction

from accounts import audit
from accounts.models import User
from peerreview.models import EvidenceTag, Review
from peerreview.queries.teams import is_on_team
from peerreview.services.locks import locked_review
from surveillance.models import EvidenceItem, ImpactDomain
from work.status import InvalidTransition

TAGGING = (Review.Status.PREPARING, Review.Status.VISITING, Review.Status.REPORTING)


@transaction.atomic
def tag_evidence(*, review_id: int, item_id: int, tags: Mapping[str, str], by: User) -> list[EvidenceTag]:
    """Say which impact domains a document bears on in this review; these tags replace the ones before. Raises InvalidTransition."""
    review = locked_review(review_id)
    if not is_on_team(review, by):
        raise InvalidTransition("Only members of the team tag evidence.")
    if review.status not in TAGGING:
        raise InvalidTransition(f"This review is {review.get_status_display().lower()}, so its evidence cannot be tagged now.")
    item = EvidenceItem.objects.kept().get(pk=item_id, service__in=review.services.all())
    if any(domain not in ImpactDomain.values or not shows.strip() for domain, shows in tags.items()):
        raise InvalidTransition("Enter what it shows for each impact domain that you select")
    review.evidence_tags.filter(item=item).exclude(domain__in=tags).delete()
    made = [
        EvidenceTag.objects.update_or_create(
            review=review, item=item, domain=domain, defaults={"shows": shows.strip()[:300], "tagged_by": by}
        )[0]
        for domain, shows in tags.items()
    ]
    audit.record("evidence.tagged", target=item, by=by)
    return made
