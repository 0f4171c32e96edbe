"""Indicators as rows of a file: to fill in, to read elsewhere, and to import again without a change."""

import io
from collections.abc import Iterable
from typing import Any

from rendering.csv import write_csv
from rendering.entry_sheets import EntryColumn, entry_workbook
from surveillance.canonical import number_text
from surveillance.models import Indicator
from surveillance.models.indicators import MOST_INDICATORS

SHEET = "Indicators"
YES_OR_NO = ("yes", "no")
# The columns of a file, by the field that each fills; those of the shipped reference data, with the same names.
COLUMNS = {
    "number": "number", "title": "title", "description": "description", "section": "section", "type": "type", "answer_kind": "answer_kind",
    "target": "target", "comparator": "comparator", "is_key": "is_key", "evidence_required": "evidence_wanted", "guideline": "guideline",
    "provenance": "provenance", "review_by": "review_by",
}  # fmt: skip
REQUIRED = ("number", "title", "type")
LISTS: dict[str, list[tuple[str, str]]] = {
    "type": Indicator.Type.choices,
    "answer_kind": Indicator.AnswerKind.choices,
    "comparator": Indicator.Comparator.choices,
}
GUIDANCE = {
    "number": "The indicator's own number, such as 10-1A-301. Each number once; one that an earlier version gave up is not used again.",
    "title": "What is asked, in 300 characters at most.",
    "description": "What counts and what does not, so that two services read it alike.",
    "section": "The part of the set that it belongs to. Empty: its type.",
    "type": "Structure and function, Patient experience, or Clinical outcome.",
    "answer_kind": "How it is answered. Empty: Yes, No or Not applicable.",
    "target": "A number from 0 to 100 for a percentage, any number for a number. Empty: no target.",
    "comparator": "Whether the answer must be at least or at most the target. Empty: at least.",
    "is_key": "yes when not meeting it alone calls for a decision. Empty: no.",
    "evidence_required": "The document that shows it, such as a rota.",
    "guideline": "The guideline behind it.",
    "provenance": "Where this indicator comes from.",
    "review_by": "The day by which somebody looks whether it is still right: a date, or a text such as 2029-03-31.",
}
WIDTHS = {"title": 50, "description": 50, "section": 28, "type": 24, "answer_kind": 34, "evidence_required": 34}
NOTE = (
    "Fill in the sheet Indicators, one row for each indicator. Upload it at Indicators. Nothing is saved before you have seen what changes."
)


def indicators_csv(indicators: Iterable[Indicator]) -> bytes:
    """CSV in UTF-8 with the mark that Excel needs; codes as in the reference data."""
    text = io.StringIO(newline="")
    write_csv(text, list(COLUMNS), ([_value(indicator, name) for name in COLUMNS.values()] for indicator in indicators))
    return text.getvalue().encode("utf-8-sig")


def indicators_xlsx(indicators: Iterable[Indicator], *, title: str) -> bytes:
    """A workbook to fill in: labels to choose from in place of codes, and guidance."""
    choices = {column: [label for _, label in labels] for column, labels in LISTS.items()} | {"is_key": list(YES_OR_NO)}
    columns = [
        EntryColumn(
            name,
            GUIDANCE[name],
            is_required=name in REQUIRED,
            choices=choices.get(name, ()),
            is_date=name == "review_by",
            width=WIDTHS.get(name, 18),
        )  # fmt: skip
        for name in COLUMNS
    ]
    rows = [[_label(column, _value(indicator, name)) for column, name in COLUMNS.items()] for indicator in indicators]
    return entry_workbook(sheet=SHEET, columns=columns, rows=rows, most_rows=MOST_INDICATORS, title=title, notes=[NOTE])


def _value(indicator: Indicator, name: str) -> Any:
    value = getattr(indicator, name)
    if name == "target":
        return number_text(value) or ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def _label(column: str, value: Any) -> Any:
    return dict(LISTS[column]).get(value, value) if column in LISTS else value
