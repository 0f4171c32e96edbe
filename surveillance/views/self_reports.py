"""The self-report: task list, check, send, declare, receipt."""

import datetime as dt

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.components import Task
from accounts.permissions import Permission
from surveillance import reach
from surveillance.forms.self_reports import DeclareForm, SendBackForm, SendForm, TakeBackForm
from surveillance.models import Answer, InvalidTransition, Query, SelfReport
from surveillance.queries.answer_lists import FOR_ANSWERING, answer_doubts, list_of, lists_of, lists_to_declare, with_report
from surveillance.queries.facts import preview_score
from surveillance.queries.last_year import last_year_answers, to_confirm
from surveillance.queries.people import executives_of
from surveillance.queries.self_reports import (
    NEEDS_REASON,
    Section,
    answered_words,
    current_queries,
    is_left,
    light_answers,
    pages_of,
    people_by_section,
    replies_to_declare,
)
from surveillance.queries.steps import contact_of, next_step_of, standing_sentence
from surveillance.services import rounds as round_services
from surveillance.services import self_reports as services
from surveillance.views.answers import grouped, posted, visible_report
from work.items import counted
from work.working_days import working_days_between


@access(Permission.SELF_REPORT_VIEW, methods="GET", kind="self_report")
def self_report_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The task list: what is left, and whose it is."""
    report = visible_report(request, pk)
    user, service = request.user, report.service
    answers = with_report(light_answers(report), report)
    pages = pages_of(answers)
    may_answer = reach.may(user, Permission.SELF_REPORT_ANSWER, service)
    may_send = reach.may(user, Permission.SELF_REPORT_SEND, service)
    is_queried = report.status == SelfReport.Status.QUERIED
    asked = list(current_queries(report).select_related("answer__indicator").order_by("answer__indicator__position")) if is_queried else []
    is_complete = not any(is_left(answer) for answer in answers) and all(query.answered_at for query in asked)
    lists = lists_of(FOR_ANSWERING, answers, last_year_answers(report)) if answers and not is_queried else []
    to_do = {one.name: len(one.answers) for one in lists} if report.is_editable else {}
    context = {
        "report": report,
        "step": next_step_of(report),
        "standing": standing_sentence(report, may_send=may_send),
        "answered": _replied_words(asked) if is_queried else answered_words(pages),
        "to_confirm_count": to_do.get("to_confirm", 0) if may_answer else 0,
        "tasks": _asked_tasks(report, pages, asked, may_answer=may_answer)
        if is_queried
        else _page_tasks(report, pages, may_answer=may_answer),
        "lists": lists if report.is_editable else [one for one in lists if one.name not in {"unanswered", "to_confirm"}],
        "finish": _finish_tasks(report, is_complete=is_complete, may_send=may_send),
        "is_complete": is_complete,
        "may_send": may_send,
        "may_answer": may_answer,
        "may_take_back": may_send and report.status == SelfReport.Status.WITH_EXECUTIVE,
        "may_declare": report.status == SelfReport.Status.WITH_EXECUTIVE and reach.may(user, Permission.SELF_REPORT_DECLARE, service),
        "may_check": report.status in SelfReport.SENT and reach.may(user, Permission.SELF_REPORT_CHECK, service),
        "may_manage": user.has_permission(Permission.ROUND_MANAGE),
        "may_read_summary": report.status == SelfReport.Status.ACCEPTED and user.has_permission(Permission.SERVICE_SUMMARY_VIEW),
        "scores": report.scores.order_by("pk"),
    }
    return render(request, "surveillance/self_report_detail.html", context)


def _replied_words(asked: list[Query]) -> str:
    return f"{sum(query.answered_at is not None for query in asked)} of {counted(len(asked), 'question')} of the hub answered"


def _page_tasks(report: SelfReport, pages: list[Section], *, may_answer: bool) -> list[Task]:
    """One row a page of questions: whose it is, and how much of it is answered."""
    people = people_by_section(report)
    return [
        Task(
            page.name, page.status,
            url=reverse("surveillance:self_report_section", args=[report.pk, page.number]) if may_answer else "",
            hint=_hint(people.get(page.title, []), page.without_evidence_count),
        )
        for page in pages
    ]  # fmt: skip


def _asked_tasks(report: SelfReport, pages: list[Section], asked: list[Query], *, may_answer: bool) -> list[Task]:
    """One row for each answer that the hub asked about; no other can be changed."""
    numbers = {pk: page.number for page in pages for pk in page.answer_ids}
    to_read = reverse("surveillance:answer_list", args=[report.pk])
    return [
        Task(
            str(query.answer.indicator), "Completed" if query.answered_at else "Query to answer",
            url=(reverse("surveillance:self_report_section", args=[report.pk, numbers[query.answer_id]]) if may_answer else to_read)
            + f"#answer-{query.answer_id}",
        )
        for query in asked
    ]  # fmt: skip


def _hint(people: list[str], without_evidence: int) -> str:
    parts = [", ".join(people)] if people else []
    return ", ".join([*parts, f"{without_evidence} without evidence"] if without_evidence else parts)


def _finish_tasks(report: SelfReport, *, is_complete: bool, may_send: bool) -> list[Task]:
    """Checking and sending, which only a lead does."""
    is_sent = not report.is_editable
    check = reverse("surveillance:self_report_check", args=[report.pk]) if may_send and is_complete and not is_sent else ""
    to_do = "Completed" if is_sent else ("Not yet started" if is_complete else "Cannot start yet")
    return [Task("Check your answers", to_do, url=check), Task("Send to your executive", to_do, url=check)]


@access(Permission.SELF_REPORT_SEND, kind="self_report")
def self_report_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """See it all once, then send it to the executive; once it is sent, that it is."""
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_SEND, report.service))
    executives = executives_of(report.service)
    form = SendForm(posted(request), executives=executives, initial={"hours_spent": report.hours_spent})
    if request.method == "POST" and form.is_valid():
        try:
            services.send_to_executive(
                self_report_id=report.pk, executive_id=form.cleaned_data["executive"].pk, by=request.user,
                hours_spent=form.cleaned_data["hours_spent"],
            )  # fmt: skip
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            return redirect("surveillance:self_report_check", pk=report.pk)
    if report.status == SelfReport.Status.WITH_EXECUTIVE and not form.is_bound:
        sent = {"report": report, "is_sent": True, "sent_words": f"Sent to {report.executive}", "step": next_step_of(report)}
        return render(request, "surveillance/self_report_check.html", sent)
    answers = with_report(list(_whole_answers(report)), report)
    before = last_year_answers(report)
    left = [answer for answer in answers if is_left(answer)] if report.is_editable else []
    unreplied = set(current_queries(report).filter(answered_at=None).values_list("answer", flat=True)) if report.is_editable else set()
    context = {
        "report": report, "form": form, "sections": grouped(answers), "left": _kinds_of_left(left, before),
        "left_words": f"Answer {counted(len(left), 'more question')} before you send this" if left else "",
        "unreplied": [answer for answer in answers if answer.pk in unreplied],
        "without_evidence": list_of("without_evidence", answers, before).answers,
        "doubts": [(answer, doubt) for answer in answers for doubt in answer_doubts(answer, before)],
        "has_executive": executives.exists(), "may_send": report.is_editable and not left and not unreplied,
    }  # fmt: skip
    return render(request, "surveillance/self_report_check.html", context)


def _whole_answers(report: SelfReport) -> QuerySet[Answer]:
    """Every answer with all that a page of them shows, in three statements."""
    answers = report.answers.select_related("indicator", "saved_by").prefetch_related("evidence")
    return answers.order_by("indicator__position", "pk")


def _kinds_of_left(left: list[Answer], before: dict[str, Answer]) -> list[tuple[str, list[Answer]]]:
    """What must be done before sending: a heading and the answers behind it, each answer once."""
    no_reason = [answer for answer in left if answer.value in NEEDS_REASON]
    unconfirmed = [answer for answer in left if answer not in no_reason and to_confirm(answer, before)]
    unanswered = [answer for answer in left if answer not in no_reason and answer not in unconfirmed]
    kinds = [
        ("Not answered", unanswered),
        ("Last year's answer is not confirmed", unconfirmed),
        ("Not applicable or Cannot answer, without a reason", no_reason),
    ]
    return [(heading, answers) for heading, answers in kinds if answers]


@access(Permission.SELF_REPORT_SEND, kind="self_report")
def self_report_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lead takes the self-report back from the executive."""
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_SEND, report.service))
    form = TakeBackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.take_back(self_report_id=report.pk, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Taken back. You can change your answers again.")
            return redirect("surveillance:self_report_detail", pk=report.pk)
    return render(request, "surveillance/self_report_take_back.html", {"report": report, "form": form})


def is_today(moment: dt.datetime | None) -> bool:
    """Whether ``moment`` lies in today, UK time."""
    return moment is not None and timezone.localdate(moment) == timezone.localdate()


def late_words(report: SelfReport) -> str:
    """ "3 working days" when a first declaration today would be late; empty otherwise."""
    today = timezone.localdate()
    if report.declared_at or today <= report.due_date:
        return ""
    return counted(max(1, working_days_between(report.due_date, today)), "working day")


@access(Permission.SELF_REPORT_DECLARE, kind="self_report")
def self_report_declare(request: SignedInRequest, pk: int) -> HttpResponse:
    """The executive reads what they sign, and declares it."""
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_DECLARE, report.service))
    for_person = services.delegating_executive(report, request.user)
    signed_as = f"{request.user.name}, executive" + (f", for {for_person}" if for_person else "")
    form = DeclareForm(posted(request), signed_as=signed_as)
    if request.method == "POST" and form.is_valid():
        try:
            services.declare_self_report(self_report_id=report.pk, by=request.user)
        except InvalidTransition as error:
            report.refresh_from_db()
            if report.status in SelfReport.SENT:
                return redirect("surveillance:self_report_receipt", pk=report.pk)
            form.add_error(None, str(error))
        else:
            return redirect("surveillance:self_report_receipt", pk=report.pk)
    answers = with_report(list(_whole_answers(report)), report)
    is_with_executive = report.status == SelfReport.Status.WITH_EXECUTIVE
    last_day = round_services.last_day_to_declare(report)
    context = {
        "report": report, "form": form, "score": preview_score(report, answers), "step": next_step_of(report),
        "lists": lists_to_declare(answers, last_year_answers(report)) if is_with_executive else [],
        "replies": replies_to_declare(report) if is_with_executive else [],
        "people": sorted({answer.saved_by.name for answer in answers if answer.saved_by}),
        "is_with_executive": is_with_executive,
        "late_words": late_words(report), "is_today": is_today(report.declared_at), "was_taken_today": is_today(report.taken_back_at),
        "last_day": last_day, "is_too_late": not report.declared_at and timezone.localdate() > last_day,
        "standing": standing_sentence(report, may_send=False), "contact": contact_of(report),
    }  # fmt: skip
    return render(request, "surveillance/self_report_declare.html", context)


@access(Permission.SELF_REPORT_DECLARE, kind="self_report")
def self_report_send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """The executive sends it back with a reason."""
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_DECLARE, report.service))
    form = SendBackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.send_back(self_report_id=report.pk, reason=form.cleaned_data["reason"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Self-report sent back")
            return redirect("surveillance:self_report_detail", pk=report.pk)
    return render(request, "surveillance/self_report_send_back.html", {"report": report, "form": form})


@access(Permission.SELF_REPORT_VIEW, methods="GET", kind="self_report")
def self_report_receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Proof of the newest declaration."""
    report = visible_report(request, pk)
    declaration = get_object_or_404(report.declarations.select_related("declared_by").order_by("-declared_at", "-pk")[:1])
    told = sorted({person.email for person in (report.sent_by, declaration.declared_by) if person})
    following = None
    if reach.may(request.user, Permission.SELF_REPORT_DECLARE, report.service):
        waiting = SelfReport.objects.for_user(request.user, Permission.SELF_REPORT_DECLARE).filter(status=SelfReport.Status.WITH_EXECUTIVE)
        following = {"report": waiting.for_display().order_by("due_date", "pk").first(), "left_count": waiting.count()}
    context = {"report": report, "declaration": declaration, "told": told, "following": following}
    return render(request, "surveillance/self_report_receipt.html", context)
