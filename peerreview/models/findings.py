"""What reviewers write: notes, findings with their recommendation, tags by impact domain, letters about risks."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from accounts.clock import now
from accounts.models import User
from accounts.permissions import Permission
from peerreview.models.patient_views import PatientView
from peerreview.models.reviews import FocusTopic, Review, Session
from peerreview.models.sent_once import SentOnce
from peerreview.models.teams import TeamMember
from surveillance.models import Action, EvidenceItem, ImpactDomain, Indicator, Service
from work.status import MovesByTable


class Note(models.Model):
    """What a reviewer saw or heard. The client makes the id, so that sending twice never doubles it."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="notes")
    client_id = models.UUIDField(default=uuid.uuid4)
    author = models.ForeignKey(User, models.PROTECT, related_name="notes")
    topic = models.ForeignKey(FocusTopic, models.SET_NULL, null=True, blank=True, related_name="notes")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="+")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField(default=now, help_text="By the writer's device, when it was written without a connection.")
    received_at = models.DateTimeField(default=now, db_default=Now())

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "client_id"], name="note_once")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings by who may read them."""

    def for_user(self, user: User, permission: Permission) -> "FindingQuerySet":
        """Findings of reviews that ``user`` may open with ``permission``.

        Whoever neither visits nor arranges the review sees a finding only when the team has agreed it.
        """
        rows = self.filter(review__in=Review.objects.for_user(user, permission).values("pk"))
        arranged = Q(review__in=Review.objects.for_user(user, Permission.REVIEW_PLAN).values("pk"))
        on_team = Q(review__in=TeamMember.objects.on_team().filter(user=user).values("review"))
        return rows.filter(arranged | on_team | Q(agreed_at__isnull=False))

    def open_immediate_risks(self) -> "FindingQuerySet":
        """Immediate risks that the team confirmed and nobody has found put right, also before the report is signed off."""
        risks = self.agreed().filter(category=Finding.Category.IMMEDIATE_RISK)
        return risks.exclude(status=Finding.Status.CLOSED).exclude(rechecks__outcome="PUT_RIGHT")

    def for_display(self) -> "FindingQuerySet":
        """With the names that every page shows, in five statements."""
        notes = models.Prefetch("notes", Note.objects.select_related("author"))
        return self.select_related(
            "service__provider", "service__network", "handover_to", "indicator", "topic", "recorded_by", "agreed_by", "review"
        ).prefetch_related("tags", "evidence", notes, "views")

    def agreed(self) -> "FindingQuerySet":
        """Findings that the team agreed, in reports and on pages: neither draft nor withdrawn."""
        return self.exclude(status__in=[Finding.Status.DRAFT, Finding.Status.WITHDRAWN])


class Finding(MovesByTable, SentOnce):
    """What a team found at a service, against an indicator or a focus topic."""

    class Category(models.TextChoices):
        """Most serious first. A draft reported in danger may still lack its topic and recommendation; an agreed finding may not."""

        IMMEDIATE_RISK = "IMMEDIATE_RISK", "Immediate risk"
        SERIOUS_CONCERN = "SERIOUS_CONCERN", "Serious concern"
        CONCERN = "CONCERN", "Concern"
        FURTHER_CONSIDERATION = "FURTHER_CONSIDERATION", "Further consideration"
        GOOD_PRACTICE = "GOOD_PRACTICE", "Good practice"

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        AGREED = "AGREED", "Agreed"
        OPEN = "OPEN", "Open"
        RECHECK_DUE = "RECHECK_DUE", "Re-check due"
        CLOSED = "CLOSED", "Closed"
        AMENDED = "AMENDED", "Amended"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    TRANSITIONS = {
        Status.DRAFT: {Status.AGREED, Status.WITHDRAWN},
        Status.AGREED: {Status.OPEN, Status.AMENDED, Status.WITHDRAWN},
        Status.OPEN: {Status.RECHECK_DUE, Status.AMENDED, Status.WITHDRAWN, Status.CLOSED},
        Status.RECHECK_DUE: {Status.CLOSED, Status.OPEN},
        Status.AMENDED: {Status.OPEN, Status.RECHECK_DUE, Status.CLOSED, Status.WITHDRAWN},
        Status.CLOSED: set(),
        Status.WITHDRAWN: set(),
    }
    NEEDS_RECOMMENDATION = frozenset({Category.IMMEDIATE_RISK, Category.SERIOUS_CONCERN, Category.CONCERN})

    class AddressedTo(models.TextChoices):
        PROVIDER = "PROVIDER", "Provider"
        COMMISSIONER = "COMMISSIONER", "Commissioner"

    review = models.ForeignKey(Review, models.CASCADE, related_name="findings")
    service = models.ForeignKey(Service, models.PROTECT, related_name="findings")
    handover_to = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", help_text="The next step, where the finding is about a hand-over."
    )
    category = models.CharField(max_length=22, choices=Category.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    what_was_seen = models.TextField()
    basis = models.TextField(help_text="Evidence, views and notes that it rests on, in words.")
    evidence = models.ManyToManyField(EvidenceItem, blank=True, related_name="findings")
    notes = models.ManyToManyField(Note, blank=True, related_name="findings")
    views = models.ManyToManyField(PatientView, blank=True, related_name="findings")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="findings")
    topic = models.ForeignKey(FocusTopic, models.PROTECT, null=True, blank=True, related_name="findings")
    addressed_to = models.CharField(max_length=12, choices=AddressedTo.choices, default=AddressedTo.PROVIDER)
    recommendation = models.TextField(blank=True)
    how_others_did_it = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=now)
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    recheck_date = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(FindingQuerySet)()
    history = HistoricalRecords(m2m_fields=[])

    class Meta:
        ordering = ["review", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(indicator__isnull=False) | Q(topic__isnull=False) | Q(status__in=["DRAFT", "WITHDRAWN"]),
                name="finding_indicator_or_topic",
            ),
            models.CheckConstraint(
                condition=~Q(category__in=["IMMEDIATE_RISK", "SERIOUS_CONCERN", "CONCERN"])
                | ~Q(recommendation="")
                | Q(status__in=["DRAFT", "WITHDRAWN"]),
                name="finding_recommendation_from_concern",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "WITHDRAWN"]) | Q(agreed_at__isnull=False), name="finding_agreed_when_agreed"
            ),
            models.CheckConstraint(
                condition=Q(agreed_at=None, agreed_by=None) | Q(agreed_at__isnull=False, agreed_by__isnull=False),
                name="finding_agreed_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"finding {self.pk}"


class EvidenceTag(models.Model):
    """An impact domain that a document of a review bears on, with one line saying what it shows."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="evidence_tags")
    item = models.ForeignKey(EvidenceItem, models.CASCADE, related_name="tags")
    domain = models.CharField(max_length=14, choices=ImpactDomain.choices)
    shows = models.CharField(max_length=300)
    tagged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    tagged_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "item", "domain"], name="evidence_tag_once")]

    def __str__(self) -> str:
        return f"{self.domain} on {self.item}"


class FindingTag(models.Model):
    """An impact domain that a finding bears on, with one line saying what it shows."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="tags")
    domain = models.CharField(max_length=14, choices=ImpactDomain.choices)
    shows = models.CharField(max_length=300)
    tagged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    tagged_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "domain"], name="finding_tag_once")]

    def __str__(self) -> str:
        return f"{self.domain} on {self.finding}"


class FindingAction(models.Model):
    """Which action answers which finding: the link lives above, so that surveillance never asks upward."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="finding_actions")
    action = models.OneToOneField(Action, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"action {self.action_id} for finding {self.finding_id}"


class LetterQuerySet(models.QuerySet["Letter"]):
    """Letters by who may read them."""

    def for_user(self, user: User, permission: Permission) -> "LetterQuerySet":
        """Letters about findings that ``user`` may read; the service reads a letter when it was sent."""
        rows = self.filter(finding__in=Finding.objects.for_user(user, permission).values("pk"))
        arranged = Q(finding__review__in=Review.objects.for_user(user, Permission.REVIEW_PLAN).values("pk"))
        on_team = Q(finding__review__in=TeamMember.objects.on_team().filter(user=user).values("review"))
        return rows.filter(arranged | on_team | Q(sent_at__isnull=False))

    def for_display(self) -> "LetterQuerySet":
        """With the names that every page shows, in one statement."""
        return self.select_related(
            "finding__service__provider", "finding__service__network", "finding__service__region", "finding__review", "sent_by"
        )


class Letter(models.Model):
    """A letter to a chief executive about an immediate risk or a serious concern, with its two clocks."""

    finding = models.OneToOneField(Finding, models.CASCADE, related_name="letter")
    to_name = models.CharField(max_length=150)
    due_date = models.DateField(help_text="By when the letter must go.")
    response_due_date = models.DateField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    pdf_path = models.CharField(max_length=200, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(LetterQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_by=None) | Q(sent_at__isnull=False, sent_by__isnull=False), name="letter_sent_paired"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None) | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="letter_answered_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"letter about {self.finding}"
