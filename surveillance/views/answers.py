"""Answers: the list of them, and the one address that saves an answer for pages, parts of pages and JSON alike."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.middleware import wants_json
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import clock_time
from surveillance.bridging import change_between
from surveillance.forms.answers import CONTRADICTION, AnswerForm, KeepForm
from surveillance.models import Answer, InvalidTransition, SelfReport
from surveillance.queries.answer_lists import RULES, answer_doubts, list_of, with_report
from surveillance.queries.last_year import is_on_offer, last_year_answers
from surveillance.queries.self_reports import current_queries, pages_of, value_words
from surveillance.services import answers as services
from surveillance.views.answer_pages import (
    answer_page,
    clash_page,
    part_of_row,
    saved_page,
    wants_part,
)
from surveillance.views.answer_rows import answer_form
from surveillance.views.entries import FIELDS, BadBytes, read_entry, read_version, saved_by_whom, sent, stored


def visible_report(request: SignedInRequest, pk: int) -> SelfReport:
    """The self-report, or 404 where it is out of scope."""
    return get_object_or_404(SelfReport.objects.for_user(request.user, Permission.SELF_REPORT_VIEW).for_display(), pk=pk)


def posted(request: SignedInRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, also when nothing was filled in; None on a GET."""
    return request.POST if request.method == "POST" else None


@access(Permission.SELF_REPORT_VIEW, methods="GET", kind="self_report")
def answer_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every answer of a self-report, or with ``?show=`` those of one list: JSON for programs, one plain page for people."""
    report = visible_report(request, pk)
    answers = list(report.answers.select_related("indicator").order_by("indicator__position", "pk"))
    if wants_json(request):
        return JsonResponse([stored(answer) for answer in answers], safe=False)
    context = {"report": report, "label": "", "own_urls": _own_urls(request, report, answers)}
    show = request.GET.get("show", "")
    prefetch_related_objects(answers, "evidence")
    if show in RULES:
        before = last_year_answers(report)
        chosen = list_of(show, asked_now(report, with_report(answers, report)), before)
        answers, context["label"] = chosen.answers, chosen.label
        for answer in answers:
            earlier = before.get(answer.indicator.number)
            answer.last_year = value_words(earlier) if earlier else ""
            answer.doubts = answer_doubts(answer, before) if show == "checks" else []
    return render(request, "surveillance/answer_list.html", context | {"sections": grouped(answers), "count": len(answers)})


def asked_now(report: SelfReport, answers: list[Answer]) -> list[Answer]:
    """While the hub's questions are open, only the answers that it asked about."""
    if report.status != SelfReport.Status.QUERIED:
        return answers
    asked = set(current_queries(report).values_list("answer", flat=True))
    return [answer for answer in answers if answer.pk in asked]


def _own_urls(request: SignedInRequest, report: SelfReport, answers: list[Answer]) -> dict[int, str]:
    """Where this person changes each answer that is theirs to give: its page of questions, at its place."""
    if not request.user.has_permission(Permission.SELF_REPORT_ANSWER):
        return {}
    own = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER).filter(self_report=report)
    mine = set(own.values_list("pk", flat=True))
    addresses = {
        pk: reverse("surveillance:self_report_section", args=[report.pk, page.number])
        for page in pages_of(answers)
        for pk in page.answer_ids
    }
    return {pk: f"{address}#answer-{pk}" for pk, address in addresses.items() if pk in mine}


def grouped(answers: list[Answer]) -> list[tuple[str, list[Answer]]]:
    """Answers by section, in the order of the set, each with its value in words."""
    sections: dict[str, list[Answer]] = {}
    for answer in answers:
        answer.words = value_words(answer)
        sections.setdefault(answer.indicator.section, []).append(answer)
    return list(sections.items())


@access(Permission.SELF_REPORT_ANSWER, kind="self_report")
def answer_detail(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """One answer: GET shows it, POST saves it. JSON: 200, 409, 422, 400, 503; pages and parts: forms with the same rules."""
    if request.method == "GET":
        return guarded(request, pk, answer_pk, _show_answer)
    return guarded(request, pk, answer_pk, _save_json if wants_json(request) else _save_page)


def guarded(request: SignedInRequest, pk: int, answer_pk: int, act: Callable[[SignedInRequest, int, int], HttpResponse]) -> HttpResponse:
    """``act`` with what can go wrong before and beneath it: 401, 400, 404 or 403, 503."""
    try:
        return HttpResponse("Sign in to continue.", status=401) if is_of_another(request) else act(request, pk, answer_pk)
    except BadBytes:
        sentence = "The text holds bytes that are not valid."
        if wants_json(request):
            return JsonResponse({"errors": {"": [sentence]}}, status=400)
        return HttpResponse(sentence, status=400, content_type="text/plain")
    except Answer.DoesNotExist:
        refuse(request, pk, answer_pk)
        raise
    except (OperationalError, InterfaceError):
        if not wants_json(request):
            raise
        return JsonResponse({"errors": {"": ["We could not save this. Try again in a moment."]}}, status=503)


def is_of_another(request: SignedInRequest) -> bool:
    """Whether a page that one person opened sends while another is signed in at the same browser: it is as if signed out."""
    opened_by = request.headers.get("X-Opened-By", "")
    return bool(opened_by) and opened_by != str(request.user.pk)


def refuse(request: SignedInRequest, pk: int, answer_pk: int) -> None:
    """404 out of scope; 403 where the answer can be read but belongs to somebody else's section."""
    if not Answer.objects.for_user(request.user, Permission.SELF_REPORT_VIEW).filter(pk=answer_pk, self_report=pk).exists():
        raise Http404
    raise PermissionDenied("This section is not given to you. The service lead can give it to you.")


def _show_answer(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    if wants_json(request):
        own = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER).select_related("indicator")
        return JsonResponse(stored(own.get(pk=answer_pk, self_report=pk)))
    if wants_part(request):
        return part_of_row(request, pk, answer_pk)
    return answer_page(request, pk, answer_pk)


def _save_json(request: SignedInRequest, pk: int, answer_pk: int) -> JsonResponse:
    def save(raw: dict[str, str]) -> Answer:
        return services.save_answer(answer_id=answer_pk, self_report_id=pk, raw=raw, version=read_version(raw), by=request.user)

    return answer_json(request, pk, answer_pk, save)


def answer_json(request: SignedInRequest, pk: int, answer_pk: int, save: Callable[[dict[str, str]], Answer]) -> JsonResponse:
    """What ``save`` does with the fields that were sent, in the contract's words: 200, 409 or 422."""
    raw = dict.fromkeys(FIELDS, "")
    try:
        raw = read_entry(request)
        answer = save(raw)
    except services.EntryFaults as faults:
        return _refuse_json(request, pk, answer_pk, faults.errors)
    except InvalidTransition as error:
        return JsonResponse({"errors": {"": [str(error)]}}, status=422)
    except services.AnswerChanged as changed:
        current = saved_by_whom(changed.current)
        return JsonResponse({"current": current, "yours": sent(changed.current, changed.entry, int(raw["version"]))}, status=409)
    return JsonResponse({"version": answer.version, "saved_at": answer.saved_at.isoformat(), "met": answer.met})


def _refuse_json(request: SignedInRequest, pk: int, answer_pk: int, errors: dict[str, list[str]]) -> JsonResponse:
    """422, but a foreign answer stays a missing one whatever was sent to it."""
    if not Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER).filter(pk=answer_pk, self_report=pk).exists():
        raise Answer.DoesNotExist
    return JsonResponse({"errors": errors}, status=422)


def _save_page(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    if "keep_asked" in request.POST:
        return _save_choice(request, pk, answer_pk)
    answer = own_answer(request, pk, answer_pk)
    earlier = _on_offer(answer)
    form = answer_form(answer, request.POST, may_confirm=earlier is not None)
    try:
        version = read_version(read_entry(request))
        saved = _save_form(request, form, earlier, version)
    except services.EntryFaults as faults:
        form.add_faults(faults.errors)
        return answer_page(request, pk, answer_pk, form)
    except InvalidTransition as error:
        form.add_faults({"": [str(error)]})
        return answer_page(request, pk, answer_pk, form)
    except services.AnswerChanged as changed:
        return clash_page(request, changed)
    return saved_page(request, saved)


def own_answer(request: SignedInRequest, pk: int, answer_pk: int) -> Answer:
    """The answer, where it is this person's to give. Raises Answer.DoesNotExist."""
    own = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER)
    return own.select_related("indicator", "self_report__round", "saved_by").get(pk=answer_pk, self_report=pk)


def own_or_refused(request: SignedInRequest, pk: int, answer_pk: int) -> Answer:
    """The answer where it is this person's to give; else 404 or 403, also for what is malformed."""
    try:
        return own_answer(request, pk, answer_pk)
    except Answer.DoesNotExist:
        refuse(request, pk, answer_pk)
        raise


def _on_offer(answer: Answer) -> Answer | None:
    """Last year's answer, if it can be confirmed."""
    earlier = last_year_answers(answer.self_report, numbers=[answer.indicator.number]).get(answer.indicator.number)
    if earlier is None or not is_on_offer(earlier, change_between(earlier.indicator, answer.indicator)):
        return None
    return earlier


def _save_form(request: SignedInRequest, form: AnswerForm, earlier: Answer | None, version: int) -> Answer:
    """Confirm last year's answer where "Still true" says so, else save what was entered. Raises EntryFaults where both were."""
    answer = form.answer
    if form.says_still_true and earlier is not None:
        if form.has_value and not _is_same(services.clean_entry(answer.indicator, form.raw), earlier):
            raise services.EntryFaults({"still": [CONTRADICTION]})
        if not answer.confirmed_years_count:
            return services.confirm_last_year(
                answer_id=answer.pk, self_report_id=answer.self_report_id, version=version, comment=form.raw["comment"], by=request.user
            )
    return services.save_answer(answer_id=answer.pk, self_report_id=answer.self_report_id, raw=form.raw, version=version, by=request.user)


def _is_same(entry: services.Entry, earlier: Answer) -> bool:
    return (entry.value, entry.numerator, entry.denominator) == (earlier.value, earlier.numerator, earlier.denominator)


def _save_choice(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """The choice between two edits; asked again when the answer changed once more."""
    current = own_answer(request, pk, answer_pk)
    name = current.saved_by.name if current.saved_by else "Somebody"
    form = KeepForm(request.POST, name=name, answer=current)
    raw = read_entry(request)
    try:
        version = read_version(raw)
        if not form.is_valid():
            return clash_page(request, services.AnswerChanged(current, services.clean_entry(current.indicator, raw)), form)
        keep = form.cleaned_data["keep"]
        chosen = raw | ({"comment": form.cleaned_data["both"]} if keep == "BOTH" else {})
        save = services.keep_theirs if keep == "THEIRS" else _replace
        saved = save(answer_id=answer_pk, self_report_id=pk, raw=chosen, version=version, by=request.user)
    except services.AnswerChanged as changed:
        return clash_page(request, changed, is_again=True)
    except services.EntryFaults as faults:
        return not_saved(request, current, faults.errors)
    except InvalidTransition as error:
        return not_saved(request, current, {"": [str(error)]})
    if keep == "THEIRS":
        return saved_page(request, saved, f"{name}'s answer is kept. Your text is kept in the history.")
    return saved_page(request, saved, f"Saved at {clock_time(saved.saved_at)}. {name}'s text is kept in the history.")


def _replace(**arguments: Any) -> Answer:
    return services.save_answer(**arguments, replaces=True)


def not_saved(request: SignedInRequest, answer: Answer, errors: dict[str, list[str]]) -> HttpResponse:
    """The page of one answer with what was sent and why it was not saved."""
    form = answer_form(answer, request.POST, may_confirm=_on_offer(answer) is not None)
    form.add_faults(errors)
    return answer_page(request, answer.self_report_id, answer.pk, form)
