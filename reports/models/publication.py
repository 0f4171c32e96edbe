"""Publication of a report, and who was issued it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.clock import now
from accounts.models import Organisation, User
from reports.models.reports import Report, ReportVersion


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Publications by whether the public may read them now."""

    def public(self) -> "PublicationQuerySet":
        """Published, not withdrawn, and past any embargo: what anyone may read."""
        return self.filter(decision=Publication.Decision.PUBLISH, withdrawn_at=None, public_from__lte=timezone.now())


class Publication(models.Model):
    """The decision to publish or withhold one public version, with reason; at most one live a report."""

    class Decision(models.TextChoices):
        PUBLISH = "PUBLISH", "Publish"
        WITHHOLD = "WITHHOLD", "Withhold"

    report = models.ForeignKey(Report, models.PROTECT, related_name="publications")
    version = models.ForeignKey(ReportVersion, models.PROTECT, null=True, blank=True, related_name="publications")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    reason = models.TextField(blank=True)
    public_from = models.DateTimeField(null=True, blank=True, help_text="Now, or the end of an embargo.")
    review_date = models.DateField(null=True, blank=True, help_text="When a withheld report is looked at again.")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=now)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    summary = models.TextField(blank=True, help_text="Plain text of the public version, for search and extracts.")

    objects = models.Manager.from_queryset(PublicationQuerySet)()

    class Meta:
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(fields=["report"], condition=Q(decision="PUBLISH", withdrawn_at=None), name="publication_one_live"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None) | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="publication_withdrawn_paired",
            ),
            models.CheckConstraint(
                condition=Q(decision="WITHHOLD") | Q(version__isnull=False, public_from__isnull=False), name="publication_names_version"
            ),
            models.CheckConstraint(
                condition=Q(decision="PUBLISH") | (~Q(reason="") & Q(review_date__isnull=False)), name="withheld_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.report}"


class Receipt(models.Model):
    """Who was issued a report at sign-off, and whether they opened it."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="receipts")
    version = models.ForeignKey(ReportVersion, models.CASCADE, related_name="receipts")
    user = models.ForeignKey(User, models.PROTECT, related_name="report_receipts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(default=now)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.report} to {self.user}"
