"""What follows a visit: progress checks, and what changed under an impact domain."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.afterwards import ImpactForm, ProgressForm
from peerreview.models import Finding, ImpactEvidence, Review
from peerreview.queries.impact import actions_of, changes_of, was_filed
from peerreview.queries.progress import progress_rows
from peerreview.queries.speaking import services_spoken_for
from peerreview.services.impact import file_impact_evidence
from peerreview.services.progress import record_progress_check
from peerreview.views.attaching import attach_form, attached_ids
from peerreview.views.common import SENT_ALREADY, posted, review_context, visible_review
from surveillance.models import Action
from surveillance.uploads import UploadRefused
from surveillance.views.evidence_asking import ask_about_nhs_number
from work.status import InvalidTransition

OPEN_FINDINGS = (Finding.Status.OPEN, Finding.Status.RECHECK_DUE, Finding.Status.AMENDED)
ENDED_ACTIONS = (Action.Status.VERIFIED,)


@access(Permission.FINDING_VIEW, kind="review")
def review_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """Progress checks of the procedure with what each showed, what is still open, and what changed; the hub records the next."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_progress")
    rows = progress_rows(review)
    upcoming = next((row for row in rows if row.check is None), None)
    if request.method == "POST":
        require(context["plans"])
    form = ProgressForm(posted(request), initial={"milestone_code": upcoming.code if upcoming else ""})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            record_progress_check(review_id=pk, milestone_code=data["milestone_code"], what_was_seen=data["what_was_seen"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Progress check recorded")
            return redirect("peerreview:review_progress", pk=pk)
    may_record = context["plans"] and review.status == Review.Status.FOLLOW_UP and upcoming is not None
    shown = form if may_record or form.is_bound else None
    return render(
        request, "peerreview/review_progress.html", context | _state(review) | {"rows": rows, "upcoming": upcoming, "form": shown}
    )


def _state(review: Review) -> dict[str, Any]:
    """What is open and what changed, for the check."""
    open_rows = review.findings.agreed().filter(status__in=OPEN_FINDINGS).exclude(rechecks__outcome="PUT_RIGHT")
    actions = actions_of(review)
    return {
        "open_findings": open_rows.select_related("service__provider", "service__network").order_by("recheck_date", "pk"),
        "open_actions": [action for action in actions if action.status not in ENDED_ACTIONS],
        "action_count": len(actions),
        "changes": changes_of(review),
    }


@access(Permission.FINDING_VIEW, kind="review")
def impact_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """File for a service what changed after the visit."""
    review = visible_review(request, pk)
    services = services_spoken_for(request.user, review)
    require(bool(services))
    form = attach_form(request, ImpactForm, review=review, services=services, initial={})
    if form.is_bound and was_filed(review, form.sent_id, request.user):  # a file that was held for the first press is gone by the second
        messages.success(request, SENT_ALREADY)
        return redirect("peerreview:review_impact", pk=pk)
    if request.method == "POST" and form.is_bound and form.is_valid():
        if asked := ask_about_nhs_number(request, form):
            return asked
        if form.is_valid() and (filed := _filed(request, review, form)):
            messages.success(request, SENT_ALREADY if filed.is_repeat else "What changed is filed")
            return redirect("peerreview:review_impact", pk=pk)
    context = {
        "review": review, "title": "What changed after the visit?", "form": form,
        "lines": ["Everybody who reads the findings of this review reads this too."],
        "back_url": reverse("peerreview:review_impact", args=[pk]),
    }  # fmt: skip
    return render(request, "peerreview/act.html", context)


def _filed(request: SignedInRequest, review: Review, form: ImpactForm) -> ImpactEvidence | None:
    """File what changed with its document; None when it was refused, and the refusal stands on the form."""
    data = form.cleaned_data

    def attach() -> int | None:
        return next(iter(attached_ids(request, form, data["service"].pk)), None)

    try:
        return file_impact_evidence(
            review_id=review.pk, service_id=data["service"].pk, domain=data["domain"], what_changed=data["what_changed"],
            client_id=form.sent_id, attach=attach, by=request.user,
        )  # fmt: skip
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
    except InvalidTransition as error:
        form.add_error(None, str(error))
    return None
