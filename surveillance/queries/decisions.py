"""Decisions as pages show them: figures, positions, who may act for which party, and what happens next."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.permissions import Permission
from surveillance import rules
from surveillance.clocks import due_date
from surveillance.models import Action, Position, Score, SelfReport, Service, Stage, SurveillanceDecision
from surveillance.models.self_reports import SelfReportQuerySet
from surveillance.queries.holders import commissioner_of, executive_of, hub_manager_of, lead_commissioner_of, service_lead_of
from surveillance.queries.parties import acts_for_hub, acts_for_provider, as_hub
from surveillance.queries.rules import rules_of_version
from work.items import NextStep, day_words

# What a decision is made on: what the hub accepted, and that a service did not declare.
DECIDABLE = (SelfReport.Status.ACCEPTED, SelfReport.Status.NOT_DECLARED)
Party, View, Status = Position.Party, Position.View, SurveillanceDecision.Status


# Figures --------------------------------------------------------------------------------------------------------------
def figures_of(content: str) -> dict[str, Any]:
    """A decision's frozen figures, read back."""
    return json.loads(content)


def rule_figures(figures: dict[str, Any]) -> rules.Figures:
    """Frozen figures as the rules read them; what an older decision did not freeze counts as unknown."""
    return rules.Figures(
        met=figures["met"],
        applicable=figures["applicable"],
        threshold_percent=Decimal(figures["threshold_percent"]),
        visit_level_percent=Decimal(figures["visit_level_percent"]),
        key_not_met=tuple(f"{line['number']} {line['title']}" for line in figures["not_met"] if line["is_key"]),
        open_immediate_risk_count=figures["open_immediate_risk_count"],
        kpis_again=tuple(rules.KpiAgain(f"{kpi['number']} {kpi['title']}", kpi["years"]) for kpi in figures.get("kpis_not_met", ())),
        late_action_count=figures.get("late_action_count", 0),
        is_declared=figures.get("is_declared", True),
        changed_by_hub_count=figures.get("changed_by_hub_count", 0),
        is_drawn=figures.get("is_drawn", False),
    )


# Positions ------------------------------------------------------------------------------------------------------------
def position_version(position: Position) -> int:
    """A number that changes with every recording of a position: 0 until it is given, then microseconds of the time."""
    return int(position.given_at.timestamp() * 1_000_000) if position.given_at else 0


def party_organisations(service: Service) -> dict[str, Organisation | None]:
    """Which organisation speaks for each party: the region's hub, the provider (or a network's host), the lead commissioner."""
    provider = service.provider or (service.network.host or service.network if service.network else None)
    return {Party.QNT: service.region, Party.PROVIDER: provider, Party.COMMISSIONER: lead_commissioner_of(service)}


def positions_of(decision: SurveillanceDecision) -> list[Position]:
    """The three positions in their order: QNT, provider, commissioner."""
    order = list(Party.values)
    return sorted(
        decision.positions.select_related("organisation", "given_by", "spoken_by"), key=lambda position: order.index(position.party)
    )


def is_past(day: dt.date) -> bool:
    """Whether a day that somebody had until has passed."""
    return day < timezone.localdate()


def parties_of(user: User, decision: SurveillanceDecision) -> list[str]:
    """The parties for which this person may record a position."""
    service = decision.service
    parties: list[str] = []
    if acts_for_hub(user, Permission.DECISION_DECIDE, service):
        parties.append(Party.QNT)
    if acts_for_provider(user, Permission.POSITION_RECORD, service):
        parties.append(Party.PROVIDER)
    if commissioner_position(user).filter(decision=decision).exists():
        parties.append(Party.COMMISSIONER)
    return parties


def commissioner_position(user: User) -> QuerySet[Position]:
    """Positions that this person's organisation holds as the lead commissioner."""
    from_roles = user.organisation_ids(roles=frozenset({"COMMISSIONER"}))
    return Position.objects.filter(party=Party.COMMISSIONER, organisation__in=from_roles)


# Lists ----------------------------------------------------------------------------------------------------------------
def live_decision(service: Service) -> SurveillanceDecision | None:
    """The newest decision that is proposed or in force."""
    return service.decisions.live().for_display().first()


def decision_in_force(service: Service) -> SurveillanceDecision | None:
    """The decision in force now, also when its review is due."""
    return service.decisions.standing().for_display().first()


def reports_to_decide_on(user: User, *, with_national: bool = True) -> SelfReportQuerySet:
    """Self-reports in this person's hub that are accepted, or were not declared, without a decision of their round or a later one."""
    decided = SurveillanceDecision.objects.filter(service=OuterRef("service"), round__year__gte=OuterRef("round__year"))
    decided = decided.exclude(status=Status.ENDED, in_force_at=None)
    reports = SelfReport.objects.filter(as_hub(user, Permission.DECISION_PROPOSE, "service__", with_national=with_national))
    return reports.filter(status__in=DECIDABLE).exclude(Exists(decided))


# What happens next ----------------------------------------------------------------------------------------------------
def decide_due_date(decision: SurveillanceDecision) -> dt.date:
    """By when the hub brings a proposed decision into force."""
    return due_date("decide", decision.positions_due_date)


def first_action_due_date(decision: SurveillanceDecision) -> dt.date:
    """By when the first action is drafted: while it is proposed with the positions, else counted from its coming into force."""
    if decision.in_force_at is None:
        return decision.positions_due_date
    return due_date("first_action", timezone.localdate(decision.in_force_at))


def lacks_provider_action(decision: SurveillanceDecision) -> bool:
    """Whether the rules ask for a provider action before this comes into force, and none is drafted."""
    provider = Action.AddressedTo.PROVIDER
    return asks_for_provider_action(decision) and not decision.actions.filter(addressed_to=provider).exists()


def asks_for_provider_action(decision: SurveillanceDecision) -> bool:
    """Whether the rules that made this proposal let it come into force only with a provider action."""
    proposal = rules.propose(rule_figures(figures_of(decision.figures)), rules_of_version(decision.rule_version))
    return proposal.needs_provider_action_first


def holder_of_position(position: Position, service: Service) -> str:
    """Who must give a position, in words."""
    finders = {Party.QNT: hub_manager_of, Party.PROVIDER: executive_of, Party.COMMISSIONER: commissioner_of}
    holder = finders[Party(position.party)](service)
    if holder:
        return holder.words
    return position.organisation.name if position.organisation else f"No one is recorded for the {position.get_party_display().lower()}"


def decision_next_step(decision: SurveillanceDecision, positions: list[Position] | None = None) -> NextStep:
    """What happens next with a decision, who holds it, by when; ``positions`` where they are read already."""
    service, today = decision.service, timezone.localdate()
    if decision.status == Status.PROPOSED:
        waiting = [p for p in (positions or positions_of(decision)) if p.view == View.WAITING and p.due_date >= today]
        if waiting:
            count = len(waiting)
            what = f"{count} {'position' if count == 1 else 'positions'} to come"
            return NextStep(what, "; ".join(holder_of_position(p, service) for p in waiting), decision.positions_due_date)
        if lacks_provider_action(decision):
            lead = service_lead_of(service)
            return NextStep("Draft a provider action", lead.words if lead else service.holder.name, first_action_due_date(decision))
        return NextStep("Bring this decision into force", _hub(service), decide_due_date(decision))
    if decision.status == Status.IN_FORCE:
        return NextStep("Review this decision", _hub(service), decision.review_date)
    if decision.status == Status.REVIEW_DUE:
        return NextStep("Decide again, or end this decision", _hub(service), decision.review_date)
    ended = f"Ended on {day_words(timezone.localdate(decision.ended_at))}" if decision.ended_at else "A later decision replaced this one"
    return NextStep("Nothing. This decision is no longer in force.", "Nobody", note=ended)


def _hub(service: Service) -> str:
    holder = hub_manager_of(service)
    return holder.words if holder else service.region.name


@dataclass(frozen=True)
class PositionCard:
    """One party's position as the page shows it."""

    title: str
    view: str
    sentence: str
    note: str


def position_cards(positions: list[Position]) -> list[PositionCard]:
    """Three cards; silence is said as silence: never agreement, never dissent."""
    return [position_card(position) for position in positions]


def position_card(position: Position) -> PositionCard:
    """One party's position in words; its organisation and who gave it should be loaded."""
    who = position.organisation.name if position.organisation else position.get_party_display()
    if position.view == View.NOT_GIVEN:
        sentence = f"No position from {who} by {day_words(position.due_date)}."
    elif position.view == View.WAITING:
        sentence = f"Position due {day_words(position.due_date)}."
    else:
        given = timezone.localdate(position.given_at)
        sentence = f"Given by {position.given_by.name} on {day_words(given)}." if position.given_by else ""
        if position.spoken_by:
            sentence = f"Given in the meeting by {position.spoken_by.name} on {day_words(given)}."
    return PositionCard(f"{position.get_party_display()}: {who}", position.get_view_display(), sentence, position.note)


def waits_for_position() -> Q:
    """Proposed decisions of which a position may still come today."""
    waiting = Position.objects.filter(decision=OuterRef("pk"), view=View.WAITING, due_date__gte=timezone.localdate())
    return Q(status=Status.PROPOSED) & Q(Exists(waiting))


def lowest_score_first(reports: QuerySet[SelfReport]) -> QuerySet[SelfReport]:
    """Self-reports by the percentage that a decision would read (``percent_read``), lowest first."""
    validated, declared = (
        Subquery(Score.objects.filter(self_report=OuterRef("pk"), stage=stage).values("percent")[:1])
        for stage in (Stage.VALIDATED, Stage.SELF_ASSESSED)
    )
    score = Coalesce(validated, declared)
    return reports.annotate(percent_read=score).order_by(F("percent_read").asc(nulls_first=True), "pk")
