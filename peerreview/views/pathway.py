"""The services that a review looks at, in the patient's order."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.opening import SearchForm, StepsForm
from peerreview.models import Review
from peerreview.queries.opening import found_services, may_choose_services, services_to_add
from peerreview.services import pathway
from peerreview.services.pathway import OPEN_TO_SERVICES
from peerreview.views.common import posted, review_context, visible_review
from work.status import InvalidTransition

MOVES = {"earlier": -1, "later": 1}


@access(Permission.REVIEW_VIEW, kind="review")
def review_services(request: SignedInRequest, pk: int) -> HttpResponse:
    """The services under review in the patient's order; until the notice they are added, moved, named and removed here."""
    review = visible_review(request, pk)
    may_choose = may_choose_services(review, request.user)
    address = reverse("peerreview:review_services", args=[pk])
    refused = ActForm(posted(request))
    if request.method == "POST":
        require(may_choose)
        try:
            if done := _changed(request, review):
                messages.success(request, done)
                return redirect(address)
        except InvalidTransition as refusal:
            refused.add_error(None, str(refusal))
    context = _services_context(request, review, may_choose=may_choose) | {"error_forms": [refused]}
    return render(request, "peerreview/review_services.html", context)


def _changed(request: SignedInRequest, review: Review) -> str:
    """Carry out the button that was pressed, and say what was done; empty when the form of the steps is at fault."""
    sent = request.POST
    way = next((name for name in MOVES if name in sent), None)
    if way:
        pathway.move_service(review_id=review.pk, service_id=_number(sent[way]), steps=MOVES[way], by=request.user)
        return "Order changed"
    if "add" in sent:
        service = get_object_or_404(services_to_add(review, request.user), pk=_number(sent["add"]))
        pathway.add_service(review_id=review.pk, service_id=service.pk, by=request.user)
        return f"{service} added"
    if "remove" in sent:
        pathway.remove_service(review_id=review.pk, service_id=_number(sent["remove"]), by=request.user)
        return "Service removed"
    form = _steps_form(request, review)
    if not form.is_valid():
        return ""
    pathway.name_steps(review_id=review.pk, is_pathway=form.cleaned_data["is_pathway"], steps=form.steps, by=request.user)
    return "Steps saved"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _steps_form(request: SignedInRequest, review: Review) -> StepsForm:
    places = list(review.review_services.select_related("service__provider", "service__network"))
    is_sent = request.method == "POST" and not ({*MOVES, "add", "remove"} & set(request.POST))
    return StepsForm(request.POST if is_sent else None, places=places, initial={"is_pathway": review.is_pathway})


def _services_context(request: SignedInRequest, review: Review, *, may_choose: bool) -> dict[str, Any]:
    words = SearchForm.words_of(request.GET)
    is_open = may_choose and review.status in OPEN_TO_SERVICES
    form = _steps_form(request, review)
    form.is_valid()
    under_review = {place.service_id for place in form.places}
    found = found_services(services_to_add(review, request.user), words) if is_open else []
    return review_context(request, review, "review_services") | {
        "form": form if is_open and len(form.places) > 1 else None, "places": form.places, "is_open": is_open, "words": words,
        "found": [service for service in found if service.pk not in under_review],
    }  # fmt: skip
