"""What a service is asked to show before a visit."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from peerreview.models.reviews import FocusTopic, Review
from peerreview.models.sent_once import SentOnce
from surveillance.models import EvidenceItem, Indicator, Service


class EvidenceAsk(SentOnce):
    """A document asked of one service for a focus topic or a key indicator, and why; a document that is filed already answers it."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="evidence_asks")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    topic = models.ForeignKey(FocusTopic, models.CASCADE, null=True, blank=True, related_name="evidence_asks")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="+", help_text="A key indicator.")
    what = models.CharField(max_length=200)
    why = models.TextField()
    item = models.ForeignKey(
        EvidenceItem, models.SET_NULL, null=True, blank=True, related_name="+", help_text="The document that answers it."
    )
    cannot_reason = models.TextField(blank=True, help_text="Why the service has no such document.")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1, help_text="Of what is asked, not of the answer.")

    class Meta:
        ordering = ["service", "topic__position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__isnull=False) | Q(indicator__isnull=False), name="evidence_ask_topic_or_key_indicator"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None) | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="evidence_ask_answered_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.what
