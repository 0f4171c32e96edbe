"""Pages of findings: the list, one finding, recording, agreeing, withdrawing, checking again, actions from it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from peerreview.forms.common import ActForm, ReasonForm
from peerreview.forms.findings import DueDateForm, FindingActionForm, FindingForm, ImmediateRiskForm, RecheckForm
from peerreview.models import Finding, FindingAction, Review
from peerreview.queries import findings as queries
from peerreview.queries.milestones import milestone_date
from peerreview.queries.teams import arranges, is_lead_reviewer, is_on_team
from peerreview.services import actions as action_services
from peerreview.services import findings as services
from peerreview.views.common import act, posted, review_context, visible_review
from surveillance.queries.people import leads_of
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition


@access(Permission.FINDING_VIEW, methods="GET", kind="review")
def finding_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Findings, good practice first; the service reads those that the team agreed."""
    review = visible_review(request, pk)
    context = review_context(request, review, "finding_list")
    visible = Finding.objects.for_user(request.user, Permission.FINDING_VIEW).filter(review=review).for_display()
    context |= {
        "groups": queries.findings_by_category(review, visible.exclude(status=Finding.Status.WITHDRAWN)),
        "withdrawn": [finding for finding in visible if finding.status == Finding.Status.WITHDRAWN] if context["works_on"] else [],
        "may_record": context["on_team"] and review.status == Review.Status.VISITING,
        "may_draft_actions": _may_draft(request, review) and queries.without_action(review).exists(),
    }
    return render(request, "peerreview/finding_list.html", context)


@access(Permission.FINDING_VIEW, methods="GET", kind="finding")
def finding_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One finding with what it rests on, its tags, its letter and its actions."""
    finding = _visible_finding(request, pk)
    review = finding.review
    context = review_context(request, review, "finding_list")
    links = FindingAction.objects.filter(finding=finding).select_related("action__owner")
    is_draft = finding.status == Finding.Status.DRAFT
    letter = getattr(finding, "letter", None)
    context |= {
        "finding": finding,
        "actions": [link.action for link in links],
        "is_lead": is_lead_reviewer(review, request.user),
        "letter": letter if letter and (context["works_on"] or letter.sent_at) else None,
        "may_change": is_draft and context["on_team"] and review.status == Review.Status.VISITING,
        "may_recheck": context["plans"] and finding.status in (Finding.Status.OPEN, Finding.Status.RECHECK_DUE),
        "may_draft_action": bool(finding.recommendation)
        and finding.agreed_at
        and finding.status not in ("WITHDRAWN", "CLOSED")
        and _may_draft(request, review),
    }
    return render(request, "peerreview/finding_detail.html", context)


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
        call=lambda data: services.record_finding(review_id=pk, content=form.content(), by=request.user),
        context={"review": review, "title": "Record a finding", "back_url": reverse("peerreview:finding_list", args=[pk])},
    )


@access(Permission.REVIEW_CAPTURE, kind="finding")
def finding_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a draft; a clash shows both texts and saves neither."""
    finding = _team_finding(request, pk)
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
        "Saved now",
        f"{saved.what_was_seen}\n\n{saved.recommendation}",
        [("Category", saved.get_category_display()), ("Status", saved.get_status_display())],
    )
    yours = Version(
        "Yours, not saved", f"{data['what_was_seen']}\n\n{data['recommendation']}", [("Category", Finding.Category(data["category"]).label)]
    )
    context: dict[str, Any] = {
        "saved": now,
        "yours": yours,
        "caption": saved.review.title,
        "back_url": reverse("peerreview:finding_detail", args=[saved.pk]),
    }
    context |= {
        "kept": [
            (name, value)
            for name, values in _with_version(request, saved.version).lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ]
    }
    context |= {"keep_url": reverse("peerreview:finding_change", args=[saved.pk]) if saved.status == Finding.Status.DRAFT else ""}
    return render(request, "peerreview/clash.html", context, status=409)


def _with_version(request: SignedInRequest, version: int) -> Any:
    """What the person sent, on top of the version that is saved now: for "Keep yours"."""
    sent = request.POST.copy()
    sent["version"] = str(version)
    return sent


@access(Permission.REVIEW_CAPTURE, kind="finding")
def finding_agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lead reviewer agrees a finding; an immediate risk is thereby confirmed."""
    finding = _team_finding(request, pk)
    require(is_lead_reviewer(finding.review, request.user))
    is_risk = finding.category == Finding.Category.IMMEDIATE_RISK
    label = "Confirm as immediate risk" if is_risk else "Agree this finding"
    told = "The commissioner, the integrated care board and the national team are told today."
    lines = [f"A letter to the chief executive is due at once. {told}"] if is_risk else []
    lines.append("After this the service can read the finding, and the team can no longer change it.")
    form = ActForm(posted(request), submit_label=label, initial={"version": finding.version})
    detail = reverse("peerreview:finding_detail", args=[pk])
    try:
        return act(
            request,
            form=form,
            done="Immediate risk confirmed" if is_risk else "Finding agreed",
            then=detail,
            template="peerreview/finding_act.html",
            call=lambda data: services.agree_finding(finding_id=pk, version=data["version"], by=request.user),
            context={"finding": finding, "review": finding.review, "title": label, "lines": lines, "back_url": detail},
        )
    except SomeoneElseChanged:
        form = ActForm(submit_label=label, initial={"version": finding.version})
        changed = ["Someone else changed this finding after you opened it. Nothing was agreed. Read it as it is now, then decide.", *lines]
        context = {
            "finding": finding,
            "review": finding.review,
            "title": label,
            "lines": changed,
            "form": form,
            "back_url": detail,
            "page_has_errors": True,
        }
        return render(request, "peerreview/finding_act.html", context, status=409)


@access(Permission.REVIEW_CAPTURE, kind="finding")
def finding_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a finding with a reason: a draft by the team, an agreed one by its lead."""
    finding = _team_finding(request, pk)
    require(finding.status == Finding.Status.DRAFT or is_lead_reviewer(finding.review, request.user))
    form = ReasonForm(
        posted(request), submit_label="Withdraw finding", submit_kind="warning", label="Why do you withdraw it?",
        required_message="Enter a reason for withdrawing this finding",
    )  # fmt: skip
    return act(
        request,
        form=form,
        done="Finding withdrawn",
        then=reverse("peerreview:finding_list", args=[finding.review_id]),
        template="peerreview/finding_act.html",
        call=lambda data: services.withdraw_finding(finding_id=pk, reason=data["reason"], by=request.user),
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
    """Report danger in three fields."""
    review = _team_review(request, pk)
    form = ImmediateRiskForm(posted(request), review=review)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in ("what", "where", "told")}
        try:
            finding = services.report_immediate_risk(review_id=pk, service_id=data["service"].pk, by=request.user, **chosen)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            return redirect("peerreview:finding_detail", pk=finding.pk)
    return render(
        request,
        "peerreview/immediate_risk_report.html",
        {"form": form, "review": review, "back_url": reverse("peerreview:review_visit", args=[pk])},
    )


@access(Permission.REVIEW_PLAN, kind="finding")
def finding_recheck(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say after a check whether a finding is put right."""
    finding = _visible_finding(request, pk)
    require(arranges(finding.review, request.user))
    return act(
        request,
        form=RecheckForm(posted(request)),
        done="Check saved",
        then=reverse("peerreview:finding_detail", args=[pk]),
        template="peerreview/finding_act.html",
        call=lambda data: services.recheck_finding(
            finding_id=pk,
            is_put_right=data["outcome"] == "YES",
            reason=data["reason"],
            next_recheck_date=data["next_recheck_date"],
            by=request.user,
        ),
        context={
            "finding": finding,
            "review": finding.review,
            "title": "Check whether this is put right",
            "lines": [],
            "back_url": reverse("peerreview:finding_detail", args=[pk]),
        },
    )


@access(Permission.ACTION_DRAFT, kind="finding")
def finding_action(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft an action from a finding's recommendation."""
    finding = _visible_finding(request, pk)
    review = finding.review
    require(_may_draft(request, review))
    initial = {
        "what": finding.recommendation,
        "indicator": finding.indicator_id or "",
        "due_date": milestone_date(review, "PROGRESS_6"),
        "domains": [tag.domain for tag in finding.tags.all()],
    }
    form = FindingActionForm(posted(request), review=review, initial=initial)
    detail = reverse("peerreview:finding_detail", args=[pk])
    return act(
        request, form=form, done="Action drafted", then=detail, template="peerreview/finding_act.html",
        call=lambda data: action_services.draft_action_from_finding(finding_id=pk, by=request.user, **form.as_arguments()),
        context={"finding": finding, "review": review, "title": "Draft an action", "lines": [], "back_url": detail},
    )  # fmt: skip


@access(Permission.ACTION_DRAFT, kind="review")
def findings_actions(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft an action from every agreed recommendation that has none yet."""
    review = visible_review(request, pk)
    require(_may_draft(request, review))
    waiting = list(queries.without_action(review).select_related("service"))
    back = reverse("peerreview:finding_list", args=[pk])
    return act(
        request,
        form=DueDateForm(posted(request), initial={"due_date": milestone_date(review, "PROGRESS_6")}),
        done="Actions drafted",
        then=back,
        template="peerreview/findings_actions.html",
        call=lambda data: action_services.draft_actions_from_findings(review_id=pk, due_date=data["due_date"], by=request.user),
        context={"review": review, "waiting": waiting, "back_url": back},
    )


def _may_draft(request: SignedInRequest, review: Review) -> bool:
    """The services' leads draft actions, and the hub does, for what falls to the commissioner too."""
    if not request.user.has_permission(Permission.ACTION_DRAFT):
        return False
    is_lead = any(leads_of(service).filter(pk=request.user.pk).exists() for service in review.services.all())
    return is_lead or arranges(review, request.user)


def _visible_finding(request: SignedInRequest, pk: int) -> Finding:
    visible = Finding.objects.for_user(request.user, Permission.FINDING_VIEW).for_display()
    return get_object_or_404(visible.select_related("review__procedure", "review__region", "review__visit_lead", "letter"), pk=pk)


def _team_finding(request: SignedInRequest, pk: int) -> Finding:
    finding = _visible_finding(request, pk)
    require(is_on_team(finding.review, request.user))
    return finding


def _team_review(request: SignedInRequest, pk: int) -> Review:
    review = visible_review(request, pk)
    require(is_on_team(review, request.user))
    return review
