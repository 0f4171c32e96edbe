"""The question pages: a section, or one page of a long one, at most 30 questions each with a form of its own."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from surveillance.models import Answer
from surveillance.queries.self_reports import light_answers, pages_of
from surveillance.views.answer_rows import answer_rows, with_all
from surveillance.views.answers import visible_report


@access(Permission.SELF_REPORT_ANSWER, methods="GET", kind="self_report")
def self_report_section(request: SignedInRequest, pk: int, n: int) -> HttpResponse:
    """The questions of one page, each with its own form and button."""
    report = visible_report(request, pk)
    pages = pages_of(light_answers(report))
    if not 1 <= n <= len(pages):
        raise Http404
    page = pages[n - 1]
    own = Answer.objects.for_user(request.user, Permission.SELF_REPORT_ANSWER)
    mine = set(own.filter(pk__in=page.answer_ids).values_list("pk", flat=True))
    answers = list(with_all(report.answers.filter(pk__in=page.answer_ids)).order_by("indicator__position", "pk"))
    rows = answer_rows(report, answers, user=request.user, mine=mine)
    context = {
        "report": report, "section": page, "rows": rows, "is_mine": bool(mine),
        "following": pages[n] if n < len(pages) else None, "may_save": any(row.form for row in rows),
    }  # fmt: skip
    return render(request, "surveillance/self_report_section.html", context)
