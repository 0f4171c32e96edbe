"""Documents that answers of the factual accuracy check rest on, for the library of evidence below."""

from typing import Any

from django.db.models import F

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Review
from reports.models import AccuracyPoint
from surveillance.facts import DocumentUses
from surveillance.models import EvidenceItem


def answer_rows(user: User) -> Any:
    """None: the library of evidence counts findings that name a document, and an answer about a finding is none."""
    return AccuracyPoint.evidence.through.objects.none()


def rests_on(item_id: int) -> bool:
    """Whether an answer of a factual accuracy check names the document."""
    return AccuracyPoint.objects.filter(evidence=item_id).exists()


def learning_documents(user: User | None) -> Any:
    """Ids of documents filed for the report of a review for learning, and for no indicator: of reviews closed to ``user``, or of all."""
    reviews = Review.objects.filter(purpose=Review.Purpose.IMPROVEMENT)
    if user is not None:
        reviews = reviews.exclude(pk__in=Review.objects.for_user(user, Permission.REVIEW_VIEW).values("pk"))
    named = AccuracyPoint.objects.filter(report__review__in=reviews.values("pk"), evidence__added_at__gte=F("report__review__opened_at"))
    return EvidenceItem.objects.filter(pk__in=named.values("evidence"), answers=None).values("pk")


DOCUMENT_USES = DocumentUses(rows=answer_rows, rests_on=rests_on)
