"""Pages of the quality check and the factual accuracy check."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Task, Version
from accounts.permissions import Permission
from reports.forms.accuracy import AccuracyAnswerForm, AccuracyDecisionForm
from reports.forms.drafting import CheckersForm, QualityCheckForm
from reports.models import AccuracyPoint, Report
from reports.queries.people import checker_candidates
from reports.queries.rights import accuracy_parties, acts_for_hub, decides_accuracy
from reports.queries.steps import report_next_step
from reports.services import accuracy, checking
from reports.views.shared import page_context, visible_report
from work.status import InvalidTransition


@access(Permission.REPORT_DRAFT, kind="report")
def report_checkers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name the two people who check the report."""
    report = visible_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    form = CheckersForm(request.POST or None, candidates=checker_candidates(report))
    if request.method == "POST" and form.is_valid():
        try:
            checking.ask_for_quality_check(report_id=report.pk, checker_ids=form.cleaned_data["checkers"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Quality check asked for")
            return redirect("reports:report_detail", pk=report.pk)
    return render(request, "reports/report_checkers.html", page_context(report, form=form))


@access(Permission.REPORT_CHECK, kind="report")
def report_quality_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """The check of one named person: four points, then pass or return with a note."""
    report = visible_report(request, pk)
    check = report.quality_checks.filter(checker=request.user).order_by("-pk").first()
    require(check is not None, "Only the 2 people who were named check this report.")
    form = QualityCheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            checking.answer_quality_check(
                report_id=report.pk, by=request.user, is_passed=data["outcome"] == "PASS", criteria=data["criteria"], note=data["note"]
            )
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Quality check saved")
            return redirect("reports:report_detail", pk=report.pk)
    is_open = report.status == Report.Status.QUALITY_CHECK and check is not None and check.outcome == "WAITING"
    context = page_context(report, form=form if is_open or form.is_bound else None, check=check)
    return render(request, "reports/report_quality_check.html", context)


# Factual accuracy -----------------------------------------------------------------------------------------------------
@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def report_accuracy(request: SignedInRequest, pk: int) -> HttpResponse:
    """The items of the check: one's own to answer, or all of them for those who decide."""
    report, user = visible_report(request, pk), request.user
    parties, decides = accuracy_parties(user, report), decides_accuracy(user, report)
    require(bool(parties) or decides, "Only the service, its commissioner and the team take part in this check.")
    points = list(report.accuracy_points.select_related("finding", "section", "answered_by", "decided_by").order_by("position"))
    mine = [point for point in points if point.party in parties]
    context = page_context(
        report, step=report_next_step(report), parties=parties, decides=decides,
        tasks=[_task(point, report) for point in mine], points=points if decides else mine,
        missing_count=sum(1 for point in mine if point.answer == AccuracyPoint.Answer.WAITING),
        unsent_count=sum(1 for point in mine if point.sent_at is None), is_open=report.status == Report.Status.FACTUAL_ACCURACY,
        words=accuracy_words(points),
    )  # fmt: skip
    return render(request, "reports/report_accuracy.html", context)


def accuracy_words(points: list[AccuracyPoint]) -> str:
    """How the disputed items were decided: "3 accepted, 1 kept with a reason"; empty when none was."""
    accepted = sum(1 for point in points if point.outcome == AccuracyPoint.Outcome.ACCEPTED)
    kept = sum(1 for point in points if point.outcome == AccuracyPoint.Outcome.KEPT)
    return f"{accepted} accepted, {kept} kept with a reason" if accepted or kept else ""


def _task(point: AccuracyPoint, report: Report) -> Task:
    status = "Not yet started" if point.answer == AccuracyPoint.Answer.WAITING else "Completed"
    text = " ".join(point.text.split())
    hint = text if len(text) <= 90 else text[:90].rsplit(" ", 1)[0] + " …"
    return Task(f"{point.position}. {point.title}", status, reverse("reports:accuracy_point", args=[report.pk, point.pk]), hint)


@access(Permission.REPORT_ACCURACY, kind="report")
def accuracy_point(request: SignedInRequest, pk: int, point_pk: int) -> HttpResponse:
    """One item a page: correct or not, what is wrong, progress apart."""
    report = visible_report(request, pk)
    point = get_object_or_404(report.accuracy_points.select_related("finding", "section", "answered_by"), pk=point_pk)
    require(point.party in accuracy_parties(request.user, report), f"This item is for the {point.get_party_display().lower()} to answer.")
    initial = {"answer": point.answer, "what_is_wrong": point.what_is_wrong, "progress_since": point.progress_since}
    form = AccuracyAnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            accuracy.answer_point(
                point_id=point.pk, by=request.user, is_correct=data["answer"] == "CORRECT", what_is_wrong=data["what_is_wrong"],
                progress_since=data["progress_since"],
            )  # fmt: skip
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            following = report.accuracy_points.filter(party=point.party, answer="WAITING", sent_at=None).order_by("position")
            after = following.filter(position__gt=point.position).first() or following.first()
            if after:
                return redirect("reports:accuracy_point", pk=report.pk, point_pk=after.pk)
            messages.success(request, "All items answered. Send your answers when you are ready.")
            return redirect("reports:report_accuracy", pk=report.pk)
    is_open = report.status == Report.Status.FACTUAL_ACCURACY and point.sent_at is None
    context = page_context(report, point=point, form=form if is_open or form.is_bound else None)
    return render(request, "reports/accuracy_point.html", context)


@access(Permission.REPORT_ACCURACY, methods="POST", kind="report")
def accuracy_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send this party's answers to the team."""
    report = visible_report(request, pk)
    require(bool(accuracy_parties(request.user, report)))
    try:
        accuracy.send_accuracy_answers(report_id=report.pk, by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Answers sent to the team")
    return redirect("reports:report_accuracy", pk=report.pk)


@access(Permission.REPORT_VIEW, kind="report")
def accuracy_decision(request: SignedInRequest, pk: int, point_pk: int) -> HttpResponse:
    """Accept what the service said, with the new text, or keep the text with a reason."""
    report = visible_report(request, pk)
    require(decides_accuracy(request.user, report), "The lead reviewer or the hub decides about this item.")
    point = get_object_or_404(report.accuracy_points.select_related("finding", "section", "answered_by", "decided_by"), pk=point_pk)
    form = AccuracyDecisionForm(request.POST or None, initial={"new_text": point.text})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["outcome"] == "ACCEPTED":
                accuracy.accept_point(point_id=point.pk, new_text=data["new_text"], by=request.user)
            else:
                accuracy.keep_point(point_id=point.pk, reason=data["reason"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Decision saved")
            return redirect("reports:accuracy_decision", pk=report.pk, point_pk=point.pk)
    is_open = (
        point.answer == AccuracyPoint.Answer.NOT_CORRECT
        and bool(point.sent_at)
        and not point.outcome
        and report.status == "FACTUAL_ACCURACY"
    )
    context = page_context(
        report, point=point, form=form if is_open or form.is_bound else None,
        before=Version("Before", point.text), after=Version("After", point.new_text) if point.new_text else None,
    )  # fmt: skip
    return render(request, "reports/accuracy_decision.html", context)
