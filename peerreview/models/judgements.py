"""Judgements of indicators: each member's own, sealed until all have given one; then the agreed one."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from peerreview.models.reviews import Review
from peerreview.models.teams import TeamMember
from surveillance.models import Indicator, Service


class JudgementPanel(models.Model):
    """One indicator of one service that a team judges. Sealed until ``opened_at``; agreed by the lead reviewer after that."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="panels")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty when it opened by itself."
    )
    opened_without = models.ManyToManyField(TeamMember, blank=True, related_name="+")
    opened_reason = models.TextField(blank=True)
    is_met = models.BooleanField(null=True, blank=True, help_text="The agreed judgement; empty means not applicable once agreed.")
    agreed_reason = models.TextField(blank=True)
    differences = models.TextField(blank=True, help_text="What the team did not agree on.")
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["service", "indicator__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "service", "indicator"], name="judgement_panel_once"),
            models.CheckConstraint(
                condition=Q(agreed_at=None, agreed_by=None) | Q(agreed_at__isnull=False, agreed_by__isnull=False, opened_at__isnull=False),
                name="judgement_agreed_when_open",
            ),
            models.CheckConstraint(condition=Q(opened_by=None) | Q(opened_at__isnull=False), name="judgement_opened_paired"),
        ]

    def __str__(self) -> str:
        return f"judgement panel {self.pk}"


class Judgement(models.Model):
    """What one member judges, with why. The client makes the id: a replay changes nothing."""

    class Value(models.TextChoices):
        MET = "MET", "Met"
        NOT_MET = "NOT_MET", "Not met"
        NOT_SEEN = "NOT_SEEN", "Not seen"

    panel = models.ForeignKey(JudgementPanel, models.CASCADE, related_name="judgements")
    member = models.ForeignKey(TeamMember, models.CASCADE, related_name="judgements")
    client_id = models.UUIDField(default=uuid.uuid4, unique=True)
    value = models.CharField(max_length=8, choices=Value.choices)
    reason = models.TextField(blank=True)
    given_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["panel", "member"], name="judgement_once")]

    def __str__(self) -> str:
        return f"judgement {self.pk}"
