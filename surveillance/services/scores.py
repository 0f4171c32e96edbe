"""Writing scores: one function for every stage, from what was declared and what was assessed since."""

import datetime as dt
import json
from typing import Any

from django.utils import timezone

from surveillance import scoring
from surveillance.models import Assessment, Declaration, IndicatorSet, Score, SelfReport, Stage
from surveillance.queries.scores import STAGE_ORDER


def declared_answers(report: SelfReport) -> list[dict[str, Any]]:
    """The answers of the newest declaration, as they were declared; empty before the first."""
    declaration = Declaration.objects.filter(self_report=report).order_by("-declared_at", "-pk").first()
    return json.loads(declaration.content)["answers"] if declaration else []


def write_score(report: SelfReport, stage: str, *, reason: str = "") -> Score:
    """Work out and store the score of a declared self-report at ``stage``; call it inside the transaction of the act.

    An answer without an assessment at the stage counts as at the stage before. A suspended indicator leaves.
    """
    result = _result(report, stage)
    score, _ = Score.objects.update_or_create(
        self_report=report,
        stage=stage,
        defaults={
            "met_count": result.met_count,
            "applicable_count": result.applicable_count,
            "percent": result.percent,
            "is_threshold_met": result.is_threshold_met,
            "is_visit_level_met": result.is_visit_level_met,
            "reason": reason,
        },
    )
    return score


def met_by_answer(report: SelfReport, stage: str) -> dict[int, bool | None]:
    """Answer id to met (None: not applicable) at ``stage``, from declared content and the assessments up to it."""
    met: dict[int, bool | None] = {answer["id"]: answer["met"] for answer in declared_answers(report)}
    reached = STAGE_ORDER[: STAGE_ORDER.index(Stage(stage)) + 1]
    assessments = Assessment.objects.filter(answer__self_report=report, stage__in=reached, answer__in=met.keys())
    for assessment in sorted(assessments, key=lambda one: STAGE_ORDER.index(Stage(one.stage))):
        met[assessment.answer_id] = assessment.met
    return met


def _result(report: SelfReport, stage: str) -> scoring.Result:
    suspended = _suspended_answers(report, timezone.localdate())
    lines = [scoring.Line(met, is_suspended=answer_id in suspended) for answer_id, met in met_by_answer(report, stage).items()]
    levels = report.indicator_set or IndicatorSet()
    return scoring.score(lines, threshold_percent=levels.threshold_percent, visit_level_percent=levels.visit_level_percent)


def _suspended_answers(report: SelfReport, day: dt.date) -> set[int]:
    return set(report.answers.filter(indicator__suspended_from__lte=day).values_list("pk", flat=True))
