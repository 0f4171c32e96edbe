"""The round's exports, row by row and in one person's scope: exactly what was declared or assessed, whatever the file.

The columns are a contract (design section 6). A row belongs to a stage when the self-report reached it: declared, accepted, or
agreed by a peer review. Within it an answer without an assessment counts as at the stage before, as in the scores.
"""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.text import slugify

from rendering.csv import Cell
from rendering.sheets import Definition
from surveillance.canonical import number_text
from surveillance.models import Assessment, Declaration, Score, SelfReport, Stage
from surveillance.queries.scores import STAGE_ORDER
from surveillance.services.scores import suspended_answers

SERVICE_COLUMNS = (
    "service_id", "ods_code", "provider", "specification", "programme", "region", "icb", "status", "stage", "met", "applicable", "percent",
    "threshold", "below_100", "below_threshold", "change_on_last_year",
)  # fmt: skip
ANSWER_COLUMNS = ("service_id", "number", "stage", "value", "numerator", "denominator", "met")
BATCH = 200
DEFINITIONS = (
    Definition("service_id", "The service's number on this site; the same in both sheets and in every year."),
    Definition("ods_code, provider", "Code and name of the trust or network that runs the service."),
    Definition("specification, programme", "Number of the service specification, and code of its programme of care."),
    Definition("region, icb", "Code of the region and of the integrated care board; empty where there is none."),
    Definition("status", "Where the self-report stands now."),
    Definition("stage", "Whose view the row is: self-assessed by the service, validated by the hub, or peer reviewed."),
    Definition("met, applicable (services)", "How many indicators are met, of how many that apply. Empty: this stage is not reached."),
    Definition("percent", "Met of applicable, one decimal, rounded down, so that 100.0 means every indicator."),
    Definition("threshold", "The good practice level of the indicator set. Empty: key requirements, which are not counted."),
    Definition("below_100, below_threshold", "Whether the service is under 100% or under its good practice level."),
    Definition("change_on_last_year", "Percentage points since the year before, at the same stage. Empty: no figure for that year."),
    Definition("number", "Number of the indicator."),
    Definition("value", "YES, NO, NA (not applicable), CANNOT (cannot answer: counts as not met), or the number or text that was given."),
    Definition("numerator, denominator", "Both halves of a proportion, as they were given."),
    Definition("met (answers)", "true or false; empty when it does not count: not applicable, a text, no target, or suspended."),
)


def name_of(what: str, year: int, stage: str, filters: list[str]) -> str:
    """A file's name without its ending; it says the stage and the filters, where these are not the usual ones."""
    parts = [what, str(year), *([stage] if stage != Stage.SELF_ASSESSED else []), *filters]
    return slugify("-".join(parts))[:150].strip("-")


# Services -------------------------------------------------------------------------------------------------------------
def service_rows(reports: QuerySet[SelfReport], *, year: int, stage: str) -> Iterator[list[Any]]:
    """A row for each self-report of a round, with its score at one stage and the change on the year before."""
    now = Score.objects.filter(self_report=OuterRef("pk"), stage=stage, self_report__declared_at__isnull=False)
    before = Score.objects.filter(self_report__service=OuterRef("service"), self_report__round__year=year - 1, stage=stage)
    names = ("met_count", "applicable_count", "percent", "is_threshold_met")
    rows = (
        reports.order_by("service_id", "pk")
        .annotate(
            **{f"score_{name}": Subquery(now.values(name)[:1]) for name in names},
            percent_last_year=Subquery(before.values("percent")[:1]),
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
            "indicator_set__is_counted",
            *(f"score_{name}" for name in names),
            "percent_last_year",
        )  # fmt: skip
    )
    return (_service_row(row, stage) for row in rows.iterator(chunk_size=2000))


def _service_row(row: tuple[Any, ...], stage: str) -> list[Any]:
    (service, code, provider, network_code, network, specification, programme, region, icb, network_icb, status, threshold, is_counted, met,
     applicable, percent, is_threshold_met, before) = row  # fmt: skip
    if not is_counted:  # key requirements never count: no level, no percentage, nothing below either
        threshold = percent = is_threshold_met = None
    below_100 = None if percent is None else met < applicable
    below_threshold = None if is_threshold_met is None else not is_threshold_met
    change = None if percent is None or before is None else one_decimal(percent - before)
    return [
        service, code or network_code, provider or network, specification, programme, region, icb or network_icb, status, stage, met,
        applicable, one_decimal(percent), one_decimal(threshold), truth(below_100), truth(below_threshold), change,
    ]  # fmt: skip


def truth(value: bool | None) -> str:
    """true, false, or empty for not applicable."""
    return "" if value is None else str(value).lower()


def one_decimal(number: Decimal | None) -> Decimal | None:
    """A number with exactly one decimal; None stays None."""
    return None if number is None else Decimal(number).quantize(Decimal("0.1"))


# Answers --------------------------------------------------------------------------------------------------------------
def answer_rows(reports: QuerySet[SelfReport], *, stage: str, progress: Callable[[int], None] = lambda done: None) -> Iterator[list[Any]]:
    """A row for each declared answer of the self-reports that reached the stage; never more than a batch of them in memory.

    ``progress`` hears how many self-reports are done.
    """
    newest = Declaration.objects.filter(self_report=OuterRef("pk")).order_by("-declared_at", "-pk")
    found = at_stage(reports, stage).order_by("service_id", "pk").annotate(declared=Subquery(newest.values("content")[:1]))
    batch: list[tuple[int, int, str]] = []
    done = 0
    for row in found.values_list("pk", "service_id", "declared").iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield from _batch_rows(batch, stage)
            done += len(batch)
            progress(done)
            batch = []
    yield from _batch_rows(batch, stage)
    progress(done + len(batch))


def at_stage(reports: QuerySet[SelfReport], stage: str) -> QuerySet[SelfReport]:
    """Self-reports that reached the stage: declared, and at a later one with a score there."""
    declared = reports.filter(declared_at__isnull=False)
    if stage == Stage.SELF_ASSESSED:
        return declared
    return declared.filter(Exists(Score.objects.filter(self_report=OuterRef("pk"), stage=stage)))


def _batch_rows(batch: list[tuple[int, int, str]], stage: str) -> Iterator[list[Any]]:
    """Declared answers with what was assessed up to the stage in their place."""
    reached = STAGE_ORDER[1 : STAGE_ORDER.index(Stage(stage)) + 1]
    assessed: dict[int, Assessment] = {}
    if reached and batch:
        found = Assessment.objects.filter(answer__self_report__in=[row[0] for row in batch], stage__in=reached)
        for assessment in sorted(found, key=lambda one: STAGE_ORDER.index(Stage(one.stage))):
            assessed[assessment.answer_id] = assessment
    suspended = suspended_answers(list(SelfReport.objects.filter(pk__in=[row[0] for row in batch]).select_related("round")))
    for report, service, content in batch:
        for answer in json.loads(content)["answers"] if content else []:
            facts = _facts(answer, assessed.get(answer["id"]))
            if answer["id"] in suspended.get(report, {}):
                facts[-1] = truth(None)  # an answer to a suspended indicator does not count: neither met nor not met
            yield [service, answer["number"], stage, *facts]


def _facts(answer: dict[str, Any], assessment: Assessment | None) -> list[Cell]:
    if assessment:
        value = _number_or_text(answer["answer_kind"], assessment.value)
        numbers = [_cell(number_text(assessment.numerator)), _cell(number_text(assessment.denominator))]
        return [value, *numbers, truth(assessment.met)]
    numbers = [_cell(answer["numerator"]), _cell(answer["denominator"])]
    return [_number_or_text(answer["answer_kind"], answer["value"]), *numbers, truth(answer["met"])]


def _number_or_text(kind: str, value: str) -> Cell:
    """A measured number as a number, so that a minus sign is not taken for a formula; anything else as it was given."""
    return _cell(value) if kind == "NUMBER" and value not in {"CANNOT", "NA"} else value


def _cell(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
