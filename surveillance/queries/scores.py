"""Scores over years, and how a service stands beside others of its specification."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

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


def service_trend(service: Service) -> list[TrendYear]:
    """One entry a year with a score, oldest first."""
    latest: dict[int, Score] = {}
    for score in Score.objects.filter(self_report__service=service).select_related("self_report__round"):
        year = score.self_report.round.year
        if year not in latest or STAGE_ORDER.index(Stage(score.stage)) > STAGE_ORDER.index(Stage(latest[year].stage)):
            latest[year] = score
    return [TrendYear(year, score.stage, score.met_count, score.applicable_count, score.percent) for year, score in sorted(latest.items())]


@dataclass(frozen=True)
class Average:
    """The average percentage of some services, one decimal, rounded down; how many they are, and how many meet everything."""

    services: int
    percent: Decimal
    all_met: int

    @property
    def words(self) -> str:
        """ "84.5% (12 services)"."""
        return f"{self.percent}% ({self.services:,} services)"


@dataclass(frozen=True)
class Comparison:
    """What stands beside a service in one year, from self-assessed scores. None where too few services would show.

    ``is_region_alone``: the region has enough services, and the rest of England too few.
    """

    region: Average | None
    england: Average | None
    programme: Average | None
    is_region_alone: bool = False


def comparisons(service: Service, **scores: object) -> dict[int, Comparison]:
    """Year to what its specification averages in its region and in England, and its programme in England: one statement.

    Nobody's filters apply. Under 5 services nothing shows, nor what would tell of under 5 others by subtraction: the region
    where England has 1 to 4 more, the programme where it has 1 to 4 more than England's services of the specification.
    """
    rows = Score.objects.filter(
        self_report__service__specification__programme=service.specification.programme_id,
        stage=Stage.SELF_ASSESSED,
        percent__isnull=False,
        **scores,
    )
    own = Q(self_report__service__specification=service.specification_id)
    scopes: dict[str, Q] = {
        "programme": Q(percent__isnull=False),
        "england": own,
        "region": own & Q(self_report__service__region=service.region_id),
    }
    facts: dict[str, Any] = {}
    for name, scope in scopes.items():
        facts[f"{name}_services"] = Count("pk", filter=scope)
        facts[f"{name}_sum"] = Sum("percent", filter=scope)
        facts[f"{name}_all_met"] = Count("pk", filter=scope & Q(percent=100))
    years: list[Any] = list(rows.order_by().values("self_report__round__year").annotate(**facts))
    return {row["self_report__round__year"]: _comparison(row) for row in years}


def comparison(report: SelfReport) -> dict[str, dict[str, object] | None]:
    """What stands beside a self-report, as its frozen summary keeps it."""
    found = comparisons(report.service, self_report__round=report.round_id).get(report.round.year)
    return {"region": _kept(found.region if found else None), "england": _kept(found.england if found else None)}


def _kept(average: Average | None) -> dict[str, object] | None:
    if average is None:
        return None
    return {"services": average.services, "average_percent": str(average.percent), "all_met": average.all_met}


def _comparison(row: dict[str, Any]) -> Comparison:
    region, england, programme = row["region_services"], row["england_services"], row["programme_services"]
    is_region_alone = region >= LEAST_SERVICES_COMPARED and 0 < england - region < LEAST_SERVICES_COMPARED
    is_rest_told = england >= LEAST_SERVICES_COMPARED and 0 < programme - england < LEAST_SERVICES_COMPARED
    return Comparison(
        region=None if is_region_alone else _average(row, "region"),
        england=_average(row, "england"),
        programme=None if is_rest_told else _average(row, "programme"),
        is_region_alone=is_region_alone,
    )


def _average(row: dict[str, Any], name: str) -> Average | None:
    services = row[f"{name}_services"]
    if services < LEAST_SERVICES_COMPARED:
        return None
    tenths = int(round(row[f"{name}_sum"] * 10)) // services  # sums of tenths are whole; SQLite adds them as floats
    return Average(services, Decimal(tenths) / 10, row[f"{name}_all_met"])
