"""Agreeing findings in the team, and what happens after the report: impact, re-checks, progress checks."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from peerreview.models.findings import Finding
from peerreview.models.reviews import Review
from peerreview.models.sent_once import SentOnce
from peerreview.models.teams import TeamMember
from surveillance.models import EvidenceItem, ImpactDomain, Service


class FindingAgreement(models.Model):
    """Whether one member of the team agrees with a draft finding, as it stood in a version."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="agreements")
    member = models.ForeignKey(TeamMember, models.CASCADE, related_name="+")
    agrees = models.BooleanField()
    comment = models.TextField(blank=True)
    finding_version = models.PositiveIntegerField()
    said_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["finding", "member"], name="finding_agreement_once")]

    def __str__(self) -> str:
        return f"agreement {self.pk}"


class FindingRecheck(models.Model):
    """One round of found, acted, re-checked: what the service did, on which evidence, and what the hub saw."""

    class Outcome(models.TextChoices):
        PUT_RIGHT = "PUT_RIGHT", "Put right"
        NOT_YET = "NOT_YET", "Not yet put right"

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="rechecks")
    acted = models.TextField(help_text="What the service did.")
    acted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    acted_at = models.DateTimeField(default=now)
    evidence = models.ManyToManyField(EvidenceItem, blank=True, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    seen = models.TextField(blank=True, help_text="What the hub saw.")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_at=None, checked_by=None, outcome="")
                | (Q(checked_at__isnull=False, checked_by__isnull=False) & ~Q(outcome="")),
                name="finding_recheck_paired",
            )
        ]

    def __str__(self) -> str:
        return f"re-check {self.pk}"


class ImpactEvidence(SentOnce):
    """What changed after a visit, filed by the service under one of the eight impact domains."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="impact_evidence")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    domain = models.CharField(max_length=14, choices=ImpactDomain.choices)
    what_changed = models.TextField()
    item = models.ForeignKey(EvidenceItem, models.SET_NULL, null=True, blank=True, related_name="+")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["domain", "pk"]

    def __str__(self) -> str:
        return f"impact evidence {self.pk}"


class ProgressCheck(models.Model):
    """A progress check that the procedure asks for after the final report, once it is done."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="progress_checks")
    milestone_code = models.CharField(max_length=30)
    due_date = models.DateField()
    what_was_seen = models.TextField()
    done_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["due_date", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "milestone_code"], name="progress_check_once")]

    def __str__(self) -> str:
        return f"progress check {self.pk}"
