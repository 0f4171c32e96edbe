"""What every page of a review shares: its scope, its heading, the navigation between its parts, and pages with one button."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, require
from accounts.permissions import Permission
from peerreview.models import Review
from peerreview.queries.next_steps import review_next_step
from peerreview.queries.teams import arranges, is_on_team
from work.status import InvalidTransition

# URL name, label, who sees it: everybody on the page, those who visit or arrange, those who visit.
ALL, WORKING, TEAM, READERS = "all", "working", "team", "readers"
PARTS = (
    ("review_detail", "Overview", ALL), ("review_topics", "Topics", ALL), ("review_team", "Team", ALL), ("review_pack", "Pack", WORKING),
    ("review_evidence", "Evidence", WORKING), ("review_visit", "Notes", TEAM), ("finding_list", "Findings", READERS),
    ("review_impact", "Impact", READERS),
)  # fmt: skip


def visible_review(request: SignedInRequest, pk: int, permission: Permission = Permission.REVIEW_VIEW) -> Review:
    """The review when it is in this person's scope, else 404."""
    return get_object_or_404(Review.objects.for_user(request.user, permission).for_display(), pk=pk)


def arranged_review(request: SignedInRequest, pk: int) -> Review:
    """The review for those who plan it; 404 out of scope, 403 for others in scope."""
    review = visible_review(request, pk)
    require(arranges(review, request.user))
    return review


def review_context(request: SignedInRequest, review: Review, current: str) -> dict[str, Any]:
    """Heading, next step, navigation and who this person is here; five statements."""
    on_team, plans = is_on_team(review, request.user), arranges(review, request.user)
    services = list(review.services.all())
    reads = request.user.has_permission(Permission.FINDING_VIEW)
    seen = {ALL: True, WORKING: on_team or plans, TEAM: on_team, READERS: reads}
    parts = [
        {"label": label, "url": reverse(f"peerreview:{name}", args=[review.pk]), "current": name == current}
        for name, label, who in PARTS
        if seen[who]
    ]
    return {
        "review": review, "services": services, "parts": parts, "on_team": on_team, "plans": plans, "works_on": on_team or plans,
        "is_illustrative": any(service.is_illustrative for service in services), "step": review_next_step(review),
    }  # fmt: skip


def posted(request: SignedInRequest) -> Any:
    """What was sent: a form is bound by the method, also when nothing was typed."""
    return request.POST if request.method == "POST" else None


def files_of(request: SignedInRequest) -> Any:
    """The files that were sent."""
    return request.FILES if request.method == "POST" else None


def act(
    request: SignedInRequest,
    *,
    form: Any,
    call: Callable[[dict[str, Any]], object],
    done: str,
    then: str,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """A form and one service call: redirect with a message when it worked, the page with the sentence when it did not."""
    if request.method == "POST" and form.is_valid():
        try:
            call(form.cleaned_data)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect(then)
    return render(request, template, context | {"form": form})
