"""What a report passes before it is final: quality check by two, factual accuracy item by item, sign-off by another."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from peerreview.models import Finding
from reports.models.reports import Report, ReportSection, ReportVersion
from surveillance.models import EvidenceItem


class QualityCheckQuerySet(models.QuerySet["QualityCheck"]):
    """Checks by whether they count now."""

    def counting(self) -> "QualityCheckQuerySet":
        """Those that wait for their person, and passes of the words as they stand."""
        return self.filter(outcome__in=["WAITING", "PASSED"])


class QualityCheck(models.Model):
    """One of two named people checks the report: not on the team, but for a review for learning of the team (ADR 14)."""

    class Outcome(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        PASSED = "PASSED", "Passed"
        RETURNED = "RETURNED", "Returned"
        OUTDATED = "OUTDATED", "Passed, then the report changed"
        REPLACED = "REPLACED", "Not answered: somebody else was named"

    report = models.ForeignKey(Report, models.CASCADE, related_name="quality_checks")
    checker = models.ForeignKey(User, models.PROTECT, related_name="quality_checks")
    due_date = models.DateField()
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When the answer went to the team, or its time ran out.")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    evidence_behind_findings = models.BooleanField(default=False)
    categories_by_definition = models.BooleanField(default=False)
    tone_is_fair = models.BooleanField(default=False)
    no_identifiable_person = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    without_team_reason = models.TextField(
        blank=True, db_default="", help_text="Why the check was asked for before the whole team had read the draft."
    )
    content_hash = models.CharField(max_length=64, blank=True, help_text="Of what was read when it was answered.")
    checked_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(default=now)
    in_place_of = models.OneToOneField(
        "self", models.RESTRICT, null=True, blank=True, related_name="replacement", help_text="Whose unanswered check this took over."
    )
    replaced_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who named somebody else.")
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(QualityCheckQuerySet)()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "checker"], condition=Q(outcome="WAITING"), name="quality_check_once_while_waiting"),
            models.CheckConstraint(
                condition=Q(outcome="REPLACED", replaced_by__isnull=False, replaced_at__isnull=False)
                | (~Q(outcome="REPLACED") & Q(replaced_by=None, replaced_at=None)),
                name="quality_check_replaced_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"quality check of {self.report} by {self.checker}"


class AccuracyPoint(models.Model):
    """One item of the report as the service sees it: correct, or not correct with a comment; then accepted or kept."""

    class Answer(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        CORRECT = "CORRECT", "Correct"
        NOT_CORRECT = "NOT_CORRECT", "Not correct"
        SILENT = "SILENT", "No answer: accepted as written"

    class Outcome(models.TextChoices):
        NONE = "", "Open"
        ACCEPTED = "ACCEPTED", "Accepted"
        KEPT = "KEPT", "Kept with a reason"

    class Party(models.TextChoices):
        SERVICE = "SERVICE", "Service"
        COMMISSIONER = "COMMISSIONER", "Commissioner"

    report = models.ForeignKey(Report, models.CASCADE, related_name="accuracy_points")
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="accuracy_points")
    section = models.ForeignKey(ReportSection, models.PROTECT, null=True, blank=True, related_name="accuracy_points")
    party = models.CharField(max_length=12, choices=Party.choices, default=Party.SERVICE, help_text="Who answers it.")
    position = models.PositiveIntegerField()
    text = models.TextField(help_text="The item as it stood when the check began.")
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.WAITING)
    what_is_wrong = models.TextField(blank=True)
    progress_since = models.TextField(blank=True)
    evidence = models.ManyToManyField(EvidenceItem, blank=True, related_name="+", help_text="Documents on which the answer rests.")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When the answer went to the team, or its time ran out.")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True, default=Outcome.NONE)
    new_text = models.TextField(blank=True)
    kept_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(finding__isnull=False) | Q(section__isnull=False), name="accuracy_point_of_something"),
            models.CheckConstraint(condition=~Q(answer="NOT_CORRECT") | ~Q(what_is_wrong=""), name="accuracy_not_correct_says_what"),
            models.CheckConstraint(condition=~Q(outcome="KEPT") | ~Q(kept_reason=""), name="accuracy_kept_says_why"),
        ]

    def __str__(self) -> str:
        return f"item {self.position} of {self.report}"

    @property
    def title(self) -> str:
        """What the item is called: its section, or its finding's number in the copy that is checked, with its category ("F3: Concern").

        The number is known of rows from ``queries.accuracy.points_seen``.
        """
        if self.finding:
            return ": ".join(filter(None, [self.reference, self.finding.get_category_display()]))
        return self.section.title if self.section else ""

    @property
    def reference(self) -> str:
        """The finding's number in the copy that is checked: "F3"; empty for a section, and where the row was read without it."""
        number = getattr(self, "finding_number", None)
        return f"F{number}" if number and self.finding_id else ""

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is to be done: sent as correct, silent, or decided by the team."""
        if self.answer == self.Answer.NOT_CORRECT:
            return bool(self.outcome)
        return self.sent_at is not None and self.answer != self.Answer.WAITING


class SignOff(models.Model):
    """A second person's name under one exact version."""

    version = models.OneToOneField(ReportVersion, models.PROTECT, related_name="sign_off")
    report = models.ForeignKey(Report, models.PROTECT, related_name="sign_offs")
    content_hash = models.CharField(max_length=64)
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-signed_at"]

    def __str__(self) -> str:
        return f"sign-off of {self.version}"
