"""Pages of sign-off, publication and withdrawal: two people, one exact version."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from reports import content
from reports.forms.publication import PublishForm, SignOffForm, WithdrawForm
from reports.models import Report, ReportVersion, Revision
from reports.queries.accuracy import accuracy_words
from reports.queries.issuing import issued_receipts
from reports.queries.publications import is_public, status_words, waiting_publication
from reports.queries.revisions import current_revision, open_correction, why_not_sign_revision
from reports.queries.rights import OF_THE_SERVICE, decides_publication, sign_off_of, signs_off, why_not_publish, why_not_sign
from reports.queries.steps import report_next_step
from reports.revising import revised_content
from reports.services import publication, revisions, signing
from reports.views.shared import page_context, sections_context, visible_report
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

NATIONAL_WITHDRAWS = "The national team withdraws a published report."


@access(Permission.REPORT_VIEW, kind="report")
def report_sign_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read the exact version, then sign it off; first it is prepared (frozen)."""
    report = visible_report(request, pk)
    require(signs_off(request.user, report), why_not_sign(request.user, report))
    error, revision = "", current_revision(report)
    prepare = revisions.prepare_revision if revision else signing.prepare_final
    sign = revisions.sign_revision if revision else signing.sign_off_report
    if request.method == "POST":
        try:
            if "prepare" in request.POST:
                version = prepare(report_id=report.pk, by=request.user)
                messages.success(request, f"Version {version.number} is ready to sign off")
                return redirect("reports:report_sign_off", pk=report.pk)
            form = SignOffForm(request.POST)
            if not form.is_valid():
                raise InvalidTransition("Prepare the final version first.")
            sign(report_id=report.pk, version_number=form.cleaned_data["version"], by=request.user)
        except InvalidTransition as fault:
            error = str(fault)
        else:
            signed = "Report" if revision is None else "Annex" if revision.kind == Revision.Kind.ANNEX else "Correction"
            messages.success(request, f"{signed} signed off. Those concerned were sent a link to it.")
            return _after_signing(request, report)
    return render(request, "reports/report_sign_off.html", _sign_off_context(request, report, revision, error))


def _after_signing(request: SignedInRequest, report: Report) -> HttpResponse:
    """To the report, or home for a lead reviewer: with sign-off the team's access has ended."""
    is_seen = Report.objects.for_user(request.user, Permission.REPORT_VIEW).filter(pk=report.pk).exists()
    return redirect("reports:report_detail", pk=report.pk) if is_seen else redirect("home")


def _sign_off_context(request: SignedInRequest, report: Report, revision: Revision | None, error: str) -> dict[str, object]:
    points = list(report.accuracy_points.all())
    finals = report.versions.filter(purpose=ReportVersion.Purpose.FINAL).order_by("-number")
    newest = finals.exclude(pk=revision.base_id).first() if revision else finals.first()
    is_open = revision.status == Revision.Status.OPEN if revision else report.status == Report.Status.FACTUAL_ACCURACY
    live = (revised_content(revision) if revision else content.live_content(report)) if newest and is_open else None
    is_current = bool(newest and live and newest.hash == content.content_hash(live))
    draft = report.versions.filter(purpose=ReportVersion.Purpose.DRAFT, hash=newest.hash).first() if newest else None
    open_count = sum(1 for point in points if not point.is_closed)
    return page_context(
        report, step=report_next_step(report),
        newest=newest, is_current=is_current, is_open=is_open, error=error, page_has_errors=bool(error), draft=draft,
        checks=report.quality_checks.filter(outcome="PASSED").select_related("checker"), closed_count=len(points) - open_count,
        open_count=open_count, point_count=len(points), words=accuracy_words(points), revision=revision,
        why_not=why_not_sign_revision(request.user, revision) if revision else why_not_sign(request.user, report),
        **(sections_context(content.content_of(newest)) if newest and is_current else {}),
    )  # fmt: skip


@access(Permission.REPORT_PUBLISH, kind="report")
def report_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Publish now, on a date, or withhold: with the public version to read below."""
    report = visible_report(request, pk)
    require(not report.review.is_learning, OF_THE_SERVICE)
    revision, signed = current_revision(report), sign_off_of(report)
    replaces = revision if revision and report.status == Report.Status.PUBLISHED else None
    waiting, shown = waiting_publication(report), is_public(report)
    opened = {"version": signed.version.number if signed else None, "waiting": waiting.pk if waiting else None}
    keeps = shown and waiting is not None and revision is None
    offered = {"may_withhold": keeps or not shown, "keeps_public": keeps}
    form, changed = PublishForm(request.POST or None, initial=opened, **offered), ""
    if request.method == "POST" and form.is_valid():
        try:
            return _decide(request, report, form)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        except SomeoneElseChanged:
            changed = _what_changed(form.cleaned_data["version"], opened["version"])
            form = PublishForm(initial=form.cleaned_data | opened, **offered)
    why_not = why_not_publish(request.user, report)
    is_held = replaces is not None and replaces.status == Revision.Status.OPEN
    is_held = is_held or open_correction(report) is not None
    is_to_decide = report.status in Report.TO_PUBLISH or replaces is not None or waiting is not None
    is_open = signed is not None and is_to_decide and not is_held
    frozen = content.content_of(signed.version) if signed else None
    context = page_context(
        report, form=form if (is_open and not why_not) or form.is_bound else None, signed=signed, why_not=why_not, is_open=is_open,
        step=report_next_step(report), revision=revision, is_held=is_held, changed=changed, page_has_errors=bool(changed),
        waiting=waiting, is_public=shown, keeps_public=keeps, status_words=status_words(report),
        restricted_count=content.restricted_count(frozen) if frozen else 0,
        **(sections_context(content.public_part(frozen)) if frozen and is_open else {}),
    )  # fmt: skip
    return render(request, "reports/report_publish.html", context, status=409 if changed else 200)


def _what_changed(opened_number: int | None, number: int | None) -> str:
    """Why nothing was decided: another version was signed, or somebody else decided, after the page was opened."""
    if opened_number != number:
        return f"Version {number} was signed off after you opened this page. Nothing was decided. Read it below, then decide again."
    return "Somebody decided on publishing after you opened this page. Nothing of yours was saved. Read it below, then decide again."


def _decide(request: SignedInRequest, report: Report, form: PublishForm) -> HttpResponse:
    """Carry out what a valid form says. Raises InvalidTransition, SomeoneElseChanged."""
    data = form.cleaned_data
    facts = {"report_id": report.pk, "reason": data["reason"], "version_number": data["version"], "by": request.user}
    facts["waiting_id"] = data["waiting"]
    if data["decision"] == "WITHHOLD":
        publication.withhold_report(review_date=data["review_date"], **facts)
        is_old_public = is_public(report)
        messages.success(request, "Stopped. The version that is public now stays." if is_old_public else "Report withheld")
        return redirect("reports:report_detail", pk=report.pk)
    publication.publish_report(public_from=form.public_from(), **facts)
    return redirect("reports:report_published", pk=report.pk)


@access(Permission.REPORT_PUBLISH, methods="GET", kind="report")
def report_published(request: SignedInRequest, pk: int) -> HttpResponse:
    """After publishing: the address, and who was told."""
    report = visible_report(request, pk)
    require(not report.review.is_learning, OF_THE_SERVICE)
    live = report.publications.standing().first()
    if live is None:
        return redirect("reports:report_detail", pk=report.pk)
    context = page_context(
        report, step=report_next_step(report), publication=live, told=issued_receipts(report),
        is_public=report.publications.public().filter(pk=live.pk).exists(), is_old_public=is_public(report),
    )  # fmt: skip
    return render(request, "reports/report_published.html", context)


@access(Permission.REPORT_VIEW, kind="report")
def report_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what goes, ask for the reason, then take the report away: the national team, or of a review for learning its service."""
    report = visible_report(request, pk)
    require(decides_publication(request.user, report), OF_THE_SERVICE if report.review.is_learning else NATIONAL_WITHDRAWS)
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
    is_open = report.status == Report.Status.PUBLISHED and is_public(report)
    context = page_context(
        report, step=report_next_step(report), form=form if (is_open and not why_not) or form.is_bound else None, why_not=why_not,
        is_open=is_open, status_words=status_words(report),
    )  # fmt: skip
    return render(request, "reports/report_withdraw.html", context)
