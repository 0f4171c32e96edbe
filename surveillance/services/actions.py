"""Actions: draft, offer, answer, carry out, block, verify. One named owner, one date, and proof."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import long_date, long_datetime
from surveillance.clocks import due_date as clock_due_date
from surveillance.models import Action, ActionEvent, EvidenceItem, ImpactDomain, Service
from surveillance.queries.actions import is_unheld
from surveillance.queries.holders import owner_candidates
from surveillance.services.clash import AlreadyDone, check_version
from surveillance.services.plans import open_plan
from work import jobs
from work.status import InvalidTransition

Status = Action.Status


# Drafting -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def draft_action(
    *, service_id: int, what: str, due_date: dt.date, by: User, addressed_to: str = Action.AddressedTo.PROVIDER,
    decision_id: int | None = None, indicator_id: int | None = None, baseline: str = "", target: str = "", domains: Iterable[str] = (),
    at: dt.datetime | None = None,
) -> Action:  # fmt: skip
    """Draft an action of a service's plan, from a decision or from something above (a recommendation).

    The plan's agreement opens, or opens again, with it. Raises InvalidTransition when the decision is not live.
    """
    now = at or timezone.now()
    service = Service.objects.select_for_update().get(pk=service_id)
    if decision_id is not None:
        decision = service.decisions.get(pk=decision_id)
        if decision.status not in decision.LIVE:
            raise InvalidTransition(f"This decision is {decision.get_status_display().lower()}, so no action can be added to it.")
    action = Action.objects.create(
        service=service, decision_id=decision_id, addressed_to=addressed_to, what=what.strip(), indicator_id=indicator_id,
        baseline=baseline.strip(), target=target.strip(), due_date=due_date, domains=_domain_codes(domains), drafted_by=by, drafted_at=now,
    )  # fmt: skip
    _note(action, "Drafted", by=by, at=now)
    audit.record("action.drafted", target=action, by=by)
    open_plan(service, by=by, at=now)
    return action


@transaction.atomic
def change_draft(
    *, action_id: int, what: str, due_date: dt.date, by: User, indicator_id: int | None = None, baseline: str = "", target: str = "",
    domains: Iterable[str] = (), version: int | None = None,
) -> Action:  # fmt: skip
    """Change an action that is not offered yet. Raises InvalidTransition, SomeoneElseChanged."""
    action = _locked(action_id)
    if action.status != Status.DRAFT:
        raise InvalidTransition(f"This action is {action.get_status_display().lower()}, so its text cannot change any more.")
    check_version(action, action.version, version)
    action.what, action.due_date, action.indicator_id = what.strip(), due_date, indicator_id
    action.baseline, action.target, action.domains = baseline.strip(), target.strip(), _domain_codes(domains)
    _save(action, "what", "due_date", "indicator", "baseline", "target", "domains")
    audit.record("action.changed", target=action, by=by)
    return action


def _domain_codes(domains: Iterable[str]) -> list[str]:
    return [ImpactDomain(code).value for code in domains]


# An owner -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def offer_action(*, action_id: int, owner_id: int, by: User, version: int | None = None, at: dt.datetime | None = None) -> Action:
    """Offer an action to one person of the service (or of its commissioners), who has 10 working days to answer.

    Also for an action that nobody holds. Raises InvalidTransition when somebody holds it or the person cannot, SomeoneElseChanged.
    """
    now = at or timezone.now()
    action = _locked(action_id)
    check_version(action, action.version, version)
    action.check_may_become(Status.OFFERED)
    if action.owner and action.status != Status.DRAFT and not is_unheld(action):
        raise InvalidTransition(f"{action.owner.name} holds this action, so it cannot be offered to someone else.")
    candidates = owner_candidates(action.service, action.addressed_to)
    chosen = next((candidate for candidate in candidates if candidate.user.pk == owner_id), None)
    if chosen is None:
        raise InvalidTransition("This person does not work on this service, so they cannot own its action.")
    action.status, action.owner, action.owner_organisation = Status.OFFERED, chosen.user, chosen.organisation
    action.offered_at, action.offer_due_date = now, clock_due_date("offer", timezone.localdate(now))
    action.accepted_at, action.declined_reason = None, ""
    action.blocked_reason, action.block_due_date, action.block_answer, action.block_note = "", None, "", ""
    _save(
        action, "status", "owner", "owner_organisation", "offered_at", "offer_due_date", "accepted_at", "declined_reason",
        "blocked_reason", "block_due_date", "block_answer", "block_note",
    )  # fmt: skip
    _note(action, f"Offered to {chosen.user.name}", by=by, at=now)
    audit.record("action.offered", target=action, by=by)
    jobs.enqueue("mail.action_offered", action_id=action.pk, version=action.version, requested_by=by)
    return action


@transaction.atomic
def accept_action(*, action_id: int, by: User, at: dt.datetime | None = None) -> Action:
    """The person it was offered to takes it. Raises InvalidTransition, also when the time to answer has passed."""
    now = at or timezone.now()
    action = _offered_to(action_id, by, timezone.localdate(now))
    action.status, action.accepted_at = Status.ACCEPTED, now
    _save(action, "status", "accepted_at")
    _note(action, "Accepted", by=by, at=now)
    audit.record("action.accepted", target=action, by=by)
    return action


@transaction.atomic
def decline_action(*, action_id: int, reason: str, by: User, at: dt.datetime | None = None) -> Action:
    """The person it was offered to declines with a reason; it falls to the one who must choose, within 10 working days."""
    now = at or timezone.now()
    action = _offered_to(action_id, by, timezone.localdate(now))
    action.status, action.declined_reason, action.owner, action.owner_organisation = Status.DECLINED, reason.strip(), None, None
    action.offer_due_date = clock_due_date("choose_owner", timezone.localdate(now))
    _save(action, "status", "declined_reason", "owner", "owner_organisation", "offer_due_date")
    _note(action, "Declined", by=by, at=now, note=reason)
    audit.record("action.declined", target=action, by=by)
    jobs.enqueue("mail.action_needs_owner", action_id=action.pk, version=action.version, requested_by=by)
    return action


def _offered_to(action_id: int, by: User, today: dt.date) -> Action:
    action = _locked(action_id)
    if action.status == Status.ACCEPTED and action.owner_id == by.pk and action.accepted_at:
        raise AlreadyDone(f"You accepted this at {long_datetime(action.accepted_at)}.")
    action.check_may_become(Status.ACCEPTED)
    _check_owner(action, by)
    if action.offer_due_date and action.offer_due_date < today:
        raise InvalidTransition(f"The time to answer this offer ended on {long_date(action.offer_due_date)}. Someone must choose an owner.")
    return action


# Carrying out ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def start_action(*, action_id: int, by: User, at: dt.datetime | None = None) -> Action:
    """The owner starts, or goes on after it was sent back or blocked. Raises InvalidTransition."""
    action = _locked(action_id)
    action.check_may_become(Status.IN_PROGRESS)
    _check_owner(action, by)
    action.status = Status.IN_PROGRESS
    _save(action, "status")
    _note(action, "Started", by=by, at=at)
    audit.record("action.started", target=action, by=by)
    return action


@transaction.atomic
def mark_action_done(
    *, action_id: int, by: User, note: str = "", evidence_ids: Iterable[int] = (), at: dt.datetime | None = None
) -> Action:
    """The owner says that it is done, with evidence of the service or a note that says what shows it. Raises InvalidTransition."""
    now = at or timezone.now()
    action = _locked(action_id)
    action.check_may_become(Status.DONE)
    _check_owner(action, by)
    evidence = list(EvidenceItem.objects.filter(service=action.service_id, pk__in=list(evidence_ids)))
    if not evidence and not note.strip() and not action.evidence.exists():
        raise InvalidTransition("Add evidence before you mark this as done")
    action.evidence.add(*evidence)
    action.status, action.done_at, action.done_note = Status.DONE, now, note.strip()
    _save(action, "status", "done_at", "done_note")
    _note(action, "Marked as done", by=by, at=now, note=note)
    audit.record("action.done", target=action, by=by)
    return action


@transaction.atomic
def block_action(*, action_id: int, reason: str, by: User, at: dt.datetime | None = None) -> Action:
    """The owner says that money or staff are missing; the lead commissioner must answer within 10 working days."""
    now = at or timezone.now()
    action = _locked(action_id)
    action.check_may_become(Status.BLOCKED)
    _check_owner(action, by)
    action.status, action.blocked_reason, action.block_answer, action.block_note = Status.BLOCKED, reason.strip(), "", ""
    action.block_due_date = clock_due_date("block_answer", timezone.localdate(now))
    _save(action, "status", "blocked_reason", "block_answer", "block_note", "block_due_date")
    _note(action, "Blocked: needs money or staff", by=by, at=now, note=reason)
    audit.record("action.blocked", target=action, by=by)
    jobs.enqueue("mail.action_blocked", action_id=action.pk, version=action.version, requested_by=by)
    return action


@transaction.atomic
def answer_block(*, action_id: int, answer: str, note: str, by: User, at: dt.datetime | None = None) -> Action:
    """The lead commissioner answers: funded or advised, the work goes on; "cannot" stays blocked for the next decision."""
    action = _locked(action_id)
    if action.status != Status.BLOCKED:
        raise InvalidTransition(f"This action is {action.get_status_display().lower()}, so there is no block to answer.")
    if action.block_answer:
        raise AlreadyDone(f"This block was answered already: {action.get_block_answer_display().lower()}. You do not need to do anything.")
    action.block_answer, action.block_note = Action.BlockAnswer(answer).value, note.strip()
    if answer != Action.BlockAnswer.CANNOT:
        action.check_may_become(Status.IN_PROGRESS)
        action.status = Status.IN_PROGRESS
    _save(action, "status", "block_answer", "block_note")
    _note(action, f"Block answered: {action.get_block_answer_display().lower()}", by=by, at=at, note=note)
    audit.record("action.block_answered", target=action, by=by)
    jobs.enqueue("mail.action_block_answered", action_id=action.pk, version=action.version, requested_by=by)
    return action


@transaction.atomic
def move_due_date(*, action_id: int, due_date: dt.date, reason: str, by: User, at: dt.datetime | None = None) -> Action:
    """Move the day of an action that is not finished, with a reason that stays in its history. Raises InvalidTransition."""
    action = _locked(action_id)
    if action.status in (Status.DONE, Status.VERIFIED):
        raise InvalidTransition(f"This action is {action.get_status_display().lower()}, so its due date cannot move.")
    before, action.due_date = action.due_date, due_date
    _save(action, "due_date")
    _note(action, f"Due date moved from {long_date(before)} to {long_date(due_date)}", by=by, at=at, note=reason)
    audit.record("action.due_date_moved", target=action, by=by)
    return action


# Verifying ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def verify_action(*, action_id: int, by: User, at: dt.datetime | None = None) -> Action:
    """The hub verifies that it is done; never its owner. Raises InvalidTransition, AlreadyDone."""
    now = at or timezone.now()
    action = _locked(action_id)
    if action.status == Status.VERIFIED and action.verified_by and action.verified_at:
        did = f"{action.verified_by.name} verified this at {long_datetime(action.verified_at)}."
        raise AlreadyDone(f"{did} You do not need to do anything.")
    action.check_may_become(Status.VERIFIED)
    if action.owner_id == by.pk:
        raise InvalidTransition("You own this action, so someone else must verify it.")
    action.status, action.verified_by, action.verified_at = Status.VERIFIED, by, now
    _save(action, "status", "verified_by", "verified_at")
    _note(action, "Verified", by=by, at=now)
    audit.record("action.verified", target=action, by=by)
    return action


@transaction.atomic
def return_action(*, action_id: int, reason: str, by: User, at: dt.datetime | None = None) -> Action:
    """The hub sends back what is said to be done, with a reason. Raises InvalidTransition."""
    action = _locked(action_id)
    action.check_may_become(Status.RETURNED)
    if action.owner_id == by.pk:
        raise InvalidTransition("You own this action, so someone else must check it.")
    action.status, action.returned_reason = Status.RETURNED, reason.strip()
    _save(action, "status", "returned_reason")
    _note(action, "Sent back", by=by, at=at, note=reason)
    audit.record("action.returned", target=action, by=by)
    jobs.enqueue("mail.action_returned", action_id=action.pk, version=action.version, requested_by=by)
    return action


# Silence ---------------------------------------------------------------------------------------------------------------
def lapse_offers(*, today: dt.date | None = None) -> int:
    """Take offers that were not answered in time from the people who were silent; gives how many. They fall to the chooser."""
    day, count = today or timezone.localdate(), 0
    overdue = Action.objects.filter(status=Status.OFFERED, owner__isnull=False, offer_due_date__lt=day)
    for pk in list(overdue.values_list("pk", flat=True)):
        with transaction.atomic():
            action = _locked(pk)
            if action.status == Status.OFFERED and action.owner and action.offer_due_date and action.offer_due_date < day:
                _let_go(action, f"Not answered by {action.owner.name} in time", day, by=None)
                count += 1
    return count


def lapse_blocks(*, today: dt.date | None = None) -> int:
    """Note once in an action's history that nobody answered its block in time; gives how many."""
    day, count = today or timezone.localdate(), 0
    overdue = Action.objects.filter(status=Status.BLOCKED, block_answer="", block_due_date__lt=day)
    for pk in list(overdue.values_list("pk", flat=True)):
        with transaction.atomic():
            action = _locked(pk)
            sentence = f"No answer to the block by {long_date(action.block_due_date)}"
            if action.status == Status.BLOCKED and not action.block_answer and not action.events.filter(what=sentence).exists():
                _note(action, sentence, by=None)
                audit.record("action.block_unanswered", target=action, by=None)
                count += 1
    return count


def _let_go(action: Action, sentence: str, day: dt.date, *, by: User | None) -> None:
    action.owner, action.owner_organisation, action.offer_due_date = None, None, clock_due_date("choose_owner", day)
    _save(action, "owner", "owner_organisation", "offer_due_date")
    _note(action, sentence, by=by)
    audit.record("action.left_without_owner", target=action, by=by)
    jobs.enqueue("mail.action_needs_owner", action_id=action.pk, version=action.version, requested_by=by)


# Shared ---------------------------------------------------------------------------------------------------------------
def _locked(action_id: int) -> Action:
    related = ("service__provider", "service__network", "service__region", "owner", "verified_by")
    return Action.objects.select_for_update(of=("self",)).select_related(*related).get(pk=action_id)


def _check_owner(action: Action, by: User) -> None:
    if action.owner_id != by.pk:
        raise InvalidTransition("This action is not yours, so only its owner can do this.")


def _save(action: Action, *columns: str) -> None:
    action.version += 1
    action.save(update_fields=[*columns, "version"])


def _note(action: Action, what: str, *, by: User | None, at: dt.datetime | None = None, note: str = "") -> None:
    ActionEvent.objects.create(action=action, what=what, by=by, at=at or timezone.now(), note=note.strip())
