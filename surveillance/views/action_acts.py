"""What people do to an action: accept, decline, start, finish, block, answer a block, verify, send back, move its day."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.models import User
from accounts.permissions import Permission
from surveillance.forms.actions import SHOWN_EVIDENCE, BlockAnswerForm, BlockForm, DeclineForm, DoneForm, DueDateForm, ReturnForm
from surveillance.forms.decisions import VersionForm
from surveillance.models import Action, EvidenceItem
from surveillance.queries import actions as queries
from surveillance.services import actions as services
from surveillance.views.actions import show_action, visible_action
from work.status import InvalidTransition


@dataclass(frozen=True)
class Act:
    """One thing that a page does to an action."""

    may: Callable[[User, Action], bool]
    do: Callable[..., Action]
    done: str
    refusal: str = "Your role does not include it."


def _press(request: SignedInRequest, pk: int, act: Act) -> HttpResponse:
    """An act without questions: its button stands on the action's page."""
    action = visible_action(request, pk)
    require(act.may(request.user, action), act.refusal)
    if request.method != "POST":
        return redirect("surveillance:action_detail", pk=action.pk)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            act.do(action_id=action.pk, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, act.done)
            return redirect("surveillance:action_detail", pk=action.pk)
    return show_action(request, visible_action(request, pk), form)


def _ask(
    request: SignedInRequest, pk: int, act: Act, *, heading: str, make_form: Callable[[Action], VersionForm], lead: str = ""
) -> HttpResponse:
    """An act with questions: a page of its own."""
    action = visible_action(request, pk)
    require(act.may(request.user, action), act.refusal)
    form = make_form(action)
    if request.method == "POST" and form.is_valid():
        try:
            act.do(action_id=action.pk, by=request.user, **_arguments(form))
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, act.done)
            return redirect("surveillance:action_detail", pk=action.pk)
    context = {"form": form, "action": action, "service": action.service, "heading": heading, "lead": lead}
    context["may_add_evidence"] = isinstance(form, DoneForm) and request.user.has_permission(Permission.EVIDENCE_ADD)
    return render(request, "surveillance/action_act.html", context)


def _arguments(form: VersionForm) -> dict[str, Any]:
    data = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    return {"evidence_ids" if name == "evidence" else name: value for name, value in data.items()}


NOT_OWNER = "Only the owner of this action can do this."


@access(Permission.ACTION_OWN, kind="action")
def action_accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """The owner takes the action."""
    return _press(request, pk, Act(queries.owns, services.accept_action, "Action accepted", NOT_OWNER))


@access(Permission.ACTION_OWN, kind="action")
def action_decline(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person to whom it is offered declines with a reason."""
    act = Act(queries.owns, services.decline_action, "Action declined", NOT_OWNER)
    return _ask(request, pk, act, heading="Decline this action", make_form=lambda _: DeclineForm(request.POST or None))


@access(Permission.ACTION_OWN, kind="action")
def action_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """The owner starts, or goes on."""
    return _press(request, pk, Act(queries.owns, services.start_action, "Action started", NOT_OWNER))


@access(Permission.ACTION_OWN, kind="action")
def action_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """The owner says that it is done, with evidence or a note."""

    def make_form(action: Action) -> DoneForm:
        documents = EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW).filter(service=action.service_id)
        return DoneForm(request.POST or None, evidence=list(documents[:SHOWN_EVIDENCE]))

    act = Act(queries.owns, services.mark_action_done, "Action marked as done", NOT_OWNER)
    return _ask(
        request, pk, act, heading="Mark this action as done", make_form=make_form, lead="The hub reads what you add and verifies it."
    )


@access(Permission.ACTION_OWN, kind="action")
def action_block(request: SignedInRequest, pk: int) -> HttpResponse:
    """The owner says that it needs money or staff."""
    act = Act(queries.owns, services.block_action, "Action blocked. The lead commissioner is asked to answer.", NOT_OWNER)
    lead = "The lead commissioner must answer: fund it, advise, or say it cannot be done."
    return _ask(request, pk, act, heading="Say this action is blocked", make_form=lambda _: BlockForm(request.POST or None), lead=lead)


@access(Permission.ACTION_ASSIGN, kind="action")
def action_block_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lead commissioner answers a block."""
    act = Act(queries.may_answer_block, services.answer_block, "Block answered", "Only the lead commissioner answers a block.")
    return _ask(request, pk, act, heading="Answer the block", make_form=lambda _: BlockAnswerForm(request.POST or None))


@access(Permission.ACTION_VERIFY, kind="action")
def action_verify(request: SignedInRequest, pk: int) -> HttpResponse:
    """The hub verifies; never the owner."""
    return _press(request, pk, Act(queries.may_verify, services.verify_action, "Action verified"))


@access(Permission.ACTION_VERIFY, kind="action")
def action_return(request: SignedInRequest, pk: int) -> HttpResponse:
    """The hub sends back what is said to be done."""
    act = Act(queries.may_verify, services.return_action, "Action sent back")
    return _ask(request, pk, act, heading="Send this action back", make_form=lambda _: ReturnForm(request.POST or None))


@access(Permission.ACTION_DRAFT, kind="action")
def action_due_date(request: SignedInRequest, pk: int) -> HttpResponse:
    """Those who draft move the day, with a reason that everybody sees."""

    def may(user: User, action: Action) -> bool:
        return queries.may_draft(user, action.service, action.addressed_to)

    act = Act(may, services.move_due_date, "Due date moved")
    return _ask(request, pk, act, heading="Move the due date", make_form=lambda _: DueDateForm(request.POST or None))
