"""CSV files for spreadsheets, row by row, whatever their length."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

from rendering.markup import clean_text

DANGEROUS_STARTS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | float | Decimal | date | datetime | bool | None


def neutral_cell(value: Cell) -> str | int | float | Decimal:
    """``value`` as a spreadsheet should get it: a text that would start a formula gets an apostrophe before it.

    Numbers stay numbers, dates are ISO, True and False are Yes and No, None is an empty text.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return neutral_text(value)


def neutral_text(text: str) -> str:
    """``text`` with an apostrophe before it when a spreadsheet would read it as a formula.

    Leading spaces do not hide the sign: some programs trim them. A line feed at the start counts as well.
    """
    clean = clean_text(text)
    starts = clean.lstrip(" \n")
    return f"'{clean}" if clean.startswith(DANGEROUS_STARTS) or starts.startswith(DANGEROUS_STARTS) else clean


def write_csv(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write header and rows to an open text file (opened with ``newline=""``). Gives the number of rows."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([neutral_cell(cell) for cell in header])
    count = 0
    for row in rows:
        writer.writerow([neutral_cell(cell) for cell in row])
        count += 1
    return count


def save_csv(destination: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """A CSV file at ``destination``, whole or not at all, in UTF-8 with the mark that Excel needs. Gives the row count."""
    with whole_file(Path(destination)) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        count = write_csv(file, header, rows)
        file.flush()
        os.fsync(file.fileno())
    return count


@contextmanager
def whole_file(destination: Path) -> Iterator[Path]:
    """A temporary path beside ``destination`` that takes its place when the block ends well, and goes when it does not."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}.", suffix=".part")
    os.close(descriptor)
    part = Path(name)
    try:
        yield part
        part.replace(destination)
    finally:
        part.unlink(missing_ok=True)
