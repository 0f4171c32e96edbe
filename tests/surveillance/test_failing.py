"""Services failing indicators: which stand in the list, how long they fail, what answers it, what it costs, and no learning."""

import csv
import datetime as dt
import io
import json

import pytest
from django.utils import timezone

from accounts.permissions import Role
from peerreview.models import Finding, FindingAction, Procedure, Review
from surveillance.models import Action, Assessment, Declaration, Indicator, SelfReport
from surveillance.queries.failing import failing_rows, failing_services
from surveillance.services.figures import frozen_figures
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import make_action, make_decision, make_owned_action, make_place, make_report

pytestmark = pytest.mark.django_db
KPI, KEY = "10-1A-303", "10-1A-304"


def make_failing(place, *years, status=SelfReport.Status.ACCEPTED):
    """Self-reports in which two of four are not met: a KPI, and a key indicator; the last year's."""
    reports = [make_report(place, met=2, year=year, status=status, has_key=True) for year in years]
    Indicator.objects.filter(number=KPI).update(target=80, comparator="AT_LEAST", answer_kind="PERCENTAGE")
    for report in reports:
        report.answers.filter(indicator__number=KPI).update(value="", numerator=40, denominator=60)
    return reports[-1]


def listed(**choices):
    return failing_services(SelfReport.objects.filter(round__year=2027), **choices)


def shown(row):
    return [(one.indicator.number, one.kind, one.words, one.years, one.actions) for one in row.indicators]


def test_a_service_stands_with_its_kpi_and_key_indicator_and_the_years_running():
    place = make_place()
    make_failing(place, 2025, 2026, 2027)
    Indicator.objects.filter(number=KEY, indicator_set__code__endswith="2025").update(title="Asked in other words then")
    make_report(make_place(), met=3)  # the one that is not met is neither KPI nor key

    services = listed()

    assert [(one.service_id, len(one.answers), one.unanswered) for one in services] == [(place.service.pk, 2, 2)]
    assert shown(failing_rows(services)[0]) == [(KPI, "KPI", "40 of 60 (66%)", 3, []), (KEY, "key indicator", "No", 2, [])]


def test_figures_are_the_validated_ones_once_they_are_scored():
    place = make_place()
    report = make_failing(place, 2027)
    answer = report.answers.get(indicator__number=KPI)
    held = {"assessed_by": place.officer, "assessed_at": timezone.now(), "reason": "Counted twice", "stage": "VALIDATED"}
    Assessment.objects.create(answer=answer, numerator=50, denominator=60, met=True, **held)
    Assessment.objects.create(answer=report.answers.get(indicator__number=KEY), value="CANNOT", met=False, **held)

    validated = failing_rows(listed())
    report.scores.filter(stage="VALIDATED").delete()
    declared = failing_rows(listed())

    assert shown(validated[0]) == [(KEY, "key indicator", "Cannot answer", 1, [])]
    assert [one[:3] for one in shown(declared[0])] == [(KPI, "KPI", "40 of 60 (66%)"), (KEY, "key indicator", "No")]
    assert (validated[0].stage_words, declared[0].stage_words) == ("Validated by the hub", "Self-assessed")


def test_while_a_query_is_open_what_was_declared_counts():
    place = make_place()
    report = make_failing(place, 2027, status=SelfReport.Status.QUERIED)
    report.scores.filter(stage="VALIDATED").delete()
    answer = report.answers.get(indicator__number=KEY)
    answer.value, answer.met = "YES", True
    answer.save()
    declared = [
        {"id": one.pk, "met": one.indicator.number != KEY, "value": "NO", "numerator": None, "denominator": None}
        for one in report.answers.all()
    ]
    Declaration.objects.filter(self_report=report).update(content=json.dumps({"answers": declared}))

    assert [one[:3] for one in shown(failing_rows(listed())[0])] == [(KEY, "key indicator", "No")]


def test_a_suspended_indicator_fails_nobody():
    make_failing(make_place(), 2027)
    Indicator.objects.update(suspended_from=timezone.localdate())

    assert listed() == []


def test_what_no_action_answers_comes_first_and_can_be_shown_alone():
    answered, partly = make_place(), make_place()
    for place in (answered, partly):
        make_failing(place, 2027)
    kpi, key = (Indicator.objects.get(number=number, indicator_set__specification=answered.service.specification) for number in (KPI, KEY))
    actions = [make_action(answered, indicator_id=kpi.pk), make_owned_action(answered, indicator_id=key.pk)]
    own_kpi = Indicator.objects.get(number=KPI, indicator_set__specification=partly.service.specification)
    verified = make_owned_action(partly, indicator_id=own_kpi.pk)
    before = timezone.now() - dt.timedelta(days=1)
    Action.objects.filter(pk=verified.pk).update(status="VERIFIED", verified_at=before, verified_by=partly.officer)

    services = listed()

    assert [(one.service_id, one.unanswered) for one in services] == [(partly.service.pk, 2), (answered.service.pk, 0)]
    assert [one.service_id for one in listed(only_without_action=True)] == [partly.service.pk]
    assert [one.actions for one in failing_rows(services)[1].indicators] == [[actions[0]], [actions[1]]]


def test_an_action_of_a_review_for_learning_answers_nothing_here_and_counts_in_no_figure():
    place = make_place()
    report = make_failing(place, 2027)
    kpi = report.answers.get(indicator__number=KPI).indicator
    action = make_owned_action(place, indicator_id=kpi.pk, what="Canary of learning", due_date=timezone.localdate() - dt.timedelta(days=3))
    review = Review.objects.create(
        title="Learning",
        purpose="IMPROVEMENT",
        origin="REQUEST",
        procedure=Procedure.objects.first(),
        region=place.service.region,
        opened_by=place.lead,
    )
    finding = Finding.objects.create(
        review=review, service=place.service, category="FURTHER_CONSIDERATION", what_was_seen="Seen", basis="Notes",
        recorded_by=place.lead,
    )  # fmt: skip
    late_before = json.loads(frozen_figures(report))["late_action_count"]

    FindingAction.objects.create(finding=finding, action=action)

    assert (late_before, json.loads(frozen_figures(report))["late_action_count"]) == (1, 0)
    assert [(one.unanswered, [i.actions for i in failing_rows([one])[0].indicators]) for one in listed()] == [(2, [[], []])]


def test_page_and_file_follow_scope_and_filters(signed_in):
    place, foreign = make_place(), make_place()
    report = make_failing(place, 2026, 2027)
    make_failing(foreign, 2027)
    decision = make_decision(place, report=report)
    client = signed_in(place.officer)

    page = client.get("/decisions/failing/?year=2027").content.decode()
    everything = (
        signed_in(person(Role.NATIONAL_LEAD)).get(f"/decisions/failing/?year=2027&region={foreign.service.region_id}").content.decode()
    )
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get("/decisions/failing.csv?year=2027").streaming_content).decode())))

    assert "1 service did not meet a KPI or a key indicator in the 2027 round." in page
    assert "40 of 60 (66%), target at least 80%" in page
    assert f'href="/decisions/{decision.pk}/"' in page
    answer = report.answers.get(indicator__number=KPI)
    assert f'href="/self-reports/{report.pk}/answers/#answer-{answer.pk}"' in page
    assert f'id="answer-{answer.pk}"' in client.get(f"/self-reports/{report.pk}/answers/").content.decode()
    assert "No action answers this" in page
    assert foreign.service.name not in page
    assert foreign.service.name in everything
    assert place.service.name not in everything
    assert [(row["service_id"], row["number"], row["kind"], row["years_running"], row["actions"]) for row in rows] == [
        (str(place.service.pk), KPI, "KPI", "2", "0"), (str(place.service.pk), KEY, "key indicator", "2", "0"),
    ]  # fmt: skip


def test_page_without_services_says_why(signed_in):
    officer = person(Role.HUB_OFFICER, OrganisationFactory(hub=True))

    empty = signed_in(officer).get("/decisions/failing/").content.decode()
    filtered = signed_in(officer).get("/decisions/failing/?show=without_action&programme=x").content.decode()

    assert "No service that has declared fails a KPI or a key indicator." in empty
    assert "No services match these filters. Remove a filter." in filtered


@pytest.mark.parametrize("count", [1, 6])
def test_page_costs_the_same_for_one_and_for_many(signed_in, django_assert_num_queries, count):
    region = OrganisationFactory(hub=True)
    for _ in range(count):
        place = make_place(region=region)
        report = make_failing(place, 2026, 2027)
        make_decision(place, report=report)
        make_action(place, indicator_id=report.answers.get(indicator__number=KPI).indicator_id)
    client = signed_in(person(Role.HUB_OFFICER, region))
    client.get("/decisions/failing/?year=2027")

    with django_assert_num_queries(11):
        assert client.get("/decisions/failing/?year=2027").status_code == 200
