"""The service's aggregated report, frozen when its self-report is accepted."""

import datetime as dt
import json
from typing import Any

from accounts.models import User
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import Assessment, SelfReport, ServiceSummary, Stage
from surveillance.queries.scores import comparison, service_trend
from surveillance.services.scores import bases_of, declared_answers


def freeze_summary(report: SelfReport, *, by: User, at: dt.datetime) -> ServiceSummary:
    """Freeze score, what is not met, trend, comparison and comments as they stand; call it in the transaction of accepting."""
    content = canonical_json(summary_content(report))
    summary, _ = ServiceSummary.objects.update_or_create(
        self_report=report, defaults={"content": content, "hash": sha256_of(content), "frozen_at": at, "frozen_by": by}
    )
    return summary


def read_summary(summary: ServiceSummary) -> dict[str, Any]:
    """What the frozen text holds."""
    content: dict[str, Any] = json.loads(summary.content)
    return content


def summary_content(report: SelfReport) -> dict[str, Any]:
    """The figures and words of a self-report at the hub's stage, with where each comes from."""
    basis = bases_of([report])[0]
    answers, met, suspended = declared_answers(report), basis.met_at(Stage.VALIDATED), basis.suspended
    assessed = {row.answer_id: row for row in Assessment.objects.filter(answer__self_report=report, stage=Stage.VALIDATED)}
    indicator_set = report.indicator_set
    return {
        "self_report": report.pk,
        "year": report.round.year,
        "service": {"id": report.service_id, "name": report.service.name, "holder_name": report.service.holder.name},
        "indicator_set": {
            "name": indicator_set.name,
            "version": indicator_set.version,
            "is_illustrative": indicator_set.is_illustrative,
            "is_counted": indicator_set.is_counted,
        }
        if indicator_set
        else None,
        "threshold_percent": str(indicator_set.threshold_percent) if indicator_set and report.is_counted else None,
        "visit_level_percent": str(indicator_set.visit_level_percent) if indicator_set and report.is_counted else None,
        "scores": [
            {
                "stage": score.stage,
                "met": score.met_count,
                "applicable": score.applicable_count,
                "percent": None if score.percent is None else str(score.percent),
                "is_threshold_met": score.is_threshold_met,
            }
            for score in report.scores.order_by("pk")
        ],
        "not_met": [_line(answer, assessed) for answer in answers if met[answer["id"]] is False and answer["id"] not in suspended],
        "suspended": basis.reason,
        "comments": [_line(answer, assessed) for answer in answers if answer["comment"] and met[answer["id"]] is not False],
        "trend": [
            {
                "year": year.year,
                "stage": year.stage,
                "met": year.met,
                "applicable": year.applicable,
                "percent": None if year.percent is None else str(year.percent),
            }
            for year in service_trend(report.service)
        ],
        "comparison": comparison(report),
        "is_late": report.is_late,
        "hours_spent": str(report.hours_spent) if report.hours_spent is not None else None,
    }


def _line(answer: dict[str, Any], assessed: dict[int, Assessment]) -> dict[str, Any]:
    assessment = assessed.get(answer["id"])
    return {
        "number": answer["number"],
        "title": answer["title"],
        "is_key": answer["is_key"],
        "value": answer["value"],
        "numerator": answer["numerator"],
        "denominator": answer["denominator"],
        "reason": answer["reason"],
        "comment": answer["comment"],
        "hub_value": assessment.value if assessment else "",
        "hub_reason": assessment.reason if assessment else "",
    }
