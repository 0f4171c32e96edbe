"""Actions: draft, offer, answer, carry out, block, verify. One named owner, one date, and proof."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import long_date, long_datetime
from surveillance.clocks import due_date as clock_due_date
from surveillance.models import Action, EvidenceItem, ImpactDomain, Indicator, Service
from surveillance.notifications.decisions import note_block_answered
from surveillance.queries.actions import is_unheld
from surveillance.queries.holders import owner_candidates
from surveillance.queries.indicator_years import baseline_words, kpi_words
from surveillance.services.action_rows import check_owner, locked_action, note_event, save_action
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

    Baseline and target that are left empty are the newest answer to the indicator and its target. The plan's agreement
    opens, or opens again, with it. Raises InvalidTransition when the decision is not live.
    """
    now = at or timezone.now()
    service = Service.objects.select_for_update().get(pk=service_id)
    if decision_id is not None:
        decision = service.decisions.get(pk=decision_id)
        if decision.status not in decision.LIVE:
            raise InvalidTransition(f"This decision is {decision.get_status_display().lower()}, so no action can be added to it.")
    baseline, target = _measured(service, indicator_id, baseline, target)
    action = Action.objects.create(
        service=service, decision_id=decision_id, addressed_to=addressed_to, what=what.strip(), indicator_id=indicator_id,
        baseline=baseline, target=target, due_date=due_date, domains=_domain_codes(domains), drafted_by=by, drafted_at=now,
    )  # fmt: skip
    note_event(action, "Drafted", by=by, at=now)
    audit.record("action.drafted", target=action, by=by)
    open_plan(service, by=by, at=now)
    return action


@transaction.atomic
def change_draft(
    *, action_id: int, what: str, due_date: dt.date, by: User, indicator_id: int | None = None, baseline: str = "", target: str = "",
    domains: Iterable[str] = (), version: int | None = None,
) -> Action:  # fmt: skip
    """Change an action that is not offered yet. Raises InvalidTransition, SomeoneElseChanged."""
    action = locked_action(action_id)
    if action.status != Status.DRAFT:
        raise InvalidTransition(f"This action is {action.get_status_display().lower()}, so its text cannot change any more.")
    check_version(action, action.version, version)
    if indicator_id != action.indicator_id:  # figures of the indicator before say nothing about this one
        baseline = "" if baseline.strip() == action.baseline else baseline
        target = "" if target.strip() == action.target else target
    action.what, action.due_date, action.indicator_id = what.strip(), due_date, indicator_id
    action.baseline, action.target = _measured(action.service, indicator_id, baseline, target)
    action.domains = _domain_codes(domains)
    save_action(action, "what", "due_date", "indicator", "baseline", "target", "domains")
    audit.record("action.changed", target=action, by=by)
    return action


def _measured(service: Service, indicator_id: int | None, baseline: str, target: str) -> tuple[str, str]:
    """Baseline and target as written; what is left empty is read from the indicator."""
    indicator = Indicator.objects.filter(pk=indicator_id).first() if indicator_id else None
    if indicator is None:
        return baseline.strip(), target.strip()
    return baseline.strip() or baseline_words(service, indicator), target.strip() or kpi_words(indicator)


def _domain_codes(domains: Iterable[str]) -> list[str]:
    return [ImpactDomain(code).value for code in domains]


# An owner -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def offer_action(*, action_id: int, owner_id: int, by: User, version: int | None = None, at: dt.datetime | None = None) -> Action:
    """Offer an action to one person of the service (or of its commissioners), who has 10 working days to answer.

    Also for an action that nobody holds. Raises InvalidTransition when somebody holds it or the person cannot, SomeoneElseChanged.
    """
    now = at or timezone.now()
    action = locked_action(action_id)
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
    save_action(
        action, "status", "owner", "owner_organisation", "offered_at", "offer_due_date", "accepted_at", "declined_reason",
        "blocked_reason", "block_due_date", "block_answer", "block_note",
    )  # fmt: skip
    note_event(action, f"Offered to {chosen.user.name}", by=by, at=now)
    audit.record("action.offered", target=action, by=by)
    jobs.enqueue("mail.action_offered", action_id=action.pk, version=action.version, requested_by=by)
    return action


@transaction.atomic
def accept_action(*, action_id: int, by: User, at: dt.datetime | None = None) -> Action:
    """The person it was offered to takes it. Raises InvalidTransition, also when the time to answer has passed."""
    now = at or timezone.now()
    action = _offered_to(action_id, by, timezone.localdate(now))
    action.status, action.accepted_at, action.offer_due_date = Status.ACCEPTED, now, None
    save_action(action, "status", "accepted_at", "offer_due_date")
    note_event(action, "Accepted", by=by, at=now)
    audit.record("action.accepted", target=action, by=by)
    return action


@transaction.atomic
def decline_action(*, action_id: int, reason: str, by: User, at: dt.datetime | None = None) -> Action:
    """The person it was offered to declines with a reason; it falls to the one who must choose, within 10 working days."""
    now = at or timezone.now()
    action = _offered_to(action_id, by, timezone.localdate(now))
    action.status, action.declined_reason, action.owner, action.owner_organisation = Status.DECLINED, reason.strip(), None, None
    action.offer_due_date = clock_due_date("choose_owner", timezone.localdate(now))
    save_action(action, "status", "declined_reason", "owner", "owner_organisation", "offer_due_date")
    note_event(action, "Declined", by=by, at=now, note=reason)
    audit.record("action.declined", target=action, by=by)
    jobs.enqueue("mail.action_needs_owner", action_id=action.pk, version=action.version, requested_by=by)
    return action


def _offered_to(action_id: int, by: User, today: dt.date) -> Action:
    action = locked_action(action_id)
    if action.status == Status.ACCEPTED and action.owner_id == by.pk and action.accepted_at:
        raise AlreadyDone(f"You accepted this at {long_datetime(action.accepted_at)}.")
    action.check_may_become(Status.ACCEPTED)
    check_owner(action, by)
    if action.offer_due_date and action.offer_due_date < today:
        raise InvalidTransition(f"The time to answer this offer ended on {long_date(action.offer_due_date)}. Someone must choose an owner.")
    return action


# Carrying out ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def start_action(*, action_id: int, by: User, at: dt.datetime | None = None) -> Action:
    """The owner starts, or goes on after it was sent back or blocked. Raises InvalidTransition."""
    action = locked_action(action_id)
    action.check_may_become(Status.IN_PROGRESS)
    check_owner(action, by)
    action.status = Status.IN_PROGRESS
    save_action(action, "status")
    note_event(action, "Started", by=by, at=at)
    audit.record("action.started", target=action, by=by)
    return action


@transaction.atomic
def mark_action_done(
    *, action_id: int, by: User, note: str = "", evidence_ids: Iterable[int] = (), at: dt.datetime | None = None
) -> Action:
    """The owner says that it is done, with evidence of the service or a note that says what shows it. Raises InvalidTransition."""
    now = at or timezone.now()
    action = locked_action(action_id)
    action.check_may_become(Status.DONE)
    check_owner(action, by)
    evidence = list(EvidenceItem.objects.kept().filter(service=action.service_id, pk__in=list(evidence_ids)))
    if not evidence and not note.strip() and not action.evidence.exists():
        raise InvalidTransition("Add evidence before you mark this as done")
    action.evidence.add(*evidence)
    action.status, action.done_at, action.done_note = Status.DONE, now, note.strip()
    save_action(action, "status", "done_at", "done_note")
    note_event(action, "Marked as done", by=by, at=now, note=note)
    audit.record("action.done", target=action, by=by)
    return action


@transaction.atomic
def block_action(*, action_id: int, reason: str, by: User, at: dt.datetime | None = None) -> Action:
    """The owner says that money or staff are missing; the lead commissioner must answer within 10 working days."""
    now = at or timezone.now()
    action = locked_action(action_id)
    action.check_may_become(Status.BLOCKED)
    check_owner(action, by)
    action.status, action.blocked_reason, action.block_answer, action.block_note = Status.BLOCKED, reason.strip(), "", ""
    action.block_due_date = clock_due_date("block_answer", timezone.localdate(now))
    save_action(action, "status", "blocked_reason", "block_answer", "block_note", "block_due_date")
    note_event(action, "Blocked: needs money or staff", by=by, at=now, note=reason)
    audit.record("action.blocked", target=action, by=by)
    jobs.enqueue("mail.action_blocked", action_id=action.pk, version=action.version, requested_by=by)
    return action


@transaction.atomic
def answer_block(*, action_id: int, answer: str, note: str, by: User, at: dt.datetime | None = None) -> Action:
    """The lead commissioner answers: funded or advised, the work goes on; "cannot" stays blocked for the next decision."""
    action = locked_action(action_id)
    if action.status != Status.BLOCKED:
        raise InvalidTransition(f"This action is {action.get_status_display().lower()}, so there is no block to answer.")
    if action.block_answer:
        raise AlreadyDone(f"This block was answered already: {action.get_block_answer_display().lower()}. You do not need to do anything.")
    action.block_answer, action.block_note = Action.BlockAnswer(answer).value, note.strip()
    if answer != Action.BlockAnswer.CANNOT:
        action.check_may_become(Status.IN_PROGRESS)
        action.status = Status.IN_PROGRESS
    save_action(action, "status", "block_answer", "block_note")
    note_event(action, f"Block answered: {action.get_block_answer_display().lower()}", by=by, at=at, note=note)
    audit.record("action.block_answered", target=action, by=by)
    note_block_answered(action)
    return action


@transaction.atomic
def move_due_date(*, action_id: int, due_date: dt.date, reason: str, by: User, at: dt.datetime | None = None) -> Action:
    """Move the day of an action that is not finished, with a reason that stays in its history. Raises InvalidTransition."""
    action = locked_action(action_id)
    if action.status in (Status.DONE, Status.VERIFIED):
        raise InvalidTransition(f"This action is {action.get_status_display().lower()}, so its due date cannot move.")
    before, action.due_date = action.due_date, due_date
    save_action(action, "due_date")
    note_event(action, f"Due date moved from {long_date(before)} to {long_date(due_date)}", by=by, at=at, note=reason)
    audit.record("action.due_date_moved", target=action, by=by)
    return action


# Verifying ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def verify_action(*, action_id: int, by: User, at: dt.datetime | None = None) -> Action:
    """The hub verifies that it is done; never its owner. Raises InvalidTransition, AlreadyDone."""
    now = at or timezone.now()
    action = locked_action(action_id)
    if action.status == Status.VERIFIED and action.verified_by and action.verified_at:
        did = f"{action.verified_by.name} verified this at {long_datetime(action.verified_at)}."
        raise AlreadyDone(f"{did} You do not need to do anything.")
    action.check_may_become(Status.VERIFIED)
    if action.owner_id == by.pk:
        raise InvalidTransition("You own this action, so someone else must verify it.")
    action.status, action.verified_by, action.verified_at = Status.VERIFIED, by, now
    save_action(action, "status", "verified_by", "verified_at")
    note_event(action, "Verified", by=by, at=now)
    audit.record("action.verified", target=action, by=by)
    return action


@transaction.atomic
def return_action(*, action_id: int, reason: str, by: User, at: dt.datetime | None = None) -> Action:
    """The hub sends back what is said to be done, with a reason. Raises InvalidTransition."""
    action = locked_action(action_id)
    action.check_may_become(Status.RETURNED)
    if action.owner_id == by.pk:
        raise InvalidTransition("You own this action, so someone else must check it.")
    action.status, action.returned_reason = Status.RETURNED, reason.strip()
    save_action(action, "status", "returned_reason")
    note_event(action, "Sent back", by=by, at=at, note=reason)
    audit.record("action.returned", target=action, by=by)
    jobs.enqueue("mail.action_returned", action_id=action.pk, version=action.version, requested_by=by)
    return action
