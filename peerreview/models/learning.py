"""What both sides learn, what each takes home, and the visits that follow from it."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from peerreview.models.reviews import FocusTopic, Review
from peerreview.models.sent_once import SentOnce
from surveillance.models import Service


class Side(models.TextChoices):
    """The two sides of a visit."""

    SERVICE = "SERVICE", "The service"
    TEAM = "TEAM", "The visiting team"


class Learnt(SentOnce):
    """What one side learnt, in its own words; the report of a review for learning is made of these."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="learnt")
    side = models.CharField(max_length=7, choices=Side.choices)
    topic = models.ForeignKey(FocusTopic, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["side", "pk"]
        verbose_name_plural = "learnt"

    def __str__(self) -> str:
        return f"learnt {self.pk}"


class Pledge(models.Model):
    """What a person takes home from a visit and will do in their own service; asked about months later."""

    class Outcome(models.TextChoices):
        KEPT = "KEPT", "Done"
        PARTLY = "PARTLY", "Partly done"
        NOT_KEPT = "NOT_KEPT", "Not done"

    review = models.ForeignKey(Review, models.CASCADE, related_name="pledges")
    client_id = models.UUIDField(default=uuid.uuid4, unique=True)
    side = models.CharField(max_length=7, choices=Side.choices)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="pledges")
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="+", help_text="Of the service's own pledges.")
    text = models.TextField()
    made_at = models.DateTimeField(default=now)
    ask_date = models.DateField(help_text="The day on which its maker is asked what came of it.")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    what_came_of_it = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["side", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="") | (Q(answered_at__isnull=False) & ~Q(outcome="")), name="pledge_answered_paired"
            )
        ]

    def __str__(self) -> str:
        return f"pledge {self.pk}"


class Exchange(SentOnce):
    """A return visit or another exchange that hosts ask of a reviewer after a visit."""

    class Kind(models.TextChoices):
        RETURN_VISIT = "RETURN_VISIT", "A return visit"
        CALL = "CALL", "A call"
        DOCUMENT = "DOCUMENT", "A document or tool"

    class Status(models.TextChoices):
        ASKED = "ASKED", "Asked"
        AGREED = "AGREED", "Agreed"
        DECLINED = "DECLINED", "Declined"
        HAPPENED = "HAPPENED", "Took place"

    review = models.ForeignKey(Review, models.CASCADE, related_name="exchanges")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    what = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    asked_of = models.ForeignKey(User, models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ASKED)
    answered_at = models.DateTimeField(null=True, blank=True)
    happened_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(status="HAPPENED") | Q(happened_on__isnull=False), name="exchange_happened_on_a_day")
        ]

    def __str__(self) -> str:
        return f"exchange {self.pk}"
