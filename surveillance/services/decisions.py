"""Decisions: propose, take positions, bring into force, end, and what silence does."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import long_date, long_datetime
from surveillance import rules
from surveillance.canonical import sha256_of
from surveillance.clocks import due_date
from surveillance.models import MeetingAttendee, Position, SelfReport, Service, SurveillanceDecision
from surveillance.notifications.decisions import note_in_force, note_proposed
from surveillance.queries.decisions import DECIDABLE, figures_of, lacks_provider_action, party_organisations, position_version, rule_figures
from surveillance.queries.rules import published_rules
from surveillance.services.clash import AlreadyDone, check_version
from surveillance.services.decision_replacing import locked_decision, note_without_action, replace_older
from surveillance.services.figures import frozen_figures
from work import jobs
from work.status import InvalidTransition

Status, View = SurveillanceDecision.Status, Position.View


class DissentUnconfirmed(InvalidTransition):
    """A party disagrees: bringing the decision into force must be confirmed."""


@transaction.atomic
def propose_decision(
    *, self_report_id: int, likelihood: int, consequence: int, rationale: str, review_date: dt.date, by: User,
    is_routine: bool = False, needs_provider_action: bool = False, needs_commissioner_action: bool = False, needs_peer_review: bool = False,
    is_by_notice: bool = False, figures_seen: str = "", at: dt.datetime | None = None,
) -> SurveillanceDecision:  # fmt: skip
    """Propose surveillance for a service on the figures of its accepted self-report, and ask the three parties for positions.

    ``figures_seen`` is the hash of the figures that the person read; when they changed since, nothing is written.
    ``is_by_notice`` is for option 1 in bulk: refused where the rules propose more, and told of in one notice for many.
    Raises InvalidTransition unless the report is accepted or was not declared, AlreadyDone when the round has a live decision.
    """
    now = at or timezone.now()
    Service.objects.select_for_update(of=("self",)).get(self_reports=self_report_id)  # first, as for everything that changes its decisions
    report = SelfReport.objects.for_display().select_for_update(of=("self",)).get(pk=self_report_id)
    check_may_propose(report)
    content = frozen_figures(report)
    digest = sha256_of(content)
    if figures_seen and figures_seen != digest:
        raise InvalidTransition(
            "The figures changed after you opened this page. Read them again, then ask for positions. Your text is below."
        )
    proposal = rules.propose(rule_figures(figures_of(content)), published_rules())
    if is_by_notice and proposal.options != {rules.Option.ROUTINE}:
        raise InvalidTransition(f"The rules propose more than option 1. {proposal.sentence}")
    due = due_date("position", timezone.localdate(now))
    decision = SurveillanceDecision.objects.create(
        service=report.service, round=report.round, is_routine=is_routine, needs_provider_action=needs_provider_action,
        needs_commissioner_action=needs_commissioner_action, needs_peer_review=needs_peer_review, likelihood=likelihood,
        consequence=consequence, rationale=rationale, rule_version=proposal.rule_version, rule_sentence=proposal.sentence, figures=content,
        figures_hash=digest, proposed_by=by, proposed_at=now, positions_due_date=due, review_date=review_date, is_by_notice=is_by_notice,
    )  # fmt: skip
    for party, organisation in party_organisations(report.service).items():
        Position.objects.create(decision=decision, party=party, organisation=organisation, due_date=due)
    audit.record("decision.proposed", target=decision, by=by)
    if not is_by_notice:
        jobs.enqueue("mail.decision_positions", decision_id=decision.pk, requested_by=by)
    note_proposed(decision)
    return decision


def check_may_propose(report: SelfReport) -> None:
    """Raises InvalidTransition when no decision can be proposed on this self-report now."""
    live = (
        SurveillanceDecision.objects.live().filter(service=report.service_id, round=report.round_id).select_related("proposed_by").first()
    )
    if live:
        did = f"{live.proposed_by.name} proposed a decision for the {report.round.year} round at {long_datetime(live.proposed_at)}."
        raise AlreadyDone(f"{did} End it before you propose another.")
    if report.status not in DECIDABLE:
        raise InvalidTransition("The hub has not accepted this self-report, so no decision can be proposed on it yet.")


@transaction.atomic
def record_position(
    *, decision_id: int, party: str, view: str, by: User, note: str = "", version: int | None = None,
    spoken_by: MeetingAttendee | None = None, at: dt.datetime | None = None,
) -> Position:  # fmt: skip
    """Record what a party holds of a proposed decision; it may change its mind until the decision is in force.

    A note says why with DISAGREE and what with AGREE_WITH_NOTE. ``version`` is ``position_version`` of what was read;
    ``spoken_by`` is who gave it in a meeting, where ``by`` wrote it down.
    Raises InvalidTransition, SomeoneElseChanged.
    """
    decision = locked_decision(decision_id)
    if decision.status != Status.PROPOSED:
        raise InvalidTransition(_no_longer_proposed(decision))
    if view in (View.DISAGREE, View.AGREE_WITH_NOTE) and not note.strip():
        raise InvalidTransition("Enter a note to say why you disagree" if view == View.DISAGREE else "Enter your note")
    position = decision.positions.select_for_update(of=("self",)).select_related("given_by").get(party=party)
    check_version(position, position_version(position), version)
    position.view, position.note, position.given_by, position.given_at = view, note.strip(), by, at or timezone.now()
    position.spoken_by = spoken_by
    position.save(update_fields=["view", "note", "given_by", "given_at", "spoken_by"])
    audit.record("position.recorded", target=position, by=by)
    return position


@transaction.atomic
def bring_into_force(
    *, decision_id: int, by: User, version: int | None = None, is_dissent_confirmed: bool = False, without_action_reason: str = "",
    at: dt.datetime | None = None,
) -> SurveillanceDecision:  # fmt: skip
    """Bring a proposed decision into force and replace the service's older ones. The service is locked: two presses make one.

    Positions past their day become NOT_GIVEN. Raises AlreadyDone, InvalidTransition while a position may still come or a
    provider action is missing, DissentUnconfirmed when a party disagrees and this was not confirmed, SomeoneElseChanged,
    ActionMissing when an older one asked for more, nobody accepted an action for it, and no ``without_action_reason`` is given.
    """
    now = at or timezone.now()
    decision = locked_decision(decision_id)
    if decision.in_force_at and decision.status in (Status.IN_FORCE, Status.REVIEW_DUE):
        raise AlreadyDone(_no_longer_proposed(decision))
    decision.check_may_become(Status.IN_FORCE)
    check_version(decision, decision.version, version)
    positions = list(decision.positions.select_for_update(of=("self",)))
    _check_positions(decision, positions, timezone.localdate(now))
    check_provider_action(decision)
    dissent = any(position.view == View.DISAGREE for position in positions)
    if dissent and not is_dissent_confirmed:
        raise DissentUnconfirmed("A party disagrees. Confirm that this comes into force with the disagreement on the record.")
    replace_older(decision, by=by, without_action_reason=without_action_reason)
    decision.status, decision.in_force_at, decision.in_force_by, decision.is_with_dissent = Status.IN_FORCE, now, by, dissent
    decision.version += 1
    decision.save(update_fields=["status", "in_force_at", "in_force_by", "is_with_dissent", "version"])
    audit.record("decision.brought_into_force", target=decision, by=by)
    note_in_force(decision)
    return decision


def _check_positions(decision: SurveillanceDecision, positions: list[Position], today: dt.date) -> None:
    """Write down silence where the day has passed; raises InvalidTransition while a position may still come."""
    waiting = [position for position in positions if position.view == View.WAITING]
    if any(position.due_date >= today for position in waiting):
        who = " and ".join(position.get_party_display() for position in waiting if position.due_date >= today)
        raise InvalidTransition(f"Still waiting for a position from: {who}. Positions are due by {long_date(decision.positions_due_date)}.")
    for position in waiting:
        _record_silence(position)


def check_provider_action(decision: SurveillanceDecision) -> None:
    """Raises InvalidTransition when the service is under its good practice level and no provider action is drafted."""
    if lacks_provider_action(decision):
        raise InvalidTransition(
            "This service is under its good practice level, so the decision comes into force only with at least one provider action."
            " Add a provider action first."
        )


@transaction.atomic
def end_decision(
    *, decision_id: int, reason: str, by: User, version: int | None = None, without_action_reason: str = "",
    next_review_date: dt.date | None = None, at: dt.datetime | None = None,
) -> SurveillanceDecision:  # fmt: skip
    """End a decision, or withdraw a proposal, with a reason.

    One in force with option 2 or 3 ends with an accepted action or ``without_action_reason``, and with a next review date of
    the service: ``next_review_date``, or the one that the service has already. Raises InvalidTransition, SomeoneElseChanged.
    """
    now, decision = at or timezone.now(), locked_decision(decision_id)
    decision.check_may_become(Status.ENDED)
    check_version(decision, decision.version, version)
    if decision.in_force_at and decision.asks_for_more:
        note_without_action(decision, without_action_reason)
        _set_next_review(decision.service, next_review_date, timezone.localdate(now))
    decision.status, decision.ended_at, decision.ended_by, decision.ended_reason = Status.ENDED, now, by, reason.strip()
    decision.version += 1
    decision.save(update_fields=["status", "ended_at", "ended_by", "ended_reason", "without_action_reason", "version"])
    audit.record("decision.ended", target=decision, by=by, reason=reason.strip())
    return decision


def _set_next_review(service: Service, day: dt.date | None, today: dt.date) -> None:
    """Write when the service is looked at next; raises InvalidTransition when no such day lies ahead."""
    chosen = day or service.next_review_date
    if chosen is None or chosen <= today:
        raise InvalidTransition("Enter when this service is looked at next, a date in the future.")
    if chosen != service.next_review_date:
        service.next_review_date = chosen
        service.save(update_fields=["next_review_date"])


def lapse_positions(*, today: dt.date | None = None) -> int:
    """Record silence for positions of proposed decisions whose day has passed; gives how many."""
    day, count = today or timezone.localdate(), 0
    overdue = Position.objects.filter(view=View.WAITING, due_date__lt=day, decision__status=Status.PROPOSED)
    for decision_id in sorted(set(overdue.values_list("decision", flat=True))):
        with transaction.atomic():
            decision = locked_decision(decision_id)
            for position in decision.positions.filter(view=View.WAITING, due_date__lt=day).select_for_update(of=("self",)):
                if decision.status == Status.PROPOSED:
                    _record_silence(position)
                    count += 1
    return count


def make_reviews_due(*, today: dt.date | None = None) -> int:
    """Mark decisions in force whose review date has passed; they stay in force until someone decides again. Gives how many."""
    day, count = today or timezone.localdate(), 0
    for pk in list(SurveillanceDecision.objects.filter(status=Status.IN_FORCE, review_date__lt=day).values_list("pk", flat=True)):
        with transaction.atomic():
            decision = locked_decision(pk)
            if decision.status == Status.IN_FORCE:
                decision.status, decision.version = Status.REVIEW_DUE, decision.version + 1
                decision.save(update_fields=["status", "version"])
                audit.record("decision.review_due", target=decision, by=None)
                count += 1
    return count


def _record_silence(position: Position) -> None:
    position.view = View.NOT_GIVEN
    position.save(update_fields=["view"])
    audit.record("position.not_given", target=position, by=None)


def _no_longer_proposed(decision: SurveillanceDecision) -> str:
    """Who was quicker, for the person who finds the decision past its proposal."""
    if decision.in_force_by and decision.in_force_at:
        did = f"{decision.in_force_by.name} brought this into force at {long_datetime(decision.in_force_at)}."
        return f"{did} You do not need to do anything."
    return f"This decision is {decision.get_status_display().lower()}, so it takes no positions any more."
