"""Actions: one owner who accepts, silence, blocks, proof, verification by somebody else, and the plan's agreement."""

import datetime as dt
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.permissions import Role
from surveillance.models import Action, EvidenceItem, PlanAgreement
from surveillance.queries import actions as queries
from surveillance.queries.holders import owner_candidates
from surveillance.services import action_silence as silence
from surveillance.services import actions as services
from surveillance.services import decisions, plans
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from tests.factories.accounts import MembershipFactory, person
from tests.factories.decisions import Place, give_positions, make_action, make_decision, make_owned_action, make_place, make_report
from work import jobs
from work.models import DigestEntry
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
Status = Action.Status

MOVES = {
    ("DRAFT", "OFFERED"), ("OFFERED", "ACCEPTED"), ("OFFERED", "DECLINED"), ("OFFERED", "OFFERED"), ("ACCEPTED", "IN_PROGRESS"),
    ("ACCEPTED", "DONE"), ("ACCEPTED", "BLOCKED"), ("ACCEPTED", "OFFERED"), ("DECLINED", "OFFERED"), ("IN_PROGRESS", "DONE"),
    ("IN_PROGRESS", "BLOCKED"), ("IN_PROGRESS", "OFFERED"), ("DONE", "VERIFIED"), ("DONE", "RETURNED"), ("RETURNED", "IN_PROGRESS"),
    ("RETURNED", "DONE"), ("RETURNED", "BLOCKED"), ("RETURNED", "OFFERED"), ("BLOCKED", "IN_PROGRESS"), ("BLOCKED", "OFFERED"),
}  # fmt: skip


@pytest.fixture
def place() -> Place:
    return make_place()


def history(action: Action) -> list[str]:
    return list(action.events.values_list("what", flat=True))


@pytest.mark.parametrize(("before", "after"), list(product(Status.values, Status.values)))
def test_action_moves_by_the_table_only(before: str, after: str) -> None:
    action = Action(status=before)

    if (before, after) in MOVES:
        action.check_may_become(after)
    else:
        with pytest.raises(InvalidTransition):
            action.check_may_become(after)


# Owner ----------------------------------------------------------------------------------------------------------------
def test_owner_candidates_are_people_of_the_service(place: Place) -> None:
    person(Role.SERVICE_LEAD, place.service.provider)
    ended = MembershipFactory(role=Role.EXECUTIVE, organisation=place.service.provider, ended=True).user

    provider = {holder.user for holder in owner_candidates(place.service, "PROVIDER")}
    commissioner = {holder.user for holder in owner_candidates(place.service, "COMMISSIONER")}

    assert provider == {place.lead, place.contributor, place.executive}
    assert ended not in provider
    assert commissioner == {place.commissioner}


def test_offer_to_a_stranger_is_refused(place: Place) -> None:
    action = make_action(place)

    with pytest.raises(InvalidTransition, match="does not work on this service"):
        services.offer_action(action_id=action.pk, owner_id=place.commissioner.pk, by=place.lead)


def test_offer_and_accept_name_one_owner_with_a_day(place: Place) -> None:
    action = make_action(place)

    offered = services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)
    accepted = services.accept_action(action_id=action.pk, by=place.contributor)

    assert offered.offer_due_date == add_working_days(timezone.localdate(), 10)
    assert (accepted.status, accepted.owner, accepted.owner_organisation) == (Status.ACCEPTED, place.contributor, place.service.provider)
    assert history(action) == ["Drafted", f"Offered to {place.contributor.name}", "Accepted"]


def test_accept_by_another_is_refused(place: Place) -> None:
    action = make_action(place)
    services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)

    with pytest.raises(InvalidTransition, match="not yours"):
        services.accept_action(action_id=action.pk, by=place.executive)


def test_accept_twice_says_when(place: Place) -> None:
    action = make_owned_action(place)

    with pytest.raises(AlreadyDone, match="You accepted this at"):
        services.accept_action(action_id=action.pk, by=place.lead)


def test_declined_action_falls_to_the_executive(place: Place) -> None:
    action = make_action(place)
    services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)

    action = services.decline_action(action_id=action.pk, reason="No time", by=place.contributor)

    step = queries.action_next_step(action)
    assert (action.status, action.owner) == (Status.DECLINED, None)
    assert step.holder == (f"No one holds this yet. {place.executive.name}, executive, {place.service.provider.name} must choose someone.")
    assert not queries.may_choose_owner(place.lead, action)
    assert queries.may_choose_owner(place.executive, action)
    assert not queries.may_choose_owner(place.commissioner, action)


def test_declined_commissioner_action_falls_to_the_lead_commissioner(place: Place) -> None:
    action = make_action(place, addressed_to="COMMISSIONER", by=place.officer)
    services.offer_action(action_id=action.pk, owner_id=place.commissioner.pk, by=place.officer)

    action = services.decline_action(action_id=action.pk, reason="Not ours", by=place.commissioner)

    assert queries.may_choose_owner(place.commissioner, action)
    assert not queries.may_choose_owner(place.executive, action)


def test_unanswered_offer_lapses_after_its_day(place: Place) -> None:
    action = make_action(place)
    action = services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead)
    due = action.offer_due_date

    counts = [silence.lapse_offers(today=due), silence.lapse_offers(today=due + dt.timedelta(days=1)), silence.lapse_offers()]

    action.refresh_from_db()
    assert counts == [0, 1, 0]
    assert (action.status, action.owner) == (Status.OFFERED, None)
    assert queries.is_unheld(action)
    assert history(action)[-1] == f"Not answered by {place.contributor.name} in time"


def test_unanswered_offer_cannot_be_accepted_late(place: Place) -> None:
    action = make_action(place)
    services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead, at=timezone.now() - dt.timedelta(days=40))

    with pytest.raises(InvalidTransition, match="time to answer"):
        services.accept_action(action_id=action.pk, by=place.contributor)


def test_owner_who_left_leaves_it_to_the_executive(place: Place) -> None:
    action = make_owned_action(place)
    place.lead.memberships.update(to_date=timezone.localdate() - dt.timedelta(days=1))

    step = queries.action_next_step(Action.objects.get())

    assert queries.is_unheld(Action.objects.get(pk=action.pk))
    assert step.what == f"{place.lead.name} no longer works here. Choose a new owner."
    services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.executive)
    assert Action.objects.get().owner == place.contributor


def test_held_action_cannot_be_offered_to_someone_else(place: Place) -> None:
    action = make_owned_action(place)

    with pytest.raises(InvalidTransition, match="holds this action"):
        services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.executive)


def test_offer_refuses_an_old_version(place: Place) -> None:
    action = make_action(place)
    services.change_draft(action_id=action.pk, what="Other words", due_date=action.due_date, by=place.lead, version=1)

    with pytest.raises(SomeoneElseChanged):
        services.offer_action(action_id=action.pk, owner_id=place.contributor.pk, by=place.lead, version=1)


# Proof ----------------------------------------------------------------------------------------------------------------
def test_done_needs_evidence_or_a_note(place: Place) -> None:
    action = make_owned_action(place)
    with pytest.raises(InvalidTransition, match="Add evidence before you mark this as done"):
        services.mark_action_done(action_id=action.pk, by=place.lead)
    item = EvidenceItem.objects.create(service=place.service, title="Job plan", added_by=place.lead)

    action = services.mark_action_done(action_id=action.pk, by=place.lead, evidence_ids=[item.pk])

    assert action.status == Status.DONE
    assert list(action.evidence.all()) == [item]


def test_done_takes_no_evidence_of_another_service(place: Place) -> None:
    action, other = make_owned_action(place), make_place()
    item = EvidenceItem.objects.create(service=other.service, title="Foreign", added_by=other.lead)

    with pytest.raises(InvalidTransition):
        services.mark_action_done(action_id=action.pk, by=place.lead, evidence_ids=[item.pk])


def test_verify_is_never_the_owners(place: Place) -> None:
    action = make_owned_action(place)
    services.mark_action_done(action_id=action.pk, by=place.lead, note="In post since May")
    with pytest.raises(InvalidTransition, match="You own this action, so someone else must verify it."):
        services.verify_action(action_id=action.pk, by=place.lead)

    action = services.verify_action(action_id=action.pk, by=place.officer)

    assert action.status == Status.VERIFIED
    with pytest.raises(AlreadyDone, match=f"{place.officer.name} verified this"):
        services.verify_action(action_id=action.pk, by=place.manager)


def test_returned_action_is_done_again(place: Place) -> None:
    action = make_owned_action(place)
    services.mark_action_done(action_id=action.pk, by=place.lead, note="In post")
    services.return_action(action_id=action.pk, reason="No contract seen", by=place.officer)

    services.mark_action_done(action_id=action.pk, by=place.lead, note="Contract added")
    action = services.verify_action(action_id=action.pk, by=place.officer)

    assert action.status == Status.VERIFIED


# Blocks ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("answer", "status"), [("FUND", Status.IN_PROGRESS), ("ADVISE", Status.IN_PROGRESS), ("CANNOT", Status.BLOCKED)])
def test_block_is_answered_by_the_commissioner(place: Place, answer: str, status: str) -> None:
    action = make_owned_action(place)
    blocked = services.block_action(action_id=action.pk, reason="No budget", by=place.lead)

    answered = services.answer_block(action_id=action.pk, answer=answer, note="Said so", by=place.commissioner)

    assert blocked.block_due_date == add_working_days(timezone.localdate(), 10)
    assert (answered.status, answered.block_answer) == (status, answer)
    with pytest.raises(InvalidTransition):
        services.answer_block(action_id=action.pk, answer="FUND", note="Again", by=place.commissioner)


def test_cannot_comes_back_to_the_next_decision(place: Place) -> None:
    action = make_owned_action(place)
    services.block_action(action_id=action.pk, reason="No budget", by=place.lead)
    services.answer_block(action_id=action.pk, answer="CANNOT", note="No money", by=place.commissioner)

    decision = make_decision(place)

    from_figures = decisions.figures_of(decision.figures)["actions_that_cannot_be_funded"]
    assert from_figures == [{"id": action.pk, "what": action.what, "risk": "No money"}]


def test_unanswered_block_is_noted_once(place: Place) -> None:
    action = make_owned_action(place)
    due = services.block_action(action_id=action.pk, reason="No budget", by=place.lead).block_due_date

    counts = [silence.lapse_blocks(today=day) for day in (due, due + dt.timedelta(days=1), due + dt.timedelta(days=2))]

    assert counts == [0, 1, 0]


def test_due_date_moves_with_a_reason_in_the_history(place: Place) -> None:
    action = make_owned_action(place)

    services.move_due_date(action_id=action.pk, due_date=dt.date(2099, 1, 1), reason="Later start", by=place.lead)

    assert action.events.last().note == "Later start"
    assert Action.objects.get().due_date == dt.date(2099, 1, 1)


# Plan -----------------------------------------------------------------------------------------------------------------
def test_plan_is_agreed_by_the_executive_then_the_hub(place: Place) -> None:
    make_action(place)
    with pytest.raises(InvalidTransition, match="executive has not agreed"):
        plans.agree_plan(service_id=place.service.pk, by=place.manager, as_hub=True)
    plans.agree_plan(service_id=place.service.pk, by=place.executive, as_hub=False)

    agreement = plans.agree_plan(service_id=place.service.pk, by=place.manager, as_hub=True)

    assert (agreement.executive, agreement.hub) == (place.executive, place.manager)
    assert agreement.due_date == add_working_days(timezone.localdate(), 20)
    with pytest.raises(AlreadyDone):
        plans.agree_plan(service_id=place.service.pk, by=place.manager, as_hub=True)


def test_new_action_asks_the_executive_again(place: Place) -> None:
    make_action(place)
    plans.agree_plan(service_id=place.service.pk, by=place.executive, as_hub=False)

    make_action(place, what="Another")

    assert PlanAgreement.objects.get().executive is None


def test_draft_from_an_ended_decision_is_refused(place: Place) -> None:
    decision = make_decision(place)
    decisions.end_decision(decision_id=decision.pk, reason="Mistake", by=place.manager)

    with pytest.raises(InvalidTransition):
        make_action(place, decision_id=decision.pk)


def test_plan_groups_and_summary(place: Place) -> None:
    draft = make_action(place, what="Draft")
    late = make_owned_action(place, what="Late", due_date=timezone.localdate() - dt.timedelta(days=1))
    blocked, done = make_owned_action(place, what="Blocked"), make_owned_action(place, what="Done")
    services.block_action(action_id=blocked.pk, reason="Money", by=place.lead)
    services.mark_action_done(action_id=done.pk, by=place.lead, note="Yes")

    groups = {group.title: group.actions for group in queries.plan_of(place.service)}
    summary = queries.actions_summary(place.service)

    assert groups == {"Needs an owner": [draft], "Late": [late], "Blocked": [blocked], "To verify": [done]}
    assert summary == queries.ActionsSummary(total=4, verified=0, late=1, blocked=1, needs_owner=1, to_verify=1, in_progress=0)
    assert summary.words == "0 of 4 verified"


# Database -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("column", ["verified_at", "verified_by"])
def test_database_refuses_half_a_verification(place: Place, column: str) -> None:
    action = make_owned_action(place)
    value = timezone.now() if column == "verified_at" else place.officer

    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(**{column: value})


def test_database_refuses_an_owner_who_verifies(place: Place) -> None:
    action = make_owned_action(place)

    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(verified_by=place.lead, verified_at=timezone.now())


# Mails ----------------------------------------------------------------------------------------------------------------
def test_mails_go_to_whom_the_act_waits_for(place: Place, mailoutbox: list) -> None:
    action = make_owned_action(place)
    jobs.run_pending()
    services.block_action(action_id=action.pk, reason="Secret budget", by=place.lead)
    jobs.run_pending()
    services.answer_block(action_id=action.pk, answer="FUND", note="From May", by=place.commissioner)
    jobs.run_pending()

    sent = [(mail.subject.split(" ")[0], mail.to[0]) for mail in mailoutbox]

    assert sent == [("Agree", place.executive.email), ("Answer", place.commissioner.email)]
    assert [(line.user, line.sentence) for line in DigestEntry.objects.all()] == [
        (place.lead, f"The lead commissioner answered the block on your action for {place.service}.")
    ]
    assert all("Secret budget" not in mail.body for mail in mailoutbox)


def test_offer_that_was_overtaken_is_not_mailed(place: Place, mailoutbox: list) -> None:
    make_owned_action(place)

    jobs.run_pending()

    assert not [mail for mail in mailoutbox if mail.subject.startswith("Accept")]


def test_next_decision_keeps_the_plan(place: Place) -> None:
    older = make_decision(place, report=make_report(place, year=2026))
    make_owned_action(place, decision_id=older.pk)
    give_positions(place, older)
    decisions.bring_into_force(decision_id=older.pk, by=place.manager)
    newer = make_decision(place, report=make_report(place, met=4))
    give_positions(place, newer)

    decisions.bring_into_force(decision_id=newer.pk, by=place.manager)

    assert queries.actions_summary(place.service).total == 1
