"""The round's downloads: CSV as it is read, and an Excel file that a job makes. Filters of the address narrow both."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from rendering.csv import neutral_cell
from surveillance.exporting import ANSWER_COLUMNS, SERVICE_COLUMNS, answer_rows, name_of, service_rows
from surveillance.models import Round, Stage
from surveillance.round_choice import choice_of
from surveillance.services import exports as services


class _Line:
    """What ``csv.writer`` writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def streamed(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """A CSV download that never stands in memory as a whole; texts that a spreadsheet would run are neutralised."""
    writer = csv.writer(_Line(), lineterminator="\r\n")

    def lines() -> Iterator[str]:
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow([neutral_cell(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def asked_stage(request: SignedInRequest) -> str:
    """The stage that the address asks for; an unknown one is a missing page."""
    stage = request.GET.get("stage", Stage.SELF_ASSESSED)
    if stage not in Stage.values:
        raise Http404
    return str(stage)


@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_services_csv(request: SignedInRequest, year: int) -> StreamingHttpResponse:
    """A row for each service of the round, with its score at one stage and the change on the year before."""
    opened, stage = get_object_or_404(Round, year=year), asked_stage(request)
    choice = choice_of(request.user, opened, request.GET)
    name = f"{name_of('services', year, stage, choice.words)}.csv"
    return streamed(name, SERVICE_COLUMNS, service_rows(choice.reports, year=year, stage=stage))


@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_answers_csv(request: SignedInRequest, year: int) -> StreamingHttpResponse:
    """A row for each declared answer of the round at one stage."""
    opened, stage = get_object_or_404(Round, year=year), asked_stage(request)
    choice = choice_of(request.user, opened, request.GET)
    name = f"{name_of('answers', year, stage, choice.words)}.csv"
    return streamed(name, ANSWER_COLUMNS, answer_rows(choice.reports, stage=stage))


@access(Permission.ROUND_VIEW, kind="round")
def round_workbook(request: SignedInRequest, year: int) -> HttpResponse:
    """What the Excel file will hold; POST asks the job for it and leads to its page."""
    opened, stage = get_object_or_404(Round, year=year), asked_stage(request)
    if request.method == "POST":
        job = services.request_workbook(round_id=opened.pk, stage=stage, query=request.GET.urlencode(), by=request.user)
        return redirect("work:job_detail", pk=job.pk)
    choice = choice_of(request.user, opened, request.GET)
    context = {"opened": opened, "stage": Stage(stage).label, "filters": choice.words, "count": choice.reports.count()}
    return render(request, "surveillance/round_workbook.html", context)
