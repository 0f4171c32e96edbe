"""What a score carries beside its own figures: key indicators not met, and the percentage of the year before."""

import datetime as dt
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from surveillance import scoring
from surveillance.models import Indicator, Score, SelfReport
from surveillance.services import redeclaring, rescoring
from surveillance.services.scores import write_score
from tests.factories.collation import declare_again, declared, set_of, validated
from tests.factories.surveillance import ServiceFactory

pytestmark = pytest.mark.django_db
migration = import_module("surveillance.migrations.0006_scores_beside_last_year")


def figures() -> list[tuple[int, str, int, Decimal | None]]:
    """Year, stage, key indicators not met and the percentage before, of every score."""
    columns = ("self_report__round__year", "stage", "key_not_met_count", "percent_before")
    return list(Score.objects.order_by(*columns[:2]).values_list(*columns))


@pytest.mark.parametrize(("met", "expected"), [(True, 0), (False, 1), (None, 0)])
def test_key_indicators_count_only_where_they_count_and_are_not_met(met, expected):
    lines = [scoring.Line(met, is_key=True), scoring.Line(False), scoring.Line(False, is_suspended=True, is_key=True)]

    result = scoring.score(lines, threshold_percent=Decimal(80), visit_level_percent=Decimal(50))

    assert result.key_not_met_count == expected


def test_score_names_key_indicators_not_met_and_the_year_before_at_the_same_stage():
    service = ServiceFactory()
    before = declared(service, 2026, [True, True, True, False])
    validated(before, {1: False})
    validated(declared(service, 2027, [False, True]), {})

    assert figures() == [
        (2026, "SELF_ASSESSED", 0, None), (2026, "VALIDATED", 0, None),
        (2027, "SELF_ASSESSED", 1, Decimal("75.0")), (2027, "VALIDATED", 1, Decimal("50.0")),
    ]  # fmt: skip


def test_only_the_year_just_before_is_compared_and_only_of_the_same_service():
    service = ServiceFactory()
    declared(service, 2025, [True])
    declared(ServiceFactory(specification=service.specification), 2026, [True])
    declared(service, 2027, [True])

    assert [row[3] for row in figures()] == [None, None, None]


def test_last_year_declared_again_is_carried_on():
    service = ServiceFactory()
    before = declared(service, 2026, [True, False])
    declared(service, 2027, [True])
    before.answers.update(met=True, value="YES")
    before.declarations.all().delete()

    declare_again(before)

    assert figures()[-1] == (2027, "SELF_ASSESSED", 0, Decimal("100.0"))


def test_validated_score_that_goes_takes_the_comparison_with_it():
    service = ServiceFactory()
    before = declared(service, 2026, [True, False])
    validated(before, {})
    validated(declared(service, 2027, [True]), {})

    redeclaring.drop_overtaken_checks(before, [])

    assert figures() == [
        (2026, "SELF_ASSESSED", 0, None), (2027, "SELF_ASSESSED", 0, Decimal("50.0")), (2027, "VALIDATED", 0, None),
    ]  # fmt: skip


def test_suspension_is_carried_into_key_counts_and_into_the_year_after():
    service = ServiceFactory()
    shared = set_of(service, 2)
    at = timezone.now() - dt.timedelta(days=400)
    declared(service, at.year, [False, True], indicator_set=shared, at=at)
    declared(service, at.year + 1, [False, True], indicator_set=shared)
    key = Indicator.objects.get(indicator_set=shared, is_key=True)
    key.suspended_from, key.suspended_reason = timezone.localdate(at), "Withdrawn"
    key.save()

    rescoring.rescore_next(indicator_id=key.pk)

    assert [(row[2], row[3]) for row in figures()] == [(0, None), (0, Decimal("100.0"))]


def test_data_migration_fills_what_the_services_write_and_takes_it_back():
    service = ServiceFactory()
    shared = set_of(service, 3)
    at = timezone.now()
    for year, met in ((2026, [False, True, True]), (2027, [False, False, None])):
        validated(declared(service, year, met, indicator_set=shared, at=at), {0: True} if year == 2027 else {2: False})
    SelfReport.objects.filter(round__year=2026).update(declared_at=at - dt.timedelta(days=365))
    written = figures()
    assert {(row[2], row[3]) for row in written} == {(1, None), (1, Decimal("66.6")), (0, Decimal("33.3"))}

    migration.empty(apps, None)
    emptied = figures()
    migration.fill(apps, None)

    assert {(row[2], row[3]) for row in emptied} == {(0, None)}
    assert figures() == written


def test_data_migration_leaves_out_suspended_key_indicators():
    service = ServiceFactory()
    report = declared(service, 2027, [False, True])
    Indicator.objects.filter(is_key=True).update(suspended_from=timezone.localdate(), suspended_reason="Withdrawn")
    write_score(report, "SELF_ASSESSED")
    Score.objects.update(key_not_met_count=7)

    migration.fill(apps, None)

    assert [row[2] for row in figures()] == [0]
