"""Excel workbooks to fill in: headings, rows, lists to choose from, a hint on each column, and a sheet that explains them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rendering.csv import Cell, neutral_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

NHS_BLUE = "#005EB8"
LISTS = "Lists"


@dataclass(frozen=True)
class EntryColumn:
    """A column to fill in: heading, what to enter (255 characters at most), what it may hold, and its look.

    ``choices`` makes a list to choose from. ``is_date`` shows cells as dates; they stay empty or hold real dates.
    """

    heading: str
    guidance: str
    is_required: bool = False
    choices: Sequence[str] = ()
    is_date: bool = False
    width: int = 20


def entry_workbook(
    *, sheet: str, columns: Sequence[EntryColumn], rows: Iterable[Sequence[Cell]], most_rows: int, title: str, notes: Sequence[str] = ()
) -> bytes:
    """A workbook with the sheets ``sheet`` (to fill in, ``most_rows`` at most), "Guidance", and "Lists" where there are any.

    Text is always written as text: no cell becomes a formula or a link.
    """
    import xlsxwriter  # noqa: PLC0415  slow library

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"title": title, "author": "Quality and Nursing Team"})
        page, guidance = book.add_worksheet(sheet), book.add_worksheet("Guidance")
        _write_guidance(book, guidance, columns, notes)
        sources = _write_lists(book, columns)
        _write_headings(book, page, columns)
        _write_rows(book, page, columns, rows)
        for place, column in enumerate(columns):
            page.data_validation(1, place, most_rows, place, _rule(column, sources.get(column.heading)))
    return made.getvalue()


def _write_headings(book: Workbook, page: Worksheet, columns: Sequence[EntryColumn]) -> None:
    look = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": NHS_BLUE, "valign": "top"})
    page.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        page.set_column(place, place, column.width, day if column.is_date else text)
        page.write_string(0, place, column.heading, look)


def _write_rows(book: Workbook, page: Worksheet, columns: Sequence[EntryColumn], rows: Iterable[Sequence[Cell]]) -> None:
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for number, row in enumerate(rows, start=1):
        for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
            if cell is None or cell == "":
                continue
            if column.is_date:
                page.write_datetime(number, place, cell, day)
            else:
                page.write_string(number, place, neutral_text(str(cell).replace("\r\n", "\n").replace("\r", "\n")), text)


def _write_guidance(book: Workbook, page: Worksheet, columns: Sequence[EntryColumn], notes: Sequence[str]) -> None:
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 22, wrapped)
    page.set_column(1, 1, 14, wrapped)
    page.set_column(2, 2, 90, wrapped)
    lines = [("Note", "", note) for note in notes]
    lines += [(column.heading, "Needed" if column.is_required else "Optional", column.guidance) for column in columns]
    for place, heading in enumerate(("Column", "Needed?", "What to enter")):
        page.write_string(0, place, heading, bold)
    for number, line in enumerate(lines, start=1):
        for place, words in enumerate(line):
            page.write_string(number, place, neutral_text(words), wrapped)


def _write_lists(book: Workbook, columns: Sequence[EntryColumn]) -> dict[str, str]:
    """The choices on a sheet of their own, as a choice may hold a comma; gives the range of each by heading."""
    chosen = [column for column in columns if column.choices]
    if not chosen:
        return {}
    page = book.add_worksheet(LISTS)
    sources = {}
    for place, column in enumerate(chosen):
        page.set_column(place, place, 34)
        page.write_string(0, place, column.heading)
        for number, choice in enumerate(column.choices, start=1):
            page.write_string(number, place, choice)
        letter = chr(ord("A") + place)
        sources[column.heading] = f"={LISTS}!${letter}$2:${letter}${len(column.choices) + 1}"
    return sources


def _rule(column: EntryColumn, source: str | None) -> dict[str, Any]:
    """The list of a column, or any value; with its hint."""
    rule: dict[str, Any] = {"input_title": column.heading[:32], "input_message": column.guidance[:255], "validate": "any"}
    if source:
        words = "Choose one from the list."
        rule |= {"validate": "list", "source": source, "error_title": "Not in the list", "error_message": words}
    return rule
