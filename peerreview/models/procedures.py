"""The procedure (SOP) that a review follows: data that the national team can change, never constants in code."""

from django.db import models


class Procedure(models.Model):
    """A version of a standard operating procedure. A review keeps the version that it began with."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        PUBLISHED = "PUBLISHED", "Published"
        RETIRED = "RETIRED", "Retired"

    code = models.CharField(max_length=30)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=150)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    milestones = models.JSONField(help_text="List of {code, label, holder, anchor, working_days or months}; negative is before the anchor.")
    roles_required = models.JSONField(default=list, help_text="List of {role, label, count}.")
    categories = models.JSONField(help_text="List of {code, label, definition}: the finding categories, most serious first.")
    bar_years_count = models.PositiveIntegerField(default=3, help_text="Years since working there that bar a reviewer.")
    informal_minutes = models.PositiveIntegerField(default=90, help_text="Minutes of informal exchange at least.")
    topics_max_count = models.PositiveIntegerField(default=5)
    is_default = models.BooleanField(default=True, help_text="Our default, to be confirmed.")

    class Meta:
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="procedure_version_once")]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    def working_days(self, milestone_code: str) -> int:
        """Working days of a milestone from its anchor. Raises KeyError when the procedure has none."""
        return next(m["working_days"] for m in self.milestones if m["code"] == milestone_code)

    def has_milestone(self, milestone_code: str) -> bool:
        """Whether this procedure sets a day for ``milestone_code``."""
        return any(m["code"] == milestone_code for m in self.milestones)

    def definition_of(self, category: str) -> str:
        """The definition of a finding category, by its code."""
        return next((c["definition"] for c in self.categories if c["code"] == category), "")
