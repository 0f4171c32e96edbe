"""Excel workbooks, written row by row."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rendering.csv import Cell, neutral_text, whole_file
from rendering.markup import clean_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_CHARACTERS = 32_767  # of one cell in Excel
USUAL_WIDTH = 20
LINE_POINTS, MOST_POINTS = 15, 409  # of a row in Excel
MOST_ROWS = 1_048_575  # of one sheet, without its header
FORBIDDEN_IN_NAMES = "[]:*?/\\"
NHS_BLUE = "#005EB8"


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, header, rows, and widths in characters (20 where none is given)."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


@dataclass(frozen=True)
class Definition:
    """What a word or column in the workbook means."""

    term: str
    meaning: str


@dataclass(frozen=True)
class _Formats:
    header: Format
    text: Format
    day: Format
    moment: Format


def save_workbook(
    destination: Path,
    sheets: Sequence[Sheet],
    *,
    title: str,
    definitions: Sequence[Definition] = (),
    notes: Sequence[str] = (),
    author: str = "Quality and Nursing Team",
) -> list[int]:
    """An XLSX file at ``destination``, whole or not at all. Gives the number of rows of each sheet.

    ``definitions`` and ``notes`` ("Illustrative ...") make a last sheet "About this workbook". Text is always
    written as text: no cell becomes a formula or a link. Raises ValueError without sheets or over Excel's row limit.
    """
    import xlsxwriter  # noqa: PLC0415  slow library

    if not sheets:
        raise ValueError("A workbook needs at least one sheet")
    with whole_file(Path(destination)) as part:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(part), options | {"tmpdir": str(part.parent)}) as book:
            book.set_properties({"title": clean_text(title), "author": author})
            formats = _formats(book)
            names = _names(sheet.name for sheet in sheets)
            counts = [_write(book, name, sheet, formats) for name, sheet in zip(names, sheets, strict=True)]
            if definitions or notes:
                _write(book, "About this workbook", _about(title, definitions, notes), formats)
        with part.open("rb") as file:
            os.fsync(file.fileno())
    return counts


def _formats(book: Workbook) -> _Formats:
    return _Formats(
        header=book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": NHS_BLUE, "text_wrap": True, "valign": "top"}),
        text=book.add_format({"text_wrap": True, "valign": "top"}),
        day=book.add_format({"num_format": "d mmmm yyyy", "valign": "top", "align": "left"}),
        moment=book.add_format({"num_format": "d mmmm yyyy hh:mm", "valign": "top", "align": "left"}),
    )


def _names(wanted: Iterable[str]) -> list[str]:
    """Sheet names as Excel allows them: 31 characters, some signs not, none twice."""
    taken = {"about this workbook"}
    names = []
    for number, name in enumerate(wanted, start=1):
        base = "".join(" " if sign in FORBIDDEN_IN_NAMES else sign for sign in clean_text(name)).strip(" '")[:31]
        base = base if base and base.lower() != "history" else f"Sheet {number}"
        candidate, copy = base, 2
        while candidate.lower() in taken:
            candidate, copy = f"{base[:26]} ({copy})", copy + 1
        taken.add(candidate.lower())
        names.append(candidate)
    return names


def _write(book: Workbook, name: str, sheet: Sheet, formats: _Formats) -> int:
    page = book.add_worksheet(name)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    widths = [*sheet.widths[: len(sheet.header)], *[USUAL_WIDTH] * (len(sheet.header) - len(sheet.widths))]
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    for column, heading in enumerate(sheet.header):
        page.write_string(0, column, neutral_text(heading), formats.header)
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        if count > MOST_ROWS:
            raise ValueError(f"Excel holds at most {MOST_ROWS:,} rows on a sheet: use CSV")
        if (lines := _line_count(row, widths)) > 1:
            page.set_row(count, min(lines * LINE_POINTS, MOST_POINTS))
        for column, cell in enumerate(row):
            _write_cell(page, count, column, cell, formats)
    if sheet.header:
        page.autofilter(0, 0, count, len(sheet.header) - 1)
    return count


def _line_count(row: Sequence[Cell], widths: Sequence[int]) -> int:
    """How many lines the fullest cell of a row takes: not every program works that out when it opens the file."""
    cells = [(cell, width) for cell, width in zip(row, widths, strict=False) if isinstance(cell, str)]
    return max((sum(-(-max(1, len(line)) // max(1, width - 1)) for line in cell.splitlines()) for cell, width in cells), default=1)


def _write_cell(page: Worksheet, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_string(row, column, "Yes" if cell else "No", formats.text)
    elif isinstance(cell, int | float | Decimal):
        page.write_number(row, column, float(cell))
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell.replace(tzinfo=None), formats.moment)
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, formats.day)
    else:
        page.write_string(row, column, neutral_text(cell)[:MOST_CHARACTERS], formats.text)


def _about(title: str, definitions: Sequence[Definition], notes: Sequence[str]) -> Sheet:
    rows: list[tuple[Cell, ...]] = [("Workbook", title)]
    rows += [("Note", note) for note in notes]
    rows += [(definition.term, definition.meaning) for definition in definitions]
    return Sheet(name="About this workbook", header=("Term", "Meaning"), rows=rows, widths=(32, 90))
