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
from peerreview.queries.part_steps import review_step
from peerreview.queries.teams import arranges, is_on_team
from work.status import InvalidTransition

SENT_ALREADY = "You sent this already. It was saved once."  # a second press of the same button

# URL name, label, who sees it: everybody on the page, those who visit or arrange, those who visit, those who judge indicators.
# FEEDBACK: those who visit or arrange from the visit on, readers once it was heard. AFTER: readers from the report on.
ALL, WORKING, TEAM, READERS, JUDGING, FEEDBACK, AFTER = "all", "working", "team", "readers", "judging", "feedback", "after"
PARTS = (
    ("review_detail", "Overview", ALL),
    ("review_services", "Services", ALL),
    ("review_topics", "Topics", ALL),
    ("review_team", "Team", ALL),
    ("review_guide", "Guide", ALL),
    ("evidence_request", "Evidence request", ALL),
    ("review_timetable", "Timetable", ALL),
    ("review_pack", "Pack", WORKING),
    ("review_evidence", "Evidence", WORKING),
    ("review_visit", "Visit", TEAM),
    ("judgement_list", "Judgements", JUDGING),
    ("review_views", "Views", ALL),
    ("finding_list", "Findings", READERS),
    ("review_feedback", "Feedback", FEEDBACK),
    ("review_learning", "Learning", ALL),
    ("review_impact", "Impact", READERS),
    ("review_progress", "Progress", AFTER),
)


def visible_review(request: SignedInRequest, pk: int, permission: Permission = Permission.REVIEW_VIEW) -> Review:
    """The review when it is in this person's scope, else 404."""
    return get_object_or_404(Review.objects.for_user(request.user, permission).for_display(), pk=pk)


def arranged_review(request: SignedInRequest, pk: int) -> Review:
    """The review for those who plan it; 404 out of scope, 403 for others in scope."""
    review = visible_review(request, pk)
    require(arranges(review, request.user))
    return review


def review_context(request: SignedInRequest, review: Review, current: str) -> dict[str, Any]:
    """Heading, next step, navigation and who this person is here; five statements, a few more while the service has the topics."""
    on_team, plans = is_on_team(review, request.user), arranges(review, request.user)
    services = list(review.services.all())
    reads = request.user.has_permission(Permission.FINDING_VIEW)
    seen = {
        ALL: True, WORKING: on_team or plans, TEAM: on_team, READERS: reads, JUDGING: on_team and not review.is_learning,
        FEEDBACK: reads and bool(review.feedback_given_at or ((on_team or plans) and review.visited_at)),
        AFTER: reads and review.status in (Review.Status.REPORTING, Review.Status.FOLLOW_UP, Review.Status.CLOSED),
    }  # fmt: skip
    parts = [
        {"label": label, "url": reverse(f"peerreview:{name}", args=[review.pk]), "current": name == current}
        for name, label, who in PARTS
        if seen[who]
    ]
    return {
        "review": review, "services": services, "parts": parts, "on_team": on_team, "plans": plans, "works_on": on_team or plans,
        "is_illustrative": any(service.is_illustrative for service in services), "step": review_step(review),
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
            made = call(form.cleaned_data)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, SENT_ALREADY if getattr(made, "is_repeat", False) else done)
            return redirect(then)
    return render(request, template, context | {"form": form})
