"""The hub checks a declared self-report; what it accepts is frozen as the service's aggregated report."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance import reach
from surveillance.forms.checking import CheckForm
from surveillance.models import Answer, InvalidTransition, SelfReport, ServiceSummary, Stage
from surveillance.queries.people import leads_of
from surveillance.queries.self_reports import last_year_answers, value_words, words_of
from surveillance.queries.steps import next_step_of
from surveillance.services import checking as services
from surveillance.services.answers import EntryFaults
from surveillance.services.summaries import read_summary
from surveillance.views.answers import posted, visible_report

WITH_HUB = (SelfReport.Status.DECLARED, SelfReport.Status.BEING_CHECKED)


@access(Permission.SELF_REPORT_CHECK, kind="self_report")
def self_report_validation(request: SignedInRequest, pk: int) -> HttpResponse:
    """All answers with what the hub holds of each; accept, or send the queries noted."""
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_CHECK, report.service))
    error = ""
    if request.method == "POST":
        act = {"accept": services.accept_self_report, "send_queries": services.send_queries}.get(request.POST.get("act", ""))
        done = {"accept": "Self-report accepted", "send_queries": "Queries sent"}
        try:
            if act:
                act(self_report_id=report.pk, by=request.user)
        except InvalidTransition as refused:
            error = str(refused)
        else:
            if act:
                messages.success(request, done[request.POST["act"]])
            return redirect("surveillance:self_report_detail" if act else "surveillance:self_report_validation", pk=report.pk)
    rows = _rows(report)
    noted = sum(row["state"] == "To ask" for row in rows)
    context = {
        "report": report, "rows": rows, "step": next_step_of(report), "error": error, "page_has_errors": bool(error),
        "noted_count": noted, "checked_count": sum(row["state"] != "Not checked" for row in rows),
        "self_assessed": report.scores.filter(stage=Stage.SELF_ASSESSED).first(),
        "is_with_hub": report.status in WITH_HUB, "leads": ", ".join(person.name for person in leads_of(report.service)),
    }  # fmt: skip
    return render(request, "surveillance/self_report_validation.html", context)


def _rows(report: SelfReport) -> list[dict[str, Any]]:
    answers = (
        report.answers.select_related("indicator").prefetch_related("assessments", "queries", "evidence").order_by("indicator__position")
    )
    before = last_year_answers(report)
    return [_row(answer, before.get(answer.indicator.number)) for answer in answers]


def _row(answer: Answer, earlier: Answer | None) -> dict[str, Any]:
    assessment = next((one for one in answer.assessments.all() if one.stage == Stage.VALIDATED), None)
    query = next((one for one in answer.queries.all() if one.answered_at is None), None)
    return {
        "answer": answer,
        "words": value_words(answer),
        "last_year": value_words(earlier) if earlier else "No data",
        "evidence_count": len(answer.evidence.all()),
        "assessment": assessment,
        "hub_words": words_of(
            answer.indicator.answer_kind,
            value=assessment.value,
            numerator=_text(assessment.numerator),
            denominator=_text(assessment.denominator),
        )
        if assessment
        else "",
        "queries": list(answer.queries.all()),
        "state": "To ask" if query else _state(assessment),
    }


def _state(assessment: Any) -> str:
    return "Not checked" if assessment is None else ("Changed" if assessment.reason else "Agreed")


def _text(number: Any) -> str | None:
    return None if number is None else f"{number.normalize():f}"


@access(Permission.SELF_REPORT_CHECK, kind="self_report")
def answer_validation(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """Check one answer: agree, change the validated value, or ask; then the next unchecked one."""
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_CHECK, report.service))
    rows = _rows(report)
    at = next((index for index, row in enumerate(rows) if row["answer"].pk == answer_pk), None)
    if at is None:
        raise Http404
    form = CheckForm(posted(request), answer=rows[at]["answer"])
    if request.method == "POST" and form.is_valid() and _check(request, report, answer_pk, form):
        messages.success(request, f"Check of {rows[at]['answer'].indicator.number} saved")
        left = [row["answer"].pk for row in rows[at + 1 :] + rows[:at] if row["state"] == "Not checked"]
        if left:
            return redirect("surveillance:answer_validation", pk=report.pk, answer_pk=left[0])
        return redirect("surveillance:self_report_validation", pk=report.pk)
    context = {"report": report, "row": rows[at], "form": form, "is_with_hub": report.status in WITH_HUB}
    return render(request, "surveillance/answer_validation.html", context)


def _check(request: SignedInRequest, report: SelfReport, answer_pk: int, form: CheckForm) -> bool:
    """Carry out what was chosen; faults go on the form."""
    where: dict[str, Any] = {"answer_id": answer_pk, "self_report_id": report.pk, "by": request.user}
    facts = form.cleaned_data
    try:
        if facts["act"] == "AGREE":
            services.agree_answer(**where)
        elif facts["act"] == "CHANGE":
            services.change_value(**where, raw=form.raw, why=facts["why"])
        else:
            services.ask_service(**where, question=facts["question"])
    except EntryFaults as faults:
        form.add_faults(faults.errors)
    except InvalidTransition as error:
        form.add_error(None, str(error))
    else:
        return True
    return False


@access(Permission.SERVICE_SUMMARY_VIEW, methods="GET", kind="self_report")
def self_report_summary(request: SignedInRequest, pk: int) -> HttpResponse:
    """The frozen aggregated report of the service."""
    visible = SelfReport.objects.for_user(request.user, Permission.SERVICE_SUMMARY_VIEW).for_display()
    report = get_object_or_404(visible, pk=pk)
    summary = get_object_or_404(ServiceSummary.objects.select_related("frozen_by"), self_report=report)
    content = read_summary(summary)
    for line in [*content["not_met"], *content["comments"]]:
        line["words"] = words_of(_kind(line), value=line["value"], numerator=line["numerator"], denominator=line["denominator"])
    labels = dict(Stage.choices)
    for score in [*content["scores"], *content["trend"]]:
        score["label"] = labels[score["stage"]]
    return render(request, "surveillance/self_report_summary.html", {"report": report, "summary": summary, "content": content})


def _kind(line: dict[str, Any]) -> str:
    if line["numerator"] is not None:
        return "PERCENTAGE"
    return "YES_NO_NA" if line["value"] in {"YES", "NO", "NA", "CANNOT"} else "TEXT"
