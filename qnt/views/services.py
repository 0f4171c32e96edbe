"""Services and providers: find one, see where it is in its cycle, who holds it and by when."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.models import Organisation
from accounts.permissions import Permission
from peerreview.models import Finding, Review
from qnt.cycle import cycles
from qnt.forms import ServiceFilter
from rendering.charts import Chart, TrendPoint, trend_chart
from reports.models import Publication, Report
from surveillance.models import EvidenceItem, SelfReport, Service, SurveillanceDecision
from surveillance.queries.actions import actions_summary
from surveillance.queries.scores import service_trend
from surveillance.reach import may

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
    form = ServiceFilter(request.GET, services=visible)
    page = Paginator(form.narrow(visible).for_display().order_by("name", "pk"), 50).get_page(request.GET.get("page"))
    if page.paginator.count == 1 and not request.GET:
        return redirect("service_detail", pk=page.object_list[0].pk)
    return render(request, "services/service_list.html", {"form": form, "page_obj": page, "cycles": cycles(list(page.object_list))})


@access(Permission.SERVICE_VIEW, methods="GET", kind="service")
def service_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A service's overview."""
    return _part(request, pk, "overview")


@access(Permission.SERVICE_VIEW, methods="GET", kind="service")
def service_part(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """One part of a service's pages: self-reports, decisions, reviews, reports or about (actions are its plan, in surveillance)."""
    return _part(request, pk, part)


@access(Permission.PROVIDER_VIEW, methods="GET", kind="provider")
def provider_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A provider across its services that this person may see."""
    mine = Service.objects.for_user(request.user, Permission.PROVIDER_VIEW)
    provider = get_object_or_404(Organisation.objects.filter(services__in=mine).distinct(), pk=pk)
    found = cycles(list(mine.filter(provider=provider).for_display()))
    below = [cycle for cycle in found if cycle.score and cycle.score.is_threshold_met is False]
    return render(request, "services/provider_detail.html", {"provider": provider, "cycles": found, "below": below})


def _part(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    service = get_object_or_404(Service.objects.for_user(request.user, Permission.SERVICE_VIEW).for_display(), pk=pk)
    permission = next(permission for code, _, permission in PARTS if code == part)
    require(permission == Permission.SERVICE_VIEW or may(request.user, permission, service))
    cycle = cycles([service])[0]
    context = {"service": service, "cycle": cycle, "part": part, "parts": _navigation(request, service, part)}
    return render(request, f"services/service_{part.replace('-', '_')}.html", context | _CONTENT[part](request, service))


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


def _overview(request: SignedInRequest, service: Service) -> dict[str, object]:
    reviews = Review.objects.filter(services=service, purpose=Review.Purpose.COMPLIANCE)
    findings = Finding.objects.filter(service=service, review__in=reviews, status__in=["OPEN", "RECHECK_DUE", "AMENDED"])
    published = Publication.objects.public().filter(report__review__in=reviews).select_related("report", "version")
    return {"trend": _trend(service), "open_finding_count": findings.count(), "actions": actions_summary(service), "published": published}


def _trend(service: Service) -> Chart | None:
    points = [TrendPoint(str(year.year), year.percent, year.met, year.applicable) for year in service_trend(service) if year.applicable]
    level = service.specification.indicator_sets.filter(status="PUBLISHED").values_list("threshold_percent", flat=True).first()
    return trend_chart(points, chart_id="trend", title="Indicators met by year", level_percent=level) if points else None


def _self_reports(request: SignedInRequest, service: Service) -> dict[str, object]:
    visible = SelfReport.objects.for_user(request.user, Permission.SELF_REPORT_VIEW).filter(service=service)
    return {"reports": visible.select_related("round").prefetch_related("scores")}


def _decisions(request: SignedInRequest, service: Service) -> dict[str, object]:
    visible = SurveillanceDecision.objects.for_user(request.user, Permission.DECISION_VIEW).filter(service=service)
    return {"decisions": visible.select_related("round")}


def _reviews(request: SignedInRequest, service: Service) -> dict[str, object]:
    visible = Review.objects.in_lists_for(request.user).filter(services=service)
    rows = list(visible.distinct())
    openable = set(Review.objects.for_user(request.user, Permission.REVIEW_VIEW).filter(services=service).values_list("pk", flat=True))
    return {
        "compliance": [review for review in rows if not review.is_learning],
        "learning": [review for review in rows if review.is_learning],
        "openable": openable,
        "may_ask": may(request.user, Permission.REVIEW_ANSWER, service),
    }


def _reports(request: SignedInRequest, service: Service) -> dict[str, object]:
    visible = Report.objects.for_user(request.user, Permission.REPORT_VIEW).filter(review__services=service)
    return {"reports": visible.for_display()}


def _about(request: SignedInRequest, service: Service) -> dict[str, object]:
    context = [
        ("Geography", service.geography),
        ("Population", service.population),
        ("Travel", service.travel),
        ("Dependencies", service.dependencies),
        ("Outside its control", service.outside_control),
    ]
    buyers = service.commissionings.active().select_related("organisation").order_by("-is_lead", "organisation__name")
    evidence_count = EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW).filter(service=service).count()
    return {"context_card": context, "buyers": buyers, "evidence_count": evidence_count}


_CONTENT: dict[str, Callable[[SignedInRequest, Service], dict[str, object]]] = {
    "overview": _overview,
    "self-reports": _self_reports,
    "decisions": _decisions,
    "reviews": _reviews,
    "reports": _reports,
    "about": _about,
}
