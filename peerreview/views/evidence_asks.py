"""Pages of the evidence request: the hub asks, the service answers with what is filed or a new document, or says why it cannot."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.preparation import AskAnswerForm, AskChangeForm, AskForm
from peerreview.models import EvidenceAsk, Review
from peerreview.queries import evidence_asks as queries
from peerreview.queries.part_steps import ask_step
from peerreview.queries.teams import arranges, services_answered_by
from peerreview.services import evidence_asks as services
from peerreview.views.clashes import SAVED, YOURS, clash_page
from peerreview.views.common import act, arranged_review, files_of, posted, review_context, visible_review
from surveillance.models import EvidenceItem
from surveillance.services import held
from surveillance.services.clash import SomeoneElseChanged
from surveillance.uploads import UploadRefused
from surveillance.views.evidence_asking import as_initial, ask_about_nhs_number, went_back
from work.items import NextStep
from work.status import InvalidTransition


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def evidence_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is asked of the service, why, and how it was answered."""
    review = visible_review(request, pk)
    context = review_context(request, review, "evidence_request")
    own = {service.pk for service in services_answered_by(review, request.user)}
    may_answer = bool(own) and review.status in services.ANSWERING
    may_ask = context["plans"] and review.status in services.ASKING
    asks = queries.asks_for(review, request.user, works_on=context["works_on"])
    rows = queries.rows_of(review, asks, with_offers=may_ask or may_answer)
    due = queries.day_of_evidence(review)
    context |= {
        "rows": rows, "summary": queries.summary_words(rows), "open": queries.open_words(rows) if rows else "",
        "clock": NextStep("", "", due) if due else None, "may_ask": may_ask, "own": own if may_answer else set(),
        "may_choose": may_ask or may_answer, "several": len(context["services"]) > 1,
        "may_send": context["plans"] and not review.evidence_requested_at and review.status in services.SENDING and bool(rows),
    }  # fmt: skip
    return render(request, "peerreview/evidence_request.html", context)


@access(Permission.REVIEW_PLAN, kind="review")
def ask_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for a document, for a topic or a key indicator only."""
    review = arranged_review(request, pk)
    of_review = review.services.select_related("provider", "network")
    form = AskForm(posted(request), review=review, services=of_review, key_indicators=queries.key_indicators_of(review))
    back = reverse("peerreview:evidence_request", args=[pk])
    limit = "a learning question" if review.is_learning else "one of the focus topics or a key indicator"
    return act(
        request, form=form, done="Added to the request", then=back, template="peerreview/act.html",
        call=lambda data: services.ask_for_document(
            review_id=pk, service_id=data["service"].pk, what=data["what"], why=data["why"], by=request.user, client_id=form.sent_id,
            **form.chosen,
        ),
        context={
            "review": review, "title": "Ask for a document", "back_url": back,
            "lines": [f"Ask only for what the team needs for {limit}. What is filed already is offered beside it."],
        },
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def ask_change(request: SignedInRequest, pk: int, ask_pk: int) -> HttpResponse:
    """Say better which document is meant, or why; a clash shows both and saves neither."""
    review = arranged_review(request, pk)
    ask = get_object_or_404(review.evidence_asks, pk=ask_pk)
    back = reverse("peerreview:evidence_request", args=[pk])
    form = AskChangeForm(posted(request), initial={"what": ask.what, "why": ask.why, "version": ask.version})
    try:
        return act(
            request, form=form, done="Request changed", then=back, template="peerreview/act.html",
            call=lambda data: services.change_ask(ask_id=ask.pk, by=request.user, **data),
            context={"review": review, "title": "Change what is asked for", "lines": [], "back_url": back},
        )  # fmt: skip
    except SomeoneElseChanged as clash:
        saved: Any = clash.current
        data = form.cleaned_data
        return clash_page(
            request, review=review, saved=Version(SAVED, saved.why, [("Document", saved.what)]),
            yours=Version(YOURS, data["why"], [("Document", data["what"])]), back_url=back, mark=("version", saved.version),
        )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def ask_remove(request: SignedInRequest, pk: int, ask_pk: int) -> HttpResponse:
    """Say what will go, then remove it."""
    review = arranged_review(request, pk)
    ask = get_object_or_404(review.evidence_asks, pk=ask_pk)
    back = reverse("peerreview:evidence_request", args=[pk])
    lines = [f"This takes “{ask.what}” out of the request.", *(["The document that answers it stays filed."] if ask.item_id else [])]
    return act(
        request, form=ActForm(posted(request), submit_label="Remove from the request", submit_kind="warning"),
        done="Removed from the request", then=back, template="peerreview/act.html",
        call=lambda data: services.remove_ask(ask_id=ask.pk, by=request.user),
        context={"review": review, "title": "Remove from the request", "lines": lines, "back_url": back},
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def evidence_request_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the list to the service once it is ready."""
    review = arranged_review(request, pk)
    rows = queries.rows_of(review, queries.asks_for(review, request.user, works_on=True), with_offers=False)
    back = reverse("peerreview:evidence_request", args=[pk])
    lines = [queries.summary_words(rows), "The leads of the service get a mail. What you add later is marked, and they see it at once."]
    return act(
        request, form=ActForm(posted(request), submit_label="Send the request"), done="Evidence request sent", then=back,
        template="peerreview/act.html", call=lambda data: services.send_request(review_id=pk, by=request.user),
        context={"review": review, "title": "Send the evidence request", "lines": lines, "back_url": back},
    )  # fmt: skip


@access(Permission.REVIEW_VIEW, methods="POST", kind="review")
def ask_choose(request: SignedInRequest, pk: int, ask_pk: int, item_pk: int) -> HttpResponse:
    """Let a document that is filed already answer an ask; by the service, or by the hub that found it."""
    review = visible_review(request, pk)
    ask = get_object_or_404(review.evidence_asks, pk=ask_pk)
    require(_may_choose(request, review, ask))
    get_object_or_404(EvidenceItem.objects.for_user(request.user, Permission.EVIDENCE_VIEW), pk=item_pk)
    try:
        services.choose_document(ask_id=ask.pk, item_id=item_pk, by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{ask.what} is answered")
    return redirect(f"{reverse('peerreview:evidence_request', args=[pk])}#ask-{ask.pk}")


@access(Permission.REVIEW_ANSWER, kind="review")
def ask_answer(request: SignedInRequest, pk: int, ask_pk: int) -> HttpResponse:
    """The service answers: a filed document, a new one, or why it cannot."""
    review = visible_review(request, pk)
    ask = get_object_or_404(queries.asks_for(review, request.user, works_on=False), pk=ask_pk)
    require(ask.service_id in {service.pk for service in services_answered_by(review, request.user)})
    documents = queries.fitting_documents(ask).order_by("title", "pk")
    if went_back(request):
        form = AskAnswerForm(ask=ask, documents=documents, initial=as_initial(request, several=()))
    else:
        initial = {
            "source": "CANNOT" if ask.cannot_reason else "FILED" if ask.item_id else "",
            "item": ask.item_id,
            "reason": ask.cannot_reason,
        }
        form = AskAnswerForm(posted(request), files_of(request), ask=ask, documents=documents, initial=initial)
    back = reverse("peerreview:evidence_request", args=[pk])
    if form.is_bound and form.is_valid():
        if asked := ask_about_nhs_number(request, form):
            return asked
        if form.is_valid() and _answered(request, ask, form):
            messages.success(request, f"{ask.what} is answered")
            return redirect(f"{back}#ask-{ask.pk}")
    context = {
        "review": review,
        "ask": ask,
        "form": form,
        "back_url": back,
        "offered": queries.offered_for(ask),
        "step": ask_step(review, ask, request.user),
    }
    return render(request, "peerreview/ask_answer.html", context)


def _answered(request: SignedInRequest, ask: EvidenceAsk, form: AskAnswerForm) -> bool:
    """One service call by how they answer; a refusal stands on the form."""
    data: dict[str, Any] = form.cleaned_data
    try:
        if data["source"] == "FILED":
            services.choose_document(ask_id=ask.pk, item_id=data["item"].pk, by=request.user)
        elif data["source"] == "CANNOT":
            services.say_cannot(ask_id=ask.pk, reason=data["reason"], by=request.user)
        else:
            content = form.content
            if "upload" in content and data["held"]:
                content["checked"] = held.take_held(data["held"], by=request.user)
            services.file_document(ask_id=ask.pk, title=data["title"], content=content, by=request.user)
            held.release(data["held"])
    except InvalidTransition as error:
        form.add_error(None, str(error))
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
    return not form.errors


def _may_choose(request: SignedInRequest, review: Review, ask: EvidenceAsk) -> bool:
    """The service's lead once it is asked, and who arranges the review."""
    if arranges(review, request.user):
        return True
    own = {service.pk for service in services_answered_by(review, request.user)}
    return ask.service_id in own and bool(review.evidence_requested_at)
