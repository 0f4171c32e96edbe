"""Publication of a report, and who was issued it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.clock import now
from accounts.models import Organisation, User
from reports.models.reports import Report, ReportVersion
from surveillance.models import Service


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Publications by whether the public may read them now."""

    def public(self) -> "PublicationQuerySet":
        """Published, past any embargo, neither withdrawn nor replaced yet: what anyone may read."""
        now_ = timezone.now()
        published = self.filter(decision=Publication.Decision.PUBLISH, withdrawn_at=None, public_from__lte=now_)
        return published.filter(Q(replaced_at=None) | Q(replaced_at__gt=now_))

    def standing(self) -> "PublicationQuerySet":
        """The decision to publish that counts now, also while it waits for its day: at most one a report, by constraint."""
        return self.filter(decision=Publication.Decision.PUBLISH, withdrawn_at=None, replaced_at=None)

    def waiting(self) -> "PublicationQuerySet":
        """The decisions to publish whose day has not come: they can be moved or stopped."""
        return self.standing().filter(public_from__gt=timezone.now())


class Publication(models.Model):
    """The decision to publish or withhold one public version, with reason; at most one live a report.

    A new version takes the place of the old one at one moment (``replaced_at`` of the old is ``public_from`` of the new), so that
    there is always exactly one to read, also where the new one waits for its day. A decision that waits for its day and is made again
    is replaced at once (``replaced_at`` before ``public_from``) by the new decision, to publish or to withhold: it was never public.
    Withheld over a version that anyone can read, it leaves that one standing.
    """

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
    replaced_at = models.DateTimeField(null=True, blank=True, help_text="From when a newer public version stands in its place.")
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    summary = models.TextField(blank=True, help_text="Plain text of the public version, for search and extracts.")

    objects = models.Manager.from_queryset(PublicationQuerySet)()

    class Meta:
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(decision="PUBLISH", withdrawn_at=None, replaced_at=None),
                name="publication_one_live",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None) | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="publication_withdrawn_paired",
            ),
            models.CheckConstraint(condition=Q(replaced_by=None) | Q(replaced_at__isnull=False), name="publication_replaced_says_when"),
            models.CheckConstraint(
                condition=Q(decision="WITHHOLD") | Q(version__isnull=False, public_from__isnull=False), name="publication_names_version"
            ),
            models.CheckConstraint(
                condition=Q(decision="PUBLISH") | (~Q(reason="") & Q(review_date__isnull=False)), name="withheld_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.report}"


class Consent(models.Model):
    """Whether one service agrees that the report of a review for learning is published; its newest answer counts.

    It holds for the signed version that was read. Silence is no row, and never consent.
    """

    class Answer(models.TextChoices):
        PUBLISH = "PUBLISH", "Publish this report"
        KEEP = "KEEP", "Keep it to ourselves"

    report = models.ForeignKey(Report, models.CASCADE, related_name="consents")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    version = models.ForeignKey(ReportVersion, models.PROTECT, related_name="+", help_text="The signed version that was read.")
    answer = models.CharField(max_length=7, choices=Answer.choices)
    reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "service"], name="consent_once")]

    def __str__(self) -> str:
        return f"{self.get_answer_display()}: {self.report}, {self.service}"


class Receipt(models.Model):
    """Who was issued a report at sign-off, as what, and when they opened it first."""

    class Capacity(models.TextChoices):
        CHIEF_EXECUTIVE = "CHIEF_EXECUTIVE", "Chief executive"
        MEDICAL_DIRECTOR = "MEDICAL_DIRECTOR", "Medical director"
        NURSING_DIRECTOR = "NURSING_DIRECTOR", "Nursing director"
        EXECUTIVE = "EXECUTIVE", "Executive"
        SERVICE_LEAD = "SERVICE_LEAD", "Service lead"
        COMMISSIONER = "COMMISSIONER", "Commissioner"
        NETWORK_LEAD = "NETWORK_LEAD", "Network lead"
        TEAM = "TEAM", "Visiting team"

    report = models.ForeignKey(Report, models.CASCADE, related_name="receipts")
    version = models.ForeignKey(ReportVersion, models.CASCADE, related_name="receipts")
    user = models.ForeignKey(User, models.PROTECT, related_name="report_receipts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    capacity = models.CharField(max_length=16, choices=Capacity.choices, blank=True, default="", db_default="")
    issued_at = models.DateTimeField(default=now)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.report} to {self.user}"
