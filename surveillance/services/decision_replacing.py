"""What must hold before a decision that asked for more stops standing: somebody took an action, or the record says why nobody did."""

from django.db.models import Q

from accounts import audit
from accounts.models import User
from surveillance.models import Action, Service, SurveillanceDecision
from work.status import InvalidTransition

Status = SurveillanceDecision.Status
# An action that nobody has accepted (yet).
NOT_ACCEPTED = (Action.Status.DRAFT, Action.Status.OFFERED, Action.Status.DECLINED)


class ActionMissing(InvalidTransition):
    """A decision in force with option 2 or 3 would stop standing without an accepted action, and no reason was given."""

    def __init__(self, decision: SurveillanceDecision) -> None:
        super().__init__(
            f"The {decision.round.year} decision asks for {decision.options_words}, and nobody has accepted an action for it."
            " Enter why it stops without one."
        )
        self.decision = decision


def locked_decision(decision_id: int) -> SurveillanceDecision:
    """The decision, with its service locked first: whatever changes a service's decisions waits its turn."""
    service_id = SurveillanceDecision.objects.values_list("service", flat=True).get(pk=decision_id)
    Service.objects.select_for_update().get(pk=service_id)
    decisions = SurveillanceDecision.objects.select_for_update(of=("self",)).select_related("in_force_by", "service", "round")
    return decisions.get(pk=decision_id)


def needs_reason_without_action(decision: SurveillanceDecision) -> bool:
    """Whether it is in force with option 2 or 3 while nobody accepted an action: of it, or of a finding since it was proposed."""
    if decision.status not in SurveillanceDecision.STANDING or not decision.asks_for_more:
        return False
    since = Q(decision=None, service=decision.service_id, drafted_at__gte=decision.proposed_at)
    return not Action.objects.filter(Q(decision=decision) | since).exclude(status__in=NOT_ACCEPTED).exists()


def note_without_action(decision: SurveillanceDecision, reason: str) -> None:
    """Put the reason on the decision where one is needed; the caller saves it. Raises ActionMissing without one."""
    if not needs_reason_without_action(decision):
        return
    if not reason.strip():
        raise ActionMissing(decision)
    decision.without_action_reason = reason.strip()


def replace_older(decision: SurveillanceDecision, *, by: User, without_action_reason: str) -> None:
    """Let the service's other decisions in force be replaced by this one. Raises ActionMissing."""
    older = SurveillanceDecision.objects.standing().filter(service=decision.service_id).exclude(pk=decision.pk)
    for other in older.select_related("round").select_for_update(of=("self",)):
        other.check_may_become(Status.SUPERSEDED)
        note_without_action(other, without_action_reason)
        other.status, other.version = Status.SUPERSEDED, other.version + 1
        other.save(update_fields=["status", "version", "without_action_reason"])
        audit.record("decision.superseded", target=other, by=by)
