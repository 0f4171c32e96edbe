"""The figures that a decision stands on, frozen as canonical JSON."""

import datetime as dt

from django.utils import timezone

from surveillance.canonical import canonical_json, number_text
from surveillance.facts import open_immediate_risks
from surveillance.models import Action, IndicatorSet, Score, SelfReport, Stage
from surveillance.services.scores import met_by_answer
from work.status import InvalidTransition

# A peer review's score belongs to the review; a decision reads what the hub validated, else what was declared.
STAGES_READ = (Stage.VALIDATED, Stage.SELF_ASSESSED)


def score_to_decide_on(report: SelfReport) -> Score:
    """The newest of the validated and the self-assessed score. Raises InvalidTransition when there is none."""
    by_stage = {score.stage: score for score in report.scores.all()}
    score = next((by_stage[stage] for stage in STAGES_READ if stage in by_stage), None)
    if score is None:
        raise InvalidTransition("This self-report has no score yet, so no decision can be proposed on it.")
    return score


def frozen_figures(report: SelfReport) -> str:
    """Score, levels, indicators not met, open immediate risks and actions that nobody can fund, as canonical JSON."""
    score, levels = score_to_decide_on(report), report.indicator_set or IndicatorSet()
    unfunded = Action.objects.filter(
        service=report.service_id, status=Action.Status.BLOCKED, block_answer=Action.BlockAnswer.CANNOT
    ).order_by("pk")
    return canonical_json(
        {
            "self_report_id": report.pk,
            "year": report.round.year,
            "stage": score.stage,
            "met": score.met_count,
            "applicable": score.applicable_count,
            "percent": number_text(score.percent),
            "threshold_percent": number_text(levels.threshold_percent),
            "visit_level_percent": number_text(levels.visit_level_percent),
            "not_met": _not_met(report, score.stage),
            "open_immediate_risk_count": open_immediate_risks([report.service_id]).get(report.service_id, 0),
            "actions_that_cannot_be_funded": [{"id": action.pk, "what": action.what} for action in unfunded],
        }
    )


def _not_met(report: SelfReport, stage: str) -> list[dict[str, object]]:
    met = met_by_answer(report, stage)
    answers = report.answers.select_related("indicator").order_by("indicator__position")
    return [
        {"number": answer.indicator.number, "title": answer.indicator.title, "is_key": answer.indicator.is_key}
        for answer in answers
        if met.get(answer.pk) is False and not is_suspended(answer.indicator.suspended_from)
    ]


def is_suspended(from_day: dt.date | None) -> bool:
    """Whether an upheld challenge has taken the indicator out of the count by today."""
    return from_day is not None and from_day <= timezone.localdate()
