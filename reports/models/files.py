"""Files beside the PDF of a frozen version that stay as long as the version does."""

from django.db import models

from reports.models.reports import ReportVersion


class VersionFile(models.Model):
    """One finished file of a version, by kind, at most once."""

    class Kind(models.TextChoices):
        SUMMARY = "SUMMARY", "Plain-English summary"

    version = models.ForeignKey(ReportVersion, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    page_count = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "kind"], name="version_file_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.version}"
