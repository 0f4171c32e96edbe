"""Writing scores: one function for every stage, from what was declared and what was assessed since.

A suspended indicator leaves by the rule of ``surveillance.suspension``; the score then says why. Sets that do not count (key
requirements) score 0 of 0, without a percentage, at every stage. A score carries the percentage of the year before at the
same stage; whoever writes a score writes it into the score of the year after as well (``carry_on``).
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from surveillance import scoring
from surveillance.models import Answer, Assessment, Declaration, Indicator, IndicatorSet, Score, SelfReport, Stage
from surveillance.queries.scores import STAGE_ORDER
from surveillance.suspension import is_out_of_count, reason_of_suspension

COLUMNS = ("met_count", "applicable_count", "percent", "is_threshold_met", "is_visit_level_met", "key_not_met_count")


@dataclass(frozen=True)
class Basis:
    """What the scores of one self-report are worked out from: declared answers (id to met), assessments, what is suspended.

    ``keys`` are the answers to key indicators.
    """

    report: SelfReport
    declared: dict[int, bool | None]
    assessments: list[Assessment]
    suspended: dict[int, Indicator]
    keys: frozenset[int] = frozenset()

    def met_at(self, stage: str) -> dict[int, bool | None]:
        """Answer id to met at ``stage``; an answer without an assessment there counts as at the stage before."""
        reached, met = STAGE_ORDER[: STAGE_ORDER.index(Stage(stage)) + 1], dict(self.declared)
        for assessment in self.assessments:
            if assessment.stage in reached and assessment.answer_id in met:
                met[assessment.answer_id] = assessment.met
        return met

    def result(self, stage: str) -> scoring.Result:
        """The score at ``stage``."""
        levels = self.report.indicator_set or IndicatorSet()
        met = self.met_at(stage) if levels.is_counted else {}
        lines = [scoring.Line(value, is_suspended=pk in self.suspended, is_key=pk in self.keys) for pk, value in met.items()]
        return scoring.score(lines, threshold_percent=levels.threshold_percent, visit_level_percent=levels.visit_level_percent)

    @property
    def reason(self) -> str:
        """Why fewer indicators count than were asked; empty when all of them do."""
        indicators = sorted(self.suspended.values(), key=lambda one: one.position)
        return " ".join(reason_of_suspension(one.number, one.suspended_from, one.suspended_reason) for one in indicators)  # type: ignore[arg-type]  # suspended ones have a day


def declared_answers(report: SelfReport) -> list[dict[str, Any]]:
    """The answers of the newest declaration, as they were declared; empty before the first."""
    declaration = Declaration.objects.filter(self_report=report).order_by("-declared_at", "-pk").first()
    return json.loads(declaration.content)["answers"] if declaration else []


def bases_of(reports: Sequence[SelfReport], *, suspended: dict[int, dict[int, Indicator]] | None = None) -> list[Basis]:
    """What the scores of these self-reports stand on, in three statements; their rounds and sets should be loaded.

    ``suspended``: what ``suspended_answers`` would find, for who has read the answers already.
    """
    declared: dict[int, dict[int, bool | None]] = {}
    keys: dict[int, frozenset[int]] = {}
    contents = Declaration.objects.filter(self_report__in=reports).order_by("declared_at", "pk").values_list("self_report", "content")
    for report_id, content in contents:
        answers = json.loads(content)["answers"]
        declared[report_id] = {answer["id"]: answer["met"] for answer in answers}
        keys[report_id] = frozenset(answer["id"] for answer in answers if answer.get("is_key"))
    assessed: dict[int, list[Assessment]] = {}
    found = Assessment.objects.filter(answer__self_report__in=reports).select_related("answer")
    for assessment in sorted(found, key=lambda one: STAGE_ORDER.index(Stage(one.stage))):
        assessed.setdefault(assessment.answer.self_report_id, []).append(assessment)
    suspended = suspended_answers(reports) if suspended is None else suspended
    return [
        Basis(one, declared.get(one.pk, {}), assessed.get(one.pk, []), suspended.get(one.pk, {}), keys.get(one.pk, frozenset()))
        for one in reports
    ]


def suspended_answers(reports: Sequence[SelfReport], *, today: dt.date | None = None) -> dict[int, dict[int, Indicator]]:
    """Self-report id to the answers (id to indicator) that have left its count by ``today``, in one statement."""
    day, by_id = today or timezone.localdate(), {report.pk: report for report in reports}
    found: dict[int, dict[int, Indicator]] = {}
    for answer in Answer.objects.filter(self_report__in=reports, indicator__suspended_from__lte=day).select_related("indicator"):
        if is_suspended_in(by_id[answer.self_report_id], answer.indicator, today=day):
            found.setdefault(answer.self_report_id, {})[answer.pk] = answer.indicator
    return found


def is_suspended_in(report: SelfReport, indicator: Indicator, *, today: dt.date | None = None) -> bool:
    """Whether the indicator has left the count of this self-report by ``today``."""
    return is_out_of_count(
        indicator.suspended_from,
        check_by_date=report.round.check_by_date,
        declared_date=timezone.localdate(report.declared_at) if report.declared_at else None,
        today=today or timezone.localdate(),
    )


def write_score(report: SelfReport, stage: str, *, reason: str = "") -> Score:
    """Work out and store the score of a declared self-report at ``stage``; call it inside the transaction of the act.

    An answer without an assessment at the stage counts as at the stage before. A suspended indicator leaves, with its reason.
    """
    basis = bases_of([report])[0]
    facts = {"percent_before": percent_before(report, stage), "reason": reason or basis.reason}
    score, _ = Score.objects.update_or_create(self_report=report, stage=stage, defaults=columns_of(basis.result(stage)) | facts)
    carry_on([score])
    return score


def percent_before(report: SelfReport, stage: str) -> Decimal | None:
    """The percentage of the same service in the round of the year before, at the same stage; None without one."""
    before = Score.objects.filter(self_report__service=report.service_id, self_report__round__year=report.round.year - 1, stage=stage)
    return before.values_list("percent", flat=True).first()


def carry_on(scores: Sequence[Score]) -> None:
    """Write the percentages of ``scores`` into the scores of the year after; their self-reports and rounds should be loaded."""
    percents = {_year_after(score.self_report, score.stage): score.percent for score in scores}
    if not percents:
        return
    services, years, _ = (set(column) for column in zip(*percents, strict=True))
    after = Score.objects.filter(self_report__service__in=services, self_report__round__year__in=years)
    moved = []
    for score in after.select_related("self_report__round"):
        key = (score.self_report.service_id, score.self_report.round.year, score.stage)
        if key in percents and score.percent_before != percents[key]:
            score.percent_before = percents[key]
            moved.append(score)
    Score.objects.bulk_update(moved, ["percent_before"])


def drop_score(report: SelfReport, stage: str) -> None:
    """Delete a score that no longer holds; the year after loses what it was compared with."""
    Score.objects.filter(self_report=report, stage=stage).delete()
    service, year, _ = _year_after(report, stage)
    Score.objects.filter(self_report__service=service, self_report__round__year=year, stage=stage).update(percent_before=None)


def _year_after(report: SelfReport, stage: str) -> tuple[int, int, str]:
    return report.service_id, report.round.year + 1, stage


def columns_of(result: scoring.Result) -> dict[str, Any]:
    """A result as the columns of ``Score``."""
    return {name: getattr(result, name) for name in COLUMNS}


def met_by_answer(report: SelfReport, stage: str) -> dict[int, bool | None]:
    """Answer id to met (None: not applicable) at ``stage``, from declared content and the assessments up to it."""
    return bases_of([report])[0].met_at(stage)
