"""What else is done with one answer: confirm last year's, read its doubts, reply to the hub."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import SignedInRequest, access
from accounts.middleware import wants_json
from accounts.permissions import Permission
from surveillance.models import Answer, InvalidTransition, Query
from surveillance.queries.answer_lists import answer_doubts
from surveillance.queries.last_year import last_year_answers
from surveillance.queries.self_reports import light_answers, pages_of, value_words
from surveillance.services import answers as services
from surveillance.views.answer_pages import clash_page, saved_page, wants_part
from surveillance.views.answer_rows import reply_form
from surveillance.views.answers import answer_json, guarded, not_saved, own_answer, own_or_refused, visible_report
from surveillance.views.entries import read_entry, read_version


@access(Permission.SELF_REPORT_ANSWER, methods="POST", kind="self_report")
def answer_confirm(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """Say that last year's answer is still true; JSON has the words of the contract of the answer's own address."""
    return guarded(request, pk, answer_pk, _confirm_json if wants_json(request) else _confirm_page)


def _confirm_json(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    return answer_json(request, pk, answer_pk, lambda raw: _confirm(request, pk, answer_pk, raw))


def _confirm(request: SignedInRequest, pk: int, answer_pk: int, raw: dict[str, str]) -> Answer:
    version, comment = read_version(raw), raw["comment"]
    return services.confirm_last_year(answer_id=answer_pk, self_report_id=pk, version=version, comment=comment, by=request.user)


def _confirm_page(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    try:
        saved = _confirm(request, pk, answer_pk, read_entry(request))
    except services.EntryFaults as faults:
        return not_saved(request, own_or_refused(request, pk, answer_pk), faults.errors)
    except InvalidTransition as error:
        return not_saved(request, own_answer(request, pk, answer_pk), {"": [str(error)]})
    except services.AnswerChanged as changed:
        return clash_page(request, changed)
    return saved_page(request, saved)


@access(Permission.SELF_REPORT_ANSWER, methods="GET", kind="self_report")
def answer_checks(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """What a saved answer makes one ask: a part that the question page fetches after a save, a page without it."""
    answer = own_or_refused(request, pk, answer_pk)
    report = visible_report(request, pk)
    answer.self_report = report
    before = last_year_answers(report, numbers=[answer.indicator.number])
    context = {"report": report, "answer": answer, "doubts": answer_doubts(answer, before), "words": value_words(answer)}
    if not wants_part(request):
        return render(request, "surveillance/answer_checks.html", context)
    page = next(page for page in pages_of(light_answers(report)) if answer.pk in page.answer_ids)
    return render(request, "surveillance/_answer_checks.html", context | {"count_words": page.count_words})


@access(Permission.SELF_REPORT_ANSWER, methods="POST", kind="self_report")
def answer_reply(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """Reply to the hub's question about an answer."""
    answer = own_or_refused(request, pk, answer_pk)
    form = reply_form(answer, request.POST)
    if form.is_valid():
        try:
            services.reply_to_query(answer_id=answer_pk, self_report_id=pk, reply=form.cleaned_data["reply"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            return saved_page(request, answer, f"Reply about answer {answer.indicator.number} sent")
    context = {"report": visible_report(request, pk), "answer": answer, "form": form, "query": Query.objects.filter(answer=answer).last()}
    return render(request, "surveillance/answer_reply.html", context)
