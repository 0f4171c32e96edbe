"""Pages of what both sides take from a visit: what each learnt, in its own words."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.learning import LearntForm
from peerreview.models import Learnt, Review, Side
from peerreview.queries.exchanges import count_exchanges
from peerreview.queries.learning import learnt_by_topic, shown_exchanges, shown_pledges
from peerreview.queries.pledges import count_pledges
from peerreview.queries.sides import hosts, side_of
from peerreview.services import learning as services
from peerreview.services.exchanges import AFTER_VISIT
from peerreview.services.leaving import RELEASING
from peerreview.views.clashes import SAVED, YOURS, clash_page
from peerreview.views.common import act, posted, review_context, visible_review
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def review_learning(request: SignedInRequest, pk: int) -> HttpResponse:
    """What each side learnt, pledges, exchanges; for the service of a review for learning also leaving and releasing it."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_learning")
    side = Side.TEAM if context["on_team"] else Side.SERVICE if hosts(review, request.user) else ""
    reads_names = not review.is_learning or bool(side) or context["plans"]
    pledges, exchanges = shown_pledges(review), shown_exchanges(review, request.user)
    learnt = list(review.learnt.select_related("topic", "written_by").order_by("topic__position", "pk"))
    context |= {
        "side": side, "may_write": bool(side) and review.status in services.LEARNING, "reads_names": reads_names,
        "learnt": [
            (heading, code == side, learnt_by_topic([one for one in learnt if one.side == code]))
            for heading, code in (("What the service learnt", Side.SERVICE), ("What the visiting team learnt", Side.TEAM))
        ],
        "pledge_counts": count_pledges(pledges), "pledges": pledges if reads_names else [],
        "exchange_counts": count_exchanges(row.exchange for row in exchanges), "exchanges": exchanges if reads_names else [],
        "acts": _host_acts(review) if side == Side.SERVICE else [],
        "may_ask": side == Side.SERVICE and review.status in AFTER_VISIT and request.user.has_permission(Permission.REVIEW_ANSWER),
    }  # fmt: skip
    return render(request, "peerreview/review_learning.html", context)


def _host_acts(review: Review) -> list[dict[str, str]]:
    """What the service alone decides about its review for learning."""
    may_release = review.is_learning and review.released_at is None and review.status in RELEASING
    acts = [("review_release", "Release this review to the hub")] if may_release else []
    acts += [("review_leave", "Leave this review")] if review.may_be_left else []
    return [{"url": reverse(f"peerreview:{name}", args=[review.pk]), "label": label} for name, label in acts]


@access(Permission.REVIEW_VIEW, kind="review")
def learnt_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down what one's own side learnt."""
    review = visible_review(request, pk)
    require(bool(side_of(review, request.user)))
    form = LearntForm(posted(request), review=review, initial={"topic": request.GET.get("topic", "")})
    back = reverse("peerreview:review_learning", args=[pk])
    return act(
        request, form=form, done="Saved: what your side learnt", then=back, template="peerreview/act.html",
        call=lambda data: services.write_learnt(
            review_id=pk, text=data["text"], topic_id=form.topic_id, by=request.user, client_id=form.sent_id
        ),
        context={"review": review, "title": "Add what your side learnt", "back_url": back, "lines": [_who_reads(review)]},
    )  # fmt: skip


@access(Permission.REVIEW_VIEW, kind="review")
def learnt_change(request: SignedInRequest, pk: int, learnt_pk: int) -> HttpResponse:
    """Change what one's own side wrote; a clash shows both texts and saves neither."""
    review, learnt = _own_learnt(request, pk, learnt_pk)
    form = LearntForm(posted(request), review=review, learnt=learnt)
    back = reverse("peerreview:review_learning", args=[pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_learnt(learnt_id=learnt.pk, text=data["text"], topic_id=form.topic_id, opened=data["opened"], by=request.user)
        except SomeoneElseChanged as clash:
            return _clash(request, review, clash.current, data)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved: what your side learnt")
            return redirect(back)
    context = {"review": review, "title": "Change what your side learnt", "back_url": back, "lines": [_who_reads(review)], "form": form}
    return render(request, "peerreview/act.html", context)


@access(Permission.REVIEW_VIEW, kind="review")
def learnt_remove(request: SignedInRequest, pk: int, learnt_pk: int) -> HttpResponse:
    """Take out what one's own side wrote."""
    review, learnt = _own_learnt(request, pk, learnt_pk)
    back = reverse("peerreview:review_learning", args=[pk])
    return act(
        request, form=ActForm(posted(request), submit_label="Remove", submit_kind="warning"), done="Removed", then=back,
        template="peerreview/act.html", call=lambda data: services.remove_learnt(learnt_id=learnt.pk, by=request.user),
        context={
            "review": review, "title": "Remove what your side learnt", "back_url": back,
            "lines": ["This text goes, and cannot be brought back:", learnt.text],
        },
    )  # fmt: skip


def _own_learnt(request: SignedInRequest, pk: int, learnt_pk: int) -> tuple[Review, Learnt]:
    review = visible_review(request, pk)
    learnt = get_object_or_404(review.learnt, pk=learnt_pk)
    require(side_of(review, request.user) == learnt.side)
    return review, learnt


def _who_reads(review: Review) -> str:
    if not review.is_learning:
        return "Both sides and the hub read this."
    if review.released_at:
        return "The people on this review read this, and the hub and the national team, to whom the service released it."
    return "Only the people on this review read this, until the service releases it to its hub."


def _clash(request: SignedInRequest, review: Review, saved: Any, data: dict[str, Any]) -> HttpResponse:
    return clash_page(
        request, review=review, saved=Version(SAVED, saved.text), yours=Version(YOURS, data["text"]),
        back_url=reverse("peerreview:review_learning", args=[review.pk]), mark=("opened", services.learnt_mark(saved)),
    )  # fmt: skip
