"""Pages of a new version of a signed report: opening a correction or an annex, what it changes, giving it up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from reports.forms.publication import RevisionForm
from reports.models import Report, Revision
from reports.queries.revisions import current_revision, may_be_revised, plan_words, why_not_agreed, why_not_sign_revision
from reports.queries.rights import acts_for_hub
from reports.queries.steps import report_next_step
from reports.revising import block_choices, changed_sections
from reports.services import revisions
from reports.views.shared import page_context, visible_report
from work.status import InvalidTransition


@access(Permission.REPORT_DRAFT, kind="report")
def report_revision(request: SignedInRequest, pk: int) -> HttpResponse:
    """The correction or annex that is open, with what it changes; where there is none, the form that opens one."""
    report = visible_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    revision = current_revision(report)
    if revision and "prepare" in request.POST:
        return _prepare(request, report)
    if revision:
        return _open_page(request, report, revision)
    is_published = report.status == Report.Status.PUBLISHED
    may_annex = is_published and not why_not_agreed(report)
    form = RevisionForm(request.POST or None, blocks=block_choices(report), may_annex=may_annex)
    if request.method == "POST" and form.is_valid():
        try:
            revisions.open_revision(report_id=report.pk, by=request.user, **form.cleaned_data)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Started. The signed version stays as it is until the new one is published.")
            return redirect("reports:report_revision", pk=report.pk)
    is_open = may_be_revised(report)
    context = page_context(
        report, form=form if is_open or form.is_bound else None, is_open=is_open, plan=plan_words(report) if is_published else "",
        step=report_next_step(report),
        earlier=report.revisions.select_related("opened_by", "names"),
    )  # fmt: skip
    return render(request, "reports/report_revision.html", context)


def _prepare(request: SignedInRequest, report: Report) -> HttpResponse:
    """Freeze the new version for whoever signs it off."""
    try:
        version = revisions.prepare_revision(report_id=report.pk, by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Version {version.number} is ready. The hub manager is asked to sign it off.")
    return redirect("reports:report_revision", pk=report.pk)


def _open_page(request: SignedInRequest, report: Report, revision: Revision) -> HttpResponse:
    """What the revision changes. A form sent after somebody else opened one is kept on the page, to copy from."""
    rows = [
        row | {"saved": Version("Signed version", row["before"]), "yours": Version("New version", row["after"])}
        for row in changed_sections(revision)
    ]
    words = [section for section in report.sections.order_by("position") if not section.block]
    may_publish = request.user.has_permission(Permission.REPORT_PUBLISH)
    context = page_context(
        report, revision=revision, rows=rows, words=words, step=report_next_step(report),
        is_open=revision.status == Revision.Status.OPEN, is_correction=revision.kind == Revision.Kind.CORRECTION,
        may_sign=acts_for_hub(request.user, Permission.REPORT_SIGN_OFF, report), may_publish=may_publish,
        why_not=why_not_sign_revision(request.user, revision),
        plan=plan_words(report) if revision.kind == Revision.Kind.ANNEX and revision.status == Revision.Status.OPEN else "",
        unsaved=[request.POST.get("what", ""), request.POST.get("why", "")] if request.method == "POST" else [],
    )  # fmt: skip
    return render(request, "reports/report_revision_open.html", context, status=409 if request.method == "POST" else 200)


@access(Permission.REPORT_DRAFT, kind="report")
def revision_stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what goes, then give the correction or the annex up."""
    report = visible_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    revision = current_revision(report)
    error = ""
    if request.method == "POST":
        try:
            revisions.stop_revision(report_id=report.pk, by=request.user)
        except InvalidTransition as fault:
            error = str(fault)
        else:
            messages.success(request, "Given up. The report stands as it was signed.")
            return redirect("reports:report_detail", pk=report.pk)
    is_open = revision is not None and revision.status == Revision.Status.OPEN
    step = report_next_step(report)
    context = page_context(report, revision=revision, is_open=is_open, error=error, page_has_errors=bool(error), step=step)
    return render(request, "reports/revision_stop.html", context)
