"""Pages of meetings: the list, calling one, its agenda, who came, and closing the record."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.capacity import regions_of
from surveillance.forms.meetings import AttendeeForm, MeetingForm
from surveillance.forms.option_1 import selected_ids
from surveillance.models import Meeting, MeetingAttendee
from surveillance.queries import meetings as queries
from surveillance.queries.option_1 import option_1_candidates
from surveillance.services import meetings as services
from work.status import InvalidTransition

PAGE_SIZE = 50


def visible_meeting(request: SignedInRequest, pk: int) -> Meeting:
    """The meeting, where it is one of this person's hub."""
    visible = Meeting.objects.for_user(request.user, Permission.DECISION_PROPOSE)
    return get_object_or_404(visible.select_related("region", "round", "called_by", "closed_by"), pk=pk)


@access(Permission.DECISION_PROPOSE, methods="GET")
def meeting_list(request: SignedInRequest) -> HttpResponse:
    """Meetings of this person's hubs, the newest first."""
    visible = Meeting.objects.for_user(request.user, Permission.DECISION_PROPOSE).select_related("region", "round")
    done = Count("items", filter=Q(items__taken_at__isnull=False))
    counted = visible.annotate(item_count=Count("items"), done_count=done).order_by("-date", "-pk")
    page = Paginator(counted, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "surveillance/meeting_list.html", {"page_obj": page})


@access(Permission.DECISION_PROPOSE)
def meeting_new(request: SignedInRequest) -> HttpResponse:
    """Call a meeting."""
    form = MeetingForm(request.POST or None, regions=regions_of(request.user))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        meeting = services.call_meeting(region_id=data["region"].pk, round_id=data["round"].pk, date=data["date"], by=request.user)
        return redirect("surveillance:meeting_agenda", pk=meeting.pk)
    return render(request, "surveillance/meeting_new.html", {"form": form})


@access(Permission.DECISION_PROPOSE, methods="GET", kind="meeting")
def meeting_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agenda with the status of each service, who came, and option 1 in bulk as the first block."""
    return _detail(request, visible_meeting(request, pk))


def _detail(request: SignedInRequest, meeting: Meeting, form: AttendeeForm | None = None) -> HttpResponse:
    rows = queries.agenda_of(meeting)
    whole = option_1_candidates(request.user).filter(round=meeting.round_id, service__region=meeting.region_id)
    context: dict[str, Any] = {
        "meeting": meeting, "outcome": queries.outcome_of(rows), "attendees": meeting.attendees.select_related("organisation"),
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")), "next": next((r for r in rows if not r.is_taken), None),
        "whole_count": 0 if meeting.closed_at else whole.count(),
    }  # fmt: skip
    if meeting.closed_at is None:
        context["form"] = form or AttendeeForm(organisations=queries.organisations_of(meeting))
    return render(request, "surveillance/meeting_detail.html", context)


@access(Permission.DECISION_PROPOSE, kind="meeting")
def meeting_agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose which self-reports stand on the agenda; those of the shown page that are not ticked go."""
    meeting = visible_meeting(request, pk)
    page = Paginator(
        queries.agenda_candidates(meeting, request.user).for_display().prefetch_related("scores"), PAGE_SIZE
    ).get_page(request.GET.get("page"))  # fmt: skip
    error = ""
    if request.method == "POST":
        shown = [report.pk for report in page]
        ticked = set(selected_ids(request.POST.getlist("selected")))
        try:
            count = services.choose_agenda(
                meeting_id=meeting.pk, shown=shown, chosen=[pk for pk in shown if pk in ticked], by=request.user
            )  # fmt: skip
        except InvalidTransition as fault:
            error = str(fault)
        else:
            messages.success(request, f"{count} {'service' if count == 1 else 'services'} on the agenda")
            return redirect("surveillance:meeting_detail", pk=meeting.pk)
    there = set(meeting.items.values_list("self_report", flat=True))
    rows = [(report, report.pk in there) for report in page]
    return render(request, "surveillance/meeting_agenda.html", {"meeting": meeting, "page_obj": page, "rows": rows, "error": error})


@access(Permission.DECISION_PROPOSE, kind="meeting")
def meeting_attendees(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add somebody to the list of those who came."""
    meeting = visible_meeting(request, pk)
    if request.method != "POST":
        return redirect("surveillance:meeting_detail", pk=meeting.pk)
    form = AttendeeForm(request.POST, organisations=queries.organisations_of(meeting))
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.add_attendee(meeting_id=meeting.pk, name=data["name"], organisation_id=data["organisation"].pk, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{data['name']} added")
            return redirect("surveillance:meeting_detail", pk=meeting.pk)
    return _detail(request, meeting, form)


@access(Permission.DECISION_PROPOSE, methods="POST", kind="meeting")
def meeting_attendee_remove(request: SignedInRequest, pk: int, attendee_pk: int) -> HttpResponse:
    """Take somebody off the list."""
    meeting = visible_meeting(request, pk)
    attendee = get_object_or_404(MeetingAttendee, pk=attendee_pk, meeting=meeting)
    try:
        services.remove_attendee(attendee_id=attendee.pk, meeting_id=meeting.pk, by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{attendee.name} removed")
    return redirect("surveillance:meeting_detail", pk=meeting.pk)


@access(Permission.DECISION_PROPOSE, kind="meeting")
def meeting_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what is not reached, then close the record; the answer is the panel that says what came of it."""
    meeting = visible_meeting(request, pk)
    if request.method == "POST":
        try:
            services.close_meeting(meeting_id=meeting.pk, by=request.user)
        except InvalidTransition as error:
            messages.error(request, str(error))
            return redirect("surveillance:meeting_detail", pk=meeting.pk)
        return redirect("surveillance:meeting_close", pk=meeting.pk)
    context = {"meeting": meeting, "outcome": queries.outcome_of(queries.agenda_of(meeting))}
    return render(request, "surveillance/meeting_close.html", context)
