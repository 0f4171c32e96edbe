"""Which services report in a round: what opening asks, the list, taking one out, putting one in."""

import re

import pytest

from accounts.models import AuditEvent
from accounts.permissions import Role
from surveillance.models import Answer, IndicatorSet, InvalidTransition, Round, RoundExclusion, RoundSet, SelfReport
from surveillance.services import answers, round_scope, rounds, section_people
from surveillance.services.rounds import KEY_REQUIREMENTS
from tests.factories.accounts import person
from tests.factories.surveillance import (
    IndicatorFactory,
    IndicatorSetFactory,
    ProgrammeFactory,
    RoundFactory,
    ServiceFactory,
    SpecificationFactory,
    assign,
)
from work import jobs

pytestmark = pytest.mark.django_db
DATES = {"opens_date": (1, 6), "closes_date": (31, 7), "check_by_date": (30, 9)}


def fields(**more: str) -> dict[str, str]:
    """The dates of a 2027 round as the form sends them, and more."""
    dates = {
        f"{name}_{part}": str(n) for name, day in DATES.items() for part, n in zip(("day", "month", "year"), (*day, 2027), strict=True)
    }
    return dates | {"year": "2027", "grace_working_days": "10"} | more


@pytest.fixture
def lead():
    return person(Role.NATIONAL_LEAD)


def asked(year: int = 2027) -> dict[int, str]:
    """Specification to the code of what it reports against in a round."""
    return dict(RoundSet.objects.filter(round__year=year).values_list("specification", "indicator_set__code"))


# Opening --------------------------------------------------------------------------------------------------------------
def test_each_specification_is_chosen_and_the_rest_has_no_self_report(signed_in, lead):
    first, second, third = (ServiceFactory() for _ in range(3))
    old = IndicatorSetFactory(specification=first.specification)

    signed_in(lead).post(
        "/rounds/open/",
        fields(**{f"set_{first.specification_id}": str(old.pk), f"set_{second.specification_id}": KEY_REQUIREMENTS,
                  f"set_{third.specification_id}": "NOT_IN"}),
    )  # fmt: skip
    jobs.run_pending()

    assert asked() == {first.specification_id: old.code, second.specification_id: f"KR-{second.specification.number}"}
    assert set(SelfReport.objects.values_list("service", flat=True)) == {first.pk, second.pk}


def test_an_older_version_can_be_chosen_and_the_newest_comes_first(signed_in, lead):
    service = ServiceFactory()
    old = IndicatorSetFactory(specification=service.specification, code="SAME", version=1, name="Measures")
    IndicatorSetFactory(specification=service.specification, code="SAME", version=2, name="Measures")
    client, name = signed_in(lead), f"set_{service.specification_id}"

    page = client.get("/rounds/open/").content.decode()
    client.post("/rounds/open/", fields(**{name: str(old.pk)}))

    select = re.search(f'<select name="{name}".*?</select>', page, re.DOTALL)[0]
    assert re.findall(r">([^<>]+)</option>", select) == [
        "Measures, version 2", "Measures, version 1", "Key requirements", "Not in this round",
    ]  # fmt: skip
    assert RoundSet.objects.get().indicator_set == old


def test_a_choice_that_is_not_offered_opens_nothing(signed_in, lead):
    service, foreign = ServiceFactory(), IndicatorSetFactory()

    response = signed_in(lead).post("/rounds/open/", fields(**{f"set_{service.specification_id}": str(foreign.pk)}))

    assert "that set is not offered now" in response.content.decode()
    assert not Round.objects.exists()


def test_counting_says_what_each_choice_touches_and_keeps_what_was_typed(signed_in, lead):
    programme = ProgrammeFactory(code="Q", name="Illustrative programme")
    in_it, out = SpecificationFactory(programme=programme), SpecificationFactory(programme=programme)
    ServiceFactory.create_batch(3, specification=in_it)
    ServiceFactory.create_batch(2, specification=out)
    indicator_set = IndicatorSetFactory(specification=in_it)

    page = signed_in(lead).post(
        "/rounds/open/",
        {"count": "1", "year": "2031", f"set_{in_it.pk}": str(indicator_set.pk), f"set_{out.pk}": "NOT_IN"},
    ).content.decode()  # fmt: skip

    assert "3 services would report</strong>: 3 against an indicator set, 0 against key requirements. 2 services would not report." in page
    assert "Illustrative programme: 2 specifications, 3 of 5 services in the round" in page
    assert 'value="2031"' in page
    assert "There is a problem" not in page
    assert not Round.objects.exists()


@pytest.mark.parametrize(("quick", "expected"), [("OUT", False), ("PROPOSED", True)])
def test_a_whole_programme_is_chosen_at_once(signed_in, lead, quick, expected):
    programme = ProgrammeFactory(code="Q", name="Illustrative programme")
    service, other = ServiceFactory(specification__programme=programme), ServiceFactory()
    chosen = {f"set_{service.specification_id}": "NOT_IN" if expected else KEY_REQUIREMENTS, f"programme_{programme.pk}": quick}

    signed_in(lead).post("/rounds/open/", fields(**chosen))

    assert asked() == {
        key: f"KR-{one.specification.number}"
        for key, one in ((service.specification_id, service), (other.specification_id, other))
        if expected or one is other
    }


def test_a_filter_hides_choices_and_loses_none(signed_in, lead):
    shown, hidden = ServiceFactory(specification__name="Renal"), ServiceFactory(specification__name="Burns")

    page = signed_in(lead).post(
        "/rounds/open/", {"show": "1", "find": "rEnal", f"set_{hidden.specification_id}": "NOT_IN"}
    ).content.decode()  # fmt: skip

    assert f'<select name="set_{shown.specification_id}"' in page
    assert f'<select name="set_{hidden.specification_id}"' not in page
    assert f'<input type="hidden" name="set_{hidden.specification_id}" value="NOT_IN">' in page


@pytest.mark.parametrize("find", ["9" * 500, "<script>", "%"])
def test_odd_filters_find_nothing_and_do_no_harm(signed_in, lead, find):
    ServiceFactory()

    response = signed_in(lead).post("/rounds/open/", {"show": "1", "find": find})

    assert response.status_code == 200
    assert "No specifications match." in response.content.decode()


def test_a_round_of_nothing_is_refused(signed_in, lead):
    service = ServiceFactory()

    response = signed_in(lead).post("/rounds/open/", fields(**{f"set_{service.specification_id}": "NOT_IN"}))

    assert "Choose at least one specification for this round" in response.content.decode()


@pytest.mark.parametrize("count", [1, 150])
def test_opening_costs_the_same_for_one_specification_and_for_150(signed_in, lead, django_assert_num_queries, count):
    SpecificationFactory.create_batch(count)
    client = signed_in(lead)
    client.get("/rounds/open/")

    with django_assert_num_queries(8):
        page = client.get("/rounds/open/").content.decode()

    assert page.count('<select name="set_') == count


# The list -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def opened(lead):
    """A round with one service in it."""
    indicator_set = IndicatorSetFactory()
    IndicatorFactory.create_batch(2, indicator_set=indicator_set)
    ServiceFactory(specification=indicator_set.specification, name="Alder unit")
    made = RoundFactory(year=2027)
    RoundSet.objects.create(round=made, specification=indicator_set.specification, indicator_set=indicator_set)
    rounds.open_next_services(round_id=made.pk)
    return made


@pytest.fixture
def service(opened):
    return opened.self_reports.get().service


def test_list_shows_every_place_of_a_service(signed_in, lead, opened, service):
    ServiceFactory(specification=service.specification, name="Birch unit")
    ServiceFactory(name="Cedar unit")
    taken = ServiceFactory(specification=service.specification, name="Dunmoor unit")
    RoundExclusion.objects.create(round=opened, service=taken, reason="It closes in May.", made_by=lead)

    page = signed_in(lead).get("/rounds/2027/services/").content.decode()

    sentence = "1 service is in the round, 1 taken out, 1 not in the round yet, 1 of specifications that are not in it."
    assert sentence in page
    assert "Taken out: It closes in May." in page
    assert [page.count(words) for words in ("Take out of this round<", "Add to this round<")] == [1, 3]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=alder", ["Alder unit"]), ("q=nothing", []), ("place=NOT_ASKED", ["Cedar unit"]), ("place=IN", ["Alder unit"]),
        ("place=x&programme=99999999999999999999999&region=x", ["Alder unit", "Cedar unit"]),
        ("q=%25", []), ("page=9999999", ["Alder unit", "Cedar unit"]),
    ],
)  # fmt: skip
def test_list_is_searched_and_filtered(signed_in, lead, opened, query, names):
    ServiceFactory(name="Cedar unit")

    response = signed_in(lead).get(f"/rounds/2027/services/?{query}")

    assert response.status_code == 200
    assert [name for name in ("Alder unit", "Cedar unit") if name in response.content.decode()] == names


def test_hub_reads_its_region_and_changes_nothing(signed_in, opened, service):
    foreign = ServiceFactory(name="Foreign unit")
    client = signed_in(person(Role.HUB_OFFICER, service.region))

    page = client.get("/rounds/2027/services/").content.decode()
    codes = [client.get(f"/rounds/2027/services/{service.pk}/{act}/").status_code for act in ("take-out", "add")]

    assert ("Alder unit" in page, foreign.name in page, "Take out of this round" in page) == (True, False, False)
    assert codes == [403, 403]


@pytest.mark.parametrize("count", [1, 50])
def test_list_costs_the_same_for_one_row_and_for_fifty(signed_in, lead, opened, django_assert_num_queries, count):
    ServiceFactory.create_batch(count - 1, provider=opened.self_reports.get().service.provider)
    client = signed_in(lead)
    client.get("/rounds/2027/services/")

    with django_assert_num_queries(11):
        response = client.get("/rounds/2027/services/")

    assert response.content.decode().count('scope="row"') == count


# Out and in -----------------------------------------------------------------------------------------------------------
def test_service_is_taken_out_with_a_reason_and_put_back(signed_in, lead, opened, service):
    client, at = signed_in(lead), f"/rounds/2027/services/{service.pk}/"

    empty = client.post(at + "take-out/", {"reason": " "})
    client.post(at + "take-out/", {"reason": "It closes in May."})
    away = SelfReport.objects.filter(service=service).exists(), RoundExclusion.objects.get().reason
    rerun = rounds.open_next_services(round_id=opened.pk)
    back = client.post(at + "add/")

    assert "Enter why this service does not report in this round" in empty.content.decode()
    assert (away, rerun) == ((False, "It closes in May."), 0)
    report = SelfReport.objects.get(service=service)
    assert (back["Location"], RoundExclusion.objects.count()) == (f"/self-reports/{report.pk}/", 0)
    assert (report.answers.count(), report.status, report.due_date) == (2, "NOT_STARTED", opened.closes_date)
    acts = ["self_report.removed", "round.service_taken_out", "round.service_added"]
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == acts


def test_begun_self_report_stays(signed_in, lead, opened, service):
    report = opened.self_reports.get()
    answer, worker = report.answers.first(), assign(service, Role.SERVICE_LEAD)
    answers.save_answer(answer_id=answer.pk, self_report_id=report.pk, raw={"value": "YES"}, version=0, by=worker)

    response = signed_in(lead).post(f"/rounds/2027/services/{service.pk}/take-out/", {"reason": "It closes in May."})

    assert "Somebody has begun this self-report" in response.content.decode()
    assert (Answer.objects.count(), RoundExclusion.objects.count()) == (2, 0)


def test_self_report_whose_sections_are_given_stays(lead, opened, service):
    report, worker = opened.self_reports.get(), assign(service, Role.SERVICE_LEAD)
    section = report.answers.first().indicator.section
    section_people.assign_section(self_report_id=report.pk, section=section, user_ids=[worker.pk], by=worker)

    with pytest.raises(InvalidTransition, match="given its sections"):
        round_scope.take_out_of_round(round_id=opened.pk, service_id=service.pk, reason="Why", by=lead)


def test_service_is_taken_out_before_its_self_report_is_made(lead, opened, service):
    new = ServiceFactory(specification=service.specification)

    round_scope.take_out_of_round(round_id=opened.pk, service_id=new.pk, reason="Why", by=lead)

    assert rounds.open_next_services(round_id=opened.pk) == 0
    with pytest.raises(InvalidTransition, match="already"):
        round_scope.take_out_of_round(round_id=opened.pk, service_id=new.pk, reason="Why", by=lead)


def test_service_outside_the_round_cannot_be_taken_out_of_it(lead, opened):
    with pytest.raises(InvalidTransition, match="not in the round"):
        round_scope.take_out_of_round(round_id=opened.pk, service_id=ServiceFactory().pk, reason="Why", by=lead)


def test_service_of_a_specification_outside_the_round_reports_against_key_requirements(lead, opened):
    new = ServiceFactory()

    report = round_scope.add_to_round(round_id=opened.pk, service_id=new.pk, by=lead)

    assert report.indicator_set == IndicatorSet.objects.get(is_counted=False)
    assert not RoundSet.objects.filter(round=opened, specification=new.specification).exists()
    with pytest.raises(InvalidTransition, match="already"):
        round_scope.add_to_round(round_id=opened.pk, service_id=new.pk, by=lead)


def test_closed_round_keeps_its_services(signed_in, lead, opened, service):
    Round.objects.filter(pk=opened.pk).update(closed_at=opened.opened_at)
    client, new = signed_in(lead), ServiceFactory()

    pages = [client.post(f"/rounds/2027/services/{one.pk}/{act}/", {"reason": "Why"}).content.decode()
             for one, act in ((service, "take-out"), (new, "add"))]  # fmt: skip

    assert ["The 2027 round has closed, so its services cannot be changed." in page for page in pages] == [True, True]


@pytest.mark.parametrize("act", ["take-out", "add"])
def test_service_that_is_not_there_is_a_missing_page(signed_in, lead, opened, act):
    codes = [
        signed_in(lead).get(f"/rounds/{year}/services/{pk}/{act}/").status_code for year, pk in ((2027, 999_999), (1999, 1), (2027, 10**25))
    ]

    assert codes == [404, 404, 404]
