"""The guide for the service under review, and the choice of its buddy."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from peerreview.forms.preparation import BuddyForm
from peerreview.models import Review
from peerreview.queries import guide as queries
from peerreview.queries.evidence_asks import asks_for
from peerreview.queries.milestones import milestones_of
from peerreview.services.buddies import choose_buddy
from peerreview.views.common import act, arranged_review, posted, review_context, visible_review


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_guide(request: SignedInRequest, pk: int) -> HttpResponse:
    """What happens when, who comes, what is asked and what is not, what the service gets, what becomes of what it shares."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_guide")
    asks, asks_not = queries.ask_lines(review, asks_for(review, request.user, works_on=context["works_on"]).count())
    context |= {
        "milestones": milestones_of(review), "team_lines": queries.team_words(review), "asks": asks, "asks_not": asks_not,
        "gets": queries.get_lines(review.procedure), "shared": queries.shared_lines(review), "buddy": queries.buddy_of(review),
        "may_choose": context["plans"] and review.status not in (Review.Status.CLOSED, Review.Status.CANCELLED),
        "is_named": review.team.filter(is_cleared=True).exists(),
    }  # fmt: skip
    return render(request, "peerreview/review_guide.html", context)


@access(Permission.REVIEW_PLAN, kind="review")
def review_buddy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose a service that went through a review like this."""
    review = arranged_review(request, pk)
    found, back = queries.possible_buddies(review, request.user), reverse("peerreview:review_guide", args=[pk])
    form = BuddyForm(posted(request), services=found, initial={"service": review.buddy_service_id})
    lines = ["The guide names the service and its lead, so that the service under review can ask somebody who went through it."]
    if not found.exists():
        lines.append("No service of the same specification or programme has gone through a review yet.")
    return act(
        request, form=form, done="Buddy service saved", then=back, template="peerreview/act.html",
        call=lambda data: choose_buddy(review_id=pk, service_id=data["service"].pk if data["service"] else None, by=request.user),
        context={"review": review, "title": "Choose a buddy service", "lines": lines, "back_url": back},
    )  # fmt: skip
