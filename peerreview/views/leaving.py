"""Pages on which a service leaves its review for learning, or releases it to its hub."""

from django.http import HttpResponse
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.learning import LeaveForm
from peerreview.models import Review
from peerreview.queries.sides import hosts
from peerreview.services import leaving as services
from peerreview.views.common import act, posted, visible_review

LEAVING = (
    "Your service can leave a review for learning at any time, and nobody has to say why.",
    "The review ends at once, for every service in it. Every place on the team ends, and with it the papers of the team.",
    "The reviewers and the person who arranges the review get a mail that says so, without your reason.",
    "What was written stays with your service and the person who arranged the review. Nobody else can read it.",
    "An immediate risk that the team has confirmed stays open until it is put right.",
    "It cannot be undone. You can ask for another review for learning.",
)
RELEASING = (
    "The hub of your region and the national team can then read this review: its topics, team and dates, the findings that the team "
    "agreed, what each side learnt, how many pledges were made and kept, and its report when it is signed off; why you asked for it, "
    "changes of its plan, the documents that it asked for with your answers, and the documents that you filed for it.",
    "They cannot read notes, who made which pledge, or what a reviewer and your service arranged with each other.",
    "It stays out of every compliance list, figure and decision.",
    "It cannot be taken back: what somebody has read cannot be unread.",
)


@access(Permission.REVIEW_VIEW, kind="review")
def review_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave a review for learning: what will happen, a reason if one wants, and a warning button."""
    review = _own_review(request, pk)
    form = LeaveForm(posted(request), submit_label="Leave this review", submit_kind="warning")
    back = reverse("peerreview:review_learning", args=[pk])
    return act(
        request, form=form, done="Your service has left this review", then=reverse("peerreview:review_detail", args=[pk]),
        call=lambda data: services.leave_review(review_id=pk, reason=data["reason"], by=request.user), template="peerreview/act.html",
        context={"review": review, "title": "Leave this review", "back_url": back, "lines": LEAVING},
    )  # fmt: skip


@access(Permission.REVIEW_VIEW, kind="review")
def review_release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Release a review for learning to its hub: who will then read what."""
    review = _own_review(request, pk)
    form = ActForm(posted(request), submit_label="Release this review", submit_kind="warning")
    back = reverse("peerreview:review_learning", args=[pk])
    return act(
        request, form=form, done="Review released to the hub", then=back, template="peerreview/act.html",
        call=lambda data: services.release_review(review_id=pk, by=request.user),
        context={"review": review, "title": "Release this review to the hub", "back_url": back, "lines": RELEASING},
    )  # fmt: skip


def _own_review(request: SignedInRequest, pk: int) -> Review:
    review = visible_review(request, pk)
    require(review.is_learning and hosts(review, request.user))
    return review
