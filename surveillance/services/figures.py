"""The figures that a decision stands on, frozen as canonical JSON."""

from collections.abc import Iterable

from surveillance.bridging import is_carried
from surveillance.canonical import canonical_json, number_text
from surveillance.facts import open_immediate_risks
from surveillance.models import Action, Assessment, DrawnService, Indicator, IndicatorSet, Score, SelfReport, Stage
from surveillance.services.scores import is_suspended_in, met_by_answer
from work.status import InvalidTransition

# A peer review's score belongs to the review; a decision reads what the hub validated, else what was declared.
STAGES_READ = (Stage.VALIDATED, Stage.SELF_ASSESSED)
# How far back the same KPI is followed.
MOST_YEARS = 5


def score_to_decide_on(report: SelfReport) -> Score | None:
    """The newest of the validated and the self-assessed score; None for a self-report that was not declared.

    Raises InvalidTransition when a declared one has no score.
    """
    if report.status == SelfReport.Status.NOT_DECLARED:
        return None
    by_stage = {score.stage: score for score in report.scores.all()}
    score = next((by_stage[stage] for stage in STAGES_READ if stage in by_stage), None)
    if score is None:
        raise InvalidTransition("This self-report has no score yet, so no decision can be proposed on it.")
    return score


def frozen_figures(report: SelfReport) -> str:
    """Everything that the rules read of a service, and what people read beside it, as canonical JSON."""
    score, levels = score_to_decide_on(report), report.indicator_set or IndicatorSet()
    not_met = _not_met(report, score.stage) if score else []
    return canonical_json(
        {
            "self_report_id": report.pk,
            "year": report.round.year,
            "is_counted": report.is_counted,
            "is_declared": score is not None,
            "stage": score.stage if score else Stage.SELF_ASSESSED,
            "met": score.met_count if score else 0,
            "applicable": score.applicable_count if score else 0,
            "percent": number_text(score.percent) if score else None,
            "threshold_percent": number_text(levels.threshold_percent),
            "visit_level_percent": number_text(levels.visit_level_percent),
            "not_met": [{"number": one.number, "title": one.title, "is_key": one.is_key} for one in not_met],
            "kpis_not_met": _kpis_again(report, not_met),
            "open_immediate_risk_count": open_immediate_risks([report.service_id]).get(report.service_id, 0),
            "late_action_count": Action.objects.filter(service=report.service_id).of_compliance().late().count(),
            "changed_by_hub_count": _changed_by_hub(report),
            "is_drawn": DrawnService.objects.filter(round=report.round_id, service=report.service_id).exists(),
            "actions_that_cannot_be_funded": _unfunded(report),
        }
    )


def _unfunded(report: SelfReport) -> list[dict[str, object]]:
    unfunded = Action.objects.filter(
        service=report.service_id, status=Action.Status.BLOCKED, block_answer=Action.BlockAnswer.CANNOT
    ).order_by("pk")
    return [{"id": action.pk, "what": action.what, "risk": action.block_note} for action in unfunded]


def _not_met(report: SelfReport, stage: str) -> list[Indicator]:
    met = met_by_answer(report, stage)
    answers = report.answers.select_related("indicator").order_by("indicator__position")
    return [answer.indicator for answer in answers if met.get(answer.pk) is False and not is_suspended_in(report, answer.indicator)]


def _kpis_again(report: SelfReport, not_met: Iterable[Indicator]) -> list[dict[str, object]]:
    """KPIs that are not met, each with the years running, this one included.

    Followed back over declared rounds as long as the number stays and asks the same thing: a KPI whose text or target changed is
    another KPI, as in the bridge between two versions of a set.
    """
    kpis = [one for one in not_met if one.is_kpi]
    still, years = {one.number: one for one in kpis}, {one.number: 1 for one in kpis}
    earlier = SelfReport.objects.filter(
        service=report.service_id, round__year__lt=report.round.year, round__year__gt=report.round.year - MOST_YEARS
    ).select_related("round", "indicator_set")
    expected = report.round.year - 1
    for other in earlier.order_by("-round__year"):
        if not still or other.round.year != expected or other.declared_at is None:
            break
        missed = {one.number: one for one in _not_met(other, Stage.VALIDATED)}
        still = {number: missed[number] for number, one in still.items() if number in missed and is_carried(missed[number], one)}
        for number in still:
            years[number] += 1
        expected -= 1
    titles = {one.number: one.title for one in kpis}
    return [{"number": number, "title": titles[number], "years": years[number]} for number in sorted(years)]


def _changed_by_hub(report: SelfReport) -> int:
    """Answers whose value the hub changed with a reason on checking."""
    return Assessment.objects.filter(answer__self_report=report, stage=Stage.VALIDATED).exclude(reason="").count()
