"""The procedure (SOP) that a review follows: data that the national team can change, never constants in code."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from accounts.permissions import Permission
from surveillance.models.consultation import Comment, Consulted

Row = dict[str, Any]
EMPLOYED = "EMPLOYED"  # the tie that data shows: the reviewer works at a provider under review


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    """Versions by who may do what with them."""

    def for_user(self, user: User, permission: Permission) -> "ProcedureQuerySet":
        """Versions on which ``user`` holds ``permission``. Drafts exist only for those who write procedures."""
        if not user.has_permission(permission):
            return self.none()
        return self if user.has_permission(Permission.PROCEDURE_MANAGE) else self.exclude(status=Procedure.Status.DRAFT)


class Procedure(Consulted):
    """A version of a standard operating procedure. A published version never changes; a review keeps the version that it began with."""

    noun = "procedure"
    audit_name = "procedure"

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
    name = models.CharField(max_length=150)
    purpose = models.TextField(blank=True, default="", db_default="", help_text="When a review follows this procedure, and what for.")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    milestones = models.JSONField(help_text="List of {code, label, holder, anchor, working_days or months}; negative is before the anchor.")
    roles_required = models.JSONField(
        default=list, help_text="List of {code, role, label, count, professions}; no professions means that any will do."
    )
    categories = models.JSONField(help_text="List of {code, label, definition}: the finding categories, most serious first.")
    conflict_rules = models.JSONField(
        default=list, help_text="List of {code, label, ruling (BAR or DECLARE), years or None}; the years of EMPLOYED are bar_years_count."
    )
    bar_years_count = models.PositiveIntegerField(default=3, help_text="Years since working there that bar a reviewer.")
    timetable = models.JSONField(default=list, help_text="List of {code, day, title, minutes, is_informal}, in the order of each day.")
    day_starts_at = models.TimeField(default=dt.time(9, 30), db_default=dt.time(9, 30), help_text="When the first session of a day begins.")
    informal_minutes = models.PositiveIntegerField(default=90, help_text="Minutes of informal exchange at least.")
    topics_max_count = models.PositiveIntegerField(default=5)
    survey_after_days = models.PositiveIntegerField(default=10, db_default=10, help_text="Working days after the visit: first survey.")
    survey_after_months = models.PositiveIntegerField(default=6, db_default=6, help_text="Months after the visit: second survey.")
    pledge_after_months = models.PositiveIntegerField(default=6, db_default=6, help_text="Months after which a pledge is asked about.")
    survey = models.JSONField(default=list, help_text="List of {code, text, about, answer (SCALE, HOURS or TEXT)}.")
    is_default = models.BooleanField(default=True, help_text="Our default, to be confirmed: not published after a consultation.")
    change_note = models.TextField(blank=True, default="", db_default="", help_text="What changed since the version before, and why.")
    revision = models.PositiveIntegerField(default=1, db_default=1, help_text="Raised by every edit of a draft, so that two edits meet.")

    objects = models.Manager.from_queryset(ProcedureQuerySet)()

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="procedure_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(status="PUBLISHED"), name="procedure_one_in_use"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(status__in=["DRAFT", "IN_CONSULTATION"]), name="procedure_one_being_written"
            ),
            models.CheckConstraint(
                condition=Q(consultation_from_date=None, consultation_to_date=None)
                | Q(consultation_from_date__isnull=False, consultation_to_date__gte=F("consultation_from_date")),
                name="procedure_consultation_dates",
            ),
        ]

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

    def label_of(self, category: str) -> str:
        """How this procedure names a finding category, by its code; empty where it names none."""
        return next((str(c["label"]) for c in self.categories if c["code"] == category), "")

    @property
    def ties(self) -> list[Row]:
        """The conflict rules with the years of every tie."""
        return [rule | {"years": self.bar_years_count} if rule["code"] == EMPLOYED else rule for rule in self.conflict_rules]

    @property
    def informal_planned(self) -> int:
        """Minutes of informal exchange in the timetable template."""
        return sum(session["minutes"] for session in self.timetable if session["is_informal"])


class ProcedureComment(Comment):
    """What somebody says of a part of a procedure, or of all of it, while it is in consultation, and the answer to it."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="comments")
    part = models.CharField(max_length=20, blank=True, help_text="Code of the part; empty for the procedure as a whole.")

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(replied_at=None, replied_by=None) | Q(replied_at__isnull=False, replied_by__isnull=False),
                name="procedure_comment_replied_paired",
            )
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"
