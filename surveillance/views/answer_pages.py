"""What the answer's address gives back: a page or, for the question page's script, the part of it that changes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest
from accounts.components import Version
from surveillance.forms.answers import AnswerForm, KeepForm
from surveillance.models import Answer, SelfReport
from surveillance.queries.self_reports import page_number_of, value_words
from surveillance.services.answers import AnswerChanged
from surveillance.views.answer_rows import one_row


def wants_part(request: SignedInRequest) -> bool:
    """Whether the question page's script asks, which swaps only one answer."""
    return request.headers.get("HX-Request") == "true"


def part_of_row(request: SignedInRequest, pk: int, answer_pk: int, form: AnswerForm | None = None, *, saved: str = "") -> HttpResponse:
    """One question as it is now; 422 with the faults of ``form``. ``saved`` says more than when it was saved."""
    row = one_row(SelfReport.objects.for_display().get(pk=pk), answer_pk, user=request.user, form=form)
    row.saved_words = saved or row.saved_words
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "surveillance/_answer.html", {"report": row.answer.self_report, "row": row}, status=status)


def answer_page(request: SignedInRequest, pk: int, answer_pk: int, form: AnswerForm | None = None) -> HttpResponse:
    """One question on a page of its own, where its faults are shown."""
    if wants_part(request):
        return part_of_row(request, pk, answer_pk, form)
    report = SelfReport.objects.for_display().get(pk=pk)
    row = one_row(report, answer_pk, user=request.user, form=form)
    context = {"report": report, "row": row, "answer": row.answer, "form": row.form, "section_number": page_number_of(row.answer)}
    return render(request, "surveillance/answer_detail.html", context)


def saved_page(request: SignedInRequest, answer: Answer, sentence: str = "") -> HttpResponse:
    """Back to the question's place on its page, saying what was saved."""
    if wants_part(request):
        return part_of_row(request, answer.self_report_id, answer.pk, saved=sentence)
    messages.success(request, sentence or f"Answer {answer.indicator.number} saved")
    address = reverse("surveillance:self_report_section", args=[answer.self_report_id, page_number_of(answer)])
    return redirect(f"{address}#answer-{answer.pk}")


def clash_page(request: SignedInRequest, changed: AnswerChanged, form: KeepForm | None = None, *, is_again: bool = False) -> HttpResponse:
    """ "Someone else changed this answer": both texts, nothing lost, a choice. 409, or 200 (a part: 422) without a choice."""
    current, entry = changed.current, changed.entry
    name = current.saved_by.name if current.saved_by else "Somebody"
    initial = {
        "version": current.version, "value": entry.value, "numerator": entry.numerator, "denominator": entry.denominator,
        "reason": entry.reason, "comment": entry.comment, "both": f"{current.comment}\n{entry.comment}".strip(),
    }  # fmt: skip
    form = form or KeepForm(initial=initial, name=name, answer=current)
    form.form_action = reverse("surveillance:answer_detail", args=[current.self_report_id, current.pk])
    yours = Answer(indicator=current.indicator, value=entry.value, numerator=entry.numerator, denominator=entry.denominator)
    context = {
        "answer": current, "name": name, "form": form, "is_again": is_again,
        "saved": Version(f"Saved now, by {name}", current.comment, _facts(current, current.reason)),
        "yours": Version("Yours, not saved", entry.comment, _facts(yours, entry.reason)),
    }  # fmt: skip
    if wants_part(request):
        return render(request, "surveillance/_answer_clash.html", context, status=422 if form.is_bound else 409)
    context["report"] = SelfReport.objects.for_display().get(pk=current.self_report_id)
    return render(request, "surveillance/answer_clash.html", context, status=200 if form.is_bound else 409)


def _facts(answer: Answer, reason: str) -> list[tuple[str, str]]:
    return [("Answer", value_words(answer)), ("Reason", reason or "None")]
