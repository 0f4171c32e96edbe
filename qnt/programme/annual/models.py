"""The annual programme report: its sections while people write, and what was published of it."""

from django.db import models
from django.db.models import Q, QuerySet

from accounts.clock import now
from accounts.models import User
from qnt.programme.models import ProgrammeYear
from work.status import MovesByTable


class AnnualReport(MovesByTable, models.Model):
    """A report on one year whose figures are published. ``version`` counts every change of its words.

    A year has one that stands; once it is withdrawn, another can follow, which names it (``replaces``). ``edition`` is what people
    call its version. ``offered_at`` is when who writes it last said that it is ready to publish; a later change of words undoes that.
    """

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        PUBLISHED = "PUBLISHED", "Published"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    TRANSITIONS = {Status.DRAFT: {Status.PUBLISHED}, Status.PUBLISHED: {Status.WITHDRAWN}, Status.WITHDRAWN: set()}

    year = models.ForeignKey(ProgrammeYear, models.PROTECT, related_name="reports")
    edition = models.PositiveSmallIntegerField(default=1, db_default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replacement")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=now)
    offered_at = models.DateTimeField(null=True, blank=True)
    offered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-year__year", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["year", "edition"], name="annual_report_edition_once"),
            models.UniqueConstraint(fields=["year"], condition=~Q(status="WITHDRAWN"), name="annual_report_one_stands"),
            models.CheckConstraint(
                condition=Q(edition=1, replaces=None) | Q(edition__gt=1, replaces__isnull=False), name="annual_report_names_the_old"
            ),
            models.CheckConstraint(
                condition=Q(offered_at=None, offered_by=None) | Q(offered_at__isnull=False, offered_by__isnull=False),
                name="annual_report_offered_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"Programme report {self.year.year}"

    @classmethod
    def newest(cls) -> "QuerySet[AnnualReport]":
        """The newest report of each year: those that no other replaces."""
        return cls.objects.filter(replacement=None)


class AnnualSection(models.Model):
    """The words of one part; its figures are drawn from the year's rows until the report is published."""

    report = models.ForeignKey(AnnualReport, models.CASCADE, related_name="sections")
    code = models.SlugField(max_length=20)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty for drafted words.")
    saved_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["report", "code"], name="annual_section_once")]

    def __str__(self) -> str:
        return self.title


class AnnualPublication(models.Model):
    """What was published: frozen content with its hash, its PDF once a worker has made it, and its withdrawal."""

    report = models.OneToOneField(AnnualReport, models.PROTECT, related_name="publication")
    content = models.TextField(help_text="Canonical JSON of words and figures, frozen when it was published.")
    hash = models.CharField(max_length=64)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=now)
    path = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    page_count = models.PositiveIntegerField(default=0)
    size_bytes = models.PositiveBigIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-published_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(path="", sha256="") | (~Q(path="") & ~Q(sha256="")), name="annual_publication_file_with_hash"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="annual_publication_withdrawn_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"publication of {self.report}"
