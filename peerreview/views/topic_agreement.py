"""Pages on which hub and service agree the focus topics."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.models import User
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.preparation import TopicsAnswerForm
from peerreview.models import Review
from peerreview.queries.part_steps import topics_step
from peerreview.queries.teams import services_answered_by
from peerreview.queries.topic_agreement import agreement_words, day_of_topics, noun, sent_at, topics_mark
from peerreview.services import topic_agreement as services
from peerreview.views.common import act, arranged_review, posted, visible_review
from surveillance.services.clash import SomeoneElseChanged
from work.items import day_words


@access(Permission.REVIEW_PLAN, kind="review")
def topics_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the topics to the service."""
    review = arranged_review(request, pk)
    due, what, back = day_of_topics(review), noun(review), reverse("peerreview:review_topics", args=[pk])
    until = f" by {day_words(due)}" if due else ""
    return act(
        request, form=ActForm(posted(request), submit_label="Send to the service"), done=f"{what.capitalize()} sent to the service",
        then=back, template="peerreview/act.html", call=lambda data: services.send_topics(review_id=pk, by=request.user),
        context={
            "review": review, "title": f"Send the {what} to the service", "back_url": back,
            "lines": [
                f"The service's lead agrees them or comments{until}. If it does not answer, you can go on after that day.",
                "If you change one afterwards, they are not agreed any more, and you send them again.",
            ],
        },
    )  # fmt: skip


@access(Permission.REVIEW_ANSWER, kind="review")
def topics_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """The service agrees the topics, or says what should change; it answers for the topics that it read."""
    review = visible_review(request, pk)
    require(bool(services_answered_by(review, request.user)))
    form, back = TopicsAnswerForm(posted(request), initial={"read": topics_mark(review)}), reverse("peerreview:review_topics", args=[pk])
    try:
        return act(
            request, form=form, done="Answer sent", then=back, template="peerreview/topics_answer.html",
            context=_answering(review, request.user),
            call=lambda data: services.answer_topics(
                review_id=pk, agrees=form.agrees, comment=form.comment, by=request.user, read=data["read"]
            ),
        )  # fmt: skip
    except SomeoneElseChanged:
        return _read_again(request, visible_review(request, pk))


def _answering(review: Review, user: User) -> dict[str, Any]:
    sent, what = sent_at(review), noun(review)
    return {
        "review": review, "title": f"Agree the {what}", "back_url": reverse("peerreview:review_topics", args=[review.pk]),
        "topics": review.topics.prefetch_related("indicators"), "words": agreement_words(review, sent),
        "hide_form": not sent or bool(review.topics_agreed_at), "step": topics_step(review, sent, user),
    }  # fmt: skip


def _read_again(request: SignedInRequest, review: Review) -> HttpResponse:
    """The topics changed while they were read: 409 with them as they are now, and with the answer that was not sent."""
    sent = request.POST.copy()
    sent["read"] = topics_mark(review)
    form = TopicsAnswerForm(sent)
    form.full_clean()
    form.add_error(None, f"The {noun(review)} changed after you opened this page. Your answer was not sent. Read them as they are now.")
    said = form.cleaned_data.get("change") or form.cleaned_data.get("remark", "")
    return render(request, "peerreview/topics_answer.html", _answering(review, request.user) | {"form": form, "said": said}, status=409)
