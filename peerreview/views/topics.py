"""Pages of focus topics and of procedures."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.reviews import TopicForm
from peerreview.models import Procedure
from peerreview.services import topics as services
from peerreview.views.common import act, arranged_review, posted, review_context, visible_review


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_topics(request: SignedInRequest, pk: int) -> HttpResponse:
    """Why the review takes place and what it looks at."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_topics")
    context |= {
        "topics": review.topics.prefetch_related("indicators"),
        "may_change": context["plans"] and review.status in services.CHANGEABLE,
    }
    return render(request, "peerreview/review_topics.html", context)


@access(Permission.REVIEW_PLAN, kind="review")
def topic_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a focus topic."""
    review = arranged_review(request, pk)
    form = TopicForm(posted(request), review=review)
    return act(
        request,
        form=form,
        done="Topic saved",
        then=reverse("peerreview:review_topics", args=[pk]),
        template="peerreview/act.html",
        call=lambda data: services.add_topic(
            review_id=pk, title=data["title"], question=data["question"], indicator_ids=form.indicator_ids, by=request.user
        ),
        context={"review": review, "title": "Add a focus topic", "back_url": reverse("peerreview:review_topics", args=[pk])},
    )


@access(Permission.REVIEW_PLAN, kind="review")
def topic_change(request: SignedInRequest, pk: int, topic_pk: int) -> HttpResponse:
    """Change a focus topic."""
    review = arranged_review(request, pk)
    topic = get_object_or_404(review.topics, pk=topic_pk)
    initial = {"title": topic.title, "question": topic.question, "indicators": [str(one.pk) for one in topic.indicators.all()]}
    form = TopicForm(posted(request), review=review, initial=initial)
    return act(
        request,
        form=form,
        done="Topic saved",
        then=reverse("peerreview:review_topics", args=[pk]),
        template="peerreview/act.html",
        call=lambda data: services.change_topic(
            topic_id=topic.pk, title=data["title"], question=data["question"], indicator_ids=form.indicator_ids, by=request.user
        ),
        context={"review": review, "title": "Change a focus topic", "back_url": reverse("peerreview:review_topics", args=[pk])},
    )


@access(Permission.REVIEW_PLAN, kind="review")
def topic_remove(request: SignedInRequest, pk: int, topic_pk: int) -> HttpResponse:
    """Say what will go, then remove it."""
    review = arranged_review(request, pk)
    topic = get_object_or_404(review.topics, pk=topic_pk)
    return act(
        request,
        form=ActForm(posted(request), submit_label="Remove topic", submit_kind="warning"),
        done="Topic removed",
        then=reverse("peerreview:review_topics", args=[pk]),
        template="peerreview/act.html",
        call=lambda data: services.remove_topic(topic_id=topic.pk, by=request.user),
        context={
            "review": review,
            "title": "Remove a focus topic",
            "lines": [f"This removes the topic “{topic.title}”."],
            "back_url": reverse("peerreview:review_topics", args=[pk]),
        },
    )


@access(Permission.REVIEW_VIEW, methods="GET")
def procedure_list(request: SignedInRequest) -> HttpResponse:
    """The procedures that reviews follow."""
    return render(request, "peerreview/procedure_list.html", {"procedures": Procedure.objects.order_by("name", "-version")})


@access(Permission.REVIEW_VIEW, methods="GET", kind="procedure")
def procedure_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One procedure: its milestones, its team, its finding categories."""
    procedure = get_object_or_404(Procedure, pk=pk)
    rows = [entry | {"words": _days_words(entry)} for entry in procedure.milestones]
    return render(request, "peerreview/procedure_detail.html", {"procedure": procedure, "milestones": rows})


ANCHORS = {
    "VISIT": "the visit",
    "FINDING": "the finding is agreed",
    "LETTER": "the letter is sent",
    "INVITED": "a reviewer is invited",
    "DRAFT": "the draft report",
    "QUALITY_CHECK": "the quality check",
    "FINAL": "the final report",
}


def _days_words(entry: dict[str, object]) -> str:
    if "months" in entry:
        return f"{entry['months']} months after {ANCHORS[str(entry['anchor'])]}"
    days = int(str(entry["working_days"]))
    side = "before" if days < 0 else "after"
    return f"{abs(days)} working day{'' if abs(days) == 1 else 's'} {side} {ANCHORS[str(entry['anchor'])]}"
