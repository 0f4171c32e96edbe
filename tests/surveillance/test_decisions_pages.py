"""Pages of decisions: who sees what, the whole way from figures to force in a browser, faults, clashes, and constant queries."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from surveillance.models import SelfReport, SurveillanceDecision
from surveillance.services import decisions as services
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import Place, give_positions, make_action, make_decision, make_place, make_report

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
QUERIES_OF_LIST = 12
QUERIES_OF_PAGE = 14

PROPOSAL = {
    "options": ["2", "3"], "who": ["PROVIDER"], "likelihood": "3", "consequence": "4", "rationale": "Cover is thin.",
    "review_date_day": "30", "review_date_month": "9", "review_date_year": "2099",
}  # fmt: skip


@pytest.fixture
def place() -> Place:
    return make_place()


def text_of(response: object) -> str:
    html = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&amp;", "&").replace("&#x27;", "'").split())


def position_url(decision: SurveillanceDecision) -> str:
    return reverse("surveillance:decision_position", args=[decision.pk])


# Who sees what --------------------------------------------------------------------------------------------------------
GET_CODES = {
    # page: manager, officer, lead, contributor, executive, commissioner
    "decision_list": (200, 200, 200, 403, 200, 200),
    "decision_detail": (200, 200, 200, 404, 200, 200),
    "decision_position": (302, 403, 403, 404, 302, 302),
    "decision_bring_into_force": (302, 403, 403, 404, 403, 403),
    "decision_end": (200, 403, 403, 404, 403, 403),
    "decision_propose": (200, 200, 403, 403, 403, 403),
    "self_report_decision": (200, 200, 403, 403, 403, 403),
}
PEOPLE = ("manager", "officer", "lead", "contributor", "executive", "commissioner")


def address_of(name: str, place: Place, decision: SurveillanceDecision) -> str:
    arguments = {
        "decision_list": [],
        "decision_propose": [place.service.pk],
        "self_report_decision": [SelfReport.objects.get(service=place.service).pk],
    }.get(name, [decision.pk])
    return reverse(f"surveillance:{name}", args=arguments)


@pytest.mark.parametrize(("name", "who"), [(name, who) for name in GET_CODES for who in PEOPLE])
def test_decision_pages_by_role_in_scope(place: Place, signed_in: SignIn, name: str, who: str) -> None:
    decision = make_decision(place)

    response = signed_in(getattr(place, who)).get(address_of(name, place, decision))

    assert response.status_code == GET_CODES[name][PEOPLE.index(who)]


@pytest.mark.parametrize(("name", "who"), [(name, who) for name in GET_CODES if name != "decision_list" for who in PEOPLE])
def test_decision_pages_of_a_foreign_service_do_not_exist(place: Place, signed_in: SignIn, name: str, who: str) -> None:
    other = make_place()
    decision = make_decision(other)

    responses = [getattr(signed_in(getattr(place, who)), method)(address_of(name, other, decision)) for method in ("get", "post")]

    assert [response.status_code for response in responses] == [404, 405 if name == "decision_detail" else 404]


def test_decision_pages_ask_strangers_to_sign_in_and_refuse_other_methods(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place)
    address = reverse("surveillance:decision_detail", args=[decision.pk])

    assert Client().get(address).status_code == 302
    assert signed_in(place.manager).post(address).status_code == 405
    assert signed_in(place.manager).put(position_url(decision)).status_code == 405


def test_decision_list_shows_only_what_is_in_scope(place: Place, signed_in: SignIn) -> None:
    other = make_place()
    make_decision(place)
    make_decision(other)

    shown = [
        [row.service_id for row in signed_in(user).get(reverse("surveillance:decision_list")).context["page_obj"]]
        for user in (place.manager, place.lead, place.executive, place.commissioner, person(Role.NATIONAL_LEAD))
    ]

    mine = [place.service.pk]
    assert [sorted(rows) for rows in shown] == [mine, mine, mine, mine, sorted([place.service.pk, other.service.pk])]


def test_second_commissioner_reads_but_gives_no_position(place: Place, signed_in: SignIn) -> None:
    decision, board = make_decision(place), OrganisationFactory(board=True)
    place.service.commissionings.create(organisation=board, is_lead=False, from_date=timezone.localdate())
    browser = signed_in(person(Role.COMMISSIONER, board))

    codes = [browser.get(reverse("surveillance:decision_detail", args=[decision.pk])).status_code]
    codes.append(browser.post(position_url(decision), {"view": "AGREE", "version": ""}).status_code)

    assert codes == [200, 403]


# Proposing ------------------------------------------------------------------------------------------------------------
def test_propose_shows_the_rule_and_starts_empty(place: Place, signed_in: SignIn) -> None:
    report = make_report(place, met=3)

    response = signed_in(place.officer).get(reverse("surveillance:self_report_decision", args=[report.pk]))

    assert "3 of 4 met (75%). Under the good practice level of 80%: option 2, provider action (rule 3)." in text_of(response)
    assert "checked" not in response.content.decode()


def test_propose_asks_for_positions(place: Place, signed_in: SignIn) -> None:
    make_report(place)

    response = signed_in(place.officer).post(reverse("surveillance:decision_propose", args=[place.service.pk]), PROPOSAL)

    decision = SurveillanceDecision.objects.get()
    assert response["Location"] == reverse("surveillance:decision_detail", args=[decision.pk])
    assert (decision.options_words, decision.risk_words) == ("option 2, enhanced (provider) and option 3, peer review", "high (3 x 4 = 12)")
    assert decision.positions.count() == 3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"options": []}, "Select at least one option"),
        ({"options": ["2"], "who": []}, "Select who must act"),
        ({"options": ["9"]}, "9"),
        ({"likelihood": ""}, "Select how likely it is to go wrong"),
        ({"consequence": ""}, "Select how serious it would be"),
        ({"rationale": " "}, "Enter why you chose these options"),
        ({"review_date_year": "2001"}, "Review date must be in the future"),
        ({"review_date_day": "31"}, "must be a real date"),
        ({"review_date_day": "", "review_date_month": "", "review_date_year": ""}, "Enter the review date"),
    ],
)
def test_propose_keeps_what_was_typed_beside_the_fault(place: Place, signed_in: SignIn, change: dict[str, object], sentence: str) -> None:
    make_report(place)

    response = signed_in(place.officer).post(reverse("surveillance:decision_propose", args=[place.service.pk]), PROPOSAL | change)

    assert response.status_code == 200
    assert sentence in text_of(response)
    assert b"<title>Error: " in response.content
    assert SurveillanceDecision.objects.count() == 0
    if "rationale" not in change:
        assert "Cover is thin." in text_of(response)


def test_propose_after_a_colleague_keeps_the_text(place: Place, signed_in: SignIn) -> None:
    report = make_report(place)
    make_decision(place, report=report)

    response = signed_in(place.manager).post(reverse("surveillance:decision_propose", args=[place.service.pk]), PROPOSAL)

    assert f"{place.officer.name} proposed a decision for the 2027 round" in text_of(response)
    assert "Your text is below and was not saved." in text_of(response)
    assert "Cover is thin." in text_of(response)


@pytest.mark.parametrize("status", ["DECLARED", "QUERIED"])
def test_propose_before_acceptance_says_so(place: Place, signed_in: SignIn, status: str) -> None:
    report = make_report(place, status=status)
    address = reverse("surveillance:self_report_decision", args=[report.pk])

    responses = [signed_in(place.officer).get(address), signed_in(place.officer).post(address, PROPOSAL)]

    assert [response.status_code for response in responses] == [200, 200]
    assert all("has not accepted this self-report" in text_of(response) for response in responses)


def test_propose_without_any_self_report_says_so(place: Place, signed_in: SignIn) -> None:
    response = signed_in(place.officer).get(reverse("surveillance:decision_propose", args=[place.service.pk]))

    assert "no self-report yet" in text_of(response)


# Positions and force --------------------------------------------------------------------------------------------------
def test_three_parties_and_the_manager_carry_it_into_force(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place, report=make_report(place, met=3))
    make_action(place, decision_id=decision.pk)
    detail = reverse("surveillance:decision_detail", args=[decision.pk])
    for user in (place.executive, place.commissioner, place.manager):
        browser = signed_in(user)
        version = browser.get(detail).context["position_form"].initial["version"]
        assert browser.post(position_url(decision), {"view": "AGREE", "note": "", "version": version})["Location"] == detail
    page = signed_in(place.manager).get(detail)

    response = signed_in(place.manager).post(
        reverse("surveillance:decision_bring_into_force", args=[decision.pk]), {"version": page.context["force_form"].initial["version"]}
    )

    assert response["Location"] == detail
    assert "In force" in text_of(signed_in(place.lead).get(detail))
    assert "Review this decision" in text_of(signed_in(place.lead).get(detail))


def test_position_faults_are_shown_on_the_decision(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place)
    browser = signed_in(place.executive)

    responses = [
        browser.post(position_url(decision), {"view": "DISAGREE", "note": "", "version": "PROVIDER:0"}),
        browser.post(position_url(decision), {"view": "", "note": "Kept text", "version": "PROVIDER:0"}),
    ]

    assert "Enter a note to say why you disagree" in text_of(responses[0])
    assert "Select your position" in text_of(responses[1])
    assert "Kept text" in text_of(responses[1])


def test_position_clash_shows_both(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place)
    services.record_position(decision_id=decision.pk, party="PROVIDER", view="AGREE_WITH_NOTE", note="First words", by=place.executive)
    other = person(Role.EXECUTIVE, place.service.provider)

    response = signed_in(other).post(position_url(decision), {"view": "DISAGREE", "note": "My words", "version": "PROVIDER:0"})

    assert response.status_code == 409
    assert "Someone else changed this position" in text_of(response)
    assert "First words" in text_of(response)
    assert "My words" in text_of(response)
    version = response.context["version"]
    signed_in(other).post(position_url(decision), {"view": "DISAGREE", "note": "My words", "version": version})
    assert decision.positions.get(party="PROVIDER").note == "My words"


def test_position_after_force_keeps_the_text(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision)
    services.bring_into_force(decision_id=decision.pk, by=place.manager)

    response = signed_in(place.executive).post(position_url(decision), {"view": "DISAGREE", "note": "Too late", "version": ""})

    assert response.status_code == 200
    assert f"{place.manager.name} brought this into force at" in text_of(response)
    assert "Too late" in text_of(response)


def test_bring_into_force_too_early_and_without_action_says_why(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place, report=make_report(place, met=3))
    address, browser = reverse("surveillance:decision_bring_into_force", args=[decision.pk]), signed_in(place.manager)

    early = browser.post(address, {"version": "1"})
    give_positions(place, decision)
    without_action = browser.post(address, {"version": "1"})

    assert "Still waiting for a position from:" in text_of(early)
    assert "only with at least one provider action" in text_of(without_action)
    assert b"<title>Error: " in without_action.content


def test_dissent_is_asked_about_then_recorded(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision, provider="DISAGREE")
    address, browser = reverse("surveillance:decision_bring_into_force", args=[decision.pk]), signed_in(place.manager)

    asked = browser.post(address, {"version": "1"})
    browser.post(address, {"version": "1", "confirmed": "on"})

    assert f"Bring this into force with {place.service.provider.name}’s disagreement on the record?" in text_of(asked)
    detail = browser.get(reverse("surveillance:decision_detail", args=[decision.pk]))
    assert "In force, with disagreement recorded" in text_of(detail)


def test_bring_into_force_of_a_changed_decision_is_a_clash(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision)

    response = signed_in(place.manager).post(reverse("surveillance:decision_bring_into_force", args=[decision.pk]), {"version": "9"})

    assert response.status_code == 409
    assert "Someone else changed this decision" in text_of(response)


def test_end_needs_a_reason_and_shows_it(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place)
    address, browser = reverse("surveillance:decision_end", args=[decision.pk]), signed_in(place.manager)

    faulty = browser.post(address, {"reason": "", "version": "1"})
    done = browser.post(address, {"reason": "Wrong figures", "version": "1"}, follow=True)
    again = browser.post(address, {"reason": "Once more", "version": "2"})

    assert "Enter a reason for ending this decision" in text_of(faulty)
    assert "Wrong figures" in text_of(done)
    assert "This is now ended" in text_of(again)


def test_silence_and_older_figures_are_said(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place)
    decision.positions.update(view="NOT_GIVEN")
    SelfReport.objects.get().scores.update(met_count=2)

    page = text_of(signed_in(place.lead).get(reverse("surveillance:decision_detail", args=[decision.pk])))

    assert f"No position from {place.board.name} by" in page
    assert "Made on older figures: 3 of 4 then, 2 of 4 now." in page


# Lists ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("row_count", [1, 3])
def test_decision_list_takes_the_same_queries(place: Place, signed_in: SignIn, django_assert_num_queries: Callable, row_count: int) -> None:
    for _ in range(row_count):
        near = make_place(region=place.service.region, provider=place.service.provider)
        make_decision(near)
        make_report(make_place(region=place.service.region), year=2026)
    browser = signed_in(place.manager)
    browser.get(reverse("surveillance:decision_list"))

    with django_assert_num_queries(QUERIES_OF_LIST):
        response = browser.get(reverse("surveillance:decision_list"))

    assert len(response.context["page_obj"].object_list) == row_count
    assert len(response.context["undecided"].object_list) == row_count


@pytest.mark.parametrize(("days", "is_late"), [(-1, True), (0, False)])
def test_decision_list_says_which_proposal_is_late(place: Place, signed_in: SignIn, days: int, is_late: bool) -> None:
    report = make_report(place, year=2026)
    day = timezone.localdate() + dt.timedelta(days=days)
    type(report.round).objects.update(opens_date=day, closes_date=day, check_by_date=day)

    page = signed_in(place.manager).get(reverse("surveillance:decision_list")).content.decode()

    assert ("Late" in page.split("All decisions")[0]) is is_late


def test_decision_list_filters(place: Place, signed_in: SignIn) -> None:
    make_decision(place, needs_peer_review=True)
    browser, address = signed_in(place.manager), reverse("surveillance:decision_list")

    counts = [
        browser.get(address, query).context["page_obj"].paginator.count
        for query in (
            {"option": "3"},
            {"option": "1"},
            {"status": "PROPOSED"},
            {"status": "ENDED"},
            {"year": "2027"},
            {"programme": "A"},
            {"year": "x"},
        )
    ]

    assert counts == [1, 0, 1, 0, 1, 1, 1]


def test_executive_of_the_host_speaks_for_a_network(signed_in: SignIn) -> None:
    place = make_place()
    network = OrganisationFactory(network=True, region=place.service.region, host=place.service.provider)
    place.service.provider, place.service.network = None, network
    place.service.save()
    decision = make_decision(place)
    foreign = make_place()

    own = signed_in(place.executive).post(position_url(decision), {"view": "AGREE", "version": "PROVIDER:0"})
    other = signed_in(foreign.executive).post(position_url(decision), {"view": "AGREE", "version": "PROVIDER:0"})

    assert (own.status_code, other.status_code) == (302, 404)
    assert decision.positions.get(party="PROVIDER").organisation == network.host


@pytest.mark.parametrize("row_count", [1, 3])
def test_decision_page_takes_the_same_queries(place: Place, signed_in: SignIn, django_assert_num_queries: Callable, row_count: int) -> None:
    decision = make_decision(place)
    for _ in range(row_count):
        make_action(place, decision_id=decision.pk)
    browser, address = signed_in(place.manager), reverse("surveillance:decision_detail", args=[decision.pk])
    browser.get(address)

    with django_assert_num_queries(QUERIES_OF_PAGE):
        browser.get(address)
