"""The survey after a visit. Who was asked is kept apart from what was said: an answer names nobody."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from peerreview.models.learning import Side
from peerreview.models.reviews import Review


class Wave(models.TextChoices):
    """The two times a survey goes out; the procedure says when."""

    FIRST = "FIRST", "First survey"
    SECOND = "SECOND", "Second survey"


class SurveyInvitation(models.Model):
    """A personal link, good for one answer, that opens nothing else. ``answered_at`` says that, not what, they answered."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="survey_invitations")
    wave = models.CharField(max_length=6, choices=Wave.choices)
    side = models.CharField(max_length=7, choices=Side.choices)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    token = models.CharField(max_length=43, unique=True)
    sent_at = models.DateTimeField(default=now)
    closes_date = models.DateField()
    answered_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["review", "wave", "user"], name="survey_invitation_once")]

    def __str__(self) -> str:
        return f"survey invitation {self.pk}"


class SurveyResponse(models.Model):
    """What somebody of a side answered, by the code of the question in the procedure's version. Shown for 5 or more together."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="survey_responses")
    wave = models.CharField(max_length=6, choices=Wave.choices)
    side = models.CharField(max_length=7, choices=Side.choices)
    answers = models.JSONField(help_text="Code of the question to 1 to 5, a number of hours, or text.")
    answered_date = models.DateField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(answers={}), name="survey_response_says_something")]

    def __str__(self) -> str:
        return f"survey response {self.pk}"
