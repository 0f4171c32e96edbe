"""The round's exports: CSV of exactly what was declared or assessed, row by row, in this person's scope."""

import csv
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from rendering.csv import neutral_cell
from surveillance.canonical import number_text
from surveillance.models import Assessment, Declaration, Round, Score, SelfReport, Stage
from surveillance.queries.scores import STAGE_ORDER

SERVICE_COLUMNS = (
    "service_id", "ods_code", "provider", "specification", "programme", "region", "icb", "status", "stage", "met", "applicable", "percent",
    "threshold", "below_100", "below_threshold", "change_on_last_year",
)  # fmt: skip
ANSWER_COLUMNS = ("service_id", "number", "stage", "value", "numerator", "denominator", "met")
BATCH = 200


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


def truth(value: bool | None) -> str:
    """true, false, or empty for not applicable."""
    return "" if value is None else str(value).lower()


def _visible(request: SignedInRequest, opened: Round) -> QuerySet[SelfReport]:
    return SelfReport.objects.for_user(request.user, Permission.ROUND_VIEW).filter(round=opened).order_by("service_id", "pk")


@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_services_csv(request: SignedInRequest, year: int) -> StreamingHttpResponse:
    """A row for each service of the round, with its score at one stage and the change on the year before."""
    opened, stage = get_object_or_404(Round, year=year), asked_stage(request)
    now = Score.objects.filter(self_report=OuterRef("pk"), stage=stage, self_report__declared_at__isnull=False)
    before = Score.objects.filter(self_report__service=OuterRef("service"), self_report__round__year=year - 1, stage=stage)
    names = ("met_count", "applicable_count", "percent", "is_threshold_met")
    rows = (
        _visible(request, opened)
        .annotate(
            **{f"score_{name}": Subquery(now.values(name)[:1]) for name in names},
            percent_before=Subquery(before.values("percent")[:1]),
        )
        .values_list(
            "service_id",
            "service__provider__code",
            "service__provider__name",
            "service__network__code",
            "service__network__name",
            "service__specification__number",
            "service__specification__programme__code",
            "service__region__code",
            "service__provider__icb__code",
            "service__network__icb__code",
            "status",
            "indicator_set__threshold_percent",
            *(f"score_{name}" for name in names),
            "percent_before",
        )  # fmt: skip
    )
    return streamed(f"services-{year}.csv", SERVICE_COLUMNS, (_service_row(row, stage) for row in rows.iterator(chunk_size=2000)))


def _service_row(row: tuple[Any, ...], stage: str) -> list[Any]:
    (service, code, provider, network_code, network, specification, programme, region, icb, network_icb, status, threshold, met, applicable,
     percent, is_threshold_met, before) = row  # fmt: skip
    below_100 = None if percent is None else met < applicable
    below_threshold = None if is_threshold_met is None else not is_threshold_met
    change = None if percent is None or before is None else one_decimal(percent - before)
    return [
        service, code or network_code, provider or network, specification, programme, region, icb or network_icb, status, stage, met,
        applicable, one_decimal(percent), one_decimal(threshold), truth(below_100), truth(below_threshold), change,
    ]  # fmt: skip


def one_decimal(number: Decimal | None) -> Decimal | None:
    """A number with exactly one decimal; None stays None."""
    return None if number is None else Decimal(number).quantize(Decimal("0.1"))


@access(Permission.ROUND_VIEW, methods="GET", kind="round")
def round_answers_csv(request: SignedInRequest, year: int) -> StreamingHttpResponse:
    """A row for each declared answer of the round at one stage."""
    opened, stage = get_object_or_404(Round, year=year), asked_stage(request)
    newest = Declaration.objects.filter(self_report=OuterRef("pk")).order_by("-declared_at", "-pk")
    reports = _visible(request, opened).filter(declared_at__isnull=False).annotate(declared=Subquery(newest.values("content")[:1]))
    rows = reports.values_list("pk", "service_id", "declared")
    return streamed(f"answers-{year}.csv", ANSWER_COLUMNS, _answer_rows(rows, stage))


def _answer_rows(rows: Any, stage: str) -> Iterator[list[Any]]:
    batch: list[tuple[int, int, str]] = []
    for row in rows.iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield from _batch_rows(batch, stage)
            batch = []
    yield from _batch_rows(batch, stage)


def _batch_rows(batch: list[tuple[int, int, str]], stage: str) -> Iterator[list[Any]]:
    """Declared answers with what was assessed up to the stage in their place."""
    reached = STAGE_ORDER[1 : STAGE_ORDER.index(Stage(stage)) + 1]
    assessed: dict[int, Assessment] = {}
    if reached:
        found = Assessment.objects.filter(answer__self_report__in=[row[0] for row in batch], stage__in=reached)
        for assessment in sorted(found, key=lambda one: STAGE_ORDER.index(Stage(one.stage))):
            assessed[assessment.answer_id] = assessment
    for _, service, content in batch:
        for answer in json.loads(content)["answers"] if content else []:
            yield [service, answer["number"], stage, *_facts(answer, assessed.get(answer["id"]))]


def _facts(answer: dict[str, Any], assessment: Assessment | None) -> list[Any]:
    if assessment:
        return [
            assessment.value,
            _cell(number_text(assessment.numerator)),
            _cell(number_text(assessment.denominator)),
            truth(assessment.met),
        ]
    value = _cell(answer["value"]) if answer["answer_kind"] == "NUMBER" and answer["value"] != "CANNOT" else answer["value"]
    return [value, _cell(answer["numerator"]), _cell(answer["denominator"]), truth(answer["met"])]


def _cell(text: str | None) -> Decimal | None:
    """A declared number as a number, so that a minus sign is not taken for a formula."""
    return Decimal(text) if text else None
