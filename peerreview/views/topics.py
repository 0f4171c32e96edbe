"""Pages of focus topics."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.components import Version
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.reviews import TopicForm
from peerreview.models import Review
from peerreview.queries.teams import services_answered_by
from peerreview.queries.topic_agreement import agreement_words, count_words, sent_at
from peerreview.services import topics as services
from peerreview.services.topic_agreement import AGREEING
from peerreview.views.clashes import SAVED, YOURS, clash_page
from peerreview.views.common import act, arranged_review, posted, review_context, visible_review
from surveillance.services.clash import SomeoneElseChanged
from work.items import counted


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_topics(request: SignedInRequest, pk: int) -> HttpResponse:
    """Why the review takes place and what it looks at."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_topics")
    topics, sent = list(review.topics.prefetch_related("indicators")), sent_at(review)
    is_open = review.status in AGREEING and bool(topics) and not review.topics_agreed_at
    context |= {
        "topics": topics, "may_change": context["plans"] and review.status in Review.BEFORE_VISIT,
        "count_words": count_words(review, len(topics)),
        "agreement": agreement_words(review, sent) if topics and (review.status in AGREEING or review.topics_agreed_at) else "",
        "may_send": is_open and context["plans"] and not sent,
        "may_agree": is_open and bool(sent) and bool(services_answered_by(review, request.user)),
    }  # fmt: skip
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
        context={"review": review, "title": f"Add a {review.topic_word}", "back_url": reverse("peerreview:review_topics", args=[pk])},
    )


@access(Permission.REVIEW_PLAN, kind="review")
def topic_change(request: SignedInRequest, pk: int, topic_pk: int) -> HttpResponse:
    """Change a focus topic; a clash shows both and saves neither."""
    review = arranged_review(request, pk)
    topic = get_object_or_404(review.topics, pk=topic_pk)
    initial: dict[str, Any] = {
        "title": topic.title,
        "version": topic.version,
        "question": topic.question,
        "indicators": [str(one.pk) for one in topic.indicators.all()],
    }
    form = TopicForm(posted(request), review=review, initial=initial)
    back = reverse("peerreview:review_topics", args=[pk])
    try:
        return act(
            request, form=form, done="Topic saved", then=back, template="peerreview/act.html",
            call=lambda data: services.change_topic(
                topic_id=topic.pk, title=data["title"], question=data["question"], indicator_ids=form.indicator_ids, by=request.user,
                version=data["version"],
            ),
            context={"review": review, "title": f"Change a {review.topic_word}", "back_url": back},
        )  # fmt: skip
    except SomeoneElseChanged as clash:
        return _clash(request, review, clash.current, form)


def _clash(request: SignedInRequest, review: Review, saved: Any, form: TopicForm) -> HttpResponse:
    data, now = form.cleaned_data, [(str(one.pk), str(one)) for one in saved.indicators.all()]
    chosen = [(pk, words) for pk, words in form.indicator_choices if pk in data.get("indicators", ())]
    return clash_page(
        request, review=review, saved=Version(SAVED, saved.question, _facts(saved.title, now)),
        yours=Version(YOURS, data["question"], _facts(data["title"], chosen)),
        back_url=reverse("peerreview:review_topics", args=[review.pk]), mark=("version", saved.version),
    )  # fmt: skip


def _facts(title: str, indicators: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("Topic", title), *([("Indicators", ", ".join(words for _, words in indicators))] if indicators else [])]


@access(Permission.REVIEW_PLAN, kind="review")
def topic_remove(request: SignedInRequest, pk: int, topic_pk: int) -> HttpResponse:
    """Say what will go, then remove it."""
    review = arranged_review(request, pk)
    topic = get_object_or_404(review.topics, pk=topic_pk)
    asked = topic.evidence_asks.count()
    also = (
        [f"{counted(asked, 'document')} asked for this topic {'goes' if asked == 1 else 'go'} out of the evidence request."]
        if asked
        else []
    )
    return act(
        request,
        form=ActForm(posted(request), submit_label="Remove topic", submit_kind="warning"),
        done="Topic removed",
        then=reverse("peerreview:review_topics", args=[pk]),
        template="peerreview/act.html",
        call=lambda data: services.remove_topic(topic_id=topic.pk, by=request.user),
        context={
            "review": review,
            "title": f"Remove a {review.topic_word}",
            "lines": [f"This removes the topic “{topic.title}”.", *also],
            "back_url": reverse("peerreview:review_topics", args=[pk]),
        },
    )
