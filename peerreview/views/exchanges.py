"""Pages of exchanges: ask a reviewer after the visit, agree or decline, record that it took place."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.access import SIGNED_IN, SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.learning import ExchangeAnswerForm, ExchangeForm, HappenedForm
from peerreview.models import Exchange
from peerreview.queries.exchanges import exchanges_open_to, reviewers_to_ask
from peerreview.queries.sides import hosts
from peerreview.services import exchanges as services
from peerreview.views.common import act, posted, visible_review
from work.items import NextStep, day_words

Status = Exchange.Status


@access(Permission.REVIEW_ANSWER, kind="review")
def exchange_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask a reviewer for a return visit, a call or a document."""
    review = visible_review(request, pk)
    require(hosts(review, request.user))
    people = reviewers_to_ask(review)
    form = ExchangeForm(posted(request), review=review, people=people)
    back = reverse("peerreview:review_learning", args=[pk])
    lines = ["The reviewer gets a mail and can agree or decline. Neither of you has to."]
    if not people:
        lines = ["Nobody was on the visiting team to its end, so there is nobody to ask."]
    return act(
        request, form=form, done="Request sent", then=back, template="peerreview/act.html",
        call=lambda data: services.ask_exchange(review_id=pk, by=request.user, **form.as_arguments()),
        context={"review": review, "title": "Ask a reviewer for an exchange", "back_url": back, "lines": lines, "hide_form": not people},
    )  # fmt: skip


@access(SIGNED_IN, kind="exchange")
def exchange_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """An exchange, for the reviewer who was asked and the service that asked: the answer, then the day on which it took place."""
    exchange = get_object_or_404(exchanges_open_to(request.user), pk=pk)
    is_asked = exchange.asked_of_id == request.user.pk
    form: Any = None
    done = ""
    if exchange.status == Status.ASKED and is_asked:
        form, done = ExchangeAnswerForm(posted(request)), "Answer sent"
    elif exchange.status == Status.AGREED:
        form, done = HappenedForm(posted(request)), "Recorded: it took place"
    if form is None and request.method == "POST":  # a second press: the page says how it stands
        return redirect("peerreview:exchange_detail", pk=pk)

    def call(data: dict[str, Any]) -> object:
        if isinstance(form, ExchangeAnswerForm):
            return services.answer_exchange(exchange_id=pk, agrees=form.agrees, note=form.note, by=request.user)
        return services.record_exchange(exchange_id=pk, happened_on=data["happened_on"], by=request.user)

    return act(
        request, form=form, done=done, then=reverse("peerreview:exchange_detail", args=[pk]), call=call,
        template="peerreview/exchange_detail.html",
        context={"exchange": exchange, "review": exchange.review, "is_asked": is_asked, "step": _step(exchange)},
    )  # fmt: skip


def _step(exchange: Exchange) -> NextStep:
    """What happens next with an exchange; nobody has a deadline."""
    both = f"{exchange.asked_of.name} and {exchange.asked_by.name}"
    no_deadline = "No date is set"
    if exchange.status == Status.ASKED:
        return NextStep("The reviewer agrees or declines", exchange.asked_of.name, note=no_deadline)
    if exchange.status == Status.AGREED:
        return NextStep("It takes place, and one of you records the day", both, note=no_deadline)
    if exchange.happened_on:
        return NextStep("Nothing more: it took place", both, note=f"Done on {day_words(exchange.happened_on)}")
    return NextStep("Nothing more: the reviewer declined", both, note="Closed")
