"""Reminders about actions and plans: whom a step of the ladder reaches, and the mail in the words of what each can do about it."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from surveillance import ladder
from surveillance.models import Action, PlanAgreement
from surveillance.notifications.decisions import choosers_of, executives_to_agree, lead_commissioners_people
from surveillance.queries.people import commissioners_of, hub_people_of, leads_of
from work import mail
from work.items import day_words

CARRY_OUT, ANSWER_OFFER, CHOOSE_OWNER, ANSWER_BLOCK, AGREE_PLAN = "carry_out", "answer_offer", "choose_owner", "answer_block", "agree_plan"
# Subjects by what is asked, before the day and after it.
ACTION_SUBJECTS = {
    CARRY_OUT: "Finish an action for {service} by {due}",
    f"{CARRY_OUT}:late": "Finish an action for {service} now: it was due on {due}",
    "follow_up": "Follow up an action of {service}, due on {due}",
    ANSWER_OFFER: "Accept or decline an action for {service} by {due}",
    CHOOSE_OWNER: "Choose an owner for an action of {service} by {due}",
    f"{CHOOSE_OWNER}:late": "Choose an owner for an action of {service} now: it was due on {due}",
    ANSWER_BLOCK: "Answer a blocked action of {service} by {due}",
    AGREE_PLAN: "Agree the action plan for {service} by {due}",
    f"{AGREE_PLAN}:late": "Agree the action plan for {service} now: it was due on {due}",
    "follow_up_plan": "Follow up the action plan for {service}, due on {due}",
}


def people_asked(action: Action, ask: str, step: str) -> list[User]:
    """Whom a step reaches, each once.

    Carrying out: the owner before the day; owner, leads and whoever would choose an owner once it is late; hub and
    commissioners five working days after it. An offer: its owner. A choice: whoever must choose, and the hub once it is late.
    A block: the lead commissioner; what follows on its silence is told by ``action_silence``.
    """
    service, owner = action.service, [action.owner] if action.owner else []
    if ask == CARRY_OUT and step == ladder.ESCALATED:
        people: list[User] = [*hub_people_of(service), *commissioners_of(service)]
    elif ask == CARRY_OUT and step == ladder.LATE:
        people = [*owner, *leads_of(service), *choosers_of(action)]
    elif ask == CHOOSE_OWNER:
        people = [*choosers_of(action), *(hub_people_of(service) if step == ladder.LATE else ())]
    elif ask == ANSWER_BLOCK:
        people = lead_commissioners_people(service)
    else:
        people = owner
    return list({person.pk: person for person in people}.values())


def people_of_plan(agreement: PlanAgreement, step: str) -> list[User]:
    """The executive until the plan is agreed for the provider, with the hub once it is late; then the hub alone."""
    hub = list(hub_people_of(agreement.service))
    if agreement.executive_at is not None:
        return hub
    people = [*executives_to_agree(agreement), *(hub if step == ladder.LATE else ())]
    return list({person.pk: person for person in people}.values())


def remind_of_action(action: Action, people: Iterable[User], *, ask: str, due: dt.date, step: str) -> int:
    """Remind of an action; who can only ask after it is told to follow it up. Gives how many mails were sent."""
    acting = {action.owner_id} if ask in (CARRY_OUT, ANSWER_OFFER) else {person.pk for person in _acting(action, ask)}
    sent = 0
    for person in people:
        name = _subject_name(ask, step) if person.pk in acting else "follow_up"
        sent += _send([person], name, action, due, reverse("surveillance:action_detail", args=[action.pk]))
    return sent


def remind_of_plan(agreement: PlanAgreement, people: Iterable[User], *, due: dt.date, step: str) -> int:
    """Remind of a plan that waits for an agreement; gives how many mails were sent."""
    is_hubs = agreement.executive_at is not None
    acting = {person.pk for person in (hub_people_of(agreement.service) if is_hubs else executives_to_agree(agreement))}
    sent = 0
    for person in people:
        name = _subject_name(AGREE_PLAN, step) if person.pk in acting else "follow_up_plan"
        sent += _send([person], name, agreement, due, reverse("surveillance:action_plan", args=[agreement.service_id]))
    return sent


def _acting(action: Action, ask: str) -> list[User]:
    return lead_commissioners_people(action.service) if ask == ANSWER_BLOCK else choosers_of(action)


def _subject_name(ask: str, step: str) -> str:
    late = f"{ask}:late"
    return late if step in (ladder.LATE, ladder.ESCALATED) and late in ACTION_SUBJECTS else ask


def _send(people: list[User], name: str, row: Action | PlanAgreement, due: dt.date, path: str) -> int:
    subject = ACTION_SUBJECTS[name].format(service=row.service.name, due=day_words(due))
    is_plan = isinstance(row, PlanAgreement)
    return mail.send(to=people, subject=subject, template="action_reminder", path=path, service=row.service, due=due, is_plan=is_plan)
