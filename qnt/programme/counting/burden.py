"""Rows of what a round asked of services, from declared self-reports."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from qnt.programme.models import ProgrammeFact, half_of
from surveillance.models import SelfReport
from surveillance.queries.burden import Burden, burden_by_report


def burden_facts(year: int) -> Iterator[ProgrammeFact]:
    """Hours, new files, new pages and saved uses of each declared self-report of the year's round."""
    declared = SelfReport.objects.filter(round__year=year, declared_at__isnull=False)
    burdens = burden_by_report(declared)
    for report in declared.select_related("service", "round").order_by("pk").iterator():
        for code, value, weight in _values(burdens.get(report.pk, Burden())):
            yield _fact(report, code, value, weight)


def _values(burden: Burden) -> Iterator[tuple[str, Decimal | int, int]]:
    if burden.hours is not None:
        yield "BURDEN_HOURS", burden.hours, 1
    yield "BURDEN_FILES", burden.new_files, 1
    if burden.known_pages is not None:
        yield "BURDEN_PAGES", burden.known_pages, 1
    if burden.uses:
        yield "BURDEN_SAVED", burden.saved_uses, burden.uses


def _fact(report: SelfReport, code: str, value: Any, weight: int) -> ProgrammeFact:
    day = report.round.closes_date
    return ProgrammeFact(
        year=report.round.year, half=half_of(day), measure=code, unit_id=report.pk, day=day, region_id=report.service.region_id,
        service_id=report.service_id, indicator_set_id=report.indicator_set_id, value=value, weight=weight,
    )  # fmt: skip
