"""The context cards of the services: read and ticked by each reviewer before notes and judgements open."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.models import Review
from peerreview.queries.teams import has_read_context, is_on_team
from peerreview.services.context import read_context
from peerreview.views.common import visible_review
from surveillance.models import Service
from surveillance.queries.context import context_of
from work.status import InvalidTransition


def card_of(service: Service) -> list[tuple[str, str]]:
    """The lines of a service's card that hold something, as label and text."""
    return [(label, text) for label, text in context_of(service) if text]


def context_facts(request: SignedInRequest, review: Review, context: dict[str, Any]) -> dict[str, Any]:
    """For the pack: whether this person still has to tick that they read the context."""
    return {"must_read": context["on_team"] and not has_read_context(review, request.user)}


@access(Permission.REVIEW_CAPTURE, methods="POST", kind="review")
def review_context_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep that a member read the context of the services; without the tick it says what to do."""
    review = visible_review(request, pk)
    require(is_on_team(review, request.user))
    if not request.POST.get("is_read"):
        messages.error(request, "Tick the box to say that you have read the context")
        return redirect(f"{reverse('peerreview:review_pack', args=[pk])}#context")
    try:
        read_context(review_id=pk, by=request.user)
    except InvalidTransition as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Thank you. Notes and judgements are open to you")
    return redirect("peerreview:review_pack", pk=pk)
