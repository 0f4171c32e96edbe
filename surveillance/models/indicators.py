"""What services are asked: versioned sets of quality indicators."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from accounts.models import User
from surveillance.models.services import ServiceSpecification


class IndicatorSet(models.Model):
    """A version of the quality indicators of a specification. A published version's text never changes."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        IN_CONSULTATION = "IN_CONSULTATION", "In consultation"
        PUBLISHED = "PUBLISHED", "Published"
        RETIRED = "RETIRED", "Retired"

    TRANSITIONS = {
        Status.DRAFT: {Status.IN_CONSULTATION, Status.PUBLISHED},
        Status.IN_CONSULTATION: {Status.DRAFT, Status.PUBLISHED},
        Status.PUBLISHED: {Status.RETIRED},
        Status.RETIRED: set(),
    }

    code = models.CharField(max_length=30)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=250)
    specification = models.ForeignKey(ServiceSpecification, models.PROTECT, related_name="indicator_sets")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    threshold_percent = models.DecimalField(max_digits=4, decimal_places=1, default=Decimal("80.0"))
    visit_level_percent = models.DecimalField(max_digits=4, decimal_places=1, default=Decimal("50.0"))
    provenance = models.TextField(blank=True)
    is_illustrative = models.BooleanField(default=False)
    is_nhs_england = models.BooleanField(default=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="indicator_set_version_once"),
            models.CheckConstraint(
                condition=Q(threshold_percent__gte=0, threshold_percent__lte=100, visit_level_percent__gte=0, visit_level_percent__lte=100),
                name="indicator_set_percents",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class Indicator(models.Model):
    """One quality indicator of a set: what is asked, how it is answered, and when it is met."""

    class Type(models.TextChoices):
        STRUCTURE_AND_FUNCTION = "structure_and_function", "Structure and function"
        PATIENT_EXPERIENCE = "patient_experience", "Patient experience"
        CLINICAL_OUTCOME = "clinical_outcome", "Clinical outcome"

    class AnswerKind(models.TextChoices):
        YES_NO_NA = "YES_NO_NA", "Yes, No or Not applicable"
        PERCENTAGE = "PERCENTAGE", "Number that met it, of a total"
        NUMBER = "NUMBER", "Number"
        TEXT = "TEXT", "Text"

    class Comparator(models.TextChoices):
        AT_LEAST = "AT_LEAST", "at least"
        AT_MOST = "AT_MOST", "at most"

    indicator_set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="indicators")
    number = models.CharField(max_length=20)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    section = models.CharField(max_length=100)
    type = models.CharField(max_length=30, choices=Type.choices)
    answer_kind = models.CharField(max_length=12, choices=AnswerKind.choices, default=AnswerKind.YES_NO_NA)
    target = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    comparator = models.CharField(max_length=10, choices=Comparator.choices, blank=True)
    is_key = models.BooleanField(default=False)
    evidence_wanted = models.CharField(max_length=300, blank=True)
    guideline = models.CharField(max_length=300, blank=True)
    provenance = models.CharField(max_length=300, blank=True)
    review_by = models.DateField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)
    suspended_from = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["indicator_set", "position"]
        constraints = [
            models.UniqueConstraint(fields=["indicator_set", "number"], name="indicator_number_once"),
            models.CheckConstraint(
                condition=Q(target=None, comparator="") | Q(target__isnull=False, comparator__in=["AT_LEAST", "AT_MOST"]),
                name="indicator_target_with_comparator",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_kpi(self) -> bool:
        """Whether this is a key performance indicator: measured, with a target."""
        return self.target is not None
