"""Pages of actions: the list, a service's plan, one action, drafting and choosing an owner."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.components import Step
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import long_datetime
from surveillance.forms.actions import ActionFilterForm, ActionForm, OwnerForm
from surveillance.forms.decisions import VersionForm
from surveillance.models import Action, ActionEvent, Indicator, Service, SurveillanceDecision
from surveillance.models.actions import ActionQuerySet
from surveillance.queries import actions as queries
from surveillance.queries.decisions import decision_in_force
from surveillance.queries.holders import lead_commissioner_of, owner_candidates
from surveillance.queries.indicator_years import indicator_years
from surveillance.queries.parties import acts_for_hub, acts_for_provider
from surveillance.services import actions as services
from surveillance.services import plans
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

PAGE_SIZE = 50


@access(Permission.ACTION_VIEW, methods="GET")
def action_list(request: SignedInRequest) -> HttpResponse:
    """Actions in scope, soonest first; filters: mine, late, blocked, needs an owner, to verify."""
    form = ActionFilterForm(request.GET or None)
    visible = queries.with_holding(Action.objects.for_user(request.user, Permission.ACTION_VIEW))
    found = _filtered(visible, form.cleaned_data, request) if form.is_valid() else visible.exclude(status=Action.Status.VERIFIED)
    page = Paginator(found.for_display().order_by("due_date", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(action, queries.status_label(action), queries.is_late(action), queries.row_holder(action)) for action in page.object_list]
    return render(
        request, "surveillance/action_list.html", {"form": form, "page_obj": page, "rows": rows, "is_filtered": bool(request.GET)}
    )


def _filtered(actions: ActionQuerySet, chosen: dict[str, Any], request: SignedInRequest) -> ActionQuerySet:
    wanted = {
        "mine": Q(owner=request.user),
        "late": Q(due_date__lt=timezone.localdate()) & ~Q(status__in=["VERIFIED", "DONE", "DRAFT"]),
        "blocked": Q(status=Action.Status.BLOCKED),
        "needs_owner": Q(status=Action.Status.DRAFT) | Q(is_unheld=True),
        "to_verify": Q(status=Action.Status.DONE),
    }
    for name in chosen["show"]:
        actions = actions.filter(wanted[name])
    return actions.filter(status__in=chosen["status"]) if chosen["status"] else actions


# A service's plan -----------------------------------------------------------------------------------------------------
def _visible_service(request: SignedInRequest, service_pk: int) -> Service:
    visible = Service.objects.for_user(request.user, Permission.ACTION_VIEW).for_display().select_related("network__host")
    return get_object_or_404(visible, pk=service_pk)


@access(Permission.ACTION_VIEW, methods="GET", kind="service")
def action_plan(request: SignedInRequest, service_pk: int) -> HttpResponse:
    """A service's actions in groups, what happens next, and the agreement of the plan."""
    return _plan(request, _visible_service(request, service_pk))


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
    service = _visible_service(request, service_pk)
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
        flags["PROVIDER"] = flags["PROVIDER"] or queries.rule_asks_for_provider_action(decision)
        asked = [side for side in asked if flags[side]]
    return [side for side in asked if queries.may_draft(request.user, service, side)]


def _indicators(service: Service) -> list[Indicator]:
    """The indicators of the set against which the service reported last."""
    report = service.self_reports.exclude(indicator_set=None).order_by("-round__year").first()
    return list(Indicator.objects.filter(indicator_set=report.indicator_set_id)) if report else []


@access(Permission.ACTION_DRAFT, kind="service")
def action_new(request: SignedInRequest, service_pk: int) -> HttpResponse:
    """Draft an action of the service's plan; ``?decision=`` names the decision that asks for it."""
    service = _visible_service(request, service_pk)
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


def show_action(request: SignedInRequest, action: Action, form: VersionForm | None = None) -> HttpResponse:
    """The page of an action, with the faults of ``form`` on top."""
    events = list(action.events.select_related("by"))
    offers = [event.by.name for event in events if event.what.startswith("Offered") and event.by]
    history = [Step(event.what, "past", long_datetime(event.at), _said(event)) for event in events]
    primary, others = queries.acts_of(request.user, action)
    context = {
        "action": action, "service": action.service, "step": queries.action_next_step(action), "label": queries.status_label(action),
        "is_late": queries.is_late(action), "owner_words": queries.row_holder(action), "history": history,
        "primary": primary, "others": others, "links": [act for act in others if not act.is_form],
        "buyer": lead_commissioner_of(action.service) if action.status == Action.Status.BLOCKED else None,
        "offered_by": offers[-1] if offers else action.drafted_by.name,
        "evidence": action.evidence.all(), "version_form": VersionForm(initial={"version": action.version}), "form": form,
        "years": indicator_years(action.service, action.indicator) if action.indicator else [],
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
