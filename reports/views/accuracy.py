"""Pages of the factual accuracy check: the items, one item to answer, one to decide, the whole record, the Word copy."""

import io
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.access import SignedInRequest, access, require
from accounts.components import Task, Version
from accounts.permissions import Permission
from peerreview.views.attaching import attach_form, attached_ids
from peerreview.views.common import posted
from reports import content
from reports.forms.accuracy import AccuracyAnswerForm, AccuracyDecisionForm
from reports.models import AccuracyPoint, Report
from reports.queries.accuracy import (
    Record,
    accuracy_words,
    buyers_of,
    document_seen,
    documents_offered,
    points_seen,
    printed_beside,
    record_of,
    undecided,
)
from reports.queries.rights import accuracy_parties, decides_accuracy
from reports.queries.steps import report_next_step
from reports.services import accuracy
from reports.views.shared import page_context, visible_report
from reports.word_copy import copy_name, save_accuracy_copy
from surveillance.services.clash import SomeoneElseChanged
from surveillance.uploads import UploadRefused
from surveillance.views.evidence import file_response
from surveillance.views.evidence_asking import ask_about_nhs_number
from work.status import InvalidTransition

NOT_IN_IT = "Only the service, its commissioner and the team take part in this check."
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _record(request: SignedInRequest, pk: int) -> Record:
    """The check as this person sees it; 403 for those who take no part in it."""
    found = record_of(visible_report(request, pk), request.user)
    require(bool(found.parties) or found.decides, NOT_IN_IT)
    return found


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def report_accuracy(request: SignedInRequest, pk: int) -> HttpResponse:
    """The items of the check: one's own to answer, or all of them for those who decide."""
    found = _record(request, pk)
    report, mine = found.report, found.mine
    context = page_context(
        report, step=report_next_step(report), parties=found.parties, decides=found.decides,
        tasks=[_task(point, report) for point in mine], points=found.points,
        missing_count=sum(1 for point in mine if point.answer == AccuracyPoint.Answer.WAITING),
        unsent_count=sum(1 for point in mine if point.sent_at is None), is_open=report.status == Report.Status.FACTUAL_ACCURACY,
        words=accuracy_words(found.points),
    )  # fmt: skip
    return render(request, "reports/report_accuracy.html", context)


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def accuracy_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that was said and decided, item by item, on one page to print."""
    found = _record(request, pk)
    beside = printed_beside(found.report, found.points)
    rows = [
        {"point": point, "words": _as_read(point), "printed": beside.get(point.pk), **_before_and_after(point)} for point in found.points
    ]
    context = page_context(
        found.report, step=report_next_step(found.report), rows=rows, words=accuracy_words(found.points), decides=found.decides
    )
    return render(request, "reports/accuracy_record.html", context)


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def accuracy_word(request: SignedInRequest, pk: int) -> FileResponse:
    """The copy for the check as a Word file: the whole report for those who read it, else the items that are theirs."""
    found = _record(request, pk)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "copy.docx")
        save_accuracy_copy(path, found, request.user)
        file = io.BytesIO(path.read_bytes())
    return FileResponse(file, as_attachment=True, filename=copy_name(found.report), content_type=WORD)


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def accuracy_document(request: SignedInRequest, pk: int, point_pk: int, evidence_pk: int) -> FileResponse:
    """The file on which an answer rests, for its own party and, once it was sent, for those who decide."""
    report = visible_report(request, pk)
    require(bool(accuracy_parties(request.user, report)) or decides_accuracy(request.user, report), NOT_IN_IT)
    item = document_seen(report, request.user, point_id=point_pk, item_id=evidence_pk)
    if item is None:
        raise Http404
    return file_response(item)


def _task(point: AccuracyPoint, report: Report) -> Task:
    text = " ".join(point.text.split())
    hint = text if len(text) <= 90 else text[:90].rsplit(" ", 1)[0] + " …"
    return Task(point.title, _task_status(point), reverse("reports:accuracy_point", args=[report.pk, point.pk]), hint)


def _task_status(point: AccuracyPoint) -> str:
    """Where an item stands for those who answer it: what they said is wrong is with the team until it decides."""
    if point.outcome:
        return str(point.get_outcome_display())
    if point.answer == AccuracyPoint.Answer.WAITING:
        return "Not yet started"
    is_disputed = point.answer == AccuracyPoint.Answer.NOT_CORRECT and point.sent_at is not None
    return "With the team" if is_disputed else "Completed"


# One item, answered for a party ---------------------------------------------------------------------------------------
@access(Permission.REPORT_ACCURACY, kind="report")
def accuracy_point(request: SignedInRequest, pk: int, point_pk: int) -> HttpResponse:
    """One item a page: correct or not, what is wrong and which document shows it, progress apart."""
    report = visible_report(request, pk)
    point = get_object_or_404(points_seen(report), pk=point_pk)
    require(point.party in accuracy_parties(request.user, report), f"This item is for the {point.get_party_display().lower()} to answer.")
    form = _answer_form(request, point)
    if request.method == "POST" and form.is_bound and form.is_valid():
        if asked := ask_about_nhs_number(request, form):
            return asked
        if form.is_valid() and (done := _save_answer(request, point, form)):
            return done
    is_open = report.status == Report.Status.FACTUAL_ACCURACY and point.sent_at is None
    return render(
        request,
        "reports/accuracy_point.html",
        page_context(
            report,
            step=report_next_step(report),
            point=point,
            words=_as_read(point),
            printed=printed_beside(report, [point]).get(point.pk),
            form=form if is_open or form.is_bound else None,
            **_before_and_after(point),
        ),
    )


def _before_and_after(point: AccuracyPoint) -> dict[str, Version | None]:
    """The text of an item before and after the team accepted what was said; nothing after where it kept the text."""
    return {"before": Version("Before", point.text), "after": Version("After", point.new_text) if point.new_text else None}


def _as_read(point: AccuracyPoint) -> SafeString | None:
    """The words of a section as the report shows them; None for a finding, whose words are plain."""
    return content.section_html({"text": point.text}) if point.section_id else None


def _answer_form(request: SignedInRequest, point: AccuracyPoint) -> Any:
    """The form of one item; a commissioner has no part in the service's documents, so its form offers and files its own."""
    documents = [item.pk for item in point.evidence.all() if not item.removed_at]
    initial = {
        "answer": point.answer, "what_is_wrong": point.what_is_wrong, "progress_since": point.progress_since, "version": point.version,
        "documents": documents, "source": "EXISTING" if documents else "NONE",
    }  # fmt: skip
    review = point.report.review
    services = accuracy.services_of_point(point)
    is_buyer = point.party == AccuracyPoint.Party.COMMISSIONER
    offered = documents_offered(point, request.user) if is_buyer else None
    return attach_form(request, AccuracyAnswerForm, review=review, services=services, initial=initial, offered=offered)


def _save_answer(request: SignedInRequest, point: AccuracyPoint, form: Any) -> HttpResponse | None:
    """File the document, then save the answer and go on to the next item; None where the form has a fault to show."""
    data, ids = form.cleaned_data, []
    try:
        accuracy.refuse_answer(point, request.user)
        ids = attached_ids(request, form, accuracy.services_of_point(point)[0].pk, commissioner_id=_buyer(request, point))
        accuracy.answer_point(
            point_id=point.pk, by=request.user, is_correct=data["answer"] == "CORRECT", what_is_wrong=data["what_is_wrong"],
            progress_since=data["progress_since"], evidence_ids=ids, version=data["version"],
        )  # fmt: skip
    except UploadRefused as refusal:
        form.add_error("file", str(refusal))
    except InvalidTransition as error:
        form.add_error(None, str(error))
    except SomeoneElseChanged as clash:
        return _answer_clash(request, clash, data, ids)
    else:
        return _next_item(request, point)
    return None


def _buyer(request: SignedInRequest, point: AccuracyPoint) -> int | None:
    """For which commissioner a new document is filed; None for the service's own."""
    return next(iter(buyers_of(point, request.user)), None) if point.party == AccuracyPoint.Party.COMMISSIONER else None


def _next_item(request: SignedInRequest, point: AccuracyPoint) -> HttpResponse:
    """On to what the party still has to answer; at the end back to the list, from where the answers are sent."""
    waiting = point.report.accuracy_points.filter(party=point.party, answer="WAITING", sent_at=None).order_by("position")
    after = waiting.filter(position__gt=point.position).first() or waiting.first()
    if after:
        return redirect("reports:accuracy_point", pk=point.report_id, point_pk=after.pk)
    messages.success(request, "All items answered. Send your answers when you are ready.")
    return redirect("reports:report_accuracy", pk=point.report_id)


def _answer_clash(request: SignedInRequest, clash: SomeoneElseChanged, data: dict[str, Any], ids: list[int]) -> HttpResponse:
    """Both answers to one item, and the choice; a document that was filed on the way stays filed and chosen."""
    point = clash.current
    assert isinstance(point, AccuracyPoint)  # noqa: S101 (for the type checker: answer_point raises it with the item)
    labels = dict(AccuracyPoint.Answer.choices)

    def facts(answer: str, progress: str) -> list[tuple[str, str]]:
        return [("Answer", str(labels[answer])), ("Progress since the visit", progress or "None")]

    who = f", by {point.answered_by.name}" if point.answered_by else ""
    kept = [("answer", data["answer"]), ("what_is_wrong", data["what_is_wrong"]), ("progress_since", data["progress_since"]),
            ("version", str(point.version)), ("source", "EXISTING" if ids else "NONE"),
            *(("documents", str(pk)) for pk in ids)]  # fmt: skip
    context = {
        "caption": f"{point.report.title}, item {point.position}", "kept": kept,
        "keep_url": reverse("reports:accuracy_point", args=[point.report_id, point.pk]),
        "back_url": reverse("reports:report_accuracy", args=[point.report_id]),
        "saved": Version(f"Saved now{who}", point.what_is_wrong, facts(point.answer, point.progress_since)),
        "yours": Version("Yours, not saved", data["what_is_wrong"], facts(data["answer"], data["progress_since"])),
    }  # fmt: skip
    return render(request, "peerreview/clash.html", context, status=409)


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


# One item, decided for the team ---------------------------------------------------------------------------------------
@access(Permission.REPORT_VIEW, kind="report")
def accuracy_decision(request: SignedInRequest, pk: int, point_pk: int) -> HttpResponse:
    """Accept what was said, with the new text, or keep the text with a reason."""
    report = visible_report(request, pk)
    require(decides_accuracy(request.user, report), "The lead reviewer or the hub decides about this item.")
    point = get_object_or_404(points_seen(report), pk=point_pk)
    form = AccuracyDecisionForm(posted(request), initial={"new_text": point.text, "version": point.version})
    if request.method == "POST" and form.is_valid() and (done := _save_decision(request, point, form)):
        return done
    is_disputed = point.answer == AccuracyPoint.Answer.NOT_CORRECT and bool(point.sent_at) and not point.outcome
    is_open = is_disputed and report.status == Report.Status.FACTUAL_ACCURACY
    context = page_context(
        report, step=report_next_step(report), point=point, words=_as_read(point), form=form if is_open or form.is_bound else None,
        printed=printed_beside(report, [point]).get(point.pk), **_before_and_after(point),
    )  # fmt: skip
    return render(request, "reports/accuracy_decision.html", context)


def _save_decision(request: SignedInRequest, point: AccuracyPoint, form: AccuracyDecisionForm) -> HttpResponse | None:
    data, facts = form.cleaned_data, {"point_id": point.pk, "version": form.cleaned_data["version"], "by": request.user}
    try:
        if data["outcome"] == "ACCEPTED":
            accuracy.accept_point(new_text=data["new_text"], **facts)
        else:
            accuracy.keep_point(reason=data["reason"], **facts)
    except InvalidTransition as error:
        form.add_error(None, str(error))
        return None
    except SomeoneElseChanged as clash:
        return _decision_clash(request, clash, data)
    messages.success(request, f"Decision on {point.title} saved")
    return _next_decision(point)


def _next_decision(point: AccuracyPoint) -> HttpResponse:
    """On to the next item that waits for a decision; after the last one back to the list."""
    waiting = undecided(point.report).exclude(pk=point.pk)
    after = waiting.filter(position__gt=point.position).first() or waiting.first()
    if after:
        return redirect("reports:accuracy_decision", pk=point.report_id, point_pk=after.pk)
    return redirect("reports:report_accuracy", pk=point.report_id)


def _decision_clash(request: SignedInRequest, clash: SomeoneElseChanged, data: dict[str, Any]) -> HttpResponse:
    """What somebody else decided beside what this person chose: a decision is made once, so there is nothing to keep but to read."""
    point = clash.current
    assert isinstance(point, AccuracyPoint)  # noqa: S101 (for the type checker: the services raise it with the item)
    labels = dict(AccuracyPoint.Outcome.choices)
    who = f", by {point.decided_by.name}" if point.decided_by else ""
    context = {
        "caption": f"{point.report.title}, item {point.position}",
        "back_url": reverse("reports:accuracy_decision", args=[point.report_id, point.pk]),
        "saved": Version(f"Saved now{who}", point.new_text or point.kept_reason, [("Decision", str(labels[point.outcome]))]),
        "yours": Version("Yours, not saved", data["new_text"] if data["outcome"] == "ACCEPTED" else data["reason"],
                         [("Decision", str(labels[data["outcome"]]))]),
    }  # fmt: skip
    return render(request, "peerreview/clash.html", context, status=409)
