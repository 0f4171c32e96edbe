"""Documents of a review, those shown for learning alone, and those that findings rest on, for the library of evidence below."""

from typing import Any

from django.db.models import F, Q

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import EvidenceAsk, EvidenceTag, Finding, FindingRecheck, ImpactEvidence, Review
from surveillance.facts import DocumentUses
from surveillance.models import EvidenceItem
from surveillance.models.evidence import EvidenceQuerySet


def finding_rows(user: User) -> Any:
    """One row a finding and document, of findings that ``user`` may read."""
    readable = Finding.objects.for_user(user, Permission.FINDING_VIEW).exclude(status=Finding.Status.WITHDRAWN)
    return Finding.evidence.through.objects.filter(finding__in=readable.values("pk"))


def rests_on(item_id: int) -> bool:
    """Whether a finding, draft or not, an impact domain of a review or an answer to its evidence request names the document."""
    named = (Finding.objects.filter(evidence=item_id), EvidenceTag.objects.filter(item=item_id), EvidenceAsk.objects.filter(item=item_id))
    return any(rows.exists() for rows in named)


def learning_documents(user: User | None) -> Any:
    """Ids of documents filed since a review for learning began, for it and for no indicator: of reviews closed to ``user``, or of all."""
    reviews = Review.objects.filter(purpose=Review.Purpose.IMPROVEMENT)
    if user is not None:
        reviews = reviews.exclude(pk__in=Review.objects.for_user(user, Permission.REVIEW_VIEW).values("pk"))
    is_new = {"review__in": reviews.values("pk"), "item__added_at__gte": F("review__opened_at")}
    asked, tagged, changed = (table.objects.filter(**is_new).values("item") for table in (EvidenceAsk, EvidenceTag, ImpactEvidence))
    acted = FindingRecheck.objects.filter(
        finding__review__in=reviews.values("pk"), evidence__added_at__gte=F("finding__review__opened_at")
    ).values("evidence")
    shown = Q(pk__in=asked) | Q(pk__in=tagged) | Q(pk__in=changed.exclude(item=None)) | Q(pk__in=acted)
    return EvidenceItem.objects.filter(shown, answers=None).values("pk")


def documents_of(review: Review) -> EvidenceQuerySet:
    """Documents of the services under review, without those shown for learning alone; in a review for learning what was shown for it."""
    found = EvidenceItem.objects.kept().filter(service__in=review.services.all())
    if not review.is_learning:
        return found.of_compliance()
    asked, tagged = review.evidence_asks.values("item"), review.evidence_tags.values("item")
    return found.filter(Q(pk__in=asked) | Q(pk__in=tagged))


DOCUMENT_USES = DocumentUses(rows=finding_rows, rests_on=rests_on)
