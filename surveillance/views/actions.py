"""Pages of actions: a service's plan, one action, drafting and choosing an owner."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.components import Step
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import long_datetime
from surveillance.facts import action_cause
from surveillance.forms.action_steps import CommentForm, StepForm
from surveillance.forms.actions import ActionForm, OwnerForm
from surveillance.forms.decisions import VersionForm
from surveillance.models import Action, ActionEvent, Indicator, Service, SurveillanceDecision
from surveillance.queries import actions as queries
from surveillance.queries.decisions import asks_for_provider_action, decision_in_force
from surveillance.queries.holders import lead_commissioner_of, owner_candidates
from surveillance.queries.indicator_years import indicator_chart, indicator_years
from surveillance.queries.parties import acts_for_hub, acts_for_provider
from surveillance.services import actions as services
from surveillance.services import plans
from surveillance.services.action_steps import CLOSED
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition


# A service's plan -----------------------------------------------------------------------------------------------------
def visible_service(request: SignedInRequest, service_pk: int) -> Service:
    """The service whose plan is asked for, when this person sees it; else 404."""
    visible = Service.objects.for_user(request.user, Permission.ACTION_VIEW).for_display().select_related("network__host")
    return get_object_or_404(visible, pk=service_pk)


@access(Permission.ACTION_VIEW, methods="GET", kind="service")
def action_plan(request: SignedInRequest, service_pk: int) -> HttpResponse:
    """A service's actions in groups, what happens next, and the agreement of the plan."""
    return _plan(request, visible_service(request, service_pk))


def _plan(request: SignedInRequest, service: Service, form: VersionForm | None = None) -> HttpResponse:
    user, agreement = request.user, queries.open_agreement(service)
    summary, decision = queries.actions_summary(service), decision_in_force(service)
    groups = [
        (group.title, [(action, queries.status_label(action), queries.row_holder(action)) for action in group.actions])
        for group in queries.plan_of(service)
    ]
    waits_for_executive = agreement is not None and agreement.executive_at is None
    may_agree = (
        summary.total > 0
        and agreement is not None
        and (
            acts_for_provider(user, Permission.PLAN_AGREE, service)
            if waits_for_executive
            else acts_for_hub(user, Permission.PLAN_AGREE, service)
        )
    )
    context = {
        "service": service, "groups": groups, "summary": summary, "step": queries.plan_next_step(service), "agreement": agreement,
        "agreed": service.plan_agreements.filter(hub_at__isnull=False).select_related("executive", "hub").first(),
        "may_agree": may_agree, "may_add": bool(_sides(request, service, None)), "decision": decision,
        "empty_sentence": "" if groups else queries.empty_plan_sentence(service), "form": form,
    }  # fmt: skip
    return render(request, "surveillance/action_plan.html", context)


@access(Permission.PLAN_AGREE, kind="service")
def plan_agree(request: SignedInRequest, service_pk: int) -> HttpResponse:
    """Agree the plan, for the provider or afterwards for the hub."""
    service = visible_service(request, service_pk)
    is_executive = acts_for_provider(request.user, Permission.PLAN_AGREE, service)
    is_hub = acts_for_hub(request.user, Permission.PLAN_AGREE, service)
    require(is_executive or is_hub)
    if request.method != "POST":
        return redirect("surveillance:action_plan", service_pk=service.pk)
    try:
        agreement = queries.open_agreement(service)
        as_hub = is_hub and not (is_executive and agreement is not None and agreement.executive_at is None)
        plans.agree_plan(service_id=service.pk, by=request.user, as_hub=as_hub)
    except InvalidTransition as error:
        form = VersionForm(request.POST)
        form.add_error(None, str(error))
        return _plan(request, service, form)
    messages.success(request, f"Action plan for {service.name} agreed")
    return redirect("surveillance:action_plan", service_pk=service.pk)


# Drafting -------------------------------------------------------------------------------------------------------------
def _sides(request: SignedInRequest, service: Service, decision: SurveillanceDecision | None) -> list[str]:
    """To whom this person may address an action here; a decision narrows it to those whom it asks to act."""
    asked = list(Action.AddressedTo.values)
    if decision:
        flags = {"PROVIDER": decision.needs_provider_action, "COMMISSIONER": decision.needs_commissioner_action}
        flags["PROVIDER"] = flags["PROVIDER"] or asks_for_provider_action(decision)
        asked = [side for side in asked if flags[side]]
    return [side for side in asked if queries.may_draft(request.user, service, side)]


def _indicators(service: Service) -> list[Indicator]:
    """The indicators of the set against which the service reported last."""
    report = service.self_reports.exclude(indicator_set=None).order_by("-round__year").first()
    return list(Indicator.objects.filter(indicator_set=report.indicator_set_id)) if report else []


@access(Permission.ACTION_DRAFT, kind="service")
def action_new(request: SignedInRequest, service_pk: int) -> HttpResponse:
    """Draft an action of the service's plan; ``?decision=`` names the decision that asks for it."""
    service = visible_service(request, service_pk)
    decision = _named_decision(request, service)
    require(bool(_sides(request, service, None)))
    sides = _sides(request, service, decision)
    if not sides and "decision" not in request.GET:  # the service's own idea: no decision asks for it
        decision, sides = None, _sides(request, service, None)
    if not sides:
        context = {"service": service, "decision": decision, "sentence": "This decision does not ask for an action that you can draft."}
        return render(request, "surveillance/action_not_possible.html", context)
    form = ActionForm(request.POST or None, sides=sides, indicators=_indicators(service))
    if request.method == "POST" and form.is_valid():
        decision_id = decision.pk if decision else None
        try:
            action = services.draft_action(
                service_id=service.pk, decision_id=decision_id, addressed_to=form.side, by=request.user, **form.as_arguments()
            )
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Action saved. Offer it to one owner.")
            return redirect("surveillance:action_owner", pk=action.pk)
    context = {"form": form, "service": service, "decision": decision, "heading": "Draft an action"}
    return render(request, "surveillance/action_form.html", context)


def _named_decision(request: SignedInRequest, service: Service) -> SurveillanceDecision | None:
    named = request.GET.get("decision", "")
    visible = SurveillanceDecision.objects.for_user(request.user, Permission.DECISION_VIEW).filter(service=service)
    if not named:
        return visible.live().select_related("round").first()
    return get_object_or_404(
        visible.select_related("round"), pk=int(named) if named.isascii() and named.isdigit() and len(named) < 10 else 0
    )


@access(Permission.ACTION_DRAFT, kind="action")
def action_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an action that is not offered yet."""
    action = visible_action(request, pk)
    require(queries.may_draft(request.user, action.service, action.addressed_to))
    initial = {
        "what": action.what, "due_date": action.due_date, "indicator": action.indicator_id or "", "baseline": action.baseline,
        "target": action.target, "domains": action.domains, "version": action.version,
    }  # fmt: skip
    form = ActionForm(request.POST or None, sides=[action.addressed_to], indicators=_indicators(action.service), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_draft(action_id=action.pk, by=request.user, version=form.cleaned_data["version"], **form.as_arguments())
        except SomeoneElseChanged:
            return action_clash(request, action, [("What will be done", form.cleaned_data["what"])])
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Action saved")
            return redirect("surveillance:action_detail", pk=action.pk)
    context = {"form": form, "service": action.service, "decision": action.decision, "action": action, "heading": "Change this action"}
    return render(request, "surveillance/action_form.html", context)


# One action -----------------------------------------------------------------------------------------------------------
def visible_action(request: SignedInRequest, pk: int) -> Action:
    """The action behind the address, when this person sees it; else 404."""
    visible = queries.with_holding(Action.objects.for_user(request.user, Permission.ACTION_VIEW))
    related = ("service__region", "service__network__host", "verified_by", "drafted_by", "decision__round")
    return get_object_or_404(visible.for_display().select_related(*related), pk=pk)


@access(Permission.ACTION_VIEW, methods="GET", kind="action")
def action_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One action: what, whose, by when, its proof and history, and the one thing to do next."""
    return show_action(request, visible_action(request, pk))


def show_action(
    request: SignedInRequest, action: Action, form: VersionForm | None = None, *, step_form: StepForm | None = None,
    comment_form: CommentForm | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of an action, with the faults of its forms on top."""
    events = list(action.events.select_related("by"))
    years = indicator_years(action.service, action.indicator) if action.indicator else []
    offers = [event.by for event in events if event.what.startswith("Offered") and event.by]
    offered_by = offers[-1] if offers else action.drafted_by
    history = [Step(event.what, "past", long_datetime(event.at), _said(event)) for event in events]
    primary, others = queries.acts_of(request.user, action)
    context = {
        "action": action, "service": action.service, "step": queries.action_next_step(action), "label": queries.status_label(action),
        "is_late": queries.is_late(action), "owner_words": queries.row_holder(action), "history": history,
        "primary": primary, "others": others, "links": [act for act in others if not act.is_form],
        "buyer": lead_commissioner_of(action.service) if action.status == Action.Status.BLOCKED else None,
        "offer_words": "You offer yourself" if offered_by == request.user else f"{offered_by.name} offers you",
        "evidence": action.evidence.all(), "version_form": VersionForm(initial={"version": action.version}), "form": form,
        "cause": None if action.decision_id else action_cause(request.user, action.pk),
        "years": years, "chart": indicator_chart(years, action.indicator) if action.indicator else None,
        "steps": list(action.steps.select_related("done_by")),
        "step_form": step_form or StepForm(), "comment_form": comment_form or CommentForm(),
        "may_change_steps": action.status not in CLOSED and queries.may_change_steps(request.user, action),
        "error_forms": [one for one in (step_form, comment_form) if one],
        "reads_evidence": request.user.has_permission(Permission.EVIDENCE_VIEW),
        "reads_decision": request.user.has_permission(Permission.DECISION_VIEW),
    }  # fmt: skip
    return render(request, "surveillance/action_detail.html", context)


def _said(event: ActionEvent) -> str:
    """Who did a step and what they wrote."""
    return ". ".join(part for part in (event.by.name if event.by else "", event.note) if part)


def action_clash(request: SignedInRequest, opened: Action, kept: list[tuple[str, str]]) -> HttpResponse:
    """Somebody changed the action after this page was opened: what it is now, and what was typed."""
    action = visible_action(request, opened.pk)
    context = {"action": action, "service": action.service, "kept": kept, "last": action.events.select_related("by").last()}
    return render(request, "surveillance/action_clash.html", context, status=409)


@access(Permission.ACTION_VIEW, kind="action")
def action_owner(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer the action to one person: a draft by those who draft it, what nobody holds by those who must choose."""
    action = visible_action(request, pk)
    require(queries.may_draft(request.user, action.service, action.addressed_to) or queries.may_assign(request.user, action))
    form = OwnerForm(
        request.POST or None, candidates=owner_candidates(action.service, action.addressed_to), initial={"version": action.version}
    )
    if action.status != Action.Status.DRAFT:
        require(queries.may_assign(request.user, action), "Only the one who must choose an owner can do this now.")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            offered = services.offer_action(action_id=action.pk, owner_id=data["owner"], by=request.user, version=data["version"])
        except SomeoneElseChanged:
            return action_clash(request, action, [])
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Action offered to {offered.owner}")
            return redirect("surveillance:action_detail", pk=action.pk)
    return render(request, "surveillance/action_owner.html", {"form": form, "action": action, "service": action.service})
