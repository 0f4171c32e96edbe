"""Reading a workbook that came back: its rows by answer, and what is wrong with its structure.

The file went through ``surveillance.uploads.check_upload`` before. Sizes are bounded here once more, on the parts themselves,
since a workbook of a few kilobytes can hold a million rows.
"""

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surveillance.models import SelfReport
from surveillance.spreadsheets.cells import Row, Value, value_of
from surveillance.spreadsheets.columns import ANSWERS, COLUMNS, FILLED, TECHNICAL, cell_name
from surveillance.spreadsheets.writing import technical_facts

# Some times what the largest set (300 answers with 10,000 characters in each text) takes.
MOST_PART_BYTES = 40 * 1024 * 1024
MOST_ROWS, MOST_CELLS, MOST_STRINGS = 20_000, 400_000, 50_000
SPARE_ROWS = 2_000  # rows read beyond the answers: notes that somebody put below are named, not counted for ever
COUNTED = {
    "rows": (re.compile(rb"<(?:\w+:)?row[\s/>]"), MOST_ROWS),
    "cells": (re.compile(rb"<(?:\w+:)?c[\s/>]"), MOST_CELLS),
    "texts": (re.compile(rb"<(?:\w+:)?si[\s/>]"), MOST_STRINGS),
}
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*ref=[\"']([A-Z0-9:]{2,20})[\"']")
DOWNLOAD_AGAIN = "Download the spreadsheet again and copy your answers into it."

Progress = Callable[[int, int], None]


class WorkbookRefused(Exception):
    """The whole file cannot be used; the message is a sentence for the person."""


@dataclass(frozen=True)
class RowFault:
    """Something wrong with one row or cell of the sheet: its name, the indicator where known, what to do."""

    cell: str
    sentence: str
    number: str = ""


@dataclass
class Workbook:
    """What a workbook holds: a row an answer, faults of its structure, and when it was downloaded (ISO)."""

    downloaded_at: str
    rows: list[Row] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def read_workbook(path: Path, report: SelfReport, *, progress: Progress | None = None) -> Workbook:
    """The rows of the workbook at ``path``, which must be that of ``report``. Raises WorkbookRefused with a sentence.

    ``progress`` is called now and then with rows read and rows expected.
    """
    numbers = dict(report.answers.order_by("indicator__position").values_list("pk", "indicator__number"))
    _refuse_bombs(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of parts that it leaves out
            return _read(path, report, numbers, progress)
    except WorkbookRefused:
        raise
    except Exception as error:  # a hostile or damaged workbook can raise anything in openpyxl
        raise WorkbookRefused("The selected file is damaged. Save it again as an Excel workbook (XLSX) and try once more") from error


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") or name.endswith("sharedStrings.xml"):
                    _refuse_bomb(archive, name)
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, ValueError) as error:
        raise WorkbookRefused("The selected file is not an XLSX that can be opened. Save it again and try once more") from error


def _refuse_bomb(archive: zipfile.ZipFile, name: str) -> None:
    with archive.open(name) as stream:
        content = stream.read(MOST_PART_BYTES + 1)
    if len(content) > MOST_PART_BYTES:
        raise WorkbookRefused(f"The selected file is far larger than the spreadsheet that you downloaded. {DOWNLOAD_AGAIN}")
    for what, (pattern, most) in COUNTED.items():
        if sum(1 for _ in pattern.finditer(content)) > most:
            raise WorkbookRefused(f"The selected file holds far more {what} than the spreadsheet that you downloaded. {DOWNLOAD_AGAIN}")


def _read(path: Path, report: SelfReport, numbers: dict[int, str], progress: Progress | None) -> Workbook:
    import openpyxl  # noqa: PLC0415  slow library

    # By its bytes: stored files have random names, and openpyxl looks at the ending of a name.
    with path.open("rb") as file, closing(openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)) as book:
        facts = _facts(book, report, numbers)
        if ANSWERS not in book.sheetnames:
            raise WorkbookRefused(f"The sheet {ANSWERS} is missing from the selected file. {DOWNLOAD_AGAIN}")
        page = book[ANSWERS]
        found = Workbook(facts["downloaded_at"])
        found.faults += _merged(path, page)
        cells = page.iter_rows(min_row=1, max_row=1 + len(numbers) + SPARE_ROWS, min_col=1, max_col=len(COLUMNS))
        _check_headings(next(cells, ()))
        _take_rows(found, cells, numbers, progress)
        return found


def _facts(book: Any, report: SelfReport, numbers: dict[int, str]) -> dict[str, str]:
    """What the hidden sheet says, which must be what this self-report would write there."""
    wanted = technical_facts(report, list(numbers))
    is_theirs = f"The selected file must be the spreadsheet for {report.service.name}, {report.round.year}"
    if TECHNICAL not in book.sheetnames:
        raise WorkbookRefused(is_theirs)
    rows = book[TECHNICAL].iter_rows(min_row=1, max_row=len(wanted), min_col=1, max_col=2, values_only=True)
    facts = {str(name): str(text) for name, text in rows if name is not None and text is not None}
    if any(facts.get(name) != wanted[name] for name in ("self_report", "service", "year")):
        raise WorkbookRefused(is_theirs)
    if facts.get("format") != wanted["format"]:
        raise WorkbookRefused(f"The selected file is an older kind of spreadsheet. {DOWNLOAD_AGAIN}")
    if facts.get("structure") != wanted["structure"]:
        raise WorkbookRefused(f"The indicators are not those of the selected file any more. {DOWNLOAD_AGAIN}")
    return {"downloaded_at": facts.get("downloaded_at", "")[:40]}


def _merged(path: Path, page: Any) -> Iterator[RowFault]:
    """Cells that were merged: all but one of them lost what they held."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read(page._worksheet_path)
    for reference in MERGED.findall(content)[:50]:
        yield RowFault(reference.decode(), "separate these merged cells and fill in each of them")


def _check_headings(cells: Any) -> None:
    headings = [str(cell.value or "").strip() for cell in cells]
    for place, column in enumerate(COLUMNS):
        present = headings[place] if place < len(headings) else ""
        if present != column.heading:
            name = cell_name(column.key, 1)
            raise WorkbookRefused(f"{name}: the heading must be {column.heading}. Columns were moved or changed. {DOWNLOAD_AGAIN}")


def _take_rows(found: Workbook, lines: Iterator[Any], numbers: dict[int, str], progress: Progress | None) -> None:
    places: dict[int, int] = {}
    for place, cells in enumerate(lines, start=2):
        row = _row(found, place, cells, numbers)
        if row is None:
            continue
        if row.answer_id in places:
            sentence = f"delete this row, which is a copy of row {places[row.answer_id]}"
            found.faults.append(RowFault(cell_name("number", place), sentence, numbers[row.answer_id]))
            continue
        places[row.answer_id] = place
        found.rows.append(row)
        if progress and len(found.rows) % 50 == 0:
            progress(len(found.rows), len(numbers))
    for answer_id, number in numbers.items():
        if answer_id not in places:
            found.faults.append(RowFault("", f"the row of {number} is missing. {DOWNLOAD_AGAIN}", number))


def _row(found: Workbook, place: int, cells: Any, numbers: dict[int, str]) -> Row | None:
    """The row of an answer; None for an empty one and for one that is none of the answers, which is a fault."""
    if not any(cell.value is not None for cell in cells):
        return None
    by_key = {column.key: cells[n] for n, column in enumerate(COLUMNS) if n < len(cells)}
    answer_id, version = _whole(by_key, "answer_id"), _whole(by_key, "version")
    if answer_id is None or answer_id not in numbers:
        sentence = "delete this row. It is not one of the rows that you downloaded, or its hidden columns were changed"
        found.faults.append(RowFault(cell_name("number", place), sentence))
        return None
    if version is None:
        sentence = f"the hidden columns of this row were changed. {DOWNLOAD_AGAIN}"
        found.faults.append(RowFault(cell_name("version", place), sentence, numbers[answer_id]))
        version = 0
    mark = by_key["print"].value
    return Row(place, answer_id, version, str(mark or "")[:64], {key: _value(by_key[key]) for key in FILLED})


def _value(cell: Any) -> Value:
    number_format = "" if cell.value is None else str(cell.number_format or "")
    return value_of(cell.value, data_type=cell.data_type or "n", number_format=number_format)


def _whole(cells: dict[str, Any], key: str) -> int | None:
    """A whole number of a hidden column, also where a program made a text or 5.0 of it."""
    value = cells[key].value
    text = str(value).removesuffix(".0") if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    is_number = text.isascii() and text.isdigit() and len(text) <= 18
    return int(text) if is_number else None
