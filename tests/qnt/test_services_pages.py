"""The list of services, a service's pages, a provider's page: scope, what happens next, a constant number of statements."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.permissions import Role
from qnt.cycle import cycles
from surveillance.models import Query, Score, SelfReport, Service, SurveillanceDecision
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import make_action, make_decision, make_place, make_report, make_round, make_service

pytestmark = pytest.mark.django_db
PARTS = ("", "self-reports/", "decisions/", "reviews/", "reports/", "about/")
LIST_STATEMENTS = 15


def statements(client, address):
    """The statements that a page takes, after a first visit that notes the session's activity."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_service_list_statements_same_for_many_services(signed_in):
    hub = OrganisationFactory(hub=True)
    client = signed_in(person(Role.HUB_MANAGER, hub))
    for _ in range(2):
        make_decision(make_place(region=hub))
    few = statements(client, "/services/")

    for _ in range(4):
        make_decision(make_place(region=hub))

    assert statements(client, "/services/") == few
    assert few <= LIST_STATEMENTS


def test_service_list_shows_own_region_only(signed_in):
    own, foreign = make_place(), make_place()
    make_service(region=own.service.region)

    page = signed_in(own.manager).get("/services/").content.decode()

    assert own.service.provider.name in page
    assert foreign.service.provider.name not in page


def test_service_list_goes_straight_to_the_only_service(signed_in):
    place = make_place()

    answer = signed_in(place.lead).get("/services/")

    assert (answer.status_code, answer["Location"]) == (302, f"/services/{place.service.pk}/")


def test_service_list_filters_by_words_and_says_when_nothing_matches(signed_in):
    place = make_place()
    other = make_service(region=place.service.region)
    client = signed_in(place.manager)

    found = client.get("/services/", {"q": other.provider.name}).content.decode()
    nothing = client.get("/services/", {"q": "no such thing", "score": "invented"}).content.decode()

    assert f"/services/{other.pk}/" in found
    assert f"/services/{place.service.pk}/" not in found
    assert "No services match these filters. Remove a filter or search for something else." in nothing


def found_by(client, **chosen):
    """The services that a filtered list shows."""
    page = client.get("/services/", chosen)
    return {cycle.service.pk for cycle in page.context["cycles"]}


def test_service_list_filters_by_place_programme_and_option(signed_in):
    place = make_place(region=(hub := OrganisationFactory(hub=True)))
    board = OrganisationFactory(board=True, region=hub)
    other = make_service(region=hub, provider=OrganisationFactory(region=hub, icb=board))
    network = OrganisationFactory(network=True, region=hub, icb=board)
    run = Service.objects.create(network=network, specification=other.specification, region=hub, name="Run by a network")
    decision = make_decision(place)
    SurveillanceDecision.objects.filter(pk=decision.pk).update(status="REVIEW_DUE")
    client = signed_in(place.manager)

    assert found_by(client, icb=board.code) == {other.pk, run.pk}
    assert found_by(client, provider=other.provider.code) == {other.pk}
    assert found_by(client, provider=network.code) == {run.pk}
    assert found_by(client, q=network.code.lower()) == {run.pk}
    assert found_by(client, region=hub.code, programme="A") == {place.service.pk, other.pk, run.pk}
    assert found_by(client, option="2") == {place.service.pk}
    assert found_by(client, option="3") == set()


def test_service_list_filters_by_the_score_that_it_shows(signed_in):
    hub, year = OrganisationFactory(hub=True), timezone.localdate().year
    places = [make_place(region=hub) for _ in range(4)]
    whole, half, quarter, unscored = (place.service.pk for place in places)
    for place, met in zip(places, (4, 2, 1), strict=False):
        make_report(place, met=4, year=year - 1)
        Score.objects.filter(self_report=make_report(place, met=met, year=year)).update(is_visit_level_met=met > 1)
    Score.objects.filter(self_report__service=half, stage="SELF_ASSESSED").update(percent=100, is_threshold_met=True)
    Score.objects.filter(self_report__service=whole, stage="VALIDATED").update(key_not_met_count=1)
    client = signed_in(places[0].manager)

    bands = ("all", "under", "below", "visit", "key", "none", "invented")
    assert {band: found_by(client, score=band) for band in bands} == {
        "all": {whole},
        "under": {half, quarter},
        "below": {half, quarter},
        "visit": {quarter},
        "key": {whole},
        "none": {unscored},
        "invented": {whole, half, quarter, unscored},
    }


def test_service_list_takes_the_same_statements_with_every_filter_on(signed_in):
    hub = OrganisationFactory(hub=True)
    client, place = signed_in(person(Role.HUB_MANAGER, hub)), make_place(region=hub)
    make_report(place, met=1)
    make_decision(make_place(region=hub))
    chosen = f"q=a&programme=A&region={hub.code}&provider={place.service.provider.code}&score=below&option="

    assert statements(client, f"/services/?{chosen}") <= LIST_STATEMENTS


def test_service_list_hides_from_a_commissioner_what_is_not_accepted(signed_in):
    place = make_place()
    make_service(region=place.service.region, board=place.board)
    report = make_report(place, met=1, status=SelfReport.Status.DECLARED)
    client = signed_in(place.commissioner)

    assert "1 of 4 met" not in client.get("/services/").content.decode()
    assert found_by(client, score="below") == set()

    SelfReport.objects.filter(pk=report.pk).update(status="ACCEPTED")

    assert "1 of 4 met (25%)" in client.get("/services/").content.decode()
    assert found_by(client, score="below") == {place.service.pk}


def test_service_list_shows_the_option_in_force_beside_the_proposal_and_last_year_s_score(signed_in):
    place = make_place()
    make_service(region=place.service.region)
    year = timezone.localdate().year
    old = make_decision(place, report=make_report(place, year=year - 1))
    SurveillanceDecision.objects.filter(pk=old.pk).update(status="IN_FORCE")
    make_decision(place, report=make_report(place, year=year), is_routine=True, needs_provider_action=False)
    Score.objects.filter(self_report__round__year=year).delete()

    page = signed_in(place.manager).get("/services/").content.decode()

    assert "Option 2, enhanced (provider)" in page
    assert "Proposed: option 1, routine" in page
    assert f"{year - 1}: 3 of 4 met (75%)" in page


@pytest.mark.parametrize("part", PARTS)
def test_service_part_opens_for_its_people_and_not_for_others(signed_in, part):
    place, foreign = make_place(), make_place()
    make_decision(place)
    address = f"/services/{place.service.pk}/{part}"

    codes = [
        signed_in(user).get(address).status_code for user in (place.lead, place.manager, place.executive, foreign.lead, foreign.manager)
    ]

    assert codes == [200, 200, 200, 404, 404]


def test_service_part_refuses_a_contributor_what_the_role_does_not_include(signed_in):
    place = make_place()
    client = signed_in(place.contributor)

    codes = [client.get(f"/services/{place.service.pk}/{part}").status_code for part in PARTS]

    assert codes == [200, 200, 403, 403, 403, 200]


def test_provider_page_lists_services_below_their_level(signed_in):
    place = make_place()
    make_report(place, met=1)
    provider = place.service.provider

    page = signed_in(place.executive).get(f"/providers/{provider.pk}/")

    assert page.status_code == 200
    assert "1 of 1 services is below their good practice level." in page.content.decode()
    assert signed_in(make_place().executive).get(f"/providers/{provider.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("status", "what", "holder"),
    [
        ("IN_PROGRESS", "Answer the 2027 self-report and send it to the executive", "lead"),
        ("WITH_EXECUTIVE", "Declare the 2027 self-report or send it back", "executive"),
        ("DECLARED", "The hub checks the self-report", "manager"),
        ("QUERIED", "Answer what the hub asked", "lead"),
        ("ACCEPTED", "Propose a surveillance decision", "manager"),
    ],
)
def test_cycle_says_what_happens_next_and_who_holds_it(status, what, holder):
    place = make_place()
    report = make_report(place)
    SelfReport.objects.filter(pk=report.pk).update(status=status)

    cycle = cycles(list(Service.objects.for_display()))[0]

    assert cycle.next_step.what == what
    assert cycle.next_step.holder.startswith(f"{getattr(place, holder).name}, ")


def test_cycle_counts_late_actions_and_names_the_step():
    place = make_place()
    decision = make_decision(place)
    make_action(place, due_date=timezone.localdate(), decision_id=decision.pk)

    cycle = cycles(list(Service.objects.for_display()))[0]

    assert (cycle.current_step, cycle.late_action_count) == (3, 0)
    assert [step.state for step in cycle.steps()] == ["done", "done", "current", "to come", "to come", "to come"]


def test_cycle_shows_days_of_the_united_kingdom():
    place = make_place()
    report = make_report(place)
    after_midnight = dt.datetime(2027, 6, 30, 23, 30, tzinfo=dt.UTC)
    SelfReport.objects.filter(pk=report.pk).update(declared_at=after_midnight, accepted_at=after_midnight)

    cycle = cycles(list(Service.objects.for_display()))[0]

    assert [step.when for step in cycle.steps()[:2]] == [dt.date(2027, 7, 1)] * 2


def test_cycle_stays_with_the_open_round_until_the_next_one_opens():
    place = make_place()
    year = timezone.localdate().year
    report = make_report(place, year=year - 1)
    coming = make_round(year + 1)
    SelfReport.objects.create(service=place.service, round=coming, indicator_set=report.indicator_set, due_date=coming.closes_date)

    cycle = cycles(list(Service.objects.for_display()))[0]

    assert cycle.report == report


def test_cycle_counts_what_the_hub_asked_from_the_day_of_the_question():
    place = make_place()
    report = make_report(place)
    SelfReport.objects.filter(pk=report.pk).update(status="QUERIED")
    due = timezone.localdate() + dt.timedelta(days=9)
    answer = report.answers.first()
    Query.objects.create(answer=answer, question="Which months?", asked_by=place.officer, asked_at=timezone.now(), due_date=due)

    cycle = cycles(list(Service.objects.for_display()))[0]

    assert (cycle.next_step.what, cycle.next_step.due) == ("Answer what the hub asked", due)
