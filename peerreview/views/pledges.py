"""Pages of pledges: make one (by a page, or by a device that waited for a connection), say what came of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SIGNED_IN, SignedInRequest, access, require
from accounts.middleware import wants_json
from accounts.permissions import Permission
from peerreview.forms.learning import PledgeAnswerForm, PledgeForm
from peerreview.models import Pledge, Side
from peerreview.queries.pledges import own_pledges
from peerreview.queries.sides import side_of
from peerreview.services import pledges as services
from peerreview.views import device
from peerreview.views.common import act, posted, visible_review
from peerreview.views.device import faulty, kept, refused
from work.items import NextStep, day_words
from work.status import InvalidTransition


@access(Permission.REVIEW_VIEW, kind="review")
def pledge_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a pledge. A device is answered by the contract of ``views/device.py``; the same pledge sent twice is one."""
    if refusal := device.of_another(request):
        return refusal
    review = visible_review(request, pk)
    side = side_of(review, request.user)
    require(bool(side))
    asked = f"You will be asked what came of it on {day_words(services.ask_date(review))}. You can say “not done”."
    form = PledgeForm(posted(request), review=review, is_host=side == Side.SERVICE, asked_words=asked)
    back = reverse("peerreview:review_learning", args=[pk])
    if request.method == "POST" and wants_json(request):
        return _for_device(request, pk, form)
    if request.method == "POST" and form.is_valid():
        try:
            services.make_pledge(review_id=pk, by=request.user, **form.as_arguments())
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Pledge saved")
            return redirect(back)
    context = {"review": review, "title": "Make a pledge", "back_url": back, "form": form}
    return render(request, "peerreview/act.html", context)


def _for_device(request: SignedInRequest, pk: int, form: PledgeForm) -> HttpResponse:
    if not form.is_valid():
        return faulty(form)
    try:
        pledge = services.make_pledge(review_id=pk, by=request.user, **form.as_arguments())
    except InvalidTransition as error:
        return refused(str(error))
    return kept(pledge.client_id, pledge.made_at, ask_date=pledge.ask_date.isoformat())


@access(SIGNED_IN, kind="pledge")
def pledge_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's own pledge, for its maker alone, also when their place on the team has ended; from its day on, what came of it."""
    pledge = get_object_or_404(own_pledges(request.user), pk=pk)
    step = _step(pledge)
    if not services.may_answer(pledge):
        return render(request, "peerreview/pledge_detail.html", {"pledge": pledge, "review": pledge.review, "step": step})
    return act(
        request, form=PledgeAnswerForm(posted(request)), done="Answer saved", then=reverse("peerreview:pledge_detail", args=[pk]),
        call=lambda data: services.answer_pledge(pledge_id=pk, by=request.user, **data), template="peerreview/pledge_detail.html",
        context={"pledge": pledge, "review": pledge.review, "step": step},
    )  # fmt: skip


def _step(pledge: Pledge) -> NextStep:
    """What happens next with a pledge. It has a day on which it is asked about, and no deadline: nobody is late."""
    maker = f"{pledge.made_by.name}, who made it"
    if pledge.answered_at:
        return NextStep(
            "Nothing more: you said what came of it", maker, note=f"Done on {day_words(timezone.localdate(pledge.answered_at))}"
        )
    if services.may_answer(pledge):
        return NextStep("You say what came of it", maker, note=f"Asked on {day_words(pledge.ask_date)}. There is no deadline.")
    return NextStep("You will be asked what came of it", maker, note=f"On {day_words(pledge.ask_date)}")
