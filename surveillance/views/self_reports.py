"""The self-report: list, task list, who answers what, check, send, declare, receipt."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.components import Task
from accounts.permissions import Permission
from surveillance import reach
from surveillance.forms.self_reports import DeclareForm, SectionPeopleForm, SendBackForm, SendForm, TakeBackForm
from surveillance.models import InvalidTransition, SectionAssignment, SelfReport
from surveillance.queries.facts import declare_facts, preview_score
from surveillance.queries.people import answerers_of, executives_of
from surveillance.queries.self_reports import answered_words, sections_of, sections_with_people, to_confirm_count
from surveillance.queries.steps import next_step_of, standing_sentence
from surveillance.services import rounds as round_services
from surveillance.services import self_reports as services
from surveillance.views.answers import grouped, posted, visible_report
from work.items import counted
from work.working_days import working_days_between


@access(Permission.SELF_REPORT_VIEW, methods="GET")
def self_report_list(request: SignedInRequest) -> HttpResponse:
    """Self-reports in scope, the newest round first."""
    visible = SelfReport.objects.for_user(request.user, Permission.SELF_REPORT_VIEW).for_display()
    visible = visible.order_by("-round__year", "service__name", "pk")
    status = request.GET.get("status", "")
    if status in SelfReport.Status.values:
        visible = visible.filter(status=status)
    page = Paginator(visible, 50).get_page(request.GET.get("page"))
    return render(request, "surveillance/self_report_list.html", {"page_obj": page})


@access(Permission.SELF_REPORT_VIEW, methods="GET", kind="self_report")
def self_report_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The task list: what is left, and whose it is."""
    report = visible_report(request, pk)
    user, service = request.user, report.service
    sections = sections_with_people(report)
    may_answer = reach.may(user, Permission.SELF_REPORT_ANSWER, service)
    may_send = reach.may(user, Permission.SELF_REPORT_SEND, service)
    tasks = [
        Task(
            section.title, section.status,
            url=reverse("surveillance:self_report_section", args=[report.pk, section.number]) if may_answer else "",
            hint=_hint(section.people, section.without_evidence_count),
        )
        for section in sections
    ]  # fmt: skip
    is_complete = bool(sections) and all(section.status == "Completed" for section in sections) or not sections
    context = {
        "report": report,
        "step": next_step_of(report),
        "standing": standing_sentence(report),
        "answered": answered_words(sections),
        "to_confirm_count": to_confirm_count(report) if may_answer and report.is_editable else 0,
        "tasks": tasks,
        "finish": _finish_tasks(report, is_complete=is_complete, may_send=may_send),
        "is_complete": is_complete,
        "may_send": may_send,
        "may_take_back": may_send and report.status == SelfReport.Status.WITH_EXECUTIVE,
        "may_declare": report.status == SelfReport.Status.WITH_EXECUTIVE and reach.may(user, Permission.SELF_REPORT_DECLARE, service),
        "may_check": report.status in SelfReport.SENT and reach.may(user, Permission.SELF_REPORT_CHECK, service),
        "may_manage": user.has_permission(Permission.ROUND_MANAGE),
        "may_read_summary": report.status == SelfReport.Status.ACCEPTED and user.has_permission(Permission.SERVICE_SUMMARY_VIEW),
        "scores": report.scores.order_by("pk"),
    }
    return render(request, "surveillance/self_report_detail.html", context)


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
def self_report_people(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lead chooses who answers each section."""
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_SEND, report.service))
    sections = [section.title for section in sections_of(report)]
    given: dict[str, list[int]] = {}
    for assignment in SectionAssignment.objects.filter(self_report=report):
        given.setdefault(assignment.section, []).append(assignment.user_id)
    form = SectionPeopleForm(posted(request), sections=sections, people=answerers_of(report.service), given=given)
    if request.method == "POST" and form.is_valid():
        try:
            for section, user_ids in form.chosen.items():
                services.assign_section(self_report_id=report.pk, section=section, user_ids=user_ids, by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved who answers each section")
            return redirect("surveillance:self_report_detail", pk=report.pk)
    return render(request, "surveillance/self_report_people.html", {"report": report, "form": form})


@access(Permission.SELF_REPORT_SEND, kind="self_report")
def self_report_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """See it all once, then send it to the executive."""
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
            executive = form.cleaned_data["executive"].name
            then = "They can declare it or send it back. The deadline is met when they declare."
            messages.success(request, f"Sent to {executive}. {then}")
            return redirect("surveillance:self_report_detail", pk=report.pk)
    answers = list(report.answers.select_related("indicator").prefetch_related("evidence").order_by("indicator__position"))
    missing = services.missing_answers(report) if report.is_editable else []
    numbers = {section.title: section.number for section in sections_of(report)}
    context = {
        "report": report, "form": form, "sections": grouped(answers), "numbers": numbers, "missing": missing,
        "missing_words": f"Answer {counted(len(missing), 'more question')} before you send this" if missing else "",
        "without_evidence": [answer for answer in answers if not answer.evidence.all()],
        "has_executive": executives.exists(), "may_send": report.is_editable and not missing,
    }  # fmt: skip
    return render(request, "surveillance/self_report_check.html", context)


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
    answers = list(report.answers.select_related("indicator", "saved_by").prefetch_related("evidence").order_by("indicator__position"))
    context = {
        "report": report, "form": form, "score": preview_score(report, answers), "facts": declare_facts(report, answers),
        "step": next_step_of(report), "sections": grouped(answers),
        "people": sorted({answer.saved_by.name for answer in answers if answer.saved_by}),
        "is_with_executive": report.status == SelfReport.Status.WITH_EXECUTIVE,
        "late_words": late_words(report), "is_today": is_today(report.declared_at),
        "last_day": round_services.last_day_to_declare(report),
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
