"""What every act on an action does to its row: lock it, check whose it is, save it with a new version, note it in the history."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from surveillance.models import Action, ActionEvent
from work.status import InvalidTransition


def locked_action(action_id: int) -> Action:
    """The action, locked, with the names that sentences use."""
    related = ("service__provider", "service__network", "service__region", "owner", "verified_by")
    return Action.objects.select_for_update(of=("self",)).select_related(*related).get(pk=action_id)


def check_owner(action: Action, by: User) -> None:
    """Raises InvalidTransition unless the action is this person's."""
    if action.owner_id != by.pk:
        raise InvalidTransition("This action is not yours, so only its owner can do this.")


def save_action(action: Action, *columns: str) -> None:
    """Save these columns; whoever opened the action before finds it changed."""
    action.version += 1
    action.save(update_fields=[*columns, "version"])


def note_event(action: Action, what: str, *, by: User | None, at: dt.datetime | None = None, note: str = "") -> ActionEvent:
    """A line of the history."""
    return ActionEvent.objects.create(action=action, what=what[:200], by=by, at=at or timezone.now(), note=note.strip())
