"""Mails about decisions and actions: the act first, one link, no figures, reasons or comments inside."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from surveillance.models import Action, PlanAgreement, Position, Service, SurveillanceDecision
from surveillance.queries.holders import lead_commissioner_of, people_in_role
from surveillance.queries.parties import provider_id_of
from surveillance.queries.people import leads_of
from work import mail
from work.items import day_words
from work.models import ReminderSent


def not_yet_told(key: str, people: Iterable[User]) -> list[User]:
    """Those of ``people`` who did not get the notice called ``key``, each once."""
    told = set(ReminderSent.objects.filter(key=key).values_list("user", flat=True))
    return list({person.pk: person for person in people if person.pk not in told}.values())


def people_to_give_position(decision: SurveillanceDecision) -> list[User]:
    """Everybody who may record one of the positions that are still to come."""
    people: list[User] = []
    roles = {Position.Party.QNT: Role.HUB_MANAGER, Position.Party.PROVIDER: Role.EXECUTIVE, Position.Party.COMMISSIONER: Role.COMMISSIONER}
    for position in decision.positions.filter(view=Position.View.WAITING):
        people += people_in_role(roles[Position.Party(position.party)], position.organisation_id)
    return people


def people_of_decision(decision: SurveillanceDecision) -> list[User]:
    """Service leads, executives, commissioners and the person who proposed."""
    service, buyer = decision.service, lead_commissioner_of(decision.service)
    executives = people_in_role(Role.EXECUTIVE, provider_id_of(service))
    return [*leads_of(service), *executives, *people_in_role(Role.COMMISSIONER, buyer.pk if buyer else None), decision.proposed_by]


def choosers_of(action: Action) -> list[User]:
    """Everybody who may choose an owner when nobody holds the action."""
    if action.addressed_to == Action.AddressedTo.COMMISSIONER:
        buyer = lead_commissioner_of(action.service)
        return people_in_role(Role.COMMISSIONER, buyer.pk if buyer else None)
    return people_in_role(Role.EXECUTIVE, provider_id_of(action.service))


def lead_commissioners_people(service: Service) -> list[User]:
    """Everybody of the lead commissioner."""
    buyer = lead_commissioner_of(service)
    return people_in_role(Role.COMMISSIONER, buyer.pk if buyer else None)


def executives_to_agree(agreement: PlanAgreement) -> list[User]:
    """Everybody who may agree the plan for the provider."""
    return people_in_role(Role.EXECUTIVE, provider_id_of(agreement.service))


def send_positions_request(decision: SurveillanceDecision, people: Iterable[User]) -> int:
    """Ask for a position; gives how many mails were sent."""
    subject = f"Give your position on {decision.service.name} by {day_words(decision.positions_due_date)}"
    return _decision_mail(decision, people, subject, "decision_positions")


def send_in_force_notice(decision: SurveillanceDecision, people: Iterable[User]) -> int:
    """Say that a decision came into force."""
    return _decision_mail(decision, people, f"Read the decision for {decision.service.name}, now in force", "decision_in_force")


def _decision_mail(decision: SurveillanceDecision, people: Iterable[User], subject: str, template: str) -> int:
    path = reverse("surveillance:decision_detail", args=[decision.pk])
    return mail.send(to=people, subject=subject, template=template, path=path, decision=decision, service=decision.service)


ACTION_SUBJECTS = {
    "action_offered": "Accept or decline an action for {service} by {offer_due}",
    "action_needs_owner": "Choose an owner for an action of {service}",
    "action_blocked": "Answer a blocked action of {service} by {block_due}",
    "action_block_answered": "Read the answer to your blocked action for {service}",
    "action_returned": "Finish an action for {service} that was sent back",
}


def send_action_notice(notice: str, action: Action, people: Iterable[User]) -> int:
    """Send one of ``ACTION_SUBJECTS``; gives how many mails were sent."""
    offer_due = day_words(action.offer_due_date) if action.offer_due_date else ""
    block_due = day_words(action.block_due_date) if action.block_due_date else ""
    subject = ACTION_SUBJECTS[notice].format(service=action.service.name, offer_due=offer_due, block_due=block_due)
    path = reverse("surveillance:action_detail", args=[action.pk])
    return mail.send(to=people, subject=subject, template=notice, path=path, action=action, service=action.service)


def send_plan_to_agree(agreement: PlanAgreement, people: Iterable[User]) -> int:
    """Ask the executive to agree a plan."""
    subject = f"Agree the action plan for {agreement.service.name} by {day_words(agreement.due_date)}"
    path = reverse("surveillance:action_plan", args=[agreement.service_id])
    return mail.send(to=people, subject=subject, template="action_plan_to_agree", path=path, agreement=agreement, service=agreement.service)
