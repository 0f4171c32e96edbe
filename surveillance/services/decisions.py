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
from surveillance.models import Action, Position, SelfReport, Service, SurveillanceDecision
from surveillance.queries.decisions import figures_of, party_organisations, position_version, rule_figures
from surveillance.services.clash import AlreadyDone, check_version
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
    figures_seen: str = "", at: dt.datetime | None = None,
) -> SurveillanceDecision:  # fmt: skip
    """Propose surveillance for a service on the figures of its accepted self-report, and ask the three parties for positions.

    ``figures_seen`` is the hash of the figures that the person read; when they changed since, nothing is written.
    Raises InvalidTransition unless the report is accepted, AlreadyDone when the round has a live decision.
    """
    now = at or timezone.now()
    report = SelfReport.objects.for_display().select_for_update(of=("self",)).get(pk=self_report_id)
    check_may_propose(report)
    content = frozen_figures(report)
    digest = sha256_of(content)
    if figures_seen and figures_seen != digest:
        raise InvalidTransition(
            "The figures changed after you opened this page. Read them again, then ask for positions. Your text is below."
        )
    proposal = rules.propose(rule_figures(figures_of(content)))
    due = due_date("position", timezone.localdate(now))
    decision = SurveillanceDecision.objects.create(
        service=report.service, round=report.round, is_routine=is_routine, needs_provider_action=needs_provider_action,
        needs_commissioner_action=needs_commissioner_action, needs_peer_review=needs_peer_review, likelihood=likelihood,
        consequence=consequence, rationale=rationale, rule_version=proposal.rule_version, rule_sentence=proposal.sentence, figures=content,
        figures_hash=digest, proposed_by=by, proposed_at=now, positions_due_date=due, review_date=review_date,
    )  # fmt: skip
    for party, organisation in party_organisations(report.service).items():
        Position.objects.create(decision=decision, party=party, organisation=organisation, due_date=due)
    audit.record("decision.proposed", target=decision, by=by)
    jobs.enqueue("mail.decision_positions", decision_id=decision.pk, requested_by=by)
    return decision


def check_may_propose(report: SelfReport) -> None:
    """Raises InvalidTransition when no decision can be proposed on this self-report now."""
    live = (
        SurveillanceDecision.objects.live().filter(service=report.service_id, round=report.round_id).select_related("proposed_by").first()
    )
    if live:
        did = f"{live.proposed_by.name} proposed a decision for the {report.round.year} round at {long_datetime(live.proposed_at)}."
        raise AlreadyDone(f"{did} End it before you propose another.")
    if report.status != SelfReport.Status.ACCEPTED:
        raise InvalidTransition("The hub has not accepted this self-report, so no decision can be proposed on it yet.")


@transaction.atomic
def record_position(
    *, decision_id: int, party: str, view: str, by: User, note: str = "", version: int | None = None, at: dt.datetime | None = None
) -> Position:
    """Record what a party holds of a proposed decision; it may change its mind until the decision is in force.

    A note says why with DISAGREE and what with AGREE_WITH_NOTE. ``version`` is ``position_version`` of what was read.
    Raises InvalidTransition, SomeoneElseChanged.
    """
    decision = _locked(decision_id)
    if decision.status != Status.PROPOSED:
        raise InvalidTransition(_no_longer_proposed(decision))
    if view in (View.DISAGREE, View.AGREE_WITH_NOTE) and not note.strip():
        raise InvalidTransition("Enter a note to say why you disagree" if view == View.DISAGREE else "Enter your note")
    position = decision.positions.select_for_update(of=("self",)).select_related("given_by").get(party=party)
    check_version(position, position_version(position), version)
    position.view, position.note, position.given_by, position.given_at = view, note.strip(), by, at or timezone.now()
    position.save(update_fields=["view", "note", "given_by", "given_at"])
    audit.record("position.recorded", target=position, by=by)
    return position


@transaction.atomic
def bring_into_force(
    *, decision_id: int, by: User, version: int | None = None, is_dissent_confirmed: bool = False, at: dt.datetime | None = None
) -> SurveillanceDecision:
    """Bring a proposed decision into force and replace the service's older ones. The service is locked: two presses make one.

    Positions past their day become NOT_GIVEN. Raises AlreadyDone, InvalidTransition while a position may still come or a
    provider action is missing, DissentUnconfirmed when a party disagrees and this was not confirmed, SomeoneElseChanged.
    """
    now = at or timezone.now()
    decision = _locked(decision_id)
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
    _replace_older(decision, by=by)
    decision.status, decision.in_force_at, decision.in_force_by, decision.is_with_dissent = Status.IN_FORCE, now, by, dissent
    decision.version += 1
    decision.save(update_fields=["status", "in_force_at", "in_force_by", "is_with_dissent", "version"])
    audit.record("decision.brought_into_force", target=decision, by=by)
    jobs.enqueue("mail.decision_in_force", decision_id=decision.pk, requested_by=by)
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
    proposal = rules.propose(rule_figures(figures_of(decision.figures)))
    provider_actions = Action.objects.filter(decision=decision, addressed_to=Action.AddressedTo.PROVIDER)
    if proposal.needs_provider_action_first and not provider_actions.exists():
        raise InvalidTransition(
            "This service is under its good practice level, so the decision comes into force only with at least one provider action."
            " Add a provider action first."
        )


def _replace_older(decision: SurveillanceDecision, *, by: User) -> None:
    older = SurveillanceDecision.objects.filter(service=decision.service_id, status__in=[Status.IN_FORCE, Status.REVIEW_DUE])
    for other in older.exclude(pk=decision.pk).select_for_update():
        other.check_may_become(Status.SUPERSEDED)
        other.status, other.version = Status.SUPERSEDED, other.version + 1
        other.save(update_fields=["status", "version"])
        audit.record("decision.superseded", target=other, by=by)


@transaction.atomic
def end_decision(
    *, decision_id: int, reason: str, by: User, version: int | None = None, at: dt.datetime | None = None
) -> SurveillanceDecision:
    """End a decision, or withdraw a proposal, with a reason. Raises InvalidTransition, SomeoneElseChanged."""
    decision = _locked(decision_id)
    decision.check_may_become(Status.ENDED)
    check_version(decision, decision.version, version)
    decision.status, decision.ended_at, decision.ended_by, decision.ended_reason = Status.ENDED, at or timezone.now(), by, reason.strip()
    decision.version += 1
    decision.save(update_fields=["status", "ended_at", "ended_by", "ended_reason", "version"])
    audit.record("decision.ended", target=decision, by=by, reason=reason.strip())
    return decision


def lapse_positions(*, today: dt.date | None = None) -> int:
    """Record silence for positions of proposed decisions whose day has passed; gives how many."""
    day, count = today or timezone.localdate(), 0
    overdue = Position.objects.filter(view=View.WAITING, due_date__lt=day, decision__status=Status.PROPOSED)
    for decision_id in sorted(set(overdue.values_list("decision", flat=True))):
        with transaction.atomic():
            decision = _locked(decision_id)
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
            decision = _locked(pk)
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


def _locked(decision_id: int) -> SurveillanceDecision:
    """The decision, with its service locked first: whatever changes a service's decisions waits its turn."""
    service_id = SurveillanceDecision.objects.values_list("service", flat=True).get(pk=decision_id)
    Service.objects.select_for_update().get(pk=service_id)
    decisions = SurveillanceDecision.objects.select_for_update(of=("self",)).select_related("in_force_by", "service")
    return decisions.get(pk=decision_id)


def _no_longer_proposed(decision: SurveillanceDecision) -> str:
    """Who was quicker, for the person who finds the decision past its proposal."""
    if decision.in_force_by and decision.in_force_at:
        did = f"{decision.in_force_by.name} brought this into force at {long_datetime(decision.in_force_at)}."
        return f"{did} You do not need to do anything."
    return f"This decision is {decision.get_status_display().lower()}, so it takes no positions any more."
