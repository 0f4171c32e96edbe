"""Rows that were counted ahead, years with their figures published, and notes on what else went on in a year."""

import datetime as dt

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.clock import now
from accounts.models import Organisation, User
from accounts.permissions import Permission
from peerreview.models import Procedure, Review, ReviewService
from surveillance.models import IndicatorSet, Service, ServiceSpecification
from surveillance.reach import reach_of


class ProgrammeYear(models.Model):
    """A calendar year: when its rows were counted, and whether its figures are published and so change no more."""

    year = models.PositiveIntegerField(unique=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    definitions = models.TextField(blank=True, help_text="Canonical JSON of the definitions by which a published year was counted.")
    definitions_hash = models.CharField(max_length=64, blank=True)
    facts_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 over every row of a published year.")

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None, facts_hash="")
                | (Q(published_at__isnull=False, published_by__isnull=False, counted_at__isnull=False) & ~Q(facts_hash="")),
                name="programme_year_published_whole",
            )
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def is_published(self) -> bool:
        """Whether its figures stand for good."""
        return self.published_at is not None


class FactQuerySet(models.QuerySet["ProgrammeFact"]):
    """Rows behind figures, by who may read them and by the filters of the pages."""

    def for_user(self, user: User, permission: Permission) -> "FactQuerySet":
        """Rows of compliance in the regions where ``user`` holds ``permission``. Of reviews for learning nobody reads rows."""
        reach = reach_of(user, permission)
        if not user.has_permission(permission):
            return self.none()
        rows = self.of_compliance()
        return rows if reach.is_national else rows.filter(region__in=reach.regions)

    def of_compliance(self) -> "FactQuerySet":
        """Without reviews for learning: the two tracks share no figure."""
        return self.filter(is_learning=False)

    def of_specification(self, specification_id: int) -> "FactQuerySet":
        """Rows of services under a specification; a review counts under that of each of its services, answers to surveys under one."""
        visited = ReviewService.objects.filter(review=OuterRef("review"), service__specification=specification_id)
        of_review = Q(service=None) & Exists(visited)
        return self.filter(Q(service__specification=specification_id) | of_review | Q(specification=specification_id))


class ProgrammeFact(models.Model):
    """One thing that a measure counts, in one year: a review, an action, a self-report, a group of answers.

    ``value`` out of ``weight`` is what the figure adds up; ``limit`` is what the procedure allowed. Rows of a published year
    never change. No text of anybody is kept.
    """

    year = models.PositiveIntegerField()
    half = models.PositiveSmallIntegerField(default=1, help_text="1: January to June; 2: July to December.")
    measure = models.CharField(max_length=30)
    definition_version = models.PositiveIntegerField(default=1)
    unit_id = models.BigIntegerField(help_text="Id of what is counted: the measure's definition says what it is.")
    day = models.DateField(help_text="The day that puts it into the year.")
    region = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty for England.")
    review = models.ForeignKey(Review, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=14, blank=True, help_text="Kind of the review.")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="+")
    indicator_set = models.ForeignKey(IndicatorSet, models.PROTECT, null=True, blank=True, related_name="+")
    specification = models.ForeignKey(
        ServiceSpecification, models.PROTECT, null=True, blank=True, related_name="+", help_text="Of rows that are of no service or review."
    )
    is_learning = models.BooleanField(default=False)
    side = models.CharField(max_length=7, blank=True)
    detail = models.CharField(max_length=80, blank=True)
    choice = models.CharField(max_length=40, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    weight = models.DecimalField(max_digits=14, decimal_places=2, default=1)
    limit = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    objects = models.Manager.from_queryset(FactQuerySet)()

    class Meta:
        ordering = ["measure", "pk"]
        indexes = [models.Index(fields=["year", "measure", "region"], name="programme_fact_by_measure")]

    def __str__(self) -> str:
        return f"{self.measure} of {self.year}, {self.unit_id}"


class ContextNoteQuerySet(models.QuerySet["ContextNote"]):
    """Notes by who reads and writes them."""

    def for_user(self, user: User, permission: Permission) -> "ContextNoteQuerySet":
        """For the national team every note; for a hub those of England and of its own region."""
        reach = reach_of(user, permission)
        if not user.has_permission(permission):
            return self.none()
        return self if reach.is_national else self.filter(Q(region=None) | Q(region__in=reach.regions))

    def written_by(self, user: User) -> "ContextNoteQuerySet":
        """Notes that ``user`` may change: of their own regions; the national team all."""
        reach = reach_of(user, Permission.PROGRAMME_VIEW)
        return self if reach.is_national else self.filter(region__in=reach.regions)


class ContextNote(models.Model):
    """What else shaped a year, by a domain of the Consolidated Framework for Implementation Research."""

    class Domain(models.TextChoices):
        OUTER = "OUTER", "Outer setting"
        INNER = "INNER", "Inner setting"
        INTERVENTION = "INTERVENTION", "Intervention characteristics"
        INDIVIDUALS = "INDIVIDUALS", "Individuals"

    client_id = models.UUIDField(unique=True, help_text="Made with the form, so that pressing twice makes one note.")
    year = models.PositiveIntegerField()
    region = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty for England.")
    domain = models.CharField(max_length=12, choices=Domain.choices)
    text = models.TextField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(ContextNoteQuerySet)()

    class Meta:
        ordering = ["-year", "domain", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="context_note_removed_paired",
            )
        ]

    def __str__(self) -> str:
        return f"note {self.pk} on {self.year}"


def half_of(day: dt.date) -> int:
    """1 for January to June, 2 for July to December."""
    return 1 if day.month <= 6 else 2
