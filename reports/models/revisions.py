"""A revision: a new version of a report that is signed already, because something was wrong or the action plan is agreed."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from reports.models.reports import Report, ReportVersion
from work.status import MovesByTable


class Revision(MovesByTable, models.Model):
    """What a new version changes and why. The signed version that it names stays as it is until the new one is published."""

    class Kind(models.TextChoices):
        CORRECTION = "CORRECTION", "Correction"
        ANNEX = "ANNEX", "Action plan as an annex"

    class Status(models.TextChoices):
        OPEN = "OPEN", "In progress"
        SIGNED = "SIGNED", "Signed off"
        PUBLISHED = "PUBLISHED", "Published"
        STOPPED = "STOPPED", "Cancelled"

    TRANSITIONS = {
        Status.OPEN: {Status.SIGNED, Status.STOPPED},
        Status.SIGNED: {Status.PUBLISHED},
        Status.PUBLISHED: {Status.SIGNED},  # only while its day has not come
        Status.STOPPED: set(),
    }
    CURRENT = ("OPEN", "SIGNED")

    report = models.ForeignKey(Report, models.PROTECT, related_name="revisions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    base = models.ForeignKey(ReportVersion, models.PROTECT, related_name="+", help_text="The signed version that is changed.")
    names = models.ForeignKey(ReportVersion, models.PROTECT, related_name="+", help_text="The version that readers know, and see named.")
    what = models.TextField(help_text="What changes; anyone who reads the new version reads this.")
    why = models.TextField(help_text="Why; anyone who reads the new version reads this.")
    redrawn = models.JSONField(default=list, blank=True, help_text="Codes of the blocks that are drawn again from the data.")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=now)
    signed_version = models.OneToOneField(ReportVersion, models.PROTECT, null=True, blank=True, related_name="revision")
    review_date = models.DateField(null=True, blank=True, help_text="When it is looked at again, where its publication was stopped.")
    stopped_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["report"], condition=Q(status__in=["OPEN", "SIGNED"]), name="revision_one_at_a_time"),
            models.CheckConstraint(condition=~Q(what="") & ~Q(why=""), name="revision_says_what_and_why"),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_by=None) | Q(stopped_at__isnull=False, stopped_by__isnull=False),
                name="revision_stopped_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["SIGNED", "PUBLISHED"]) | Q(signed_version__isnull=False), name="revision_signed_names_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.report}"

    @property
    def name(self) -> str:
        """What the new version is, in the words of work lists and mails."""
        return "correction of the report" if self.kind == self.Kind.CORRECTION else "annex to the report"
