"""Pages of sign-off, publication and withdrawal: two people, one exact version."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from reports import content
from reports.forms.publication import PublishForm, SignOffForm, WithdrawForm
from reports.models import Report, ReportVersion
from reports.queries.rights import acts_for_hub, sign_off_of, why_not_publish, why_not_sign
from reports.services import publication, signing
from reports.views.checking import accuracy_words
from reports.views.shared import page_context, sections_context, visible_report
from work.status import InvalidTransition

TO_PUBLISH = (Report.Status.SIGNED_OFF, Report.Status.WITHHELD, Report.Status.WITHDRAWN)


@access(Permission.REPORT_SIGN_OFF, kind="report")
def report_sign_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read the exact version, then sign it off; first it is prepared (frozen)."""
    report = visible_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_SIGN_OFF, report))
    error = ""
    if request.method == "POST":
        try:
            if "prepare" in request.POST:
                version = signing.prepare_final(report_id=report.pk, by=request.user)
                messages.success(request, f"Version {version.number} is ready to sign off")
                return redirect("reports:report_sign_off", pk=report.pk)
            form = SignOffForm(request.POST)
            if not form.is_valid():
                raise InvalidTransition("Prepare the final version first.")
            signing.sign_off_report(report_id=report.pk, version_number=form.cleaned_data["version"], by=request.user)
        except InvalidTransition as fault:
            error = str(fault)
        else:
            messages.success(request, "Report signed off. Those concerned were sent a link to it.")
            return redirect("reports:report_detail", pk=report.pk)
    return render(request, "reports/report_sign_off.html", _sign_off_context(request, report, error))


def _sign_off_context(request: SignedInRequest, report: Report, error: str) -> dict[str, object]:
    points = list(report.accuracy_points.all())
    finals = report.versions.filter(purpose=ReportVersion.Purpose.FINAL).order_by("-number")
    newest = finals.first()
    is_open = report.status == Report.Status.FACTUAL_ACCURACY
    is_current = bool(newest and is_open and newest.hash == content.content_hash(content.live_content(report)))
    draft = report.versions.filter(purpose=ReportVersion.Purpose.DRAFT, hash=newest.hash).first() if newest else None
    open_count = sum(1 for point in points if not point.is_closed)
    return page_context(
        report, newest=newest, is_current=is_current, is_open=is_open, error=error, page_has_errors=bool(error), draft=draft,
        checks=report.quality_checks.filter(outcome="PASSED").select_related("checker"), closed_count=len(points) - open_count,
        open_count=open_count, point_count=len(points), words=accuracy_words(points), why_not=why_not_sign(request.user, report),
        **(sections_context(content.content_of(newest)) if newest and is_current else {}),
    )  # fmt: skip


@access(Permission.REPORT_PUBLISH, kind="report")
def report_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Publish now, on a date, or withhold: with the public version to read below."""
    report = visible_report(request, pk)
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["decision"] == "WITHHOLD":
                publication.withhold_report(report_id=report.pk, reason=data["reason"], review_date=data["review_date"], by=request.user)
                messages.success(request, "Report withheld")
            else:
                publication.publish_report(report_id=report.pk, public_from=form.public_from(), reason=data["reason"], by=request.user)
                return redirect("reports:report_published", pk=report.pk)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            return redirect("reports:report_detail", pk=report.pk)
    signed = sign_off_of(report)
    why_not = why_not_publish(request.user, report)
    is_open = report.status in TO_PUBLISH and signed is not None
    frozen = content.content_of(signed.version) if signed else None
    context = page_context(
        report, form=form if (is_open and not why_not) or form.is_bound else None, signed=signed, why_not=why_not, is_open=is_open,
        restricted_count=content.restricted_count(frozen) if frozen else 0,
        **(sections_context(content.public_part(frozen)) if frozen and is_open else {}),
    )  # fmt: skip
    return render(request, "reports/report_publish.html", context)


@access(Permission.REPORT_PUBLISH, methods="GET", kind="report")
def report_published(request: SignedInRequest, pk: int) -> HttpResponse:
    """After publishing: the address, and who was told."""
    report = visible_report(request, pk)
    live = report.publications.filter(decision="PUBLISH", withdrawn_at=None).first()
    if live is None:
        return redirect("reports:report_detail", pk=report.pk)
    told = report.receipts.filter(version=sign_off_of(report).version).select_related("user", "organisation") if sign_off_of(report) else []
    return render(request, "reports/report_published.html", page_context(report, publication=live, told=told))


@access(Permission.REPORT_PUBLISH, kind="report")
def report_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what goes, ask for the reason, then take the report away."""
    report = visible_report(request, pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            publication.withdraw_report(report_id=report.pk, reason=form.cleaned_data["reason"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Report withdrawn")
            return redirect("reports:report_detail", pk=report.pk)
    why_not = why_not_publish(request.user, report)
    is_open = report.status == Report.Status.PUBLISHED
    context = page_context(report, form=form if (is_open and not why_not) or form.is_bound else None, why_not=why_not, is_open=is_open)
    return render(request, "reports/report_withdraw.html", context)
