"""Pages of decisions: the list, one decision, proposing, positions, bringing into force, ending."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.components import Version, risk_words
from accounts.permissions import Permission
from surveillance import rules
from surveillance.canonical import sha256_of
from surveillance.forms.decisions import (
    BringIntoForceForm,
    DecisionFilterForm,
    DecisionForm,
    EndDecisionForm,
    PositionForm,
    VersionForm,
    WithoutActionForm,
)
from surveillance.models import SelfReport, Service, SurveillanceDecision
from surveillance.models.decisions import DecisionQuerySet
from surveillance.queries import decisions as queries
from surveillance.queries.actions import may_draft
from surveillance.queries.capacity import capacity_of
from surveillance.queries.older_figures import older_figures
from surveillance.queries.option_1 import option_1_count
from surveillance.queries.parties import acts_for_hub
from surveillance.queries.rules import published_rules
from surveillance.reach import may
from surveillance.services import decisions as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.decision_replacing import ActionMissing, needs_reason_without_action
from surveillance.services.figures import frozen_figures
from work.status import InvalidTransition

PAGE_SIZE = 50
OPTION_FLAGS = {
    "1": Q(is_routine=True),
    "2": Q(needs_provider_action=True) | Q(needs_commissioner_action=True),
    "3": Q(needs_peer_review=True),
}


@access(Permission.DECISION_VIEW, methods="GET")
def decision_list(request: SignedInRequest) -> HttpResponse:
    """Decisions in scope, newest round first; for a hub also the accepted self-reports that need one."""
    form = DecisionFilterForm(request.GET or None)
    visible = SurveillanceDecision.objects.for_user(request.user, Permission.DECISION_VIEW)
    found = _filtered(visible, form.cleaned_data) if form.is_valid() else visible
    page = page_of(found.values_list("pk", flat=True), SurveillanceDecision.objects.for_display(), request.GET.get("page"))
    undecided, whole_count = None, 0
    if request.user.has_permission(Permission.DECISION_PROPOSE):
        order = list(queries.lowest_score_first(queries.reports_to_decide_on(request.user)).values_list("pk", flat=True))
        undecided = page_of(order, SelfReport.objects.for_display().prefetch_related("scores"), request.GET.get("undecided"))
        whole_count = option_1_count(order)
    context = {"form": form, "page_obj": page, "undecided": undecided, "whole_count": whole_count, "is_filtered": bool(request.GET)}
    return render(request, "surveillance/decision_list.html", context | {"today": timezone.localdate()})


def page_of(order: Any, rows: QuerySet[Any], number: str | None) -> Page[Any]:
    """A page of ``rows`` in the order of ids (a list, or a query that gives them): only those of the page are read whole."""
    page: Page[Any] = Paginator(order, PAGE_SIZE).get_page(number)
    shown = rows.in_bulk(list(page.object_list))
    page.object_list = [shown[pk] for pk in page.object_list]
    return page


def _filtered(decisions: DecisionQuerySet, chosen: dict[str, Any]) -> DecisionQuerySet:
    if chosen["status"]:
        decisions = decisions.filter(status__in=chosen["status"])
    if chosen["option"]:
        wanted = Q()
        for option in chosen["option"]:
            wanted |= OPTION_FLAGS[option]
        decisions = decisions.filter(wanted)
    if chosen["year"]:
        decisions = decisions.filter(round__year=chosen["year"])
    if chosen["programme"]:
        decisions = decisions.filter(service__specification__programme__code=chosen["programme"])
    return decisions


# Proposing ------------------------------------------------------------------------------------------------------------
@access(Permission.DECISION_PROPOSE, kind="service")
def decision_propose(request: SignedInRequest, service_pk: int) -> HttpResponse:
    """Propose a decision on the service's newest accepted self-report."""
    service = get_object_or_404(Service.objects.for_user(request.user, Permission.DECISION_VIEW).for_display(), pk=service_pk)
    require(acts_for_hub(request.user, Permission.DECISION_PROPOSE, service))
    reports = service.self_reports.for_display().order_by("-round__year")
    report = reports.filter(status__in=queries.DECIDABLE).first() or reports.first()
    return _propose(request, service, report)


@access(Permission.DECISION_PROPOSE, kind="self_report")
def self_report_decision(request: SignedInRequest, pk: int) -> HttpResponse:
    """Propose a decision on this self-report."""
    visible = SelfReport.objects.for_user(request.user, Permission.SELF_REPORT_VIEW)
    report = get_object_or_404(visible.for_display(), pk=pk)
    require(acts_for_hub(request.user, Permission.DECISION_PROPOSE, report.service))
    return _propose(request, report.service, report)


def _propose(request: SignedInRequest, service: Service, report: SelfReport | None) -> HttpResponse:
    """The page that proposes; where nothing can be proposed now, its heading says why and what to do."""
    try:
        if report is None:
            raise InvalidTransition("This service has no self-report yet, so no decision can be proposed.")
        figures = frozen_figures(report) if report.status in queries.DECIDABLE else ""
        if request.method != "POST" or not figures:
            services.check_may_propose(report)
    except InvalidTransition as error:
        context = {"service": service, "report": report, "sentence": str(error), "decision": queries.live_decision(service)}
        context["may_end"] = acts_for_hub(request.user, Permission.DECISION_DECIDE, service)
        return render(request, "surveillance/decision_not_possible.html", context)
    form = DecisionForm(request.POST or None, initial={"figures_seen": sha256_of(figures)})
    if request.method == "POST" and form.is_valid():
        try:
            decision = services.propose_decision(self_report_id=report.pk, by=request.user, **form.as_arguments())
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved." if "below" not in str(error) else str(error))
            form.data = request.POST.copy()
            form.data["figures_seen"] = sha256_of(figures)
        else:
            messages.success(request, f"Positions asked for on {service.name}")
            return redirect("surveillance:decision_detail", pk=decision.pk)
    facts = queries.figures_of(figures)
    context = {
        "form": form, "service": service, "report": report, "figures": facts,
        "proposal": rules.propose(queries.rule_figures(facts), published_rules()), "risk": form.risk,
        "risk_words": risk_words(*form.risk) if form.risk else "", "capacity": capacity_of(service.region, report.round),
    }  # fmt: skip
    return render(request, "surveillance/decision_propose.html", context)


# One decision ---------------------------------------------------------------------------------------------------------
def visible_decision(request: SignedInRequest, pk: int) -> SurveillanceDecision:
    """The decision, in this person's scope, with everybody whom its page names."""
    visible = SurveillanceDecision.objects.for_user(request.user, Permission.DECISION_VIEW)
    related = ("proposed_by", "in_force_by", "ended_by", "kept_by")
    return get_object_or_404(visible.for_display().select_related(*related), pk=pk)


@access(Permission.DECISION_VIEW, methods="GET", kind="decision")
def decision_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One decision: the rule in words, frozen figures, options, risk, three positions, and what this person may do."""
    return _detail(request, visible_decision(request, pk))


def _detail(request: SignedInRequest, decision: SurveillanceDecision, **forms: Any) -> HttpResponse:
    user, service = request.user, decision.service
    positions = queries.positions_of(decision)
    is_open = decision.status == SurveillanceDecision.Status.PROPOSED
    parties = queries.parties_of(user, decision) if is_open else []
    is_notice = is_open and _may_only_object(decision, positions, parties)
    position_form = forms.get("position_form") or _position_form(None, positions, parties, is_notice=is_notice)
    decides = acts_for_hub(user, permission=Permission.DECISION_DECIDE, service=service)
    waits = any(position.view == position.View.WAITING and not queries.is_past(position.due_date) for position in positions)
    sides = [
        side
        for side, asked in (("PROVIDER", decision.needs_provider_action), ("COMMISSIONER", decision.needs_commissioner_action))
        if asked
    ]
    lacks_action = is_open and queries.lacks_provider_action(decision)
    is_live = decision.status in decision.LIVE
    context = {
        "decision": decision, "service": service, "step": queries.decision_next_step(decision, positions),
        "figures": queries.figures_of(decision.figures), "cards": queries.position_cards(positions),
        "comments": decision.comments.select_related("made_by"),
        "may_comment": is_open and user.has_permission(Permission.DECISION_COMMENT) and may(user, Permission.DECISION_COMMENT, service),
        "older_figures": older_figures(decision) if is_live else None,
        "position_form": position_form if parties else None, "is_notice": is_notice,
        "force_form": BringIntoForceForm(initial={"version": decision.version}) if decides and is_open and not waits else None,
        "may_end": decides and is_live, "may_decide_again": decides and decision.status in ("IN_FORCE", "REVIEW_DUE"),
        "lacks_action": lacks_action, "actions": decision.actions.select_related("owner").order_by("due_date", "pk"),
        "may_add_action": is_live and any(may_draft(user, service, side) for side in (sides or (["PROVIDER"] if lacks_action else []))),
        "error_forms": [form for form in (position_form if parties else None, forms.get("force_errors")) if form is not None],
    }  # fmt: skip
    return render(request, "surveillance/decision_detail.html", context)


def _may_only_object(decision: SurveillanceDecision, positions: list[Any], parties: list[str]) -> bool:
    """Whether this person speaks for one party that was given a notice and has not answered it."""
    if not decision.is_by_notice:
        return False
    return len(parties) == 1 and parties[0] != "QNT" and any(p.party == parties[0] and p.view == p.View.WAITING for p in positions)


def _position_form(data: Any, positions: list[Any], parties: list[str], *, is_notice: bool) -> PositionForm:
    versions = ",".join(f"{position.party}:{queries.position_version(position)}" for position in positions)
    mine = next((p for p in positions if len(parties) == 1 and p.party == parties[0] and p.given_at), None)
    initial = {"version": versions} | ({"view": mine.view, "note": mine.note} if mine else {})
    return PositionForm(data, parties=parties, initial=initial, is_notice=is_notice)


@access(Permission.DECISION_VIEW, kind="decision")
def decision_position(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a position for the hub, the provider or the lead commissioner."""
    decision = visible_decision(request, pk)
    parties = queries.parties_of(request.user, decision)
    require(bool(parties), "Only the hub manager, the executive and the lead commissioner give a position.")
    if request.method != "POST":
        return redirect("surveillance:decision_detail", pk=decision.pk)
    is_notice = _may_only_object(decision, queries.positions_of(decision), parties)
    form = PositionForm(request.POST, parties=parties, is_notice=is_notice)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.record_position(
                decision_id=decision.pk, party=form.chosen_party, view=data["view"], note=data["note"], by=request.user,
                version=form.opened_version(),
            )  # fmt: skip
        except SomeoneElseChanged as clash:
            return _position_clash(request, decision, form, clash.current)
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
            return render(
                request, "surveillance/decision_position_late.html", {"form": form, "decision": decision, "service": decision.service}
            )
        messages.success(request, "Position recorded")
        return redirect("surveillance:decision_detail", pk=decision.pk)
    return _detail(request, decision, position_form=form)


def _position_clash(request: SignedInRequest, decision: SurveillanceDecision, form: PositionForm, current: Any) -> HttpResponse:
    """Two people of one party: both positions side by side, and the choice which to keep."""
    view = current.View(form.cleaned_data["view"]).label
    context = {
        "decision": decision, "service": decision.service, "current": current, "url_name": "surveillance:decision_position",
        "saved": Version(f"Saved now, by {current.given_by.name}", current.note, [("Position", current.get_view_display())]),
        "yours": Version("Yours, not saved", form.cleaned_data["note"], [("Position", view)]),
        "version": f"{current.party}:{queries.position_version(current)}", "data": form.cleaned_data, "party": current.party,
    }  # fmt: skip
    return render(request, "surveillance/decision_position_clash.html", context, status=409)


@access(Permission.DECISION_DECIDE, kind="decision")
def decision_bring_into_force(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring into force; with a disagreement on the record only after a page that asks."""
    decision = visible_decision(request, pk)
    require(acts_for_hub(request.user, Permission.DECISION_DECIDE, decision.service))
    if request.method != "POST":
        return redirect("surveillance:decision_detail", pk=decision.pk)
    is_explained = "without_action_reason" in request.POST
    form = WithoutActionForm(request.POST) if is_explained else BringIntoForceForm(request.POST)
    if form.is_valid():
        try:
            services.bring_into_force(
                decision_id=decision.pk, by=request.user, version=form.cleaned_data["version"],
                is_dissent_confirmed=form.cleaned_data["confirmed"],
                without_action_reason=form.cleaned_data.get("without_action_reason", ""),
            )  # fmt: skip
        except services.DissentUnconfirmed:
            who = [p for p in queries.positions_of(decision) if p.view == p.View.DISAGREE]
            return render(
                request, "surveillance/decision_dissent.html", {"decision": decision, "service": decision.service, "dissenters": who}
            )
        except ActionMissing as missing:
            return _ask_without_action(request, decision, WithoutActionForm(initial=form.cleaned_data), missing.decision)
        except SomeoneElseChanged:
            return show_clash(request, decision, ("Your reason, not saved", form.cleaned_data.get("without_action_reason", "")))
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Decision for {decision.service.name} is in force")
            return redirect("surveillance:decision_detail", pk=decision.pk)
    elif is_explained:
        return _ask_without_action(request, decision, form, queries.decision_in_force(decision.service))
    return _detail(request, visible_decision(request, pk), force_errors=form)


def _ask_without_action(
    request: SignedInRequest, decision: SurveillanceDecision, form: VersionForm, older: SurveillanceDecision | None
) -> HttpResponse:
    """Ask why the older decision stops standing though nobody accepted an action for it."""
    context = {"form": form, "decision": decision, "service": decision.service, "older": older}
    return render(request, "surveillance/decision_without_action.html", context)


@access(Permission.DECISION_DECIDE, kind="decision")
def decision_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a decision, or withdraw a proposal, with a reason."""
    decision = visible_decision(request, pk)
    require(acts_for_hub(request.user, Permission.DECISION_DECIDE, decision.service))
    next_date = decision.service.next_review_date
    ahead = next_date if next_date and not queries.is_past(next_date) else None
    form = EndDecisionForm(
        request.POST or None, initial={"version": decision.version, "next_review_date": ahead},
        asks_for_date=bool(decision.in_force_at and decision.asks_for_more), asks_for_reason=needs_reason_without_action(decision),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            services.end_decision(decision_id=decision.pk, by=request.user, **form.cleaned_data)
        except SomeoneElseChanged:
            return show_clash(request, decision, ("Your reason, not saved", form.cleaned_data["reason"]))
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Decision for {decision.service.name} ended")
            if "again" in request.GET:
                return redirect("surveillance:self_report_decision", pk=queries.figures_of(decision.figures)["self_report_id"])
            return redirect("surveillance:decision_detail", pk=decision.pk)
    context = {"form": form, "decision": decision, "service": decision.service, "is_again": "again" in request.GET}
    return render(request, "surveillance/decision_end.html", context)


def show_clash(request: SignedInRequest, opened: SurveillanceDecision, kept: tuple[str, str] | None = None) -> HttpResponse:
    """Somebody changed the decision after this page was opened: what it is now, and what was typed."""
    decision = visible_decision(request, opened.pk)
    context = {
        "decision": decision,
        "service": decision.service,
        "kept": kept,
        "cards": queries.position_cards(queries.positions_of(decision)),
    }
    return render(request, "surveillance/decision_clash.html", context, status=409)
