"""The annual round: when services report, and against which set."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.clock import now
from accounts.models import User
from surveillance.models.indicators import IndicatorSet
from surveillance.models.services import Service, ServiceSpecification


class Round(models.Model):
    """A year's round. In time means declared before midnight after ``closes_date``, Europe/London."""

    year = models.PositiveIntegerField(unique=True)
    opens_date = models.DateField()
    closes_date = models.DateField()
    check_by_date = models.DateField()
    grace_working_days = models.PositiveIntegerField(default=10)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_date__lte=F("closes_date"), closes_date__lte=F("check_by_date")), name="round_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} round"

    @property
    def is_open(self) -> bool:
        """Whether services can answer and declare today."""
        return self.opened_at is not None and self.closed_at is None and self.opens_date <= timezone.localdate()


class RoundSet(models.Model):
    """Which set a specification's services report against in a round; a specification without a row is not in the round.

    Services without an indicator set report against the key requirements of their specification: a set that does not count.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="sets")
    specification = models.ForeignKey(ServiceSpecification, models.PROTECT, related_name="+")
    indicator_set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="rounds")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "specification"], name="round_set_once")]

    def __str__(self) -> str:
        return f"{self.indicator_set} in {self.round}"


class RoundExclusion(models.Model):
    """A service that does not report in a round, and why."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="exclusions")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    reason = models.TextField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "service"], name="round_exclusion_once")]

    def __str__(self) -> str:
        return f"{self.service} not in {self.round}"
