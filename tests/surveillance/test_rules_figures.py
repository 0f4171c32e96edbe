"""What the rules read of a service is gathered from its rows and frozen with the decision."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from surveillance.models import Action, Assessment, Indicator, SelfReport
from surveillance.services.figures import frozen_figures
from tests.factories.decisions import Place, make_decision, make_owned_action, make_place, make_report

pytestmark = pytest.mark.django_db
KPI = "10-1A-304"


def kpi_not_met(place: Place, *years: int) -> SelfReport:
    """The last of these years' self-reports; in each the one indicator that is not met has a target."""
    reports = [make_report(place, met=3, year=year) for year in years]
    Indicator.objects.filter(number=KPI).update(target=80, comparator="AT_LEAST")
    return reports[-1]


def kpis(report: SelfReport) -> list[tuple[str, int]]:
    """The KPIs not met that would be frozen, with the years running."""
    return [(kpi["number"], kpi["years"]) for kpi in json.loads(frozen_figures(report))["kpis_not_met"]]


def test_kpi_not_met_is_followed_over_years_running() -> None:
    place = make_place()

    report = kpi_not_met(place, 2025, 2026, 2027)

    assert kpis(report) == [(KPI, 3)]
    assert "the same KPI not met for 2 years running (10-1A-304 Measure 3)" in make_decision(place, report=report).rule_sentence


@pytest.mark.parametrize("gap", ["no report", "not declared", "met"])
def test_kpi_is_followed_no_further_than_a_year_in_which_it_was_not_missed(gap: str) -> None:
    place = make_place()
    if gap != "no report":
        report = make_report(place, met=4 if gap == "met" else 3, year=2026)
        if gap == "not declared":
            undone = dict.fromkeys(("declared_at", "declared_by", "accepted_at", "accepted_by"))
            SelfReport.objects.filter(pk=report.pk).update(status="NOT_DECLARED", **undone)

    report = kpi_not_met(place, 2025, 2027)

    assert kpis(report) == [(KPI, 1)]


CHANGES = [
    ({"target": 70}, 1), ({"comparator": "AT_MOST"}, 1), ({"title": "Another question"}, 1), ({"description": "Counted anew"}, 1),
    ({"answer_kind": "NUMBER"}, 1), ({"title": "Measure  3 "}, 2), ({"section": "Clinical outcome"}, 2), ({"evidence_wanted": "Audit"}, 2),
]  # fmt: skip


@pytest.mark.parametrize(("change", "years"), CHANGES)
def test_kpi_is_followed_through_the_bridge_and_not_by_its_number_alone(change: dict[str, object], years: int) -> None:
    place = make_place()
    report = kpi_not_met(place, 2026, 2027)

    Indicator.objects.filter(number=KPI, indicator_set=report.indicator_set).update(**change)

    assert kpis(report) == [(KPI, years)]


def test_kpi_changed_two_years_ago_is_followed_to_the_change() -> None:
    place = make_place()
    report = kpi_not_met(place, 2025, 2026, 2027)

    Indicator.objects.filter(number=KPI, indicator_set__code__endswith="2025").update(target=60)

    assert kpis(report) == [(KPI, 2)]


def test_answers_that_the_hub_changed_with_a_reason_are_counted() -> None:
    place = make_place()
    report = make_report(place, met=4)
    for answer, reason in zip(report.answers.order_by("pk"), ["Seen on checking", "No document", ""], strict=False):
        Assessment.objects.create(
            answer=answer, stage="VALIDATED", value=answer.value, met=answer.met, reason=reason, assessed_by=place.officer,
            assessed_at=timezone.now(),
        )  # fmt: skip

    assert json.loads(frozen_figures(report))["changed_by_hub_count"] == 2


def test_late_actions_of_the_plan_are_counted() -> None:
    place = make_place()
    make_decision(place, report=make_report(place, year=2026))
    action = make_owned_action(place)
    Action.objects.filter(pk=action.pk).update(due_date=timezone.localdate() - dt.timedelta(days=1))

    assert json.loads(frozen_figures(make_report(place)))["late_action_count"] == 1
