"""Steps of an action, which its owner or the service's lead adds, ticks and removes; and what people say to an action."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.templatetags.qnt_tags import long_datetime
from surveillance.models import Action, ActionStep
from surveillance.notifications.decisions import note_action_comment
from surveillance.services.action_rows import locked_action, note_event
from surveillance.services.clash import AlreadyDone
from work.status import InvalidTransition

MOST_STEPS = 50
CLOSED = (Action.Status.DONE, Action.Status.VERIFIED)


@transaction.atomic
def add_step(*, action_id: int, what: str, by: User, due_date: dt.date | None = None, at: dt.datetime | None = None) -> ActionStep:
    """Add a step to an action that is not done. Raises InvalidTransition."""
    action = _open_action(action_id)
    if action.steps.count() >= MOST_STEPS:
        raise InvalidTransition(f"An action has at most {MOST_STEPS} steps. Draft another action for the rest.")
    step = ActionStep.objects.create(action=action, what=what.strip(), due_date=due_date)
    note_event(action, "Step added", by=by, at=at, note=step.what)
    audit.record("action.step_added", target=action, by=by)
    return step


@transaction.atomic
def tick_step(*, action_id: int, step_id: int, by: User, at: dt.datetime | None = None) -> ActionStep:
    """Tick a step. Raises InvalidTransition when it is gone or the action is done, AlreadyDone."""
    action, now = _open_action(action_id), at or timezone.now()
    step = _step(action, step_id)
    if step.done_at and step.done_by:
        raise AlreadyDone(f"{step.done_by.name} ticked this step at {long_datetime(step.done_at)}. You do not need to do anything.")
    step.done_at, step.done_by = now, by
    step.save(update_fields=["done_at", "done_by"])
    note_event(action, "Step done", by=by, at=now, note=step.what)
    audit.record("action.step_done", target=action, by=by)
    return step


@transaction.atomic
def untick_step(*, action_id: int, step_id: int, by: User, at: dt.datetime | None = None) -> ActionStep:
    """Take a tick back. Raises InvalidTransition when the step is gone or the action is done, AlreadyDone when nobody ticked it."""
    action = _open_action(action_id)
    step = _step(action, step_id)
    if step.done_at is None:
        raise AlreadyDone("This step is not ticked. You do not need to do anything.")
    step.done_at, step.done_by = None, None
    step.save(update_fields=["done_at", "done_by"])
    note_event(action, "Step not done after all", by=by, at=at, note=step.what)
    audit.record("action.step_reopened", target=action, by=by)
    return step


@transaction.atomic
def remove_step(*, action_id: int, step_id: int, by: User, at: dt.datetime | None = None) -> Action:
    """Remove a step; the history keeps that it was there. Raises InvalidTransition when it is gone or the action is done."""
    action = _open_action(action_id)
    step = _step(action, step_id)
    note_event(action, "Step removed", by=by, at=at, note=step.what)
    step.delete()
    audit.record("action.step_removed", target=action, by=by)
    return action


@transaction.atomic
def comment_on_action(*, action_id: int, text: str, by: User, at: dt.datetime | None = None) -> Action:
    """Say something to an action: a line of its history, and of the next summary of its owner and of whoever drafted it."""
    action = locked_action(action_id)
    event = note_event(action, "Comment", by=by, at=at, note=text)
    audit.record("action.commented", target=action, by=by)
    note_action_comment(action, event, by)
    return action


def _open_action(action_id: int) -> Action:
    """The action, locked. Raises InvalidTransition once it is said to be done."""
    action = locked_action(action_id)
    if action.status in CLOSED:
        raise InvalidTransition(f"This action is {action.get_status_display().lower()}, so its steps cannot change any more.")
    return action


def _step(action: Action, step_id: int) -> ActionStep:
    step = action.steps.select_related("done_by").filter(pk=step_id).first()
    if step is None:
        raise InvalidTransition("This step is no longer there: someone removed it.")
    return step
