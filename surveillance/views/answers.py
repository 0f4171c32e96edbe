"""Answers: a section's page, and the one address that saves an answer for pages and for JSON alike."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.components import Version
from accounts.middleware import wants_json
from accounts.permissions import Permission
from surveillance.forms.self_reports import AnswerForm, KeepForm, ReplyForm
from surveillance.models import Answer, InvalidTransition, Query, SelfReport
from surveillance.queries.self_reports import last_year_answers, sections_of, value_words
from surveillance.services import answers as services
from surveillance.views.entries import BadBytes, read_entry, read_version, saved_by_whom, sent, stored


def visible_report(request: SignedInRequest, pk: int) -> SelfReport:
    """The self-report, or 404 where it is out of scope."""
    return get_object_or_404(SelfReport.objects.for_user(request.user, Permission.SELF_REPORT_VIEW).for_display(), pk=pk)


def posted(request: SignedInRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, also when nothing was filled in; None on a GET."""
    return request.POST if request.method == "POST" else None


@access(Permission.SELF_REPORT_VIEW, methods="GET", kind="self_report")
def answer_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every answer of a self-report: JSON for programs, one plain page for people."""
    report = visible_report(request, pk)
    answers = list(report.answers.select_related("indicator").order_by("indicator__position"))
    if wants_json(request):
        return JsonResponse([stored(answer) for answer in answers], safe=False)
    return render(request, "surveillance/answer_list.html", {"report": report, "sections": grouped(answers)})


def grouped(answers: list[Answer]) -> list[tuple[str, list[Answer]]]:
    """Answers by section, in the order of the set, each with its value in words."""
    sections: dict[str, list[Answer]] = {}
    for answer in answers:
        answer.words = value_words(answer)
        sections.setdefault(answer.indicator.section, []).append(answer)
    return list(sections.items())


@access(Permission.SELF_REPORT_ANSWER, methods="GET", kind="self_report")
def self_report_section(request: SignedInRequest, pk: int, n: int) -> HttpResponse:
    """The questions of one section, each with its own form and button."""
    report = visible_report(request, pk)
    sections = sections_of(report)
    if not 1 <= n <= len(sections):
        raise Http404
    section = sections[n - 1]
    mine = set(
        Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER)
        .filter(self_report=report, indicator__section=section.title)
        .values_list("pk", flat=True)
    )
    answers = list(
        report.answers.filter(indicator__section=section.title)
        .select_related("indicator", "saved_by")
        .prefetch_related("evidence", "queries")
        .order_by("indicator__position")
    )
    before = last_year_answers(report)
    rows = [_row(report, answer, is_mine=answer.pk in mine, before=before) for answer in answers]
    following = sections[n].number if n < len(sections) else None
    context = {"report": report, "section": section, "rows": rows, "following": following, "is_mine": bool(mine)}
    return render(request, "surveillance/self_report_section.html", context)


def _row(report: SelfReport, answer: Answer, *, is_mine: bool, before: dict[str, Answer]) -> dict[str, Any]:
    query = (
        next((query for query in answer.queries.all() if query.answered_at is None), None)
        if report.status == SelfReport.Status.QUERIED
        else None
    )
    answer.words = value_words(answer)
    earlier = before.get(answer.indicator.number)
    may_change = is_mine and report.is_editable and (report.status != SelfReport.Status.QUERIED or query is not None)
    return {
        "answer": answer,
        "form": answer_form(answer) if may_change else None,
        "query": query,
        "reply_form": reply_form(answer) if query and is_mine else None,
        "last_year": value_words(earlier) if earlier else "",
        "last_year_comment": earlier.comment if earlier else "",
        "may_confirm": may_change and earlier is not None and earlier.is_answered and not answer.is_answered,
        "doubt": doubt_about(answer),
    }


def doubt_about(answer: Answer) -> str:
    """A line about a saved answer that blocks nothing."""
    if answer.numerator is not None and answer.denominator is not None and answer.numerator > answer.denominator:
        return f"{answer.numerator.normalize():f} is more than the total of {answer.denominator.normalize():f}."
    return ""


def answer_form(answer: Answer, data: Any = None) -> AnswerForm:
    """The form of one answer, sent to the address of that answer."""
    form = AnswerForm(data, answer=answer)
    form.form_action = reverse("surveillance:answer_detail", args=[answer.self_report_id, answer.pk])
    return form


def reply_form(answer: Answer, data: Any = None) -> ReplyForm:
    """The form of the reply to the hub's question about one answer."""
    form = ReplyForm(data, auto_id=f"id_{answer.pk}_%s")
    form.form_action = reverse("surveillance:answer_reply", args=[answer.self_report_id, answer.pk])
    return form


@access(Permission.SELF_REPORT_ANSWER, kind="self_report")
def answer_detail(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """One answer: GET shows it, POST saves it. JSON: 200, 409, 422, 400, 503; pages: forms with the same rules."""
    try:
        if request.method == "GET":
            return _show_answer(request, pk, answer_pk)
        return _save_json(request, pk, answer_pk) if wants_json(request) else _save_page(request, pk, answer_pk)
    except BadBytes:
        sentence = "The text holds bytes that are not valid."
        if wants_json(request):
            return JsonResponse({"errors": {"": [sentence]}}, status=400)
        return HttpResponse(sentence, status=400, content_type="text/plain")
    except Answer.DoesNotExist:
        _refuse(request, pk, answer_pk)
        raise
    except (OperationalError, InterfaceError):
        if not wants_json(request):
            raise
        return JsonResponse({"errors": {"": ["We could not save this. Try again in a moment."]}}, status=503)


def _refuse(request: SignedInRequest, pk: int, answer_pk: int) -> None:
    """404 out of scope; 403 where the answer can be read but belongs to somebody else's section."""
    if not Answer.objects.for_user(request.user, Permission.SELF_REPORT_VIEW).filter(pk=answer_pk, self_report=pk).exists():
        raise Http404
    raise PermissionDenied("This section is not given to you. The service lead can give it to you.")


def _show_answer(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    answer = (
        Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER)
        .select_related("indicator", "saved_by")
        .prefetch_related("queries", "evidence")
        .get(pk=answer_pk, self_report=pk)
    )
    if wants_json(request):
        return JsonResponse(stored(answer))
    return _answer_page(request, answer, answer_form(answer))


def _save_json(request: SignedInRequest, pk: int, answer_pk: int) -> JsonResponse:
    version = 0
    try:
        raw = read_entry(request)
        version = read_version(raw)
        answer = services.save_answer(answer_id=answer_pk, self_report_id=pk, raw=raw, version=version, by=request.user)
    except services.EntryFaults as faults:
        return _refuse_json(request, pk, answer_pk, faults.errors)
    except InvalidTransition as error:
        return JsonResponse({"errors": {"": [str(error)]}}, status=422)
    except services.AnswerChanged as changed:
        current = saved_by_whom(changed.current)
        return JsonResponse({"current": current, "yours": sent(changed.current, changed.entry, version)}, status=409)
    return JsonResponse({"version": answer.version, "saved_at": answer.saved_at.isoformat(), "met": answer.met})


def _refuse_json(request: SignedInRequest, pk: int, answer_pk: int, errors: dict[str, list[str]]) -> JsonResponse:
    """422, but a foreign answer stays a missing one whatever was sent to it."""
    if not Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER).filter(pk=answer_pk, self_report=pk).exists():
        raise Answer.DoesNotExist
    return JsonResponse({"errors": errors}, status=422)


def _save_page(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    if "keep_asked" in request.POST:
        return _save_choice(request, pk, answer_pk)
    shown = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER).select_related("indicator", "self_report", "saved_by")
    answer = shown.get(pk=answer_pk, self_report=pk)
    form = answer_form(answer, request.POST)
    try:
        version = read_version(read_entry(request))
        saved = services.save_answer(answer_id=answer_pk, self_report_id=pk, raw=form.raw, version=version, by=request.user)
    except services.EntryFaults as faults:
        form.add_faults(faults.errors)
        return _answer_page(request, answer, form)
    except InvalidTransition as error:
        form.add_faults({"": [str(error)]})
        return _answer_page(request, answer, form)
    except services.AnswerChanged as changed:
        return _clash_page(request, changed)
    return _saved(request, saved)


def _saved(request: SignedInRequest, answer: Answer, sentence: str = "") -> HttpResponse:
    messages.success(request, sentence or f"Answer {answer.indicator.number} saved")
    numbers = {section.title: section.number for section in sections_of(answer.self_report)}
    address = reverse("surveillance:self_report_section", args=[answer.self_report_id, numbers[answer.indicator.section]])
    return redirect(f"{address}#answer-{answer.pk}")


def _answer_page(request: SignedInRequest, answer: Answer, form: AnswerForm) -> HttpResponse:
    report = SelfReport.objects.for_display().get(pk=answer.self_report_id)
    numbers = {section.title: section.number for section in sections_of(report)}
    context = {"report": report, "answer": answer, "form": form, "section_number": numbers[answer.indicator.section]}
    return render(request, "surveillance/answer_detail.html", context)


def _clash_page(
    request: SignedInRequest, changed: services.AnswerChanged, form: KeepForm | None = None, *, is_again: bool = False
) -> HttpResponse:
    """ "Someone else changed this answer": both texts, nothing lost, a choice."""
    current, entry = changed.current, changed.entry
    name = current.saved_by.name if current.saved_by else "Somebody"
    initial = {
        "version": current.version, "value": entry.value, "numerator": entry.numerator, "denominator": entry.denominator,
        "reason": entry.reason, "comment": entry.comment, "both": f"{current.comment}\n{entry.comment}".strip(),
    }  # fmt: skip
    form = form or KeepForm(initial=initial, name=name)
    yours = Answer(indicator=current.indicator, value=entry.value, numerator=entry.numerator, denominator=entry.denominator)
    fixed = {"report": SelfReport.objects.for_display().get(pk=current.self_report_id), "answer": current, "name": name}
    context = fixed | {
        "form": form, "is_again": is_again,
        "saved": Version(f"Saved now, by {name}", current.comment, _facts(current, current.reason)),
        "yours": Version("Yours, not saved", entry.comment, _facts(yours, entry.reason)),
    }  # fmt: skip
    return render(request, "surveillance/answer_clash.html", context, status=200 if form.is_bound else 409)


def _facts(answer: Answer, reason: str) -> list[tuple[str, str]]:
    return [("Answer", value_words(answer)), ("Reason", reason or "None")]


def _save_choice(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """The choice between two edits; asked again when the answer changed once more."""
    shown = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER).select_related("indicator", "self_report", "saved_by")
    current = shown.get(pk=answer_pk, self_report=pk)
    name = current.saved_by.name if current.saved_by else "Somebody"
    form = KeepForm(request.POST, name=name)
    raw = read_entry(request)
    try:
        version = read_version(raw)
        if not form.is_valid():
            return _clash_page(request, services.AnswerChanged(current, services.clean_entry(current.indicator, raw)), form)
        keep = form.cleaned_data["keep"]
        chosen = raw | ({"comment": form.cleaned_data["both"]} if keep == "BOTH" else {})
        save = services.keep_theirs if keep == "THEIRS" else _replace
        saved = save(answer_id=answer_pk, self_report_id=pk, raw=chosen, version=version, by=request.user)
    except services.AnswerChanged as changed:
        return _clash_page(request, changed, is_again=True)
    except services.EntryFaults as faults:
        again = answer_form(current, request.POST)
        again.add_faults(faults.errors)
        return _answer_page(request, current, again)
    except InvalidTransition as error:
        again = answer_form(current, request.POST)
        again.add_faults({"": [str(error)]})
        return _answer_page(request, current, again)
    kept = "Your text" if keep == "THEIRS" else f"{name}'s text"
    return _saved(request, saved, f"Answer {current.indicator.number} saved. {kept} is kept in the history.")


def _replace(**arguments: Any) -> Answer:
    return services.save_answer(**arguments, replaces=True)


@access(Permission.SELF_REPORT_ANSWER, methods="POST", kind="self_report")
def answer_confirm(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """Say that last year's answer is still true."""
    mine = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER).select_related("indicator", "self_report", "saved_by")
    answer = mine.filter(pk=answer_pk, self_report=pk).first()
    if answer is None:
        _refuse(request, pk, answer_pk)
        raise Http404
    try:
        version = read_version({"version": request.POST.get("version", "")})
        saved = services.confirm_last_year(answer_id=answer_pk, self_report_id=pk, version=version, by=request.user)
    except services.EntryFaults as faults:
        return _not_confirmed(request, answer, faults.errors)
    except InvalidTransition as error:
        return _not_confirmed(request, answer, {"": [str(error)]})
    except services.AnswerChanged as changed:
        return _clash_page(request, changed)
    return _saved(request, saved)


def _not_confirmed(request: SignedInRequest, answer: Answer, errors: dict[str, list[str]]) -> HttpResponse:
    form = answer_form(answer, QueryDict())
    form.add_faults(errors)
    return _answer_page(request, answer, form)


@access(Permission.SELF_REPORT_ANSWER, methods="POST", kind="self_report")
def answer_reply(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """Reply to the hub's question about an answer."""
    mine = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER).select_related("indicator", "self_report", "saved_by")
    answer = mine.filter(pk=answer_pk, self_report=pk).first()
    if answer is None:
        _refuse(request, pk, answer_pk)
        raise Http404
    form = reply_form(answer, request.POST)
    if form.is_valid():
        try:
            services.reply_to_query(answer_id=answer_pk, self_report_id=pk, reply=form.cleaned_data["reply"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, answer, f"Reply about answer {answer.indicator.number} sent")
    context = {"report": visible_report(request, pk), "answer": answer, "form": form, "query": Query.objects.filter(answer=answer).last()}
    return render(request, "surveillance/answer_reply.html", context)
