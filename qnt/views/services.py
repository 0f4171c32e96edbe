"""Services: find one, see where it is in its cycle, who holds it and by when."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.models import Finding, Review
from qnt.cycle import Cycle, cycles
from qnt.forms import ServiceFilter
from qnt.provider_standing import opens_provider
from qnt.standing import trend_of, years_compared, years_of
from reports.models import Publication, Report
from reports.queries.annual import annual_services
from reports.queries.publications import status_words, with_publications
from surveillance.models import EvidenceItem, Service
from surveillance.queries.actions import actions_summary
from surveillance.queries.context import context_of
from surveillance.queries.decision_history import decisions_of
from surveillance.reach import may, reach_of

PARTS = (
    ("overview", "Overview", Permission.SERVICE_VIEW),
    ("self-reports", "Self-reports", Permission.SELF_REPORT_VIEW),
    ("decisions", "Decisions", Permission.DECISION_VIEW),
    ("reviews", "Reviews", Permission.REVIEW_VIEW),
    ("actions", "Actions", Permission.ACTION_VIEW),
    ("reports", "Reports", Permission.REPORT_VIEW),
    ("about", "About", Permission.SERVICE_VIEW),
)


@access(Permission.SERVICE_VIEW, methods="GET")
def service_list(request: SignedInRequest) -> HttpResponse:
    """Services in this person's scope, with search and filters; a person with one service goes straight to it."""
    visible = Service.objects.for_user(request.user, Permission.SERVICE_VIEW)
    form = ServiceFilter(request.GET, services=visible, reader=request.user)
    page = Paginator(form.narrow(visible).for_display().order_by("name", "pk"), 50).get_page(request.GET.get("page"))
    if page.paginator.count == 1 and not request.GET:
        return redirect("service_detail", pk=page.object_list[0].pk)
    services = list(page.object_list)
    context = {
        "form": form,
        "page_obj": page,
        "cycles": cycles(services, reader=request.user),
        "with_provider": {service.pk for service in services if opens_provider(request.user, service)},
    }
    return render(request, "services/service_list.html", context)


@access(Permission.SERVICE_VIEW, methods="GET", kind="service")
def service_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A service's overview."""
    return _part(request, pk, "overview")


@access(Permission.SERVICE_VIEW, methods="GET", kind="service")
def service_part(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """One part of a service's pages: self-reports, decisions, reviews, reports or about (actions are its plan, in surveillance)."""
    return _part(request, pk, part)


def _part(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    permission = next(permission for code, _, permission in PARTS if code == part)
    allowed = ExpressionWrapper(reach_of(request.user, permission).of_services(), output_field=BooleanField())
    visible = Service.objects.for_user(request.user, Permission.SERVICE_VIEW).for_display()
    service = get_object_or_404(visible.annotate(is_allowed=allowed), pk=pk)
    require(service.is_allowed)
    cycle = cycles([service], reader=request.user)[0]
    context = {"service": service, "cycle": cycle, "part": part, "parts": _navigation(request, service, part)}
    return render(request, f"services/service_{part.replace('-', '_')}.html", context | _CONTENT[part](request, cycle))


def _navigation(request: SignedInRequest, service: Service, part: str) -> list[dict[str, object]]:
    """The parts that this person may open, by the roles that they hold somewhere; scope decides within."""
    return [
        {"label": label, "url": _address(code, service), "current": code == part}
        for code, label, permission in PARTS
        if request.user.has_permission(permission)
    ]


def _address(part: str, service: Service) -> str:
    if part == "actions":
        return reverse("surveillance:action_plan", args=[service.pk])
    return reverse("service_detail" if part == "overview" else f"service_{part.replace('-', '_')}", args=[service.pk])


def _overview(request: SignedInRequest, cycle: Cycle) -> dict[str, object]:
    service = cycle.service
    reviews = Review.objects.filter(services=service, purpose=Review.Purpose.COMPLIANCE)
    findings = Finding.objects.filter(service=service, review__in=reviews, status__in=["OPEN", "RECHECK_DUE", "AMENDED"])
    published = Publication.objects.public().filter(report__review__in=reviews).select_related("report", "version")
    return {
        "trend": trend_of(years_of(cycle.reports, cycle.scores), service, is_compared=False),
        "open_finding_count": findings.count(),
        "actions": actions_summary(service),
        "published": published,
    }


def _self_reports(request: SignedInRequest, cycle: Cycle) -> dict[str, object]:
    years = years_of(cycle.reports, cycle.scores)
    return {"years": years, "trend": trend_of(years, cycle.service, is_compared=True), "compared": years_compared(years)}


def _decisions(request: SignedInRequest, cycle: Cycle) -> dict[str, object]:
    return {"told": decisions_of(cycle.service)}


def _reviews(request: SignedInRequest, cycle: Cycle) -> dict[str, object]:
    service = cycle.service
    visible = Review.objects.in_lists_for(request.user).filter(services=service)
    rows = list(visible.distinct())
    openable = set(Review.objects.for_user(request.user, Permission.REVIEW_VIEW).filter(services=service).values_list("pk", flat=True))
    return {
        "compliance": [review for review in rows if not review.is_learning],
        "learning": [review for review in rows if review.is_learning],
        "openable": openable,
        "may_ask": may(request.user, Permission.REVIEW_ANSWER, service),
    }


def _reports(request: SignedInRequest, cycle: Cycle) -> dict[str, object]:
    visible = Report.objects.for_user(request.user, Permission.REPORT_VIEW).filter(review__services=cycle.service)
    reports = [(report, status_words(report)) for report in visible.for_display().prefetch_related(with_publications())]
    return {"reports": reports, "has_annual": annual_services(request.user).filter(pk=cycle.service.pk).exists()}


def _about(request: SignedInRequest, cycle: Cycle) -> dict[str, object]:
    service = cycle.service
    buyers = service.commissionings.active().select_related("organisation").order_by("-is_lead", "organisation__name")
    evidence_count = EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW).filter(service=service).count()
    is_provider_open = opens_provider(request.user, service)
    return {
        "context_card": context_of(service), "buyers": buyers, "evidence_count": evidence_count, "is_provider_open": is_provider_open,
        "may_write_context": may(request.user, Permission.SELF_REPORT_SEND, service),
    }  # fmt: skip


_CONTENT: dict[str, Callable[[SignedInRequest, Cycle], dict[str, object]]] = {
    "overview": _overview,
    "self-reports": _self_reports,
    "decisions": _decisions,
    "reviews": _reviews,
    "reports": _reports,
    "about": _about,
}
