"""Reminders about actions and plans, each step once to each person: the ladder of ``surveillance.ladder`` for what an owner must
carry out; its short form, in working days, for offers, choices of an owner, blocks and plans. A new day begins a new ladder.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from surveillance import ladder
from surveillance.models import Action, PlanAgreement
from surveillance.notifications import actions as notices
from surveillance.queries.actions import UNDER_WAY, choose_due_date, needs_owner
from work import jobs
from work.models import ReminderSent
from work.working_days import add_working_days

MADE_GOOD_DAYS = 30  # a step that nothing could send for so long is sent no more
Status = Action.Status


def _short_step(due: dt.date, today: dt.date) -> str:
    """5 and 1 working days before, and the next working day: too few days for the whole ladder."""
    return ladder.LATE if ladder.is_late(due, today) else ladder.working_days_before(due, today)


@dataclass(frozen=True)
class Ask:
    """One thing that an action asks of people by a day."""

    name: str
    rows: Callable[[dt.date], Q]
    due: Callable[[Action], dt.date | None]
    step: Callable[[dt.date, dt.date], str]


ASKS = (
    Ask(notices.CARRY_OUT, lambda day: Q(status__in=UNDER_WAY) & ~needs_owner(day), lambda action: action.due_date, ladder.step_of),
    Ask(
        notices.ANSWER_OFFER, lambda day: Q(status=Status.OFFERED) & ~needs_owner(day), lambda action: action.offer_due_date,
        ladder.working_days_before,
    ),
    Ask(notices.CHOOSE_OWNER, needs_owner, choose_due_date, _short_step),
    Ask(
        notices.ANSWER_BLOCK, lambda day: Q(status=Status.BLOCKED, block_answer="") & ~needs_owner(day),
        lambda action: action.block_due_date, ladder.working_days_before,
    ),
)  # fmt: skip


def remind_of_actions(*, at: dt.datetime | None = None) -> dict[str, int]:
    """Ask for the mails of every step that today stands on; counts the people. Running it again sends nothing twice."""
    today, sent = timezone.localdate(at), 0
    for ask in ASKS:
        for action in _near(Action.objects.filter(ask.rows(today)), today).iterator(chunk_size=500):
            due = ask.due(action)
            if due is None or due < today - dt.timedelta(days=MADE_GOOD_DAYS):
                continue
            if step := ask.step(due, today):
                sent += _remind(action, ask.name, due, step, notices.people_asked(action, ask.name, step))
    return {"actions": sent, "plans": _remind_of_plans(today)}


def _near(actions: QuerySet[Action], today: dt.date) -> QuerySet[Action]:
    """Actions of which some day may be near."""
    soon, long_ago = today + dt.timedelta(days=max(ladder.DAYS_BEFORE)), today - dt.timedelta(days=MADE_GOOD_DAYS)
    near = Q()
    for column in ("due_date", "offer_due_date", "block_due_date"):
        near |= Q(**{f"{column}__range": (long_ago, soon)})
    related = ("service__provider", "service__network", "service__region", "owner", "owner_organisation")
    return actions.filter(near).select_related(*related).order_by("pk")


def _remind_of_plans(today: dt.date) -> int:
    """The executive before the plan's day, executive and hub once it is late; the hub once its own turn is late."""
    soon, long_ago, sent = add_working_days(today, 5), today - dt.timedelta(days=MADE_GOOD_DAYS), 0
    waiting = PlanAgreement.objects.filter(hub_at=None, due_date__range=(long_ago, soon))
    for plan in waiting.select_related("service__provider", "service__network", "service__region").order_by("pk"):
        step = _short_step(plan.due_date, today)
        if step:
            sent += _remind(plan, notices.AGREE_PLAN, plan.due_date, step, notices.people_of_plan(plan, step))
    return sent


@transaction.atomic
def _remind(row: Action | PlanAgreement, ask: str, due: dt.date, step: str, people: Iterable[User]) -> int:
    """Note the reminder for those who have not had it, with the row locked and looked at again; gives how many."""
    same = {"pk": row.pk, "due_date": row.due_date}
    same |= {"version": row.version} if isinstance(row, Action) else {"executive_at": row.executive_at, "hub_at": None}
    if type(row)._default_manager.select_for_update().filter(**same).first() is None:
        return 0
    key = f"{ask}:{row.pk}:{due.isoformat()}:{step}"
    reminded = set(ReminderSent.objects.filter(key=key).values_list("user", flat=True))
    fresh = list(dict.fromkeys(person.pk for person in people if person.pk not in reminded))
    if not fresh:
        return 0
    ReminderSent.objects.bulk_create([ReminderSent(key=key, user_id=pk) for pk in fresh])
    arguments: dict[str, Any] = {"user_ids": fresh, "due": due.isoformat(), "step": step}
    if isinstance(row, Action):
        jobs.enqueue("mail.action_reminder", key=f"{key}:{fresh[0]}", action_id=row.pk, ask=ask, version=row.version, **arguments)
    else:
        jobs.enqueue("mail.plan_reminder", key=f"{key}:{fresh[0]}", agreement_id=row.pk, **arguments)
    return len(fresh)
