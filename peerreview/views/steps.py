"""Pages that carry a review on: prepare, begin and end the visit, postpone, cancel, close."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from peerreview.forms.common import ActForm, ReasonForm
from peerreview.forms.reviews import CloseForm
from peerreview.models import Review
from peerreview.queries.topic_agreement import agreement_words, sent_at
from peerreview.services import reviews as services
from peerreview.views.common import act, arranged_review, posted


def agreement_line(review: Review) -> str:
    """Whether the service has agreed the topics; while it may still answer, that preparing waits for it."""
    return agreement_words(review, sent_at(review))


STEPS: dict[str, dict[str, Any]] = {
    "prepare": {
        "title": "Start to prepare", "submit": "Start to prepare", "done": "Preparation started", "call": services.start_preparing,
        "lines": ["The team can then read the pack as each member is cleared."], "say": agreement_line,
    },
    "begin": {
        "title": "Begin the visit", "submit": "Begin the visit", "done": "Visit began", "call": services.begin_visit,
        "lines": ["The team can then record findings. The focus topics cannot change any more."],
    },
    "finish": {
        "title": "End the visit", "submit": "End the visit", "done": "Visit ended", "call": services.finish_visit,
        "lines": ["Every finding must be agreed or withdrawn first. The report is drafted next."],
    },
}  # fmt: skip


def _step(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    review, step = arranged_review(request, pk), STEPS[code]
    detail = reverse("peerreview:review_detail", args=[review.pk])
    lines = [*([step["say"](review)] if "say" in step else []), *step["lines"]]
    return act(
        request, form=ActForm(posted(request), submit_label=step["submit"]), done=step["done"], then=detail, template="peerreview/act.html",
        call=lambda data: step["call"](review_id=review.pk, by=request.user),
        context={"review": review, "title": step["title"], "lines": lines, "back_url": detail},
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def review_prepare(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agree the topics and open the preparation."""
    return _step(request, pk, "prepare")


@access(Permission.REVIEW_PLAN, kind="review")
def review_begin_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin the visit."""
    return _step(request, pk, "begin")


@access(Permission.REVIEW_PLAN, kind="review")
def review_finish_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the visit."""
    return _step(request, pk, "finish")


@access(Permission.REVIEW_PLAN, kind="review")
def review_postpone(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the visit off with a reason."""
    review = arranged_review(request, pk)
    detail = reverse("peerreview:review_detail", args=[review.pk])
    form = ReasonForm(posted(request), submit_label="Postpone", label="Why is it postponed?", required_message="Enter why it is postponed")
    return act(
        request,
        form=form,
        done="Review postponed",
        then=detail,
        template="peerreview/act.html",
        call=lambda data: services.postpone_review(review_id=review.pk, reason=data["reason"], by=request.user),
        context={
            "review": review,
            "title": "Postpone this review",
            "back_url": detail,
            "lines": ["Every clock stops until you set new dates. Notice is then sent again."],
        },
    )


@access(Permission.REVIEW_PLAN, kind="review")
def review_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel the review with a reason."""
    review = arranged_review(request, pk)
    detail = reverse("peerreview:review_detail", args=[review.pk])
    form = ReasonForm(
        posted(request),
        submit_label="Cancel this review",
        submit_kind="warning",
        label="Why is it cancelled?",
        required_message="Enter why it is cancelled",
    )
    lines = ["This cannot be undone. These end with it: every invitation and place on the team, and what they open."]
    return act(
        request, form=form, done="Review cancelled", then=detail, template="peerreview/act.html",
        call=lambda data: services.cancel_review(review_id=review.pk, reason=data["reason"], by=request.user),
        context={"review": review, "title": "Cancel this review", "back_url": detail, "lines": lines},
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def review_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a followed-up review with the date of the next."""
    review = arranged_review(request, pk)
    detail = reverse("peerreview:review_detail", args=[review.pk])
    return act(
        request, form=CloseForm(posted(request)), done="Review closed", then=detail, template="peerreview/act.html",
        call=lambda data: services.close_review(review_id=review.pk, next_review_date=data["next_review_date"], by=request.user),
        context={"review": review, "title": "Close this review", "back_url": detail, "lines": []},
    )  # fmt: skip
