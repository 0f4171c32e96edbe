"""Pages of the hub: the list, starting a report, its overview, one section, marks, versions and their PDFs."""

from dataclasses import replace

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
from reports.forms.drafting import MarksForm, SectionForm
from reports.forms.publication import ReportFilterForm
from reports.models import QualityCheck, Report, ReportSection
from reports.queries.rights import acts_for_hub, decides_accuracy, is_staff_side, may_read_version, readable_version
from reports.queries.steps import report_next_step
from reports.services import documents, drafting
from reports.services.signing import record_opened
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
        reports = reports.filter(status__in=form.cleaned_data["status"])
    learning = reports.filter(review__purpose=Review.Purpose.IMPROVEMENT).for_display()[:PAGE_SIZE]
    page = Paginator(reports.filter(review__purpose=Review.Purpose.COMPLIANCE).for_display(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "learning": learning, "is_filtered": bool(request.GET)}
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
    drafts = acts_for_hub(user, Permission.REPORT_DRAFT, report)
    tasks = [_task(section, report) for section in report.sections.order_by("position")] if is_staff else []
    check = report.quality_checks.filter(checker=user, outcome="WAITING").first() if report.status == Report.Status.QUALITY_CHECK else None
    readable = is_staff or readable_version(user, report) is not None
    context = page_context(
        report, step=report_next_step(report), tasks=tasks, is_staff=is_staff, may_draft=drafts, own_check=check, may_read=readable,
        may_mark=drafts and report.status in Report.BEFORE_SIGN_OFF, may_ask=drafts and report.status == Report.Status.DRAFT,
        shows_accuracy=report.status == Report.Status.FACTUAL_ACCURACY, decides=decides_accuracy(user, report),
        may_sign=acts_for_hub(user, Permission.REPORT_SIGN_OFF, report) and report.status == Report.Status.FACTUAL_ACCURACY,
        may_publish=user.has_permission(Permission.REPORT_PUBLISH) and report.status in ("SIGNED_OFF", "WITHHELD", "WITHDRAWN"),
        may_withdraw=user.has_permission(Permission.REPORT_PUBLISH) and report.status == Report.Status.PUBLISHED,
        returned=_returned(report) if is_staff else None,
        publication=report.publications.first() if report.status in ("PUBLISHED", "WITHHELD", "WITHDRAWN") else None,
    )  # fmt: skip
    return render(request, "reports/report_detail.html", context)


def _returned(report: Report) -> QualityCheck | None:
    """The check that sent this draft back, for those who must change it."""
    checks = report.quality_checks.filter(outcome=QualityCheck.Outcome.RETURNED).select_related("checker")
    return checks.last() if report.status == Report.Status.DRAFT else None


def _task(section: ReportSection, report: Report) -> Task:
    hint = "From the data" if section.block else "Words"
    url = reverse("reports:report_section", args=[report.pk, section.pk])
    return Task(section.title, "Completed", url, f"{hint}. {section.get_visibility_display()}.")


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def report_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole report as a page: live for the hub and the team until it is signed, else the version meant for this person."""
    report, user = visible_report(request, pk), request.user
    is_live = not report.is_signed and is_staff_side(user, report)
    version = None if is_live else readable_version(user, report)
    require(is_live or version is not None, "You can read this report when it is signed off.")
    frozen = content.live_content(report) if version is None else content.content_of(version)
    if report.is_signed:
        record_opened(report_id=report.pk, by=user)
    context = page_context(report, version=version, is_live=is_live, **sections_context(frozen))
    return render(request, "reports/report_read.html", context)


@access(Permission.REPORT_VIEW, kind="report")
def report_section(request: SignedInRequest, pk: int, section_pk: int) -> HttpResponse:
    """One section: its words to edit, or its block to read, and its mark."""
    report = visible_report(request, pk)
    require(is_staff_side(request.user, report))
    section = get_object_or_404(report.sections.select_related("saved_by"), pk=section_pk)
    may_edit = acts_for_hub(request.user, Permission.REPORT_DRAFT, report) and report.status == Report.Status.DRAFT
    if request.method == "POST":
        require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    initial = {"text": section.text, "visibility": section.visibility, "version": section.version}
    form = SectionForm(request.POST or None, initial=initial, section=section)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            drafting.save_section(
                section_id=section.pk, text=data.get("text", ""), visibility=data["visibility"], version=data["version"], by=request.user
            )
        except SomeoneElseChanged as clash:
            return _section_clash(request, report, clash.current, data)  # type: ignore[arg-type]
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
            may_edit = True
        else:
            messages.success(request, f"{section.title} saved")
            return redirect("reports:report_section", pk=report.pk, section_pk=section.pk)
    shown = content.section_facts(section, report.review)
    context = page_context(report, section=section, form=form if may_edit else None, preview=content.section_html(shown))
    return render(request, "reports/report_section.html", context)


def _section_clash(request: SignedInRequest, report: Report, current: ReportSection, data: dict[str, str]) -> HttpResponse:
    """Both texts side by side, and the choice which to keep."""
    who = current.saved_by.name if current.saved_by else "someone else"
    labels = dict(ReportSection.Visibility.choices)
    context = page_context(
        report, section=current, who=who, data=data,
        saved=Version(f"Saved now, by {who}", current.text, [("Who can read it", current.get_visibility_display())]),
        yours=Version("Yours, not saved", data.get("text", ""), [("Who can read it", labels[data["visibility"]])]),
    )  # fmt: skip
    return render(request, "reports/section_clash.html", context, status=409)


@access(Permission.REPORT_DRAFT, kind="report")
def report_marks(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark sections public, all on one page; what is not ticked is restricted."""
    report = visible_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    public = list(report.sections.filter(visibility="PUBLIC").values_list("code", flat=True))
    form = MarksForm(request.POST or None, initial={"public": public}, report=report)
    if request.method == "POST" and form.is_valid():
        try:
            drafting.mark_sections(report_id=report.pk, public_codes=form.cleaned_data["public"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Marks saved")
            return redirect("reports:report_detail", pk=report.pk)
    return render(request, "reports/report_marks.html", page_context(report, form=form))


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
    context = page_context(report, versions=versions, may_make=may_make, progress=_progress(request, report))
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
    return pdf_response(version)
