"""Option 1 in bulk: choose self-reports that meet everything, check the list, then a job proposes each by notice."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.clocks import due_date
from surveillance.forms.option_1 import Option1Form, selected_ids
from surveillance.queries.decisions import lowest_score_first
from surveillance.queries.option_1 import option_1_candidates
from surveillance.services.option_1 import ask_for_option_1

PAGE_SIZE = 50


@access(Permission.DECISION_PROPOSE, methods="GET")
def option_1(request: SignedInRequest) -> HttpResponse:
    """Self-reports that meet every indicator and their good practice level, to choose from."""
    return _choose(request)


def _choose(request: SignedInRequest, error: str = "") -> HttpResponse:
    reports = lowest_score_first(option_1_candidates(request.user).for_display().prefetch_related("scores"))
    page = Paginator(reports, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "surveillance/option_1.html", {"page_obj": page, "error": error, "page_has_errors": bool(error)})


@access(Permission.DECISION_PROPOSE)
def option_1_check(request: SignedInRequest) -> HttpResponse:
    """Every service that was chosen and what will happen; then the job. Those decided meanwhile are left out."""
    if request.method != "POST":
        return redirect("surveillance:option_1")
    wanted = selected_ids(request.POST.getlist("selected"))
    candidates = option_1_candidates(request.user)
    chosen = list(candidates.filter(pk__in=wanted).for_display().prefetch_related("scores").order_by("service__name", "pk"))
    if not chosen:
        return _choose(request, "Select at least one service")
    data = request.POST.copy()
    data.setlist("selected", [str(report.pk) for report in chosen])
    is_asked = "confirmed" in request.POST
    initial = {"selected": [report.pk for report in chosen]}
    form = Option1Form(data if is_asked else None, initial=initial, candidates=candidates, count=len(chosen))
    if is_asked and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("likelihood", "consequence", "review_date")}
        job = ask_for_option_1(self_report_ids=[report.pk for report in chosen], by=request.user, **answers)
        return redirect("work:job_detail", pk=job.pk)
    last_day = due_date("position", timezone.localdate())
    context = {"form": form, "chosen": chosen, "left_out": len(wanted) - len(chosen), "last_day": last_day}
    return render(request, "surveillance/option_1_check.html", context)
