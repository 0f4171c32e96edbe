"""How the services scored over the years, and beside others of their kind."""

from decimal import Decimal

from peerreview.models import Review
from rendering.charts import TrendPoint, distribution_chart, trend_chart
from reports.blocks.block import Data
from reports.blocks.drawing import latest_reports
from reports.blocks.services import names_of, services_of
from surveillance.models import Score, SelfReport, Service, Stage
from surveillance.queries.scores import LEAST_SERVICES_COMPARED, service_trend


def scores(review: Review) -> Data:
    """For each service its score a year, and the scores of services in the same programme in the year under review."""
    reports = latest_reports(review)
    names = names_of(review)
    return {"services": [_service(service, names[service.pk], reports.get(service.pk)) for service in services_of(review)]}


def _service(service: Service, name: str, report: SelfReport | None) -> Data:
    level = report.indicator_set.threshold_percent if report and report.indicator_set and report.is_counted else None
    trend = service_trend(service)
    return {
        "id": service.pk,
        "name": name,
        "level": str(level) if level is not None else None,
        "trend": [
            {
                "year": year.year,
                "met": year.met,
                "applicable": year.applicable,
                "percent": _text(year.percent),
                "stage": Stage(year.stage).label,
            }
            for year in trend
        ],
        "year": report.round.year if report else None,
        "own": next((_text(year.percent) for year in trend if report and year.year == report.round.year), None),
        "others": _others(service, report) if report else [],
    }


def _others(service: Service, report: SelfReport) -> list[str]:
    """Self-assessed percentages of the same programme in England that year, lowest first; none when too few to compare."""
    rows = Score.objects.filter(self_report__round=report.round_id, stage=Stage.SELF_ASSESSED, percent__isnull=False)
    rows = rows.filter(self_report__service__specification__programme=service.specification.programme_id)
    found = rows.exclude(self_report__service=service).values_list("percent", flat=True)
    percents = sorted(percent for percent in found if percent is not None)
    return [str(percent) for percent in percents] if len(percents) + 1 >= LEAST_SERVICES_COMPARED else []


def _text(percent: Decimal | None) -> str | None:
    return None if percent is None else str(percent)


def charts(data: Data) -> Data:
    """The trend and the distribution of each service as charts."""
    return {"services": [service | _charts(service) for service in data["services"]]}


def _charts(service: Data) -> Data:
    level = Decimal(service["level"]) if service["level"] else None
    made: Data = {}
    if service["trend"]:
        points = [
            TrendPoint(str(year["year"]), None if year["percent"] is None else Decimal(year["percent"]), year["met"], year["applicable"])
            for year in service["trend"]
        ]
        made["trend_chart"] = trend_chart(points, chart_id=f"trend-{service['id']}", title="Indicators met by year", level_percent=level)
    if service["others"] and service["own"]:
        own = Decimal(service["own"])
        percents = [*(Decimal(percent) for percent in service["others"]), own]
        made["distribution"] = distribution_chart(
            percents, chart_id=f"spread-{service['id']}", title=f"Scores of services in the same programme, {service['year']}",
            this_percent=own, level_percent=level,
        )  # fmt: skip
    return made
