"""Finding a date that people can make, and what changed after a date or mode was set."""

from django.db import models
from django.db.models import F, Q

from accounts.clock import now
from accounts.models import User
from peerreview.models.reviews import Review


class DateOption(models.Model):
    """Days on which a visit could be, put to those who must be there."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="date_options")
    starts_date = models.DateField()
    ends_date = models.DateField()

    class Meta:
        ordering = ["starts_date", "ends_date"]
        constraints = [
            models.UniqueConstraint(fields=["review", "starts_date", "ends_date"], name="date_option_once"),
            models.CheckConstraint(condition=Q(ends_date__gte=F("starts_date")), name="date_option_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_date.isoformat()} for {self.review}"


class DateAnswer(models.Model):
    """What one person says of one option."""

    class Answer(models.TextChoices):
        YES = "YES", "Yes"
        IF_NEEDED = "IF_NEEDED", "If needed"
        NO = "NO", "No"

    option = models.ForeignKey(DateOption, models.CASCADE, related_name="answers")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=9, choices=Answer.choices)
    answered_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["option", "user"], name="date_answer_once")]

    def __str__(self) -> str:
        return f"{self.answer} to {self.option}"


class PlanChange(models.Model):
    """A change of days or mode with its reason: what the plan was before, and what it is now, in words."""

    class What(models.TextChoices):
        DATES = "DATES", "Dates"
        MODE = "MODE", "Mode"
        POSTPONED = "POSTPONED", "Postponed"

    review = models.ForeignKey(Review, models.CASCADE, related_name="changes")
    what = models.CharField(max_length=9, choices=What.choices)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["changed_at", "pk"]

    def __str__(self) -> str:
        return f"change {self.pk}"
