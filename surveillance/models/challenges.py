"""Challenges: whoever answers an indicator may say that it is out of date; the national lead answers each."""

from django.db import models
from django.db.models import Q

from accounts.clock import now
from accounts.models import User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.models.indicators import Indicator
from surveillance.models.services import Service
from work.status import MovesByTable


class IndicatorChallengeQuerySet(models.QuerySet["IndicatorChallenge"]):
    """Challenges by who may do what with them."""

    def for_user(self, user: User, permission: Permission) -> "IndicatorChallengeQuerySet":
        """Challenges by services on which ``user`` holds ``permission``; all of them for those who write the sets."""
        if permission == Permission.INDICATOR_SET_MANAGE:
            return self.all() if user.has_permission(permission) else self.none()
        return self.filter(reach.reach_of(user, permission).of_services("service__"))

    def open(self) -> "IndicatorChallengeQuerySet":
        """Challenges that wait for an answer."""
        return self.filter(status=IndicatorChallenge.Status.OPEN)


class IndicatorChallenge(MovesByTable, models.Model):
    """ "Out of date, because ...", by somebody of a service. Upheld, it suspends the indicator from a date."""

    class Status(models.TextChoices):
        OPEN = "OPEN", "Waiting for an answer"
        UPHELD = "UPHELD", "Upheld: suspended"
        NEXT_VERSION = "NEXT_VERSION", "For the next version"
        KEPT = "KEPT", "Kept as it is"

    TRANSITIONS = {
        Status.OPEN: {Status.UPHELD, Status.NEXT_VERSION, Status.KEPT},
        Status.UPHELD: set(),
        Status.NEXT_VERSION: set(),
        Status.KEPT: set(),
    }

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="challenges")
    service = models.ForeignKey(Service, models.PROTECT, related_name="challenges")
    reason = models.TextField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=now)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(IndicatorChallengeQuerySet)()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "service"], condition=Q(status="OPEN"), name="challenge_one_open"),
            models.CheckConstraint(
                condition=Q(replied_at=None, replied_by=None) | Q(replied_at__isnull=False, replied_by__isnull=False),
                name="challenge_replied_paired",
            ),
            models.CheckConstraint(condition=Q(status="OPEN") | Q(replied_at__isnull=False), name="challenge_answered_when_over"),
        ]

    def __str__(self) -> str:
        return f"challenge {self.pk}"
