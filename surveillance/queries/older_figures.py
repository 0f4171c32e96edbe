"""Whether a decision stands on figures that are not those of its self-report any more, and how pages say so."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from surveillance.models import Score, SelfReport, Stage, SurveillanceDecision


@dataclass(frozen=True)
class OlderFigures:
    """What then and now were, and why they moved."""

    sentence: str
    why: str


def score_read(scores: Iterable[Score]) -> Score | None:
    """The score that a decision reads: validated by the hub, else self-assessed."""
    by_stage = {Stage(score.stage): score for score in scores}
    return by_stage.get(Stage.VALIDATED) or by_stage.get(Stage.SELF_ASSESSED)


def differs(figures: dict[str, Any], score: Score) -> bool:
    """Whether the frozen figures are not this score any more."""
    return (score.met_count, score.applicable_count) != (figures["met"], figures["applicable"])


def older_figures(decision: SurveillanceDecision) -> OlderFigures | None:
    """ "Made on older figures: 21 of 24 then, 19 of 24 now." and why; of one that was opened again, that the figures may change."""
    figures = json.loads(decision.figures)
    return older_than(decision, figures, score_read(Score.objects.filter(self_report=figures["self_report_id"])))


def older_than(decision: SurveillanceDecision, figures: dict[str, Any], score: Score | None) -> OlderFigures | None:
    """The same for a decision whose figures and newest score are at hand."""
    if score is not None and differs(figures, score):
        then = f"{figures['met']} of {figures['applicable']}" if figures.get("is_declared", True) else "not declared"
        now = f"{score.met_count} of {score.applicable_count}"
        return OlderFigures(f"Made on older figures: {then} then, {now} now.", decision.older_figures_reason)
    if decision.is_on_older_figures:
        return OlderFigures("The figures of this decision may change.", decision.older_figures_reason)
    return None


def waits_on_older_figures() -> Q:
    """Live decisions on older figures which nobody kept, and whose self-report is accepted, so that it can be decided again."""
    accepted = SelfReport.objects.filter(
        service=OuterRef("service"), round=OuterRef("round"), status__in=[SelfReport.Status.ACCEPTED, SelfReport.Status.NOT_DECLARED]
    )
    return Q(status__in=SurveillanceDecision.LIVE, is_on_older_figures=True, kept_at=None) & Q(Exists(accepted))
