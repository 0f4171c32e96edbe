"""Writing the workbook of a self-report, row by row in little memory."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from rendering.csv import whole_file
from rendering.markup import clean_text
from rendering.sheets import NHS_BLUE
from surveillance.models import Answer, SelfReport
from surveillance.queries.last_year import last_year_answers
from surveillance.spreadsheets import words
from surveillance.spreadsheets.cells import Value, fits, marked, print_of, written
from surveillance.spreadsheets.columns import (
    ANSWERS,
    COLUMNS,
    FILLED,
    FORMAT,
    MOST_CHARACTERS,
    PLACE,
    READ_ME,
    TECHNICAL,
    structure_of,
)
from surveillance.spreadsheets.validation import add_validation

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FONT = {"font_name": "Arial", "font_size": 11, "text_wrap": True, "valign": "top"}
GUIDANCE_WIDTH = 90
LOCKED_GREY, OPEN_YELLOW, LINE = "#E8EDEE", "#FFF9D6", "#768692"
LINE_POINTS, HIGHEST_POINTS = 15.0, 300.0  # of a row; programs do not fit the height of wrapped rows by themselves
TOO_LONG = "No. It is too long for a spreadsheet: change it on its page."


def write_workbook(report: SelfReport, destination: Path, *, locked: Mapping[int, str] | None = None) -> None:
    """The XLSX file of a self-report at ``destination``, whole or not at all.

    ``locked`` gives, by answer id, why an answer cannot be changed by the person who downloads; all others are open.
    """
    import xlsxwriter  # noqa: PLC0415  slow library

    answers = list(report.answers.select_related("indicator").order_by("indicator__position", "pk"))
    before = last_year_answers(report)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with whole_file(Path(destination)) as part:
        with xlsxwriter.Workbook(str(part), options | {"tmpdir": str(part.parent)}) as book:
            book.set_properties({"title": clean_text(f"Self-report {report}"), "author": "Quality and Nursing Team"})
            rows = [_Line(answer, before.get(answer.indicator.number), dict(locked or {})) for answer in answers]
            _write_guidance(book, report, rows)
            _write_answers(book, rows)
            _write_technical(book, report, answers)
        with part.open("rb") as file:
            os.fsync(file.fileno())


class _Line:
    """One answer as its row shows it: texts, filled cells, and which of them are open."""

    def __init__(self, answer: Answer, earlier: Answer | None, locked: dict[int, str]) -> None:
        self.answer, self.earlier = answer, earlier
        self.kind = answer.indicator.answer_kind
        self.values = written(answer)
        self.why_locked = locked.get(answer.pk, "")
        if not all(fits(marked(self.values[key].text)) for key in ("value", "reason", "comment")):
            self.why_locked = TOO_LONG
            self.values = {key: Value(value.kind, _cut(value.text)) for key, value in self.values.items()}

    def is_open(self, key: str) -> bool:
        if self.why_locked:
            return False
        if key in {"numerator", "denominator"}:
            return self.kind == "PERCENTAGE"
        return key != "confirm" or is_confirmable(self.answer, self.earlier)

    def texts(self) -> Iterable[str]:
        """The cells that nobody fills in, in the order of the columns."""
        indicator = self.answer.indicator
        title = f"{indicator.title}\n{indicator.description}" if indicator.description else indicator.title
        key = "\nKey indicator" if indicator.is_key else ""
        why = self.why_locked or "Yes"
        return (
            indicator.number, f"{title}{key}", indicator.section, words.HOW[self.kind], indicator.target_words or "No target",
            indicator.evidence_wanted or "None named", words.last_year_words(self.earlier), why,
        )  # fmt: skip


def is_confirmable(answer: Answer, earlier: Answer | None) -> bool:
    """Whether there is an answer of last year to say yes to: given, and of the same kind."""
    return earlier is not None and earlier.is_answered and earlier.indicator.answer_kind == answer.indicator.answer_kind


def _cut(text: str) -> str:
    """As much of a text as one cell holds, with a mark that something is missing."""
    if fits(text):
        return text
    room = (MOST_CHARACTERS - 2) * 2
    return text.encode("utf-16-le", "surrogatepass")[:room].decode("utf-16-le", "ignore") + "…"


def _height(texts: Iterable[tuple[str, int]]) -> float:
    """About how high a row must be, in points, for its wrapped ``texts``, each with its column's width in characters."""
    lines = [sum(-(-len(line) // max(1, width - 2)) or 1 for line in text.splitlines()) for text, width in texts]
    return min(HIGHEST_POINTS, LINE_POINTS * max([1, *lines]) + 3)


def _write_guidance(book: "Workbook", report: SelfReport, rows: list[_Line]) -> None:
    page = book.add_worksheet(READ_ME)
    page.hide_gridlines(2)
    page.set_column(0, 0, GUIDANCE_WIDTH)
    page.set_portrait()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    formats = {
        "title": book.add_format({**FONT, "bold": True, "font_size": 18, "font_color": NHS_BLUE}),
        "heading": book.add_format({**FONT, "bold": True, "font_size": 13}),
        "fact": book.add_format(FONT),
        "text": book.add_format(FONT),
    }
    open_count = sum(not row.why_locked for row in rows)
    lines = words.guidance(report, when=timezone.now(), open_count=open_count, total_count=len(rows))
    for place, (style, text) in enumerate(lines):
        page.set_row(place, {"title": 30.0, "heading": 24.0}.get(style) or _height([(text, GUIDANCE_WIDTH)]))
        page.write_string(place, 0, _cut(marked(text)), formats[style])
    page.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True})


def _write_answers(book: "Workbook", rows: list[_Line]) -> None:
    page = book.add_worksheet(ANSWERS)
    page.activate()
    page.freeze_panes(1, 2)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    for place, column in enumerate(COLUMNS):
        page.set_column(place, place, column.width, None, {"hidden": column.is_hidden})
    heads = {
        False: book.add_format({**FONT, "bold": True, "font_color": "#FFFFFF", "bg_color": NHS_BLUE, "border": 1, "border_color": LINE}),
        True: book.add_format({**FONT, "bold": True, "font_color": "#FFFFFF", "bg_color": "#003087", "border": 1, "border_color": LINE}),
    }
    page.set_row(0, _height((column.heading, column.width - 3) for column in COLUMNS if not column.is_hidden))
    for place, column in enumerate(COLUMNS):
        page.write_string(0, place, column.heading, heads[column.is_filled])
    formats = _formats(book)
    for place, row in enumerate(rows, start=1):
        _write_row(page, place, row, formats)
    add_validation(page, [(row.kind, {key: row.is_open(key) for key in FILLED}) for row in rows])
    page.autofilter(0, 0, max(1, len(rows)), PLACE["confirm"])
    allowed = ("format_cells", "format_columns", "format_rows", "sort", "autofilter")
    page.protect("", dict.fromkeys((*allowed, "select_locked_cells", "select_unlocked_cells"), True))


def _formats(book: "Workbook") -> dict[str, "Format"]:
    ruled = {**FONT, "border": 1, "border_color": LINE}
    unlocked = {**ruled, "locked": False, "bg_color": OPEN_YELLOW}
    return {
        "shown": book.add_format(ruled),
        "title": book.add_format({**ruled, "bold": True}),
        "locked": book.add_format({**ruled, "bg_color": LOCKED_GREY, "num_format": "@"}),
        "locked number": book.add_format({**ruled, "bg_color": LOCKED_GREY, "align": "right"}),
        "open": book.add_format({**unlocked, "num_format": "@"}),
        "open number": book.add_format({**unlocked, "align": "right"}),
    }


def _write_row(page: "Worksheet", place: int, row: _Line, formats: dict[str, "Format"]) -> None:
    shown = list(row.texts())
    filled = [row.values[key].text for key in FILLED]
    page.set_row(place, _height((text, column.width) for text, column in zip([*shown, *filled], COLUMNS, strict=False)))
    for column, text in enumerate(shown):
        page.write_string(place, column, _cut(marked(text)), formats["title" if column == 0 else "shown"])
    for key in FILLED:
        value = row.values[key]
        is_number = key in {"numerator", "denominator"} or (key == "value" and row.kind == "NUMBER")
        style = formats[f"{'open' if row.is_open(key) else 'locked'}{' number' if is_number else ''}"]
        if value.kind == "number":
            page.write_number(place, PLACE[key], float(value.text), style)
        elif value.text:
            page.write_string(place, PLACE[key], marked(value.text), style)
        else:
            page.write_blank(place, PLACE[key], None, style)
    page.write_number(place, PLACE["answer_id"], row.answer.pk, formats["locked number"])
    page.write_number(place, PLACE["version"], row.answer.version, formats["locked number"])
    page.write_string(place, PLACE["print"], print_of(row.kind, row.values), formats["locked"])


def _write_technical(book: "Workbook", report: SelfReport, answers: list[Answer]) -> None:
    page = book.add_worksheet(TECHNICAL)
    for place, (name, text) in enumerate(technical_facts(report, [answer.pk for answer in answers]).items()):
        page.write_string(place, 0, name)
        page.write_string(place, 1, marked(text))
    page.protect("")
    page.hide()


def technical_facts(report: SelfReport, answer_ids: list[int]) -> dict[str, str]:
    """What the hidden sheet says of the file: whose it is, for which year, and what it must still look like."""
    indicators = report.indicator_set
    code = f"{indicators.code} {indicators.version}" if indicators else ""
    return {
        "format": FORMAT,
        "self_report": str(report.pk),
        "service": str(report.service_id),
        "year": str(report.round.year),
        "set": code,
        "downloaded_at": timezone.now().isoformat(timespec="seconds"),
        "structure": structure_of(self_report_id=report.pk, set_code=code, answer_ids=answer_ids),
    }
