"""Which services report in a round: the list, taking one out, putting one in."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.models import Organisation
from accounts.permissions import Permission
from surveillance.forms.round_scope import AddServiceForm, ScopeFilterForm, TakeOutForm
from surveillance.models import InvalidTransition, Round, RoundExclusion, RoundSet, SelfReport, Service
from surveillance.queries.round_scope import narrowed, scope_counts, services_with_place
from surveillance.services import round_scope as services
from surveillance.views.answers import posted

COLUMNS, CHANGE_COLUMN = "Service|Reports against|Place in the round", "|Change:hidden"


@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_scope(request: SignedInRequest, year: int) -> HttpResponse:
    """Every service in this person's scope and its place in the round: in it, taken out, or not in it yet."""
    opened = get_object_or_404(Round, year=year)
    visible = Service.objects.for_user(request.user, Permission.ROUND_VIEW)
    regions = Organisation.objects.filter(pk__in=visible.order_by().values("region")).order_by("name")
    form = ScopeFilterForm(request.GET, regions=regions)
    form.is_valid()
    placed = services_with_place(visible, opened)
    page = Paginator(narrowed(placed, form.cleaned_data).for_display().order_by("name", "pk"), 50).get_page(request.GET.get("page"))
    for service in page:
        service.status_words = SelfReport.Status(service.report_status).label if service.report_status else ""
    may_manage = request.user.has_permission(Permission.ROUND_MANAGE)
    may_change = may_manage and opened.closed_at is None
    context = {
        "opened": opened, "form": form, "page_obj": page, "counts": scope_counts(placed), "may_manage": may_manage,
        "may_change": may_change, "columns": COLUMNS + (CHANGE_COLUMN if may_change else ""),
    }  # fmt: skip
    return render(request, "surveillance/round_scope.html", context)


def _place(request: SignedInRequest, year: int, service_pk: int) -> tuple[Round, Service]:
    """The round, and the service with its place in it. Answers 404 for what is not there."""
    require(request.user.has_permission(Permission.ROUND_MANAGE))
    opened = get_object_or_404(Round, year=year)
    visible = Service.objects.for_user(request.user, Permission.ROUND_MANAGE)
    return opened, get_object_or_404(services_with_place(visible, opened).for_display(), pk=service_pk)


@access(Permission.ROUND_MANAGE, kind="round")
def round_service_take_out(request: SignedInRequest, year: int, service_pk: int) -> HttpResponse:
    """Take a service out of the round, with a reason, while nobody has begun its self-report."""
    opened, service = _place(request, year, service_pk)
    form = TakeOutForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.take_out_of_round(round_id=opened.pk, service_id=service.pk, reason=form.cleaned_data["reason"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{service.name}, {service.holder.name}, is taken out of the {year} round")
            return redirect("surveillance:round_scope", year=year)
    return render(request, "surveillance/round_service_take_out.html", _context(opened, service, form))


@access(Permission.ROUND_MANAGE, kind="round")
def round_service_add(request: SignedInRequest, year: int, service_pk: int) -> HttpResponse:
    """Put a service into the round: its self-report is made at once."""
    opened, service = _place(request, year, service_pk)
    form = AddServiceForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            report = services.add_to_round(round_id=opened.pk, service_id=service.pk, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{service.name}, {service.holder.name}, is in the {year} round")
            return redirect("surveillance:self_report_detail", pk=report.pk)
    found = RoundSet.objects.filter(round=opened, specification=service.specification_id).select_related("indicator_set").first()
    exclusion = RoundExclusion.objects.filter(round=opened, service=service).select_related("made_by").first()
    context = _context(opened, service, form) | {"round_set": found.indicator_set if found else None, "exclusion": exclusion}
    return render(request, "surveillance/round_service_add.html", context)


def _context(opened: Round, service: Service, form: Any) -> dict[str, Any]:
    return {"opened": opened, "service": service, "form": form}
