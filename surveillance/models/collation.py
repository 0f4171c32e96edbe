"""Figures counted once for many readers, so that a page over 4,000 services reads rows that are already summed."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from surveillance.models.indicators import Indicator
from surveillance.models.rounds import Round
from surveillance.models.self_reports import Stage


class RoundCount(models.Model):
    """When a round's figures were last counted, and what came in then; pages say so and offer to count again."""

    round = models.OneToOneField(Round, models.CASCADE, related_name="count")
    counted_at = models.DateTimeField()
    figures = models.JSONField(default=dict, help_text="Stage to queries.collation.Counted, for all of England.")

    def __str__(self) -> str:
        return f"{self.round} counted"


class IndicatorFigure(models.Model):
    """How many services of a region met one indicator in a round at one stage. Counted from declared answers by a job."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="indicator_figures")
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="figures")
    region = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    stage = models.CharField(max_length=15, choices=Stage.choices)
    met_count = models.PositiveIntegerField()
    applicable_count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "stage", "region", "indicator"], name="indicator_figure_once"),
            models.CheckConstraint(condition=Q(met_count__lte=F("applicable_count")), name="indicator_figure_within"),
        ]

    def __str__(self) -> str:
        return f"{self.met_count} of {self.applicable_count}"
