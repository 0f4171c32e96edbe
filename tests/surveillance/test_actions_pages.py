"""Pages of actions and plans: who may do what, the way of an action in a browser, faults, and constant queries."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from surveillance.models import Action, EvidenceItem, NetworkMember, PlanAgreement
from surveillance.services import actions as services
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import Place, make_action, make_decision, make_owned_action, make_place, make_report

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
Status = Action.Status
PEOPLE = ("manager", "officer", "lead", "contributor", "executive", "commissioner")
QUERIES_OF_LIST = 9
QUERIES_OF_PLAN = 12


@pytest.fixture
def place() -> Place:
    return make_place()


def text_of(response: object) -> str:
    html = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&amp;", "&").replace("&#x27;", "'").split())


def url(name: str, action: Action) -> str:
    return reverse(f"surveillance:{name}", args=[action.pk])


def done_action(place: Place) -> Action:
    action = make_owned_action(place)
    return services.mark_action_done(action_id=action.pk, by=place.lead, note="In post")


def test_owner_adds_evidence_and_is_back_at_the_action(place: Place, signed_in: SignIn) -> None:
    action = make_owned_action(place)
    browser = signed_in(place.lead)
    address = f"/evidence/add/?action={action.pk}"
    link = {"source": "LINK", "link": "https://rota.example.nhs.uk/", "title": "Rota", "service": place.service.pk}

    done, asked = text_of(browser.get(url("action_done", action))), browser.get(address)
    added = browser.post(address, link)

    assert "add evidence first, before you write a note here. You then come back to this page." in done.replace(" first ,", " first,")
    assert url("action_done", action) in asked.content.decode()
    assert (added.status_code, added.url) == (302, url("action_done", action))
    assert "Rota" in text_of(browser.get(url("action_done", action)))


@pytest.mark.parametrize("number", ["0", "x", "999999999999999999999"])
def test_evidence_for_an_action_of_nobody_goes_to_the_document(place: Place, signed_in: SignIn, number: str) -> None:
    action = make_owned_action(place)
    link = {"source": "LINK", "link": "https://rota.example.nhs.uk/", "title": "Rota", "service": place.service.pk}

    added = [signed_in(place.lead).post(f"/evidence/add/?action={number}", link).url]
    added.append(signed_in(place.contributor).post(f"/evidence/add/?action={action.pk}", link).url)

    assert all(re.fullmatch(r"/evidence/\d+/", one) for one in added)


# Who may do what ------------------------------------------------------------------------------------------------------
# On an action that the service lead owns and has done. GET then POST without any field.
CODES = {
    # page: manager, officer, lead (owner), contributor, executive, commissioner
    "action_detail": ((200, 405), (200, 405), (200, 405), (200, 405), (200, 405), (200, 405)),
    "action_accept": ((403, 403), (403, 403), (302, 200), (403, 403), (403, 403), (403, 403)),
    "action_decline": ((403, 403), (403, 403), (200, 200), (403, 403), (403, 403), (403, 403)),
    "action_start": ((403, 403), (403, 403), (302, 200), (403, 403), (403, 403), (403, 403)),
    "action_done": ((403, 403), (403, 403), (200, 200), (403, 403), (403, 403), (403, 403)),
    "action_block": ((403, 403), (403, 403), (200, 200), (403, 403), (403, 403), (403, 403)),
    "action_block_answer": ((403, 403), (403, 403), (403, 403), (403, 403), (403, 403), (200, 200)),
    "action_return": ((200, 200), (200, 200), (403, 403), (403, 403), (403, 403), (403, 403)),
    "action_verify": ((302, 302), (302, 302), (403, 403), (403, 403), (403, 403), (403, 403)),
    "action_change": ((200, 200), (200, 200), (200, 200), (403, 403), (403, 403), (403, 403)),
    "action_due_date": ((200, 200), (200, 200), (200, 200), (403, 403), (403, 403), (403, 403)),
    "action_owner": ((403, 403), (403, 403), (403, 403), (403, 403), (200, 200), (403, 403)),
}


@pytest.mark.parametrize(("name", "who"), [(name, who) for name in CODES for who in PEOPLE])
def test_action_pages_by_role_in_scope(place: Place, signed_in: SignIn, name: str, who: str) -> None:
    action, browser = done_action(place), signed_in(getattr(place, who))

    codes = (browser.get(url(name, action)).status_code, browser.post(url(name, action)).status_code)

    assert codes == CODES[name][PEOPLE.index(who)]


@pytest.mark.parametrize(("name", "who"), [(name, who) for name in CODES for who in PEOPLE])
def test_action_pages_of_a_foreign_service_do_not_exist(place: Place, signed_in: SignIn, name: str, who: str) -> None:
    action, browser = done_action(make_place()), signed_in(getattr(place, who))

    codes = (browser.get(url(name, action)).status_code, browser.post(url(name, action)).status_code)

    assert codes == (404, 405 if name == "action_detail" else 404)


PLAN_CODES = {
    "action_plan": (200, 200, 200, 200, 200, 200),
    "action_new": (200, 200, 200, 403, 403, 403),
    "plan_agree": (302, 302, 403, 403, 302, 403),
}


@pytest.mark.parametrize(("name", "who"), [(name, who) for name in PLAN_CODES for who in PEOPLE])
def test_plan_pages_by_role_own_and_foreign(place: Place, signed_in: SignIn, name: str, who: str) -> None:
    browser, other = signed_in(getattr(place, who)), make_place()

    codes = [browser.get(reverse(f"surveillance:{name}", args=[service.pk])).status_code for service in (place.service, other.service)]

    assert codes == [PLAN_CODES[name][PEOPLE.index(who)], 404]


def test_network_lead_sees_only_actions_that_are_theirs_or_their_networks(place: Place, signed_in: SignIn) -> None:
    network = OrganisationFactory(network=True, region=place.service.region)
    NetworkMember.objects.create(network=network, service=place.service, from_date=dt.date(2020, 1, 1))
    lead, mine, other = person(Role.NETWORK_LEAD, network), make_action(place), make_action(place)
    services.offer_action(action_id=mine.pk, owner_id=lead.pk, by=place.lead)
    browser = signed_in(lead)

    codes = [browser.get(url("action_detail", action)).status_code for action in (mine, other)]

    assert codes == [200, 404]
    assert browser.post(url("action_accept", mine)).status_code == 302


# The way of an action -------------------------------------------------------------------------------------------------
FIELDS = {
    "what": "Appoint a consultant",
    "due_date_day": "30",
    "due_date_month": "9",
    "due_date_year": "2099",
    "indicator": "",
    "domains": ["DIRECTIVE"],
}


def test_lead_drafts_from_the_decision_and_offers(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place)
    browser, new = signed_in(place.lead), reverse("surveillance:action_new", args=[place.service.pk])

    drafted = browser.post(f"{new}?decision={decision.pk}", FIELDS)
    action = Action.objects.get()
    offered = browser.post(url("action_owner", action), {"owner": place.contributor.pk, "version": "1"}, follow=True)

    action.refresh_from_db()
    assert drafted["Location"] == url("action_owner", action)
    assert (action.decision, action.addressed_to, action.domains, action.status) == (decision, "PROVIDER", ["DIRECTIVE"], "OFFERED")
    assert "Accept this action, or decline it with a reason" in text_of(offered)


def test_hub_drafts_for_the_commissioner_when_the_decision_asks(place: Place, signed_in: SignIn) -> None:
    decision = make_decision(place, report=make_report(place, met=4), needs_provider_action=False, needs_commissioner_action=True)
    new = f"{reverse('surveillance:action_new', args=[place.service.pk])}?decision={decision.pk}"

    by_lead = signed_in(place.lead).post(new, FIELDS)
    signed_in(place.officer).post(new, FIELDS)

    assert "does not ask for an action that you can draft" in text_of(by_lead)
    assert [action.addressed_to for action in Action.objects.all()] == ["COMMISSIONER"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"what": ""}, "Enter what will be done"),
        ({"due_date_year": "2001"}, "Due date must be today or in the future"),
        ({"due_date_day": "", "due_date_month": "", "due_date_year": ""}, "Enter the due date"),
        ({"indicator": "77"}, "Select a valid choice"),
        ({"domains": ["MAGIC"]}, "MAGIC"),
    ],
)
def test_draft_faults_keep_what_was_typed(place: Place, signed_in: SignIn, change: dict[str, object], sentence: str) -> None:
    make_decision(place)

    response = signed_in(place.lead).post(
        reverse("surveillance:action_new", args=[place.service.pk]), FIELDS | {"baseline": "60%"} | change
    )

    assert sentence in text_of(response)
    assert b"60%" in response.content
    assert Action.objects.count() == 0


def test_lead_drafts_an_action_that_no_decision_asks_for(place: Place, signed_in: SignIn) -> None:
    make_decision(place, report=make_report(place, met=4), needs_provider_action=False, is_routine=True)

    signed_in(place.lead).post(reverse("surveillance:action_new", args=[place.service.pk]), FIELDS)

    assert [(action.decision, action.addressed_to) for action in Action.objects.all()] == [(None, "PROVIDER")]


@pytest.mark.parametrize("named", ["999999", "x", "99999999999999999999"])
def test_draft_from_a_decision_that_is_not_there(place: Place, signed_in: SignIn, named: str) -> None:
    response = signed_in(place.lead).get(reverse("surveillance:action_new", args=[place.service.pk]), {"decision": named})

    assert response.status_code == 404


def test_change_after_a_colleague_is_a_clash(place: Place, signed_in: SignIn) -> None:
    action = make_action(place)
    services.change_draft(action_id=action.pk, what="Other words", due_date=action.due_date, by=place.officer, version=1)

    response = signed_in(place.lead).post(url("action_change", action), FIELDS | {"version": "1"})

    assert response.status_code == 409
    assert "Someone else changed this action" in text_of(response)
    assert "Other words" in text_of(response)
    assert "Appoint a consultant" in text_of(response)


@pytest.mark.parametrize(("owner", "words"), [("lead", "You offer yourself this action."), ("contributor", "{} offers you this action.")])
def test_offered_action_says_who_offers_it(owner: str, words: str, place: Place, signed_in: SignIn) -> None:
    action, reader = make_action(place), getattr(place, owner)
    services.offer_action(action_id=action.pk, owner_id=reader.pk, by=place.lead)

    assert words.format(place.lead.name) in text_of(signed_in(reader).get(url("action_detail", action)))


def test_owner_carries_it_out_and_the_hub_verifies(place: Place, signed_in: SignIn) -> None:
    action = make_action(place)
    services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)
    item = EvidenceItem.objects.create(service=place.service, title="Job plan", added_by=place.lead)
    owner, hub = signed_in(place.contributor), signed_in(place.officer)

    owner.post(url("action_accept", action))
    owner.post(url("action_start", action))
    empty = owner.post(url("action_done", action), {"note": ""})
    owner.post(url("action_done", action), {"evidence": [item.pk], "note": ""})
    sent_back = hub.post(url("action_return", action), {"reason": "Not signed"}, follow=True)
    owner.post(url("action_done", action), {"evidence": [item.pk], "note": "Signed now"})
    verified = hub.post(url("action_verify", action), follow=True)

    assert "Add evidence before you mark this as done" in text_of(empty)
    assert "Not signed" in text_of(sent_back)
    assert "Nothing. This action is verified." in text_of(verified)
    assert "Job plan" in text_of(verified)


def test_block_is_answered_on_its_page(place: Place, signed_in: SignIn) -> None:
    action = make_owned_action(place)
    signed_in(place.lead).post(url("action_block", action), {"reason": "Two nurses"})
    buyer = signed_in(place.commissioner)

    page = buyer.get(url("action_detail", action))
    faulty = buyer.post(url("action_block_answer", action), {"answer": "", "note": ""})
    answered = buyer.post(url("action_block_answer", action), {"answer": "CANNOT", "note": "No money"}, follow=True)
    again = buyer.post(url("action_block_answer", action), {"answer": "FUND", "note": "Changed"})

    assert f"Blocked: needs money or staff. {place.board.name} must answer by" in text_of(page)
    assert "Select your answer" in text_of(faulty)
    assert "takes it to the next decision with the risk stated" in text_of(answered)
    assert "was answered already" in text_of(again)


def test_declined_action_gets_an_owner_from_the_executive(place: Place, signed_in: SignIn) -> None:
    action = make_action(place)
    services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)
    faulty = signed_in(place.contributor).post(url("action_decline", action), {"reason": ""})
    signed_in(place.contributor).post(url("action_decline", action), {"reason": "On leave"})

    refused = signed_in(place.lead).post(url("action_owner", action), {"owner": place.lead.pk, "version": "3"})
    chosen = signed_in(place.executive).post(url("action_owner", action), {"owner": place.lead.pk, "version": "3"}, follow=True)

    assert "Enter a reason for declining this action" in text_of(faulty)
    assert refused.status_code == 403
    assert f"Action offered to {place.lead.name}" in text_of(chosen)


def test_owner_of_the_hub_is_told_not_to_verify(place: Place, signed_in: SignIn) -> None:
    action = done_action(place)
    both = place.lead
    both.memberships.create(organisation=place.service.region, role=Role.HUB_OFFICER, from_date=timezone.localdate())

    response = signed_in(both).post(url("action_verify", action))

    assert response.status_code == 200
    assert "You own this action, so someone else must verify it." in text_of(response)


@pytest.mark.parametrize("name", ["action_accept", "action_start"])
def test_wrong_status_is_a_message_on_the_page(place: Place, signed_in: SignIn, name: str) -> None:
    action = done_action(place)

    response = signed_in(place.lead).post(url(name, action))

    assert response.status_code == 200
    assert "This is now done but not verified, so it cannot become" in text_of(response)
    assert b"<title>Error: " in response.content


def test_due_date_moves_with_a_reason(place: Place, signed_in: SignIn) -> None:
    action = make_owned_action(place)
    fields = {"due_date_day": "1", "due_date_month": "2", "due_date_year": "2099"}
    browser = signed_in(place.lead)

    faulty = browser.post(url("action_due_date", action), fields)
    moved = browser.post(url("action_due_date", action), fields | {"reason": "Recruitment"}, follow=True)

    assert "Enter a reason for moving the due date" in text_of(faulty)
    assert "Recruitment" in text_of(moved)


# Plan -----------------------------------------------------------------------------------------------------------------
def test_plan_is_agreed_on_its_page(place: Place, signed_in: SignIn) -> None:
    make_action(place)
    plan, agree = (reverse(f"surveillance:{name}", args=[place.service.pk]) for name in ("action_plan", "plan_agree"))
    early = signed_in(place.manager).post(agree)

    signed_in(place.executive).post(agree)
    waiting = signed_in(place.lead).get(plan)
    signed_in(place.manager).post(agree)
    again = signed_in(place.manager).post(agree)

    assert "The executive has not agreed this plan yet." in text_of(early)
    assert "Agree the action plan for the hub" in text_of(waiting)
    assert PlanAgreement.objects.get().hub == place.manager
    assert "agreed this plan at" in text_of(again)


def test_empty_plan_says_why(place: Place, signed_in: SignIn) -> None:
    address, browser = reverse("surveillance:action_plan", args=[place.service.pk]), signed_in(place.lead)

    nothing = browser.get(address)
    decision = make_decision(place)
    asked = browser.get(address)
    decision.needs_provider_action, decision.is_routine = False, True
    decision.save()
    routine = browser.get(address)

    assert "No actions. No decision asks for any yet." in text_of(nothing)
    assert f"No actions yet. {place.lead.name} must draft the first by" in text_of(asked)
    assert "No actions. This decision asks for none." in text_of(routine)


# Lists ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("row_count", [1, 3])
def test_action_list_takes_the_same_queries(place: Place, signed_in: SignIn, django_assert_num_queries: Callable, row_count: int) -> None:
    for _ in range(row_count):
        make_owned_action(make_place(region=place.service.region))
    browser = signed_in(place.manager)
    browser.get(reverse("surveillance:action_list"))

    with django_assert_num_queries(QUERIES_OF_LIST):
        response = browser.get(reverse("surveillance:action_list"))

    assert len(response.context["rows"]) == row_count


@pytest.mark.parametrize("row_count", [1, 3])
def test_plan_takes_the_same_queries(place: Place, signed_in: SignIn, django_assert_num_queries: Callable, row_count: int) -> None:
    for _ in range(row_count):
        make_owned_action(place)
    browser, address = signed_in(place.lead), reverse("surveillance:action_plan", args=[place.service.pk])
    browser.get(address)

    with django_assert_num_queries(QUERIES_OF_PLAN):
        browser.get(address)


def test_action_list_filters(place: Place, signed_in: SignIn) -> None:
    make_owned_action(place, what="Late", due_date=timezone.localdate() - dt.timedelta(days=2))
    make_action(place, what="Draft")
    blocked = make_owned_action(place, what="Blocked")
    services.block_action(action_id=blocked.pk, reason="Money", by=place.lead)
    done_action(place)
    browser, address = signed_in(place.lead), reverse("surveillance:action_list")

    counts = {
        str(query): browser.get(address, query).context["page_obj"].paginator.count
        for query in (
            {},
            {"show": "mine"},
            {"show": "late"},
            {"show": "blocked"},
            {"show": "needs_owner"},
            {"show": "to_verify"},
            {"status": "DRAFT"},
        )
    }

    assert list(counts.values()) == [4, 3, 1, 1, 1, 1, 1]
