"""What services are asked: versioned sets of quality indicators."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from accounts.permissions import Permission
from surveillance.canonical import number_text
from surveillance.models.consultation import Comment, Consulted
from surveillance.models.services import ServiceSpecification

MOST_INDICATORS = 300  # the largest set that the pages are built for (design: numbers to design for)


class IndicatorSetQuerySet(models.QuerySet["IndicatorSet"]):
    """Sets by who may do what with them."""

    def for_user(self, user: User, permission: Permission) -> "IndicatorSetQuerySet":
        """Sets on which ``user`` holds ``permission``. Drafts exist only for those who write indicator sets."""
        if not user.has_permission(permission):
            return self.none()
        return self if user.has_permission(Permission.INDICATOR_SET_MANAGE) else self.exclude(status=IndicatorSet.Status.DRAFT)

    def for_display(self) -> "IndicatorSetQuerySet":
        """With the names that every page shows, in one statement."""
        return self.select_related("specification__programme")


class IndicatorSet(Consulted):
    """A version of the quality indicators of a specification. A published version's text never changes."""

    noun = "set"
    audit_name = "indicator_set"

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
    is_counted = models.BooleanField(default=True, db_default=True, help_text="False: key requirements, which never count in percentages.")
    jump_limit_points = models.PositiveSmallIntegerField(
        default=20, db_default=20, help_text="A change on last year beyond this asks for a look."
    )
    change_note = models.TextField(blank=True, db_default="", help_text="What changed since the version before, and why.")
    revision = models.PositiveIntegerField(default=1, db_default=1, help_text="Raised by every edit of a draft, so that two edits meet.")

    objects = models.Manager.from_queryset(IndicatorSetQuerySet)()

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consultation_from_date=None, consultation_to_date=None)
                | Q(consultation_from_date__isnull=False, consultation_to_date__gte=F("consultation_from_date")),
                name="indicator_set_consultation_dates",
            ),
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
    suspended_reason = models.TextField(blank=True, db_default="")
    revision = models.PositiveIntegerField(default=1, db_default=1, help_text="Raised by every edit of a draft, so that two edits meet.")

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

    @property
    def target_words(self) -> str:
        """ "at least 90%", "at most 12"; empty without a target."""
        if self.target is None:
            return ""
        percent = "%" if self.answer_kind == self.AnswerKind.PERCENTAGE else ""
        return f"{self.get_comparator_display()} {number_text(self.target)}{percent}"


class IndicatorComment(Comment):
    """What somebody says of an indicator, or of the whole set, while the set is in consultation, and the answer to it."""

    indicator_set = models.ForeignKey(IndicatorSet, models.CASCADE, related_name="comments")
    indicator = models.ForeignKey(Indicator, models.CASCADE, null=True, blank=True, related_name="comments")

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(replied_at=None, replied_by=None) | Q(replied_at__isnull=False, replied_by__isnull=False),
                name="indicator_comment_replied_paired",
            )
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"
