"""Steps of an action and comments on it: small forms of the action's page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance.forms.action_steps import CommentForm, StepForm
from surveillance.forms.decisions import VersionForm
from surveillance.models import Action
from surveillance.queries import actions as queries
from surveillance.services import action_steps as services
from surveillance.views.actions import show_action, visible_action
from work.status import InvalidTransition

REFUSAL = "Only the owner of this action and the lead of the service can change its steps."


def _action(request: SignedInRequest, pk: int) -> Action:
    action = visible_action(request, pk)
    require(queries.may_change_steps(request.user, action), REFUSAL)
    return action


def _back(action: Action, anchor: str) -> HttpResponse:
    return redirect(f"{reverse('surveillance:action_detail', args=[action.pk])}#{anchor}")


@access(Permission.ACTION_OWN, kind="action")
def action_step_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a step."""
    action = _action(request, pk)
    if request.method != "POST":
        return _back(action, "steps")
    form = StepForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.add_step(action_id=action.pk, what=data["what"], due_date=data["step_due_date"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Step added")
            return _back(action, "steps")
    return show_action(request, visible_action(request, pk), step_form=form)


@access(Permission.ACTION_OWN, kind="action")
def action_step_tick(request: SignedInRequest, pk: int, step_pk: int) -> HttpResponse:
    """Tick a step."""
    return _change_step(request, pk, step_pk, services.tick_step, "Step done")


@access(Permission.ACTION_OWN, kind="action")
def action_step_untick(request: SignedInRequest, pk: int, step_pk: int) -> HttpResponse:
    """Take a tick back."""
    return _change_step(request, pk, step_pk, services.untick_step, "Step is not done after all")


@access(Permission.ACTION_OWN, kind="action")
def action_step_remove(request: SignedInRequest, pk: int, step_pk: int) -> HttpResponse:
    """Remove a step; the history keeps it."""
    return _change_step(request, pk, step_pk, services.remove_step, "Step removed")


def _change_step(request: SignedInRequest, pk: int, step_pk: int, do: Callable[..., object], done: str) -> HttpResponse:
    action = _action(request, pk)
    if request.method != "POST":
        return _back(action, "steps")
    try:
        do(action_id=action.pk, step_id=step_pk, by=request.user)
    except InvalidTransition as error:
        form = VersionForm(request.POST)
        form.add_error(None, str(error))
        return show_action(request, visible_action(request, pk), form)
    messages.success(request, done)
    return _back(action, "steps")


@access(Permission.ACTION_VIEW, kind="action")
def action_comment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say something to an action; it stands in its history."""
    action = visible_action(request, pk)
    if request.method != "POST":
        return _back(action, "comment")
    form = CommentForm(request.POST)
    if not form.is_valid():
        return show_action(request, action, comment_form=form)
    services.comment_on_action(action_id=action.pk, text=form.cleaned_data["text"], by=request.user)
    messages.success(request, "Comment saved")
    return _back(action, "history")
