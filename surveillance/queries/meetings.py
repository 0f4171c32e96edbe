"""Meetings as pages show them: what may stand on the agenda, how far each service is, who was there for which party."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Organisation, User
from surveillance.models import (
    Action,
    Commissioning,
    Meeting,
    MeetingAttendee,
    MeetingItem,
    Position,
    SelfReport,
    Service,
    SurveillanceDecision,
)
from surveillance.queries.decisions import lowest_score_first, party_organisations, positions_of, reports_to_decide_on

Status, View, Party = SurveillanceDecision.Status, Position.View, Position.Party


def agenda_candidates(meeting: Meeting, user: User) -> QuerySet[SelfReport]:
    """Self-reports of the meeting's region and round to decide on, and those whose decision is proposed.

    Proposals come first, the highest risk first; then the lowest score.
    """
    proposed = SurveillanceDecision.objects.filter(service=OuterRef("service"), round=OuterRef("round"), status=Status.PROPOSED)
    risk = Subquery(proposed.annotate(risk=F("likelihood") * F("consequence")).values("risk")[:1])
    reports = SelfReport.objects.filter(round=meeting.round_id, service__region=meeting.region_id).annotate(proposed_risk=risk)
    waiting = reports.filter(Q(pk__in=reports_to_decide_on(user).values("pk")) | Q(proposed_risk__isnull=False))
    return lowest_score_first(waiting).order_by(F("proposed_risk").desc(nulls_last=True), F("percent_read").asc(nulls_first=True), "pk")


@dataclass(frozen=True)
class AgendaRow:
    """One service of a meeting: its item, its decision of the round, and how far it is in words."""

    item: MeetingItem
    decision: SurveillanceDecision | None
    waiting_count: int

    @property
    def is_taken(self) -> bool:
        """Whether the meeting has dealt with it."""
        return self.item.taken_at is not None

    @property
    def is_put_off(self) -> bool:
        """Whether the meeting put it off."""
        return self.is_taken and bool(self.item.note)

    @property
    def label(self) -> str:
        """The status of its tag."""
        if not self.is_taken:
            return "Not yet started"
        if self.is_put_off:
            return "Postponed"
        return self.decision.get_status_display() if self.decision else "Ended"

    @property
    def words(self) -> str:
        """What is still to come of it."""
        if self.is_put_off:
            return f"Put off: {self.item.note}"
        if self.decision and self.decision.status == Status.PROPOSED and self.waiting_count:
            return f"Waits for {self.waiting_count} {'position' if self.waiting_count == 1 else 'positions'}"
        return ""


def agenda_of(meeting: Meeting) -> list[AgendaRow]:
    """The agenda in its order, in three statements."""
    related = ("self_report__service__provider", "self_report__service__network", "self_report__round", "self_report__indicator_set")
    items = list(meeting.items.select_related(*related).prefetch_related("self_report__scores"))
    services = [item.self_report.service_id for item in items]
    decisions = SurveillanceDecision.objects.filter(service__in=services, round=meeting.round_id).exclude(status=Status.ENDED)
    by_service = {decision.service_id: decision for decision in decisions.prefetch_related("positions").order_by("proposed_at", "pk")}
    rows = []
    for item in items:
        decision = by_service.get(item.self_report.service_id)
        waiting = [p for p in decision.positions.all() if p.view == View.WAITING] if decision else []
        rows.append(AgendaRow(item, decision, len(waiting)))
    return rows


@dataclass(frozen=True)
class Outcome:
    """What became of a meeting, counted."""

    total: int
    done: int
    in_force: int
    waiting: int
    put_off: int

    @property
    def words(self) -> str:
        """ "41 in force, 5 waiting for a position", and what else there is."""
        position = "a position" if self.waiting else "positions"
        parts = [f"{self.in_force} in force", f"{self.waiting} waiting for {position}"]
        other = self.done - self.in_force - self.waiting - self.put_off
        parts += [f"{other} proposed with every position"] if other else []
        parts += [f"{self.put_off} put off"] if self.put_off else []
        parts += [f"{self.total - self.done} not reached"] if self.total > self.done else []
        return ", ".join(parts)


def outcome_of(rows: Iterable[AgendaRow]) -> Outcome:
    """Count an agenda."""
    rows = list(rows)
    done = [row for row in rows if row.is_taken]
    decided = [(row, row.decision) for row in done if row.decision and not row.is_put_off]
    return Outcome(
        total=len(rows),
        done=len(done),
        in_force=sum(decision.status in (Status.IN_FORCE, Status.REVIEW_DUE) for _, decision in decided),
        waiting=sum(bool(row.waiting_count) for row, decision in decided if decision.status == Status.PROPOSED),
        put_off=sum(row.is_put_off for row in done),
    )


def organisations_of(meeting: Meeting) -> QuerySet[Organisation]:
    """Whose people may attend: the hub, and the providers, hosts and lead commissioners of the region's services."""
    services = Service.objects.filter(region=meeting.region_id)
    led = Commissioning.objects.active().filter(is_lead=True, service__in=services)
    return Organisation.objects.filter(
        Q(pk=meeting.region_id)
        | Q(pk__in=services.values("provider"))
        | Q(pk__in=services.values("network__host"))
        | Q(pk__in=led.values("organisation"))
    ).order_by("name")


@dataclass(frozen=True)
class PartyInMeeting:
    """One party of a decision and who was there for it."""

    party: str
    organisation: Organisation | None
    attendees: list[MeetingAttendee]

    @property
    def label(self) -> str:
        """The party with its organisation."""
        return f"{Party(self.party).label}: {self.organisation.name}" if self.organisation else Party(self.party).label


def parties_in_meeting(meeting: Meeting, service: Service, decision: SurveillanceDecision | None) -> list[PartyInMeeting]:
    """The parties of a service's decision whose position is still to come, with the people of each who are in the meeting."""
    attendees = list(meeting.attendees.all())
    if decision is None:
        to_come = party_organisations(service)
    else:
        to_come = {p.party: p.organisation for p in positions_of(decision) if p.view in (View.WAITING, View.NOT_GIVEN)}
    return [
        PartyInMeeting(party, organisation, [a for a in attendees if organisation and a.organisation_id == organisation.pk])
        for party, organisation in to_come.items()
    ]


def last_decision(service: Service, year: int) -> SurveillanceDecision | None:
    """The service's newest decision of an earlier round that came into force."""
    earlier = service.decisions.filter(round__year__lt=year, in_force_at__isnull=False)
    return earlier.select_related("round").order_by("-round__year", "-pk").first()


def late_actions(service: Service) -> list[Action]:
    """The service's late actions, the latest first."""
    return list(Action.objects.filter(service=service).late().select_related("owner").order_by("due_date", "pk"))
