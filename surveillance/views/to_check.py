"""Self-reports that wait for the hub's check: why each must be looked at, and accepting together those that are ready."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.checking import ToCheckFilterForm
from surveillance.models import Round, SelfReport, Stage
from surveillance.models.self_reports import SelfReportQuerySet
from surveillance.queries.checks import Line, lines_of, reason_words, to_check, what_is_left
from surveillance.services import checking as services
from surveillance.views.check_rows import ids_of
from work.items import counted


@access(Permission.SELF_REPORT_CHECK, methods="GET", kind="round")
def self_report_to_check(request: SignedInRequest, year: int) -> HttpResponse:
    """What waits for this person's check in a round, with the answers to look at by reason; ready ones can be chosen."""
    opened, waiting = _waiting(request, year)
    form = ToCheckFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    reports = waiting.filter(service__specification__programme=chosen["programme"]) if chosen.get("programme") else waiting
    page, lines = _page(request, reports, chosen.get("show", ""))
    by_id = {report.pk: report for report in reports.filter(pk__in=list(page)).for_display().prefetch_related("scores")}
    lines = lines or lines_of(list(by_id.values()))
    rows = [_row(by_id[pk], lines[pk]) for pk in page if pk in by_id]
    context = {
        "opened": opened, "form": form, "page_obj": page, "rows": rows, "ready_count": sum(not row["left"] for row in rows),
        "waiting_count": page.paginator.count if not any(chosen.values()) else waiting.count(),
        "sample_percent": settings.CHECK_SAMPLE_PERCENT,
    }  # fmt: skip
    return render(request, "surveillance/self_report_to_check.html", context)


def _waiting(request: SignedInRequest, year: int) -> tuple[Round, SelfReportQuerySet]:
    opened = get_object_or_404(Round, year=year)
    return opened, to_check(SelfReport.objects.for_user(request.user, Permission.SELF_REPORT_CHECK).filter(round=opened))


def _page(request: SignedInRequest, reports: SelfReportQuerySet, show: str) -> tuple[Page[int], dict[int, list[Line]]]:
    """The ids of one page, and with a filter the lines of all: the draw cannot be asked of the database."""
    if not show:
        return Paginator(reports.values_list("pk", flat=True), 50).get_page(request.GET.get("page")), {}
    lines = lines_of(list(reports.select_related("round")))
    wanted = [pk for pk, found in lines.items() if (not what_is_left(found)) == (show == ToCheckFilterForm.READY)]
    return Paginator(wanted, 50).get_page(request.GET.get("page")), lines


def _rows(reports: Sequence[SelfReport]) -> list[dict[str, Any]]:
    lines = lines_of(reports)
    return [_row(report, lines[report.pk]) for report in reports]


def _row(report: SelfReport, lines: list[Line]) -> dict[str, Any]:
    first = [line for line in lines if line.reasons]
    return {
        "report": report,
        "score": next((score for score in report.scores.all() if score.stage == Stage.SELF_ASSESSED), None),
        "reasons": reason_words(lines),
        "first_count": len(first),
        "looked_count": sum(not line.is_left for line in first),
        "left": what_is_left(lines),
    }


@access(Permission.SELF_REPORT_CHECK, kind="round")
def self_report_accept_together(request: SignedInRequest, year: int) -> HttpResponse:
    """The page that lists each chosen self-report and what will happen; POST asks for the job and leads to its page."""
    opened, waiting = _waiting(request, year)
    sent = request.POST if request.method == "POST" else request.GET
    reports = waiting.filter(pk__in=ids_of(sent.getlist("selected"))).for_display().prefetch_related("scores")
    if request.method == "POST" and sent.getlist("selected"):
        chosen = list(reports.values_list("pk", flat=True))
        if chosen:
            job = services.accept_together(round_id=opened.pk, self_report_ids=chosen, by=request.user)
            return redirect("work:job_detail", pk=job.pk)
        messages.error(request, "None of these waits for your check any more.")
        return redirect("surveillance:self_report_to_check", year=year)
    rows = _rows(list(reports[:50]))  # as many as one page of the list lets a person choose
    context = {"opened": opened, "rows": rows, "words": counted(len(rows), "self-report")}
    return render(request, "surveillance/self_report_accept_together.html", context)
