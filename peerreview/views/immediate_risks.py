"""Pages of a reported immediate risk for the lead reviewer, and the number to call during a visit for the hub."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.immediate_risks import ConfirmRiskForm, RiskCategoryForm, VisitPhoneForm
from peerreview.models import Finding
from peerreview.queries.teams import is_lead_reviewer
from peerreview.services import immediate_risks as services
from peerreview.views.common import act, arranged_review, posted
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

CHANGED = "Someone else changed this finding after you opened it. Nothing was saved. Read it as it is now, then decide."
TOLD = "The hub, the commissioners, the integrated care board, the national team and the trust's executive are told today."
LETTER = "A letter to the chief executive is due at once."


@access(Permission.REVIEW_CAPTURE, kind="finding")
def immediate_risk_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lead reviewer adds what the report lacks and confirms it."""
    finding = _lead_finding(request, pk)
    initial = {
        "recommendation": finding.recommendation, "topic": finding.topic_id or "", "indicator": finding.indicator_id or "",
        "version": finding.version,
    }  # fmt: skip
    form = ConfirmRiskForm(posted(request), review=finding.review, initial=initial)
    title, lines = "Confirm as immediate risk", [LETTER, TOLD, "After this the service can read the finding."]
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_immediate_risk(finding_id=pk, by=request.user, **form.as_arguments())
        except SomeoneElseChanged:
            return _changed(request, finding, ConfirmRiskForm(review=finding.review, initial=initial), title)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Immediate risk confirmed")
            return redirect("peerreview:finding_detail", pk=pk)
    return _page(request, finding, form, title, lines)


@access(Permission.REVIEW_CAPTURE, kind="finding")
def immediate_risk_category(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lead reviewer says that a reported risk is something else, and why."""
    finding = _lead_finding(request, pk)
    form = RiskCategoryForm(posted(request), review=finding.review, initial={"version": finding.version})
    title = "Change category"
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_risk_category(
                finding_id=pk, category=data["category"], reason=data["reason"], version=data["version"], by=request.user
            )
        except SomeoneElseChanged:
            fresh = RiskCategoryForm(review=finding.review, initial={"version": finding.version})
            return _changed(request, finding, fresh, title)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Category changed")
            return redirect("peerreview:finding_detail", pk=pk)
    return _page(request, finding, form, title, ["The hub is told that it is not an immediate risk. The finding stays a draft."])


@access(Permission.REVIEW_PLAN, kind="review")
def review_phone(request: SignedInRequest, pk: int) -> HttpResponse:
    """The hub gives the number to call during the visit."""
    review = arranged_review(request, pk)
    back = reverse("peerreview:review_detail", args=[pk])
    lines = ["The notice names it. Reviewers see it when they report an immediate risk, also on a phone that has no signal."]
    return act(
        request, form=VisitPhoneForm(posted(request), initial={"phone": review.visit_phone}), done="Phone number saved", then=back,
        template="peerreview/act.html", call=lambda data: services.set_visit_phone(review_id=pk, phone=data["phone"], by=request.user),
        context={"review": review, "title": "Phone number on the days of the visit", "lines": lines, "back_url": back},
    )  # fmt: skip


def _page(request: SignedInRequest, finding: Finding, form: object, title: str, lines: list[str], status: int = 200) -> HttpResponse:
    context = {
        "finding": finding, "review": finding.review, "title": title, "lines": lines, "form": form,
        "back_url": reverse("peerreview:finding_detail", args=[finding.pk]), "page_has_errors": status != 200,
    }  # fmt: skip
    return render(request, "peerreview/finding_act.html", context, status=status)


def _changed(request: SignedInRequest, finding: Finding, form: object, title: str) -> HttpResponse:
    return _page(request, finding, form, title, [CHANGED], status=409)


def _lead_finding(request: SignedInRequest, pk: int) -> Finding:
    visible = Finding.objects.for_user(request.user, Permission.FINDING_VIEW).for_display()
    finding = get_object_or_404(visible.select_related("review__procedure", "review__region", "review__visit_lead"), pk=pk)
    require(is_lead_reviewer(finding.review, request.user))
    return finding
