"""Reading tables: every fault is noted by file, row and column, and none stops the reading.

Serves the files that ``load_reference`` reads (faults name file, row and column) and those that people import in the
browser (faults name the cell, and say what to enter).
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong in a file, and what to do. Row 1 is the header; 0 means the file as a whole."""

    file: str
    row: int
    column: str
    message: str
    advice: str = ""

    def __str__(self) -> str:
        where = self.file + (f", row {self.row}" if self.row else "") + (f", column {self.column}" if self.column else "")
        return f"{where}: {self.message}"


class ReferenceFaults(Exception):
    """The files were refused whole; ``faults`` names every one."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass
class Row:
    """One line of a file: texts by column, stripped; a missing optional column reads as an empty text."""

    file: str
    number: int
    cells: dict[str, str]
    faults: list[Fault]

    def text(self, column: str) -> str:
        """The text of a column."""
        return self.cells.get(column, "")

    def fault(self, column: str, message: str, advice: str = "") -> None:
        """Note that this cell is wrong, and what to do about it where the message does not say."""
        self.faults.append(Fault(self.file, self.number, column, message, advice or message))

    def required(self, column: str, *, limit: int = 250) -> str:
        """A text that must be there and fit."""
        text = self.text(column)
        if not text:
            self.fault(column, "is empty", f"enter the {column}")
        elif len(text) > limit:
            self.fault(column, *_too_long(limit))
        return text

    def optional(self, column: str, *, limit: int) -> str:
        """A text that may be missing but must fit."""
        text = self.text(column)
        if len(text) > limit:
            self.fault(column, *_too_long(limit))
        return text

    def date(self, column: str) -> dt.date | None:
        """An ISO date, or nothing."""
        text = self.text(column)
        if not text:
            return None
        try:
            # Ten characters: Python also reads 20270731 and 2027-W30-6.
            day = dt.date.fromisoformat(text) if len(text) == 10 else None
        except ValueError:
            day = None
        if day is None or "W" in text:
            self.fault(column, f"{text!r} is not a date like 2027-07-31", "enter a date like 2027-07-31")
        return day

    def decimal(self, column: str, *, least: Decimal | None = None, most: Decimal | None = None) -> Decimal | None:
        """A number, or nothing."""
        text = self.text(column)
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        is_outside = number.is_finite() and ((least is not None and number < least) or (most is not None and number > most))
        if not number.is_finite() or is_outside or abs(number) >= 10**9 or number != round(number, 3):
            span = f" from {least} to {most}" if most is not None else ""
            self.fault(column, f"{text!r} is not a number{span}", f"enter a number{span}")
            return None
        return number

    def boolean(self, column: str) -> bool:
        """yes, true or 1; empty, no, false or 0."""
        text = self.text(column).lower()
        if text not in {"", "0", "1", "no", "yes", "true", "false"}:
            self.fault(column, f"{self.text(column)!r} is not yes or no", "enter yes or no")
        return text in {"1", "yes", "true"}

    def choice(self, column: str, allowed: Iterable[str], default: str) -> str:
        """One of a list of codes; ``default`` when empty."""
        text, codes = self.text(column) or default, list(allowed)
        if text not in codes:
            self.fault(column, f"{text!r} is not one of {', '.join(codes)}", f"enter one of {', '.join(codes)}")
        return text

    def known(self, column: str, codes: Any, what: str, *, optional: bool = False) -> str:
        """A code that must be among ``codes``."""
        text = self.text(column)
        if not text and optional:
            return ""
        if not text:
            self.fault(column, "is empty")
        elif text not in codes:
            self.fault(column, f"{text!r} is an unknown {what}")
        return text


@dataclass
class Table:
    """The rows of one file, or none where it could not be read."""

    file: str
    rows: list[Row] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def unique(self, columns: str | Callable[[Row], str], *, name: str = "") -> None:
        """Note every row whose key stood in an earlier row."""
        seen: dict[str, int] = {}
        for row in self.rows:
            key = row.text(columns) if isinstance(columns, str) else columns(row)
            if key and key in seen:
                column = name or str(columns)
                row.fault(
                    column,
                    f"{key!r} is used twice, first in row {seen[key]}",
                    f"{column.capitalize()} {key} is used twice, first in row {seen[key]}",
                )
            elif key:
                seen[key] = row.number


def _too_long(limit: int) -> tuple[str, str]:
    return f"is longer than {limit} characters", f"shorten this to {limit} characters or less"


def read_table(folder: Path, file: str, required: Iterable[str], faults: list[Fault]) -> Table:
    """Read one CSV file in UTF-8; faults of encoding, header and shape are noted, never raised."""
    try:
        content = (folder / file).read_bytes()
    except FileNotFoundError:
        faults.append(Fault(file, 0, "", "is missing"))
        return Table(file)
    except OSError:
        faults.append(Fault(file, 0, "", "is not text in UTF-8"))
        return Table(file)
    return table_of(file, csv_lines(file, content, faults), required, faults)


def csv_lines(file: str, content: bytes, faults: list[Fault]) -> list[list[str]]:
    """The lines of a CSV file in UTF-8, the header first; none where a fault was noted."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.append(Fault(file, 0, "", "is not text in UTF-8", "Save the file as CSV UTF-8, or as XLSX, and upload it again"))
        return []
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        faults.append(Fault(file, row, "", "holds a NUL byte", "Save the file as CSV UTF-8, or as XLSX, and upload it again"))
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        advice = "This row cannot be read. Save the file again as CSV UTF-8, or as XLSX, and upload it again"
        faults.append(Fault(file, reader.line_num, "", f"cannot be read as CSV ({error})", advice))
        return []


def table_of(file: str, lines: list[list[str]], required: Iterable[str], faults: list[Fault]) -> Table:
    """Lines under a header as rows by column; faults of the header and of the shape are noted. No lines: an empty table.

    A file whose reading noted a fault gives no lines, and then nothing more is said of its header.
    """
    table = Table(file)
    if not lines and any(fault.file == file for fault in faults):
        return table
    header = [name.strip() for name in lines[0]] if lines else []
    missing = [name for name in required if name not in header]
    faults.extend(Fault(file, 1, name, "is a missing column", f"Add the column {name}") for name in missing)
    twice = sorted({name for name in header if header.count(name) > 1})
    faults.extend(Fault(file, 1, name, "stands twice in the header", f"The column {name} stands twice. Remove one") for name in twice)
    if missing:
        return table
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            advice = f"This row has {len(cells)} cells, the header has {len(header)}. Put the texts under their headings"
            faults.append(Fault(file, number, "", f"has {len(cells)} cells, the header has {len(header)}", advice))
            continue
        table.rows.append(Row(file, number, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}, faults))
    return table
