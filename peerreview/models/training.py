"""Training: courses that the national lead keeps, and one record for each person and course."""

from django.db import models
from django.db.models import F, Q

from accounts.clock import now
from accounts.models import User
from accounts.permissions import HUB_ROLES, Role


class Audience(models.TextChoices):
    """For whom a course is."""

    HUB_STAFF = "HUB_STAFF", "Hub staff"
    REVIEWERS = "REVIEWERS", "Reviewers"
    PATIENT_REVIEWERS = "PATIENT_REVIEWERS", "Patient reviewers"


# Which courses a role is asked for.
AUDIENCE_OF_ROLE: dict[str, Audience] = {
    **dict.fromkeys(HUB_ROLES, Audience.HUB_STAFF),
    Role.REVIEWER: Audience.REVIEWERS,
    Role.PATIENT_REVIEWER: Audience.PATIENT_REVIEWERS,
}


class CourseQuerySet(models.QuerySet["Course"]):
    """Courses by whether they are still taught."""

    def in_use(self) -> "CourseQuerySet":
        """Courses that nobody retired."""
        return self.filter(retired_at=None)


class Course(models.Model):
    """A course: for whom, for how many months it is valid, and whether nobody may join a team without it."""

    name = models.CharField(max_length=150)
    audiences = models.JSONField(default=list, db_default=[], help_text="List of Audience codes.")
    valid_months = models.PositiveSmallIntegerField(help_text="Months from the day on which it was completed.")
    is_required = models.BooleanField(default=True, help_text="Whether its audience needs it: reviewers join no team without it.")
    version = models.PositiveIntegerField(default=1)
    client_id = models.UUIDField(null=True, blank=True, unique=True, help_text="Made by the form: sent twice it makes one course.")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(CourseQuerySet)()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(retired_at=None), name="course_name_once_in_use"),
            models.CheckConstraint(condition=Q(valid_months__gte=1), name="course_valid_some_months"),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by=None) | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="course_retired_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_default(self) -> bool:
        """Whether it came with the service and nobody changed it."""
        return self.client_id is None and self.version == 1

    @property
    def audience_labels(self) -> list[str]:
        """For whom it is, in words."""
        return [audience.label for audience in Audience if audience in self.audiences]


class TrainingRecord(models.Model):
    """That a person completed a course, and until when it counts (the last day is included). A renewal changes the row.

    ``recorded_by`` is empty where the day came over from the reviewer's profile; ``completed_date`` where the profile had none.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="training_records")
    course = models.ForeignKey(Course, models.PROTECT, related_name="records")
    completed_date = models.DateField(null=True, blank=True)
    expires_date = models.DateField()
    evidence = models.TextField(help_text="What shows it, in words.")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["course__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "course"], name="training_once_a_course"),
            models.CheckConstraint(condition=Q(completed_date=None) | Q(expires_date__gte=F("completed_date")), name="training_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.course} of {self.user}"
