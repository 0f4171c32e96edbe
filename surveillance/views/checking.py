"""The hub checks a declared self-report; what it accepts is frozen as the service's aggregated report."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import clock_time
from surveillance import reach
from surveillance.forms.checking import NOT_CHECKED, CheckFilterForm, CheckForm
from surveillance.models import Assessment, InvalidTransition, Query, SelfReport, ServiceSummary, Stage
from surveillance.queries.checks import Why, also_checking
from surveillance.queries.people import leads_of
from surveillance.queries.self_reports import words_of
from surveillance.queries.steps import next_step_of, reopened_sentence
from surveillance.services import checking as services
from surveillance.services.answers import EntryFaults
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.summaries import read_summary
from surveillance.views.answers import posted, visible_report
from surveillance.views.check_rows import Row, check_rows, hub_words, ids_of, next_row, shown, state_of, validated_so_far
from work.items import counted

WITH_HUB = (SelfReport.Status.DECLARED, SelfReport.Status.BEING_CHECKED)
ACTS: dict[str, tuple[Callable[..., SelfReport], str]] = {
    "accept": (services.accept_self_report, "Self-report accepted"),
    "send_queries": (services.send_queries, "Queries sent"),
}


@access(Permission.SELF_REPORT_CHECK, kind="self_report")
def self_report_validation(request: SignedInRequest, pk: int) -> HttpResponse:
    """All answers with what the hub holds of each, what must be looked at first; accept, or send the queries noted."""
    report = _to_check(request, pk)
    error = ""
    if request.method == "POST":
        act, done = ACTS.get(request.POST.get("act", ""), (None, ""))
        try:
            if act:
                act(self_report_id=report.pk, by=request.user)
        except InvalidTransition as refused:
            error = str(refused)
        else:
            if act:
                messages.success(request, done)
            return redirect("surveillance:self_report_detail" if act else "surveillance:self_report_validation", pk=report.pk)
    rows = check_rows(report)
    form = CheckFilterForm(request.GET, counts={name: len(shown(rows, name)) for name in (*Why.values, NOT_CHECKED)})
    met, checked = validated_so_far(rows)
    noted = sum(row["state"] == "To ask" for row in rows)
    found, scores = shown(rows, form.chosen), {score.stage: score for score in report.scores.all()}
    context = {
        "report": report, "rows": rows, "form": form, "show": form.chosen, "step": next_step_of(report), "error": error,
        "page_has_errors": bool(error), "first": [row for row in found if row["line"].reasons],
        "others": [row for row in found if not row["line"].reasons],
        "to_look_count": sum(bool(row["line"].reasons) for row in rows), "left_count": sum(row["line"].is_left for row in rows),
        "noted_count": noted, "plain_count": sum(row["line"].is_plain for row in rows),
        "self_assessed": scores.get(Stage.SELF_ASSESSED), "validated": scores.get(Stage.VALIDATED), "met": met, "checked": checked,
        "checked_count": sum(row["state"] != "Not checked" for row in rows),
        "reopened_sentence": reopened_sentence(report) if report.status in WITH_HUB else "",
        "others_checking": also_checking(report, request.user) if report.status in WITH_HUB else [],
        "is_with_hub": report.status in WITH_HUB, "leads": ", ".join(person.name for person in leads_of(report.service)) if noted else "",
        "sample_percent": settings.CHECK_SAMPLE_PERCENT,
    }  # fmt: skip
    return render(request, "surveillance/self_report_validation.html", context)


def _to_check(request: SignedInRequest, pk: int) -> SelfReport:
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_CHECK, report.service))
    return report


@access(Permission.SELF_REPORT_CHECK, kind="self_report")
def answer_validation(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """Check one answer: agree, change the validated value, or ask; then the next unchecked one."""
    report = _to_check(request, pk)
    rows, show = check_rows(report), request.GET.get("show", "")
    at = next((index for index, row in enumerate(rows) if row["answer"].pk == answer_pk), None)
    if at is None:
        raise Http404
    row = rows[at]
    stamp = services.stamp_of(services.held_of(row["answer"]))
    form = CheckForm(posted(request), answer=row["answer"], initial={"opened": stamp})
    saved: Version | None = None
    if request.method == "POST" and form.is_valid():
        try:
            is_done = _check(request, report, answer_pk, form)
        except SomeoneElseChanged as clash:
            is_done, saved = False, _saved_by(row, clash.current)
            form.add_error(None, f"{saved.heading}, after you opened this page. Your check is below and was not saved.")
            held = services.held_of(row["answer"])
            form.data = request.POST.copy()
            form.data["opened"] = services.stamp_of(held)
        if is_done:
            messages.success(request, f"Check of {row['answer'].indicator.number} saved")
            return _onward(report, next_row(rows, at, show), show)
    context = {
        "report": report, "row": row, "form": form, "is_with_hub": report.status in WITH_HUB, "saved": saved, "show": show,
        "others_checking": also_checking(report, request.user),
    }  # fmt: skip
    return render(request, "surveillance/answer_validation.html", context, status=409 if saved else 200)


def _onward(report: SelfReport, row: Row | None, show: str) -> HttpResponse:
    """To the heading of the next unchecked answer, which takes the focus; to the list when none is left."""
    query = f"?{urlencode({'show': show})}" if show else ""
    if row is None:
        return redirect(reverse("surveillance:self_report_validation", args=[report.pk]) + query)
    return redirect(reverse("surveillance:answer_validation", args=[report.pk, row["answer"].pk]) + f"{query}#check")


def _saved_by(row: Row, held: Any) -> Version:
    """What another person holds of the answer now."""
    if isinstance(held, Query):
        return Version(f"{held.asked_by.name} noted a question at {clock_time(held.asked_at)}", held.question)
    if isinstance(held, Assessment):
        words = f"{state_of(held)}: {hub_words(row['answer'], held)}"
        return Version(f"{held.assessed_by.name} checked this at {clock_time(held.assessed_at)}", held.reason, [("Check", words)])
    return Version("Someone else took their check back")


def _check(request: SignedInRequest, report: SelfReport, answer_pk: int, form: CheckForm) -> bool:
    """Carry out what was chosen; faults go on the form."""
    where: dict[str, Any] = {
        "answer_id": answer_pk, "self_report_id": report.pk, "by": request.user, "opened": form.opened_stamp,
    }  # fmt: skip
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


@access(Permission.SELF_REPORT_CHECK, kind="self_report")
def self_report_agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agree with the unchanged answers that have evidence, after a page that lists each of them."""
    report = _to_check(request, pk)
    error = ""
    if request.method == "POST":
        chosen = ids_of(request.POST.getlist("selected"))
        try:
            count = services.agree_answers(self_report_id=report.pk, answer_ids=chosen, by=request.user)
        except InvalidTransition as refused:
            error = str(refused)
        else:
            left_out = f". {counted(len(chosen) - count, 'answer')} left out: somebody checked or changed it" if count < len(chosen) else ""
            messages.success(request, f"{counted(count, 'answer')} agreed with{left_out}")
            return redirect("surveillance:self_report_validation", pk=report.pk)
    rows = [row for row in check_rows(report) if row["line"].is_plain] if report.status in WITH_HUB else []
    context = {"report": report, "rows": rows, "error": error, "page_has_errors": bool(error)}
    return render(request, "surveillance/self_report_agree.html", context)


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
    # Frozen before key requirements were sets: a level stood there only where a set counted.
    is_counted = (content["indicator_set"] or {}).get("is_counted", content["threshold_percent"] is not None)
    context = {"report": report, "summary": summary, "content": content, "is_counted": is_counted}
    return render(request, "surveillance/self_report_summary.html", context)


def _kind(line: dict[str, Any]) -> str:
    if line["numerator"] is not None:
        return "PERCENTAGE"
    return "YES_NO_NA" if line["value"] in {"YES", "NO", "NA", "CANNOT"} else "TEXT"
