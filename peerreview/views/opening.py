"""Opening a review: from a decision, from a risk or the sample, or because a service asks for one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.opening import OpenForm, SearchForm
from peerreview.forms.reviews import RequestForm, ReviewForm
from peerreview.models import Review
from peerreview.queries.opening import ahead_words, asking_decision, found_services, is_drawn, services_to_visit
from peerreview.queries.teams import hub_managers
from peerreview.services import opening
from peerreview.views.common import posted
from surveillance.models import Service, SurveillanceDecision
from surveillance.queries.parties import acts_for_hub
from work.status import InvalidTransition

FIELDS = ("origin", "reason", "title", "kind", "mode", "starts_date", "ends_date", "short_notice_reason")


def _ahead(request: SignedInRequest, service: Service) -> str:
    """What is said in place of the form; once it was sent, the refusal stands on it and what was typed is kept."""
    return ahead_words(service) if request.method == "GET" else ""


@access(Permission.REVIEW_PLAN, methods="GET")
def review_start(request: SignedInRequest) -> HttpResponse:
    """Find the service to open a compliance review of."""
    words = SearchForm.words_of(request.GET)
    found = found_services(services_to_visit(request.user), words)
    return render(request, "peerreview/review_start.html", {"words": words, "found": found})


@access(Permission.REVIEW_PLAN, kind="service")
def review_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a compliance review of a service from a risk or the sample."""
    service = get_object_or_404(Service.objects.for_user(request.user, Permission.SERVICE_VIEW).for_display(), pk=pk)
    require(acts_for_hub(request.user, Permission.REVIEW_PLAN, service))
    form = OpenForm(
        posted(request), is_drawn=is_drawn(service), initial={"title": f"{service.name}, {service.holder.name}", "mode": "ON_SITE"}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in FIELDS}
        try:
            review = opening.open_compliance_review(service_id=pk, procedure_id=data["procedure"].pk, by=request.user, **chosen)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{review.title} opened")
            return redirect("peerreview:review_detail", pk=review.pk)
    context = {"form": form, "service": service, "decision": asking_decision(service), "ahead": _ahead(request, service)}
    return render(request, "peerreview/review_open.html", context)


@access(Permission.REVIEW_PLAN, kind="decision")
def review_new(request: SignedInRequest, decision_pk: int) -> HttpResponse:
    """Open a COMPLIANCE review from a decision in force."""
    visible = SurveillanceDecision.objects.for_user(request.user, Permission.DECISION_VIEW)
    decision = get_object_or_404(visible.for_display(), pk=decision_pk)
    require(acts_for_hub(request.user, Permission.REVIEW_PLAN, decision.service))
    form = ReviewForm(posted(request), initial={"title": f"{decision.service.name}, {decision.service.holder.name}", "mode": "ON_SITE"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in ("title", "kind", "mode", "starts_date", "ends_date", "short_notice_reason")}
        try:
            review = opening.open_review(decision_id=decision.pk, procedure_id=data["procedure"].pk, by=request.user, **chosen)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{review.title} opened")
            return redirect("peerreview:review_detail", pk=review.pk)
    return render(request, "peerreview/review_new.html", {"form": form, "decision": decision, "ahead": _ahead(request, decision.service)})


@access(Permission.REVIEW_REQUEST)
def review_request(request: SignedInRequest) -> HttpResponse:
    """A service or network lead asks for a review for learning."""
    own = Service.objects.for_user(request.user, Permission.REVIEW_REQUEST).for_display()
    managers = hub_managers(list(own.values_list("region", flat=True).distinct()))
    form = RequestForm(posted(request), services=own, managers=managers, initial={"service": request.GET.get("service", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in ("title", "question", "reason")}
        try:
            review = opening.request_review(service_id=data["service"].pk, visit_lead_id=data["visit_lead"].pk, by=request.user, **chosen)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{review.title} asked for")
            if Review.objects.for_user(request.user, Permission.REVIEW_VIEW).filter(pk=review.pk).exists():
                return redirect("peerreview:review_detail", pk=review.pk)
            return redirect("peerreview:review_list")
    return render(request, "peerreview/review_request.html", {"form": form, "has_managers": bool(managers)})
