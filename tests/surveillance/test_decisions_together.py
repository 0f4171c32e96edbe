"""Two people press at once, on a database that locks rows."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import Membership
from surveillance.models import Action, PlanAgreement, Position, SurveillanceDecision
from surveillance.services import action_silence, action_steps, actions, decisions, plans
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from tests.factories.accounts import person
from tests.factories.decisions import Place, give_positions, make_decision, make_owned_action, make_place, make_report
from work.status import InvalidTransition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _needs_postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")


@pytest.fixture
def place() -> Place:
    return make_place()


def together(*calls: Callable[[], object]) -> list[str]:
    """Run the calls at once; gives what became of each: "done" or the name of the error."""
    barrier, outcomes = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            call()
            outcomes.append("done")
        except (InvalidTransition, SomeoneElseChanged) as error:
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    return sorted(outcomes)


def test_two_managers_bring_into_force_once(place: Place) -> None:
    other = person("HUB_MANAGER", place.service.region)
    decision = make_decision(place, report=make_report(place, met=4))
    give_positions(place, decision)

    outcomes = together(
        *(lambda by=by: decisions.bring_into_force(decision_id=decision.pk, by=by, version=1) for by in (place.manager, other))
    )

    assert outcomes == [AlreadyDone.__name__, "done"]
    assert SurveillanceDecision.objects.get().version == 2


def test_two_years_into_force_leave_one(place: Place) -> None:
    routine = {"needs_provider_action": False, "is_routine": True}
    both = [make_decision(place, report=make_report(place, met=4, year=year), **routine) for year in (2026, 2027)]
    for decision in both:
        give_positions(place, decision)

    outcomes = together(*(lambda pk=decision.pk: decisions.bring_into_force(decision_id=pk, by=place.manager) for decision in both))

    assert outcomes == ["done", "done"]
    assert sorted(SurveillanceDecision.objects.values_list("status", flat=True)) == ["IN_FORCE", "SUPERSEDED"]


def test_two_officers_propose_once(place: Place) -> None:
    report = make_report(place)

    outcomes = together(*(lambda: make_decision(place, report=report) for _ in range(2)))

    assert outcomes == [AlreadyDone.__name__, "done"]
    assert Position.objects.count() == 3


def test_two_executives_of_one_trust_clash(place: Place) -> None:
    decision, other = make_decision(place), person("EXECUTIVE", place.service.provider)

    outcomes = together(
        *(
            lambda by=by: decisions.record_position(decision_id=decision.pk, party="PROVIDER", view="AGREE", by=by, version=0)
            for by in (place.executive, other)
        )
    )

    assert outcomes == [SomeoneElseChanged.__name__, "done"]


def test_verify_and_return_at_once_do_one(place: Place) -> None:
    action = make_owned_action(place)
    actions.mark_action_done(action_id=action.pk, by=place.lead, note="Yes")

    outcomes = together(
        lambda: actions.verify_action(action_id=action.pk, by=place.officer),
        lambda: actions.return_action(action_id=action.pk, reason="No", by=place.manager),
    )

    assert sorted(outcomes) == [InvalidTransition.__name__, "done"]
    assert Action.objects.get().status in {"VERIFIED", "RETURNED"}


def test_two_hub_people_agree_a_plan_once(place: Place) -> None:
    make_owned_action(place)
    plans.agree_plan(service_id=place.service.pk, by=place.executive, as_hub=False)

    outcomes = together(
        *(lambda by=by: plans.agree_plan(service_id=place.service.pk, by=by, as_hub=True) for by in (place.officer, place.manager))
    )

    assert outcomes == [AlreadyDone.__name__, "done"]
    assert PlanAgreement.objects.get().hub in {place.officer, place.manager}


def test_two_who_must_choose_offer_once(place: Place) -> None:
    action = make_owned_action(place)
    Membership.objects.filter(user=place.lead).update(to_date=timezone.localdate() - dt.timedelta(days=1))
    deputy, version = person("EXECUTIVE", place.service.provider), Action.objects.get(pk=action.pk).version

    outcomes = together(
        *(
            lambda by=by: actions.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=by, version=version)
            for by in (place.executive, deputy)
        )
    )

    assert outcomes == [SomeoneElseChanged.__name__, "done"]
    assert action.events.filter(what__startswith="Offered to").count() == 2  # to the lead, and once to the contributor


def test_step_is_ticked_by_one_of_two(place: Place) -> None:
    action = make_owned_action(place)
    step = action_steps.add_step(action_id=action.pk, what="Advertise", by=place.lead)

    outcomes = together(
        *(lambda by=by: action_steps.tick_step(action_id=action.pk, step_id=step.pk, by=by) for by in (place.lead, place.contributor))
    )

    assert outcomes == [AlreadyDone.__name__, "done"]
    assert action.events.filter(what="Step done").count() == 1


def test_late_answer_to_a_block_and_its_lapse_do_not_mix(place: Place) -> None:
    action = make_owned_action(place)
    due = actions.block_action(action_id=action.pk, reason="No budget", by=place.lead).block_due_date

    together(
        lambda: actions.answer_block(action_id=action.pk, answer="FUND", note="From April", by=place.commissioner),
        lambda: action_silence.lapse_blocks(today=due + dt.timedelta(days=1)),
    )

    assert Action.objects.get(pk=action.pk).status == "IN_PROGRESS"
    assert action.events.filter(what__startswith="No answer to the block").count() <= 1
