"""Pages of findings: the list, one finding, recording, changing, withdrawing, an immediate risk."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.middleware import wants_json
from accounts.permissions import Permission
from peerreview.facts import links_of_finding
from peerreview.forms.common import ReasonForm
from peerreview.forms.finding_record import FindingForm
from peerreview.forms.findings import ImmediateRiskForm
from peerreview.models import Finding, FindingAction, Review
from peerreview.queries.agreements import agreed_how, members_asked, voices_of
from peerreview.queries.finding_list import listed_findings
from peerreview.queries.findings import without_action
from peerreview.queries.immediate_risks import reported_words, whom_to_tell
from peerreview.queries.pathway import steps_of
from peerreview.queries.plans import plans_drafted_by
from peerreview.queries.speaking import speaks_for
from peerreview.queries.teams import is_lead_reviewer, is_on_team
from peerreview.services import findings as services
from peerreview.services.rechecks import is_put_right, may_be_acted_on
from peerreview.views import device
from peerreview.views.clashes import SAVED, YOURS, clash_page
from peerreview.views.common import act, posted, review_context, visible_review
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition


@access(Permission.FINDING_VIEW, methods="GET", kind="review")
def finding_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Findings, good practice first, in a pathway step by step; the service reads those that the team agreed."""
    review = visible_review(request, pk)
    context = review_context(request, review, "finding_list")
    visible = Finding.objects.for_user(request.user, Permission.FINDING_VIEW).filter(review=review).for_display()
    members = members_asked(review) if context["works_on"] and review.status == Review.Status.VISITING else []
    if members:
        visible = visible.prefetch_related("agreements")
    rows = list(visible)
    standing = [finding for finding in rows if finding.status != Finding.Status.WITHDRAWN]
    may_draft = plans_drafted_by(request.user, review)
    context |= {
        "steps": listed_findings(review, standing, members=members, user=request.user),
        "withdrawn": [finding for finding in rows if finding.status == Finding.Status.WITHDRAWN] if context["works_on"] else [],
        "may_record": context["on_team"] and review.status == Review.Status.VISITING,
        "may_draft_actions": bool(may_draft) and without_action(review).filter(service__in=may_draft).exists(),
    }
    return render(request, "peerreview/finding_list.html", context)


@access(Permission.FINDING_VIEW, methods="GET", kind="finding")
def finding_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One finding with what it rests on, its tags, its letter and its actions."""
    finding = visible_finding(request, pk)
    review = finding.review
    context = review_context(request, review, "finding_list")
    links = FindingAction.objects.filter(finding=finding).select_related("action__owner")
    letter = getattr(finding, "letter", None)
    is_draft, is_visiting = finding.status == Finding.Status.DRAFT, review.status == Review.Status.VISITING
    context |= {
        "finding": finding,
        "actions": [link.action for link in links],
        "is_lead": is_lead_reviewer(review, request.user),
        "reported": reported_words(finding) if is_draft and finding.category == Finding.Category.IMMEDIATE_RISK else "",
        "links": links_of_finding(request.user, finding),
        "letter": letter if letter and (context["works_on"] or letter.sent_at) else None,
        "may_change": is_draft and context["on_team"] and is_visiting,
        "step_words": _step_words(finding),
        **_agreement(finding, works_on=context["works_on"]),
        **_follow_up(request, finding, plans=context["plans"]),
        "may_draft_action": bool(finding.recommendation)
        and finding.agreed_at
        and finding.status not in ("WITHDRAWN", "CLOSED")
        and finding.service in plans_drafted_by(request.user, review),
    }
    return render(request, "peerreview/finding_detail.html", context)


def _step_words(finding: Finding) -> str:
    """Which step of a pathway the finding is about; empty where the review is no pathway."""
    if not finding.review.is_pathway:
        return ""
    return next((step.words for step in steps_of(finding.review) if step.service.pk == finding.service_id), "")


def _agreement(finding: Finding, *, works_on: bool) -> dict[str, Any]:
    """What the team said of the finding, for those who visit and arrange; dissent stays on record after the agreement."""
    if not works_on:
        return {"voices": [], "agreed": None}
    if finding.status == Finding.Status.DRAFT:
        return {"voices": voices_of(finding, members_asked(finding.review), version=finding.version), "agreed": None}
    agreed = agreed_how(finding)
    members = [member for member in finding.review.team.select_related("user").order_by("pk") if member.is_cleared]
    return {"voices": voices_of(finding, members, version=agreed.version) if agreed else [], "agreed": agreed}


def _follow_up(request: SignedInRequest, finding: Finding, *, plans: bool) -> dict[str, Any]:
    """The rounds of what was done and what the hub saw, and what this person can add."""
    rounds = list(finding.rechecks.select_related("acted_by", "checked_by").prefetch_related("evidence"))
    is_open = may_be_acted_on(finding)
    return {
        "rounds": rounds,
        "put_right": is_put_right(finding),
        "may_recheck": plans and is_open,
        "may_say_acted": is_open and speaks_for(request.user, finding.service),
        "waits_for_check": any(one.checked_at is None for one in rounds),
    }


@access(Permission.REVIEW_CAPTURE, kind="review")
def finding_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a finding."""
    review = _team_review(request, pk)
    form = FindingForm(posted(request), review=review)
    return act(
        request,
        form=form,
        done="Finding saved",
        then=reverse("peerreview:finding_list", args=[pk]),
        template="peerreview/finding_form.html",
        call=lambda data: services.record_finding(review_id=pk, content=form.content(), by=request.user, client_id=form.sent_id),
        context={"review": review, "title": "Record a finding", "back_url": reverse("peerreview:finding_list", args=[pk])},
    )


@access(Permission.REVIEW_CAPTURE, kind="finding")
def finding_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a draft; a clash shows both texts and saves neither."""
    finding = team_finding(request, pk)
    form = FindingForm(posted(request), review=finding.review, initial=FindingForm.initial_of(finding))
    back = reverse("peerreview:finding_detail", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            services.change_finding(finding_id=pk, content=form.content(), version=form.cleaned_data["version"], by=request.user)
        except SomeoneElseChanged as clash:
            return _clash(request, clash, form)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Finding saved")
            return redirect(back)
    return render(
        request, "peerreview/finding_form.html", {"form": form, "review": finding.review, "title": "Change a finding", "back_url": back}
    )


def _clash(request: SignedInRequest, clash: SomeoneElseChanged, form: FindingForm) -> HttpResponse:
    saved = clash.current
    assert isinstance(saved, Finding)  # noqa: S101 (for the type checker: change_finding raises it with the finding)
    data = form.cleaned_data
    now = Version(
        SAVED,
        f"{saved.what_was_seen}\n\n{saved.recommendation}",
        [("Category", saved.get_category_display()), ("Status", saved.get_status_display())],
    )
    yours = Version(YOURS, f"{data['what_was_seen']}\n\n{data['recommendation']}", [("Category", Finding.Category(data["category"]).label)])
    return clash_page(
        request, review=saved.review, saved=now, yours=yours, back_url=reverse("peerreview:finding_detail", args=[saved.pk]),
        mark=("version", saved.version), may_keep=saved.status == Finding.Status.DRAFT,
    )  # fmt: skip


def _withdraw(request: SignedInRequest, pk: int, data: dict[str, Any]) -> None:
    """Withdraw what the person read: a finding that was agreed or changed since stays, and they look again."""
    try:
        services.withdraw_finding(finding_id=pk, reason=data["reason"], by=request.user, version=data["version"])
    except SomeoneElseChanged as changed:
        raise InvalidTransition("Someone else changed this finding after you opened it. Look at it again first.") from changed


@access(Permission.REVIEW_CAPTURE, kind="finding")
def finding_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a finding with a reason: a draft by the team, an agreed one by its lead."""
    finding = team_finding(request, pk)
    require(finding.status == Finding.Status.DRAFT or is_lead_reviewer(finding.review, request.user))
    form = ReasonForm(
        posted(request), submit_label="Withdraw finding", submit_kind="warning", label="Why do you withdraw it?",
        required_message="Enter a reason for withdrawing this finding", initial={"version": finding.version},
    )  # fmt: skip
    return act(
        request,
        form=form,
        done="Finding withdrawn",
        then=reverse("peerreview:finding_list", args=[finding.review_id]),
        template="peerreview/finding_act.html",
        call=lambda data: _withdraw(request, pk, data),
        context={
            "finding": finding,
            "review": finding.review,
            "title": "Withdraw a finding",
            "lines": [],
            "back_url": reverse("peerreview:finding_detail", args=[pk]),
        },
    )


@access(Permission.REVIEW_CAPTURE, kind="review")
def immediate_risk_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Report danger in three fields, from the page or from a device that was without a connection."""
    if refusal := device.of_another(request):
        return refusal
    review = _team_review(request, pk)
    form = ImmediateRiskForm(posted(request), review=review)
    if request.method == "POST" and not form.is_valid() and wants_json(request):
        return device.faulty(form)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in ("what", "where", "told", "client_id")}
        try:
            finding = services.report_immediate_risk(review_id=pk, service_id=data["service"].pk, by=request.user, **chosen)
        except InvalidTransition as error:
            if wants_json(request):
                return device.refused(str(error))
            form.add_error(None, str(error))
        else:
            words = reported_words(finding)
            if wants_json(request):
                return device.kept(data["client_id"] or uuid.uuid4(), finding.recorded_at, words=words)
            messages.success(request, words)
            return redirect("peerreview:finding_detail", pk=finding.pk)
    context = {"form": form, "review": review, "whom": whom_to_tell(review), "back_url": reverse("peerreview:review_visit", args=[pk])}
    return render(request, "peerreview/immediate_risk_report.html", context)


def visible_finding(request: SignedInRequest, pk: int) -> Finding:
    """The finding when this person may read it, else 404."""
    visible = Finding.objects.for_user(request.user, Permission.FINDING_VIEW).for_display()
    return get_object_or_404(visible.select_related("review__procedure", "review__region", "review__visit_lead", "letter"), pk=pk)


def team_finding(request: SignedInRequest, pk: int) -> Finding:
    """The finding for members of its team; 404 out of scope, 403 for others in scope."""
    finding = visible_finding(request, pk)
    require(is_on_team(finding.review, request.user))
    return finding


def _team_review(request: SignedInRequest, pk: int) -> Review:
    review = visible_review(request, pk)
    require(is_on_team(review, request.user))
    return review
