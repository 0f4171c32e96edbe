"""Found, acted, re-checked: the service says what it did about a finding, the hub says what it saw."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.afterwards import ActedForm, RecheckForm
from peerreview.models import Finding, FindingRecheck
from peerreview.queries.speaking import speaks_for
from peerreview.queries.teams import arranges
from peerreview.services import rechecks as services
from peerreview.views.attaching import attach_form, attached_ids
from peerreview.views.common import posted
from peerreview.views.findings import visible_finding
from surveillance.services.clash import SomeoneElseChanged
from surveillance.uploads import UploadRefused
from surveillance.views.evidence_asking import ask_about_nhs_number
from work.status import InvalidTransition

CHANGED = "Someone else changed this after you opened it. Nothing was saved. Read it as it is now, then save again."


@access(Permission.FINDING_VIEW, kind="finding")
def finding_acted(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say for the service what was done about a finding, with a document or without."""
    finding = visible_finding(request, pk)
    require(speaks_for(request.user, finding.service))
    waiting = finding.rechecks.filter(checked_at=None).first()
    initial: dict[str, Any] = {"version": finding.version}
    if waiting:
        documents = [item.pk for item in waiting.evidence.all()]
        initial |= {"acted": waiting.acted, "documents": documents, "source": "EXISTING" if documents else "NONE"}
    form = attach_form(request, ActedForm, review=finding.review, services=[finding.service], initial=initial)
    if request.method == "POST" and form.is_bound and form.is_valid():
        if asked := ask_about_nhs_number(request, form):
            return asked
        if form.is_valid():
            return _save_acted(request, finding, form)
    return _acted_page(request, finding, form)


def _save_acted(request: SignedInRequest, finding: Finding, form: Any) -> HttpResponse:
    """File the document, then say what was done; when that is refused the document is kept and chosen on the page."""
    data, ids = form.cleaned_data, []
    try:
        if not services.may_be_acted_on(finding):
            raise InvalidTransition(f"This finding is {finding.get_status_display().lower()}, so there is nothing to add.")
        ids = attached_ids(request, form, finding.service_id)
        services.record_acted(finding_id=finding.pk, acted=data["acted"], evidence_ids=ids, version=data["version"], by=request.user)
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
    except InvalidTransition as error:
        form.add_error(None, str(error))
    except SomeoneElseChanged as clash:
        kept = {"acted": data["acted"], "documents": ids, "source": "EXISTING" if ids else "NONE", "version": clash.current.version}
        form = ActedForm(services=[finding.service], may_add=True, is_learning=finding.review.is_learning, initial=kept)
        return _acted_page(request, finding, form, changed=CHANGED)
    else:
        messages.success(request, "What you did is saved. The hub has been told")
        return redirect("peerreview:finding_detail", pk=finding.pk)
    return _acted_page(request, finding, form)


def _acted_page(request: SignedInRequest, finding: Finding, form: ActedForm, *, changed: str = "") -> HttpResponse:
    lines = ["The hub checks it and says whether it is put right. Until then you can change what you wrote."]
    return _page(request, finding, form, title="What did you do about this?", lines=lines, changed=changed)


@access(Permission.REVIEW_PLAN, kind="finding")
def finding_recheck(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say for the hub what a check showed: put right, or not yet."""
    finding = visible_finding(request, pk)
    require(arranges(finding.review, request.user))
    waiting = finding.rechecks.select_related("acted_by").prefetch_related("evidence").filter(checked_at=None).first()
    form = RecheckForm(posted(request), service_said=waiting is not None, initial={"version": finding.version})
    changed = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.recheck_finding(
                finding_id=pk, is_put_right=form.is_put_right, reason=data["seen"], next_recheck_date=data["next_recheck_date"],
                acted=data.get("acted", ""), version=data["version"], by=request.user,
            )  # fmt: skip
        except SomeoneElseChanged as clash:
            kept = {name: data.get(name) for name in ("seen", "outcome", "next_recheck_date", "acted")}
            form = RecheckForm(service_said=waiting is not None, initial=kept | {"version": clash.current.version})
            changed = CHANGED
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Check saved")
            return redirect("peerreview:finding_detail", pk=pk)
    return _page(request, finding, form, title="Check whether this is put right", waiting=waiting, changed=changed)


def _page(
    request: SignedInRequest, finding: Finding, form: Any, *, title: str, lines: list[str] | None = None,
    waiting: FindingRecheck | None = None, changed: str = "",
) -> HttpResponse:  # fmt: skip
    context = {
        "finding": finding, "review": finding.review, "title": title, "lines": lines or [], "form": form, "waiting": waiting,
        "changed": changed, "page_has_errors": bool(changed), "back_url": reverse("peerreview:finding_detail", args=[finding.pk]),
    }  # fmt: skip
    return render(request, "peerreview/finding_recheck.html", context, status=409 if changed else 200)
