"""What stands beside a decision: keeping it on older figures, and what the service says to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance.forms.decisions import DecisionCommentForm, KeepDecisionForm
from surveillance.queries.older_figures import older_figures
from surveillance.queries.parties import acts_for_hub
from surveillance.reach import may
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.decision_comments import comment_on_decision
from surveillance.services.older_figures import keep_decision
from surveillance.views.decisions import show_clash, visible_decision
from work.status import InvalidTransition


@access(Permission.DECISION_DECIDE, kind="decision")
def decision_keep(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep a decision that was made on older figures, with a reason."""
    decision = visible_decision(request, pk)
    require(acts_for_hub(request.user, Permission.DECISION_DECIDE, decision.service))
    form = KeepDecisionForm(request.POST or None, initial={"version": decision.version})
    if request.method == "POST" and form.is_valid():
        try:
            keep_decision(decision_id=decision.pk, by=request.user, **form.cleaned_data)
        except SomeoneElseChanged:
            return show_clash(request, decision, ("Your reason, not saved", form.cleaned_data["reason"]))
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Decision for {decision.service.name} kept")
            return redirect("surveillance:decision_detail", pk=decision.pk)
    context = {"form": form, "decision": decision, "service": decision.service, "older": older_figures(decision)}
    return render(request, "surveillance/decision_keep.html", context)


@access(Permission.DECISION_COMMENT, kind="decision")
def decision_comment(request: SignedInRequest, pk: int) -> HttpResponse:
    """The service lead comments on a proposal; all three parties read it."""
    decision = visible_decision(request, pk)
    require(may(request.user, Permission.DECISION_COMMENT, decision.service), "Only the lead of the service comments here.")
    form = DecisionCommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            comment_on_decision(decision_id=decision.pk, text=form.cleaned_data["text"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
        else:
            messages.success(request, "Comment saved")
            return redirect("surveillance:decision_detail", pk=decision.pk)
    return render(request, "surveillance/decision_comment.html", {"form": form, "decision": decision, "service": decision.service})
