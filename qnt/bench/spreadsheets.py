"""A self-report of 300 as a workbook: written, and read back with its dry run, over reading the rows."""

from pathlib import Path

from django.utils import timezone

from qnt.bench.data import COMMENT, World
from qnt.bench.registry import Limits, Pair, Side, benchmark, on_both
from surveillance.models import Answer, SelfReport
from surveillance.queries.last_year import last_year_answers
from surveillance.queries.spreadsheets import answers_with_rights
from surveillance.services.spreadsheet_findings import find
from surveillance.spreadsheets import read_workbook, write_workbook

FLOOR = "reading the rows"


def reading(report: SelfReport) -> Side:
    """Every answer with its indicator, in one statement."""
    return lambda: list(Answer.objects.filter(self_report=report).select_related("indicator").order_by("indicator__position"))


def fill_in(path: Path) -> None:
    """Write another comment into every row, as somebody would who worked on the file."""
    import openpyxl  # noqa: PLC0415 - slow library

    book = openpyxl.load_workbook(path)
    page = book["Answers"]
    comment = next(cell.column for cell in page[1] if cell.value == "Comment")
    for row in range(2, page.max_row + 1):
        page.cell(row, comment, f"{COMMENT} Row {row}.")
    book.save(path)


def dry_run(path: Path, world: World) -> None:
    """Read the file and compare every row with its answer; nothing is written."""
    report = world.large
    workbook = read_workbook(path, report)
    answers = {answer.pk: answer for answer in answers_with_rights(report.pk, world.lead)}
    found = find(workbook.rows, answers, last_year_answers(report), today=timezone.localdate(), total_count=len(answers))
    if workbook.faults or found.faults or len(found.changes) != len(answers):
        raise RuntimeError(f"{len(found.changes)} of {len(answers)} rows changed; {[*workbook.faults, *found.faults][:3]}")


@benchmark(
    "workbook_out_300",
    subject="XLSX of 300 out",
    floor=FLOOR,
    limits=Limits(
        ratio=on_both(60),
        statements=12,
        peak_mib=8,
        because="17 cells a row with formats, lists and locks become XML and are compressed; last year's answers are read too.",
    ),
)
def workbook_out_300(world: World) -> Pair:
    destination = world.folder / "out.xlsx"
    return Pair(lambda: write_workbook(world.large, destination), reading(world.large))


@benchmark(
    "workbook_in_300",
    subject="XLSX of 300 in, dry run of 300 changes",
    floor=FLOOR,
    limits=Limits(
        ratio=on_both(70),
        statements=12,
        peak_mib=8,
        because="Each part is counted before it is opened, 5,100 cells are parsed from XML, and each row is checked and compared.",
    ),
)
def workbook_in_300(world: World) -> Pair:
    path = world.folder / "in.xlsx"
    write_workbook(world.large, path)
    fill_in(path)
    return Pair(lambda: dry_run(path, world), reading(world.large))
