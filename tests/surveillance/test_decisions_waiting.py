"""What waits for whom about decisions and actions; the same number of queries for one row and three; nobody else's work."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from surveillance.services import actions, decisions, plans
from surveillance.work_items_decisions import work_items_decisions
from tests.factories.accounts import person
from tests.factories.decisions import Place, give_positions, make_action, make_decision, make_owned_action, make_place, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_place()


def kinds(user: User) -> list[tuple[str, bool]]:
    fresh = User.objects.get(pk=user.pk)
    return sorted((item.kind, item.is_mine) for item in work_items_decisions(fresh))


def mine(user: User) -> list[str]:
    return [kind for kind, is_mine in kinds(user) if is_mine]


def test_accepted_report_waits_for_the_hub(place: Place) -> None:
    make_report(place)

    assert mine(place.officer) == ["decision.propose"]
    assert mine(place.manager) == ["decision.propose"]
    assert mine(person(Role.NATIONAL_LEAD)) == []
    assert mine(make_place().officer) == []


def test_proposal_waits_for_three_parties(place: Place) -> None:
    make_decision(place, report=make_report(place, met=4), needs_provider_action=False, is_routine=True)
    other = make_place(region=place.service.region)

    assert mine(place.manager) == ["decision.position"]
    assert mine(place.executive) == ["decision.position"]
    assert mine(place.commissioner) == ["decision.position"]
    assert kinds(place.officer) == [("decision.position_awaited", False)] * 3
    assert [mine(other.executive), mine(other.commissioner), mine(place.lead)] == [[], [], []]


def test_position_names_holder_day_and_address(place: Place) -> None:
    decision = make_decision(place)

    item = next(item for item in work_items_decisions(place.executive) if item.kind == "decision.position")

    assert item.holder == f"{place.executive.name}, executive, {place.service.provider.name}"
    assert (item.due, item.url, item.status) == (decision.positions_due_date, f"/decisions/{decision.pk}/", "Position needed")
    assert item.plural.format(count=38) == "Give 38 positions"


def test_decision_with_all_positions_waits_for_the_manager(place: Place) -> None:
    decision = make_decision(place, report=make_report(place, met=4), needs_provider_action=False, is_routine=True)
    give_positions(place, decision)
    before = mine(place.manager)
    decisions.bring_into_force(decision_id=decision.pk, by=place.manager)
    decisions.make_reviews_due(today=decision.review_date + dt.timedelta(days=1))

    after = mine(place.manager)

    assert (before, after) == (["decision.decide"], ["decision.review"])


def test_asked_lead_drafts_then_offers_then_owner_accepts(place: Place) -> None:
    decision = make_decision(place)
    steps = [mine(place.lead)]
    action = make_action(place, decision_id=decision.pk)
    steps.append(mine(place.lead))
    actions.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)
    steps += [kinds(place.lead), mine(place.contributor)]
    actions.accept_action(action_id=action.pk, by=place.contributor)
    steps.append(mine(place.contributor))

    assert steps == [["action.draft"], ["action.offer"], [("action.answer_awaited", False)], ["action.accept"], ["action.carry_out"]]


def test_done_waits_for_the_hub_but_never_the_owner(place: Place) -> None:
    action = make_owned_action(place)
    plans.agree_plan(service_id=place.service.pk, by=place.executive, as_hub=False)
    plans.agree_plan(service_id=place.service.pk, by=place.manager, as_hub=True)
    actions.mark_action_done(action_id=action.pk, by=place.lead, note="Yes")
    place.lead.memberships.create(organisation=place.service.region, role=Role.HUB_OFFICER, from_date=timezone.localdate())

    assert mine(place.officer) == ["action.verify"]
    assert mine(place.lead) == []


def test_block_and_lost_owner_wait_for_the_right_side(place: Place) -> None:
    action = make_owned_action(place)
    actions.block_action(action_id=action.pk, reason="Money", by=place.lead)
    blocked = [mine(place.commissioner), kinds(place.lead)]
    place.lead.memberships.update(to_date=timezone.localdate() - dt.timedelta(days=1))

    lost = [kind for kind in mine(place.executive) if kind != "plan.agree"]

    assert blocked == [["action.answer_block"], [("action.block_awaited", False)]]
    assert lost == ["action.choose_owner"]


def test_plan_waits_for_the_executive_then_the_hub(place: Place) -> None:
    make_owned_action(place)
    first = [mine(place.executive), mine(place.manager)]
    plans.agree_plan(service_id=place.service.pk, by=place.executive, as_hub=False)

    second = [mine(place.executive), mine(place.manager)]

    assert (first, second) == ([["plan.agree"], []], [[], ["plan.agree"]])


def test_late_work_says_late(place: Place) -> None:
    make_owned_action(place, due_date=timezone.localdate() - dt.timedelta(days=1))

    item = next(item for item in work_items_decisions(place.lead) if item.kind == "action.carry_out")

    assert item.status == "Late"


@pytest.mark.parametrize("who", ["manager", "officer", "lead", "executive", "commissioner"])
def test_items_take_the_same_queries(place: Place, django_assert_max_num_queries: Callable, who: str) -> None:
    def fill() -> None:
        organisations = {"region": place.service.region, "provider": place.service.provider, "board": place.board}
        near = make_place(**organisations)
        make_decision(near, report=make_report(near))
        make_report(make_place(**organisations), year=2026)
        action = make_owned_action(near)
        actions.block_action(action_id=action.pk, reason="Money", by=near.lead)
        done = make_owned_action(near)
        actions.mark_action_done(action_id=done.pk, by=near.lead, note="Yes")

    counts, user = [], getattr(place, who)
    for _ in range(2):
        fill()
        with django_assert_max_num_queries(16) as seen:
            work_items_decisions(User.objects.get(pk=user.pk))
        counts.append(len(seen))

    assert counts[0] == counts[1]
