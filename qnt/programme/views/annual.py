"""Pages of the annual programme report for the national team: draft it, write its sections, publish and withdraw it."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.components import NextStep, Version
from accounts.permissions import Permission
from qnt.programme.annual import services
from qnt.programme.annual.blocks import MAKERS
from qnt.programme.annual.figures import frozen_year
from qnt.programme.annual.forms import PublishForm, SectionForm, WithdrawForm
from qnt.programme.annual.models import AnnualReport, AnnualSection
from qnt.programme.annual.people import report_due
from qnt.programme.annual.queries import address_of
from qnt.programme.annual.showing import shown_sections
from qnt.programme.models import ProgrammeYear
from qnt.programme.views.common import programme_context
from surveillance.services.clash import SomeoneElseChanged
from work.models import Job
from work.status import InvalidTransition
from work.views import progress_of

Status = AnnualReport.Status


@access(Permission.PROGRAMME_VIEW, methods="GET")
def programme_reports(request: SignedInRequest) -> HttpResponse:
    """Every year whose figures are published, with where its report stands."""
    _, context = programme_context(request, "programme_reports")
    newest = Prefetch("reports", AnnualReport.newest().select_related("year"), to_attr="newest")
    years = ProgrammeYear.objects.filter(published_at__isnull=False).prefetch_related(newest).order_by("-year")
    found = [(year, year.newest[0] if year.newest else None) for year in years]
    rows = [(year, report, address_of(report) if report and report.status == Status.PUBLISHED else "") for year, report in found]
    return render(request, "programme/reports.html", context | {"rows": rows, "may_draft": _may_manage(request)})


def _may_manage(request: SignedInRequest) -> bool:
    return request.user.has_permission(Permission.PROGRAMME_MANAGE)


def _report(year: int) -> AnnualReport:
    """The newest report of a year, or 404."""
    related = ("year", "drafted_by", "offered_by", "publication__published_by", "publication__withdrawn_by", "replaces__publication")
    return get_object_or_404(AnnualReport.newest().select_related(*related), year__year=year)


def _step(report: AnnualReport) -> NextStep:
    """What happens next, who holds it, and by when: as in "Your work" of the national team."""
    year = report.year.year
    if report.status == Status.DRAFT:
        due = report_due(year, report)
        if report.offered_at is None:
            return NextStep("Write the report and say when it is ready", holder=f"{report.drafted_by.name}, who drafted it", due=due)
        holder = "Another person of the national team than those who wrote in it"
        return NextStep("Publish the report", holder=holder, due=due, url=reverse("programme_report_publish", args=[year]))
    if report.status == Status.PUBLISHED:
        return NextStep("Nothing: everybody can read this report in the library", holder="Nobody")
    return NextStep("Nothing: this report was withdrawn. A new version can be started", holder="Nobody")


@access(Permission.PROGRAMME_MANAGE, kind="programme_year")
def programme_report(request: SignedInRequest, year: int) -> HttpResponse:
    """The report of a year as it stands, section by section; POST drafts it from the published figures, or a new version."""
    if request.method == "POST":
        try:
            services.draft_report(year=year, by=request.user)
        except InvalidTransition as error:
            messages.error(request, str(error))
            return redirect("programme_reports")
        messages.success(request, f"The report on {year} is drafted")
        return redirect("programme_report", year=year)
    report = _report(year)
    prefetch_related_objects([report], Prefetch("sections", AnnualSection.objects.select_related("saved_by")))
    shown = shown_sections(services.content_of(report))
    jobs = Job.objects.for_user(request.user).filter(kind=services.DRAFT_KIND, key=services.draft_key(report, request.user))[:1]
    context = {
        "report": report, "year": year, "step": _step(report), "rows": list(zip(report.sections.all(), shown, strict=True)),
        "publication": getattr(report, "publication", None), "public_url": address_of(report),
        "old": report.replaces.publication if report.replaces else None,
        "progress": [progress_of(job) for job in jobs if job.status != Job.Status.DONE or job.result_file],
    }  # fmt: skip
    return render(request, "programme/report.html", context)


@access(Permission.PROGRAMME_MANAGE, methods="POST", kind="programme_year")
def programme_report_draft_pdf(request: SignedInRequest, year: int) -> HttpResponse:
    """Ask for the PDF of the report as it stands, marked as a draft."""
    report = _report(year)
    try:
        services.request_draft_pdf(report_id=report.pk, by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
    return redirect("programme_report", year=year)


@access(Permission.PROGRAMME_MANAGE, methods="POST", kind="programme_year")
def programme_report_ready(request: SignedInRequest, year: int) -> HttpResponse:
    """Say that the report can be published; those who may are told by mail."""
    report = _report(year)
    form = PublishForm(request.POST)
    try:
        services.offer_report(report_id=report.pk, version=form.cleaned_data["version"] if form.is_valid() else None, by=request.user)
    except SomeoneElseChanged:
        messages.error(request, "The report changed after you opened this page. Read it again before you say that it is ready.")
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The report is ready. Those who can publish it get an email")
    return redirect("programme_report", year=year)


@access(Permission.PROGRAMME_MANAGE, kind="programme_year")
def programme_report_section(request: SignedInRequest, year: int, part: str) -> HttpResponse:
    """The words of one section with a preview; two edits that met show both."""
    report = _report(year)
    section = get_object_or_404(report.sections.select_related("saved_by"), code=part)
    initial = {"text": section.text, "version": section.version}
    form = SectionForm(request.POST if request.method == "POST" else None, initial=initial)
    is_preview = request.method == "POST" and "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not is_preview:
        said = form.cleaned_data
        try:
            services.save_section(section_id=section.pk, text=said["text"], version=said["version"], by=request.user)
        except SomeoneElseChanged:
            return _clash(request, year, section.pk, said["text"])
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
        else:
            messages.success(request, f"{section.title} saved")
            return redirect("programme_report", year=year)
    content = {"sections": [{"code": part, "title": section.title, "text": _typed(request, section), "blocks": _blocks(report, part)}]}
    context = {
        "report": report, "year": year, "section": section, "form": form if report.status == Status.DRAFT or form.is_bound else None,
        "step": _step(report), "shown": shown_sections(content)[0], "is_preview": is_preview,
    }  # fmt: skip
    return render(request, "programme/report_section.html", context)


def _typed(request: SignedInRequest, section: AnnualSection) -> str:
    return request.POST.get("text", section.text) if "preview" in request.POST else section.text


def _blocks(report: AnnualReport, part: str) -> list[dict[str, Any]]:
    return MAKERS[part](frozen_year(report.year))


def _clash(request: SignedInRequest, year: int, section_pk: int, text: str) -> HttpResponse:
    section = AnnualSection.objects.select_related("saved_by").get(pk=section_pk)
    who = section.saved_by.name if section.saved_by else "Someone else"
    context = {
        "section": section, "year": year, "saved": Version(f"Saved now, by {who}", section.text),
        "yours": Version("Yours, not saved", text), "kept": [("text", text), ("version", section.version)],
    }  # fmt: skip
    return render(request, "programme/report_clash.html", context, status=409)


@access(Permission.PROGRAMME_MANAGE, kind="programme_year")
def programme_report_publish(request: SignedInRequest, year: int) -> HttpResponse:
    """Say what publishing does, then publish; not for whoever wrote in it."""
    report = _report(year)
    why_not = services.why_not_publish(report, request.user) if report.status == Status.DRAFT else ""
    form = PublishForm(request.POST if request.method == "POST" else None, initial={"version": report.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.publish_report(report_id=report.pk, version=form.cleaned_data["version"], by=request.user)
        except SomeoneElseChanged as clash:
            form, status = PublishForm(None, initial={"version": clash.current.version}), 409
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The report on {year} is published")
            return redirect("programme_report", year=year)
    is_open = report.status == Status.DRAFT
    context = {
        "report": report, "year": year, "step": _step(report), "why_not": why_not, "is_open": is_open,
        "form": form if form.errors or (is_open and not why_not) else None, "is_changed": status == 409,
    }  # fmt: skip
    return render(request, "programme/report_publish.html", context, status=status)


@access(Permission.PROGRAMME_MANAGE, kind="programme_year")
def programme_report_withdraw(request: SignedInRequest, year: int) -> HttpResponse:
    """Withdraw a published report with a reason that everybody reads."""
    report = _report(year)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_report(report_id=report.pk, reason=form.cleaned_data["reason"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The report on {year} is withdrawn")
            return redirect("programme_report", year=year)
    is_open = report.status == Status.PUBLISHED
    context = {"report": report, "year": year, "form": form if is_open or form.is_bound else None, "is_open": is_open}
    return render(request, "programme/report_withdraw.html", context)
