"""Agreeing findings: each member says whether they agree, the lead agrees for the team."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.common import ActForm, ReasonForm
from peerreview.forms.finding_record import SayForm
from peerreview.models import Finding, Review
from peerreview.queries.agreements import drafts_to_say, members_asked, unheard, unheard_words, voices_of
from peerreview.queries.teams import is_lead_reviewer
from peerreview.services import agreements, findings
from peerreview.views.common import posted
from peerreview.views.findings import team_finding
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

CHANGED = "Someone else changed this finding after you opened it. Nothing was saved. Read it as it is now, then decide."


@access(Permission.REVIEW_CAPTURE, kind="finding")
def finding_say(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say whether one agrees with a draft; then the next draft that waits for this person."""
    finding = team_finding(request, pk)
    mine = finding.agreements.filter(member__user=request.user).first()
    initial: dict[str, Any] = {"version": finding.version}
    if mine:
        initial |= {"comment": mine.comment}
        initial |= {"agrees": "YES" if mine.agrees else "NO"} if mine.finding_version == finding.version else {}
    form = SayForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            agreements.say_about_finding(
                finding_id=pk, agrees=data["agrees"] == "YES", comment=data["comment"], version=data["version"], by=request.user
            )
        except SomeoneElseChanged:
            form = SayForm(initial={"version": finding.version, "comment": data["comment"]})
            return _page(request, finding, form, changed=True, title="Do you agree?")
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            return _to_next(request, finding)
    return _page(request, finding, form, title="Do you agree?")


def _to_next(request: SignedInRequest, finding: Finding) -> HttpResponse:
    waiting = drafts_to_say(request.user, Review.objects.filter(pk=finding.review_id)).first()
    if waiting:
        messages.success(request, "Your answer is saved. This is the next draft")
        return redirect("peerreview:finding_say", pk=waiting.pk)
    messages.success(request, "Your answer is saved. No other draft waits for you")
    return redirect("peerreview:finding_list", pk=finding.review_id)


@access(Permission.REVIEW_CAPTURE, kind="finding")
def finding_agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lead reviewer agrees a finding when the members were heard; an immediate risk is thereby confirmed at once."""
    finding = team_finding(request, pk)
    require(is_lead_reviewer(finding.review, request.user))
    is_risk = finding.category == Finding.Category.IMMEDIATE_RISK
    label = "Confirm as immediate risk" if is_risk else "Agree this finding"
    missing = [] if is_risk or finding.status != Finding.Status.DRAFT else unheard(finding)
    form = _agree_form(request, finding, label, with_reason=bool(missing))
    lines = _agree_lines(is_risk=is_risk, without=unheard_words(missing) if missing else "")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            findings.agree_finding(finding_id=pk, version=data["version"], without_reason=data.get("reason", ""), by=request.user)
        except SomeoneElseChanged:
            form = _agree_form(request, finding, label, with_reason=bool(missing), is_fresh=True)
            return _page(request, finding, form, changed=True, title=label, lines=lines)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Immediate risk confirmed" if is_risk else "Finding agreed")
            return redirect("peerreview:finding_detail", pk=pk)
    return _page(request, finding, form, title=label, lines=lines)


def _agree_form(request: SignedInRequest, finding: Finding, label: str, *, with_reason: bool, is_fresh: bool = False) -> ActForm:
    sent = None if is_fresh else posted(request)
    initial = {"version": finding.version}
    if not with_reason:
        return ActForm(sent, submit_label=label, initial=initial)
    question, required = "Why do you agree it without them?", "Enter why you agree it without them"
    form = ReasonForm(sent, submit_label=label, label=question, required_message=required, initial=initial)
    form.limit_reason(agreements.REASON_LENGTH)
    return form


def _agree_lines(*, is_risk: bool, without: str) -> list[str]:
    lines = [without] if without else []
    if is_risk:
        told = "The commissioner, the integrated care board and the national team are told today."
        lines.append(f"A letter to the chief executive is due at once. {told}")
    return [*lines, "After this the service can read the finding, and the team can no longer change it."]


def _page(
    request: SignedInRequest, finding: Finding, form: Any, *, title: str, lines: list[str] | None = None, changed: bool = False
) -> HttpResponse:
    context = {
        "finding": finding, "review": finding.review, "title": title, "lines": lines or [], "form": form,
        "back_url": reverse("peerreview:finding_detail", args=[finding.pk]), "changed": CHANGED if changed else "",
        "voices": voices_of(finding, members_asked(finding.review), version=finding.version), "page_has_errors": changed,
    }  # fmt: skip
    return render(request, "peerreview/finding_say.html", context, status=409 if changed else 200)
