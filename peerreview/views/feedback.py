"""The feedback page of the day: agreed findings to read out and print, and the record that the service heard them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.afterwards import FeedbackGivenForm
from peerreview.models import Finding, Review
from peerreview.queries.feedback import GIVEN_IN, feedback_of, heard_day, heard_on_the_day
from peerreview.queries.teams import is_lead_reviewer
from peerreview.services.feedback import record_feedback_given
from peerreview.views.common import act, posted, review_context, visible_review


@access(Permission.FINDING_VIEW, methods="GET", kind="review")
def review_feedback(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is read out to the service: for those who visit and arrange, and once it was heard for the service too."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_feedback")
    require(context["works_on"] or review.feedback_given_at is not None)
    is_lead = context["on_team"] and is_lead_reviewer(review, request.user)
    context |= {
        "steps_heard": feedback_of(review),
        "draft_count": review.findings.filter(status=Finding.Status.DRAFT).count() if context["works_on"] else 0,
        "given": heard_day(review),
        "on_the_day": heard_on_the_day(review),
        "may_record": (is_lead or context["plans"]) and not review.feedback_given_at and review.status in GIVEN_IN,
    }
    return render(request, "peerreview/review_feedback.html", context)


@access(Permission.FINDING_VIEW, kind="review")
def feedback_given(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record on which day the service heard it."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_feedback")
    require(context["plans"] or (context["on_team"] and is_lead_reviewer(review, request.user)))
    back = reverse("peerreview:review_feedback", args=[pk])
    return act(
        request,
        form=FeedbackGivenForm(posted(request), initial={"heard_date": timezone.localdate()}),
        done="Feedback given is recorded",
        then=back,
        template="peerreview/act.html",
        call=lambda data: record_feedback_given(review_id=pk, heard_date=data["heard_date"], by=request.user),
        context={"review": review, "title": "Record feedback given", "lines": _lines(review), "back_url": back},
    )


def _lines(review: Review) -> list[str]:
    drafts = review.findings.filter(status=Finding.Status.DRAFT).count()
    words = (
        "1 finding is still a draft and is not part of it."
        if drafts == 1
        else f"{drafts} findings are still drafts and are not part of it."
    )
    return [*([words] if drafts else []), "From now on the service can read the feedback page."]
