"""One page with all self-reports of a trust, a network or a person's services."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.forms.self_report_list import SelfReportFilterForm
from surveillance.models import SelfReport
from surveillance.queries.self_report_list import YearCounts, in_list_order, rows_of, year_counts


@access(Permission.SELF_REPORT_VIEW, methods="GET")
def self_report_list(request: SignedInRequest) -> HttpResponse:
    """Self-reports in scope, the newest round first, with who leads each and how far it is; filters stand in the address."""
    visible = SelfReport.objects.for_user(request.user, Permission.SELF_REPORT_VIEW)
    counts = year_counts(visible)
    form = SelfReportFilterForm(request.GET, years=[one.year for one in counts])
    form.is_valid()
    chosen = form.cleaned_data
    paths = {"year": "round__year", "programme": "service__specification__programme", "status": "status"}
    narrowed = visible.filter(**{path: chosen[name] for name, path in paths.items() if chosen.get(name)})
    page = Paginator(in_list_order(narrowed.for_display().with_query_due()), 50).get_page(request.GET.get("page"))
    context = {
        "form": form, "page_obj": page, "rows": rows_of(page), "has_any": bool(counts),
        "counts": counted_for(counts, chosen.get("year")), "to_declare": to_declare(request),
    }  # fmt: skip
    return render(request, "surveillance/self_report_list.html", context)


def counted_for(counts: list[YearCounts], year: str | None) -> YearCounts | None:
    """Counts of the year that is chosen, else of the newest round."""
    return next((one for one in counts if not year or one.year == int(year)), None)


def to_declare(request: SignedInRequest) -> dict[str, Any] | None:
    """How many self-reports wait for this person's declaration, and the one that is due first; None when none does."""
    if not request.user.has_permission(Permission.SELF_REPORT_DECLARE):
        return None
    waiting = SelfReport.objects.for_user(request.user, Permission.SELF_REPORT_DECLARE).filter(status=SelfReport.Status.WITH_EXECUTIVE)
    found = list(waiting.order_by("due_date", "pk").values_list("pk", flat=True))
    return {"count": len(found), "first": found[0]} if found else None
