"""The lines of an Excel workbook as texts, the way a CSV file gives them; what no text can stand for is a fault."""

import datetime as dt
import io
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rendering.csv import neutral_text
from surveillance.services.reference.tables import Fault

SHEET = "Indicators"
MOST_ROWS = 5_000  # also empty ones: a sheet may say that it goes on for a million
MOST_COLUMNS = 100


class NotAWorkbook(Exception):
    """openpyxl cannot read it."""


def workbook_lines(file: str, content: bytes, faults: list[Fault]) -> list[list[str]]:
    """The lines of the sheet "Indicators", or of the first: the header, then rows of as many texts as the header has.

    Dates become ISO, whole numbers lose their point, percentages (0.9 shown as 90%) become 90, TRUE becomes yes.
    Formulas, errors and texts outside the columns are noted as faults. Raises NotAWorkbook.
    """
    from openpyxl import load_workbook  # noqa: PLC0415  slow library

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns about what it leaves out, such as lists to choose from
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
            sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()  # a sheet's own word for its size is not to be trusted
            return list(_lines(file, sheet, faults))
    except Exception as error:  # openpyxl says by any exception what it cannot read
        raise NotAWorkbook from error


def _lines(file: str, sheet: Any, faults: list[Fault]) -> Iterator[list[str]]:
    width, header = 0, []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS:
            faults.append(Fault(file, 0, "", "", f"The sheet has more than {MOST_ROWS:,} rows. Remove the empty rows at its end"))
            return
        texts = [_text(cell) for cell in cells[:MOST_COLUMNS]]
        if number == 1:
            header = [text.strip() for text in texts]
            width = max((place for place, name in enumerate(header, start=1) if name), default=0)
            header = header[:width]
        for place, cell in enumerate(cells[:MOST_COLUMNS]):
            if advice := _refusal(cell, is_outside=place >= width, text=texts[place]):
                faults.append(Fault(file, number, header[place] if place < width else column_letter(place + 1), "", advice))
        yield (texts + [""] * width)[:width]


def column_letter(column: int) -> str:
    """What a spreadsheet calls a column: A for 1, AA for 27."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _refusal(cell: Any, *, is_outside: bool, text: str) -> str:
    """What to do about a cell that no text can stand for; empty when there is nothing."""
    kind = getattr(cell, "data_type", "n")
    if kind == "f":
        return "type the value instead of a formula"
    if kind == "e":
        return "this cell holds an error. Type the value"
    return "remove this: its column has no heading" if is_outside and text.strip() else ""


def _text(cell: Any) -> str:
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return (value.date() if value.time() == dt.time() else value).isoformat()
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return str(value)
    if isinstance(value, int | float):
        return _number_text(value, is_percentage="%" in (getattr(cell, "number_format", "") or ""))
    return plain_text(str(value))


def _number_text(value: float, *, is_percentage: bool) -> str:
    """90 for 90.0 and for a cell of 0.9 that shows 90%."""
    number = Decimal(repr(value))
    if is_percentage:
        number = round(number * 100, 6)
    return f"{number.normalize():f}" if number.is_finite() else str(value)


def plain_text(text: str) -> str:
    """A text without the apostrophe that our own files put before what a spreadsheet would take for a formula; lines end in one sign."""
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return text[1:] if text.startswith("'") and neutral_text(text[1:]) == text else text
