"""A decision with option 2 or 3 stops standing only with an accepted action or a reason, and with a next date."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from surveillance.models import Action, SurveillanceDecision
from surveillance.services import actions, decisions
from surveillance.services.decision_replacing import ActionMissing, needs_reason_without_action
from tests.factories.decisions import Place, give_positions, make_action, make_decision, make_place, make_report
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
AHEAD = timezone.localdate() + dt.timedelta(days=400)


@pytest.fixture
def place() -> Place:
    return make_place()


def text_of(response: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def in_force(place: Place, *, year: int = 2026, **options: object) -> SurveillanceDecision:
    decision = make_decision(place, report=make_report(place, met=4, year=year), **options)
    give_positions(place, decision)
    return decisions.bring_into_force(decision_id=decision.pk, by=place.manager)


def next_one(place: Place) -> SurveillanceDecision:
    decision = make_decision(place, report=make_report(place, met=4, year=2027), needs_provider_action=False, is_routine=True)
    give_positions(place, decision)
    return decision


OPTIONS = {
    "provider": ({}, True),
    "commissioner": ({"needs_provider_action": False, "needs_commissioner_action": True}, True),
    "visit": ({"needs_provider_action": False, "needs_peer_review": True}, True),
    "routine": ({"needs_provider_action": False, "is_routine": True}, False),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_reason_is_needed_for_options_2_and_3_only(place: Place, name: str) -> None:
    options, is_needed = OPTIONS[name]

    decision = in_force(place, **options)

    assert needs_reason_without_action(decision) is is_needed


@pytest.mark.parametrize("status", Action.Status.values)
def test_only_an_accepted_action_counts(place: Place, status: str) -> None:
    decision = in_force(place)
    action = make_action(place, decision_id=decision.pk)
    Action.objects.filter(pk=action.pk).update(status=status)

    assert needs_reason_without_action(decision) is (status in {"DRAFT", "OFFERED", "DECLINED"})


def test_an_action_of_a_finding_counts_when_it_came_after_the_decision(place: Place) -> None:
    decision = in_force(place)
    action = make_action(place)
    Action.objects.filter(pk=action.pk).update(status="ACCEPTED")

    after = needs_reason_without_action(decision)
    Action.objects.filter(pk=action.pk).update(drafted_at=decision.proposed_at - dt.timedelta(days=1))

    assert (after, needs_reason_without_action(decision)) == (False, True)


def test_replacing_needs_a_reason_without_an_accepted_action(place: Place) -> None:
    older, newer = in_force(place), next_one(place)

    with pytest.raises(ActionMissing, match="nobody has accepted an action"):
        decisions.bring_into_force(decision_id=newer.pk, by=place.manager)
    assert SurveillanceDecision.objects.get(pk=older.pk).status == "IN_FORCE"
    decisions.bring_into_force(decision_id=newer.pk, by=place.manager, without_action_reason=" The pathway moved. ")

    older.refresh_from_db()
    assert (older.status, older.without_action_reason) == ("SUPERSEDED", "The pathway moved.")


def test_replacing_needs_no_reason_once_an_action_is_accepted(place: Place) -> None:
    older = in_force(place)
    action = make_action(place, decision_id=older.pk)
    actions.offer_action(action_id=action.pk, owner_id=place.lead.pk, by=place.lead)
    actions.accept_action(action_id=action.pk, by=place.lead)

    decisions.bring_into_force(decision_id=next_one(place).pk, by=place.manager)

    older.refresh_from_db()
    assert (older.status, older.without_action_reason) == ("SUPERSEDED", "")


def test_ending_needs_a_reason_and_a_next_date(place: Place) -> None:
    decision = in_force(place)
    end = {"decision_id": decision.pk, "reason": "The service moved", "by": place.manager}

    with pytest.raises(ActionMissing):
        decisions.end_decision(**end, next_review_date=AHEAD)
    with pytest.raises(InvalidTransition, match="looked at next"):
        decisions.end_decision(**end, without_action_reason="It moved")
    decisions.end_decision(**end, without_action_reason="It moved", next_review_date=AHEAD)

    decision.refresh_from_db()
    place.service.refresh_from_db()
    assert (decision.status, decision.without_action_reason, place.service.next_review_date) == ("ENDED", "It moved", AHEAD)


def test_ending_takes_the_date_that_the_service_has(place: Place) -> None:
    decision = in_force(place)
    place.service.next_review_date = AHEAD
    place.service.save()

    ended = decisions.end_decision(decision_id=decision.pk, reason="Moved", without_action_reason="Moved", by=place.manager)

    assert ended.status == "ENDED"


@pytest.mark.parametrize("status", ["PROPOSED", "IN_FORCE"])
def test_proposal_and_option_1_end_with_a_reason_alone(place: Place, status: str) -> None:
    is_proposal = status == "PROPOSED"
    decision = make_decision(place) if is_proposal else in_force(place, needs_provider_action=False, is_routine=True)

    assert decisions.end_decision(decision_id=decision.pk, reason="Withdrawn", by=place.manager).status == "ENDED"


# Pages ----------------------------------------------------------------------------------------------------------------
def test_page_asks_why_then_replaces(place: Place, signed_in: SignIn) -> None:
    older, newer = in_force(place), next_one(place)
    address, browser = reverse("surveillance:decision_bring_into_force", args=[newer.pk]), signed_in(place.manager)

    asked = browser.post(address, {"version": "1"})
    empty = browser.post(address, {"version": "1", "without_action_reason": ""})
    done = browser.post(address, {"version": "1", "without_action_reason": "The pathway moved."})

    assert "Why does the older decision stop without an action?" in text_of(asked)
    assert 'name="version" value="1"' in asked.content.decode()
    assert "Enter why the older decision stops without an accepted action" in text_of(empty)
    assert b"<title>Error: " in empty.content
    assert done.status_code == 302
    page = text_of(browser.get(reverse("surveillance:decision_detail", args=[older.pk])))
    assert "It stopped without an accepted action: The pathway moved." in page


def test_dissent_and_reason_are_both_kept(place: Place, signed_in: SignIn) -> None:
    in_force(place)
    newer = next_one(place)
    give_positions(place, newer, provider="DISAGREE")
    address, browser = reverse("surveillance:decision_bring_into_force", args=[newer.pk]), signed_in(place.manager)

    asked = browser.post(address, {"version": "1", "confirmed": "on"})
    done = browser.post(address, {"version": "1", "confirmed": "True", "without_action_reason": "Moved."})

    assert 'name="confirmed" value="True"' in asked.content.decode()
    assert done.status_code == 302
    assert SurveillanceDecision.objects.get(pk=newer.pk).is_with_dissent


def test_end_page_asks_for_what_is_missing(place: Place, signed_in: SignIn) -> None:
    decision = in_force(place)
    address, browser = reverse("surveillance:decision_end", args=[decision.pk]), signed_in(place.manager)

    faulty = browser.post(address, {"reason": "Moved", "version": "2"})
    past = browser.post(
        address,
        {"reason": "Moved", "version": "2", "without_action_reason": "x", "next_review_date_day": "1", "next_review_date_month": "1",
         "next_review_date_year": "2020"},
    )  # fmt: skip
    done = browser.post(
        address,
        {"reason": "Moved", "version": "2", "without_action_reason": "Nobody was left", "next_review_date_day": "1",
         "next_review_date_month": "9", "next_review_date_year": "2099"},
    )  # fmt: skip

    assert "Enter why this decision ends without an accepted action" in text_of(faulty)
    assert "Enter when this service is looked at next" in text_of(faulty)
    assert "must be in the future" in text_of(past)
    assert done.status_code == 302
