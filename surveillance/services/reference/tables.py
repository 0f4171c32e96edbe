"""Reading CSV files: every fault is noted by file, row and column, and none stops the reading."""

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
    """What is wrong in a file. Row 1 is the header; 0 means the file as a whole."""

    file: str
    row: int
    column: str
    message: str

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

    def fault(self, column: str, message: str) -> None:
        """Note that this cell is wrong."""
        self.faults.append(Fault(self.file, self.number, column, message))

    def required(self, column: str, *, limit: int = 250) -> str:
        """A text that must be there and fit."""
        text = self.text(column)
        if not text:
            self.fault(column, "is empty")
        elif len(text) > limit:
            self.fault(column, f"is longer than {limit} characters")
        return text

    def optional(self, column: str, *, limit: int) -> str:
        """A text that may be missing but must fit."""
        text = self.text(column)
        if len(text) > limit:
            self.fault(column, f"is longer than {limit} characters")
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
            self.fault(column, f"{text!r} is not a date like 2027-07-31")
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
            self.fault(column, f"{text!r} is not a number" + (f" from {least} to {most}" if most is not None else ""))
            return None
        return number

    def boolean(self, column: str) -> bool:
        """yes, true or 1; empty, no, false or 0."""
        text = self.text(column).lower()
        if text not in {"", "0", "1", "no", "yes", "true", "false"}:
            self.fault(column, f"{self.text(column)!r} is not yes or no")
        return text in {"1", "yes", "true"}

    def choice(self, column: str, allowed: Iterable[str], default: str) -> str:
        """One of a list of codes; ``default`` when empty."""
        text, codes = self.text(column) or default, list(allowed)
        if text not in codes:
            self.fault(column, f"{text!r} is not one of {', '.join(codes)}")
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
                row.fault(name or str(columns), f"{key!r} is used twice, first in row {seen[key]}")
            elif key:
                seen[key] = row.number


def read_table(folder: Path, file: str, required: Iterable[str], faults: list[Fault]) -> Table:
    """Read one CSV file in UTF-8; faults of encoding, header and shape are noted, never raised."""
    table = Table(file)
    try:
        text = (folder / file).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        faults.append(Fault(file, 0, "", "is missing"))
        return table
    except (UnicodeDecodeError, OSError):
        faults.append(Fault(file, 0, "", "is not text in UTF-8"))
        return table
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        faults.append(Fault(file, row, "", "holds a NUL byte"))
        return table
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = list(reader)
    except csv.Error as error:
        faults.append(Fault(file, reader.line_num, "", f"cannot be read as CSV ({error})"))
        return table
    header = [name.strip() for name in lines[0]] if lines else []
    missing = [name for name in required if name not in header]
    faults.extend(Fault(file, 1, name, "is a missing column") for name in missing)
    faults.extend(Fault(file, 1, name, "stands twice in the header") for name in sorted({n for n in header if header.count(n) > 1}))
    if missing:
        return table
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            faults.append(Fault(file, number, "", f"has {len(cells)} cells, the header has {len(header)}"))
            continue
        table.rows.append(Row(file, number, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}, faults))
    return table
