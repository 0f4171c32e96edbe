"""Rounds: list, opening one, what came in, closing, more time for one service."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.models import Organisation
from accounts.permissions import Permission
from surveillance.forms.rounds import CloseRoundForm, NewDateForm, RoundFilterForm, RoundForm
from surveillance.models import InvalidTransition, Round, SelfReport
from surveillance.queries.scores import latest_score
from surveillance.services import rounds as services
from surveillance.views.answers import posted, visible_report
from work.models import Job


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
    """Open a round; its self-reports are made by a job whose progress follows."""
    form = RoundForm(posted(request), newest=services.newest_sets(), initial=proposed_dates(timezone.localdate()))
    if request.method == "POST" and form.is_valid():
        names = ("year", "opens_date", "closes_date", "check_by_date", "grace_working_days")
        try:
            opened = services.create_round(**{name: form.cleaned_data[name] for name in names}, sets=form.chosen_sets, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The {opened.year} round is being opened. Its self-reports appear in a few minutes.")
            return redirect("surveillance:round_detail", year=opened.year)
    return render(request, "surveillance/round_open.html", {"form": form})


@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_detail(request: SignedInRequest, year: int) -> HttpResponse:
    """What came in for a round in this person's scope, filtered by the address."""
    opened = get_object_or_404(Round, year=year)
    visible = SelfReport.objects.for_user(request.user, Permission.ROUND_VIEW).filter(round=opened)
    providers = Organisation.objects.filter(pk__in=visible.order_by().values("service__provider"))
    form = RoundFilterForm(request.GET, providers=providers)
    counts = visible.aggregate(
        due=Count("pk"), declared=Count("pk", filter=Q(declared_at__isnull=False)), late=Count("pk", filter=Q(is_late=True))
    )
    reports = filtered(visible, form).for_display().prefetch_related("scores").order_by("service__name", "pk")
    page = Paginator(reports, 50).get_page(request.GET.get("page"))
    rows = [(report, latest_score(report)) for report in page]
    may_manage = request.user.has_permission(Permission.ROUND_MANAGE)
    context = {
        "opened": opened, "form": form, "counts": counts, "page_obj": page, "rows": rows,
        "may_manage": may_manage, "opening": opening_job(request, opened) if may_manage else None,
    }  # fmt: skip
    return render(request, "surveillance/round_detail.html", context)


def opening_job(request: SignedInRequest, opened: Round) -> Job | None:
    """The job that makes the round's self-reports, while it is not over, for the person who asked for it."""
    mine = Job.objects.for_user(request.user).filter(kind="round.open", arguments__round_id=opened.pk)
    return mine.exclude(status=Job.Status.DONE).first()


def filtered(reports: Any, form: RoundFilterForm) -> Any:
    """``reports`` narrowed by the filters that are valid; what is not valid filters nothing."""
    form.is_valid()
    chosen = form.cleaned_data
    paths = {"programme": "service__specification__programme", "provider": "service__provider", "status": "status"}
    return reports.filter(**{path: chosen[name] for name, path in paths.items() if chosen.get(name)})


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
    waiting = SelfReport.objects.filter(round=opened, declared_at=None).exclude(status=SelfReport.Status.NOT_DECLARED).count()
    return render(request, "surveillance/round_close.html", {"opened": opened, "form": form, "waiting_count": waiting})


@access(Permission.ROUND_MANAGE, kind="self_report")
def self_report_extend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give one service more time."""
    return _new_date(request, pk, services.extend_self_report, "Give this service more time", "More time given")


@access(Permission.ROUND_MANAGE, kind="self_report")
def self_report_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open one self-report again."""
    return _new_date(request, pk, services.reopen_self_report, "Open this self-report again", "Self-report opened again")


def _new_date(request: SignedInRequest, pk: int, service: Any, heading: str, done: str) -> HttpResponse:
    report = visible_report(request, pk)
    require(request.user.has_permission(Permission.ROUND_MANAGE))
    form = NewDateForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            service(self_report_id=report.pk, **form.cleaned_data, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("surveillance:self_report_detail", pk=report.pk)
    return render(request, "surveillance/self_report_new_date.html", {"report": report, "form": form, "heading": heading})
