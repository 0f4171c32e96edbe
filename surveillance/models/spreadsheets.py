"""A filled-in spreadsheet that came back: read, checked against what is stored, and saved only when somebody says so."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.models.self_reports import SelfReport
from work.status import MovesByTable


class SpreadsheetUploadQuerySet(models.QuerySet["SpreadsheetUpload"]):
    """Uploaded workbooks by who may look at them."""

    def for_user(self, user: User) -> "SpreadsheetUploadQuerySet":
        """What ``user`` uploaded for self-reports that they answer, and what others uploaded where they lead."""
        path = "self_report__service__"
        answered = reach.reach_of(user, Permission.SELF_REPORT_ANSWER).of_services(path)
        led = reach.reach_of(user, Permission.SELF_REPORT_SEND).of_services(path)
        return self.filter((answered & Q(uploaded_by=user)) | led)


class SpreadsheetUpload(MovesByTable, models.Model):
    """One uploaded workbook of a self-report. ``result`` holds what the dry run found; nothing is saved before SAVED."""

    class Status(models.TextChoices):
        READING = "READING", "Being read"
        CHECKED = "CHECKED", "Ready to look at"
        REFUSED = "REFUSED", "Not readable"
        SAVED = "SAVED", "Saved"
        REPLACED = "REPLACED", "Replaced"

    TRANSITIONS = {
        Status.READING: {Status.CHECKED, Status.REFUSED, Status.REPLACED},
        Status.CHECKED: {Status.SAVED, Status.REPLACED},
        Status.REFUSED: {Status.REPLACED},
        Status.SAVED: set(),
        Status.REPLACED: set(),
    }

    self_report = models.ForeignKey(SelfReport, models.CASCADE, related_name="spreadsheets")
    file_path = models.CharField(max_length=200, help_text="Under MEDIA_ROOT; random, never the uploaded name.")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.READING)
    result = models.JSONField(default=dict, blank=True, help_text="Errors, changes and answers changed meanwhile, by cell.")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=now)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(SpreadsheetUploadQuerySet)()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(saved_at=None, saved_by=None) | Q(saved_at__isnull=False, saved_by__isnull=False),
                name="spreadsheet_saved_paired",
            ),
            models.CheckConstraint(condition=~Q(status="SAVED") | Q(saved_at__isnull=False), name="spreadsheet_saved_when_saved"),
        ]

    def __str__(self) -> str:
        return self.file_name
