"""What stands beside a service: averages of 5 or more services, and nothing from which fewer could be told by subtraction."""

from decimal import Decimal
from itertools import product

import pytest
from django.utils import timezone

from accounts.models import Organisation
from surveillance.models import Score, Service, ServiceSpecification
from surveillance.queries.scores import LEAST_SERVICES_COMPARED, Average, _comparison, comparison, comparisons
from tests.factories.accounts import OrganisationFactory
from tests.factories.surveillance import RoundFactory, SelfReportFactory, ServiceFactory, SpecificationFactory

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


def scored(specification: ServiceSpecification, region: Organisation, met: int, *, applicable: int = 10, year: int = YEAR) -> Service:
    """A service that declared ``met`` of ``applicable``; the hub then validated nothing at all."""
    service = ServiceFactory(specification=specification, provider=OrganisationFactory(region=region))
    add_score(service, met, applicable=applicable, year=year)
    return service


def add_score(service: Service, met: int, *, applicable: int = 10, year: int = YEAR) -> None:
    report = SelfReportFactory(service=service, round=RoundFactory(year=year))
    percent = Decimal(met * 1000 // applicable) / 10
    Score.objects.create(self_report=report, stage="SELF_ASSESSED", met_count=met, applicable_count=applicable, percent=percent)
    Score.objects.create(self_report=report, stage="VALIDATED", met_count=0, applicable_count=applicable, percent=0)


def test_comparison_averages_self_assessed_scores_rounded_down(django_assert_num_queries):
    specification, region = SpecificationFactory(), OrganisationFactory(hub=True)
    services = [scored(specification, region, met, applicable=3) for met in (1, 2, 3, 3, 3)]
    for service in services:
        add_score(service, 10, year=YEAR - 1)

    with django_assert_num_queries(1):
        found = comparisons(services[0])

    newest, before = Average(5, Decimal("79.9"), 3), Average(5, Decimal("100.0"), 5)  # 33.3 + 66.6 + 300 is 399.9 of 500
    assert {year: (one.region, one.england, one.programme) for year, one in found.items()} == {
        YEAR: (newest, newest, newest),
        YEAR - 1: (before, before, before),
    }
    assert newest.words == "79.9% (5 services)"


@pytest.mark.parametrize(
    ("in_region", "elsewhere", "of_others", "shown", "is_region_alone"),
    [
        (5, 0, 0, ["region", "england", "programme"], False),
        (4, 4, 0, ["england", "programme"], False),
        (5, 4, 0, ["england", "programme"], True),
        (5, 5, 0, ["region", "england", "programme"], False),
        (5, 5, 3, ["region", "england"], False),
        (5, 5, 5, ["region", "england", "programme"], False),
        (2, 2, 6, ["programme"], False),
        (2, 2, 0, [], False),
    ],
)
def test_comparison_shows_nothing_of_fewer_than_five(in_region, elsewhere, of_others, shown, is_region_alone):
    specification, region, foreign = SpecificationFactory(), OrganisationFactory(hub=True), OrganisationFactory(hub=True)
    own = scored(specification, region, 5)
    for _ in range(in_region - 1):
        scored(specification, region, 5)
    for _ in range(elsewhere):
        scored(specification, foreign, 5)
    for _ in range(of_others):
        scored(SpecificationFactory(), foreign, 5)

    found = comparisons(own)[YEAR]

    assert [name for name in ("region", "england", "programme") if getattr(found, name)] == shown
    assert found.is_region_alone is is_region_alone


def test_comparison_tells_of_no_small_group_by_subtraction():
    for region, elsewhere, others in product(range(9), repeat=3):
        sizes = {"region": region, "england": region + elsewhere, "programme": region + elsewhere + others}
        row = {f"{name}_{part}": size for name, size in sizes.items() for part in ("services", "sum", "all_met")}

        found = _comparison(row)

        shown = [size for name, size in sizes.items() if getattr(found, name)]
        told = {*shown, *(wider - narrower for wider in shown for narrower in shown if wider > narrower)}
        assert min(told, default=LEAST_SERVICES_COMPARED) >= LEAST_SERVICES_COMPARED, (region, elsewhere, others)


def test_frozen_comparison_follows_the_same_rule():
    specification, region, foreign = SpecificationFactory(), OrganisationFactory(hub=True), OrganisationFactory(hub=True)
    own = [scored(specification, region, 10) for _ in range(5)][0]
    for _ in range(4):
        scored(specification, foreign, 5)

    found = comparison(own.self_reports.get())

    assert found == {"region": None, "england": {"services": 9, "average_percent": "77.7", "all_met": 5}}
