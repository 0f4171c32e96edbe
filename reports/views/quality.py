"""Pages of the quality check: naming the two who check, and the check of each."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from reports.forms.drafting import CheckersForm, QualityCheckForm, ReplaceCheckerForm
from reports.models import QualityCheck, Report
from reports.queries.people import checker_candidates, other_checker_candidates
from reports.queries.quality import evidence_behind, person_hints
from reports.queries.readings import fault_before_check, latest_readings, readings_of, sent_comments
from reports.queries.rights import acts_for_hub
from reports.queries.steps import report_next_step
from reports.services import checking
from reports.views.shared import page_context, visible_report
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition


@access(Permission.REPORT_DRAFT, kind="report")
def report_checkers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name the two people who check the report; while the team has not been heard, say why the check does not wait for it.

    While they check, name another person in place of one who has not answered.
    """
    report = visible_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    if report.status == Report.Status.QUALITY_CHECK:
        return _replace_checker(request, report)
    fault = fault_before_check(report) if report.status == Report.Status.DRAFT else ""
    form = CheckersForm(
        request.POST or None, candidates=checker_candidates(report), asks_reason=bool(fault), is_learning=report.review.is_learning
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            checking.ask_for_quality_check(
                report_id=report.pk, checker_ids=data["checkers"], without_team_reason=data.get("reason", ""), by=request.user
            )
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Quality check asked for")
            return redirect("reports:report_detail", pk=report.pk)
    return render(request, "reports/report_checkers.html", page_context(report, step=report_next_step(report), form=form, fault=fault))


def _replace_checker(request: SignedInRequest, report: Report) -> HttpResponse:
    waiting = list(report.quality_checks.filter(outcome=QualityCheck.Outcome.WAITING).select_related("checker").order_by("pk"))
    candidates = other_checker_candidates(report)
    form = ReplaceCheckerForm(request.POST or None, waiting=waiting, candidates=candidates, is_learning=report.review.is_learning)
    if request.method == "POST" and form.is_valid():
        try:
            new = checking.replace_checker(check_id=form.cleaned_data["check"], checker_id=form.cleaned_data["checker"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{new.checker.name} was asked to check the report")
            return redirect("reports:report_detail", pk=report.pk)
    context = page_context(report, step=report_next_step(report), form=form if candidates and waiting else None, waiting=waiting)
    return render(request, "reports/report_checker_replace.html", context)


@access(Permission.REPORT_CHECK, kind="report")
def report_quality_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """The check of one named person: what stands behind each finding, hints, four points, then pass or return with a note."""
    report = visible_report(request, pk)
    check = report.quality_checks.filter(checker=request.user).order_by("-pk").first()
    require(check is not None, "Only the 2 people who were named check this report.")
    is_open = check.outcome == QualityCheck.Outcome.WAITING and report.status == Report.Status.QUALITY_CHECK
    form, has_changed = (
        QualityCheckForm(request.POST or None, initial={"read_hash": checking.checked_hash(report) if is_open else ""}),
        False,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, report, form.cleaned_data)
        except SomeoneElseChanged:
            has_changed = True
            form = QualityCheckForm(initial=form.cleaned_data | {"read_hash": checking.checked_hash(report)})
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Quality check saved")
            return redirect("reports:report_detail", pk=report.pk)
    shows_form = is_open or form.is_bound
    context = page_context(report, check=check, form=form if shows_form else None, step=report_next_step(report), has_changed=has_changed)
    context |= _what_is_checked(report) if shows_form else {}
    return render(request, "reports/report_quality_check.html", context, status=409 if has_changed else 200)


def _answer(request: SignedInRequest, report: Report, data: dict[str, Any]) -> None:
    checking.answer_quality_check(
        report_id=report.pk, by=request.user, is_passed=data["outcome"] == "PASS", criteria=data["criteria"], note=data["note"],
        read_hash=data["read_hash"] or None,
    )  # fmt: skip


def _what_is_checked(report: Report) -> dict[str, Any]:
    return {
        "behind": evidence_behind(report),
        "hints": person_hints(report),
        "sections": report.sections.order_by("position"),
        "team_comments": sent_comments(latest_readings(readings_of(report))),
    }
