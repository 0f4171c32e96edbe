"""Pages of the hub: the list, starting a report, its overview, marks, versions and their PDFs."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Task, Version
from accounts.permissions import Permission
from peerreview.models import Review
from reports import content
from reports.forms.drafting import MarksForm
from reports.forms.publication import ReportFilterForm
from reports.models import QualityCheck, Report, ReportSection, ReportVersion, Revision
from reports.outline import may_be_public
from reports.queries.clocks import clocks_of
from reports.queries.consents import consents_seen
from reports.queries.drafts import sections_with_changed_data
from reports.queries.issuing import is_long_unopened, unopened
from reports.queries.publications import is_public, status_words, waiting_publication, with_publications, with_shown_status
from reports.queries.readings import Changed, changed_since_read, fault_before_check, is_waiting, own_reading, readings_of
from reports.queries.revisions import current_revision, may_be_revised, words_are_open
from reports.queries.rights import (
    accuracy_parties,
    acts_for_hub,
    decides_accuracy,
    decides_publication,
    is_staff_side,
    may_read_version,
    readable_version,
    signs_off,
)
from reports.queries.sections import marks_mark
from reports.queries.steps import report_next_step
from reports.services import documents, drafting
from reports.services.issuing import record_opened
from reports.views.shared import page_context, pdf_response, sections_context, visible_report
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from work.models import Job
from work.status import InvalidTransition
from work.views import progress_of

PAGE_SIZE = 50


@access(Permission.REPORT_VIEW, methods="GET")
def report_list(request: SignedInRequest) -> HttpResponse:
    """Reports in scope, newest first; compliance and learning apart."""
    form = ReportFilterForm(request.GET or None)
    reports = Report.objects.for_user(request.user, Permission.REPORT_VIEW)
    if form.is_valid() and form.cleaned_data["status"]:
        reports = with_shown_status(reports, form.cleaned_data["status"])
    shown = reports.for_display().prefetch_related(with_publications())
    learning = list(shown.filter(review__purpose=Review.Purpose.IMPROVEMENT)[:PAGE_SIZE])
    page = Paginator(shown.filter(review__purpose=Review.Purpose.COMPLIANCE), PAGE_SIZE).get_page(request.GET.get("page"))
    words = {report.pk: status_words(report) for report in [*page.object_list, *learning]}
    context = {"form": form, "page_obj": page, "learning": learning, "words": words, "is_filtered": bool(request.GET)}
    context["may_make_packs"] = request.user.has_permission(Permission.REPORT_DRAFT)
    return render(request, "reports/report_list.html", context)


@access(Permission.REPORT_DRAFT, kind="review")
def report_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start the report of a finished visit; where there is one already, go to it."""
    review = get_object_or_404(Review.objects.for_user(request.user, Permission.REVIEW_VIEW).for_display(), pk=pk)
    require(Review.objects.for_user(request.user, Permission.REPORT_DRAFT).filter(pk=pk).exists())
    existing = Report.objects.for_user(request.user, Permission.REPORT_VIEW).filter(review=review).first()
    if existing:
        return redirect("reports:report_detail", pk=existing.pk)
    sentence = (
        ""
        if review.status == Review.Status.REPORTING
        else f"This review is {review.get_status_display().lower()}. Its report starts when the visit is finished."
    )
    if request.method == "POST" and not sentence:
        try:
            report = drafting.start_report(review_id=review.pk, by=request.user)
        except AlreadyDone as error:
            messages.info(request, str(error))
            return redirect("reports:report_start", pk=review.pk)
        except InvalidTransition as error:
            sentence = str(error)
        else:
            messages.success(request, "Report drafted from the data")
            return redirect("reports:report_detail", pk=report.pk)
    return render(request, "reports/report_start.html", {"review": review, "sentence": sentence})


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def report_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report's overview: what happens next, its sections, what this person may do."""
    report, user = visible_report(request, pk), request.user
    is_staff = is_staff_side(user, report)
    drafts, decides = acts_for_hub(user, Permission.REPORT_DRAFT, report), decides_accuracy(user, report)
    tasks = _tasks(report) if is_staff else []
    check = report.quality_checks.filter(checker=user, outcome="WAITING").first() if report.status == Report.Status.QUALITY_CHECK else None
    shown = is_public(report)
    is_set = report.status == Report.Status.PUBLISHED and waiting_publication(report) is not None
    is_to_publish = report.status in Report.TO_PUBLISH or is_set
    readable = is_staff or readable_version(user, report) is not None
    context = page_context(
        report, step=report_next_step(report), tasks=tasks, is_staff=is_staff, may_draft=drafts, own_check=check, may_read=readable,
        is_public=shown, is_set=is_set, status_words=status_words(report),
        has_documents=any(may_read_version(user, report, version) for version in report.versions.all()),
        may_mark=drafts and (report.status in Report.BEFORE_SIGN_OFF or words_are_open(report)),
        may_ask=drafts and report.status == Report.Status.DRAFT,
        shows_accuracy=report.status in Report.SHARED_WITH_SERVICE and (decides or bool(accuracy_parties(user, report))), decides=decides,
        may_sign=report.status == Report.Status.FACTUAL_ACCURACY and signs_off(user, report),
        may_publish=is_to_publish and decides_publication(user, report), consents=consents_seen(user, report),
        may_withdraw=report.status == Report.Status.PUBLISHED and shown and decides_publication(user, report),
        returned=_returned(report) if is_staff else None, revision=current_revision(report) if is_staff and report.is_signed else None,
        may_see_issue=report.is_signed and acts_for_hub(user, Permission.REPORT_VIEW, report), may_revise=drafts and may_be_revised(report),
        unopened_count=unopened().filter(is_long_unopened(), report=report).count() if report.is_signed and is_staff else 0,
        publication=report.publications.first() if report.status in ("PUBLISHED", "WITHHELD", "WITHDRAWN") else None,
    )  # fmt: skip
    return render(request, "reports/report_detail.html", context | _drafting_context(request, report, is_staff=is_staff))


def _drafting_context(request: SignedInRequest, report: Report, *, is_staff: bool) -> dict[str, Any]:
    """The clocks for everybody; for the hub and the team how the draft is read and checked."""
    if not is_staff:
        return {"clocks": clocks_of(report)}
    is_draft = report.status == Report.Status.DRAFT
    return {
        "clocks": clocks_of(report),
        "checks": _checks(report),
        "may_replace": acts_for_hub(request.user, Permission.REPORT_DRAFT, report) and report.status == Report.Status.QUALITY_CHECK,
        "team_fault": fault_before_check(report) if is_draft else "",
        "reads_now": is_waiting(report, own_reading(report, request.user)),
    }


def _returned(report: Report) -> QualityCheck | None:
    """The check that sent this draft back, for those who must change it."""
    checks = report.quality_checks.filter(outcome=QualityCheck.Outcome.RETURNED).select_related("checker")
    return checks.last() if report.status == Report.Status.DRAFT else None


def _checks(report: Report) -> list[QualityCheck]:
    """The quality checks of this round, while it runs."""
    if report.status != Report.Status.QUALITY_CHECK:
        return []
    checks = report.quality_checks.counting().select_related("checker", "in_place_of__checker", "in_place_of__replaced_by")
    return list(checks.order_by("pk"))


def _tasks(report: Report) -> list[Task]:
    """A line for each section: what it is made of, who can read it, and while it is a draft what changed beneath it."""
    sections = list(report.sections.order_by("position"))
    data_changed, read_changed = set(), {}
    if report.status == Report.Status.DRAFT:
        data_changed = sections_with_changed_data(report, sections)
        read_changed = changed_since_read(report, sections, readings_of(report))
    return [_task(section, report, section.code in data_changed, read_changed.get(section.code)) for section in sections]


def _task(section: ReportSection, report: Report, data_changed: bool, read_changed: Changed | None) -> Task:
    facts = ["From the data" if section.block else "Words", section.get_visibility_display()]
    if data_changed:
        facts.append("The data changed since you edited this")
    if read_changed:
        facts.append(read_changed.words)
    url = reverse("reports:report_section", args=[report.pk, section.pk])
    return Task(section.title, "Completed", url, f"{'. '.join(facts)}.")


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def report_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole report as a page: live for the hub and the team until it is signed, else the version meant for this person."""
    report, user = visible_report(request, pk), request.user
    is_live = not report.is_signed and is_staff_side(user, report)
    version = None if is_live else readable_version(user, report)
    require(is_live or version is not None, "You can read this report when it is signed off.")
    frozen = content.live_content(report) if version is None else content.content_of(version)
    if report.is_signed:
        record_opened(report_id=report.pk, version=version, by=user)
    context = page_context(
        report,
        step=report_next_step(report),
        version=version,
        is_live=is_live,
        revision=frozen.get("revision"),
        **_waiting(report, version),
        **sections_context(frozen),
    )
    return render(request, "reports/report_read.html", context)


def _waiting(report: Report, version: ReportVersion | None) -> dict[str, object]:
    """Of a signed new version that waits for the decision on publication: that it does, and whether an earlier one is public."""
    revision = getattr(version, "revision", None) if version else None
    if revision is None or revision.status != Revision.Status.SIGNED:
        return {}
    return {"is_waiting": True, "has_public": report.publications.public().exists()}


@access(Permission.REPORT_DRAFT, kind="report")
def report_marks(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark sections public, all on one page; what is not ticked is restricted."""
    report = visible_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    sections = list(report.sections.order_by("position"))
    initial = {"public": [section.code for section in sections if section.visibility == "PUBLIC"], "opened_mark": marks_mark(sections)}
    form, saved, yours = MarksForm(request.POST or None, initial=initial, report=report), None, None
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["public"]
        try:
            drafting.mark_sections(
                report_id=report.pk, public_codes=chosen, opened_mark=form.cleaned_data["opened_mark"] or None, by=request.user
            )
        except SomeoneElseChanged:
            saved, yours = _marks_version("Saved now", sections, initial["public"]), _marks_version("Yours, not saved", sections, chosen)
            form = MarksForm(initial=initial | {"public": chosen}, report=report)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Marks saved")
            return redirect("reports:report_detail", pk=report.pk)
    context = page_context(report, step=report_next_step(report), form=form, saved=saved, yours=yours)
    context["never_public"] = [section.title for section in sections if not may_be_public(section.code)]
    return render(request, "reports/report_marks.html", context, status=409 if saved else 200)


def _marks_version(heading: str, sections: list[ReportSection], codes: Collection[str]) -> Version:
    """Which sections are public, one a line, for two people's marks beside each other."""
    return Version(heading, "\n".join(f"{section.title}: {'public' if section.code in codes else 'restricted'}." for section in sections))


@access(Permission.REPORT_VIEW, kind="report")
def report_versions(request: SignedInRequest, pk: int) -> HttpResponse:
    """Frozen versions that this person may read, their PDFs, and "Make PDF" with its progress."""
    report, user = visible_report(request, pk), request.user
    may_make = is_staff_side(user, report) and acts_for_hub(user, Permission.REPORT_DRAFT, report)
    if request.method == "POST":
        require(may_make)
        number = request.POST.get("number", "")
        try:
            if number:
                version = get_object_or_404(report.versions, number=number if number.isdigit() and len(number) < 6 else 0)
                documents.request_pdf(version_id=version.pk, by=user)
            else:
                documents.make_draft(report_id=report.pk, by=user)
        except InvalidTransition as error:
            messages.error(request, str(error))
        return redirect("reports:report_versions", pk=report.pk)
    versions = [version for version in report.versions.select_related("made_by") if may_read_version(user, report, version)]
    context = page_context(report, step=report_next_step(report), versions=versions, may_make=may_make, progress=_progress(request, report))
    return render(request, "reports/report_versions.html", context)


def _progress(request: SignedInRequest, report: Report) -> object | None:
    """The newest PDF job of this person about this report, while it runs or after it failed."""
    keys = [str(pk) for pk in report.versions.values_list("pk", flat=True)]
    job = Job.objects.for_user(request.user).filter(kind="report.pdf", key__in=keys).exclude(status="DONE").first()
    if job is None:
        return None
    progress = progress_of(job)
    if job.status != Job.Status.FAILED:
        return progress
    words = (
        f"The PDF could not be made. Nothing you wrote is lost. Try again, or quote {job.request_id}." if job.request_id else progress.error
    )
    return replace(progress, error=words)


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def report_version_pdf(request: SignedInRequest, pk: int, number: int) -> FileResponse:
    """Download the PDF of one version that this person may read."""
    report = visible_report(request, pk)
    version = get_object_or_404(report.versions.select_related("report"), number=number)
    require(may_read_version(request.user, report, version), "This version is not for you to read.")
    response = pdf_response(version)
    record_opened(report_id=report.pk, version=version, by=request.user)
    return response
