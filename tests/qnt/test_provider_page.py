"""A provider across its services: what shows in one service and what in several, for each reader what they may read."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from peerreview.models import Finding, FindingAction, Procedure, Review
from qnt.cycle import cycles
from qnt.provider_standing import Standing, chosen_round, rounds_of, standing_of
from surveillance.models import (
    Action,
    Answer,
    Assessment,
    EvidenceItem,
    EvidenceVersion,
    Indicator,
    PlanAgreement,
    Position,
    Score,
    SelfReport,
    Service,
)
from tests.factories.accounts import OrganisationFactory
from tests.factories.decisions import make_action, make_decision, make_owned_action, make_place, make_report, make_service

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = TODAY.year
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
MOST_STATEMENTS = 15
NO_SIGN = {
    "Below the good practice level": (0, 1, []),
    "A key indicator not met": (0, 1, []),
    "Declared late, or not declared": (0, 1, []),
}


def standing(provider, reader) -> Standing:
    """What ``reader`` is shown of the provider."""
    services = list(Service.objects.for_display().filter(provider=provider).order_by("pk"))
    return standing_of(services, chosen_round(rounds_of(services, TODAY), ""), reader=reader, today=TODAY)


def signs(provider, reader):
    """Each sign that is counted: how many, of how many, in which services."""
    return {row.label: (row.found, row.total, [one.pk for one in row.services]) for row in standing(provider, reader).signs}


def statements(client, address):
    """The statements that a page takes, after a first visit that notes the session's activity."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def beside(place):
    """Another service of the same provider, in the same hands."""
    return make_place(region=place.service.region, provider=place.service.provider, board=place.board)


# Signs ----------------------------------------------------------------------------------------------------------------
def test_signs_of_self_reports_name_the_services_in_which_they_show():
    place, other = (first := make_place()), beside(first)
    make_report(place, met=4, year=YEAR)
    report = make_report(other, met=1, year=YEAR)
    SelfReport.objects.filter(pk=report.pk).update(is_late=True)
    Score.objects.filter(self_report=report).update(key_not_met_count=2)
    provider = place.service.provider

    found = standing(provider, place.manager)

    assert found.sentence == "1 of 2 services is below their good practice level."
    assert signs(provider, place.manager) == {label: (1, 2, [other.service.pk]) for label in NO_SIGN}
    assert found.verdict == [
        "No sign shows in more than one service.",
        "In one service only: below the good practice level, a key indicator not met, declared late, or not declared.",
    ]


def test_sign_of_scores_reads_the_newest_stage():
    place = make_place()
    report = make_report(place, met=4, year=YEAR)
    Score.objects.filter(self_report=report, stage="VALIDATED").update(is_threshold_met=False)

    assert signs(place.service.provider, place.manager)["Below the good practice level"] == (1, 1, [place.service.pk])


def test_not_declared_counts_with_late_and_what_is_still_open_does_not():
    place = make_place()
    other, third = beside(place), beside(place)
    make_report(place, year=YEAR)
    for one, status in ((other, "NOT_DECLARED"), (third, "IN_PROGRESS")):
        report = make_report(one, year=YEAR)
        SelfReport.objects.filter(pk=report.pk).update(status=status)

    assert signs(place.service.provider, place.manager)["Declared late, or not declared"] == (1, 2, [other.service.pk])


def test_signs_of_actions_count_what_is_late_unheld_blocked_or_unanswered():
    place = make_place()
    other = beside(place)
    make_owned_action(place)
    Action.objects.filter(pk=make_owned_action(place).pk).update(due_date=YESTERDAY)
    Action.objects.filter(pk=make_owned_action(place).pk).update(status="BLOCKED", block_due_date=TOMORROW)
    Action.objects.filter(pk=make_owned_action(other).pk).update(status="OFFERED", offer_due_date=YESTERDAY)
    Action.objects.filter(pk=make_owned_action(other).pk).update(status="VERIFIED", due_date=YESTERDAY)
    make_action(other, due_date=TOMORROW)

    found = signs(place.service.provider, place.manager)

    first, second = place.service.pk, other.service.pk
    assert found == {
        "Actions late": (1, 4, [first]),
        "Actions without an owner": (1, 4, [second]),
        "Actions blocked by money or staff": (1, 4, [first]),
        "Offers of an action unanswered": (1, 4, [second]),
    }
    assert [row.actions for row in standing(place.service.provider, place.manager).rows] == [
        "1 late, 1 blocked",
        "1 without an owner, 1 unanswered",
    ]


def test_actions_of_a_review_for_learning_are_no_sign_and_no_step_of_the_cycle():
    place = make_place()
    action = make_owned_action(place, due_date=YESTERDAY)
    review = Review.objects.create(
        title="Learning",
        purpose="IMPROVEMENT",
        origin="REQUEST",
        procedure=Procedure.objects.first(),
        region=place.service.region,
        opened_by=place.lead,
    )
    finding = Finding.objects.create(
        review=review, service=place.service, category="FURTHER_CONSIDERATION", what_was_seen="Seen", basis="Notes", recorded_by=place.lead
    )  # fmt: skip
    services = [Service.objects.for_display().get(pk=place.service.pk)]
    before = signs(place.service.provider, place.manager)["Actions late"], cycles(services)[0].late_action_count

    FindingAction.objects.create(finding=finding, action=action)

    after = signs(place.service.provider, place.manager), cycles(services)[0].late_action_count
    assert (before, after) == (((1, 1, [place.service.pk]), 1), ({}, 0))


def test_signs_of_positions_and_plans_are_those_due_in_the_last_year():
    place = make_place()
    decision = make_decision(place, report=make_report(place, year=YEAR))
    PlanAgreement.objects.all().delete()
    for due, agreed in ((YESTERDAY, None), (YESTERDAY, YESTERDAY), (TOMORROW, None), (TODAY - dt.timedelta(days=400), None)):
        at = timezone.make_aware(dt.datetime.combine(agreed, dt.time(12))) if agreed else None
        PlanAgreement.objects.create(service=place.service, due_date=due, executive=place.executive if at else None, executive_at=at)
    provider = Position.objects.filter(decision=decision, party="PROVIDER")

    before = signs(place.service.provider, place.manager)
    provider.update(due_date=YESTERDAY, view="NOT_GIVEN")
    silent = signs(place.service.provider, place.manager)
    provider.update(due_date=TODAY - dt.timedelta(days=400))
    old = signs(place.service.provider, place.manager)

    label = "The executive's position not given in time"
    assert [found.get(label) for found in (before, silent, old)] == [None, (1, 1, [place.service.pk]), None]
    assert before["Action plan not agreed in time"] == (1, 2, [place.service.pk])


def test_sign_of_evidence_reads_the_newest_version_and_is_hidden_without_the_right():
    place = make_place()
    for dates in ((800, 30), (800,)):
        item = EvidenceItem.objects.create(service=place.service, title="Policy", added_by=place.lead)
        for number, days in enumerate(dates, start=1):
            EvidenceVersion.objects.create(
                item=item,
                number=number,
                link="https://example.nhs.uk/a",
                document_date=TODAY - dt.timedelta(days=days),
                uploaded_by=place.lead,
            )
    provider, label = place.service.provider, "Evidence dated over 12 months ago"

    assert signs(provider, place.executive)[label] == (1, 2, [place.service.pk])
    assert label not in signs(provider, place.commissioner)
    assert standing(provider, place.commissioner).has_evidence is False


def test_missing_evidence_counts_answers_whose_indicator_asks_for_it():
    place = make_place()
    report = make_report(place, year=YEAR)
    first, second, third, _ = report.answers.order_by("indicator__position")
    Indicator.objects.filter(answers__in=[first, second, third]).update(evidence_wanted="Policy")
    Answer.objects.filter(pk=third.pk).update(value="NA", met=None)
    item = EvidenceItem.objects.create(service=place.service, title="Policy", added_by=place.lead)
    item.answers.add(first)

    assert [row.missing_evidence for row in standing(place.service.provider, place.manager).rows] == [1]


def test_same_indicator_in_several_services_is_a_sign():
    place = make_place()
    other = beside(place)
    make_report(place, met=3, year=YEAR)
    report = make_report(other, met=4, year=YEAR)
    answer = report.answers.get(indicator__title="Measure 3")
    now = timezone.now()
    Assessment.objects.create(answer=answer, stage="VALIDATED", met=False, reason="Seen", assessed_by=place.officer, assessed_at=now)
    provider, both = place.service.provider, [place.service.pk, other.service.pk]

    found = signs(provider, place.manager)
    SelfReport.objects.filter(pk=report.pk).update(status="QUERIED")

    assert found["“Measure 3” not met"] == (2, 2, both)
    assert "“Measure 3” not met" not in signs(provider, place.manager)


# The region -----------------------------------------------------------------------------------------------------------
def test_region_share_shows_from_five_providers_on():
    place = make_place()
    region, provider = place.service.region, place.service.provider
    make_report(place, met=1, year=YEAR)
    for _ in range(3):
        make_report(make_place(region=region), met=4, year=YEAR)
    make_report(make_place(), met=1, year=YEAR)  # another region's

    def share():
        return {row.label: row for row in standing(provider, place.manager).signs}["Below the good practice level"]

    assert (share().region, share().is_above_region, standing(provider, place.manager).has_region) == (None, False, False)

    make_report(make_place(region=region), met=4, year=YEAR)

    assert (share().region.found, share().region.total, share().is_above_region) == (1, 5, True)


# Readers --------------------------------------------------------------------------------------------------------------
def test_commissioner_sees_only_what_it_commissions_and_what_is_accepted(signed_in):
    place = make_place()
    bought = make_place(region=place.service.region, provider=place.service.provider)
    make_report(place, met=1, year=YEAR)
    report = make_report(bought, met=1, year=YEAR, status="DECLARED")
    client, address = signed_in(bought.commissioner), f"/providers/{place.service.provider_id}/"

    before = client.get(address).content.decode()
    SelfReport.objects.filter(pk=report.pk).update(status="ACCEPTED")
    after = client.get(address).content.decode()
    whole = signed_in(place.executive).get(address).content.decode()

    assert f"0 of 1 services are below their good practice level. 1 has no score for {YEAR}." in before
    assert "Only the services that your organisation commissions are counted here: 1." in before
    assert "1 of 1 services is below their good practice level." in after
    assert (place.service.name in after, "Evidence missing" in after) == (False, False)
    assert "2 of 2 services are below their good practice level." in whole
    assert ("Only the services" in whole, "Evidence missing" in whole) == (False, True)


def test_provider_page_is_not_there_for_others(signed_in):
    place, foreign = make_place(), make_place()
    address = f"/providers/{place.service.provider_id}/"

    codes = [signed_in(user).get(address).status_code for user in (place.lead, foreign.executive, foreign.manager, foreign.commissioner)]

    assert codes == [404, 404, 404, 404]


def test_provider_page_counts_the_networks_that_it_hosts(signed_in):
    place = make_place()
    network = OrganisationFactory(network=True, region=place.service.region, host=place.service.provider)
    Service.objects.create(network=network, specification=make_service().specification, region=place.service.region, name="Network renal")

    page = signed_in(place.executive).get(f"/providers/{place.service.provider_id}/").content.decode()

    assert "0 of 2 services are below their good practice level." in page
    assert ("Network renal" in page, network.name in page) == (True, True)


def test_provider_page_shows_the_round_that_is_chosen_and_the_change(signed_in):
    place = make_place()
    make_report(place, met=1, year=YEAR - 1)
    report = make_report(place, met=3, year=YEAR)
    Score.objects.filter(self_report=report).update(percent_before=Decimal(25))
    client, address = signed_in(place.manager), f"/providers/{place.service.provider_id}/"

    newest, older = (client.get(address, {"year": year}).content.decode() for year in ("nonsense", YEAR - 1))

    assert ("3 of 4 met (75%)" in newest, "Up 50 points" in newest) == (True, True)
    assert ("1 of 4 met (25%)" in older, "Up 50 points" in older) == (True, False)
    assert re.findall(r'<option value="(\d+)" selected>', older) == [str(YEAR - 1)]


def test_provider_page_takes_the_same_statements_for_many_services(signed_in):
    place = make_place()
    client, address = signed_in(place.executive), f"/providers/{place.service.provider_id}/"
    for one in (place, beside(place)):
        make_owned_action(one, decision_id=make_decision(one, report=make_report(one, met=1, year=YEAR)).pk)
    few = statements(client, address)

    for _ in range(3):
        one = beside(place)
        make_owned_action(one, decision_id=make_decision(one, report=make_report(one, met=1, year=YEAR)).pk)

    assert statements(client, address) == few
    assert few <= MOST_STATEMENTS


def test_provider_is_linked_for_those_who_may_open_it(signed_in):
    place = make_place()
    link = f'href="/providers/{place.service.provider_id}/"'
    address = f"/services/{place.service.pk}/about/"
    make_service(region=place.service.region)

    shown = [link in signed_in(user).get(address).content.decode() for user in (place.manager, place.executive, place.lead)]

    assert shown == [True, True, False]
    assert link in signed_in(place.manager).get("/services/").content.decode()
