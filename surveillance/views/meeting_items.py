"""One service of a meeting on one screen: what is known, what is decided, who said what; then the next."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance import rules
from surveillance.canonical import sha256_of
from surveillance.clocks import due_date
from surveillance.forms.meetings import MeetingItemForm, PutOffForm
from surveillance.models import Meeting, MeetingItem, SurveillanceDecision
from surveillance.queries import decisions as decision_queries
from surveillance.queries import meetings as queries
from surveillance.queries.rules import published_rules
from surveillance.services import meetings as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.decision_replacing import needs_reason_without_action
from surveillance.services.figures import frozen_figures
from surveillance.views.meetings import visible_meeting
from work.status import InvalidTransition


@access(Permission.DECISION_PROPOSE, kind="meeting")
def meeting_item(request: SignedInRequest, pk: int, item_pk: int) -> HttpResponse:
    """Record one service. Only who decides for the hub records; others of the hub read."""
    meeting = visible_meeting(request, pk)
    related = ("self_report__service__provider", "self_report__service__network__host", "self_report__service__region")
    items = meeting.items.select_related(*related, "self_report__service__specification", "self_report__indicator_set")
    item = get_object_or_404(items, pk=item_pk)
    item.self_report.round = meeting.round
    if request.method != "POST":
        return _page(request, meeting, item)
    require(request.user.has_permission(Permission.DECISION_DECIDE), "Only the hub manager records what a meeting decides.")
    if "put_off" in request.POST:
        return _put_off(request, meeting, item)
    decision = _live(item)
    form = _form(request.POST, meeting, item, decision)
    if form.is_valid():
        try:
            recorded = services.record_item(item_id=item.pk, by=request.user, positions=form.spoken(), **_arguments(form))
        except SomeoneElseChanged:
            return _clash(request, meeting, item, form.texts())
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
        else:
            words = f"Proposed, not in force. {recorded.why_not}" if recorded.why_not else "In force"
            messages.success(request, f"{item.self_report.service.name}: {words}")
            return _next(meeting)
    return _page(request, meeting, item, form=form)


def _live(item: MeetingItem) -> SurveillanceDecision | None:
    live = SurveillanceDecision.objects.live().filter(service=item.self_report.service_id, round=item.self_report.round_id)
    return live.select_related("round").first()


def _form(data: Any, meeting: Meeting, item: MeetingItem, decision: SurveillanceDecision | None, **initial: Any) -> MeetingItemForm:
    service = item.self_report.service
    older = decision_queries.decision_in_force(service)
    return MeetingItemForm(
        data, parties=queries.parties_in_meeting(meeting, service, decision), is_proposed=decision is not None,
        asks_for_reason=bool(older and older != decision and needs_reason_without_action(older)),
        initial={"version": services.item_version(item)} | initial,
    )  # fmt: skip


def _arguments(form: MeetingItemForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "proposal": None if form.is_proposed else form.as_arguments(), "version": data["version"],
        "is_dissent_confirmed": data["confirmed"], "without_action_reason": data.get("without_action_reason", ""),
    }  # fmt: skip


def _put_off(request: SignedInRequest, meeting: Meeting, item: MeetingItem) -> HttpResponse:
    form = PutOffForm(request.POST)
    if form.is_valid():
        note = form.cleaned_data["put_off"]
        try:
            services.put_off_item(item_id=item.pk, note=note, by=request.user, version=form.cleaned_data["version"])
        except SomeoneElseChanged:
            return _clash(request, meeting, item, [("Why is it put off?", note)])
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
        else:
            messages.success(request, f"{item.self_report.service.name}: put off")
            return _next(meeting)
    return _page(request, meeting, item, put_off_form=form)


def _next(meeting: Meeting) -> HttpResponse:
    following = meeting.items.filter(taken_at=None).first()
    if following is None:
        return redirect("surveillance:meeting_close", pk=meeting.pk)
    return redirect("surveillance:meeting_item", pk=meeting.pk, item_pk=following.pk)


def _page(
    request: SignedInRequest, meeting: Meeting, item: MeetingItem, *, form: MeetingItemForm | None = None,
    put_off_form: PutOffForm | None = None,
) -> HttpResponse:  # fmt: skip
    report, decision = item.self_report, _live(item)
    service = report.service
    is_open = meeting.closed_at is None and (decision is None or decision.status == decision.Status.PROPOSED)
    records = is_open and request.user.has_permission(Permission.DECISION_DECIDE)
    facts, sentence, fault = _facts(item, decision)
    context: dict[str, Any] = {
        "meeting": meeting, "item": item, "service": service, "report": report, "decision": decision, "figures": facts,
        "sentence": sentence, "last": queries.last_decision(service, meeting.round.year), "late_actions": queries.late_actions(service),
        "cards": decision_queries.position_cards(decision_queries.positions_of(decision)) if decision else [],
        "comments": decision.comments.select_related("made_by") if decision else [], "fault": fault,
        "count": meeting.items.count(), "number": meeting.items.filter(position__lte=item.position).count(),
    }  # fmt: skip
    if records and not fault:
        parties = queries.parties_in_meeting(meeting, service, decision)
        asked_by = decision.positions_due_date if decision else due_date("position", timezone.localdate())
        context |= {
            "absent": [party for party in parties if not party.attendees], "asked_by": asked_by,
            "form": form or _form(None, meeting, item, decision, figures_seen=facts.get("hash", "")),
            "put_off_form": put_off_form or PutOffForm(initial={"version": services.item_version(item)}),
        }  # fmt: skip
        context["error_forms"] = [context["put_off_form"]]
    return render(request, "surveillance/meeting_item.html", context)


def _facts(item: MeetingItem, decision: SurveillanceDecision | None) -> tuple[dict[str, Any], str, str]:
    """The figures, the rule's sentence, and what stands against proposing now."""
    if decision is not None:
        return decision_queries.figures_of(decision.figures), decision.rule_sentence, ""
    if item.self_report.status not in decision_queries.DECIDABLE:
        return {}, "", "This self-report is open again, so nothing can be proposed on it now."
    content = frozen_figures(item.self_report)
    figures = decision_queries.figures_of(content)
    return figures | {"hash": sha256_of(content)}, rules.propose(decision_queries.rule_figures(figures), published_rules()).sentence, ""


def _clash(request: SignedInRequest, meeting: Meeting, item: MeetingItem, texts: list[tuple[str, str]]) -> HttpResponse:
    """Somebody recorded this service meanwhile, or its party took a position: what is stored, and what was typed."""
    decision = _live(item)
    fresh = get_object_or_404(meeting.items, pk=item.pk)
    context = {
        "meeting": meeting, "item": fresh, "service": item.self_report.service, "decision": decision, "texts": texts,
        "cards": decision_queries.position_cards(decision_queries.positions_of(decision)) if decision else [],
    }  # fmt: skip
    return render(request, "surveillance/meeting_clash.html", context, status=409)
