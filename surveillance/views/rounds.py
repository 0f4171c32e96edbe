"""Rounds: list, opening one, closing, more time for one service."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance.forms.round_opening import RoundForm, with_quick_choices
from surveillance.forms.rounds import CloseRoundForm, NewDateForm
from surveillance.models import Assessment, InvalidTransition, Round, SelfReport, Stage
from surveillance.queries.steps import next_step_of
from surveillance.services import rounds as services
from surveillance.views.answers import posted, visible_report


@access(Permission.ROUND_VIEW, methods="GET")
def round_list(request: SignedInRequest) -> HttpResponse:
    """Every round, the newest first, with what was declared in this person's scope."""
    visible = SelfReport.objects.for_user(request.user, Permission.ROUND_VIEW).order_by()
    counts = {
        row["round"]: row
        for row in visible.values("round").annotate(due=Count("pk"), declared=Count("pk", filter=Q(declared_at__isnull=False)))
    }
    page = Paginator(Round.objects.all(), 50).get_page(request.GET.get("page"))
    rows = [(opened, counts.get(opened.pk, {"due": 0, "declared": 0})) for opened in page]
    may_open = request.user.has_permission(Permission.ROUND_MANAGE)
    return render(request, "surveillance/round_list.html", {"page_obj": page, "rows": rows, "may_open": may_open})


def proposed_dates(today: dt.date) -> dict[str, Any]:
    """The dates that a new round proposes: June and July of the coming round, checked by the end of September."""
    taken = set(Round.objects.values_list("year", flat=True))
    year = today.year
    while year in taken:
        year += 1
    return {
        "year": year, "opens_date": dt.date(year, 6, 1), "closes_date": dt.date(year, 7, 31), "check_by_date": dt.date(year, 9, 30),
    }  # fmt: skip


@access(Permission.ROUND_MANAGE)
def round_open(request: SignedInRequest) -> HttpResponse:
    """Open a round; its self-reports are made by a job whose progress follows.

    "Show" and "Count" bring the same page again with the choices as they stand, the filter and quick choices carried out.
    """
    proposed = services.proposed_sets()
    sent = with_quick_choices(request.POST, proposed) if request.method == "POST" else None
    is_only_looking = bool({"show", "count"} & set(request.POST))
    form = RoundForm(sent, proposed=proposed, is_only_looking=is_only_looking, initial=proposed_dates(timezone.localdate()))
    if request.method == "POST" and not is_only_looking and form.is_valid():
        names = ("year", "opens_date", "closes_date", "check_by_date", "grace_working_days")
        try:
            opened = services.create_round(**{name: form.cleaned_data[name] for name in names}, sets=form.chosen_sets, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The {opened.year} round is being opened. Its self-reports appear in a few minutes.")
            return redirect("surveillance:round_detail", year=opened.year)
    return render(request, "surveillance/round_open.html", {"form": form})


@access(Permission.ROUND_MANAGE, kind="round")
def round_close(request: SignedInRequest, year: int) -> HttpResponse:
    """Record as not declared what nobody declared."""
    opened = get_object_or_404(Round, year=year)
    form = CloseRoundForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            counts = services.close_round(year=year, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The {year} round is closed. {counts['not_declared']} recorded as not declared.")
            return redirect("surveillance:round_detail", year=year)
    waiting = SelfReport.objects.filter(round=opened, declared_at=None).exclude(status=SelfReport.Status.NOT_DECLARED)
    last_day = services.last_day_of_round(opened)
    context = {
        "opened": opened, "form": form, "last_day": last_day, "can_close": timezone.localdate() > last_day,
        "waiting_count": waiting.count(), "more_time_count": waiting.filter(due_date__gt=opened.closes_date).count(),
    }  # fmt: skip
    return render(request, "surveillance/round_close.html", context)


@access(Permission.ROUND_MANAGE, kind="self_report")
def self_report_extend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give one service more time."""
    report = visible_report(request, pk)
    earliest = max(report.due_date + dt.timedelta(days=1), timezone.localdate())
    return _new_date(request, report, services.extend_self_report, "Give this service more time", "More time given", earliest=earliest)


@access(Permission.ROUND_MANAGE, kind="self_report")
def self_report_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open one self-report again."""
    report = visible_report(request, pk)
    heading, done = "Open this self-report again", "Self-report opened again"
    return _new_date(request, report, services.reopen_self_report, heading, done, earliest=timezone.localdate())


def _new_date(request: SignedInRequest, report: SelfReport, service: Any, heading: str, done: str, *, earliest: dt.date) -> HttpResponse:
    require(request.user.has_permission(Permission.ROUND_MANAGE))
    latest = max(services.latest_new_date(report), earliest)
    form = NewDateForm(posted(request), earliest=earliest, latest=latest, submit_label=heading)
    if request.method == "POST" and form.is_valid():
        try:
            service(self_report_id=report.pk, **form.cleaned_data, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("surveillance:self_report_detail", pk=report.pk)
    context = {
        "report": report, "form": form, "heading": heading, "step": next_step_of(report), "last_day": services.last_day_to_declare(report),
        "is_reopening": service is services.reopen_self_report, "check_count": hub_check_count(report),
    }  # fmt: skip
    return render(request, "surveillance/self_report_new_date.html", context)


def hub_check_count(report: SelfReport) -> int:
    """How many answers the hub has checked: reopening keeps these."""
    return Assessment.objects.filter(answer__self_report=report, stage=Stage.VALIDATED).count()
