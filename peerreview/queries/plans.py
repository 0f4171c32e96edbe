"""Whose plans the recommendations of a review go to: each service's own, what falls to the commissioner apart."""

from dataclasses import dataclass

from accounts.models import User
from accounts.permissions import Permission
from peerreview.models import Finding, Review
from peerreview.queries.findings import without_action
from peerreview.queries.pathway import Step, steps_of
from peerreview.queries.speaking import services_led
from peerreview.queries.teams import arranges
from surveillance.models import Service


@dataclass(frozen=True)
class PlanDraft:
    """Recommendations of one service without an action: for its provider's plan, and for its commissioner."""

    step: Step
    provider: list[Finding]
    commissioner: list[Finding]


def plans_drafted_by(user: User, review: Review) -> list[Service]:
    """Services whose plan ``user`` drafts: those that they lead; the hub's people draft for every one, the commissioner's too.

    None in a review for learning, which leads to no action.
    """
    if review.is_learning or not user.has_permission(Permission.ACTION_DRAFT):
        return []
    if arranges(review, user):
        return list(review.services.all())
    return services_led(user, review)


def plan_drafts(review: Review, services: list[Service]) -> list[PlanDraft]:
    """What waits for an action at each of ``services``, in the order of the review; services without any are left out."""
    wanted = {service.pk for service in services}
    waiting = list(without_action(review).filter(service__in=wanted).order_by("pk"))
    drafts = []
    for step in steps_of(review):
        mine = [finding for finding in waiting if finding.service_id == step.service.pk]
        to_commissioner = [finding for finding in mine if finding.addressed_to == Finding.AddressedTo.COMMISSIONER]
        if mine:
            drafts.append(PlanDraft(step, [finding for finding in mine if finding not in to_commissioner], to_commissioner))
    return drafts
