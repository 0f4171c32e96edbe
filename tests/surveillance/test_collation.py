"""A round put together: figures are those of the answers, each leads to what is behind it, and scope and filters hold."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import Organisation, User
from accounts.permissions import Role
from surveillance.models import Answer, Indicator, IndicatorFigure, RoundCount, SelfReport, Service, Stage, SurveillanceDecision
from surveillance.periodic.collation import count_rounds
from surveillance.services import challenges, collation
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.collation import declare_again, declared, round_of, set_of, validated
from tests.factories.surveillance import ProgrammeFactory, SelfReportFactory, ServiceFactory, SpecificationFactory, assign
from work import jobs
from work.models import Job

pytestmark = pytest.mark.django_db
YEAR = 2027
Browser = Callable[[User], Client]


@pytest.fixture
def hub() -> Organisation:
    return OrganisationFactory(hub=True, name="Illustrative North")


def service_in(hub: Organisation, **fields: object) -> Service:
    return ServiceFactory(**({"provider__region": hub} | fields))


def page_of(client: Client, query: str = "") -> str:
    return client.get(f"/rounds/{YEAR}/{query}").content.decode()


def names_on(page: str) -> list[str]:
    """The services of a list, in its order."""
    return re.findall(r'<a href="/self-reports/\d+/">([^<]+)</a>', page)


def counts_on(page: str) -> dict[str, int]:
    """The services to look at."""
    found = re.findall(r"<li>(?:<a href=\"[^\"]+\">)?([^<(]+) \((\d+)\)", page)
    return {label: int(count) for label, count in found}


def count(year: int = YEAR) -> None:
    collation.count_round(round_id=round_of(year).pk)


# Figures --------------------------------------------------------------------------------------------------------------
def test_services_to_look_at_are_counted_and_lead_to_their_list(signed_in: Browser, hub: Organisation) -> None:
    whole, low, fell = (service_in(hub, name=name) for name in ("Whole", "Low", "Fell"))
    declared(whole, YEAR, [True] * 5)
    declared(low, YEAR, [False, True, False, False, False], is_late=True)
    declared(fell, YEAR - 1, [True] * 5)
    declared(fell, YEAR, [True, True, True, True, False])
    SelfReportFactory(service=service_in(hub, name="Silent"), round=round_of(YEAR))
    client = signed_in(person(Role.HUB_OFFICER, hub))

    page = page_of(client)
    lists = {
        look: names_on(client.get(f"/rounds/{YEAR}/self-reports/?look={look}").content.decode())
        for look in ("below_100", "below_level", "below_visit", "key_not_met", "down", "not_declared", "late", "higher", "lower")
    }

    assert counts_on(page) == {
        "Under 100%": 2, "Below good practice level": 1, "Below visit level": 1, "Key indicator not met": 1, "Down 20 points or more": 1,
        "Not declared": 1, "Declared late": 1, "Higher than last year": 0, "Lower than last year": 1, "The same as last year": 0,
    }  # fmt: skip
    assert lists == {
        "below_100": ["Low", "Fell"], "below_level": ["Low"], "below_visit": ["Low"], "key_not_met": ["Low"], "down": ["Fell"],
        "not_declared": ["Silent"], "late": ["Low"], "higher": [], "lower": ["Fell"],
    }  # fmt: skip
    assert "3 of 4 declared (75%), 1 late" in page
    assert f'href="/rounds/{YEAR}/self-reports/?look=below_100">Under 100% (2)' in page


@pytest.mark.parametrize(("before", "now", "is_down"), [(9, 7, True), (10, 8, True), (7, 5, True), (9, 8, False)])
def test_a_fall_of_exactly_20_points_counts(signed_in: Browser, hub: Organisation, before: int, now: int, is_down: bool) -> None:
    service = service_in(hub)
    declared(service, YEAR - 1, [True] * before + [False] * (10 - before))
    declared(service, YEAR, [True] * now + [False] * (10 - now))

    page = page_of(signed_in(person(Role.HUB_OFFICER, hub)))

    assert counts_on(page)["Down 20 points or more"] == int(is_down)


def test_levels_are_reached_when_equal_and_100_means_all(signed_in: Browser, hub: Organisation) -> None:
    at_both = service_in(hub)
    declared(at_both, YEAR, [True] * 4 + [False], indicator_set=set_of(at_both, 5, threshold_percent=80, visit_level_percent=80))
    almost = service_in(hub)
    declared(almost, YEAR, [False, *[True] * 299], indicator_set=set_of(almost, 300, threshold_percent=80))

    counts = counts_on(page_of(signed_in(person(Role.HUB_OFFICER, hub))))

    assert [counts[name] for name in ("Under 100%", "Below good practice level", "Below visit level")] == [2, 0, 0]


def test_figures_of_averages_need_five_services(signed_in: Browser, hub: Organisation) -> None:
    for _ in range(4):
        declared(service_in(hub), YEAR, [True, False])
    client = signed_in(person(Role.HUB_OFFICER, hub))

    few = page_of(client)
    declared(service_in(hub), YEAR, [True, True])
    enough = page_of(client)

    assert "Fewer than 5 services: figures not shown." in few
    assert "on average" not in few
    assert "5 services met 60% of their indicators on average. 1 of 5 reached their good practice level (20%)." in enough
    assert "Fewer than 5" not in enough


def test_declared_and_due_stand_by_region_and_programme_with_ways_down(signed_in: Browser) -> None:
    regions = [OrganisationFactory(hub=True, name=f"Region {letter}") for letter in "AB"]
    cancer, mind = ProgrammeFactory(), ProgrammeFactory(code="C", name="Mental health")
    for region, programme, is_declared in ((0, cancer, True), (0, cancer, False), (0, mind, True), (1, cancer, True)):
        service = service_in(regions[region], specification=SpecificationFactory(programme=programme))
        if is_declared:
            declared(service, YEAR, [True])
        else:
            asked = set_of(service, 1)
            round_of(YEAR).sets.create(specification=service.specification, indicator_set=asked)
            SelfReportFactory(service=service, round=round_of(YEAR), indicator_set=asked)
    for report in SelfReport.objects.filter(declared_at__isnull=False):
        round_of(YEAR).sets.get_or_create(specification=report.service.specification, defaults={"indicator_set": report.indicator_set})
    client = signed_in(person(Role.NATIONAL_LEAD))

    page = page_of(client)
    cell = re.search(r'<a href="([^"]+)">1 of 2 \(50%\)</a>', page)
    behind = client.get(cell.group(1).replace("&amp;", "&")).content.decode() if cell else ""

    assert "3 of 4 (75%) declared in all." in page
    assert len(names_on(behind)) == 2
    assert "Not applicable" in page  # nothing is due in the second region's other programme


def test_most_not_met_is_the_same_counted_ahead_or_from_the_answers_of_a_filter(signed_in: Browser, hub: Organisation) -> None:
    specification = SpecificationFactory()
    first = service_in(hub, specification=specification)
    asked = set_of(first, 3)
    round_of(YEAR).sets.create(specification=specification, indicator_set=asked)
    board = OrganisationFactory(board=True, region=hub)
    declared(first, YEAR, [True, False, False], indicator_set=asked)
    second = service_in(hub, specification=specification, provider__icb=board)
    declared(second, YEAR, [True, False, None], indicator_set=asked)
    declared(ServiceFactory(specification=specification), YEAR, [False, True, False], indicator_set=asked)  # another region
    client = signed_in(person(Role.HUB_OFFICER, hub))
    rows = r'/indicators/\d+/\?[^"]*">(N-\d) [^<]*</a>.*?(\d of \d met \(\d+%\))'

    before = re.findall(rows, page_of(client), re.DOTALL)
    count()
    counted = page_of(client)
    narrowed = page_of(client, f"?icb={board.pk}")

    assert before == re.findall(rows, counted, re.DOTALL) == [("N-1", "0 of 2 met (0%)"), ("N-2", "0 of 1 met (0%)")]
    assert re.findall(rows, narrowed, re.DOTALL) == [("N-1", "0 of 1 met (0%)")]
    assert "Counted from the answers just now." in narrowed
    assert "Figures at " in counted


def test_indicator_leads_to_the_answer_of_each_service(signed_in: Browser, hub: Organisation) -> None:
    specification = SpecificationFactory()
    services = [service_in(hub, specification=specification, name=name) for name in ("Yes", "No", "Never")]
    asked = set_of(services[0], 1)
    round_of(YEAR).sets.create(specification=specification, indicator_set=asked)
    for service, met in zip(services, (True, False, None), strict=True):
        declared(service, YEAR, [met], indicator_set=asked)
    client, at = signed_in(person(Role.HUB_OFFICER, hub)), f"/rounds/{YEAR}/indicators/{asked.indicators.get().pk}/"

    pages = {query: client.get(at + query).content.decode() for query in ("", "?result=not_met", "?result=met", "?result=not_applicable")}

    assert {query: names_on(page) for query, page in pages.items()} == {
        "": ["No", "Yes", "Never"], "?result=not_met": ["No"], "?result=met": ["Yes"], "?result=not_applicable": ["Never"],
    }  # fmt: skip
    assert "1 of 2 met (50%). Not applicable: 1." in pages[""]
    assert "Not applicable: Because." in pages[""]


# Stages and what was declared -----------------------------------------------------------------------------------------
def test_stage_shows_what_the_hub_holds_and_only_services_that_reached_it(signed_in: Browser, hub: Organisation) -> None:
    specification = SpecificationFactory()
    checked, unchecked = (service_in(hub, specification=specification, name=name) for name in ("Checked", "Unchecked"))
    asked = set_of(checked, 3)
    round_of(YEAR).sets.create(specification=specification, indicator_set=asked)
    validated(declared(checked, YEAR, [True, True, True], indicator_set=asked), {2: False})
    declared(unchecked, YEAR, [False, False, False], indicator_set=asked)
    client = signed_in(person(Role.HUB_OFFICER, hub))
    count()

    page = page_of(client, "?stage=VALIDATED")
    figures = {
        row[:2]: row[2:]
        for row in IndicatorFigure.objects.filter(stage=Stage.VALIDATED).values_list(
            "stage", "indicator__number", "met_count", "applicable_count"
        )
    }
    listed = client.get(f"/rounds/{YEAR}/self-reports/?stage=VALIDATED&look=below_100").content.decode()

    assert figures == {("VALIDATED", "N-0"): (1, 1), ("VALIDATED", "N-1"): (1, 1), ("VALIDATED", "N-2"): (0, 1)}
    assert counts_on(page)["Under 100%"] == 1
    assert names_on(listed) == ["Checked"]
    assert "2 of 3 met (66%)" in listed


def test_an_answer_that_is_being_edited_counts_as_it_was_declared(signed_in: Browser, hub: Organisation) -> None:
    service = service_in(hub)
    report = declared(service, YEAR, [True, True])
    round_of(YEAR).sets.create(specification=service.specification, indicator_set=report.indicator_set)
    SelfReport.objects.update(status="QUERIED")
    edited = report.answers.first()
    Answer.objects.filter(pk=edited.pk).update(met=False, value="NO", comment="Not yet declared.")
    client, at = signed_in(person(Role.HUB_OFFICER, hub)), f"/rounds/{YEAR}/indicators/{edited.indicator_id}/"
    count()

    shown, not_met = client.get(at).content.decode(), client.get(f"{at}?result=not_met").content.decode()

    assert list(IndicatorFigure.objects.values_list("met_count", "applicable_count")) == [(1, 1), (1, 1)]
    assert "1 of 1 met (100%)" in shown
    assert "Not yet declared." not in shown
    assert names_on(not_met) == []


def test_opened_again_it_leaves_the_figures_until_it_is_declared_again(hub: Organisation) -> None:
    report = declared(service_in(hub), YEAR, [True])
    count()
    before = IndicatorFigure.objects.count()
    SelfReport.objects.update(status="IN_PROGRESS", declared_at=None, declared_by=None)
    count()

    assert (before, IndicatorFigure.objects.count(), report.scores.count()) == (1, 0, 1)


def test_suspended_indicator_leaves_the_figures(hub: Organisation) -> None:
    declared(service_in(hub), YEAR, [False, True])
    count()
    Indicator.objects.filter(number="N-0").update(suspended_from=round_of(YEAR).opens_date, suspended_reason="Withdrawn")
    with time_machine.travel(round_of(YEAR).closes_date, tick=False):
        count()

    assert list(IndicatorFigure.objects.values_list("indicator__number", "met_count", "applicable_count")) == [("N-1", 1, 1)]


def test_key_requirements_are_in_no_figure(signed_in: Browser, hub: Organisation) -> None:
    service = service_in(hub)
    declared(service, YEAR, [False, True], indicator_set=set_of(service, 2, is_counted=False))
    count()
    client = signed_in(person(Role.HUB_OFFICER, hub))

    counts = counts_on(page_of(client))
    listed = client.get(f"/rounds/{YEAR}/self-reports/").content.decode()

    assert {counts[name] for name in ("Under 100%", "Below good practice level", "Key indicator not met")} == {0}
    assert not IndicatorFigure.objects.exists()
    assert "Key requirements: not counted" in listed


# Scope and filters ----------------------------------------------------------------------------------------------------
def test_a_hub_sees_its_region_and_the_national_team_all_of_them(signed_in: Browser, hub: Organisation) -> None:
    declared(service_in(hub, name="Ours"), YEAR, [False])
    foreign = declared(ServiceFactory(name="Theirs"), YEAR, [False])
    count()
    officer, national = signed_in(person(Role.HUB_OFFICER, hub)), signed_in(person(Role.NATIONAL_LEAD))

    lists = [names_on(one.get(f"/rounds/{YEAR}/self-reports/").content.decode()) for one in (officer, national)]
    forced = names_on(officer.get(f"/rounds/{YEAR}/self-reports/?region={foreign.service.region_id}").content.decode())

    assert lists == [["Ours"], ["Ours", "Theirs"]]
    assert forced == ["Ours"]
    assert [counts_on(page_of(one))["Under 100%"] for one in (officer, national)] == [1, 2]


@pytest.mark.parametrize("role", [Role.SERVICE_LEAD, Role.EXECUTIVE, Role.COMMISSIONER, Role.REVIEWER])
def test_others_do_not_read_rounds(signed_in: Browser, hub: Organisation, role: str) -> None:
    report = declared(service_in(hub), YEAR, [True])
    user = assign(report.service, role) if role == Role.SERVICE_LEAD else person(role)
    client, indicator = signed_in(user), report.indicator_set.indicators.get().pk

    codes = [client.get(f"/rounds/{YEAR}/{part}").status_code for part in ("", "self-reports/", f"indicators/{indicator}/")]

    assert codes == [403, 403, 403]
    assert client.post(f"/rounds/{YEAR}/count/").status_code == 403


def test_unknown_year_and_an_indicator_of_another_round_are_missing_pages(signed_in: Browser, hub: Organisation) -> None:
    declared(service_in(hub), YEAR, [True])
    report = declared(service_in(hub), YEAR - 1, [True])
    client = signed_in(person(Role.HUB_OFFICER, hub))
    paths = (
        f"{YEAR + 1}/",
        f"{YEAR + 1}/self-reports/",
        f"{YEAR}/indicators/{report.indicator_set.indicators.get().pk}/",
        f"{YEAR}/indicators/{10**25}/",
    )

    assert [client.get(f"/rounds/{path}").status_code for path in paths] == [404] * 4


def test_filters_stand_in_the_address_and_are_taken_along(signed_in: Browser, hub: Organisation) -> None:
    service = service_in(hub, name="Chosen")
    report = declared(service, YEAR, [False, True])
    round_of(YEAR).sets.create(specification=service.specification, indicator_set=report.indicator_set)
    declared(service_in(hub, name="Other"), YEAR, [False])
    decided = SurveillanceDecision(
        service=service, round=round_of(YEAR), status="IN_FORCE", needs_peer_review=True, likelihood=3, consequence=3, rationale="Why",
        figures="{}", figures_hash="0", proposed_by=report.declared_by, proposed_at=report.declared_at,
        positions_due_date=report.due_date, review_date=report.due_date, in_force_at=report.declared_at, in_force_by=report.declared_by,
    )  # fmt: skip
    decided.save()
    client = signed_in(person(Role.HUB_OFFICER, hub))
    queries = (
        f"provider={service.provider_id}", f"specification={service.specification_id}", "option=3", "band=50", "status=DECLARED&band=50",
        f"programme={service.specification.programme_id}&option=3",
    )  # fmt: skip

    lists = [names_on(client.get(f"/rounds/{YEAR}/self-reports/?{query}").content.decode()) for query in queries]
    without = names_on(client.get(f"/rounds/{YEAR}/self-reports/?option=none").content.decode())
    page = page_of(client, f"?provider={service.provider_id}&stage=SELF_ASSESSED")

    assert lists == [["Chosen"]] * len(queries)
    assert without == ["Other"]
    assert "1 of 1 declared (100%)" in page
    assert f"Remove Provider: {service.provider.name}" in page
    assert f"/rounds/{YEAR}/services.csv?provider={service.provider_id}&amp;stage=SELF_ASSESSED" in page


@pytest.mark.parametrize("query", ["?stage=x", "?provider=x&icb=-1", "?option=9&look=none&band=7", "?specification=99999999999999999999"])
def test_what_is_no_choice_filters_nothing(signed_in: Browser, hub: Organisation, query: str) -> None:
    declared(service_in(hub, name="Here"), YEAR, [False])
    client = signed_in(person(Role.HUB_OFFICER, hub))

    assert counts_on(page_of(client, query))["Under 100%"] == 1
    assert names_on(client.get(f"/rounds/{YEAR}/self-reports/{query}").content.decode()) == ["Here"]


def test_a_round_without_declarations_says_until_when(signed_in: Browser, hub: Organisation) -> None:
    SelfReportFactory(service=service_in(hub), round=round_of(YEAR))
    client = signed_in(person(Role.HUB_OFFICER, hub))

    empty = page_of(signed_in(person(Role.HUB_OFFICER)))
    waiting = page_of(client)

    assert "No self-reports have been made for this round yet." in empty
    assert "No self-reports have been declared yet. The round closes on Saturday 31 July 2027." in waiting


def test_most_challenged_are_those_that_services_in_sight_challenge(signed_in: Browser, hub: Organisation) -> None:
    specification = SpecificationFactory()
    ours, foreign = service_in(hub, specification=specification), ServiceFactory(specification=specification)
    asked = set_of(ours, 2)
    round_of(YEAR).sets.create(specification=specification, indicator_set=asked)
    for service, place in ((ours, 1), (foreign, 0)):
        report = declared(service, YEAR, [True, True], indicator_set=asked)
        challenges.raise_challenge(
            answer_id=report.answers.all()[place].pk, self_report_id=report.pk, reason="Old.", by=assign(service, Role.SERVICE_LEAD)
        )

    part = page_of(signed_in(person(Role.HUB_OFFICER, hub))).partition("Most challenged</h2>")[2]

    assert re.findall(r">(N-\d) ", part) == ["N-1"]


# Counting ahead -------------------------------------------------------------------------------------------------------
def test_counting_again_writes_nothing_and_a_change_only_itself(hub: Organisation) -> None:
    report = declared(service_in(hub), YEAR, [True, False])
    first = collation.count_round(round_id=report.round_id)
    again = collation.count_round(round_id=report.round_id)
    report.answers.filter(met=False).update(met=True, value="YES")
    declare_again(report)

    assert (first, again, collation.count_round(round_id=report.round_id)) == (2, 0, 1)
    assert set(IndicatorFigure.objects.values_list("met_count", "applicable_count")) == {(1, 1)}


def test_many_declarations_ask_for_one_job_which_counts(hub: Organisation) -> None:
    report = declared(service_in(hub), YEAR, [True])
    for _ in range(3):
        collation.ask_to_count(report.round_id)

    assert Job.objects.filter(kind="collation.count").count() == 1
    jobs.run_pending()
    assert IndicatorFigure.objects.count() == 1


def test_within_a_minute_only_a_person_has_it_counted_again(signed_in: Browser, hub: Organisation) -> None:
    report = declared(service_in(hub), YEAR, [True])
    count()
    first = RoundCount.objects.get().counted_at
    collation.ask_to_count(report.round_id)
    jobs.run_pending()
    unasked = RoundCount.objects.get().counted_at
    response = signed_in(person(Role.HUB_OFFICER, hub)).post(f"/rounds/{YEAR}/count/?stage=VALIDATED")
    jobs.run_pending()

    assert unasked == first
    assert response["Location"] == f"/rounds/{YEAR}/?stage=VALIDATED"
    assert RoundCount.objects.get().counted_at > first


def test_periodic_work_counts_what_is_newer_than_the_figures_and_then_rests(hub: Organisation) -> None:
    with time_machine.travel("2027-07-01 10:00Z") as clock:
        report = declared(service_in(hub), YEAR, [True])
        asked = []
        for _ in range(3):  # the second time for transactions that began before the first and ended after it
            asked.append(count_rounds()["rounds_to_count"])
            jobs.run_pending()
            clock.shift(600)
        declare_again(report)
        asked.append(count_rounds()["rounds_to_count"])

    assert asked == [1, 1, 0, 1]


@pytest.mark.parametrize("stage", Stage.values)
def test_counted_figures_are_those_of_the_answers_in_each_region(hub: Organisation, stage: str) -> None:
    for n in range(6):
        report = declared(ServiceFactory(provider__region=hub) if n % 2 else ServiceFactory(), YEAR, [n % 3 == 0, None, True])
        if n % 2:
            validated(report, {2: None, 0: n == 1})
    count()

    direct = collation.counts_by_region(Answer.objects.all(), round_of(YEAR), stage)
    kept = IndicatorFigure.objects.filter(stage=stage).values_list("region", "indicator", "met_count", "applicable_count")

    assert {row[:2]: row[2:] for row in kept} == direct
    assert sum(applicable for _, applicable in direct.values()) == {"SELF_ASSESSED": 12, "VALIDATED": 3, "PEER_REVIEWED": 0}[stage]


# Cost -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("services", [1, 6])
@pytest.mark.parametrize("path", ["", "?stage=VALIDATED", "self-reports/", "self-reports/?look=down", "indicators/"])
def test_pages_cost_the_same_for_one_service_and_for_six(
    signed_in: Browser, hub: Organisation, django_assert_num_queries: Callable[..., object], services: int, path: str
) -> None:
    specification = SpecificationFactory()
    reports = []
    for _ in range(services):
        service = service_in(hub, specification=specification)
        asked = reports[0].indicator_set if reports else set_of(service, 2)
        reports.append(declared(service, YEAR, [True, False], indicator_set=asked))
    validated(reports[0], {})
    round_of(YEAR).sets.create(specification=specification, indicator_set=reports[0].indicator_set)
    count()
    client = signed_in(person(Role.HUB_MANAGER, hub))
    address = f"/rounds/{YEAR}/{path}" + (f"{reports[0].indicator_set.indicators.last().pk}/" if path == "indicators/" else "")
    client.get(address)

    with django_assert_num_queries(
        {"": 12, "?stage=VALIDATED": 12, "indicators/": 11, "self-reports/": 9, "self-reports/?look=down": 8}[path]
    ):
        response = client.get(address)

    assert response.status_code == 200


def test_narrowed_page_that_counts_answers_stays_within_15_statements(
    signed_in: Browser, hub: Organisation, django_assert_max_num_queries: Callable[..., object]
) -> None:
    board = OrganisationFactory(board=True, region=hub)
    for status in ("DECLARED", "QUERIED"):
        report = declared(service_in(hub, provider__icb=board), YEAR, [True, False], status=status)
    count()
    client = signed_in(person(Role.NATIONAL_LEAD))
    address = f"/rounds/{YEAR}/?icb={board.pk}"
    client.get(address)

    with django_assert_max_num_queries(15):
        page = client.get(address).content.decode()

    assert report.service.provider.icb == board
    assert "2 of 2 declared (100%)" in page
    assert Decimal(50) == report.scores.get().percent
