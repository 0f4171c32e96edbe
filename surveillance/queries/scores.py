"""Scores over years, and how a service stands beside others of its specification."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, Q, QuerySet

from surveillance.models import Score, SelfReport, Service, Stage

# Fewer services than this are never compared: a figure would point at one of them.
LEAST_SERVICES_COMPARED = 5
STAGE_ORDER = (Stage.SELF_ASSESSED, Stage.VALIDATED, Stage.PEER_REVIEWED)


@dataclass(frozen=True)
class TrendYear:
    """A service's score in one year, at the latest stage that it reached."""

    year: int
    stage: str
    met: int
    applicable: int
    percent: Decimal | None


def latest_score(report: SelfReport) -> Score | None:
    """The score at the latest stage that the self-report reached; None when it has none."""
    by_stage = {score.stage: score for score in report.scores.all()}
    return next((by_stage[stage] for stage in reversed(STAGE_ORDER) if stage in by_stage), None)


def service_trend(service: Service) -> list[TrendYear]:
    """One entry a year with a score, oldest first."""
    latest: dict[int, Score] = {}
    for score in Score.objects.filter(self_report__service=service).select_related("self_report__round"):
        year = score.self_report.round.year
        if year not in latest or STAGE_ORDER.index(Stage(score.stage)) > STAGE_ORDER.index(Stage(latest[year].stage)):
            latest[year] = score
    return [TrendYear(year, score.stage, score.met_count, score.applicable_count, score.percent) for year, score in sorted(latest.items())]


def comparison(report: SelfReport) -> dict[str, dict[str, object] | None]:
    """Average percentage of the specification's declared services in the region and in England; None under 5 services."""
    others = Score.objects.filter(
        self_report__round=report.round_id,
        self_report__service__specification=report.service.specification_id,
        stage=Stage.SELF_ASSESSED,
        percent__isnull=False,
    )
    return {
        "region": _average(others.filter(self_report__service__region=report.service.region_id)),
        "england": _average(others),
    }


def _average(scores: QuerySet[Score]) -> dict[str, object] | None:
    facts = scores.aggregate(services=Count("pk"), average=Avg("percent"), all_met=Count("pk", filter=Q(percent=100)))
    if facts["services"] < LEAST_SERVICES_COMPARED:
        return None
    average = Decimal(facts["average"]).quantize(Decimal("0.1"), rounding="ROUND_DOWN")
    return {"services": facts["services"], "average_percent": str(average), "all_met": facts["all_met"]}
