"""Lists and checks inside the workbook, so that most slips are seen while typing."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from surveillance.spreadsheets.cells import WORDS
from surveillance.spreadsheets.columns import PLACE, cell_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 10_000  # of a text on the pages
CHOICES = list(WORDS.values())


def add_validation(page: "Worksheet", rows: list[tuple[str, dict[str, bool]]]) -> None:
    """Put a check on each open cell; ``rows`` are answer kinds with which filled cells are open, from the second row on."""
    for key in PLACE:
        for kind, first, last in _runs(rows, key):
            check = _check(key, kind, first)
            if check:
                page.data_validation(first, PLACE[key], last, PLACE[key], check)


def _runs(rows: list[tuple[str, dict[str, bool]]], key: str) -> Iterator[tuple[str, int, int]]:
    """Neighbouring open rows of one answer kind: (kind, first, last), counted from 0 with the heading."""
    places = ((kind if is_open.get(key) else "", place) for place, (kind, is_open) in enumerate(rows, start=1))
    for kind, group in groupby(places, key=lambda pair: pair[0]):
        found = [place for _, place in group]
        if kind:
            yield kind, found[0], found[-1]


def _check(key: str, kind: str, first: int) -> dict[str, Any] | None:
    if key == "confirm":
        return _list(["Yes"], "Choose Yes, or leave this empty.")
    if key in {"numerator", "denominator"}:
        number = {"validate": "decimal", "criteria": ">=", "value": 0}
        return number | _message("Enter a number that is 0 or more.")
    if key in {"reason", "comment"} or (key == "value" and kind == "TEXT"):
        length = {"validate": "length", "criteria": "<=", "value": LONGEST_TEXT}
        return length | _message(f"Write {LONGEST_TEXT:,} characters or less.")
    if key != "value":
        return None
    if kind == "YES_NO_NA":
        return _list(CHOICES, "Choose Yes, No, Not applicable or Cannot answer.")
    if kind == "PERCENTAGE":
        return _list([WORDS["CANNOT"]], "Leave this empty and fill in the two numbers, or choose Cannot answer.")
    cell = cell_name("value", first + 1)
    custom = {"validate": "custom", "value": f'=OR(ISNUMBER({cell}),{cell}="{WORDS["CANNOT"]}")'}
    return custom | _message("Enter a number, or Cannot answer.")


def _list(choices: list[str], sentence: str) -> dict[str, Any]:
    return {"validate": "list", "source": choices} | _message(sentence)


def _message(sentence: str) -> dict[str, Any]:
    return {"error_title": "Check this cell", "error_message": sentence}
