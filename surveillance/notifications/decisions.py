"""Mails and lines of the daily summary about decisions and actions: the act first, one link, no figures, reasons or comments inside."""

from collections.abc import Iterable, Sequence

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from surveillance.models import Action, ActionEvent, DecisionComment, PlanAgreement, Position, Service, SurveillanceDecision
from surveillance.queries.holders import lead_commissioner_of, people_in_role
from surveillance.queries.parties import provider_id_of
from surveillance.queries.people import commissioners_of, hub_people_of, leads_of
from work import digest, mail
from work.items import counted, day_words
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


def note_proposed(decision: SurveillanceDecision) -> None:
    """A line for the service's leads: a decision is proposed, and they may comment."""
    sentence = f"A decision for {decision.service} is proposed. Read it and comment by {day_words(decision.positions_due_date)}."
    digest.note(leads_of(decision.service), sentence=sentence, key=f"decision_proposed:{decision.pk}")


def note_comment(decision: SurveillanceDecision, comment: DecisionComment) -> None:
    """A line for the hub: the service commented on a proposal."""
    people = [*people_in_role(Role.HUB_MANAGER, decision.service.region_id), decision.proposed_by]
    sentence = f"{comment.made_by.name} commented on the proposed decision for {decision.service}."
    digest.note(people, sentence=sentence, key=f"decision_comment:{comment.pk}")


def people_of_organisation(organisation_id: int) -> list[User]:
    """The executives and commissioners of an organisation: who may object for it."""
    return [person for role in (Role.EXECUTIVE, Role.COMMISSIONER) for person in people_in_role(role, organisation_id)]


def send_option_1_notice(decisions: Sequence[SurveillanceDecision], people: Iterable[User]) -> int:
    """One mail that lists the services for which option 1 is proposed by notice; gives how many were sent."""
    if not decisions:
        return 0
    last_day = day_words(max(decision.positions_due_date for decision in decisions))
    subject = f"Read the notice of option 1 for {counted(len(decisions), 'service')} by {last_day}"
    path = f"{reverse('surveillance:decision_list')}?status=PROPOSED&option=1"
    return mail.send(to=people, subject=subject, template="decision_notice", path=path, decisions=decisions)


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
    path = reverse("surveillance:decision_detail", args=[decision.pk])
    return mail.send(to=people, subject=subject, template="decision_positions", path=path, decision=decision, service=decision.service)


def note_in_force(decision: SurveillanceDecision) -> None:
    """A line for the service, its executive, its commissioner and the proposer: a decision came into force."""
    sentence = f"The decision for {decision.service} came into force."
    digest.note(people_of_decision(decision), sentence=sentence, key=f"decision_in_force:{decision.pk}")


def note_block_answered(action: Action) -> None:
    """A line for the owner: the commissioner answered."""
    sentence = f"The lead commissioner answered the block on your action for {action.service}."
    digest.note([action.owner] if action.owner else [], sentence=sentence, key=f"action_block_answered:{action.pk}:{action.version}")


def note_action_comment(action: Action, event: ActionEvent, by: User) -> None:
    """A line for the owner and for whoever drafted it: somebody commented. What they wrote stands on the page."""
    people = [person for person in (action.owner, action.drafted_by) if person and person.pk != by.pk]
    digest.note(people, sentence=f"{by.name} commented on an action for {action.service}.", key=f"action_comment:{event.pk}")


def people_above_block(service: Service) -> list[User]:
    """Who is told that a lead commissioner did not answer a block: the hub, and the others who buy the service (the region's)."""
    lead = set(lead_commissioners_people(service))
    return [*hub_people_of(service), *(person for person in commissioners_of(service) if person not in lead)]


ACTION_SUBJECTS = {
    "action_offered": "Accept or decline an action for {service} by {offer_due}",
    "action_needs_owner": "Choose an owner for an action of {service}",
    "action_blocked": "Answer a blocked action of {service} by {block_due}",
    "action_block_unanswered": "Follow up a blocked action of {service} that was not answered by {block_due}",
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
