"""Reminders about actions and plans: whom each step reaches, each once; and what silence about a block or an owner who left does."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from accounts.models import Membership, User
from accounts.permissions import Role
from surveillance.models import Action, Commissioning, PlanAgreement
from surveillance.people import holdings_of
from surveillance.queries import actions as queries
from surveillance.services import action_silence as silence
from surveillance.services import actions as services
from surveillance.services import decisions, plans
from surveillance.services.action_reminders import remind_of_actions
from surveillance.work_items_decisions import work_items_decisions
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import Place, give_positions, make_action, make_decision, make_owned_action, make_place, make_report
from work import jobs

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
START = dt.date(2027, 2, 1)  # a Monday


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(7, 30), tzinfo=LONDON)


def names(place: Place) -> dict[str, str]:
    people = ("manager", "officer", "lead", "contributor", "executive", "commissioner")
    return {getattr(place, name).email: name for name in people}


def mailed(place: Place, work: Callable[[], object]) -> list[tuple[str, str]]:
    """Who is mailed by ``work``, with the subject up to the service."""
    jobs.run_pending()
    mail.outbox.clear()
    work()
    jobs.run_pending()
    known = names(place)
    return sorted((known.get(message.to[0], message.to[0]), message.subject.split(f" {place.service.name}")[0]) for message in mail.outbox)


def morning(place: Place, day: dt.date) -> list[tuple[str, str]]:
    with time_machine.travel(at(day), tick=False):
        return mailed(place, remind_of_actions)


@pytest.fixture
def place() -> Place:
    with time_machine.travel(at(START), tick=False):
        return make_place()


def agreed(place: Place) -> None:
    plans.agree_plan(service_id=place.service.pk, by=place.executive, as_hub=False)
    plans.agree_plan(service_id=place.service.pk, by=place.manager, as_hub=True)


def test_owner_is_reminded_by_the_ladder_then_others(place: Place) -> None:
    due = dt.date(2027, 4, 15)  # a Thursday
    with time_machine.travel(at(START), tick=False):
        make_owned_action(place, due_date=due)
        agreed(place)

    found = {
        days: morning(place, due + dt.timedelta(days=days)) for days in (-15, -14, -13, -7, -1, 0, 1, 2, 7, 8, 30)
    }  # fmt: skip

    ask, late, follow = ("lead", "Finish an action for"), ("lead", "Finish an action for"), "Follow up an action of"
    assert found == {
        -15: [], -14: [ask], -13: [], -7: [ask], -1: [ask], 0: [], 1: [("executive", follow), late], 2: [],
        7: [("commissioner", follow), ("manager", follow), ("officer", follow)], 8: [], 30: [],
    }  # fmt: skip


def test_moved_day_begins_a_new_ladder(place: Place) -> None:
    due = dt.date(2027, 4, 15)
    with time_machine.travel(at(START), tick=False):
        action = make_owned_action(place, due_date=due)
        agreed(place)
    first = morning(place, due - dt.timedelta(days=1))
    with time_machine.travel(at(due), tick=False):
        services.move_due_date(action_id=action.pk, due_date=due + dt.timedelta(days=7), reason="Later start", by=place.lead)

    again = morning(place, due + dt.timedelta(days=6))

    assert first == again == [("lead", "Finish an action for")]


def test_done_action_reminds_nobody(place: Place) -> None:
    due = dt.date(2027, 4, 15)
    with time_machine.travel(at(START), tick=False):
        action = make_owned_action(place, due_date=due)
        agreed(place)
        services.mark_action_done(action_id=action.pk, by=place.lead, note="In post")

    assert morning(place, due - dt.timedelta(days=1)) == morning(place, due + dt.timedelta(days=9)) == []


def test_reminder_that_was_overtaken_is_not_sent(place: Place) -> None:
    due = dt.date(2027, 4, 15)
    with time_machine.travel(at(START), tick=False):
        action = make_owned_action(place, due_date=due)
        agreed(place)

    def work() -> None:
        remind_of_actions()
        services.mark_action_done(action_id=action.pk, by=place.lead, note="In post")

    with time_machine.travel(at(due - dt.timedelta(days=1)), tick=False):
        assert mailed(place, work) == []


def test_offer_is_reminded_before_its_day(place: Place) -> None:
    with time_machine.travel(at(START), tick=False):
        action = make_action(place, due_date=dt.date(2027, 12, 1))
        offered = services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)
        agreed(place)
        jobs.run_pending()

    found = [morning(place, offered.offer_due_date - dt.timedelta(days=days)) for days in (8, 7, 6, 1, 0)]

    ask = ("contributor", "Accept or decline an action for")
    assert found == [[], [ask], [], [ask], []]


def test_whoever_must_choose_is_reminded_and_the_hub_told_late(place: Place) -> None:
    with time_machine.travel(at(START), tick=False):
        action = make_action(place, due_date=dt.date(2027, 12, 1))
        services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)
        declined = services.decline_action(action_id=action.pk, reason="No time", by=place.contributor)
        agreed(place)
        jobs.run_pending()
    due = declined.offer_due_date

    found = [morning(place, due + dt.timedelta(days=days)) for days in (-7, -1, 3)]

    ask, follow = "Choose an owner for an action of", "Follow up an action of"
    assert found == [[("executive", ask)], [("executive", ask)], [("executive", ask), ("manager", follow), ("officer", follow)]]


def test_block_is_reminded_then_goes_to_hub_and_regional_commissioner(place: Place) -> None:
    Commissioning.objects.create(service=place.service, organisation=place.service.region, from_date=dt.date(2020, 1, 1))
    with time_machine.travel(at(START), tick=False):
        regional = person(Role.COMMISSIONER, place.service.region)
        stranger = person(Role.COMMISSIONER, OrganisationFactory(board=True, region=place.service.region))
        action = make_owned_action(place, due_date=dt.date(2027, 12, 1))
        agreed(place)
        due = services.block_action(action_id=action.pk, reason="No budget", by=place.lead).block_due_date
        jobs.run_pending()

    before = morning(place, due - dt.timedelta(days=1))
    with time_machine.travel(at(due + dt.timedelta(days=1)), tick=False):
        after, again = (mailed(place, silence.lapse_blocks) for _ in range(2))

    follow = "Follow up a blocked action of"
    assert before == [("commissioner", "Answer a blocked action of")]
    assert after == sorted((who, follow) for who in ("manager", "officer", regional.email))
    assert (again, stranger.is_active) == ([], True)


def end_work(user: User, day: dt.date) -> None:
    Membership.objects.filter(user=user).update(to_date=day)


def test_owner_who_left_is_noticed_once_and_the_executive_told(place: Place) -> None:
    with time_machine.travel(at(START), tick=False):
        action = make_owned_action(place, due_date=dt.date(2027, 12, 1))
        end_work(place.lead, START)
        jobs.run_pending()
    day = START + dt.timedelta(days=1)

    with time_machine.travel(at(day), tick=False):
        told = mailed(place, silence.release_from_gone_owners)
        again = mailed(place, silence.release_from_gone_owners)
        action.refresh_from_db()
        step = queries.action_next_step(Action.objects.get())

    assert (told, again) == ([("executive", "Choose an owner for an action of")], [])
    assert (action.owner, action.events.last().what) == (place.lead, f"{place.lead.name} no longer works here")
    assert step.what == f"{place.lead.name} no longer works here. Choose a new owner."
    assert step.due == dt.date(2027, 2, 16)  # 10 working days


def test_plan_is_reminded_to_the_executive_then_the_hub(place: Place) -> None:
    with time_machine.travel(at(START), tick=False):
        make_action(place, due_date=dt.date(2027, 12, 1))
        due = PlanAgreement.objects.get().due_date
        jobs.run_pending()

    found = [morning(place, due + dt.timedelta(days=days)) for days in (-7, -1, 3, 4)]

    ask, follow = ("executive", "Agree the action plan for"), "Follow up the action plan for"
    assert found == [[ask], [ask], [ask, ("manager", follow), ("officer", follow)], []]


# What waits -----------------------------------------------------------------------------------------------------------
def kinds(user: User) -> list[tuple[str, bool]]:
    return sorted((item.kind, item.is_mine) for item in work_items_decisions(User.objects.get(pk=user.pk)))


def test_hub_waits_for_a_late_answer_to_a_block(place: Place) -> None:
    with time_machine.travel(at(START), tick=False):
        action = make_owned_action(place, due_date=dt.date(2027, 12, 1))
        due = services.block_action(action_id=action.pk, reason="No budget", by=place.lead).block_due_date

    found = []
    for day in (due, due + dt.timedelta(days=1)):
        with time_machine.travel(at(day), tick=False):
            found.append([kind for kind, _ in kinds(place.officer)])
    with time_machine.travel(at(due + dt.timedelta(days=1)), tick=False):
        item = next(item for item in work_items_decisions(place.manager) if item.kind == "action.block_late")
        elsewhere = kinds(make_place().officer)

    assert found == [[], ["action.block_late"]]
    assert (item.is_mine, item.holder_ids, item.reference) == (False, (place.commissioner.pk,), f"action:{action.pk}:block")
    assert elsewhere == []


def test_hub_drafts_what_falls_to_the_commissioner() -> None:
    place = make_place()
    decision = make_decision(place, report=make_report(place, met=4), needs_provider_action=False, needs_commissioner_action=True)
    give_positions(place, decision)
    decisions.bring_into_force(decision_id=decision.pk, by=place.manager)

    before, step = kinds(place.officer), queries.plan_next_step(place.service)
    sentence = queries.empty_plan_sentence(place.service)
    make_action(place, by=place.officer, addressed_to="COMMISSIONER", decision_id=decision.pk)

    assert before == [("action.draft_by_hub", True)]
    assert (step.what, step.holder) == (
        "Draft the first action", f"{place.manager.name}, hub manager, {place.service.region.name}",
    )  # fmt: skip
    assert sentence.startswith(f"No actions yet. {place.manager.name} must draft the first by")
    assert kinds(place.officer) == [("action.offer", True)]
    assert kinds(place.lead) == []


def test_hub_drafts_the_first_action_of_a_network() -> None:
    place = make_place()
    network = OrganisationFactory(network=True, region=place.service.region, host=place.service.provider)
    place.service.provider, place.service.network = None, network
    place.service.save()
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision)
    decisions.bring_into_force(decision_id=decision.pk, by=place.manager)

    assert kinds(place.officer) == [("action.draft_by_hub", True)]
    assert queries.plan_next_step(place.service).holder.startswith(place.manager.name)


def test_action_passed_on_is_offered_by_mail() -> None:
    place = make_place()
    action = make_owned_action(place)
    services.block_action(action_id=action.pk, reason="No budget", by=place.lead)
    held = next(one for one in holdings_of(place.lead.memberships.get()) if one.label == "action")

    told = mailed(place, lambda: held.pass_to(place.contributor, place.executive))

    action.refresh_from_db()
    assert told == [("contributor", "Accept or decline an action for")]
    assert (action.owner, action.status, action.blocked_reason) == (place.contributor, "OFFERED", "")
